"""Reports (来件) taken into a home: kept once, a journal line each, gone to the leads they are about.

Owns: the order of taking one (who told it into the protected file, the book, journal line on disk, then the book is kept),
many as batches, a preview that changes nothing, and what came of each. Leaves to others: reading files (``intake``), whose
report it is (``store.reports``), lines (``lines``), what a kill left (``unfinished``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Literal, NamedTuple

from scanner import clock
from scanner.casework import lines, unfinished
from scanner.casework.desk import Desk
from scanner.errors import UsageError
from scanner.model import Report, Reporter
from scanner.store import reports
from scanner.store.book import Book
from scanner.store.protected import Protected
from scanner.store.related import Related
from scanner.store.reports import Went

BATCH = 500  # reports between two waits for the disk
Outcome = Literal["new", "joined", "changed", "replaced", "duplicate"]


class Told(NamedTuple):
    """A report as it was read, and who told it where that is known."""

    report: Report
    reporter: Reporter | None = None


class Taken(NamedTuple):
    """What came of a report. ``new``: it opened a lead; ``joined``: all of it went to leads that were there; ``duplicate``:
    known with the same words; ``changed``: known with others (``fields``), not taken; ``replaced``: taken all the same.
    ``similar``: leads that may be of the same seller, where it opened one."""

    report: Report
    outcome: Outcome
    went: tuple[Went, ...]
    fields: tuple[str, ...] = ()
    similar: tuple[Related, ...] = ()


def take_all(desk: Desk, told: Iterable[Told], *, who: str = "", changed: bool = False) -> Iterator[Taken]:
    """Take reports, in batches; what was handed out is kept for good. ``changed``: one that is known with other words takes
    the place of the old one. Raises SealError or StoreError where the disk fails."""
    name = (who or desk.operator).strip()
    if not name:
        raise UsageError("没有写明谁办理", where="who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    rest = iter(told)
    while some := list(islice(rest, BATCH)):
        yield from _batch(desk, some, name, changed)


def preview(book: Book, told: Iterable[Told], *, changed: bool = False) -> Iterator[Taken]:
    """What would come of the reports, one after the other; nothing stays."""
    try:
        with book.write():
            for one in told:
                yield _take(book, one.report, changed, clock.now())
            raise _Back
    except _Back:
        return


class _Back(Exception):
    """The end of a preview: the transaction goes back."""


def _batch(desk: Desk, some: Sequence[Told], who: str, changed: bool) -> list[Taken]:
    done = []
    keep = [(one.report, one.reporter) for one in some if one.reporter is not None]
    if keep:
        _keep(desk, keep, changed)
    with unfinished.together(desk.home, desk.book, desk.journal) as tell:
        for one in some:
            at = clock.now()
            taken = _take(desk.book, one.report, changed, at)
            done.append(taken)
            if taken.outcome in ("new", "joined", "replaced"):
                tell(lines.REPORT, lines.of_report(one.report, taken.went, who, at))
    return done


def _keep(desk: Desk, keep: Sequence[tuple[Report, Reporter]], changed: bool) -> None:
    """Who told it goes first: a report without its reporter could not be answered. What is known is not kept again, or what
    was forgotten would come back with the next copy of the same list."""
    fresh: dict[str, tuple[Report, Reporter]] = {}
    for report, reporter in keep:
        known = desk.book.report(report.id)
        if known is None or (changed and reports.differences(known, report)):
            pair = (report, reporter)
            fresh[report.id] = pair if changed else fresh.get(report.id, pair)
    if fresh:
        with Protected.at(desk.home.root) as protected:
            protected.save(fresh.values())


def _take(book: Book, report: Report, changed: bool, at: datetime) -> Taken:
    known = book.report(report.id)
    fields = reports.differences(known, report) if known is not None else ()
    if known is not None and not (fields and changed):
        return Taken(report, "changed" if fields else "duplicate", book.went(report.id), fields)
    went = book.take_report(report, at=at)
    opened = [one.lead for one in went if one.opened]
    if known is not None:
        return Taken(report, "replaced", went, fields)
    ours = {one.lead for one in went}
    similar = tuple(one for one in book.related(opened[0]) if one.lead not in ours) if opened else ()
    return Taken(report, "new" if opened else "joined", went, (), similar)
