"""The part of the journal that a package carries: the lines of its captures and what happened to them.

Owns: which lines belong to a lead, found in one pass. Leaves to others: the lines' form (``chain``) and checking what
they say (``bound``). Lines are taken as they stand, so each can be checked by itself; runs of neighbours also chain.
A line is taken whole or not at all: lines that only concern other leads are left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from scanner.errors import InputError
from scanner.evidence.journal import chain
from scanner.evidence.journal.pairs import REVISIT, line_of
from scanner.evidence.package.environment import crawls_of
from scanner.model import CaseFile

_IDS = re.compile(rb'"([0-9a-f]{20})"')
_OF_CRAWL = frozenset({"crawl_began", "crawl_resumed", "crawl_paused", "crawl_ended", "environment"})


def lines(path: Path, case: CaseFile, *, pin: int) -> tuple[chain.Line, ...]:
    """The lines up to number ``pin`` (the line that pins the head for this package, always the last one taken) that
    concern ``case``: its captures, their segments, judgements, decisions, crawls, and the installation's keys."""
    captured = {capture.journal for capture in case.captures}
    wanted = _Wanted(case)
    taken = []
    with path.open("rb") as file:
        for number, raw in enumerate(chain.raw_lines(file), 1):
            if number > pin:
                break
            if number in captured or number == pin:
                taken.append(_parse(raw, path, number))
            elif wanted.maybe(raw) and (line := _maybe(raw)) is not None and wanted.takes(line):
                taken.append(line)
    if not taken or taken[-1].seq != pin:
        raise InputError("日志里没有证据包要引用的行", where=f"{path}:{pin}")
    return tuple(taken)


class _Wanted:
    """What a line must speak of to be taken."""

    def __init__(self, case: CaseFile) -> None:
        self._lead = case.lead.number
        self._files = {ref.file for capture in case.captures for ref in capture.records}
        self._crawls = crawls_of(case.captures)
        captures = {capture.id.encode() for capture in case.captures}
        self._pairs = {str(line_of(pair)["digest"]) for pair in case.revisits}
        self._ids = captures | {proof.finding.id.encode() for proof in case.proofs}
        self._marks = (
            b'"event":"segment"',
            b'"event":"key"',
            b'"lead":%d' % case.lead.number,
            b'"event":"crawl_',
            b'"event":"environment"',
        )

    def maybe(self, raw: bytes) -> bool:
        """A quick look at the bytes: most lines are other captures and their judgements, and need no parsing."""
        if b'"event":"capture"' in raw:
            return False
        return any(mark in raw for mark in self._marks) or not self._ids.isdisjoint(_IDS.findall(raw))

    def takes(self, line: chain.Line) -> bool:
        data, event = line.data, line.event
        if event == REVISIT:  # a kill may have kept one from the book, and then it is no part of the case
            return data.get("lead") == self._lead and data.get("digest") in self._pairs
        return (
            (event == "segment" and data.get("file") in self._files)
            or event == "key"
            or (event in _OF_CRAWL and str(data.get("crawl", "")) in self._crawls)
            or data.get("lead") == self._lead
            or not self._ids.isdisjoint(_IDS.findall(line.raw))
        )


def mark_of(path: Path, captures: Iterable[int]) -> str:
    """The mark (演示数据, 演练) that the lines of these captures bear; empty when they bear none."""
    wanted = set(captures)
    with path.open("rb") as file:
        for number, raw in enumerate(chain.raw_lines(file), 1):
            if number in wanted and b'"mark":' in raw and (mark := _parse(raw, path, number).data.get("mark")):
                return str(mark)
    return ""


def last_seq(path: Path) -> int:
    """The number of the last complete line."""
    with path.open("rb") as file:
        for _, raw in chain.backwards(file, file.seek(0, os.SEEK_END)):
            return chain.parse(raw).seq
    return 0


def _parse(raw: bytes, path: Path, number: int) -> chain.Line:
    try:
        return chain.parse(raw)
    except InputError as error:
        raise InputError(f"日志行有误：{error.message}", where=f"{path}:{number}", hint="运行 verify --home") from error


def _maybe(raw: bytes) -> chain.Line | None:
    try:
        return chain.parse(raw)
    except InputError:
        return None  # a damaged line of another matter is for verify --home to name
