"""``register.db``: what the registers say, kept so that one number is answered from one index.

Owns: the tables, one transaction an import, rows in bulk, and the questions asked of them. Leaves to others: reading
files (``registry.readers``), which sources exist and what they prove (``registry.sources``), and judging
(``registry.standing``).

A *registration* is one number with one product name and one holder in one source; an *item* is one row of the source
(a device identifier of the UDI database, a line of a table) that says so. A UDI number may hold thousands of items and
still is a single row to look up. The newest version of an item wins, whatever order files come in, so that an import
repeated, or done in another order, leaves the same content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from scanner import clock
from scanner.model import Record
from scanner.store.codec import column
from scanner.store.companies import CompanyStore, company_names
from scanner.store.file import File

register = Migrations("register")

CACHE = 64 * 1024  # kB of the file kept in memory
MAPPED = 1 << 30  # bytes of the file mapped into memory
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


register()(company_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a source: what it says, its key there, and its version as text that sorts."""

    record: Record
    key: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
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
class Held:
    """A registration found. ``items`` rows say so; ``withdrawn_on`` of the record is set when all are withdrawn."""

    record: Record
    items: int
    withdrawn: int


class RegisterStore:
    """The register's file. Use it from the thread that opened it."""

    def __init__(self, file: File) -> None:
        self._file = file
        self.companies = CompanyStore(file)
        # The file may hold gigabytes and its questions jump about in it: SQLite's own 2 MB would be read over and over,
        # and a page that is mapped into memory is read without a system call.
        file.db.execute(f"PRAGMA cache_size={-CACHE}")
        file.db.execute(f"PRAGMA mmap_size={MAPPED}")

    @classmethod
    def open(cls, path: Path) -> RegisterStore:
        """Open or create ``path``; its folder must exist. Raises StoreError."""
        return cls(File(path, register))

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: an import is there as a whole or not at all."""
        with self._file.write(durable=True):
            yield

    def close(self) -> None:
        self._file.close()

    # --- in ------------------------------------------------------------------------------------------------------

    def clear(self, source: str) -> None:
        """Forget everything of ``source``."""
        for table in ("items", "registrations", "files"):
            self._file.db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608 names are ours
        self.companies.clear(source)

    def put(self, source: str, entries: Sequence[Entry]) -> None:
        """Add entries in bulk. Within ``write``."""
        rows: dict[int, tuple[object, ...]] = {}
        items: list[tuple[object, ...]] = []
        versions: dict[int, str] = {}
        for entry in entries:
            record = entry.record
            key = registration_key(source, record)
            if versions.get(key, "") <= entry.version:
                versions[key] = entry.version
                rows[key] = (key, source, *map(column, _texts(record)), entry.version)
            identifier = record.identifiers[0] if record.identifiers else ""
            items.append(
                (source, column(entry.key), key, column(identifier), column(record.model),
                 _text(record.withdrawn_on), entry.version)
            )  # fmt: skip
        connection = self._file.db.conn
        connection.executemany(_PUT_REGISTRATION, list(rows.values()))
        connection.executemany(_DROP_OLDER, ((item[0], item[1], item[6]) for item in items))
        connection.executemany(_PUT_ITEM, items)

    def finish(
        self, source: str, *, as_of: date | None, dated: bool, extent: str, files: Iterable[ImportedFile], now: datetime
    ) -> None:
        """Close an import: registrations that no item holds any more go, the source and its files are written down."""
        db, at = self._file.db, clock.stamp(now)
        db.execute(_DROP_EMPTY, (source,))
        for file in files:
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (source, file.sha256, file.name, file.size, file.rows, file.bad, _text(file.as_of), at),
            )
        (rows,) = db.execute(_COUNT_ROWS, {"source": source}).fetchone()
        (numbers,) = db.execute(
            "SELECT count(DISTINCT number) FROM registrations WHERE source = ?", (source,)
        ).fetchone()
        (bad,) = db.execute("SELECT coalesce(sum(bad), 0) FROM files WHERE source = ?", (source,)).fetchone()
        db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (source, _text(as_of), extent, rows, numbers, bad, at, int(dated)),
        )

    # --- out -----------------------------------------------------------------------------------------------------

    def by_number(self, number: str) -> tuple[Held, ...]:
        """What all sources say of a canonical number, in a fixed order."""
        rows = self._file.rows(
            f"SELECT {_COLUMNS} FROM registrations WHERE number = ? ORDER BY source, product, holder, id",  # noqa: S608
            (number,),
        )
        found = list(rows)
        as_of = {source.id: source.as_of for source in self.sources()} if found else {}
        return tuple(self._held(row, as_of) for row in found)

    def _held(self, row: tuple[object, ...], as_of: Mapping[str, date | None]) -> Held:
        values = [str(value) for value in row]
        items, withdrawn, last = self._file.one(_COUNT_ITEMS, (row[0],)) or (0, 0, "")
        shown = list(self._file.rows(_SOME_ITEMS, (row[0], IDENTIFIERS_SHOWN)))
        source = values[1]
        record = Record(
            source=source, number=values[2], type=values[3], product=values[4], holder=values[5], uscc=values[6],
            agent=values[7], scope=values[8], model=values[9], device_class=values[10], code=values[11],
            approved_on=_date(values[12]), valid_until=_date(values[13]),
            withdrawn_on=_date(str(last)) if items and items == withdrawn else None,
            identifiers=tuple(str(identifier) for (identifier,) in shown), as_of=as_of.get(source),
        )  # fmt: skip
        return Held(record=record, items=int(items), withdrawn=int(withdrawn))

    def sources(self) -> tuple[ImportedSource, ...]:
        """All sources imported so far, by id."""
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


def registration_key(source: str, record: Record) -> int:
    """A 64-bit id of (source, number, product, holder), so that rows need no look-up while they come in."""
    parts = "\x1f".join((source, record.number, record.product, record.holder))
    return int.from_bytes(hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _texts(record: Record) -> tuple[str, ...]:
    """The columns of a registration that come from its record, in their order."""
    return (
        record.number, record.type, record.product, record.holder, record.uscc, record.agent, record.scope,
        record.model, record.device_class, record.code, _text(record.approved_on), _text(record.valid_until),
    )  # fmt: skip


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_COLUMNS = (
    "id, source, number, type, product, holder, uscc, agent, scope, model, device_class, code, approved_on, valid_until"
)
_PUT_REGISTRATION = """
INSERT INTO registrations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET type = excluded.type, uscc = excluded.uscc, agent = excluded.agent,
  scope = excluded.scope, model = excluded.model, device_class = excluded.device_class, code = excluded.code,
  approved_on = excluded.approved_on, valid_until = excluded.valid_until, version = excluded.version
WHERE excluded.version >= registrations.version
"""
_DROP_OLDER = "DELETE FROM items WHERE source = ? AND key = ? AND version < ?"
_PUT_ITEM = """
INSERT INTO items SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
WHERE NOT EXISTS (SELECT 1 FROM items WHERE source = ?1 AND key = ?2 AND version > ?7)
ON CONFLICT (source, key, registration) DO UPDATE SET identifier = excluded.identifier, model = excluded.model,
  withdrawn_on = excluded.withdrawn_on, version = excluded.version
"""
_DROP_EMPTY = """
DELETE FROM registrations WHERE source = ? AND NOT EXISTS (SELECT 1 FROM items WHERE registration = registrations.id)
"""
_COUNT_ROWS = """
SELECT (SELECT count(DISTINCT key) FROM items WHERE source = :source)
  + (SELECT count(*) FROM listed_companies WHERE source = :source)
"""
_COUNT_ITEMS = "SELECT count(*), sum(withdrawn_on <> ''), max(withdrawn_on) FROM items WHERE registration = ?"
_SOME_ITEMS = """
SELECT identifier FROM items WHERE registration = ? AND identifier <> '' ORDER BY identifier LIMIT ?
"""
