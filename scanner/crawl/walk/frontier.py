"""The frontier (待抓队列): Scrapy's scheduler, on the disk, so that a crawl that is killed loses nothing.

Owns: in which order requests go out and to which host next; when a request is done; how a request is written and read.
Leaves to others: the rows (``store.frontier``), what is worth asking for (``storefront``), pace (Scrapy's slots).

A request of the walk is done when its callback has ended, all it yielded has been kept, and nothing waits for pieces of its
page any more. No signal says that: the engine's own set of requests in progress does (one private attribute of Scrapy 2.19,
guarded by a test), and the spider knows what it holds. Pieces of a page (pictures, parts) stay in memory: a crawl that dies
looks at their page again, sealed as it is (``resumed``). While too many pages wait for theirs, no further page goes out.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import scrapy
from scrapy.core.scheduler import BaseScheduler
from twisted.internet.task import LoopingCall

from scanner.errors import StoreError
from scanner.store.frontier import Claimed
from scanner.store.frontier import Frontier as Store

if TYPE_CHECKING:
    from collections.abc import Collection

    from scrapy.crawler import Crawler

    from scanner.crawl.walk.storefront import Storefront

TICK = 0.05  # seconds between two looks for what has ended; what is not committed is asked again after a death
SLOW = 5  # ticks after which new requests are committed though nothing has ended
LIMITS = 40  # ticks between two looks at the limits of a run
AT_ONCE = 16  # requests of a host taken up together
CAREFUL = 50  # requests that a careful crawl finishes one at a time; then it goes on as usual
MAX_HELD = 24  # pages that wait for their pieces; no further page goes out while there are more
# What of a request's ``meta`` is written: ours, and what Scrapy needs to count retries and redirects.
OURS = (
    "crawl", "storefront", "scope", "start", "narrow", "product", "list", "again", "browser", "key", "of",
    "dont_obey_robotstxt",
)  # fmt: skip
WRITTEN = (*OURS, "retry_times", "redirect_times", "redirect_ttl", "redirect_urls", "redirect_reasons")


class Frontier(BaseScheduler):
    """One spider's frontier, in the file that the spider names."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._memory: dict[str, list[tuple[int, int, scrapy.Request]]] = {}  # pieces, by host
        self._count = self._ticks = self._ended = 0
        self._taken: dict[str, list[Claimed]] = {}  # taken up and not yet sent, the least urgent first
        self._waiting: Counter[str] = Counter()  # rows that wait, by host
        self._sent: dict[scrapy.Request, tuple[int, int]] = {}  # (row, turn) of what is in progress
        self._turns: dict[int, int] = {}  # of rows in progress

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    def open(self, spider: scrapy.Spider) -> None:
        self._spider = cast("Storefront", spider)
        self._most = self._crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._store = Store(self._spider.frontier)
        self._waiting.update(self._store.waiting())
        self._spider.recall(self._store)
        self._ticking = LoopingCall(self._tick)
        self._ticking.start(TICK, now=False).addErrback(lambda failure: self._spider.stop(failure.value))

    def close(self, reason: str) -> None:
        if self._ticking.running:
            self._ticking.stop()
        try:
            self._flush()
            self._store.put_back(one.row for taken in self._taken.values() for one in taken)
            self._spider.rows = None
            self._store.close()
        except StoreError as error:
            self._spider.stop(error)

    # --- in ---

    def enqueue_request(self, request: scrapy.Request) -> bool:
        slot, meta = _slot(request.url), request.meta
        if "key" not in meta:
            self._count += 1
            heapq.heappush(self._memory.setdefault(slot, []), (-request.priority, self._count, request))
            return True
        try:
            written = _written(request)
            if "row" in meta:
                self._store.again(meta["row"], slot=slot, priority=request.priority, request=written)
                self._turns[meta["row"]] = self._turns.get(meta["row"], 0) + 1
            elif self._store.add(meta["key"], slot=slot, priority=request.priority, request=written) is None:
                return False
        except StoreError as error:
            self._spider.stop(error)
            return False
        self._waiting[slot] += 1
        taken = self._taken.get(slot)
        if taken and request.priority > taken[0].priority:  # more urgent than the least urgent taken up
            self._store.put_back(one.row for one in taken)
            self._waiting[slot] += len(taken)
            taken.clear()
        return True

    # --- out ---

    def has_pending_requests(self) -> bool:
        return any(self._memory.values()) or any(self._taken.values()) or any(self._waiting.values())

    def next_request(self) -> scrapy.Request | None:
        """The most urgent request of the host that has the fewest under way: a slow shop does not hold up the others."""
        engine = self._crawler.engine
        assert engine is not None
        out = Counter(_slot(request.url) for request in engine.downloader.active)
        hosts = {*(h for h, n in self._waiting.items() if n), *(h for h, t in self._taken.items() if t),
                 *(h for h, m in self._memory.items() if m)}  # fmt: skip
        for host in sorted(hosts, key=lambda host: (out[host], host)):
            if out[host] <= self._most and (request := self._next(host)) is not None:
                return request
        return None

    def _next(self, host: str) -> scrapy.Request | None:
        memory = self._memory.get(host)
        if len(self._spider.held) >= (1 if self._store.careful else MAX_HELD) or (self._store.careful and self._live()):
            return heapq.heappop(memory)[2] if memory else None
        taken = self._taken.setdefault(host, [])
        try:
            if not taken and self._waiting[host]:
                taken += reversed(self._store.claim(host, 1 if self._store.careful else AT_ONCE))
                self._waiting[host] -= len(taken)
                if self._store.careful:  # should it die in the next moment, it is known over what
                    self._store.commit()
        except StoreError as error:
            self._spider.stop(error)
            return None
        if memory and (not taken or -memory[0][0] >= taken[-1].priority):
            return heapq.heappop(memory)[2]
        return self._sending(taken.pop()) if taken else None

    def _sending(self, one: Claimed) -> scrapy.Request:
        request = request_of(one.request, self._spider)
        request.meta["row"] = one.row
        self._sent[request] = (one.row, one.turn)
        self._turns[one.row] = one.turn
        return request

    # --- done ---

    def _tick(self) -> None:
        self._ticks += 1
        try:
            self._flush(all_of_it=self._ticks % SLOW == 0)
        except StoreError as error:
            self._spider.stop(error)
            return
        if self._ticks % LIMITS == 0 and not self._spider.stopped:
            self._spider.stop_at(self._spider.stops.reached(self._store.path.parent))

    def _flush(self, *, all_of_it: bool = True) -> None:
        live = self._in_progress()
        held = {one.row for one in self._spider.held}
        ended = [
            (request, row, turn)
            for request, (row, turn) in self._sent.items() if request not in live and row not in held
        ]  # fmt: skip
        if not ended and not all_of_it:
            return
        finished = []
        for request, row, turn in ended:
            del self._sent[request]
            if self._turns.get(row) == turn:  # else it is asked again, and its end is still to come
                del self._turns[row]
                finished.append((row, turn, json.dumps(self._spider.results.pop(row, {}))))
        self._store.finish(finished)
        self._store.commit()
        self._ended += len(finished)
        if self._ended >= CAREFUL:
            self._store.careful = False

    def _in_progress(self) -> Collection[scrapy.Request]:
        """What Scrapy's engine has not finished with."""
        engine = self._crawler.engine
        return engine._slot.inprogress if engine is not None and engine._slot is not None else ()

    def _live(self) -> bool:
        """Whether a request of the walk is under way. Not by what is kept of them, which is behind by a tick: the engine asks
        for the next one when one ends, and then not for seconds."""
        live = self._in_progress()
        return any(request in live for request in self._sent)


def _slot(url: str) -> str:
    """The host, as Scrapy's downloader names its slots."""
    return urlsplit(url).hostname or ""


def _written(request: scrapy.Request) -> str:
    callback = request.callback
    assert callback is not None
    return json.dumps({
        "url": request.url, "method": request.method, "callback": callback.__name__, "priority": request.priority,
        "body": base64.b64encode(request.body).decode("ascii"),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")]
                    for name, values in request.headers.items() for value in values],
        "meta": {name: request.meta[name] for name in WRITTEN if name in request.meta},
    })  # fmt: skip


def request_of(text: str, spider: Storefront) -> scrapy.Request:
    """A request as it was written."""
    told: dict[str, Any] = json.loads(text)
    return scrapy.Request(
        told["url"], callback=getattr(spider, told["callback"]), errback=spider.lost, method=told["method"],
        body=base64.b64decode(told["body"]), headers=[(name, value) for name, value in told["headers"]],
        meta=told["meta"], priority=told["priority"], dont_filter=True,
    )  # fmt: skip
