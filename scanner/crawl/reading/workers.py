"""Worker processes that look at sealed pages: recognise, read, judge, find the links.

Owns: starting them, handing pages over and taking answers back, a time limit and a memory limit for every page, and
starting another one where a page has hung or crashed its worker. Leaves to others: what is done with a page
(``line``, families), everything that fetches, seals or keeps.

Reading is most of a crawl's work and all of its contact with what an attacker wrote. In processes of its own it uses
the other cores, and a page made to hang or crash a parser costs that page and nothing else: the capture stays, its
outcome is ``error`` with the reason, the crawl goes on. Workers write nothing and know no network.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from scanner import rulebook
from scanner.crawl.reading import tables
from scanner.crawl.reading.line import Line, Look, Reader
from scanner.errors import CrawlError, QingwangError, fault
from scanner.model import Listing, Outcome
from scanner.registry import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from multiprocessing.process import BaseProcess
    from pathlib import Path
    from typing import BinaryIO

    from scanner.crawl.reading.links import Link, Stated
    from scanner.model import Named
    from scanner.page import Page
    from scanner.rulebook import Rulebook

log = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds for one page; an ordinary one takes a hundredth, the slowest saved ones a fifth
STARTING = 60.0  # seconds until a worker started anew answers: it loads the rules by itself
MEMORY = 3 * 1024**3  # bytes of address space beyond what a worker has at its start; 16 MiB of page become some 500 MB
MOST = 4  # workers; the crawl's own thread cannot feed more
LOGGED = "%(asctime)s %(levelname)s %(name)s: %(message)s"
AHEAD = 2  # pages handed to a worker, so that it need not wait for the next one


class Family(Reader, Protocol):
    """A storefront family, as far as a worker needs it."""

    def products(self, page: Page) -> Iterable[Link]: ...

    def stated(self, page: Page) -> Stated | None: ...

    def named(self, page: Page) -> tuple[Named, ...]: ...

    def more(self, page: Page, links: Sequence[Link]) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a worker makes a family: its class, and what the class wants to know (the profile of a JSON back end)."""

    family: Callable[..., Family]
    arguments: tuple[tuple[str, Any], ...] = ()

    def make(self) -> Family:
        return self.family(**dict(self.arguments))

    def said(self) -> dict[str, str]:
        """The family by name, with what its class wants to know, as the journal says who read a page."""
        name = getattr(self.family, "name", "")
        return {"family": str(name), **{key: str(value) for key, value in self.arguments}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a worker says of a page. ``fault``: in words, why it could not be looked at at all; the page is then lost.
    ``more``: it leads to more than ``links``."""

    look: Look
    links: tuple[Link, ...] = ()
    stated: Stated | None = None
    fault: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Where a worker finds what it judges with. ``hash`` is the rulebook's: another one than the crawl began with is
    refused, so that all judgements of a crawl stand under the rules its journal names."""

    shipped: Path
    own: Path
    hash: str
    register: Path
    log: Path

    def line(self) -> Line:
        tables.use(self.own)
        rules = _LOADED.get(self.hash) or rulebook.load(self.shipped, self.own)
        if rules.hash != self.hash:
            raise CrawlError("规则在巡查中被改动", where=str(self.own), hint="重新运行")
        return Line(rulebook=rules, register=Register.open(self.register))


# A forked worker has the rulebook already; one that is started anew does not.
_LOADED: dict[str, Rulebook] = {}


@dataclass(slots=True)
class _Job:
    parcel: bytes
    answer: asyncio.Future[Seen]

    def tell(self, seen: Seen) -> None:
        if not self.answer.done():  # whoever asked may have given up
            self.answer.set_result(seen)


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    socket: socket.socket
    patience: float  # seconds for a page
    starting: float  # seconds more for its first one
    jobs: deque[_Job] = field(default_factory=deque)
    writer: asyncio.StreamWriter | None = None
    answers: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    overran: bool = False

    def give(self, job: _Job) -> None:
        assert self.writer is not None
        self.jobs.append(job)
        self.writer.write(job.parcel)
        self.watch()

    def watch(self) -> None:
        """Time the page it is at, if it is at one and that is not timed yet."""
        if self.jobs and self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(self.starting + self.patience, self._overrun)

    def answered(self, seen: Seen) -> None:
        assert self.timer is not None
        self.timer.cancel()
        self.timer, self.starting = None, 0.0
        self.jobs.popleft().tell(seen)
        self.watch()

    def _overrun(self) -> None:
        self.overran = True
        self.process.kill()


class Workers:
    """Start with :meth:`start` while the process has one thread; then :meth:`look` from one event loop; then close."""

    def __init__(self, books: Books, patience: float) -> None:
        self._books, self._patience = books, patience
        self._workers: list[_Worker] = []
        self._free: asyncio.Queue[_Worker | None] | None = None
        self._closed = False

    @classmethod
    def start(cls, books: Books, rules: Rulebook, *, count: int | None = None, patience: float = PATIENCE) -> Workers:
        """Fork workers where that is safe (Linux, before any thread of ours runs); elsewhere start them anew.

        ``count``: as many as there are cores, up to ``MOST``, if not given; ``patience``: seconds for one page.
        """
        for _ in (rules.matcher, rules.around, rules.names):
            pass  # compiled once here, not once in every worker
        _LOADED[rules.hash] = rules
        workers = cls(books, patience)
        for _ in range(count or min(MOST, _cores())):
            workers._workers.append(workers._begin(fork=sys.platform == "linux"))
        return workers

    async def look(self, page: Page, recipe: Recipe, on: date) -> Seen:
        """What a worker says of ``page`` as of the day ``on``. A page that hangs or crashes its worker is a fault."""
        if self._free is None:
            self._free = asyncio.Queue()
            for worker in list(self._workers):
                await self._join(worker)
        job = _Job(_packed((page, recipe, on)), asyncio.get_running_loop().create_future())
        await self._hand(job)
        return await job.answer

    def close(self) -> None:
        """End the workers. Whoever still waits for an answer waits in vain: close after the event loop has ended."""
        self._closed = True
        for worker in self._workers:
            with suppress(OSError):  # it has ended already
                worker.socket.shutdown(socket.SHUT_RDWR)  # closing is not enough while the ended loop still holds it
            worker.socket.close()
        for worker in self._workers:
            worker.process.join(2)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    # --- inside ------------------------------------------------------------------------------------------------

    def _begin(self, *, fork: bool) -> _Worker:
        ours, theirs = socket.socketpair()
        # A forked worker must not hold the others' connections open, or they would not notice when this process dies.
        shut = [*(worker.socket for worker in self._workers), ours] if fork else []
        make = multiprocessing.get_context("fork").Process if fork else multiprocessing.get_context("spawn").Process
        process = make(target=_serve, args=(theirs, self._books, shut), daemon=True, name="page worker")
        process.start()
        theirs.close()
        return _Worker(process=process, socket=ours, patience=self._patience, starting=0.0 if fork else STARTING)

    async def _join(self, worker: _Worker) -> None:
        assert self._free is not None
        reader, worker.writer = await asyncio.open_unix_connection(sock=worker.socket)
        worker.answers = asyncio.ensure_future(self._answers(worker, reader))
        for _ in range(AHEAD):
            self._free.put_nowait(worker)

    async def _hand(self, job: _Job) -> None:
        assert self._free is not None
        while self._workers:
            worker = await self._free.get()
            if worker is not None and worker in self._workers:  # else it has died since
                worker.give(job)
                return
        if self._free.empty():
            self._free.put_nowait(None)  # none is left: the next one that waits is told, too
        job.tell(faulty("没有读取页面的进程可用"))

    async def _answers(self, worker: _Worker, reader: asyncio.StreamReader) -> None:
        """Take one worker's answers, in the order of its pages, for as long as it lives."""
        assert self._free is not None
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(4), "big")
                worker.answered(pickle.loads(await reader.readexactly(size)))  # noqa: S301 our own child
                self._free.put_nowait(worker)
        except (asyncio.IncompleteReadError, OSError):
            pass  # it has ended
        except Exception:  # unpickling may raise anything, and the worker's pages must not wait for ever
            log.exception("answer of a page worker")
        if not self._closed:
            await self._replace(worker)

    async def _replace(self, worker: _Worker) -> None:
        """Another worker in place of one that hung or died; the page it was at is given up, the others are handed on."""
        assert self._free is not None
        self._workers.remove(worker)
        worker.process.kill()
        if worker.writer is not None:
            worker.writer.close()  # not the socket: the loop would then watch a file number that is another's by now
        if worker.timer is not None:
            worker.timer.cancel()
        if worker.jobs:
            why = f"读取这个页面超过{self._patience:g}秒，已中止" if worker.overran else "读取这个页面的进程异常退出"
            worker.jobs.popleft().tell(faulty(why))
        try:
            fresh = self._begin(fork=False)
            self._workers.append(fresh)
            await self._join(fresh)
        except OSError:  # no memory or no process to be had: the others go on, if there are any
            log.exception("page worker could not be replaced")
            self._workers = [one for one in self._workers if one.writer is not None]
            if not self._workers:
                self._free.put_nowait(None)  # wakes one that waits; it wakes the next
        for job in worker.jobs:
            await self._hand(job)


