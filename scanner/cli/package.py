"""``qingwang package``: a lead's evidence, as a folder or a zip that anybody can check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import console


def register(app: typer.Typer) -> None:
    app.command("package", help="把一条线索连同证据做成证据包。")(package)


def package(
    ctx: typer.Context,
    lead: Annotated[int, typer.Argument(metavar="LEAD", help="线索编号", min=1)],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="放在哪里（默认：数据目录的 packages/）")
    ] = None,
    zip: Annotated[bool, typer.Option("--zip", help="做成一个 zip 文件")] = False,
    as_json: console.Json = False,
) -> None:
    """Write the package and check it; nothing is left behind when that fails."""
    from scanner import clock
    from scanner.cli.stamp import show
    from scanner.errors import UsageError
    from scanner.evidence.package.handover import hand_over

    if out is not None and out.exists() and not out.is_dir():
        raise UsageError("不是文件夹", where=str(out), hint="--out 要给一个文件夹")
    made = hand_over(console.home_of(ctx), lead, now=clock.now(), out=out, zip=zip)
    if as_json:
        console.emit(
            {
                "lead": made.lead, "package": str(made.path), "files": made.files, "sums": made.sums,
                "fingerprint": made.fingerprint, "mark": made.mark, "stamps": made.stamps,
            }
        )  # fmt: skip
        return
    if made.mark:
        console.say(f"【{made.mark}：不是证据】")
    console.say(f"证据包：{made.path}")
    console.say(f"{made.files} 个文件，已核验。SHA256SUMS 的 SHA-256：{made.sums}")
    console.say(f"签名公钥指纹：{made.fingerprint}")
    if made.stamps:
        show(made.stamps)
