"""What processes hold in memory, as Linux's ``/proc`` tells.

Owns: two measures. A quick one, of what a process has of its own or shares on purpose (anonymous and shared pages, not its
program): a hundredth of a millisecond's work for a process. And the proportional share (PSS), in which what several share counts once
among them, program and all: a hundred times dearer, as the kernel goes through every page. Elsewhere nothing is known (``KNOWN``
is False), and nothing is guessed. Leaves to others: what is too much, and what is done about it (``bound``).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
KNOWN = (_PROC / "self" / "smaps_rollup").exists()
MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A running process: what it was started as, and how many bytes it holds by the quick measure."""

    pid: int
    command: str
    held: int


def tree(pid: int) -> list[Process]:
    """A process and all below it that are still there; nothing where it is gone or nothing is known."""
    if not KNOWN:
        return []
    children: defaultdict[int, list[int]] = defaultdict(list)
    for one, parent in _parents():
        children[parent].append(one)
    found, left = [], [pid]
    while left:
        one = left.pop()
        left += children[one]
        if (read := _process(one)) is not None:
            found.append(read)
    return found


def born(pid: int) -> int:
    """When a process began, in ticks of the system's clock; 0 where it is gone or nothing is known."""
    try:
        return int((_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _parents() -> Iterator[tuple[int, int]]:
    for entry in os.scandir(_PROC):
        if entry.name.isdigit():
            try:
                stat = (_PROC / entry.name / "stat").read_bytes()
                # The name in brackets may hold spaces and brackets itself.
                yield int(entry.name), int(stat.rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):  # gone meanwhile
                continue


def share(process: Process) -> int:
    """Its proportional share in bytes; by the quick measure where we may not look (a process that locked itself in), 0
    where it is gone."""
    place = _PROC / str(process.pid)
    try:
        return _kilobytes(place / "smaps_rollup", b"Pss:") * 1024
    except PermissionError:
        return process.held
    except OSError:
        return 0


def _process(pid: int) -> Process | None:
    place = _PROC / str(pid)
    try:
        command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        held = _kilobytes(place / "status", b"RssAnon:", b"RssShmem:") * 1024
    except (OSError, ValueError):
        return None
    return Process(pid=pid, command=command, held=held) if command else None  # none: dead, and not yet buried


def _kilobytes(file: Path, *rows: bytes) -> int:
    return sum(int(line.split()[1]) for line in file.read_bytes().splitlines() if line.startswith(rows))
