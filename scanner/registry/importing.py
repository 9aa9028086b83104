"""Bringing a register's files into ``register.db``: streamed, in one transaction, the same again when done again.

Owns: turning rows into entries (a number field may hold several numbers), refusing rows that do not belong to the
source, counting and reporting every bad row with its place, and the as-of day. Leaves to others: formats (``readers``),
SQL (``store.register``).

As-of day: what the person says, else the newest day that the rows themselves prove (the newest version of the UDI
database, the newest approval in a table), never after the import. It is a lower bound, so a source may look older than
it is, never fresher.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from scanner import clock, numbers
from scanner.errors import InputError
from scanner.model import Number, Record
from scanner.numbers.fold import fold
from scanner.registry import company_index
from scanner.registry.readers import READERS
from scanner.registry.rows import Bad, Row
from scanner.registry.sources import Source
from scanner.store.companies import Listed
from scanner.store.register import Entry, ImportedFile, ImportedSource, RegisterStore

BATCH = 5_000
REPORTED = 50  # problems kept with their places; all are counted

Extent = Literal["", "sample", "complete"]
Tick = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. ``rows`` were taken, ``bad`` were not, ``flawed`` were taken without a part of them."""

    source: str
    files: int
    rows: int
    bad: int
    flawed: int
    unknown: int  # numbers of no known form, kept as printed
    as_of: date | None
    sample: bool
    problems: tuple[Bad, ...]


@dataclass(slots=True)
class _Count:
    rows: int = 0
    bad: int = 0
    flawed: int = 0
    unknown: int = 0
    newest: date | None = None
    problems: list[Bad] = field(default_factory=list)

    def note(self, bad: Bad) -> None:
        if bad.kept:
            self.flawed += 1
        else:
            self.bad += 1
        if len(self.problems) < REPORTED:
            self.problems.append(bad)


def bring(
    store: RegisterStore,
    source: Source,
    files: Sequence[Path],
    *,
    now: datetime,
    as_of: date | None = None,
    extent: Extent = "",
    replace: bool = False,
    tick: Tick | None = None,
) -> ImportReport:
    """Import ``files`` as ``source``. All of them or nothing: on any error the register stays as it was.

    ``replace`` forgets what the source held before; without it files add up and newer versions of a row win.
    Raises InputError for a file that is damaged or no such register, StoreError when the disk refuses.
    """
    known = {imported.id: imported for imported in store.sources()}
    count, done = _Count(), list[ImportedFile]()
    with store.write():
        if replace:
            store.clear(source.id)
        for path in files:
            done.append(_file(store, source, path, count, clock_day(now), tick))
        if not count.rows:
            first = f"：{count.problems[0].place} {count.problems[0].why}" if count.problems else ""
            raise InputError(f"没有一行能导入为“{source.title}”{first}", where=str(files[0]), hint="检查来源是否选对")
        company_index.refresh(store)
        held = known.get(source.id) if not replace else None
        newest = _as_of(source, held, as_of, [file.as_of for file in done])
        kept = extent or (held.extent if held is not None else "")
        dated = as_of is not None or (held is not None and held.dated and newest == held.as_of)
        store.finish(source.id, as_of=newest, dated=dated, extent=kept, files=done, now=now)
        imported = next(entry for entry in store.sources() if entry.id == source.id)
    return ImportReport(
        source=source.id, files=len(done), rows=count.rows, bad=count.bad, flawed=count.flawed, unknown=count.unknown,
        as_of=newest, sample=source.is_sample(imported), problems=tuple(count.problems),
    )  # fmt: skip


def _as_of(
    source: Source, held: ImportedSource | None, said: date | None, proven: Sequence[date | None]
) -> date | None:
    """The source's day after an import; it never goes back.

    A few newer rows added to a whole register do not make the whole newer: what is missing from it would then be
    called unregistered on the word of an old export. There only a person's word moves the day.
    """
    days = [said] if said is not None else list(proven)
    if held is not None:
        whole = any(series.complete for series in source.series) and not source.is_sample(held)
        days = [held.as_of] if whole and said is None else [*days, held.as_of]
    return max((day for day in days if day is not None), default=None)


