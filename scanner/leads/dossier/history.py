"""What came of a lead: judged, handed over, disposed of, closed; from its steps alone.

Owns: adding up dispositions (of several, each says what was added). Leaves to others: the steps (``leads.states``,
``store.decisions``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Literal

from scanner.model import Act, Decision, Lead, LeadSource, Matter, Measure, Severity, Transfer, Verdict
from scanner.store.book import Book
from scanner.store.decisions import said

Judged = Literal["", "confirmed", "dismissed"]
MILD = frozenset((Measure.CHECKED, Measure.UNFOUNDED))  # measures that take nothing from anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A step's note: words of a person, as they were written."""

    who: str
    when: datetime
    act: Act
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """One step of disposing: what was added by it. Money in yuan, two digits after the point."""

    when: datetime
    measures: tuple[Measure, ...]
    transfers: tuple[Transfer, ...]
    fine: str
    income: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A lead and what came of it. ``judged``: what people last said of it, ``judged_at`` when; ``handed``: when it was first
    assigned or passed on; ``acted``: the first measure against the seller; ``unqualified``: when a sample's report said so; money in
    yuan, two digits after the point."""

    lead: int
    storefront: str
    seller: str
    matter: Matter
    severity: Severity
    verdict: Verdict
    state: str
    source: LeadSource
    opened: datetime
    unit: str
    judged: Judged
    judged_at: datetime | None
    handed: datetime | None
    acted: datetime | None
    closed: datetime | None
    merged: int
    measures: tuple[Measure, ...]
    transfers: tuple[Transfer, ...]
    fine: str
    income: str
    licences: int
    persons: int
    cases: tuple[str, ...]
    dispositions: tuple[Disposed, ...]
    samples: tuple[str, ...]
    unqualified: tuple[datetime, ...]
    notes: tuple[Noted, ...]

    @property
    def counts(self) -> bool:
        """Whether it is a confirmed lead of its own: one that was merged is counted where it went."""
        return self.judged == "confirmed" and not self.merged


def history(lead: Lead, steps: Iterable[Decision]) -> History:
    """What came of ``lead``; ``steps`` are its own, oldest first."""
    steps = list(steps)
    judged: Judged = ""
    judged_at: datetime | None = None
    for step in steps:
        word = said(step)
        if word is not None and word != judged:
            judged, judged_at = word, step.when  # type: ignore[assignment]  # one of the three words
    done = [step.disposition for step in steps if step.disposition is not None]
    hurt = (s for s in steps if s.disposition is not None and set(s.disposition.measures) - MILD)
    handed = (s for s in steps if s.act is Act.ASSIGN or (s.disposition is not None and s.disposition.transfers))
    into = [step.other for step in steps if step.act is Act.MERGE]
    return History(
        lead=lead.number, storefront=lead.storefront, seller=lead.seller, matter=lead.matter, severity=lead.severity,
        verdict=lead.verdict, state=lead.state, source=lead.source, opened=lead.opened, unit=lead.unit,
        judged=judged, judged_at=judged_at, handed=_first(handed), acted=_first(hurt),
        closed=_last(s for s in steps if s.act is Act.CLOSE) if lead.state == "closed" else None,
        merged=into[-1] if into and lead.state == "merged" else 0,
        measures=tuple(dict.fromkeys(measure for one in done for measure in one.measures)),
        transfers=tuple(dict.fromkeys(to for one in done for to in one.transfers)),
        fine=add(one.fine for one in done), income=add(one.income for one in done),
        licences=sum(one.licences for one in done), persons=sum(one.persons for one in done),
        cases=tuple(dict.fromkeys(one.case for one in done if one.case)),
        dispositions=tuple(
            Disposed(when=s.when, measures=d.measures, transfers=d.transfers, fine=d.fine, income=d.income)
            for s in steps if (d := s.disposition) is not None
        ),
        samples=tuple(step.sample.result for step in steps if step.sample is not None),
        unqualified=tuple(s.when for s in steps if s.sample is not None and s.sample.result == "unqualified"),
        notes=tuple(Noted(who=s.who, when=s.when, act=s.act, note=s.note) for s in steps if s.note),
    )  # fmt: skip


def total(histories: Iterable[History], field: Literal["fine", "income"]) -> str:
    """The money of several leads; of merged ones too: what was done was done."""
    return add(getattr(one, field) for one in histories)


def add(amounts: Iterable[str]) -> str:
    return f"{sum((Decimal(one) for one in amounts), Decimal(0)):.2f}"


def _first(steps: Iterable[Decision]) -> datetime | None:
    return min((step.when for step in steps), default=None)


def _last(steps: Iterable[Decision]) -> datetime | None:
    return max((step.when for step in steps), default=None)


def histories(book: Book) -> dict[int, History]:
    """What came of every lead of the book, by number; their findings are not read."""
    steps = {number: tuple(group) for number, group in groupby(book.steps(), key=attrgetter("lead"))}
    return {one.lead.number: history(one.lead, steps.get(one.lead.number, ())) for one in book.counted_leads()}
