"""What the book holds of one seller or one place, or of all sellers, for files (档案) and figures.

Owns: those queries. Leaves to others: what they come to (``leads.dossier``), the door (``book``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from scanner import clock
from scanner.model import Seller
from scanner.store import codec
from scanner.store.file import File


class PageThen(NamedTuple):
    """One version of a seller's page: whose it is by its latest version (``draft.seller_key``), what it said, when it was seen
    so first and last, and whether it says nothing newer."""

    key: str
    page: Seller
    first_seen: datetime
    last_seen: datetime
    latest: bool


class Goods(NamedTuple):
    """The listings of one seller: how many there are, when one was seen first and last."""

    listings: int
    first_seen: datetime | None
    last_seen: datetime | None


class Host(NamedTuple):
    """A storefront of the book: how many captures it has, how many of them were read, and when the last was made; 0 and None
    where only somebody else told of it."""

    storefront: str
    captures: int
    read: int
    last: datetime | None


class ShopSeen(NamedTuple):
    """A seller as seen on some storefronts: its listings, its pages that say who sells, when one was seen first and last."""

    key: str
    listings: int
    pages: int
    first_seen: datetime
    last_seen: datetime


class Held(NamedTuple):
    """A listing of which a lead holds findings, where it stands, and when the first of these was made."""

    lead: int
    listing: str
    storefront: str
    found: datetime


_PAGES = (
    "SELECT s.seller_key, v.data, v.first_seen, v.last_seen, v.version = s.version FROM sellers s "
    "JOIN versions v ON v.subject = s.id AND v.kind = 'seller'"
)
_IN_ORDER = "ORDER BY s.seller_key, s.id, v.first_seen, v.version"


def pages(file: File, key: str | None = None) -> Iterator[PageThen]:
    """Every version of sellers' pages (of one seller) by seller, page and time."""
    wanted = {"s.seller_key": None if key is None else codec.column(key)}
    yield from map(_page, file.select(_PAGES, wanted, _IN_ORDER))


def pages_at(file: File, storefronts: Sequence[str]) -> Iterator[PageThen]:
    """Every version of sellers' pages on these storefronts, in the same order."""
    where = "WHERE s.storefront IN (SELECT value FROM json_each(?))"
    yield from map(_page, file.rows(f"{_PAGES} {where} {_IN_ORDER}", (json.dumps(list(storefronts)),)))


def _page(row: tuple[Any, ...]) -> PageThen:
    owner, data, first, last, latest = row
    return PageThen(owner, codec.load(Seller, data), clock.parse(first), clock.parse(last), bool(latest))


def hosts(file: File) -> Iterator[Host]:
    """Every storefront of which there is a capture, a listing, a seller's page or a lead, by name."""
    sql = (
        "SELECT storefront, sum(n), sum(r), max(t) FROM ("
        "SELECT storefront, count(*) AS n, sum(outcome = 'read') AS r, max(time) AS t FROM captures GROUP BY 1 "
        "UNION ALL SELECT DISTINCT storefront, 0, 0, NULL FROM listings "
        "UNION ALL SELECT DISTINCT storefront, 0, 0, NULL FROM sellers "
        "UNION ALL SELECT DISTINCT storefront, 0, 0, NULL FROM leads) WHERE storefront <> '' GROUP BY 1 ORDER BY 1"
    )
    for storefront, captures, read, last in file.rows(sql):
        yield Host(storefront, captures, read, clock.parse(last) if last else None)


def shops_at(file: File, storefronts: Sequence[str]) -> Iterator[ShopSeen]:
    """The sellers of which a listing or a page was seen on these storefronts, by key."""
    at = "WHERE storefront IN (SELECT value FROM json_each(?))"
    sql = (
        "SELECT seller_key, sum(listing), sum(NOT listing), min(first_seen), max(last_seen) FROM ("  # noqa: S608 ours
        f"SELECT seller_key, first_seen, last_seen, 1 AS listing FROM listings {at} "
        f"UNION ALL SELECT seller_key, first_seen, last_seen, 0 FROM sellers {at}) GROUP BY 1 ORDER BY 1"
    )
    asked = json.dumps(list(storefronts))
    for key, listings, shown, first, last in file.rows(sql, (asked, asked)):
        yield ShopSeen(key, listings, shown, clock.parse(first), clock.parse(last))


def goods(file: File, key: str) -> Goods:
    """How many listings a seller has, and when."""
    row = file.one(
        "SELECT count(*), min(first_seen), max(last_seen) FROM listings WHERE seller_key = ?", (codec.column(key),)
    )
    assert row is not None
    number, first, last = row
    return Goods(number, clock.parse(first) if first else None, clock.parse(last) if last else None)


def leads(file: File, keys: Iterable[str]) -> list[int]:
    """The leads of these sellers by number: opened for them, split off such a one, or one that has taken them in."""
    sql = (
        "SELECT number FROM leads WHERE seller_key = ? "
        "UNION SELECT number FROM leads WHERE seller_key > ? AND seller_key < ? "  # of a split: key, line feed, number
        "UNION SELECT lead FROM lead_sellers WHERE seller_key = ?"
    )
    found: set[int] = set()
    for key in map(codec.column, keys):
        found |= {row[0] for row in file.all(sql, (key, f"{key}\n", f"{key}\v", key))}
    return sorted(found)


def held(file: File) -> Iterator[Held]:
    """The listings that leads hold findings of, by lead."""
    sql = (
        "SELECT g.lead, f.subject_id, coalesce(s.storefront, d.storefront), min(f.first_seen) FROM lead_findings g "
        "JOIN findings f ON f.id = g.finding JOIN leads d ON d.number = g.lead LEFT JOIN listings s ON s.id = f.subject_id "
        "WHERE f.subject = 'listing' GROUP BY g.lead, f.subject_id ORDER BY g.lead, f.subject_id"
    )
    for number, listing, storefront, found in file.rows(sql):
        yield Held(number, listing, storefront, clock.parse(found))


def pictures(file: File, listing: str) -> frozenset[str]:
    """SHA-256 of the pictures that a listing was ever read with, as far as they were fetched for it."""
    sql = (
        "SELECT DISTINCT json_extract(k.data, '$.digest') FROM pieces p JOIN captures k ON k.id = p.capture "
        "WHERE p.subject = ? AND p.kind = 'listing' AND json_extract(k.data, '$.media_type') LIKE 'image/%'"
    )
    return frozenset(row[0] for row in file.all(sql, (listing,)))
