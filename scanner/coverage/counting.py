"""The visits of every seller, counted: one pass over the captures, one over the sightings of listings.

Owns: the last time each seller was looked at, the outcomes and listings of the last crawl that touched it, addresses that
gave no answer at all (a crawl names them when it ends; they leave no capture), and leads. Leaves to others: whose a capture is
(``matching``), what it comes to (``coverage``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanner import clock
from scanner.coverage.matching import By, Match, Owners, site_of
from scanner.model import CrawlState, Outcome
from scanner.store import codec
from scanner.store.book import Book
from scanner.store.crawls import Crawl
from scanner.store.visits import Visit

OUTCOMES = tuple(word.value for word in Outcome)
FIRMEST: tuple[By, ...] = ("address", "uscc", "name")
LOOKED_AT = frozenset((Outcome.READ.value, Outcome.NOT_A_PRODUCT.value))  # a page that was read


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCrawl:
    """The last crawl that touched a seller: when it did so last, how the crawl ended (None: it runs, or was killed), what
    became of the seller's pages, and how many of its listings were read."""

    crawl: str
    kind: str
    time: datetime
    state: CrawlState | None
    outcomes: Mapping[str, int]
    listings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Of one seller: all outcomes there ever were, the time of the last page read ("": none), why its visits are its."""

    outcomes: frozenset[str] = frozenset()
    looked_at: str = ""
    matched: tuple[Match, ...] = ()
    last: LastCrawl | None = None
    leads: int = 0


@dataclass(slots=True)
class _Seller:
    outcomes: set[str] = field(default_factory=set)
    looked_at: str = ""
    crawls: dict[str, Counter[str]] = field(default_factory=dict)
    matched: dict[tuple[By, str], Match] = field(default_factory=dict)
    last: str = ""
    time: str = ""
    listings: set[str] = field(default_factory=set)
    leads: int = 0

    def visited(self, visit: Visit, why: Match) -> None:
        self.outcomes.add(visit.outcome)
        self.crawls.setdefault(visit.crawl, Counter())[visit.outcome] += 1
        self.matched.setdefault((why.by, why.what), why)
        if visit.outcome in LOOKED_AT:
            self.looked_at = max(self.looked_at, visit.time)
        if visit.time > self.time:
            self.time, self.last = visit.time, visit.crawl


def count(book: Book, owners: Owners, number: int) -> list[Counted]:
    """What the book knows of the ``number`` sellers of the register, in its order."""
    sellers = [_Seller() for _ in range(number)]
    crawls = {crawl.id: crawl for crawl in book.crawls()}
    pages: dict[str, tuple[str, tuple[int, ...]]] = {}
    for visit in _visits(book, crawls):
        found = owners.of(visit.storefront, visit.url, visit.capture)
        for one, why in found.items():
            sellers[one].visited(visit, why)
        if found:
            pages[visit.capture] = (visit.crawl, tuple(found))
    for listing, capture in book.seen_listings():
        crawl, found_in = pages.get(capture, ("", ()))
        for one in found_in:
            if sellers[one].last == crawl:
                sellers[one].listings.add(listing)
    for storefront, key, leads in book.live_leads():
        for one in {*owners.sites.get(site_of(storefront), ()), *owners.keys.get(key, ())}:
            sellers[one].leads += leads
    return [_counted(one, crawls, owners.told.get(place, ())) for place, one in enumerate(sellers)]


def _visits(book: Book, crawls: Mapping[str, Crawl]) -> Iterator[Visit]:
    """All captures, then what crawls say they did not get and that left no capture."""
    lost = {(one.id, str(url)): one for one in crawls.values() for url, *_ in one.ended.get("lost", ()) if url}
    for visit in book.visits():
        lost.pop((visit.crawl, visit.url), None)
        yield visit
    for (crawl, url), one in lost.items():
        at = codec.moment(one.finished or one.started)
        yield Visit("", crawl, site_of(url), url, at, Outcome.ERROR.value)


def _counted(seller: _Seller, crawls: Mapping[str, Crawl], told: Sequence[Match]) -> Counted:
    for why in told:
        seller.matched.setdefault((why.by, why.what), why)
    last = None
    if seller.crawls:
        crawl, found = crawls.get(seller.last), seller.crawls[seller.last]
        last = LastCrawl(
            crawl=seller.last, kind=crawl.kind if crawl is not None else "", time=clock.parse(seller.time),
            state=crawl.state if crawl is not None else None, listings=len(seller.listings),
            outcomes={word: found[word] for word in OUTCOMES if word in found},
        )  # fmt: skip
    return Counted(
        outcomes=frozenset(seller.outcomes), looked_at=seller.looked_at, last=last, leads=seller.leads,
        matched=tuple(sorted(seller.matched.values(), key=lambda match: (FIRMEST.index(match.by), match.what))),
    )  # fmt: skip
