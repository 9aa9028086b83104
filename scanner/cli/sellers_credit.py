"""``qingwang sellers credit``: the credit record, and whether the list of serious dishonesty may be proposed. Never a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scanner.cli import console, opening, sellers_same
from scanner.cli.sellers_file import Asked, seller_of

if TYPE_CHECKING:
    from scanner.leads.dossier.credit import Checked, Credit


def register(noun: typer.Typer) -> None:
    noun.command("credit", help="信用档案：查实、处罚、重新上架的次数；满足哪些情形时提示拟提请列入严重违法失信名单。")(
        credit
    )


def credit(ctx: typer.Context, seller: Asked, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.home import shipped_rules
    from scanner.leads.dossier import credit as room
    from scanner.leads.dossier.history import history
    from scanner.leads.dossier.relisted import relisted
    from scanner.leads.same.book import kin

    rules = room.load(shipped_rules(), console.home_of(ctx).rules)
    with opening.book(ctx) as book:
        key = seller_of(book, seller)
        numbers = book.leads_of((key, *(one.key for one in kin(book, key))))
        leads = [history(book.lead(number), book.decisions(number)) for number in numbers]
        found = room.credit(key, leads, relisted(book, leads=frozenset(numbers)), rules, now=clock.now())
    if as_json:
        console.emit(found)
    else:
        _tell(found)


def _tell(found: Credit) -> None:
    from scanner.leads.order import MEASURES

    console.say(f"信用档案：{sellers_same.shown(found.key)}（{opening.day(found.made)}）")
    done = "、".join(f"{MEASURES[measure]} {number} 条" for measure, number in found.measures) or "没有"
    rows = [
        ("线索", f"{found.leads} 条：查实 {found.confirmed}，不属实 {found.dismissed}，没有判断 {found.open}"),
        ("处置措施", done),
        ("罚款、没收（元）", f"{found.fine}、{found.income}"),
        ("吊销许可证", f"{found.licences} 个"),
        ("重新上架", f"{found.relisted} 次"),
    ]
    console.table("", ["项目", "内容"], rows)
    console.table("情形", ["满足", "情形", "数到", "至少", "线索", "依据"], [_row(one) for one in found.conditions])
    for quote in (quote for one in found.conditions for quote in one.quotes):
        console.say(f"  {quote.lead} 号线索，{quote.who}（{opening.day(quote.when)[:10]}）写：{quote.note}")
    if found.proposal:
        console.say(f"{found.proposal}。这是根据记录的提示，不是认定；请逐条核对情形、依据和当事人的陈述申辩。")
    else:
        console.say("记录里没有满足的情形。")


def _row(one: Checked) -> tuple[object, ...]:
    basis = f"{one.basis.law}{one.basis.article}{'' if one.basis.verified else '（条文待核）'}"
    return "是" if one.met else "—", one.title, one.count, one.at_least, "、".join(map(str, one.leads)) or "—", basis
