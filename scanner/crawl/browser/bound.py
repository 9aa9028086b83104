"""How much memory Chromium may take: measured while pages are looked at, and ended where it is too much.

Owns: the bound, taking a measure now and then while a look is under way, ending the process that is too large, the peak
of a run. Leaves to others: reading ``/proc`` (``memory``), what becomes of the look (``visit``), starting another
Chromium in time (``engine``). Where nothing is known of memory (not Linux), nothing is bounded and the peak is None.

The largest process is ended: a page's own (renderer) costs that page or frame, any other one the whole browser.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from dataclasses import dataclass, field

from scanner.crawl.browser import memory
from scanner.crawl.browser.memory import MB

log = logging.getLogger(__name__)

MOST = 1200  # MB of all processes of one Chromium together
EVERY = 0.5  # seconds between two measures
STEP = 1.03  # what is higher than the highest by this is measured exactly
PROGRAM = 300 * MB  # what the exact measure may add to the quick one: Chromium's program, mapped into all its processes


@dataclass(slots=True)
class Peak:
    """The most that the browsers of a run held at any moment, in bytes; 0: not measured, or none ran."""

    held: int = 0

    @property
    def megabytes(self) -> int | None:
        return round(self.held / MB) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A process that was ended. ``all``: and with it the whole browser."""

    held: int
    all: bool


@dataclass(slots=True)
class Bound:
    """The bound of one running Chromium, whose main process is ``pid``. ``cuts`` says what was ended, in order."""

    pid: int
    most: int  # bytes
    peak: Peak
    cuts: list[Cut] = field(default_factory=list)
    base: int = 0  # bytes of everything but pages, at the last measure
    _highest: int = 0
    _ended: set[int] = field(default_factory=set)
    _watching: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Measure from now on, until ``end``."""
        if self._watching is None and memory.KNOWN:
            self._watching = asyncio.ensure_future(self._watch())

    def end(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def measure(self) -> None:
        """Take the quick measure, and the exact one where it may be a new peak or too much; what is too much is ended."""
        processes = await asyncio.to_thread(memory.tree, self.pid)
        quick = sum(one.held for one in processes)
        self.base = quick - sum(one.held for one in processes if _is_page(one))
        if quick <= self._highest * STEP and quick + PROGRAM <= self.most:
            return
        self._highest = max(self._highest, quick)
        held = await asyncio.to_thread(lambda: sum(memory.share(one) for one in processes))
        self.peak.held = max(self.peak.held, held)
        going = any(one.pid in self._ended and one.held for one in processes)  # on a busy machine dying takes a while
        if held > self.most and not going:
            self._cut(max(processes, key=lambda one: one.held), held)

    async def _watch(self) -> None:
        while True:
            await self.measure()
            await asyncio.sleep(EVERY)

    def _cut(self, largest: memory.Process, held: int) -> None:
        page = _is_page(largest)
        log.warning("Chromium held %d MB, more than %d: ended %s", held // MB, self.most // MB,
                    "a page" if page else "the browser")  # fmt: skip
        with contextlib.suppress(ProcessLookupError):
            pid = largest.pid if page else self.pid
            os.kill(pid, signal.SIGKILL)
            self._ended.add(pid)
            self.cuts.append(Cut(held=held, all=not page))


def _is_page(process: memory.Process) -> bool:
    return "--type=renderer" in process.command
