"""Which processes of a crawl's browser are there: by a mark in their environment, or as one of a marked Chromium's session."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.running import environment

VARIABLE = "QINGWANG_TEST_MARK"
Found = dict[int, str]  # process number -> what it was started as


def marked(mark: Path) -> dict[str, str]:
    """The environment of a process whose browser is to be found again."""
    (mark / "tmp").mkdir(exist_ok=True)
    return environment(**{VARIABLE: str(mark), "TMPDIR": str(mark / "tmp")})


def browsers(mark: Path) -> Found:
    """All Chromium and driver processes of the marked one, orphans too. A renderer overwrites its environment, but stays in
    the session of its browser."""
    wanted, sessions, every = f"{VARIABLE}={mark}".encode(), set[int](), dict[int, tuple[bytes, int]]()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command, said = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            session = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[3])
        except OSError:
            continue
        if b"chrom" not in command and b"playwright" not in command:
            continue
        every[int(entry.name)] = (command, session)
        if wanted in said.split(b"\0"):
            sessions |= {session, int(entry.name)}
    own = os.getsid(0)
    return {
        pid: command.replace(b"\0", b" ").decode("utf-8", "replace")
        for pid, (command, session) in every.items()
        if pid in sessions or (session in sessions and session != own)
    }


def kinds(found: Found) -> dict[str, list[int]]:
    """Process numbers by what they are: ``driver``, ``browser``, ``renderer``, ``other``."""
    sorted_: dict[str, list[int]] = {"driver": [], "browser": [], "renderer": [], "other": []}
    for pid, command in found.items():
        if "--type=renderer" in command:
            kind = "renderer"
        elif "playwright/driver" in command:
            kind = "driver"
        else:
            kind = "browser" if "--user-data-dir" in command and "--type=" not in command else "other"
        sorted_[kind].append(pid)
    return sorted_


def nothing_left(mark: Path, seconds: float) -> Found:
    """Wait until no process of the browser is left; those that are there at the end of the time."""
    until = time.monotonic() + seconds
    while (found := browsers(mark)) and time.monotonic() < until:
        time.sleep(0.2)
    return found
