"""One file of the archive while it is written: members behind one another, from a ``warcinfo`` on.

Owns: the file's name, offsets, what is written but not yet on disk. Leaves to others: when to sync (``journal``) and
when to begin the next one (``archive``). Used by the writing thread only.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from scanner import clock
from scanner.evidence import disk
from scanner.evidence.archive.records import info
from scanner.evidence.warc import writing

NAME = re.compile(r"\d{8}T\d{9}Z-(\d{6,12})\.warc\.gz\Z")
Place = dict[str, str | int]


def name_of(moment: datetime, number: int) -> str:
    """``20261122T030405678Z-000001.warc.gz``: when it began, and the running number of the installation's segments."""
    digits = re.sub(r"[-:.]", "", clock.stamp(moment))
    return f"{digits}-{number:06d}.warc.gz"


class Segment:
    """An open segment. ``put`` only remembers bytes; ``flush`` writes and syncs them."""

    def __init__(self, folder: Path, number: int, software: Mapping[str, str]) -> None:
        began, self._began = clock.now(), time.monotonic()
        self.name = name_of(began, number)
        self.size = 0
        self.certificates: dict[str, Place] = {}  # SHA-256 of DER -> where it lies in this segment
        self._folder = folder
        self._waiting: list[bytes] = []
        self._new = True
        self._places: list[Place] = []
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(folder / self.name, flags, 0o644)
        draft = writing.Draft(
            type="warcinfo", uri="", date=began, media_type=writing.FIELDS, block=info(software),
            headers=(("WARC-Filename", self.name),),
        )  # fmt: skip
        self.put(draft)
        self.first = self.take()

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self._began

    def put(self, draft: writing.Draft) -> writing.Member:
        """Append a record; it is on disk after :meth:`flush`."""
        member = writing.write(draft)
        self._places.append(
            {
                "type": draft.type, "uri": draft.uri, "file": self.name, "offset": self.size,
                "length": len(member.data), "sha256": member.sha256, "sm3": member.sm3, "member": member.digest,
            }
        )  # fmt: skip
        self._waiting.append(member.data)
        self.size += len(member.data)
        return member

    def take(self) -> list[Place]:
        """Where the records put since the last call lie."""
        places, self._places = self._places, []
        return places

    def mark(self) -> tuple[int, int]:
        """A point to :meth:`roll_back` to, as long as nothing was flushed since."""
        return len(self._waiting), self.size

    def roll_back(self, mark: tuple[int, int]) -> None:
        """Forget what was put since ``mark``: a visit is sealed whole or not at all."""
        count, self.size = mark
        del self._waiting[count:]
        self._places.clear()
        self.certificates = {key: at for key, at in self.certificates.items() if int(at["offset"]) < self.size}

    def flush(self) -> None:
        """Write what waits and make it survive a power cut; OSError when the disk takes no more."""
        if self._waiting:
            disk.write_all(self._file, b"".join(self._waiting))
            self._waiting.clear()
            disk.sync_data(self._file)
        if self._new:
            disk.sync_folder(self._folder)
            self._new = False

    def close(self) -> None:
        """Flush and close."""
        try:
            self.flush()
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        """Close without writing what waits."""
        self._waiting.clear()
        os.close(self._file)
