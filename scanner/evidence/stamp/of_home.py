"""Time stamps over what an installation holds: each closed segment of the archive, and the journal's head.

Owns: what is due, the journal's ``stamp`` lines, and keeping queries, tokens and certificates in the home's ``stamps/``, each
file named by the SHA-256 of its bytes. Leaves to others: asking (``stamp.services``), packages (``stamp.of_package``), checking
what was kept (``stamp.check``).

A stamp over the journal's head pins every line before it: whoever cuts the journal's end off or re-dates a line behind it
has to explain the token. What is stamped of the head is the line's own hash (``~h``), of a segment the SHA-256 of its file.
Files are on disk before their line is. A line is written for every stamp, and for every new reason why there is none yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.errors import StoreError, reason
from scanner.evidence import digest, disk
from scanner.evidence.archive.segment import NAME
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.stamp.services import Answer, Authority, ask_all
from scanner.home import Home

EVENT = "stamp"
LATE = timedelta(minutes=10)  # between sealing by the local clock and the time of the stamp, either way
SUFFIXES = {"query": ".tsq", "token": ".tsr", "chain": ".pem"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something to be stamped. ``kind``: ``segment``, ``journal`` or ``package``; ``what``: the segment's file name, the
    line's number, the package's name; ``digest``: SHA-256, hex; ``sealed``: when, by the local clock."""

    kind: str
    what: str
    digest: str
    sealed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """What came of one target at one authority. ``state``: ``done``, ``late`` (more than ten minutes from the sealing) or
    ``pending``, and then ``why`` says in Chinese why there is no stamp yet."""

    kind: str
    what: str
    digest: str
    authority: str
    state: str
    gen_time: datetime | None
    why: str


