"""``qingwang bench``: speed and memory beside a reference of the same run."""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.cli import console


def register(app: typer.Typer) -> None:
    app.command("bench", help="测量速度：每个数字旁边是同一次运行里的参照。")(bench)


def bench(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="测哪些（默认测两分钟以内的）")] = None,
    as_json: console.Json = False,
) -> None:
    from scanner.bench import BENCHES, LONG, OF_HOME
    from scanner.errors import UsageError

    unknown = [name for name in names or () if name not in BENCHES and name not in OF_HOME]
    if unknown:
        raise UsageError(f"没有这样的测量：{'、'.join(unknown)}", hint=f"可用：{'、'.join((*BENCHES, *OF_HOME))}")
    for name in names or [name for name in BENCHES if name not in LONG]:
        for row in OF_HOME[name](console.home_of(ctx)) if name in OF_HOME else BENCHES[name]():
            shape = {"name": row.name, "ours": row.ours, "reference": row.reference,
                     "ratio": round(row.ratio, 3), "unit": row.unit}  # fmt: skip
            if as_json:
                console.emit(shape)
            else:
                detail = f"（{row.detail}）" if row.detail else ""
                console.say(f"{row.name}：{row.ours} {row.unit}　参照 {row.reference}　比值 {row.ratio:.2f}{detail}")
