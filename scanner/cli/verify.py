"""``qingwang verify``: a package, or the whole home, checked; every fault named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.evidence.checking.verify import Check

AREAS = {
    "form": "文件形式", "sums": "校验和", "contents": "线索内容", "journal": "日志", "signature": "签名", "manifest": "清单",
    "captures": "取证页", "findings": "发现", "archive": "网页存档", "guide": "核验说明", "seals": "印记",
    "mark": "标记", "stamps": "时间戳", "keys": "密钥", "kept": "规则库和证据包",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command("verify", help="核验证据包（文件夹或者 zip）；verify --home 核验整个数据目录的日志和网页存档。")(verify)


def verify(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(metavar="PATH", help="证据包：文件夹或者 zip")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="待办的时间戳也算不通过")] = False,
    whole_home: Annotated[bool, typer.Option("--home", help="核验数据目录（日志和网页存档）")] = False,
    key: Annotated[str, typer.Option("--key", metavar="指纹", help="制作单位公布的公钥指纹（64 位十六进制）")] = "",
    as_json: console.Json = False,
) -> None:
    """Exit 4 when anything is wrong."""
    from scanner.errors import UsageError

    if whole_home == (path is not None):
        raise UsageError("给出一个证据包，或者用 --home 核验数据目录，二者选一", hint="例如 qingwang verify 证据包.zip")
    if path is None:
        from scanner.evidence.checking.home_check import verify_home

        checks = verify_home(console.home_of(ctx))
    else:
        from scanner.evidence.checking.verify import verify as check
        from scanner.evidence.signing import key_history

        if not path.exists():
            raise UsageError("没有这个文件或者文件夹", where=str(path), hint="检查路径")
        if not path.is_dir() and not path.is_file():
            raise UsageError("既不是文件也不是文件夹", where=str(path), hint="给出证据包的文件夹或者 zip")
        history = key_history.kept(console.place_of(ctx).keys)
        checks = check(path, strict, fingerprint=key, history=history)
    ok = all(check.ok for check in checks)
    if as_json:
        console.emit({"ok": ok, "checks": checks})
    else:
        show(checks)
    raise typer.Exit(0 if ok else 4)


def show(checks: Sequence[Check]) -> None:
    """The checks for people, faults first."""
    for check in sorted(checks, key=lambda check: check.ok):
        console.say(f"{'通过' if check.ok else '不符'}　{AREAS.get(check.name, check.name)}：{check.detail}")
    bad = sum(not check.ok for check in checks)
    console.say(f"没有通过核验：{bad} 处问题。" if bad else "全部通过。")