@dataclass(slots=True)
class _Survey:
    """What the journal says: segments with the time of their last capture, its last line that is no stamp, stamps there
    are with the names of their files, and reasons told already."""

    segments: dict[str, datetime] = field(default_factory=dict)
    head: Target | None = None
    done: set[tuple[str, str, str]] = field(default_factory=set)
    told: set[tuple[str, str, str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


def stamp(
    home: Home, journal: Journal, among: Sequence[Authority], *, patience: float | None = None, writing: bool = False
) -> list[Stamped]:  # fmt: skip
    """Stamp what is due; ``journal`` is open. Nothing that an authority does is an error.

    ``patience``: seconds for all authorities together (they are asked at the same time). ``writing``: the archive is open
    too, so its last segment may still grow and is left out.
    """
    if not among:
        return []
    found = _survey(journal.path)
    if writing:
        found.segments = dict(list(found.segments.items())[:-1])
    _sweep(home.stamps, found.files)
    digest_of = cache(
        partial(segment_digest, home.archive)
    )  # a segment is read once, however many authorities there are
    due = {one.name: _due(found, one.name, digest_of) for one in among}
    answers = ask_all({name: [bytes.fromhex(t.digest) for t in due[name]] for name in due}, among, patience=patience)
    return [
        record(home, journal, target, one, answers[one.name, bytes.fromhex(target.digest)], told=found.told)
        for one in among
        for target in due[one.name]
    ]


def record(
    home: Home, journal: Journal, target: Target, authority: Authority, answer: Answer, *,
    told: set[tuple[str, str, str, str]] | None = None,
) -> Stamped:  # fmt: skip
    """Keep an answer's files and journal it."""
    checked, why = answer.checked, answer.why
    line: dict[str, Any] = {
        "kind": target.kind, "what": target.what, "digest": target.digest, "sealed": clock.stamp(target.sealed),
        "authority": authority.name, "service": authority.kind, "url": authority.shown, "state": "pending",
        "asked": clock.stamp(answer.asked), "answered": clock.stamp(answer.answered),
    }  # fmt: skip
    if checked is None:
        line["why"] = why
    else:
        line |= {name: keep(home.stamps, data, SUFFIXES[name]) for name, data in answer.parts.items()}
        line |= facts(checked.gen_time, target.sealed) | {
            "policy": checked.policy, "serial": checked.serial, "root": checked.root, "self_signed": authority.self_signed,
        }  # fmt: skip
    key = (target.kind, target.what, authority.name, why)
    if checked is not None or told is None or key not in told:
        journal.append(EVENT, line).result()
    return Stamped(
        kind=target.kind, what=target.what, digest=target.digest, authority=authority.name, state=line["state"],
        gen_time=checked.gen_time if checked else None, why=why,
    )  # fmt: skip


def facts(gen_time: datetime, sealed: datetime) -> dict[str, str]:
    """The state of a stamp that holds, and its time."""
    late = abs(gen_time - sealed) > LATE
    return {"state": "late" if late else "done", "gen_time": clock.stamp(gen_time)}


def keep(folder: Path, data: bytes, suffix: str) -> str:
    """Put ``data`` in ``folder`` under their own SHA-256; the file's name. They are on disk when this returns."""
    path = folder / f"{digest.sha256(data)}{suffix}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            disk.put(path, data)
    except OSError as error:
        raise StoreError(f"时间戳存不下来：{reason(error)}", where=str(path)) from error
    return path.name


def _sweep(folder: Path, named: set[str]) -> None:
    """Remove what a kill left in ``stamps/``: files of which no line speaks (their stamps are asked for again)."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named and path.suffix in {disk.PART, *SUFFIXES.values()} and path.is_file():
            path.unlink()


def lines(journal: Path) -> list[Mapping[str, Any]]:
    """The data of all ``stamp`` lines that agree with themselves, with their number under ``seq``."""
    return [numbered(line) for line in chain.of(journal, EVENT)]


def numbered(line: chain.Line) -> Mapping[str, Any]:
    """A line's data, with its number under ``seq``."""
    return {**line.data, "seq": line.seq}


def _survey(journal: Path) -> _Survey:
    found, name, last, capture = _Survey(), "", b"", b""
    with journal.open("rb") as file:
        for raw in chain.raw_lines(file):
            if b'"event":"stamp"' in raw and (line := chain.sound(raw)) is not None and line.event == EVENT:
                _note(found, line.data)
                continue
            last = raw
            if b'"event":"capture"' in raw:
                capture = raw
            elif b'"event":"segment"' in raw and (line := chain.sound(raw)) is not None and line.event == "segment":
                _sealed(found, name, capture)
                name, capture = str(line.data.get("file")), raw
    _sealed(found, name, capture)
    head = chain.sound(last) if last else None
    if head is not None:
        found.head = Target(kind="journal", what=str(head.seq), digest=head.hash, sealed=head.time)
    return found


def _sealed(found: _Survey, name: str, last: bytes) -> None:
    if name and (line := chain.sound(last)) is not None:
        found.segments[name] = line.time


def _note(found: _Survey, data: Mapping[str, Any]) -> None:
    key = (str(data.get("kind")), str(data.get("what")), str(data.get("authority")))
    if data.get("state") == "pending":
        found.told.add((*key, str(data.get("why"))))
    else:
        found.done.add(key)
        found.files |= {str(data.get(name)) for name in SUFFIXES}


def _due(found: _Survey, authority: str, digest_of: Callable[[str], str]) -> list[Target]:
    """What this authority has not stamped: the head first, for it covers the most, then segments, newest first."""
    due = [found.head] if found.head and ("journal", found.head.what, authority) not in found.done else []
    for name, sealed in reversed(found.segments.items()):
        if ("segment", name, authority) not in found.done and (whole := digest_of(name)):
            due.append(Target(kind="segment", what=name, digest=whole, sealed=sealed))
    return due


def segment_digest(folder: Path, name: str) -> str:
    """SHA-256 of a segment; empty where it is gone (``verify --home`` names that) or is none."""
    if not NAME.fullmatch(name):
        return ""
    try:
        with (folder / name).open("rb") as file:
            return digest.of_file(file, sm3=False).sha256
    except OSError:
        return ""
