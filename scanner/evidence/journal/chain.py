"""The lines of the journal and the chain they form: making one, reading them, checking them. No writing.

A line is compact sorted JSON ``{event, prev, seq, time, …}`` with ``"~h"`` last; ``~h`` is the SHA-256 of the line
without it, ``prev`` the ``~h`` of the line before (64 zeros for the first), ``seq`` the line's number from 1.
So anybody can check a line: cut ``,"~h":"<64>"`` out of it and hash the rest.

Owns: that form. Leaves to others: putting lines on disk (``journal``), what events mean (those who append them).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest

ZERO = "0" * 64
MAX_LINE = 64 * 1024 * 1024  # bytes; a browser visit of 10,000 records stays under a tenth of it
RESERVED = frozenset({"event", "prev", "seq", "time", "~h"})
_TAIL = re.compile(rb',"~h":"([0-9a-f]{64})"}\Z')
_TAIL_SIZE = 73


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: ``data`` holds everything but the five reserved keys; ``raw`` is its bytes without the newline."""

    seq: int
    prev: str
    hash: str
    time: datetime
    event: str
    data: Mapping[str, Any]
    raw: bytes


def compose(*, seq: int, prev: str, time: datetime, event: str, data: Mapping[str, Any]) -> tuple[bytes, str]:
    """A line (without newline) and its hash. ``data`` is plain JSON and may not use the reserved keys."""
    if not RESERVED.isdisjoint(data):
        raise ValueError(f"journal data may not use {sorted(RESERVED & set(data))}")
    body = digest.line({**data, "event": event, "prev": prev, "seq": seq, "time": clock.stamp(time)})
    own = digest.sha256(body)
    return b'%b,"~h":"%b"}' % (body[:-1], own.encode()), own


def parse(raw: bytes) -> Line:
    """A line that agrees with its own hash; InputError says what is wrong with one that does not."""
    tail = _TAIL.search(raw, max(0, len(raw) - _TAIL_SIZE))
    if tail is None:
        raise InputError("不是日志行：没有 ~h")  # no hash at its end
    body = raw[: tail.start()] + b"}"
    own = tail[1].decode()
    if digest.sha256(body) != own:
        raise InputError("内容与自身的哈希不符")  # content does not match its own hash
    try:
        value = json.loads(body)
        seq, prev, event, time = value["seq"], value["prev"], value["event"], clock.parse(value["time"])
        again = digest.line(value)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError("不是规范的日志行") from error
    if type(seq) is not int or not isinstance(prev, str) or not isinstance(event, str) or again != body:
        raise InputError("不是规范的日志行")  # duplicate keys, other spelling, wrong types
    data = {key: item for key, item in value.items() if key not in RESERVED}
    return Line(seq=seq, prev=prev, hash=own, time=time, event=event, data=data, raw=raw)


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Complete lines without their newline; an unfinished last one is left out. Over-long ones are an InputError."""
    while line := file.readline(MAX_LINE):
        if line.endswith(b"\n"):
            yield line[:-1]
        elif len(line) >= MAX_LINE:
            raise InputError("日志行过长")  # over-long line


def read(path: Path) -> Iterator[Line]:
    """The lines of a journal in order, each agreeing with itself; InputError (with file:line) at the first that does
    not. Whether they chain is :func:`check`'s question."""
    with path.open("rb") as file:
        for number, raw in enumerate(raw_lines(file), 1):
            try:
                yield parse(raw)
            except InputError as error:
                raise InputError(error.message, where=f"{path}:{number}") from error


def sound(raw: bytes) -> Line | None:
    """A line, None for one that does not agree with itself: ``verify --home`` names it."""
    try:
        return parse(raw)
    except InputError:
        return None


def of(path: Path, *events: str) -> Iterator[Line]:
    """The lines of these events that agree with themselves, in order. A quick look at the bytes spares parsing the rest."""
    marks = [f'"event":"{event}"'.encode() for event in events]
    with path.open("rb") as file:
        for raw in raw_lines(file):
            if any(mark in raw for mark in marks) and (line := sound(raw)) is not None and line.event in events:
                yield line


def first_mark(path: Path) -> str:
    """The mark (演示数据, 演练) with which a journal begins; "" for none."""
    with path.open("rb") as file:
        for raw in islice(raw_lines(file), 2):  # should the first be damaged
            try:
                return str(parse(raw).data.get("mark", ""))
            except InputError:
                continue
    return ""


def check(path: Path) -> list[str]:
    """Everything wrong with a journal, in Chinese with line numbers; empty when nothing is.

    It finds changed, dropped, doubled, swapped and inserted lines. Lines lost at the very end leave no trace in the
    file itself: compare the head with one kept elsewhere (a package, a time stamp).
    """
    problems: list[str] = []
    with path.open("rb") as file:
        for _ in checked(file, problems):
            pass
    return problems


def checked(file: BinaryIO, problems: list[str]) -> Iterator[Line]:
    """The lines of a journal that agree with themselves, in order; whatever is wrong with it goes into ``problems`` (see
    :func:`check`), for who has more to ask of each line than the chain."""
    yield from _chained(raw_lines(file), problems)
    if file.tell() and _last_byte(file) != b"\n":
        problems.append("最后一行不完整（写入时中断）")  # torn tail


def _chained(lines: Iterator[bytes], problems: list[str]) -> Iterator[Line]:
    """Follow lines that ought to be a whole chain from its beginning."""
    number, expected, alternative = 0, ZERO, ZERO
    try:
        for number, raw in enumerate(lines, 1):
            own = digest.sha256(raw)
            try:
                line = parse(raw)
            except InputError as error:
                problems.append(f"第 {number} 行：{error.message}")
                tail = _TAIL.search(raw, max(0, len(raw) - _TAIL_SIZE))
                # What follows a damaged line was chained to the hash it bore, or to its bytes as found (see journal).
                expected, alternative = (tail[1].decode() if tail else own), own
                continue
            if line.prev not in (expected, alternative):
                problems.append(f"第 {number} 行：与上一行接不上（链在此断开）")  # chain broken here
            if line.seq != number:
                problems.append(f"第 {number} 行：序号是 {line.seq}")
            expected = alternative = line.hash
            yield line
    except InputError as error:
        problems.append(f"第 {number + 1} 行：{error.message}")


def backwards(file: BinaryIO, end: int, *, block: int = 256 * 1024) -> Iterator[tuple[int, bytes]]:
    """Lines before ``end`` (which follows a newline), last first, as (offset, bytes without newline)."""
    stop, buffer = end, b""  # buffer holds file[stop : stop + len(buffer)], ends before a newline
    first = True
    while stop > 0:
        step = min(block, stop)
        file.seek(stop - step)
        buffer = file.read(step) + buffer
        stop -= step
        if first:
            buffer, first = buffer[:-1], False
        while (cut := buffer.rfind(b"\n")) >= 0:
            yield stop + cut + 1, buffer[cut + 1 :]
            buffer = buffer[:cut]
    if not first:
        yield 0, buffer


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)
