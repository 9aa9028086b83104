"""Putting the archive right after a kill: whatever is not journalled is set aside, kept, and said.

Owns: what opening does to the folder. Only the segment that was being written can be torn, so only the end of the
journal is read, back to its last ``segment`` line. Leaves to others: a torn journal (``journal``), a full check of
every record (``home_check``).

Records that a deletion log names are not read again; whether what lies there is right is for ``home_check`` to say.

Order for each: the journal line first, then the move, so that a second kill repeats the work instead of losing it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.archive.segment import NAME
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.disk import sync_folder
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.places import ref_of
from scanner.evidence.keeping.holds import PURGE
from scanner.model import RecordRef

ASIDE = "aside"  # folder inside the archive: bytes that were written but never journalled
LOOKED_AT = 64  # captures at the end of the journal whose records are read again at opening
_STEP = 1024 * 1024


def recover(folder: Path, journal: Journal) -> tuple[tuple[str, ...], int]:
    """(what was found and done, in Chinese; number of the next segment)."""
    last = _end_of(journal.path)
    reports: list[str] = []
    numbers = [_number(last.name)]
    for path in sorted(folder.iterdir()):
        match = NAME.fullmatch(path.name)
        if match is None:
            continue
        numbers.append(int(match[1]))
        if int(match[1]) > _number(last.name) and not last.damaged:
            reports.append(_set_aside(path, 0, journal))
    for path in (folder / ASIDE).glob("*.warc.gz*"):
        match = NAME.fullmatch(path.name.partition("@")[0])
        numbers += [int(match[1])] if match else []
    if last.damaged:
        reports.append(
            "日志末尾有损坏的行，证据库没有整理；请运行 verify --home"
        )  # nothing moved on a damaged journal's word
    elif last.name:
        reports += _tail(folder / last.name, last.end, journal)
    if last.name:
        reports += _recheck(folder, last.recent)
    return tuple(reports), max(numbers) + 1


@dataclass(slots=True)
class _Last:
    """The segment begun last: its last journalled offset, the records of the last captures, whether a line of all that
    is damaged."""

    name: str = ""
    end: int = 0
    recent: list[tuple[RecordRef, str]] = field(default_factory=list)
    damaged: bool = False


def _end_of(path: Path) -> _Last:
    last, seen = _Last(), 0
    ends: dict[str, int] = {}
    purged = set[tuple[str, int]]()
    with path.open("rb") as file:
        for _, raw in chain.backwards(file, file.seek(0, os.SEEK_END)):
            try:
                line = chain.parse(raw) if _matters(raw) else None
                if line is None:
                    continue
                if line.event == PURGE:
                    purged |= {(str(place["file"]), int(place["offset"])) for place in line.data["records"]}
                    continue
                places = [(ref_of(place), str(place["member"])) for place in line.data["records"]]
                name = str(line.data["file"]) if line.event == "segment" else ""
            except (InputError, KeyError, TypeError, ValueError):
                last.damaged = True
                continue
            for ref, _ in places:
                ends[ref.file] = max(ends.get(ref.file, 0), ref.offset + ref.length)
            if line.event == "segment":
                last.name, last.end, last.damaged = name, ends.get(name, 0), last.damaged or not NAME.fullmatch(name)
                break
            seen += 1
            last.recent += places if seen <= LOOKED_AT else []
    last.recent = [(ref, member) for ref, member in last.recent if (ref.file, ref.offset) not in purged]
    return last


def _matters(raw: bytes) -> bool:
    """Whether a line speaks of records; damaged lines may, so they do."""
    return b'"event":"' not in raw or any(b'"event":"%b"' % name in raw for name in (b"segment", b"capture", b"purge"))


def _number(name: str) -> int:
    match = NAME.fullmatch(name)
    return int(match[1]) if match else 0


def _tail(path: Path, end: int, journal: Journal) -> list[str]:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return [f"证据库缺少文件 {path.name}"]  # archive file is missing
    if size < end:
        return [f"{path.name} 只有 {size} 字节，日志记到 {end} 字节"]  # shorter than the journal says
    return [_set_aside(path, end, journal)] if size > end else []


def _set_aside(path: Path, start: int, journal: Journal) -> str:
    """Keep ``path[start:]`` in ``aside/``, journal it, and take it out of the archive."""
    folder = path.parent / ASIDE
    folder.mkdir(exist_ok=True)
    kept = folder / (f"{path.name}@{start}" if start else path.name)
    with path.open("rb") as source, kept.open("wb") as target:
        source.seek(start)
        shutil.copyfileobj(source, target, _STEP)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(folder)
    with kept.open("rb") as file:
        cut = digest.of_file(file)
    says = f"{path.name} 末尾 {cut.size} 字节没有日志（上次写入时中断），已移到 {ASIDE}/{kept.name}"
    data = {
        "what": "archive", "file": path.name, "offset": start, "cut": cut.size, "kept": f"{ASIDE}/{kept.name}",
        "sha256": cut.sha256, "sm3": cut.sm3, "says": says,
    }  # fmt: skip
    journal.append("recovered", data).result()
    if start:
        with path.open("rb+") as file:
            file.truncate(start)
            os.fsync(file.fileno())
    else:
        path.unlink()
    sync_folder(path.parent)
    return says


def _recheck(folder: Path, places: list[tuple[RecordRef, str]]) -> list[str]:
    """Read the records of the last captures again: what a crash of the machine may have damaged."""
    shelf, problems = Shelf(folder), []
    for ref, member in places:
        try:
            if shelf.record(ref).digest != member:
                problems.append(f"{ref.file}@{ref.offset}：记录与日志不符")
        except InputError as error:
            problems.append(str(error))
    return problems
