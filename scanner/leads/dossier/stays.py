"""Which listings are known to be bad, since when, and when they were seen up or found gone after that.

Owns: those of confirmed leads, each once, of however many leads it is, at the storefront where it stands: a lead may hold listings of
its seller's other shops. Leaves to others: days and their median (``takedown``), whose a storefront is (``platforms``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.leads.dossier.history import History
from scanner.leads.dossier.takedown import Stay
from scanner.model import Revisit, RevisitResult
from scanner.store.book import Book

_UP = (RevisitResult.SAME, RevisitResult.CHANGED, RevisitResult.RELISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """A listing known to be bad, the lead by which it first was, and its stay."""

    listing: str
    storefront: str
    lead: int
    stay: Stay


class Stays:
    """The listings of confirmed leads; ``histories`` are those of all leads of the book."""

    def __init__(self, book: Book, histories: Mapping[int, History]) -> None:
        self._book = book
        self._known = _first_known(book, histories)
        self._revisits: dict[str, list[Revisit]] = defaultdict(list)
        for pair in book.all_revisits():
            self._revisits[pair.subject_id].append(pair)

    def before(self, end: datetime, *, start: datetime | None = None) -> Iterator[Stayed]:
        """Those that came to be known before ``end`` (and from ``start`` on), with what was seen of them by then."""
        for listing, (known, lead, storefront) in self._known.items():
            if known >= end or (start is not None and known < start):
                continue
            pairs = [one for one in self._revisits[listing] if known <= one.time < end]
            gone = min((one.time for one in pairs if one.result is RevisitResult.GONE), default=None)
            seen = self._book.last_seen(listing, end)
            ups = [one.time for one in pairs if one.result in _UP] + (
                [seen] if seen is not None and seen >= known else []
            )
            yield Stayed(
                listing=listing, storefront=storefront, lead=lead, stay=Stay(known, gone, max(ups, default=None))
            )


def _first_known(book: Book, histories: Mapping[int, History]) -> dict[str, tuple[datetime, int, str]]:
    """Listing -> since when it is known (first handed over, else found), by which lead, and where it stands."""
    handed: dict[str, tuple[datetime, int, str]] = {}
    found: dict[str, tuple[datetime, int, str]] = {}
    for held in book.held_listings():
        history = histories[held.lead]
        if history.counts:
            times, when = (found, held.found) if history.handed is None else (handed, history.handed)
            mine = when, held.lead, held.storefront
            times[held.listing] = min(times.get(held.listing, mine), mine)
    return found | handed
