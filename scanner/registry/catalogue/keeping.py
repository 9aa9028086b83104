"""Bringing a catalogue's file into ``register.db``, in one transaction, counted and reported as any register's.

Owns: which rows become what, the year where the file's rows print none, and the report. Leaves to others: formats
(``readers``), SQL (``store.catalogue``), learning from the rows (``kept``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from scanner.errors import InputError
from scanner.registry.catalogue.readers import READERS, Item
from scanner.registry.importing import REPORTED, Extent, ImportReport, clock_day
from scanner.registry.rows import Bad
from scanner.registry.sources import Source
from scanner.store.catalogue import CatalogueRow, CatalogueStore, Ingredient
from scanner.store.register import ImportedFile, RegisterStore

BATCH = 2_000
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def bring(
    store: RegisterStore,
    source: Source,
    files: Sequence[Path],
    *,
    now: datetime,
    as_of: date | None = None,
    extent: Extent = "",
    replace: bool = False,
    tick: Callable[[str, int], None] | None = None,
) -> ImportReport:
    """Import ``files`` as ``source``, all of them or nothing. ``replace`` forgets what the source held before: an older
    edition. Raises InputError for a file that is damaged or no such catalogue, StoreError when the disk refuses."""
    kept, problems, done = store.catalogue, list[Bad](), list[ImportedFile]()
    known = {imported.id: imported for imported in store.sources()}
    with store.write():
        if replace:
            kept.clear(source.id)
        for path in files:
            done.append(_file(kept, source, path, problems, as_of, clock_day(now), tick))
        if not any(file.rows for file in done):
            first = f"：{problems[0].place} {problems[0].why}" if problems else ""
            raise InputError(f"没有一行能导入为“{source.title}”{first}", where=str(files[0]), hint="检查来源是否选对")
        held = None if replace else known.get(source.id)
        days = [as_of] if as_of is not None else [file.as_of for file in done]
        day = max((d for d in (*days, held.as_of if held is not None else None) if d is not None), default=None)
        kept.finish(source.id, as_of=day, dated=as_of is not None, files=done, now=now,
                    extent=extent or (held.extent if held is not None else ""))  # fmt: skip
        imported = next(entry for entry in store.sources() if entry.id == source.id)
    return ImportReport(
        source=source.id, files=len(done), rows=sum(file.rows for file in done), bad=sum(file.bad for file in done),
        flawed=0, unknown=0, as_of=day, sample=source.is_sample(imported), problems=tuple(problems[:REPORTED]),
    )  # fmt: skip


def _file(
    kept: CatalogueStore,
    source: Source,
    path: Path,
    problems: list[Bad],
    as_of: date | None,
    today: date,
    tick: Callable[[str, int], None] | None,
) -> ImportedFile:
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path))
    rows, bad, newest, batch = 0, 0, 0, list[Item]()
    for item in READERS[source.reader](path, _year(path, as_of)):
        if isinstance(item, Bad):
            bad += 1
            problems.append(item)
            continue
        rows += 1
        newest = max(newest, int(item.year[:4] or 0))
        batch.append(item)
        if len(batch) >= BATCH:
            _put(kept, source.id, batch)
            batch = []
            if tick is not None:
                tick(path.name, rows)
    _put(kept, source.id, batch)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
    # A paper of a year is at least as young as that year's first day: a lower bound, as for every register.
    proven = date(newest, 1, 1) if 1900 <= newest <= today.year else None
    return ImportedFile(sha256=digest, name=path.name, size=size, rows=rows, bad=bad, as_of=proven)


def _put(kept: CatalogueStore, source: str, items: Sequence[Item]) -> None:
    kept.put([item for item in items if isinstance(item, CatalogueRow)])
    kept.put_ingredients(source, [item for item in items if isinstance(item, Ingredient)])


def _year(path: Path, as_of: date | None) -> str:
    """The year of an edition: what the person says, else the year in the file's name, else unknown."""
    if as_of is not None:
        return str(as_of.year)
    found = _YEAR.findall(path.stem)
    return str(found[-1]) if found else ""