def faulty(why: str) -> Seen:
    """A page that could not be looked at, through no doubt of its family's."""
    return Seen(look=Look(outcome=Outcome.ERROR, why=why), fault=why)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _packed(value: Any) -> bytes:
    parcel = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return len(parcel).to_bytes(4, "big") + parcel


# --- in the worker -------------------------------------------------------------------------------------------------


def _serve(theirs: socket.socket, books: Books, shut: list[socket.socket]) -> None:
    """Answer until the other side is gone, which is how a worker ends, also after a kill of the crawl."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the crawl's to answer
    for other in shut:
        other.close()
    logging.basicConfig(filename=books.log, encoding="utf-8", level=logging.WARNING, format=LOGGED, force=True)
    _bound_memory()
    settle()
    with suppress(BrokenPipeError, ConnectionResetError), theirs, theirs.makefile("rwb") as wire:
        _answer(cast("BinaryIO", wire), books)


def _answer(wire: BinaryIO, books: Books) -> None:
    line, families = None, dict[Recipe, Family]()
    while len(head := wire.read(4)) == 4:
        page, recipe, on = pickle.loads(wire.read(int.from_bytes(head, "big")))  # noqa: S301 our own parent
        try:
            line = line or books.line()  # with the first page: until then the crawl itself may be making the register
        except QingwangError as error:
            wire.write(_packed(faulty(str(error))))
            wire.flush()
            continue
        if recipe not in families:
            families[recipe] = recipe.make()
        wire.write(_packed(_seen(line, families[recipe], page, on)))
        wire.flush()


def settle() -> None:
    """Tell the garbage collector that what is there now (modules, rules) lives as long as the process, and to look for
    rings less often: a page's elements and texts are freed by their counts when the page is. It took a tenth of the work."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _bound_memory() -> None:
    """What a page may make a worker take; only Linux tells and bounds it."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as said:
            most = int(said.read().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _seen(line: Line, family: Family, page: Page, on: date) -> Seen:
    try:
        look = line.look(page, family, on)
        follow = look.outcome in (Outcome.READ, Outcome.NOT_A_PRODUCT)
        if not follow:
            return Seen(look=look)
        links = tuple(family.products(page))
        if isinstance(look.subject, Listing):  # a product's page leads only to who sells it
            return Seen(look=look, links=links)
        if look.subject is None:
            look = replace(look, named=family.named(page))
        return Seen(look=look, links=links, stated=family.stated(page), more=family.more(page, links))
    except Exception as error:  # the edge of a page: whatever reading it raises costs it alone, and is told
        log.exception("while reading %s", page.url)
        return faulty(fault(error))
