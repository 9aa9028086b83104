"""What the book knows of keeping and deleting: which captures leads rest on, which captures were purged.

Owns: those queries, and the table ``purged``. Leaves to others: holds and terms, which the journal tells
(``evidence.holds``), removing records (``evidence.purge``), the door (``book``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from scanner import clock
from scanner.store import case, codec
from scanner.store.file import File


class Claim(NamedTuple):
    """A lead's claim on captures (ids): whether it is not ended, and when it was last decided on (None: never)."""

    lead: int
    live: bool
    decided: datetime | None
    captures: frozenset[str]


def claims(file: File) -> Iterator[Claim]:
    """All leads, ended ones too, with the captures that each rests on."""
    sql = (
        "SELECT l.number, l.live, (SELECT max(d.time) FROM decisions d WHERE d.lead = l.number) FROM leads l "
        "ORDER BY l.number"
    )
    for number, live, decided in file.all(sql):
        moment = clock.parse(decided) if decided is not None else None
        yield Claim(number, bool(live), moment, case.captures(file, number))


def mark(file: File, captures: Iterable[str], line: int, time: datetime) -> int:
    """Note that the records of these captures are gone; how many were not noted before. What a page listed goes too; what
    was found in it stays."""
    fresh = 0
    with file.write(durable=True) as db:
        for capture in captures:
            row = (capture, line, codec.moment(time))
            fresh += db.execute("INSERT OR IGNORE INTO purged VALUES (?, ?, ?)", row).rowcount
            db.execute("DELETE FROM named WHERE capture = ?", (capture,))
    return fresh
