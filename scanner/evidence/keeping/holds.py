"""What the journal says of keeping and deleting: legal holds, terms recorded with crawls, deletion logs, captures.

Owns: the form of the lines ``retention_hold``, ``retention_release`` and ``purge``, and reading them back strictly.
Leaves to others: writing them (``purge``, ``cli.retention``), whether the archive agrees (``home_check``).

A ``purge`` line is the log of one deletion in one segment, written before anything is removed: ``file``; ``before`` and
``after`` (size, SHA-256, SM3 of the whole segment); ``captures`` (id, number of the line that sealed it, when, end and
length of its term); ``records`` (offset, length, digests: of the compressed member, of the block); ``when``, ``who``,
``why``, ``basis``. No address and no word of a page stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.errors import InputError
from scanner.evidence.journal import chain
from scanner.evidence.journal.places import ref_of
from scanner.evidence.warc.tombstone import Grave

HOLD, RELEASE, PURGE = "retention_hold", "retention_release", "purge"
_OURS = tuple(f'"event":"{name}"'.encode() for name in (HOLD, RELEASE, PURGE, "crawl_began", "crawl_resumed"))
_SEALED = (b'"event":"capture"', b'"event":"segment"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold (保全) on a lead or a capture: the other of the two is None."""

    lead: int | None
    capture: str | None
    who: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """A deletion log: journal line, moment, segment, its digests before and after, captures with their times, records."""

    line: int
    time: datetime
    file: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    captures: Mapping[str, datetime]
    graves: tuple[Grave, ...]
    when: str


@dataclass(slots=True, kw_only=True)
class Told:
    """All of it. ``years``: the terms that crawls recorded, by the crawl's id."""

    holds: dict[int | str, Hold] = field(default_factory=dict)  # by lead number or capture id
    years: dict[str, int] = field(default_factory=dict)
    purges: list[Purge] = field(default_factory=list)

    @property
    def purged(self) -> frozenset[str]:
        """The captures that deletion logs name, by id."""
        return frozenset(capture for one in self.purges for capture in one.captures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A capture as far as its term goes. ``time``: when it was sealed, which for what was brought is later than when it was
    recorded (and what a recording says of that is not to be believed). ``places``: of its records, as the journal spells
    them."""

    id: str
    line: int
    time: datetime
    crawl: str
    places: tuple[Mapping[str, Any], ...]


def told(journal: Path) -> Told:
    """Read a journal. InputError (with file:line) where one of these lines is not what it should be."""
    found = Told()
    for number, raw in _lines(journal, _OURS):
        try:
            _take(found, chain.parse(raw))
        except InputError as error:
            raise InputError(error.message, where=f"{journal}:{number}", hint="运行 verify --home") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("日志行的格式不对", where=f"{journal}:{number}", hint="运行 verify --home") from error
    return found


def segments(journal: Path) -> Iterator[tuple[str, list[Sealed]]]:
    """The captures by segment, in the journal's order; memory holds those of one segment."""
    name, captures = "", list[Sealed]()
    for number, raw in _lines(journal, _SEALED):
        try:
            line = chain.parse(raw)
            if line.event == "segment":
                yield name, captures
                name, captures = str(line.data["file"]), []
            elif line.event == "capture":
                captures.append(_sealed(line))
        except InputError as error:
            raise InputError(error.message, where=f"{journal}:{number}", hint="运行 verify --home") from error
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("日志行的格式不对", where=f"{journal}:{number}", hint="运行 verify --home") from error
    yield name, captures


def purge_of(line: chain.Line) -> Purge:
    """A deletion log from its line. KeyError, TypeError or ValueError when the line is not ours."""
    data = line.data
    for sums in (data["before"], data["after"]):
        if not all(isinstance(sums[name], str) for name in ("sha256", "sm3")) or type(sums["size"]) is not int:
            raise ValueError("not the digests of a file")
    return Purge(
        line=line.seq, time=line.time, file=str(data["file"]), before=data["before"], after=data["after"],
        captures={str(one["capture"]): clock.parse(one["sealed"]) for one in data["captures"]},
        graves=tuple(_grave(place) for place in data["records"]), when=clock.stamp(clock.parse(data["when"])),
    )  # fmt: skip


def _grave(place: Mapping[str, Any]) -> Grave:
    ref = ref_of(place)  # strict about every part
    return Grave(offset=ref.offset, length=ref.length, member=str(place["member"]))


def _take(found: Told, line: chain.Line) -> None:
    data = line.data
    if line.event == PURGE:
        found.purges.append(purge_of(line))
    elif line.event == HOLD:
        hold = Hold(lead=data.get("lead"), capture=data.get("capture"), who=str(data["who"]), why=str(data["why"]),
                    since=line.time)  # fmt: skip
        found.holds[_target(data)] = hold
    elif line.event == RELEASE:
        found.holds.pop(_target(data), None)
    elif line.event in ("crawl_began", "crawl_resumed"):
        years = data.get("campaign", {}).get("retention_years")
        if type(years) is int:  # a run that went on under a longer term keeps all it sealed as long
            found.years[str(data["crawl"])] = max(years, found.years.get(str(data["crawl"]), 0))


def _target(data: Mapping[str, Any]) -> int | str:
    lead, capture = data.get("lead"), data.get("capture")
    if type(lead) is int and capture is None:
        return lead
    if isinstance(capture, str) and lead is None:
        return capture
    raise ValueError("neither a lead nor a capture")


def _sealed(line: chain.Line) -> Sealed:
    facts = line.data["capture"]
    crawl = next((str(value) for name, value in facts["note"] if name == "crawl"), "")
    places = tuple(line.data["records"])
    for place in places:
        ref_of(place)
    return Sealed(id=str(facts["id"]), line=line.seq, time=line.time, crawl=crawl, places=places)


def _lines(journal: Path, marks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that may be of these events; a quick look at the bytes spares parsing the rest."""
    wanted = tuple(marks)
    with journal.open("rb") as file:
        for number, raw in enumerate(chain.raw_lines(file), 1):
            if any(mark in raw for mark in wanted):
                yield number, raw
