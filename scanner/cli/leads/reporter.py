"""``qingwang leads reporter LEAD``: who told it, on the record.

Owns: the command line and what it prints. Leaves to others: the order of things (``casework.reporters``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.cli import console


def register(noun: typer.Typer) -> None:
    noun.command("reporter", help="查看举报人信息（日志记下谁、何时、为什么），或者到期删除。")(reporter)


def reporter(
    ctx: typer.Context,
    lead: Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")],
    why: Annotated[str, typer.Option("--why", help="理由，写入日志")],
    who: Annotated[str, typer.Option("--who", help="办理人（默认 config.yaml 的 operator）")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="删除举报人信息，不能恢复")] = False,
    as_json: console.Json = False,
) -> None:
    from scanner.casework import reporters
    from scanner.casework.desk import opened

    with opened(console.home_of(ctx)) as desk:
        gone = reporters.forget(desk, lead, who=who, why=why) if forget else 0
        known = [] if forget else reporters.see(desk, lead, who=who, why=why)
    if as_json:
        told = [{"report": one.report.id, "reference": one.report.reference, "reporter": one.reporter} for one in known]
        console.emit({"lead": lead, "forgotten": gone if forget else None, "reporters": told})
        return
    if forget:
        console.say(f"已删除 {gone} 份来件的举报人信息。")
    for one in known:
        console.say(f"来件 {one.report.reference or one.report.id}{'（实名）' if one.report.real_name else ''}")
        if one.reporter is None:
            console.say("　没有保存，或者已经删除。")
            continue
        x = one.reporter
        for word, text in (
            ("姓名", x.name),
            ("电话", x.phone),
            ("地址", x.address),
            ("其他", x.other),
            ("原文", x.text),
        ):
            if text:
                console.say(f"　{word}：{text}")
