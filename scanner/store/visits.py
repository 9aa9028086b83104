"""What the book can tell of who was visited: captures, who sellers' pages say they are, whose listings are.

Owns: those queries, each one pass over a table. Leaves to others: whose visit a capture was (``scanner.coverage``), the
door (``book``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner.model import Field, NumberSeen
from scanner.store import codec
from scanner.store.draft import seller_key
from scanner.store.file import File
from scanner.store.subjects import seen


class Visit(NamedTuple):
    """A capture as far as it is a visit. ``time`` as it is kept: text that sorts, which ``clock.parse`` reads."""

    capture: str
    crawl: str
    storefront: str
    url: str
    time: str
    outcome: str


class SellerPage(NamedTuple):
    """One version of a seller's page: ``key`` is the seller's on that storefront (``draft.seller_key``)."""

    storefront: str
    url: str
    key: str
    name: Field
    uscc: Field
    numbers: tuple[NumberSeen, ...]
    captures: tuple[str, ...]


class Sale(NamedTuple):
    """Whose a listing is, as its page says in the latest version."""

    listing: str
    storefront: str
    key: str
    seller_url: str
    captures: tuple[str, ...]


def all_of(file: File) -> Iterator[Visit]:
    """Every capture, in no order."""
    for row in file.rows("SELECT id, crawl, storefront, url, time, outcome FROM captures"):
        yield Visit(*row)


def seller_pages(file: File) -> Iterator[SellerPage]:
    """Every version of every seller's page. Texts of pages come as bytes: they may hold what is no UTF-8."""
    said = ", ".join(f"CAST(json_extract(v.data, '$.{name}') AS BLOB)" for name in ("url", "name", "uscc", "numbers"))
    sql = (
        f"SELECT s.storefront, {said}, (SELECT json_group_array(g.capture) FROM sightings g "  # noqa: S608 names are ours
        "WHERE g.subject = v.subject AND g.kind = v.kind AND g.version = v.version) "
        "FROM versions v JOIN sellers s ON s.id = v.subject WHERE v.kind = 'seller'"
    )
    for storefront, url, name, uscc, numbers, captures in file.rows(sql):
        shown = codec.load(Field, _text(name))
        yield SellerPage(
            storefront=storefront, url=_text(url), key=seller_key(storefront, seen(shown)), name=shown,
            uscc=codec.load(Field, _text(uscc)), numbers=codec.load_all(tuple[NumberSeen, ...], _text(numbers)),
            captures=tuple(json.loads(captures)),
        )  # fmt: skip


def sales(file: File, storefronts: Sequence[str]) -> Iterator[Sale]:
    """The listings of these storefronts."""
    sql = (
        "SELECT s.id, s.storefront, s.seller_key, CAST(json_extract(v.data, '$.seller_url') AS BLOB), "
        "(SELECT json_group_array(g.capture) FROM sightings g WHERE g.subject = s.id AND g.kind = 'listing') "
        "FROM listings s JOIN versions v ON v.subject = s.id AND v.kind = 'listing' AND v.version = s.version "
        "WHERE s.storefront IN (SELECT value FROM json_each(?))"
    )
    for listing, storefront, key, url, captures in file.rows(sql, (json.dumps(list(storefronts)),)):
        yield Sale(listing, storefront, key, _text(url), tuple(json.loads(captures)))


def sellers_at(file: File) -> Iterator[tuple[str, int]]:
    """Storefronts of listings with the number of different sellers named; where no page names one the number is 0."""
    sql = "SELECT storefront, count(DISTINCT CASE WHEN seller_key NOT LIKE '%' || char(10) THEN seller_key END) FROM listings"
    for storefront, number in file.rows(f"{sql} GROUP BY 1"):
        yield storefront, int(number)


def seen_listings(file: File) -> Iterator[tuple[str, str]]:
    """(listing, capture) of every sighting."""
    for row in file.rows("SELECT subject, capture FROM sightings WHERE kind = 'listing'"):
        yield row[0], row[1]


def _text(blob: bytes | None) -> str:
    return (blob or b"").decode("utf-8", "replace")
