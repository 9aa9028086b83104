"""``register.db``: what the registers say, kept so that one number is answered from one index.

Owns: one transaction an import, what is written down of a source, and the questions asked. Leaves to others: the tables
(``register_tables``), putting registrations in (``registrations``), reading files (``registry.readers``), which sources exist and what
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

from sqlite_utils import Database

from scanner import clock
from scanner.model import Record
from scanner.store import net_sellers
from scanner.store.catalogue import CatalogueStore
from scanner.store.companies import CompanyStore
from scanner.store.file import File, trouble
from scanner.store.net_sellers import NetRow
from scanner.store.register_tables import register as register

CACHE = 64 * 1024  # kB of the file kept in memory
MAPPED = 1 << 30  # bytes of the file mapped into memory
IDENTIFIERS_SHOWN = 20  # device identifiers given with a record; one number may have thousands


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
        self._sources = None  # a connection's own changes do not show in its data_version
        try:
            with self._file.write(durable=True):
                yield
        finally:
            self._sources = None

    def close(self) -> None:
        self._file.close()

    @property
    def catalogue(self) -> CatalogueStore:
        """The catalogues' part of the file."""
        return CatalogueStore(self._file)

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
            self._file.db.execute("PRAGMA mmap_size=0")  # an import touches the whole file: memory stays flat
            self._file.db.execute("ATTACH DATABASE ? AS stage", (str(stage),))
            try:
                yield
            finally:
                self._file.db.execute("DETACH DATABASE stage")
                self._file.db.execute(f"PRAGMA mmap_size={MAPPED}")

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
        """All holder names that registrations print with a company's code, also before any index of names is made."""
        rows = self._file.rows("SELECT DISTINCT holder FROM registrations WHERE uscc = ? ORDER BY holder", (uscc,))
        return tuple(str(holder) for (holder,) in rows if holder)

    def net_sellers(self, source: str) -> Iterator[NetRow]:
        """The rows of a register of network sellers, in its order."""
        return net_sellers.rows(self._file, source)

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


_BY_NUMBER = """
SELECT id, source, number, type, product, holder, uscc, agent, scope, device_class, code, approved_on, valid_until
FROM registrations WHERE number = ? ORDER BY source, product, holder, valid_until DESC, id
"""
_COUNT_ROWS = """
SELECT (SELECT count(DISTINCT key) FROM items WHERE source = :source)
  + (SELECT count(*) FROM listed_companies WHERE source = :source)
"""
_COUNT_ITEMS = "SELECT count(*), sum(withdrawn_on <> ''), max(withdrawn_on) FROM items WHERE registration = ?"
_SOME_ITEMS = "SELECT identifier, model FROM items WHERE registration = ? ORDER BY key LIMIT ?"
