"""What was seen in a stretch of time: listings and sellers' pages as they were seen last in it. For figures of a period.

Owns: those queries, each one pass over the sightings. Leaves to others: counting (``leads.dossier.platforms``), the door (``book``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from scanner import clock
from scanner.store import codec
from scanner.store.file import File
from scanner.store.subjects import Subject, kind_of


class LookedAt(NamedTuple):
    """When the pages of a storefront that say who a seller is were looked at last before a time."""

    storefront: str
    key: str
    last: datetime


def between(file: File, model: type[Subject], start: datetime, end: datetime) -> Iterator[Subject]:
    """Listings or sellers' pages seen from ``start`` on and before ``end``, each once, as it was seen last in that time."""
    sql = (
        "SELECT v.data FROM (SELECT subject, kind, version, max(time) FROM sightings "
        "WHERE kind = ? AND time >= ? AND time < ? GROUP BY subject) g "  # of the row with the latest time
        "JOIN versions v ON v.subject = g.subject AND v.kind = g.kind AND v.version = g.version"
    )
    for (data,) in file.rows(sql, (kind_of(model), codec.moment(start), codec.moment(end))):
        yield codec.load(model, data)


def looked_at(file: File, end: datetime) -> Iterator[LookedAt]:
    """Every seller with a page that says who it is, and its last look before ``end``."""
    sql = (
        "SELECT s.storefront, s.seller_key, max(g.time) FROM sightings g JOIN sellers s ON s.id = g.subject "
        "WHERE g.kind = 'seller' AND g.time < ? GROUP BY s.storefront, s.seller_key ORDER BY s.seller_key"
    )
    for storefront, key, last in file.rows(sql, (codec.moment(end),)):
        yield LookedAt(storefront, key, clock.parse(last))


def last_seen(file: File, listing: str, end: datetime) -> datetime | None:
    """When a listing was seen last before ``end``."""
    row = file.one(
        "SELECT max(time) FROM sightings WHERE subject = ? AND kind = 'listing' AND time < ?",
        (listing, codec.moment(end)),
    )
    return clock.parse(row[0]) if row is not None and row[0] else None
