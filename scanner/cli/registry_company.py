"""``qingwang registry company``: which companies the registers know under a name or a code.

Owns: the verb and what it prints. Leaves to others: finding them (``scanner.registry``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.cli import console

# Whether a company found is the one asked for (同一家)
SAME = {"same": "是", "doubtful": "存疑", "other": "否"}


def company(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="企业名称，或者18位统一社会信用代码")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="最多列出多少个，并列的一起列出")] = 10,
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError
    from scanner.registry import Register
    from scanner.registry.company.codes import wrong_code

    if not any(char.isalnum() for char in name):
        raise UsageError("没有可查的名称", where="registry company", hint="写企业名称或者18位统一社会信用代码")
    home = console.home_of(ctx)
    home.make()
    with Register.open(home.register) as opened:
        found = opened.companies(name, shown=limit)
        imported = bool(opened.sources())
    if as_json:
        console.emit({"matches": found})
    elif found:
        rows = [(m.name, m.uscc, f"{m.score:.2f}", SAME[m.verdict], m.because, "、".join(m.sources)) for m in found]
        console.table("", ("名称", "统一社会信用代码", "相近", "同一家", "说明", "来源"), rows)
    elif wrong := wrong_code(name):
        console.say(f"{wrong}：检查是否写错")
    elif imported:
        console.say("已导入的登记册里没有相近的名称。这只说明登记册里没有，不说明没有这家企业。")
    else:
        console.say("还没有导入任何登记册。用 qingwang registry import 导入。")
