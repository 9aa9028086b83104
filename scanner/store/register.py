"""``register.db``: what the registers say, kept so that one number is answered from one index.

Owns: the tables, one transaction an import, what is written down of a source, and the questions asked. Leaves to
others: putting registrations in (``registrations``), reading files (``registry.readers``), which sources exist and what
they prove (``registry.sources``), and judging (``registry.standing``).

A *registration* is what a source says of a number: product, holder, scope, term; an *item* is one row of the source (a
device identifier of the UDI database, a line of a table) that says so. A UDI number may hold thousands of items and
still is a row or two to look up. A registration never changes, its id is made of what it says; the newest version of an
item wins, whatever order files come in, so that an import repeated, or done in another order, leaves the same content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from scanner import clock
from scanner.model import Record
from scanner.store.file import File, trouble

register = Migrations("register")

IDENTIFIERS_SHOWN = 20  # device identifiers given with a record; one number may have thousands


def _table(db: Database, name: str, columns: Mapping[str, type], pk: str | tuple[str, ...]) -> Table:
    table = cast(Table, db[name])
    table.create(dict(columns), pk=pk, not_null=set(columns) - ({pk} if isinstance(pk, str) else set()), strict=True)
    return table


@register()
def registrations(db: Database) -> None:
    """Sources, their files, registrations and items. Dates are ISO text, "" where the source has none."""
    _table(
        db, "sources",
        {"id": str, "as_of": str, "extent": str, "rows": int, "numbers": int, "bad": int, "imported": str,
         "dated": int},
        "id",
    )  # fmt: skip
    _table(
        db, "files",
        {"source": str, "sha256": str, "name": str, "size": int, "rows": int, "bad": int, "as_of": str, "imported": str},
        ("source", "sha256"),
    )  # fmt: skip
    table = _table(
        db, "registrations",
        {
            "id": int, "source": str, "number": str, "type": str, "product": str, "holder": str, "uscc": str,
            "agent": str, "scope": str, "model": str, "device_class": str, "code": str, "approved_on": str,
            "valid_until": str, "version": str,
        },
        "id",
    )  # fmt: skip
    for names in (["number"], ["uscc"], ["source"]):
        table.create_index(names)
    _table(
        db, "items",
        {"source": str, "key": str, "registration": int, "identifier": str, "model": str, "withdrawn_on": str,
         "version": str},
        ("source", "key", "registration"),
    ).create_index(["registration", "withdrawn_on"])  # fmt: skip


@register()
def statements(db: Database) -> None:
    """A registration's id is made of all that it says; items lie beside one another by registration."""
    db.conn.create_function("statement", -1, lambda *said: statement_id(said), deterministic=True)
    db.execute("CREATE TEMP TABLE ids AS SELECT id AS old, statement(source, number, type, product, holder, uscc, agent,"
               " scope, device_class, code, approved_on, valid_until) AS new FROM registrations")  # fmt: skip
    db.execute(
        "CREATE TABLE said (id INTEGER PRIMARY KEY, source TEXT NOT NULL, number TEXT NOT NULL, type TEXT NOT NULL,"
        " product TEXT NOT NULL, holder TEXT NOT NULL, uscc TEXT NOT NULL, agent TEXT NOT NULL, scope TEXT NOT NULL,"
        " device_class TEXT NOT NULL, code TEXT NOT NULL, approved_on TEXT NOT NULL, valid_until TEXT NOT NULL) STRICT"
    )
    db.execute(
        "INSERT INTO said SELECT new, source, number, type, product, holder, uscc, agent, scope, device_class, code,"
        " approved_on, valid_until FROM registrations JOIN ids ON old = id"
    )
    db.execute(
        "CREATE TABLE rows (registration INTEGER NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL,"
        " identifier TEXT NOT NULL, model TEXT NOT NULL, withdrawn_on TEXT NOT NULL, version TEXT NOT NULL,"
        " PRIMARY KEY (registration, key)) STRICT, WITHOUT ROWID"
    )
    db.execute(
        "INSERT INTO rows SELECT new, key, source, identifier, model, withdrawn_on, version"
        " FROM items JOIN ids ON old = registration"
    )
    for old, new in (("registrations", "said"), ("items", "rows")):
        db.execute(f"DROP TABLE {old}")
        db.execute(f"ALTER TABLE {new} RENAME TO {old}")
    db.execute("DROP TABLE ids")
    for names in ("number", "uscc", "source"):
        db.execute(f"CREATE INDEX registrations_{names} ON registrations ({names})")
    db.execute(ITEMS_BY_KEY)


