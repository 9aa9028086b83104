"""``qingwang rules stats``: what the rules find in real work, and how often people agree."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.tuning.stats import RuleStats

SILENT = 10  # silent rules named
SIGNS = {"silent": "没有动静", "noisy": "发现特别多", "imprecise": "多半不属实", "no_owner": "没有负责人"}
STATUS = {"draft": "草稿", "active": "使用", "retired": "停用", "removed": "已删除"}


def stats(
    ctx: typer.Context,
    rule: Annotated[list[str] | None, typer.Option("--rule", metavar="ID", help="只看这条规则；可以写多次")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="最近多少天算近期")] = 30,
    since: Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="只算这一天（北京时间）以后的处理，例如规则改好的那天")] = None,
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """每条规则：发现多少、线索属实和不属实各多少、精确率和区间；哪些没有动静，哪些特别多。"""
    from datetime import timedelta

    from scanner import clock
    from scanner.cli.rules.opened import load, rule_of
    from scanner.tuning import stats as counting

    rules = load(ctx)
    decided = since.replace(tzinfo=clock.BEIJING) if since is not None else None
    with opening.book(ctx) as book:
        for name in rule or ():
            if name not in book.rules_found():
                rule_of(rules, name)
        found = counting.stats(book, rules, recent=clock.now() - timedelta(days=days), decided=decided)
    found = tuple(one for one in found if not rule or one.rule in rule)
    if as_json:
        console.emit_lines(found)
        return
    shown = [one for one in found if one.findings or one.leads or set(one.signs) - {"silent"} or rule]
    rows = [
        (one.rule, STATUS[one.status], one.owner, one.findings, one.recent, one.confirmed, one.dismissed,
         precision(one), "、".join(SIGNS[sign] for sign in one.signs)) for one in shown
    ]  # fmt: skip
    columns = ("规则", "状态", "负责人", "发现", f"近{days}天", "属实", "不属实", "精确率", "提示")
    if rows:
        console.table("", columns, rows)
    silent = [one.rule for one in found if "silent" in one.signs and one not in shown]
    if silent:
        names = "、".join(silent[:SILENT]) + ("……" if len(silent) > SILENT else "")
        console.say(f"近 {days} 天看过页面而没有动静的规则 {len(silent)} 条：{names}")
    if quiet := len(found) - len(shown) - len(silent):
        console.say(f"从未有发现的规则 {quiet} 条。")
    console.say("一条线索可能由几条规则的发现组成，处理结果算在每条规则上；同一线索以最后一次处理为准。")


def precision(one: RuleStats) -> str:
    from scanner.cli.rules.backtest import percent
    from scanner.tuning.stats import FEW

    if one.precision is None:
        return f"样本不足（处理不到 {FEW} 条）" if one.confirmed + one.dismissed else "—"
    return percent(one.precision)
