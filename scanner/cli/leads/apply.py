"""``qingwang leads apply``: many steps out of one file, in one process.

Owns: the command line and what it prints. Leaves to others: reading lines (``casework.applying``), taking steps
(``casework.desk``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import console


def register(noun: typer.Typer) -> None:
    noun.command("apply", help="按一个文件办理许多线索：JSON Lines，一行一步。")(apply)


def apply(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help='JSON Lines，例如 {"lead": 1, "act": "confirm", "who": "张"}')
    ],
    check: Annotated[bool, typer.Option("--check", help="只检查写法，不办理")] = False,
    as_json: console.Json = False,
) -> None:
    """Lines that cannot be taken are told and the others are taken; exit 2 when there were any."""
    from scanner.casework import applying
    from scanner.casework.desk import opened

    orders, wrong = applying.read(file)
    for problem in wrong:
        console.note(f"{problem.where}：{problem.message}")
    taken = refused = 0
    if not check:
        with opened(console.home_of(ctx)) as desk:
            for place, done in applying.take(desk, orders):
                taken += done.error is None
                refused += done.error is not None
                if as_json:
                    error = done.error
                    console.emit({
                        "line": place, "decision": done.decision,
                        "error": None if error is None else {
                            "kind": error.kind, "message": error.message, "where": error.where, "hint": error.hint,
                        },
                    })  # fmt: skip
                elif done.error is not None:
                    console.note(f"{file}:{place}：{done.error}")
    if not as_json:
        told = f"看了 {len(orders) + len(wrong)} 行，写法有错 {len(wrong)} 行。" if check else (
            f"办理 {taken} 步；没有办理 {refused + len(wrong)} 行"
            + (f"（写法有错 {len(wrong)}，不能这样办 {refused}）。" if refused or wrong else "。")
        )  # fmt: skip
        console.say(told)
    raise typer.Exit(2 if wrong or refused else 0)
