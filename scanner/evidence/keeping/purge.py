"""Removing captures past their term from the archive (到期清除), so that the chain and all older packages still verify.

Owns: which captures are due, and the order *deletion log on disk, then the bytes, then the book*, whole segments at a
time by rename: a kill leaves either the records or a log whose removal the next run finishes. Leaves to others: the
stand-in records (``tombstone``), reading the journal (``holds``), arithmetic (``leads.retention``), what sellers showed in
what is gone (``leads.same.fading``), checking (``home_check``), printing (``cli.retention``).

Never purged: what is not past its term; captures of a lead that is not ended; what is under a legal hold. A segment with
damage among the records to go is left alone and named: a purge must not wipe out the traces of tampering.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner import clock
from scanner.errors import InputError, UsageError
from scanner.evidence import digest, disk, rehearsal
from scanner.evidence.archive import recovery
from scanner.evidence.archive.segment import NAME
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.places import ref_of
from scanner.evidence.keeping import holds
from scanner.evidence.keeping.holds import PURGE, Purge, Sealed, Told
from scanner.evidence.warc import reading, tombstone
from scanner.evidence.warc.tombstone import Grave
from scanner.home import Home
from scanner.leads import retention
from scanner.leads.same.fading import fade
from scanner.store.book import Book

DRAFT = ".purge"  # ends the name of a segment that is being written anew
EXPIRED = "保存期限届满"
_STEP = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Status:
    """How the archive stands: captures in all, purged, due now, and past their term but kept because of an unended lead
    (``open``) or a hold (``held``); ``next``: when the next one falls due; ``unfinished``: logs whose removal a kill cut off."""

    captures: int = 0
    purged: int = 0
    due: int = 0
    open: int = 0
    held: int = 0
    unfinished: int = 0
    next: datetime | None = None
    holds: tuple[holds.Hold, ...] = ()


@dataclass(slots=True, kw_only=True)
class Purged:
    """What a purge did, or on a dry run would do. ``captures``: ids; ``bytes``: compressed, of the records; ``finished``:
    removals of an earlier run brought to their end; ``damaged``: segments left alone, with the reason in Chinese;
    ``traits``: how many of each kind went that sellers showed in no other capture."""

    captures: list[str] = field(default_factory=list)
    records: int = 0
    bytes: int = 0
    segments: int = 0
    finished: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)
    traits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """Why a capture may not go yet. ``gone``, ``live`` and ``held``: captures by id; ``decided``: of ended leads, the last
    decision."""

    now: datetime
    years: int
    told: Told
    gone: frozenset[str]
    live: frozenset[str]
    held: frozenset[str]
    decided: Mapping[str, datetime]

    def term(self, one: Sealed) -> int:
        return self.told.years.get(one.crawl, self.years)

    def end(self, one: Sealed) -> datetime:
        return retention.end_of(one.time, self.term(one), self.decided.get(one.id))

    def bound(self, one: Sealed) -> str:
        """``term``, ``held`` or ``open`` for what must stay, "" for what may go."""
        if self.now < self.end(one):
            return "term"
        return "held" if one.id in self.held else "open" if one.id in self.live else ""


def status(home: Home, *, now: datetime) -> Status:
    """How the archive stands at ``now``; nothing is written."""
    with Book.open(home.book) as book:
        policy = _policy(home, book, now)
    found = Status(holds=tuple(policy.told.holds.values()))
    found.unfinished = sum(not _done(home.archive, one) for one in policy.told.purges)
    for _, captures in holds.segments(home.journal):
        for one in captures:
            found.captures += 1
            why = policy.bound(one)
            if one.id in policy.gone:
                found.purged += 1
            elif why == "term":
                found.next = min(found.next or policy.end(one), policy.end(one))
            elif why:
                found.held += why == "held"
                found.open += why == "open"
            else:
                found.due += 1
    return found


def dry(home: Home, *, now: datetime) -> Purged:
    """What :func:`purge` would do; nothing is written."""
    done = Purged()
    with Book.open(home.book) as book:
        policy = _policy(home, book, now)
    done.finished = sum(not _done(home.archive, one) for one in policy.told.purges)
    for name, captures in holds.segments(home.journal):
        going, graves = _going(captures, policy)
        if going and not (fault := _fault(home.archive, name, graves)):
            _count(done, going, graves)
        elif going:
            done.damaged.append((name, fault))
    with Book.open(home.book) as book:
        done.traits = _fading(book, policy.gone.union(done.captures), now)
    return done


def purge(home: Home, *, now: datetime, who: str, why: str = EXPIRED) -> Purged:
    """Remove what may go. Raises StoreError where another process holds the home."""
    done = Purged()
    with home.lock(), Book.open(home.book) as book, Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        recovery.recover(home.archive, journal)  # a torn end of the last segment would change its digests later
        policy = _policy(home, book, now)
        for one in policy.told.purges:
            done.finished += _finish(home, book, one)
        for name, captures in holds.segments(home.journal):
            going, graves = _going(captures, policy)
            if not going:
                continue
            if fault := _fault(home.archive, name, graves):
                done.damaged.append((name, fault))
                continue
            logged = _log(home, journal, name, going, graves, policy, who=who, why=why)
            _finish(home, book, logged)
            _count(done, going, graves)
        done.traits = _kinds(fade(book))
    return done


class _Back(Exception):
    """The end of a trial: the transaction goes back."""


def _fading(book: Book, captures: Iterable[str], now: datetime) -> dict[str, int]:
    """How many traits of each kind would go with these captures: the removal itself, in a transaction that goes back."""
    try:
        with book.write():
            book.mark_purged(captures, 0, now)
            gone = fade(book)
            raise _Back
    except _Back:
        return _kinds(gone)


def _kinds(gone: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    return dict(sorted(Counter(kind for _, kind, _ in gone).items()))


def _policy(home: Home, book: Book, now: datetime) -> _Policy:
    if not home.journal.exists():
        raise UsageError("没有日志", where=str(home.journal), hint="这个数据目录还没有封存过网页")
    told = holds.told(home.journal)
    live, held, decided = set[str](), {key for key in told.holds if isinstance(key, str)}, dict[str, datetime]()
    for one in book.claims():
        if one.lead in told.holds:
            held |= one.captures
        if one.live:
            live |= one.captures
        elif one.decided is not None:
            decided |= {c: max(decided.get(c, one.decided), one.decided) for c in one.captures}
    return _Policy(now=now, years=home.config().retention_years, told=told, gone=told.purged, live=frozenset(live),
                   held=frozenset(held), decided=decided)  # fmt: skip


def _going(captures: list[Sealed], policy: _Policy) -> tuple[list[Sealed], dict[int, Mapping[str, Any]]]:
    """The captures of a segment that go now, and the places of their records by offset; a certificate that several share
    goes with the last of them."""
    here = [one for one in captures if one.id not in policy.gone]
    going = [one for one in here if not policy.bound(one)]
    ids = {one.id for one in going}
    staying = {place["offset"] for one in here if one.id not in ids for place in one.places}
    return going, {place["offset"]: place for one in going for place in one.places if place["offset"] not in staying}


def _fault(folder: Path, name: str, graves: Mapping[int, Mapping[str, Any]]) -> str:
    """Why these records cannot be removed, in Chinese; "" where each is as the journal says."""
    if not NAME.fullmatch(name):
        return "不是证据库的文件名"
    try:
        with (folder / name).open("rb") as file:
            for offset, place in sorted(graves.items()):
                if place["file"] != name:
                    return f"@{offset}：记录不在这个文件里"
                if reading.record(file, offset, place["length"]).digest != place["member"]:
                    return f"@{offset}：记录与日志不符"
    except FileNotFoundError:
        return "证据库缺少这个文件"
    except InputError as error:
        return error.message
    return ""


def _log(
    home: Home, journal: Journal, name: str, going: list[Sealed], graves: Mapping[int, Mapping[str, Any]], policy: _Policy,
    *, who: str, why: str,
) -> Purge:  # fmt: skip
    """Write the deletion log; it is on disk when this returns. The digest of what the segment will be is in it."""
    when = clock.stamp(policy.now)
    made = tuple(
        Grave(offset=at, length=place["length"], member=place["member"]) for at, place in sorted(graves.items())
    )
    with (home.archive / name).open("rb") as file:
        before = _sums(digest.of_file(file))
        after = _sums(digest.of_file(_Pieces(_anew(file, made, when))))
    line = {
        "file": name, "before": before, "after": after, "when": when, "who": who, "why": why, "basis": retention.LAWS,
        "captures": [
            {"capture": one.id, "line": one.line, "sealed": clock.stamp(one.time), "years": policy.term(one),
             "end": clock.stamp(policy.end(one))}
            for one in going
        ],
        "records": [dict(place) | {"uri": ""} for _, place in sorted(graves.items())],
    }  # fmt: skip
    seq = journal.append(PURGE, line).result()
    return Purge(line=seq, time=policy.now, file=name, before=before, after=after, graves=made, when=when,
                 captures={one.id: one.time for one in going})  # fmt: skip


def _finish(home: Home, book: Book, one: Purge) -> bool:
    """Remove what the log names, where that is still to do, and note it in the book. Whether there was something to do."""
    unfinished = not _done(home.archive, one)
    if unfinished:
        _rewrite(home.archive, one)
    return book.mark_purged(one.captures, one.line, clock.parse(one.when)) > 0 or unfinished


def _done(folder: Path, one: Purge) -> bool:
    """Whether the removal that the log names has happened: files are replaced whole, so its first record tells."""
    first = one.graves[0] if one.graves else None
    if first is None:
        return True
    with (folder / one.file).open("rb") as file:
        file.seek(first.offset)
        return file.read(first.length) == b"".join(tombstone.parts(first, one.when))


def _rewrite(folder: Path, one: Purge) -> None:
    """Write the segment anew with stand-ins, compare it with the log, and put it in the place of the old one."""
    path, draft = folder / one.file, folder / f"{one.file}{DRAFT}"
    with path.open("rb") as source, draft.open("wb") as target:
        for piece in _anew(source, one.graves, one.when):
            if piece.count(0) == len(piece):
                target.seek(len(piece), os.SEEK_CUR)  # a hole: takes no room on the disk
            else:
                target.write(piece)
        target.truncate()
        target.flush()
        os.fsync(target.fileno())
    with draft.open("rb") as file:
        wrong = _sums(digest.of_file(file)) != dict(one.after)
    if wrong:
        draft.unlink()
        raise InputError("清除后的文件与日志所记不符，没有改动", where=str(path), hint="运行 verify --home")
    draft.replace(path)
    disk.sync_folder(folder)


def _anew(source: BinaryIO, graves: tuple[Grave, ...], when: str) -> Iterator[bytes]:
    at = 0
    for grave in graves:
        yield from _copied(source, at, grave.offset)
        yield from tombstone.parts(grave, when)
        at = grave.offset + grave.length
    yield from _copied(source, at, source.seek(0, os.SEEK_END))


def _copied(source: BinaryIO, at: int, end: int) -> Iterator[bytes]:
    while at < end:
        source.seek(at)
        piece = source.read(min(_STEP, end - at))
        if not piece:
            raise InputError("文件在记录结束前中断", where=str(getattr(source, "name", "")))
        at += len(piece)
        yield piece


class _Pieces:
    """Pieces as a file to be read once, for :func:`digest.of_file`."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int, /) -> bytes:
        return next((piece for piece in self._pieces if piece), b"")


def _sums(sums: digest.Sums) -> dict[str, Any]:
    return {"size": sums.size, "sha256": sums.sha256, "sm3": sums.sm3}


def _count(done: Purged, going: list[Sealed], graves: Mapping[int, Mapping[str, Any]]) -> None:
    done.captures += [one.id for one in going]
    done.records += len(graves)
    done.bytes += sum(ref_of(place).length for place in graves.values())
    done.segments += 1
