"""The archive while it is written: a visit in, a capture out once its bytes and its journal line are on disk.

Owns: the order (WARC bytes, sync, journal line, sync, result), the segments, and putting things right after a kill:
bytes behind the last journalled offset are moved to ``aside/`` (kept, journaled), never lost and never believed.
Leaves to others: the thread and the chain (``journal``), record forms (``records``), reading (``shelf``).

In the caller's thread :meth:`Archive.seal` costs a queue's put; hashing and deflating run in the journal's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

from scanner import clock
from scanner.errors import SealError
from scanner.evidence.archive import recovery
from scanner.evidence.archive.records import NOTHING, certificate, put_exchange, put_resource
from scanner.evidence.archive.segment import Place, Segment
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.places import capture_of
from scanner.evidence.journal.torn import Event
from scanner.model import Capture, Visit, content_id

SEGMENT_BYTES = 256 * 1024 * 1024
SEGMENT_SECONDS = 3600.0  # a closed segment can be stamped: in a slow crawl too, what was sealed waits no longer


class Archive(Shelf):
    """The archive, open for writing. ``reports`` says in Chinese what opening found and put right."""

    def __init__(
        self, folder: Path, journal: Journal, software: Mapping[str, str], limits: tuple[int, float],
        on_closed: Callable[[], None] | None,
    ) -> None:  # fmt: skip
        super().__init__(folder)
        self.reports: tuple[str, ...] = ()
        self.journal = journal
        self.announced: list[Event] = []
        self._software, self._limits, self._on_closed = dict(software), limits, on_closed
        self._segment: Segment | None = None
        self._next = 1
        self._rolled = False  # a segment ended of which ``on_closed`` is to hear
        self._closed = False

    @classmethod
    def open(
        cls, folder: Path, journal: Journal, software: Mapping[str, str], *, segment_bytes: int = SEGMENT_BYTES,
        segment_seconds: float = SEGMENT_SECONDS, on_closed: Callable[[], None] | None = None,
    ) -> Archive:  # fmt: skip
        """Open or make the archive in ``folder``. ``software`` goes into each segment's ``warcinfo``: name and version
        under ``software``, then whatever describes this run. A new segment begins with the first visit sealed, and when one
        is full or has been open for ``segment_seconds``; ``on_closed`` is then called, in the journal's thread, once all of
        the closed one is on disk, its lines too. It must not wait for anything."""
        folder.mkdir(parents=True, exist_ok=True)
        archive = cls(folder, journal, software, (segment_bytes, segment_seconds), on_closed)
        archive.reports, archive._next = recovery.recover(folder, journal)
        journal.before_lines(archive._flush)
        return archive

    def seal(self, visit: Visit) -> Future[Capture]:
        """Seal a visit. The future gives the capture when everything is on disk, or fails with SealError."""
        if self._closed:
            future: Future[Capture] = Future()
            future.set_exception(SealError("证据库已关闭", where=str(self.folder)))
            return future
        return self.journal.submit(_Sealing(self, visit))

    def new_segment(self) -> None:
        """Let the next visit begin a new segment (a new crawl)."""
        self.journal.submit(_Turning(self)).result()

    def close(self) -> None:
        """Wait for what is being sealed, then close. The journal stays open."""
        if not self._closed:
            self._closed = True
            failed = self.journal.submit(_Turning(self)).exception()
            if failed is not None and self._segment is not None:
                self._segment.abandon()  # its last bytes can have no line any more; the next opening sets them aside
                self._segment = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- in the journal's thread ----------------------------------------------------------------------------------

    def segment(self) -> Segment:
        """The segment to write to; a new one when the last is full or old. Its ``warcinfo`` gets a line of its own."""
        most, oldest = self._limits
        if self._segment is not None and (self._segment.size >= most or self._segment.age >= oldest):
            self._drop_segment()
            self._rolled = True
        if self._segment is None:
            self._segment = Segment(self.folder, self._next, self._software)
            self._next += 1
            self.announced.append(("segment", {"file": self._segment.name, "records": self._segment.first}))
        return self._segment

    def _flush(self) -> None:
        if self._segment is not None:
            self._segment.flush()

    def _drop_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def settled(self) -> None:
        """All lines up to now are on disk."""
        if self._rolled and self._on_closed is not None:
            self._on_closed()
        self._rolled = False

    def turn(self) -> Sequence[Event]:
        """End the current segment; the lines still owed for it."""
        self._drop_segment()
        owed = tuple(self.announced)
        self.announced.clear()
        return owed


class _Turning:
    """Ends the segment when its turn comes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def write(self) -> Sequence[Event]:
        return self._archive.turn()

    def result(self, seqs: Sequence[int]) -> None:
        return None


class _Sealing:
    """One visit on its way to the disk."""

    def __init__(self, archive: Archive, visit: Visit) -> None:
        self._archive, self._visit = archive, visit
        self._facts: dict[str, Any] = {}
        self._places: list[Place] = []

    def write(self) -> Sequence[Event]:
        segment = self._archive.segment()
        mark = segment.mark()
        try:
            self._put(segment)
        except SealError:
            segment.roll_back(mark)
            raise
        events = [*self._archive.announced, ("capture", {"capture": self._facts, "records": self._places})]
        self._archive.announced.clear()
        return events

    def result(self, seqs: Sequence[int]) -> Capture:
        self._archive.settled()
        return capture_of(self._facts, self._places, seqs[-1])

    def _put(self, segment: Segment) -> None:
        visit, main, shared = self._visit, NOTHING, []
        for place, exchange in enumerate(visit.exchanges):
            names = []
            for der in exchange.chain:
                draft = certificate(der, exchange)
                name = draft.uri.rpartition(":")[2]
                if name not in segment.certificates:
                    segment.put(draft)
                    (segment.certificates[name],) = segment.take()
                if segment.certificates[name] not in shared:
                    shared.append(segment.certificates[name])
                names.append(name)
            found = put_exchange(exchange, visit.lane, segment.put, tuple(names))
            self._places += segment.take()
            main = found if place == 0 else main
        for resource in visit.resources:
            put_resource(resource, visit.url, segment.put)
        self._places += [*segment.take(), *shared]
        self._facts = {
            "id": content_id(clock.stamp(visit.time), visit.url, main.digest, visit.storefront),
            "url": visit.url, "storefront": visit.storefront, "lane": visit.lane.value,
            "time": clock.stamp(visit.time), "status": main.status, "media_type": main.media_type,
            "digest": main.digest, "size": main.size, "ip": visit.exchanges[0].ip if visit.exchanges else "",
            "note": [list(pair) for pair in visit.note],
        }  # fmt: skip
