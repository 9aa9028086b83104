"""Putting the archive right after a kill: whatever is not journalled is set aside, kept, and said.

Owns: what opening does to the folder. Only the segment that was being written can be torn, so only the end of the
journal is read, back to its last ``segment`` line. Leaves to others: a torn journal (``journal``), a full check of
every record (``home_check``).

Order for each: the journal line first, then the move, so that a second kill repeats the work instead of losing it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.evidence import chain, digest, warcread
from scanner.evidence.journal import Journal, sync_folder
from scanner.evidence.segment import NAME

ASIDE = "aside"  # folder inside the archive: bytes that were written but never journalled
LOOKED_AT = 64  # captures at the end of the journal whose records are read again at opening
_STEP = 1024 * 1024


def recover(folder: Path, journal: Journal) -> tuple[tuple[str, ...], int]:
    """(what was found and done, in Chinese; number of the next segment)."""
    last, end, recent = _end_of(journal.path)
    reports: list[str] = []
    numbers = [_number(last)] if last else [0]
    for path in sorted(folder.iterdir()):
        match = NAME.fullmatch(path.name)
        if match is None:
            continue
        numbers.append(int(match[1]))
        if int(match[1]) > _number(last):
            reports.append(_set_aside(path, 0, journal))
    for path in (folder / ASIDE).glob("*.warc.gz*"):
        match = NAME.fullmatch(path.name.partition("@")[0])
        numbers += [int(match[1])] if match else []
    if last:
        reports += _tail(folder / last, end, journal)
        reports += _recheck(folder, recent)
    return tuple(reports), max(numbers) + 1


def _end_of(path: Path) -> tuple[str, int, list[Mapping[str, Any]]]:
    """(file of the last ``segment`` line, its last journalled offset, records of the last captures)."""
    end: dict[str, int] = {}
    recent: list[Mapping[str, Any]] = []
    seen = 0
    with path.open("rb") as file:
        for _, raw in chain.backwards(file, file.seek(0, os.SEEK_END)):
            if b'"event":"segment"' not in raw and b'"event":"capture"' not in raw:
                continue
            try:
                line = chain.parse(raw)
                places = [dict(place) for place in line.data.get("records", ())]
                for place in places:
                    name = str(place["file"])
                    end[name] = max(end.get(name, 0), int(place["offset"]) + int(place["length"]))
            except (InputError, KeyError, TypeError, ValueError):
                continue  # a damaged line is the journal's matter, and reported there
            if line.event == "segment":
                name = str(line.data["file"])
                return name, end.get(name, 0), recent
            seen += 1
            recent += places if seen <= LOOKED_AT else []
    return "", 0, recent


def _number(name: str) -> int:
    match = NAME.fullmatch(name)
    return int(match[1]) if match else 0


def _tail(path: Path, end: int, journal: Journal) -> list[str]:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return [f"证据库缺少文件 {path.name}"]
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


def _recheck(folder: Path, places: list[Mapping[str, Any]]) -> list[str]:
    """Read the records of the last captures again: what a crash of the machine may have damaged."""
    problems = []
    for place in places:
        name = f"{place['file']}@{place['offset']}"
        if not NAME.fullmatch(str(place["file"])):
            problems.append(f"{name}：不是证据库的文件名")
            continue
        try:
            with (folder / str(place["file"])).open("rb") as file:
                found = warcread.record(file, int(place["offset"]), int(place["length"]))
        except FileNotFoundError:
            problems.append(f"{name}：文件不存在")
        except InputError as error:
            problems.append(f"{name}：{error.message}")
        else:
            if found.digest != place.get("member"):
                problems.append(f"{name}：记录与日志不符")
    return problems