def statement_id(said: Iterable[str]) -> int:
    """A 64-bit id of all columns of a registration, so that rows need no look-up while they come in."""
    text = "\x1f".join(said).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A file that was imported. ``size`` in bytes."""

    sha256: str
    name: str
    size: int
    rows: int
    bad: int
    as_of: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSource:
    """A source as it was imported: distinct rows and numbers held, bad rows counted over its files.

    ``extent``: ``sample`` or ``complete`` if a person said so, else "". ``dated``: a person said the as-of day; without
    it the day is the newest that the rows prove, and the register may be as young as its import.
    """

    id: str
    as_of: date | None
    extent: str
    rows: int
    numbers: int
    bad: int
    imported: datetime
    dated: bool
    files: tuple[ImportedFile, ...]

    @property
    def sha256(self) -> str:
        """Of the one file, or of the sorted digests of all of them."""
        digests = sorted(file.sha256 for file in self.files)
        return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a source holds after an import: distinct rows, and distinct numbers (or names, or codes)."""

    rows: int
    numbers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A registration found. ``items`` rows say so; ``withdrawn_on`` of the record is set when all are withdrawn."""

    record: Record
    items: int
    withdrawn: int


class RegisterStore:
    """The register's file. Use it from the thread that opened it."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._sources: tuple[ImportedSource, ...] | None = None
        self._seen = -1

    @classmethod
    def open(cls, path: Path) -> RegisterStore:
        """Open or create ``path``; its folder must exist. Raises StoreError."""
        return cls(File(path, register))

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: an import is there as a whole or not at all."""
        self._sources = None  # a connection's own changes do not show in its data_version
        try:
            with self._file.write(durable=True):
                yield
        finally:
            self._sources = None

    def close(self) -> None:
        self._file.close()

    # --- in ------------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def db(self) -> Database:
        """For the rooms of ``scanner.store`` that merge what was staged. Within ``write``."""
        return self._file.db

    @contextmanager
    def staged(self, stage: Path) -> Iterator[None]:
        """The closed stage at this path is there as ``stage.…`` inside."""
        with trouble(self.path):
            self._file.db.execute("ATTACH DATABASE ? AS stage", (str(stage),))
            try:
                yield
            finally:
                self._file.db.execute("DETACH DATABASE stage")

    def finish(
        self, source: str, *, kept: Kept, as_of: date | None, dated: bool, extent: str, files: Iterable[ImportedFile],
        replace: bool, now: datetime,
    ) -> None:  # fmt: skip
        """Close an import: write down the source and its files. Within ``write``."""
        db, at = self._file.db, clock.stamp(now)
        if replace:
            db.execute("DELETE FROM files WHERE source = ?", (source,))
        for file in files:
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (source, file.sha256, file.name, file.size, file.rows, file.bad, _text(file.as_of), at),
            )
        (bad,) = db.execute("SELECT coalesce(sum(bad), 0) FROM files WHERE source = ?", (source,)).fetchone()
        db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (source, _text(as_of), extent, kept.rows, kept.numbers, bad, at, int(dated)),
        )

    # --- out -----------------------------------------------------------------------------------------------------

    def by_number(self, number: str) -> tuple[Held, ...]:
        """What all sources say of a canonical number, in a fixed order."""
        found = self._file.all(_BY_NUMBER, (number,))
        as_of = {source.id: source.as_of for source in self.sources()} if found else {}
        return tuple(self._held(row, as_of) for row in found)

    def _held(self, row: tuple[object, ...], as_of: Mapping[str, date | None]) -> Held:
        values = [str(value) for value in row]
        ((items, withdrawn, last),) = self._file.all(_COUNT_ITEMS, (row[0],))
        shown = self._file.all(_SOME_ITEMS, (row[0], IDENTIFIERS_SHOWN))
        source = values[1]
        record = Record(
            source=source, number=values[2], type=values[3], product=values[4], holder=values[5], uscc=values[6],
            agent=values[7], scope=values[8], model=str(shown[0][1]) if shown else "", device_class=values[9],
            code=values[10], approved_on=_date(values[11]), valid_until=_date(values[12]),
            withdrawn_on=_date(str(last)) if items and items == withdrawn else None,
            identifiers=tuple(sorted({str(identifier) for identifier, _ in shown if identifier})),
            as_of=as_of.get(source),
        )  # fmt: skip
        return Held(record=record, items=int(items), withdrawn=int(withdrawn))

    def holders_of(self, uscc: str) -> tuple[str, ...]:
        """All holder names that registers print with a company's code: renamed holders, and agents' principals."""
        rows = self._file.rows("SELECT DISTINCT holder FROM registrations WHERE uscc = ? ORDER BY holder", (uscc,))
        return tuple(str(holder) for (holder,) in rows)

    def sources(self) -> tuple[ImportedSource, ...]:
        """All sources imported so far, by id. Asked for with every number, so remembered until the file changes."""
        ((seen,),) = self._file.all("PRAGMA data_version")
        if self._sources is None or seen != self._seen:
            self._sources, self._seen = self._read_sources(), seen
        return self._sources

    def _read_sources(self) -> tuple[ImportedSource, ...]:
        files: dict[str, list[ImportedFile]] = {}
        for source, sha256, name, size, rows, bad, as_of in self._file.rows(
            "SELECT source, sha256, name, size, rows, bad, as_of FROM files ORDER BY source, name, sha256"
        ):
            file = ImportedFile(sha256=sha256, name=name, size=size, rows=rows, bad=bad, as_of=_date(as_of))
            files.setdefault(source, []).append(file)
        found = self._file.rows(
            "SELECT id, as_of, extent, rows, numbers, bad, imported, dated FROM sources ORDER BY id"
        )
        return tuple(
            ImportedSource(
                id=name, as_of=_date(as_of), extent=extent, rows=rows, numbers=numbers, bad=bad,
                imported=clock.parse(imported), dated=bool(dated), files=tuple(files.get(name, ())),
            )
            for name, as_of, extent, rows, numbers, bad, imported, dated in list(found)
        )  # fmt: skip


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


ITEMS_BY_KEY = "CREATE INDEX items_by_key ON items (source, key, version)"

_BY_NUMBER = """
SELECT id, source, number, type, product, holder, uscc, agent, scope, device_class, code, approved_on, valid_until
FROM registrations WHERE number = ? ORDER BY source, product, holder, valid_until DESC, id
"""
_COUNT_ITEMS = "SELECT count(*), sum(withdrawn_on <> ''), max(withdrawn_on) FROM items WHERE registration = ?"
_SOME_ITEMS = "SELECT identifier, model FROM items WHERE registration = ? ORDER BY key LIMIT ?"
