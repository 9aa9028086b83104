"""``qingwang stamp --pending``: time stamps for what has none yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.evidence.stamp.of_home import Stamped
    from scanner.home import Home

KINDS = {"segment": "网页存档", "journal": "日志到第几行", "package": "证据包"}
STATES = {"done": "已加盖", "late": "迟到", "pending": "待办"}


def register(app: typer.Typer) -> None:
    app.command("stamp", help="给还没有时间戳的网页存档、日志和证据包加盖时间戳。")(stamp)


def stamp(
    ctx: typer.Context,
    packages: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PACKAGE]…", help="不在数据目录 packages/ 里的证据包（文件夹或者 zip）"),
    ] = None,
    pending: Annotated[bool, typer.Option("--pending", help="加盖所有待办的时间戳")] = False,
    as_json: console.Json = False,
) -> None:
    """Exit 1 when something is still pending, and say why."""
    from scanner.errors import UsageError

    if not pending:
        raise UsageError("写明 --pending", where="stamp", hint="qingwang stamp --pending")
    home = console.home_of(ctx)
    if missing := [path for path in packages or () if not path.exists()]:
        raise UsageError("没有这个文件或者文件夹", where=str(missing[0]), hint="检查路径")
    if not home.journal.exists():
        raise UsageError("这个数据目录里还没有封存过网页", where=str(home.root), hint="检查 --home")
    rows, refused = _stamp(home, packages or [])
    waiting = sum(row.state == "pending" for row in rows)
    if as_json:
        console.emit(
            {
                "stamps": rows, "done": len(rows) - waiting, "pending": waiting,
                "refused": [{"package": name, "why": why} for name, why in refused],
            }
        )  # fmt: skip
    else:
        show(rows)
        for name, why in refused:
            console.say(f"没有处理：{name}：{why}")
    raise typer.Exit(1 if waiting or refused else 0)


def show(rows: Sequence[Stamped]) -> None:
    """What came of each, for people."""
    from scanner import clock

    if not rows:
        console.say("没有待办的时间戳。")
        return
    columns = ["", "对象", "时间戳服务", "时间戳上的时间（北京时间）", "原因"]
    told = [
        (
            STATES[row.state], f"{KINDS[row.kind]} {row.what}", row.authority,
            clock.beijing(row.gen_time) if row.gen_time else "", row.why,
        )
        for row in rows
    ]  # fmt: skip
    console.table("时间戳", columns, told)


def _stamp(home: Home, more: Sequence[Path]) -> tuple[list[Stamped], list[tuple[str, str]]]:
    """Everything due; (what came of it, packages that were not touched and why)."""
    from scanner.errors import InputError, UsageError
    from scanner.evidence import rehearsal
    from scanner.evidence.archive import recovery
    from scanner.evidence.journal.file import Journal
    from scanner.evidence.stamp import of_home, of_package
    from scanner.evidence.stamp.services import authorities

    among = authorities(home)
    if not among:
        hint = f"在 {home.config_file} 写 stamp_authorities，见 docs/evidence.md"
        raise UsageError("没有设置时间戳服务", where="stamp_authorities", hint=hint)
    rows: list[Stamped] = []
    refused = []
    with home.lock(), Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        if home.archive.is_dir():
            recovery.recover(home.archive, journal)  # what a kill left behind is no part of a segment
        for path in [*of_package.packages(home.packages), *more]:
            try:
                rows += of_package.complete(home, journal, path, among)
            except InputError as error:
                refused.append((path.name, error.message))
        rows += of_home.stamp(home, journal, among)  # last: its lines are pinned by the head then
    return rows, refused
