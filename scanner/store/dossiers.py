"""What the book holds of one seller, or of all of them by seller, for files (档案) and figures.

Owns: those queries. Leaves to others: what they come to (``leads.dossier``), the door (``book``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

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


class Held(NamedTuple):
    """A listing of which a lead holds findings, where it stands, and when the first of these was made."""

    lead: int
    listing: str
    storefront: str
    found: datetime


def pages(file: File, key: str | None = None) -> Iterator[PageThen]:
    """Every version of sellers' pages (of one seller) by seller, page and time."""
    sql = (
        "SELECT s.seller_key, v.data, v.first_seen, v.last_seen, v.version = s.version FROM sellers s "
        "JOIN versions v ON v.subject = s.id AND v.kind = 'seller'"
    )
    wanted = {"s.seller_key": None if key is None else codec.column(key)}
    for owner, data, first, last, latest in file.select(
        sql, wanted, "ORDER BY s.seller_key, s.id, v.first_seen, v.version"
    ):
        yield PageThen(owner, codec.load(Seller, data), clock.parse(first), clock.parse(last), bool(latest))


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
