"""Two books side by side: how many rows each table has, and which rows only one of them has.

Owns: that comparison, whatever tables there are. Leaves to others: what a difference means (``crawl.again.rebuild``). Running
numbers that only give an order (of second looks, of what was judged again, of decisions, of statements) are no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.store.file import File, trouble

EXAMPLES = 3  # rows of each side that are shown
SHOWN = 300  # characters of a row
_ORDER_ONLY = {"proofs": "number", "rejudged": "number", "decisions": "number", "same_said": "number"}
_OWN = ("sqlite_%", "_sqlite_%")  # tables of SQLite and of the migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """One table of two books. ``missing``: rows that only the book before has; ``added``: rows that only the one made anew
    has; of each a few, cut."""

    table: str
    before: int
    after: int
    missing: int = 0
    added: int = 0
    examples: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not (self.missing or self.added) and self.before == self.after


def compare(book: File, before: Path) -> list[TableDifference]:
    """Every table of ``book`` held against that of the book at ``before``, which is there, by name. Raises StoreError."""
    with trouble(before):
        book.db.execute("ATTACH DATABASE ? AS before", (str(before),))
    try:
        with trouble(book.path):
            return [_table(book, name) for name in _tables(book)]
    finally:
        book.db.execute("DETACH DATABASE before")


def _tables(book: File) -> list[str]:
    where = " AND ".join("name NOT LIKE ?" for _ in _OWN)
    sql = f"SELECT name FROM sqlite_master WHERE type = 'table' AND {where} ORDER BY name"  # noqa: S608 ours
    return [name for (name,) in book.all(sql, _OWN)]


def _table(book: File, name: str) -> TableDifference:
    # Names of tables and columns are those of our own migrations; no value goes into the text.
    columns = [row[1] for row in book.all(f'PRAGMA main.table_info("{name}")') if row[1] != _ORDER_ONLY.get(name)]
    shown = ", ".join(f'"{column}"' for column in columns)
    before, after = (f'SELECT {shown} FROM {schema}."{name}"' for schema in ("before", "main"))  # noqa: S608
    sides = []
    for sql in (f"{before} EXCEPT {after}", f"{after} EXCEPT {before}"):
        (number,) = book.one(f"SELECT count(*) FROM ({sql})") or (0,)  # noqa: S608
        sides.append((int(number), book.all(f"{sql} LIMIT {EXAMPLES}") if number else []))
    (gone, lost), (more, new) = sides
    counts = [(book.one(f"SELECT count(*) FROM ({sql})") or (0,))[0] for sql in (before, after)]  # noqa: S608
    return TableDifference(
        table=name, before=counts[0], after=counts[1], missing=gone, added=more,
        examples=(*_said("−", columns, lost), *_said("+", columns, new)),
    )  # fmt: skip


def _said(sign: str, columns: list[str], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        yield f"{sign} " + "，".join(f"{name}={value}" for name, value in zip(columns, row, strict=True))[:SHOWN]
