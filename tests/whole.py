"""What the tests of the whole line share: the results of long runs, and a book reduced to what may be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.demo.mall import Mall
from scanner.home import Home
from scanner.store.book import Book
from tests.running import Done

CONTACT = "mailto:inspection@bureau.example"
DEMO_TIMEOUT = 420  # seconds: a demo with its browser takes half a minute, several where the machine is busy


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """A finished ``demo --json`` and the home it wrote."""

    done: Done
    home: Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """Two scans of one mall into one home; after each the book's snapshot and the mall's hits so far."""

    mall: Mall
    home: Home
    runs: tuple[Done, Done]
    shots: tuple[tuple[Snapshot, dict[str, int]], tuple[Snapshot, dict[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A book without what differs between two runs that saw the same: times, captures, running numbers.

    ``listings`` and ``sellers``: id -> (its versions, what it says); ``leads``: (storefront, seller, matter) -> ids of
    its findings; ``sightings``: id -> how often seen; ``numbers``: lead numbers.
    """

    listings: dict[str, Any]
    sellers: dict[str, Any]
    findings: dict[str, Any]
    leads: dict[tuple[str, str, str], frozenset[str]]
    sightings: dict[str, int]
    numbers: tuple[int, ...]
    captures: int

    @property
    def said(self) -> tuple[Any, ...]:
        """All that must be the same after every complete run."""
        return self.listings, self.sellers, self.findings, self.leads


def snapshot(home: Home) -> Snapshot:
    with Book.open(home.book) as book:
        listings, sellers, leads = list(book.listings()), list(book.sellers()), list(book.leads())
        return Snapshot(
            listings={k.subject.id: _versions(book, "listing", k.subject.id) for k in listings},
            sellers={k.subject.id: _versions(book, "seller", k.subject.id) for k in sellers},
            findings={
                p.finding.id: (p.finding.rule, p.finding.version, p.finding.field, p.finding.quote, p.finding.verdict)
                for p in book.findings()
            },
            leads={(x.storefront, x.seller, x.matter): frozenset(f.id for f in x.findings) for x in leads},
            sightings={k.subject.id: k.sightings for k in (*listings, *sellers)},
            numbers=tuple(x.number for x in leads),
            captures=sum(1 for _ in book.captures()),
        )  # fmt: skip


def _versions(book: Book, kind: Any, subject: str) -> frozenset[str]:
    return frozenset(version.version for version in book.versions(kind, subject))
