"""Who is the same seller: what each seller showed of itself, and what people said of two of them.

Owns: the queries on ``traits`` and ``same_said``. Leaves to others: reading traits off pages and comparing them
(``leads.same``), the transaction (``file``) and the door (``book``).

``traits`` is an index over the versions of listings and sellers' pages: a telephone number that a shop gave up still leads to
the shop that has it now, until no capture is left that shows it (``leads.same.fading``). ``same_said`` is never altered; the latest statement on two sellers counts, and ``withdrawn``
gives the question back to the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from scanner import clock
from scanner.store import codec
from scanner.store.file import File

Verdict = Literal["same", "different", "withdrawn"]


class Trait(NamedTuple):
    """One thing that a seller showed: its kind, the value levelled for comparing, the words as they stand on the page, and
    the capture (id) that shows them. Of several places where a seller shows it, the alphabetically first words."""

    kind: str
    value: str
    quote: str
    capture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's statement on two sellers, by key, ``a`` before ``b``. ``number``: the how many-th that the book was told, 0
    before it was: which of two came later is told by it, for a clock may be set back."""

    a: str
    b: str
    verdict: Verdict
    who: str
    time: datetime
    note: str = ""
    number: int = field(default=0, compare=False)


def save(file: File, key: str, traits: Iterable[Trait]) -> None:
    """Add what a seller showed; what is known stays."""
    rows = [tuple(map(codec.column, (key, *one))) for one in traits]
    if not rows:
        return
    with file.write() as db:
        db.conn.executemany(
            "INSERT INTO traits (seller_key, kind, value, quote, capture) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET quote = excluded.quote, capture = excluded.capture "
            "WHERE (excluded.quote, excluded.capture) < (quote, capture)",
            rows,
        )


def drop(file: File) -> list[tuple[str, str, str]]:
    """Take out the traits whose capture was purged, bytes and all: (seller key, kind, value) of each."""
    with file.write(durable=True) as db:
        db.execute("PRAGMA secure_delete=ON")
        sql = "DELETE FROM traits WHERE capture IN (SELECT capture FROM purged) RETURNING seller_key, kind, value"
        gone: list[tuple[str, str, str]] = db.conn.execute(sql).fetchall()
        return gone


def of(file: File, key: str) -> list[Trait]:
    """All that is known of what a seller showed, by kind and value."""
    sql = "SELECT kind, value, quote, capture FROM traits WHERE seller_key = ? ORDER BY kind, value"
    return [Trait(*row) for row in file.rows(sql, (codec.column(key),))]


def every(file: File) -> Iterator[tuple[str, Trait]]:
    """(seller key, trait) of all sellers, by key, kind and value."""
    sql = "SELECT seller_key, kind, value, quote, capture FROM traits ORDER BY seller_key, kind, value"
    for key, *trait in file.rows(sql):
        yield key, Trait(*trait)


def sharing(file: File, kind: str, value: str, limit: int) -> list[str]:
    """The first ``limit`` sellers, by key, that show this value."""
    sql = "SELECT seller_key FROM traits WHERE kind = ? AND value = ? ORDER BY seller_key LIMIT ?"
    return [row[0] for row in file.rows(sql, (kind, codec.column(value), limit))]


def bearers(file: File, kind: str, value: str) -> int:
    """How many sellers show this value."""
    row = file.one("SELECT count(*) FROM traits WHERE kind = ? AND value = ?", (kind, codec.column(value)))
    return 0 if row is None else int(row[0])


def say(file: File, said: Said) -> Said:
    """Add a statement; it comes back with its number. On disk when this returns. The same statement twice is one."""
    a, b = sorted(map(codec.column, (said.a, said.b)))
    row = (a, b, said.verdict, codec.column(said.who), codec.moment(said.time), codec.column(said.note))
    with file.write(durable=True) as db:
        db.execute("INSERT OR IGNORE INTO same_said (a, b, verdict, who, time, note) VALUES (?, ?, ?, ?, ?, ?)", row)
        sql = "SELECT number FROM same_said WHERE (a, b, verdict, who, time, note) = (?, ?, ?, ?, ?, ?)"
        (number,) = db.execute(sql, row).fetchone()
        return replace(said, number=number)


def statements(file: File, key: str | None = None) -> list[Said]:
    """All statements, or those on one seller, in the order they were made."""
    sql = "SELECT a, b, verdict, who, time, note, number FROM same_said"
    where, values = ("", ()) if key is None else (" WHERE a = ? OR b = ?", (codec.column(key),) * 2)
    return [
        Said(a=a, b=b, verdict=verdict, who=who, time=clock.parse(time), note=note, number=number)
        for a, b, verdict, who, time, note, number in file.rows(f"{sql}{where} ORDER BY number", values)
    ]
