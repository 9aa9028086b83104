"""``qingwang leads list · show · overdue``: what the findings come to, and how far people are with it.

Owns: reading. Leaves to others: what people do with a lead (``acts``), many steps at once (``apply``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scanner.cli import console, opening, revisit
from scanner.cli.leads import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.home import Home
    from scanner.leads.clocks import Standing, Terms
    from scanner.leads.priority import Priority
    from scanner.model import Lead
    from scanner.store.leads import Counted

Number = Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")]
Unit = Annotated[str | None, typer.Option("--unit", help="只看在这个单位的")]


def list_(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help="只看这种状态，例如 open、confirmed、已交办")] = None,
    matter: Annotated[str | None, typer.Option("--matter", help="只看这种事项，例如 registration、claim")] = None,
    unit: Unit = None,
    source: Annotated[str | None, typer.Option("--source", help="只看这种来源，例如 national、complaint")] = None,
    storefront: opening.Storefront = None,
    sort: Annotated[
        Literal["number", "priority"],
        typer.Option("--sort", help="number 按编号；priority 按优先程度，说明见 leads show"),
    ] = "number",
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    from scanner.leads import states
    from scanner.report.words import MATTERS, SEVERITIES, SOURCES, VERDICTS

    ranked = sort == "priority"
    with opening.book(ctx) as book:
        leads: Iterable[Counted] = book.counted_leads(
            state=None if state is None else states.parse(state),
            matter=None if matter is None else _word(matter, MATTERS, "--matter", "事项"), storefront=storefront,
            unit=unit, source=None if source is None else _word(source, SOURCES, "--source", "来源"),
            limit=None if ranked else limit,
        )  # fmt: skip
        ranks: Mapping[int, Priority] = {}
        if ranked:
            leads, ranks = told.by_priority(book, console.home_of(ctx), leads, limit)
        if as_json:
            console.emit_lines(told.summary(x.lead, x.findings) | _rank(ranks, x.lead) for x in leads)
            return
        rows = (
            (
                x.number, x.seller or "（未取到）", x.storefront or "—", MATTERS[x.matter], VERDICTS[x.verdict],
                SEVERITIES[x.severity], held, SOURCES[x.source], states.WORDS[x.state], x.unit or "—", opening.day(x.opened),
                *([ranks[x.number].score] if ranked else []),
            )
            for x, held in leads
        )  # fmt: skip
        heads = ["编号", "经营者", "网址", "事项", "判断", "程度", "发现", "来源", "状态", "单位", "发现时间"]
        console.table("线索", [*heads, "优先程度"] if ranked else heads, rows)


def _rank(ranks: Mapping[int, Priority], lead: Lead) -> dict[str, Any]:
    return {"priority": ranks[lead.number].score} if ranks else {}


def _word(given: str, names: Any, where: str, noun: str) -> Any:
    from scanner.errors import UsageError

    for known, chinese in names.items():
        if given in (known.value, chinese):
            return known
    raise UsageError(f"不认识的{noun}：{given}", where=where, hint="可用：" + "、".join(one.value for one in names))


def show(ctx: typer.Context, lead: Number, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.leads import states
    from scanner.report.words import MATTERS, SEVERITIES, SOURCES, VERDICTS

    terms = _terms(console.home_of(ctx))
    with opening.book(ctx) as book:
        case = book.case(lead, made=clock.now())
        x, standing, joined = case.lead, _standing(terms, case.lead), book.joined(lead)
        if as_json:
            fallen = [one._asdict() for one in book.fallen(lead)]
            console.emit({
                "lead": told.summary(x), "joined": [one._asdict() for one in joined], "clock": standing, "proofs": case.proofs,
                "decisions": case.decisions, "fallen": fallen, "revisits": case.revisits,
                **told.shape(book, console.home_of(ctx), lead),
            })  # fmt: skip
            return
        console.say(f"{x.number} 号线索：{x.seller or '（经营者未取到）'}　{x.storefront}")
        words = (MATTERS[x.matter], VERDICTS[x.verdict], SEVERITIES[x.severity], states.WORDS[x.state])
        console.say(
            "　".join((*words, f"发现于 {opening.day(x.opened)}", f"来源：{SOURCES[x.source]}", x.reference)).rstrip(
                "　"
            )
        )
        if x.unit:
            console.say(f"单位：{x.unit}　{told.deadline(standing) if standing is not None else '没有签收'}")
        for shop in joined:
            console.say(f"同一经营者：{shop.seller or '（未取到）'}　{shop.storefront}（{shop.because}）")
        told.tell(book, console.home_of(ctx), lead)
        opening.findings(list(case.proofs))
        quotes = {proof.finding.id: proof.finding for proof in case.proofs}
        for one in book.fallen(lead):
            found, word = quotes[one.finding], "不再成立" if one.outcome == "gone" else "已由新的判断代替"
            console.say(f"重新判断（{opening.day(one.time)}）：{found.rule}“{found.quote or '—'}”{word}。")
        if case.revisits:
            heads = ["时间", "网址", "结果", "说明", "当时的取证页", "复查的取证页"]
            console.table("复查（前后对照）", heads, revisit.rows(case.revisits))
        rows = [
            (opening.day(d.when), d.who, states.ACTS[d.act], states.WORDS[d.state], told.step(d))
            for d in case.decisions
        ]
        if rows:
            console.table("办理", ["时间", "办理人", "做了什么", "状态", "内容"], rows)


def overdue(
    ctx: typer.Context,
    days: Annotated[int, typer.Option("--days", min=0, help="也列出这么多天之内到期的")] = 0,
    unit: Unit = None,
    as_json: console.Json = False,
) -> None:
    from datetime import timedelta

    from scanner import clock
    from scanner.leads import states

    home = console.home_of(ctx)
    terms, today = _terms(home), clock.day(clock.now())
    with opening.book(ctx) as book:
        rows = [
            (one.lead, _standing(terms, one.lead))
            for one in book.counted_leads(unit=unit, due=today + timedelta(days=days))
            if one.lead.state in states.WAITING
        ]
        unsigned = [
            one for one in book.counted_leads(unit=unit, state="assigned") if _late(terms, book, one.lead, today)
        ]
    if as_json:
        console.emit_lines({"lead": told.summary(x.lead, x.findings), "clock": None, "late": "sign"} for x in unsigned)
        console.emit_lines({"lead": told.summary(lead, 0), "clock": stands, "late": "result"} for lead, stands in rows)
        return
    console.table(
        "到期的线索", ["编号", "单位", "经营者", "状态", "签收", "期限", "说明"],
        [(x.number, x.unit, x.seller or "（未取到）", states.WORDS[x.state], clock.day(x.received), x.due, told.deadline(stands))
         for x, stands in rows if x.received is not None and stands is not None],
    )  # fmt: skip
    if unsigned:
        numbers = "、".join(f"{one.lead.number}（{one.lead.unit}）" for one in unsigned[:50])
        console.say(f"交办超过 {terms.sign.days} 天没有签收：{numbers}{'……' if len(unsigned) > 50 else ''}")


def _standing(terms: Terms, lead: Lead) -> Standing | None:
    from scanner import clock
    from scanner.leads import clocks, states

    if lead.received is None or lead.due is None or lead.state not in states.WAITING:
        return None
    return clocks.stand(terms, lead.received, lead.due, clock.day(clock.now()))


def _late(terms: Terms, book: Any, lead: Lead, today: Any) -> bool:
    """Whether a lead was assigned and not signed for in time."""
    given = next((step for step in reversed(book.decisions(lead.number)) if step.act == "assign"), None)
    return given is not None and terms.unsigned(given.when, today)


def _terms(home: Home) -> Terms:
    from scanner.home import shipped_rules
    from scanner.leads import clocks

    return clocks.load(shipped_rules(), home.rules)
