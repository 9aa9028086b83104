"""``qingwang leads list · show · overdue``: what the findings come to, and how far people are with it.

Owns: reading. Leaves to others: what people do with a lead (``leads_acts``), many steps at once (``leads_apply``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scanner.cli import (
    console,
    leads_acts,
    leads_apply,
    leads_import,
    leads_reporter,
    leads_route,
    leads_told,
    opening,
    revisit,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.home import Home
    from scanner.leads.clocks import Standing, Terms
    from scanner.leads.priority import Priority
    from scanner.model import Decision, Lead
    from scanner.store.leads import Counted

Number = Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")]
Unit = Annotated[str | None, typer.Option("--unit", help="只看在这个单位的")]


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="线索：一个经营者的一个事项，连同它的全部发现。")
    noun.command("list", help="列出线索。")(list_)
    noun.command("show", help="一条线索的全部发现、办理过程和期限。")(show)
    noun.command("overdue", help="到期没有反馈的，和快到期的。")(overdue)
    leads_acts.register(noun)
    leads_apply.register(noun)
    leads_route.register(noun)
    leads_import.register(noun)
    leads_reporter.register(noun)
    app.add_typer(noun, name="leads")


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
            leads, ranks = leads_told.by_priority(book, console.home_of(ctx), leads, limit)
        if as_json:
            console.emit_lines(summary(x.lead, x.findings) | _rank(ranks, x.lead) for x in leads)
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


def summary(lead: Lead, findings: int | None = None) -> dict[str, Any]:
    """A lead as one row for machines; ``findings`` is a count."""
    return {
        "number": lead.number, "storefront": lead.storefront, "seller": lead.seller, "matter": lead.matter,
        "severity": lead.severity, "verdict": lead.verdict, "state": lead.state, "opened": lead.opened,
        "findings": len(lead.findings) if findings is None else findings, "source": lead.source,
        "reference": lead.reference, "unit": lead.unit, "received": lead.received, "due": lead.due,
    }  # fmt: skip


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
                "lead": summary(x), "joined": [one._asdict() for one in joined], "clock": standing, "proofs": case.proofs,
                "decisions": case.decisions, "fallen": fallen, "revisits": case.revisits,
                **leads_told.shape(book, console.home_of(ctx), lead),
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
            console.say(f"单位：{x.unit}　{said(standing) if standing is not None else '没有签收'}")
        for shop in joined:
            console.say(f"同一经营者：{shop.seller or '（未取到）'}　{shop.storefront}（{shop.because}）")
        leads_told.tell(book, console.home_of(ctx), lead)
        opening.findings(list(case.proofs))
        quotes = {proof.finding.id: proof.finding for proof in case.proofs}
        for one in book.fallen(lead):
            found, word = quotes[one.finding], "不再成立" if one.outcome == "gone" else "已由新的判断代替"
            console.say(f"重新判断（{opening.day(one.time)}）：{found.rule}“{found.quote or '—'}”{word}。")
        if case.revisits:
            heads = ["时间", "网址", "结果", "说明", "当时的取证页", "复查的取证页"]
            console.table("复查（前后对照）", heads, revisit.rows(case.revisits))
        rows = [
            (opening.day(d.when), d.who, states.ACTS[d.act], states.WORDS[d.state], told(d)) for d in case.decisions
        ]
        if rows:
            console.table("办理", ["时间", "办理人", "做了什么", "状态", "内容"], rows)


def told(step: Decision) -> str:
    """What a step holds beside its act, for people."""
    from scanner.leads.order import MEASURES, RESULTS, STAGES, TRANSFERS

    parts = [step.unit, f"{step.days} 天" if step.days else "", f"期限 {step.due}" if step.due else ""]
    if (done := step.disposition) is not None:
        parts += [MEASURES[one] for one in done.measures] + [f"移送{TRANSFERS[one]}" for one in done.transfers]
        parts += [f"罚款 {done.fine} 元"] if float(done.fine) else []
        parts += [f"没收违法所得 {done.income} 元"] if float(done.income) else []
        parts += [f"案号 {done.case}"] if done.case else []
        parts += [f"{done.category}（{STAGES[done.stage]}）"] if done.category else []
    if (sample := step.sample) is not None:
        parts += [f"订单 {sample.order}", sample.parcel and f"运单 {sample.parcel}", sample.seal and f"封签 {sample.seal}",
                  sample.report and f"报告 {sample.report}", RESULTS[sample.result]]  # fmt: skip
    if step.other:
        parts.append(f"{step.other} 号线索（{len(step.moved)} 条发现）")
    return "；".join(part for part in (*parts, step.note) if part) or "—"


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
        console.emit_lines({"lead": summary(x.lead, x.findings), "clock": None, "late": "sign"} for x in unsigned)
        console.emit_lines({"lead": summary(lead, 0), "clock": stands, "late": "result"} for lead, stands in rows)
        return
    console.table(
        "到期的线索", ["编号", "单位", "经营者", "状态", "签收", "期限", "说明"],
        [(x.number, x.unit, x.seller or "（未取到）", states.WORDS[x.state], clock.day(x.received), x.due, said(stands))
         for x, stands in rows if x.received is not None and stands is not None],
    )  # fmt: skip
    if unsigned:
        numbers = "、".join(f"{one.lead.number}（{one.lead.unit}）" for one in unsigned[:50])
        console.say(f"交办超过 {terms.sign.days} 天没有签收：{numbers}{'……' if len(unsigned) > 50 else ''}")


def said(standing: Standing) -> str:
    """How a clock stands, for people."""
    words = f"超期 {-standing.left} 天" if standing.overdue else f"还有 {standing.left} 天"
    guessed = (
        f"；{'、'.join(map(str, standing.guessed))} 年放假安排没有录入，按周六、周日推算" if standing.guessed else ""
    )
    return f"签收后第 {standing.day} 天，期限 {standing.due}，{words}{guessed}"


def _standing(terms: Terms, lead: Lead) -> Standing | None:
    from scanner import clock
    from scanner.leads import clocks, states

    if lead.received is None or lead.due is None or lead.state not in states.WAITING:
        return None
    return clocks.stand(terms, lead.received, lead.due, clock.day(clock.now()))


def _late(terms: Terms, book: Any, lead: Lead, today: Any) -> bool:
    """Whether a lead was assigned and not signed for in time."""
    from scanner import clock

    given = next((step for step in reversed(book.decisions(lead.number)) if step.act == "assign"), None)
    return given is not None and terms.between(clock.day(given.when), today, terms.sign.count) > terms.sign.days


def _terms(home: Home) -> Terms:
    from scanner.home import shipped_rules
    from scanner.leads import clocks

    return clocks.load(shipped_rules(), home.rules)