def clock_day(now: datetime) -> date:
    """The calendar day in Beijing, where registers are kept."""
    return now.astimezone(clock.BEIJING).date()


def _file(
    store: RegisterStore, source: Source, path: Path, count: _Count, today: date, tick: Tick | None
) -> ImportedFile:
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path))
    rows, bad, newest = count.rows, count.bad, None
    batch: list[Entry] = []
    listed: list[Listed] = []
    for row in READERS[source.reader](path):
        if isinstance(row, Bad):
            count.note(row)
            continue
        if isinstance(row, Listed):
            count.rows += 1
            listed.append(row)
            if len(listed) >= BATCH:
                store.companies.put(source.id, listed)
                listed = []
                if tick is not None:
                    tick(path.name, count.rows)
            continue
        taken = list(_entries(row, source, count))
        if not taken:
            continue
        count.rows += 1
        batch += taken
        if row.seen is not None and row.seen <= today and (newest is None or row.seen > newest):
            newest = row.seen
        if len(batch) >= BATCH:
            store.put(source.id, batch)
            batch = []
            if tick is not None:
                tick(path.name, count.rows)
    store.put(source.id, batch)
    store.companies.put(source.id, listed)
    size, digest = _digest(path)
    return ImportedFile(
        sha256=digest, name=path.name, size=size, rows=count.rows - rows, bad=count.bad - bad, as_of=newest
    )


@lru_cache(maxsize=50_000)
def _numbers_in(text: str) -> tuple[Number, ...]:
    """The numbers of a field; thousands of devices print the same one."""
    return tuple(n for n in numbers.find(text) if n.type not in numbers.IDENTIFIERS)


def _entries(row: Row, source: Source, count: _Count) -> Iterator[Entry]:
    """One entry for each number in the row's number field; a row that belongs to another source is bad."""
    found = _numbers_in(row.number)
    if not found:
        count.unknown += 1
        yield _entry(row, source, number=plain(row.number), kind="", device_class=row.device_class)
        return
    for number in found:
        if number.valid is not False and source.covering(number) is None:
            count.note(Bad(place=row.place, why=f"编号{number.number}不属于来源“{source.title}”的范围"))
            continue
        device_class = row.device_class or numbers.class_of(number)
        yield _entry(row, source, number=number.number, kind=number.type, device_class=device_class)


def _entry(row: Row, source: Source, *, number: str, kind: str, device_class: str) -> Entry:
    record = Record(
        number=number, type=kind, product=row.product, holder=row.holder, uscc=row.uscc, agent=row.agent,
        scope=row.scope, model=row.model, device_class=device_class, code=row.code, approved_on=row.approved_on,
        valid_until=row.valid_until, withdrawn_on=row.withdrawn_on,
        identifiers=(row.identifier,) if row.identifier else (), source=source.id,
    )  # fmt: skip
    return Entry(record=record, key=row.key, version=row.version)


def plain(text: str) -> str:
    """A number of no known form as the register keeps it: width and brackets levelled, no spaces, no 号 at the end."""
    return fold(text[:200]).text.removesuffix("号")


def known_or_plain(text: str, on: date) -> Number:
    """``text`` as a number; of no known form: malformed, with its plain spelling, so that it can still be looked up."""
    number = numbers.parse(text.strip(), on=on)
    if number is not None:
        return number
    found = [n for n in numbers.find(text, on=on) if n.type not in numbers.IDENTIFIERS]
    if len(found) == 1:
        return found[0]
    return Number(type="", number=plain(text), raw=text, start=0, end=len(text), valid=False, why="不是已知的编号形式")


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return stream.tell(), digest.hexdigest()
