"""Who told it, forgotten when the office's own term is over (``reporter_years`` in ``config.yaml``).

Owns: whose reports are due: every lead that a report went to, and every lead those were merged into, is ended, its last
decision lies longer back than the term, and none is under a legal hold. The order, as when a person forgets: the line in the
journal is on disk before anything is deleted; after a kill between the two the next run writes its own line and deletes.
Leaves to others: captures and their terms (``evidence.keeping``), the file (``store.protected``), the line (``lines``).

No law sets the years: a term counts only where the office wrote one down, and without it nothing goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from scanner import clock
from scanner.casework import lines
from scanner.casework.desk import Desk
from scanner.evidence.keeping import holds
from scanner.home import Home
from scanner.leads.retention import later
from scanner.store.book import Book
from scanner.store.protected import NAME, Protected
from scanner.store.reports import Fate


class Due(NamedTuple):
    """The reports (ids) of a lead whose reporters are due; a report of several leads stands under the first."""

    lead: int
    reports: tuple[str, ...]


class Expiring(NamedTuple):
    """``years``: the office's term, None where it set none; ``kept``: reports whose reporter stays."""

    years: int | None
    due: tuple[Due, ...]
    kept: int


def expiring(home: Home, book: Book, *, now: datetime) -> Expiring:
    """Whose reporters are due at ``now``; nothing is written."""
    years = home.config().reporter_years
    if not (home.root / NAME).exists():
        return Expiring(years, (), 0)
    with Protected.at(home.root) as protected:
        known = protected.known()
    found: dict[int, list[str]] = {}
    if years is not None and known:
        held = {key for key in holds.told(home.journal).holds if isinstance(key, int)}
        for report in sorted(known):
            if _over(fates := book.fates(report), held, years, now):
                found.setdefault(fates[0].lead, []).append(report)
    due = tuple(Due(lead, tuple(reports)) for lead, reports in sorted(found.items()))
    return Expiring(years, due, len(known) - sum(len(one.reports) for one in due))


def expire(desk: Desk, *, now: datetime, who: str, why: str) -> Expiring:
    """Forget the reporters that are due, for good."""
    found = expiring(desk.home, desk.book, now=now)
    for lead, reports in found.due:
        told = {"lead": lead, "reports": list(reports), "who": who, "why": why, "years": found.years}
        desk.journal.append(lines.FORGOTTEN, {**told, "at": clock.stamp(now)}).result()
        _forget(desk.home, reports)
    return found


def _forget(home: Home, reports: Iterable[str]) -> None:
    with Protected.at(home.root) as protected:
        protected.forget(reports)


def _over(fates: Collection[Fate], held: Collection[int], years: int, now: datetime) -> bool:
    """Whether all leads of a report ended so long ago. A reporter without a report is one of a kill: the list comes again."""
    return bool(fates) and all(
        not one.live and one.lead not in held and one.decided is not None and later(one.decided, years) <= now
        for one in fates
    )
