"""What a kill leaves at the journal's end, put right at opening.

Owns: a last line without newline is cut, and what was cut is journaled as ``recovered``, bytes and all; a complete but
wrong last line is journaled as ``damaged`` and never dropped. Leaves to others: writing these lines (``journal``), a
full check of the chain (``chain.check``).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.journal import chain

KEPT = 64 * 1024  # bytes of a torn tail kept in the journal itself
Event = tuple[str, Mapping[str, Any]]


def recover(path: Path, file: int) -> tuple[list[Event], tuple[int, str], datetime | None]:
    """Cut a torn tail, look at the last line; (events to journal, head to continue from, the last line's time)."""
    events: list[Event] = []
    with path.open("rb") as reader:
        end = reader.seek(0, os.SEEK_END)
        whole = _last_newline(reader, end)
        if whole < end:
            events.append(_torn(reader, whole, end))
            os.ftruncate(file, whole)
            os.fsync(file)
        head, time = (0, chain.ZERO), None
        for _, raw in chain.backwards(reader, whole):
            try:
                last = chain.parse(raw)
                head, time = (last.seq, last.hash), last.time
            except InputError as error:
                reader.seek(0)
                number = sum(1 for _ in chain.raw_lines(reader))
                head = (number, digest.sha256(raw))
                says = f"日志最后一行（第 {number} 行）有误：{error.message}"
                events.append(("damaged", {"what": "journal", "line": number, "sha256": head[1], "says": says}))
            break
    return events, head, time


def _last_newline(reader: BinaryIO, end: int) -> int:
    """The offset behind the last newline before ``end``; 0 when there is none."""
    while end > 0:
        start = max(0, end - KEPT)
        reader.seek(start)
        at = reader.read(end - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _torn(reader: BinaryIO, start: int, end: int) -> Event:
    reader.seek(start)
    cut = digest.of_file(reader)
    reader.seek(start)
    kept = base64.b64encode(reader.read(KEPT)).decode("ascii")
    says = f"日志末尾 {cut.size} 字节不完整（上次写入时中断），已截去"  # torn tail was cut
    return "recovered", {
        "what": "journal",
        "offset": start,
        "cut": cut.size,
        "sha256": cut.sha256,
        "bytes": kept,
        "says": says,
    }
