"""Deletion logs held against the archive: what a ``purge`` line names is gone and stood in for, and nothing more.

Owns: whether each log speaks of records that an earlier line sealed, no sooner after that than the law allows, outside of
holds on these captures, and whether exactly the stand-in lies there. Leaves to others: everything that was not purged
(``home_check``), whether holds on leads covered a capture (the journal does not know what a lead rests on).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scanner.errors import InputError
from scanner.evidence.journal import chain
from scanner.evidence.keeping import holds
from scanner.evidence.keeping.holds import HOLD, PURGE, RELEASE, Purge
from scanner.evidence.warc import tombstone
from scanner.evidence.warc.tombstone import Grave
from scanner.home import SHORTEST
from scanner.leads import retention
from scanner.model import RecordRef

_OURS = tuple(f'"event":"{name}"'.encode() for name in (HOLD, RELEASE, PURGE))


class Graves:
    """The deletion logs of a journal. ``found``: stand-ins that lie where they should."""

    def __init__(self, journal: Path) -> None:
        self.found = 0
        self._faults: list[str] = []
        self._places: dict[tuple[str, int], tuple[Purge, Grave]] = {}
        self._captures: dict[str, Purge] = {}
        self._met: set[tuple[str, int]] = set()
        held: set[str] = set()
        try:
            with journal.open("rb") as file:
                for number, raw in enumerate(chain.raw_lines(file), 1):
                    if any(mark in raw for mark in _OURS):
                        self._read(raw, number, held)
        except InputError:
            return  # an over-long line: the journal's own check names it

    def sealed(self, line: chain.Line) -> None:
        """A capture line, met on the way through the journal."""
        facts = line.data["capture"]
        one = self._captures.pop(str(facts["id"]), None)
        if one is None:
            return
        if line.seq > one.line:
            self._faults.append(f"日志第 {one.line} 行清除了后来才有的取证页（第 {line.seq} 行）")
        if one.time < retention.later(line.time, SHORTEST):
            self._faults.append(f"日志第 {one.line} 行清除取证页 {str(facts['id'])[:40]} 时还不满 {SHORTEST} 年")

    def names(self, ref: RecordRef) -> bool:
        """Whether a log names the record that ought to lie here."""
        return (ref.file, ref.offset) in self._places

    def faults(self, file: BinaryIO, ref: RecordRef, member: str) -> Iterator[str]:
        """What is wrong with the place of a purged record, in Chinese."""
        one, grave = self._places[ref.file, ref.offset]
        self._met.add((ref.file, ref.offset))
        if (grave.length, grave.member) != (ref.length, member):
            yield f"日志第 {one.line} 行清除的不是这条记录"
            return
        file.seek(ref.offset)
        try:
            same = all(file.read(len(part)) == part for part in tombstone.parts(grave, one.when))
        except InputError as error:
            yield error.message
            return
        if same:
            self.found += 1
        else:
            yield f"日志第 {one.line} 行写明已清除，但没有清除完（再运行一次 retention purge），或者之后又被改动"

    def left(self) -> Iterator[str]:
        """What is wrong with the logs themselves; after the walk."""
        yield from self._faults
        yield from (f"日志第 {one.line} 行清除了没有日志的取证页 {name[:40]}" for name, one in self._captures.items())
        for (file, offset), (one, _) in self._places.items():
            if (file, offset) not in self._met:
                yield f"日志第 {one.line} 行清除了没有日志的记录 {file[:80]}@{offset}"

    def _read(self, raw: bytes, number: int, held: set[str]) -> None:
        try:
            line = chain.parse(raw)
            if line.event == PURGE:
                self._take(holds.purge_of(line), held)
            elif line.event in (HOLD, RELEASE) and isinstance(capture := line.data.get("capture"), str):
                (held.add if line.event == HOLD else held.discard)(capture)
        except InputError:
            return  # the journal's own check names it
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._faults.append(f"日志第 {number} 行：清除或者保全的记录读不出来")

    def _take(self, one: Purge, held: set[str]) -> None:
        for capture in one.captures:
            if capture in held:
                self._faults.append(f"日志第 {one.line} 行清除了正在保全的取证页 {capture[:40]}")
            if capture in self._captures:
                self._faults.append(f"日志第 {one.line} 行再次清除取证页 {capture[:40]}")
            self._captures[capture] = one
        for grave in one.graves:
            self._places[one.file, grave.offset] = one, grave
