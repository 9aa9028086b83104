"""What the commands say of a lead beside its findings: the lead in one line, its steps and its clock, what others told, how
urgent it is, what may belong to it.

Owns: those parts of the output. Leaves to others: the commands (``shown``, ``acts``), priorities (``leads.ranking``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scanner.home import Home
    from scanner.leads.clocks import Standing
    from scanner.leads.priority import Priority
    from scanner.leads.ranking import Ranking
    from scanner.model import Decision, Lead, Report
    from scanner.store.book import Book
    from scanner.store.leads import Counted
    from scanner.store.related import Related

SHOWN = 20  # related leads told to people


def ranking(home: Home) -> Ranking:
    from scanner import clock
    from scanner.home import shipped_rules
    from scanner.leads.ranking import Ranking

    return Ranking(shipped_rules(), home.rules, today=clock.day(clock.now()))


def by_priority(
    book: Book, home: Home, leads: Iterable[Counted], limit: int | None
) -> tuple[list[Counted], Mapping[int, Priority]]:
    """The leads, the most urgent first, and the priority of each."""
    ranks = ranking(home)
    known = {one.lead: ranks.of(one) for one in book.weights()}
    ordered = sorted(leads, key=lambda one: (-known[one.lead.number].score, one.lead.number))
    return ordered[:limit], known


def shape(book: Book, home: Home, lead: int) -> dict[str, Any]:
    """For machines: reports, priority, related leads."""
    return {
        "reports": book.reports(lead), "priority": ranking(home).of(next(book.weights(lead))),
        "related": [one._asdict() for one in book.related(lead)],
    }  # fmt: skip


def tell(book: Book, home: Home, lead: int) -> None:
    """The same for people."""
    weight = next(book.weights(lead))
    priority = ranking(home).of(weight)
    reasons = "；".join(f"{one.says}（{one.points:+d}）" for one in priority.reasons)
    console.say(f"优先程度 {priority.score}：{reasons}")
    for one in book.reports(lead):
        console.say(f"来件：{_report(one)}")
    if not weight.pages and any(one.urls for one in weight.reports):
        console.say("还没有看过来件说的页面。用 qingwang scan 网址 看过以后，那里的发现并入这条线索。")
    _related(book.related(lead))


def _report(one: Report) -> str:
    from scanner.report.words import MATTERS, SOURCES

    parts = [
        SOURCES[one.source], one.reference, str(one.received or ""), "、".join(MATTERS[matter] for matter in one.matters),
        one.deadline and f"要求 {one.deadline} 前办结", one.seller and f"经营者：{one.seller}", one.uscc, one.licence,
        one.platform, one.product, one.number, " ".join(one.urls), one.region, one.real_name and "实名", one.reward and "申请奖励",
        one.protected and "举报人信息另存（leads reporter）", one.text and f"“{one.text}”",
    ]  # fmt: skip
    return "　".join(str(part) for part in parts if part)


def _related(related: list[Related]) -> None:
    from scanner.leads import states
    from scanner.report.words import MATTERS

    for title, rows in (
        ("以往的线索", [one for one in related if one.earlier]),
        ("可能相关的线索", [one for one in related if not one.earlier]),
    ):
        if rows:
            console.table(title, ["编号", "经营者", "网址", "事项", "状态", "发现时间", "为什么"], [
                (x.lead, x.seller or "（未取到）", x.storefront or "—", MATTERS[x.matter], states.WORDS[x.state],
                 opening.day(x.opened), "；".join(x.because)) for x in rows[:SHOWN]
            ])  # fmt: skip


def summary(lead: Lead, findings: int | None = None) -> dict[str, Any]:
    """A lead as one row for machines; ``findings`` is a count."""
    return {
        "number": lead.number, "storefront": lead.storefront, "seller": lead.seller, "matter": lead.matter,
        "severity": lead.severity, "verdict": lead.verdict, "state": lead.state, "opened": lead.opened,
        "findings": len(lead.findings) if findings is None else findings, "source": lead.source,
        "reference": lead.reference, "unit": lead.unit, "received": lead.received, "due": lead.due,
    }  # fmt: skip


def step(one: Decision) -> str:
    """What a step holds beside its act, for people."""
    from scanner.leads.order import MEASURES, RESULTS, STAGES, TRANSFERS

    parts = [one.unit, f"{one.days} 天" if one.days else "", f"期限 {one.due}" if one.due else ""]
    if (done := one.disposition) is not None:
        parts += [MEASURES[one] for one in done.measures] + [f"移送{TRANSFERS[one]}" for one in done.transfers]
        parts += [f"罚款 {done.fine} 元"] if float(done.fine) else []
        parts += [f"没收违法所得 {done.income} 元"] if float(done.income) else []
        parts += [f"案号 {done.case}"] if done.case else []
        parts += [f"{done.category}（{STAGES[done.stage]}）"] if done.category else []
    if (sample := one.sample) is not None:
        parts += [f"订单 {sample.order}", sample.parcel and f"运单 {sample.parcel}", sample.seal and f"封签 {sample.seal}",
                  sample.report and f"报告 {sample.report}", RESULTS[sample.result]]  # fmt: skip
    if one.other:
        parts.append(f"{one.other} 号线索（{len(one.moved)} 条发现）")
    return "；".join(part for part in (*parts, one.note) if part) or "—"


def deadline(standing: Standing) -> str:
    """How a clock stands, for people."""
    words = f"超期 {-standing.left} 天" if standing.overdue else f"还有 {standing.left} 天"
    guessed = (
        f"；{'、'.join(map(str, standing.guessed))} 年放假安排没有录入，按周六、周日推算" if standing.guessed else ""
    )
    return f"签收后第 {standing.day} 天，期限 {standing.due}，{words}{guessed}"
