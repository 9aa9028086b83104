"""What a lead's priority is made of, for one lead or for all at once.

Owns: the queries. Leaves to others: points (``leads.priority``), known sellers (``leads.known``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from scanner import clock
from scanner.model import LeadSource, Report, Severity, Verdict
from scanner.store import codec, reports
from scanner.store.file import File

MAX_TEXT = 20_000  # characters of one lead that are looked at


class Weight(NamedTuple):
    """Of a lead: what it is, how many pages it has and what they and its reports say (``text``), other leads of the seller
    that were confirmed or closed (``earlier``), its reports."""

    lead: int
    seller: str
    verdict: Verdict
    severity: Severity
    state: str
    opened: datetime
    source: LeadSource
    pages: int
    earlier: int
    text: str
    reports: tuple[Report, ...]

    @property
    def deadline(self) -> date | None:
        """The earliest day until when a sender wants an answer."""
        return min((one.deadline for one in self.reports if one.deadline is not None), default=None)


def of(file: File, number: int | None = None) -> Iterator[Weight]:
    """Of one lead, or of all by number."""
    told = _told(file) if number is None else {number: reports.of_lead(file, number)}
    only, given = ("", ()) if number is None else ("WHERE l.number = ?", (number,))
    sql = (
        "WITH held AS MATERIALIZED (SELECT g.lead, count(DISTINCT f.subject_id) AS pages, "  # noqa: S608 ours
        "group_concat(DISTINCT f.quote) || char(10) || coalesce(group_concat(DISTINCT s.name), '') AS text "
        "FROM lead_findings g JOIN findings f ON f.id = g.finding LEFT JOIN listings s ON s.id = f.subject_id "
        f"{only.replace('l.number', 'g.lead')} GROUP BY g.lead) "
        "SELECT l.number, l.seller, l.verdict, l.severity, l.state, l.opened, l.source, coalesce(h.pages, 0), "
        "(SELECT count(*) FROM leads o WHERE o.seller_key = l.seller_key AND o.number <> l.number "
        "AND (o.judged = 'confirmed' OR o.state = 'closed')), substr(coalesce(h.text, ''), 1, ?) "
        f"FROM leads l LEFT JOIN held h ON h.lead = l.number {only} ORDER BY l.number"
    )
    for lead, seller, verdict, severity, state, opened, source, pages, earlier, text in file.rows(
        sql, (*given, MAX_TEXT, *given)
    ):
        heard = tuple(told.get(lead, ()))
        said = "\n".join((text, *(f"{one.product}\n{one.text}" for one in heard)))
        yield Weight(
            lead, seller, Verdict(verdict), Severity(severity), state, clock.parse(opened), LeadSource(source), pages,
            earlier, said[:MAX_TEXT], heard,
        )  # fmt: skip


def _told(file: File) -> dict[int, list[Report]]:
    """The reports of every lead, and of those merged into it."""
    told: dict[int, list[Report]] = defaultdict(list)
    sql = (
        "SELECT g.lead, m.merged, r.data FROM report_leads g JOIN reports r ON r.id = g.report "
        "JOIN leads m ON m.number = g.lead ORDER BY r.id"
    )
    for lead, merged, data in file.rows(sql):
        report = codec.load(Report, data)
        for number in (lead, merged) if merged else (lead,):
            if report not in told[number]:
                told[number].append(report)
    return told
