"""Bringing a register's files into ``register.db``: staged part by part, then switched in one transaction.

Owns: the flow of an import (a part that was staged before an interruption is not read again), counting and reporting
every bad row with its place, and the as-of day. Leaves to others: formats (``readers``), what rows become
(``keeping``), SQL (``store``).

Until the last part is read the register is untouched and answers as before; a killed import that is run again goes on
behind the last whole part and ends with the same content as one that was left in peace.

As-of day: what the person says, else the day known of exactly this file, else the newest day that the rows themselves
prove (the newest version of the UDI database, the newest approval in a table), never after the import. It is a lower
bound, so a source may look older than it is, never fresher.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from scanner import clock, numbers
from scanner.errors import InputError
from scanner.model import Number
from scanner.registry.company import index as company_index
from scanner.registry.keeping import KEEPERS, Keeper, plain
from scanner.registry.readers import READERS
from scanner.registry.rows import Bad, Part
from scanner.registry.sources import Source
from scanner.store import staging
from scanner.store.register import ImportedFile, ImportedSource, RegisterStore
from scanner.store.staging import Stage, Tally

BATCH = 5_000  # rows gathered before they go to the disk
FORMAT = 2  # raised with any change of what a file's rows come to: what an older program staged is then thrown away

Extent = Literal["", "sample", "complete"]
Tick = Callable[[str, int, int, int], None]  # what is read, bytes read, bytes in all, rows so far


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. ``rows`` were taken, ``bad`` were not, ``flawed`` were taken without a part of them.

    ``resumed``: parts that an interrupted import had read already.
    """

    source: str
    files: int
    rows: int
    bad: int
    flawed: int
    unknown: int  # numbers of no known form, kept as printed
    as_of: date | None
    sample: bool
    resumed: int
    problems: tuple[Bad, ...]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    sha256: str


def bring(
    store: RegisterStore,
    source: Source,
    files: Sequence[Path],
    *,
    now: datetime,
    as_of: date | None = None,
    extent: Extent = "",
    replace: bool = False,
    beside: Sequence[Source] = (),
    tick: Tick | None = None,
) -> ImportReport:
    """Import ``files`` as ``source``. All of them or nothing: on any error the register stays as it was.

    ``replace`` forgets what the source held before; without it files add up and newer versions of a row win.
    ``beside``: sources that are given the same files, ``source`` among them; each takes the rows that it covers.
    Raises InputError for a file that is damaged or no such register, StoreError when the disk refuses.
    """
    keeper = KEEPERS[source.holds](source, beside)
    found = list({file.sha256: file for file in map(_file, files)}.values())
    recipe = repr((FORMAT, version("qingwang"), source.model_dump(mode="json"), [other.id for other in beside],
                   [file.sha256 for file in found]))  # fmt: skip
    with Stage.open(store.path, source.id, tables=keeper.tables, recipe=recipe) as stage:
        resumed = _Reading(stage, source, keeper, clock.day(now), tick).all(found)
        total, problems = stage.tally(), [Bad(place=p, why=w, kept=k) for p, w, k in stage.problems()]
        if not total.rows:
            first = next((f"：{bad.place} {bad.why}" for bad in problems if not bad.kept), "")
            raise InputError(f"没有一行能导入为“{source.title}”{first}", where=str(files[0]), hint="检查来源是否选对")
        done = [_imported(source, file, stage.tally(file.sha256)) for file in found]
    held = {imported.id: imported for imported in store.sources()}.get(source.id) if not replace else None
    newest = _as_of(source, held, as_of, [file.as_of for file in done])
    dated = as_of is not None or (held is not None and held.dated and newest == held.as_of)
    with store.staged(stage.path):
        keeper.prepare(store)
        with store.write():
            kept = keeper.merge(store, replace=replace)
            company_index.refresh(store)
            store.finish(
                source.id, kept=kept, as_of=newest, dated=dated,
                extent=extent or (held.extent if held is not None else ""), files=done, replace=replace, now=now,
            )  # fmt: skip
    staging.remove(stage.path)
    imported = next(entry for entry in store.sources() if entry.id == source.id)
    return ImportReport(
        source=source.id, files=len(done), rows=total.rows, bad=total.bad, flawed=total.flawed, unknown=total.unknown,
        as_of=newest, sample=source.is_sample(imported), resumed=resumed, problems=tuple(problems),
    )  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """Files being staged. ``read`` bytes and ``rows`` so far are only for showing progress."""

    stage: Stage
    source: Source
    keeper: Keeper
    today: date
    tick: Tick | None
    read: int = 0
    rows: int = 0
    total: int = 0

    def all(self, files: Sequence[_File]) -> int:
        """Stage what is not staged yet; gives the number of parts that were."""
        self.total = sum(file.size for file in files)
        return sum(self._part(file, place, part) for file in files for place, part in enumerate(self._parts(file)))

    def _parts(self, file: _File) -> Iterator[Part]:
        return READERS[self.source.reader](file.path)

    def _part(self, file: _File, place: int, part: Part) -> bool:
        """Stage one part, unless it is staged; gives whether it was."""
        staged = self.stage.has(file.sha256, place)
        if not staged:
            with self.stage.part(file.sha256, place) as tally:
                self._rows(part, tally)
                self.rows += tally.rows
        self.read += part.size
        self._show(part.name, 0, 0)
        return staged

    def _rows(self, part: Part, tally: Tally) -> None:
        def note(bad: Bad) -> None:
            if bad.kept:
                tally.flawed += 1
            else:
                tally.bad += 1
            self.stage.note((bad.place, bad.why, bad.kept))

        take, see, count = self.keeper.take, tally.see, 0
        for row in part.rows:
            if isinstance(row, Bad):
                note(row)
                continue
            take(row, tally, note)
            see(row.seen, self.today)
            count += 1
            if count % BATCH == 0:
                self.stage.put(self.keeper.gathered())
                self._show(part.name, part.at(), tally.rows)
        self.stage.put(self.keeper.gathered())

    def _show(self, name: str, at: int, rows: int) -> None:
        if self.tick is not None:
            self.tick(name, self.read + at, self.total, self.rows + rows)


def _file(path: Path) -> _File:
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path))
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256")
            return _File(path, stream.tell(), digest.hexdigest())
    except OSError as error:
        raise InputError(f"文件读不出来：{error.strerror}", where=str(path), hint="检查权限和磁盘") from error


def _imported(source: Source, file: _File, tally: Tally) -> ImportedFile:
    known = source.edition(file.sha256)
    return ImportedFile(
        sha256=file.sha256, name=file.path.name, size=file.size, rows=tally.rows, bad=tally.bad,
        as_of=known.as_of if known is not None else tally.newest,
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


def known_or_plain(text: str, on: date) -> Number:
    """``text`` as a number; of no known form: malformed, with its plain spelling, so that it can still be looked up."""
    number = numbers.parse(text.strip(), on=on)
    if number is not None:
        return number
    found = [n for n in numbers.find(text, on=on) if n.type not in numbers.IDENTIFIERS]
    if len(found) == 1:
        return found[0]
    return Number(type="", number=plain(text), raw=text, start=0, end=len(text), valid=False, why="不是已知的编号形式")
