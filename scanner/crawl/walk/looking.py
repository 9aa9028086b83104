"""One look at one page in a crawl: seen by a worker, completed with its pieces, kept, and looked at again by the browser.

Owns: the way from a sealed answer to what is kept of it: asking for the pieces of a page (``pieces``) and waiting for them,
the second look where something was found, what a lost address came to, and when a crawl cannot go on. Leaves to others:
which pages there are (``storefront``), sealing (``sealing``), judging (``line``), keeping (``keep``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.utils.defer import deferred_from_coro

from scanner import clock
from scanner.crawl.keep import Looked, keep
from scanner.crawl.reading import sealed
from scanner.crawl.reading.line import Look
from scanner.crawl.reading.links import Kind, Link, picture_key
from scanner.crawl.reading.parts import wants
from scanner.crawl.reading.pictures import Sealed, sealed_answers
from scanner.crawl.reading.workers import Recipe, Seen
from scanner.crawl.tally import Tally
from scanner.crawl.walk.pieces import Held
from scanner.errors import CrawlError, InputError, QingwangError, SealError, StoreError, fault
from scanner.evidence.wire.coding import TooMuch
from scanner.model import FieldState, Lane, Listing, Outcome, SecondLook, Seller
from scanner.ocr import places
from scanner.page import Page
from scanner.store.crawls import SHUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scanner.crawl.session import Session
    from scanner.crawl.stops import Stops
    from scanner.model import Capture, Finding
    from scanner.store.frontier import Frontier as Rows

SECOND = "second "  # begins the key of a second look
SECOND_LOOK = 100  # priorities of requests; those of the walk are lower
PART = 50
PICTURE = 40  # before further pages: near its page in time, and no page waits long
PICTURE_SECONDS = 10  # for one picture; there are many, and a page can do without one
PICTURE_BYTES = 8 * 1024 * 1024
MAX_LOST = 5  # pictures of a host lost in a row; then it is asked for no more of them
SHOWABLE = ("text/html", "application/xhtml+xml")


class Looking(scrapy.Spider):
    """The half of a storefront spider that looks; the other half walks (``Storefront``)."""

    def __init__(
        self, *, session: Session | None, render: str, crawl: str, obey_robots: bool, stops: Stops, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.session, self.render, self.crawl = session, render, crawl
        self.obey_robots, self.stops = obey_robots, stops
        self.tally = Tally()
        self.rows: Rows | None = None  # of its frontier, while that is open
        self.fatal: BaseException | None = None
        self.stopped = ""  # the limit that ended the crawl, in Chinese
        self._looked: set[str] = set()  # versions that had their second look
        self.held: set[Held] = set()
        self.results: dict[int, dict[str, Any]] = {}  # what requests came to, by row of the frontier, until it takes it
        self._firsts: dict[str, Look] = {}  # first looks that wait for a second one, by version
        self._known: dict[str, Sealed] = {}  # pictures of this run, by address (``picture_key``)
        self._coming: dict[str, list[Held]] = {}  # pictures asked for, and who waits for them
        self._lost: set[str] = set()  # pictures that did not come
        self._failing: Counter[str] = Counter()  # how many of a host did not come in a row
        self.ended = False  # whether Scrapy has said its last word

    @property
    @abstractmethod
    def recipe(self) -> Recipe:
        """How a worker makes the family."""

    async def looked_at(self, response: Response, seen: Seen) -> AsyncIterator[Looked | scrapy.Request]:
        """What a page came to, once all of it is there, and what must be asked for until then."""
        capture: Capture = response.meta["capture"]
        held = Held(capture=capture, look=seen.look, on=clock.day(capture.time), row=response.meta.get("row", 0))
        if seen.look.subject is not None:
            self.held.add(held)
        if capture.lane is Lane.BROWSER:  # it loaded all there is
            held.pictured, held.answers = True, sealed_answers(capture)
        elif seen.look.subject is not None:
            for request in list(self._ask_parts(held, seen.links)):  # all are waited for before the first can come
                yield request
        async for item in self._go_on(held):
            yield item

    def closed(self, reason: str) -> None:
        """Scrapy's last word: looks whose pieces will not come any more are kept as they are."""
        self.ended = True
        while self.held and self.fatal is None:
            held = self.held.pop()
            try:
                keep(self._session, Looked(capture=held.capture, look=held.look, pieces=held.pieces), self.recipe)
            except QingwangError as error:  # Scrapy would log it and go on
                self.fatal = error

    async def part(self, response: Response, held: Held) -> AsyncIterator[Looked | scrapy.Request]:
        """A part of a page has come."""
        capture = self._sealed(response)
        seen = (await self._see(response, capture)).look
        held.came(capture, seen.parts)
        if seen.outcome in SHUT:
            self.tally.outcomes[seen.outcome] += 1
            if held.row:
                walls = self.results.get(held.row, {}).get("walls", [])
                self.note({"row": held.row}, walls=[*walls, seen.outcome.value])
        # Whatever else it may be, it was asked for as a part.
        yield Looked(capture=capture, look=Look(outcome=seen.outcome, why=seen.why))
        async for item in self._came((held,)):
            yield item

    async def picture(self, response: Response, asked: str) -> AsyncIterator[Looked | scrapy.Request]:
        """A picture has come that one or more looks wait for, under the address that was ``asked`` for."""
        capture = self._sealed(response)
        ref = next((r for r in capture.records if r.type == "response"), None)
        came = ref is not None and response.status == 200
        self._session.pictures.got += capture.size
        if ref is not None and came:
            self._known[asked] = Sealed(ref, capture.id)
            self._failing.pop(_host(asked), None)
        else:
            self._without(asked)
        yield Looked(capture=capture, look=Look(outcome=Outcome.NOT_HTML if came else Outcome.ERROR))
        async for item in self._came(self._coming.pop(asked, ())):
            yield item

    async def piece_lost(self, failure: Failure) -> AsyncIterator[Looked | scrapy.Request]:
        """A part or picture did not come; whoever waits for it goes on without, and its field says so."""
        request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, SealError | StoreError):
            self.stop(failure.value)
        capture: Capture | None = request.meta.get("capture")
        if capture is not None:
            outcome, why = reason(failure)
            yield Looked(capture=capture, look=Look(outcome=outcome, why=why))
        held: Held | None = request.cb_kwargs.get("held")
        if held is None:
            self._without(request.cb_kwargs["asked"])
        waiting = (held,) if held is not None else self._coming.pop(request.cb_kwargs["asked"], ())
        async for item in self._came(waiting):
            yield item

    async def second_look(self, response: Response) -> AsyncIterator[Looked]:
        """The browser's visit to a page with findings: does it still say so?"""
        capture = self._sealed(response)
        first = self._first(response.meta["of"])
        again = whole = (await self._see(response, capture)).look
        if again.subject is not None:
            held = Held(capture=capture, look=again, on=clock.day(capture.time), answers=sealed_answers(capture))
            await held.read(self._session.pictures, {})
            whole = held.look
        seen = _compare(first, again, whole)
        gravest = min(seen, key=_GRAVEST.index, default=SecondLook.NOT_REACHED)
        self.tally.confirmed[gravest] += 1
        self.note(response.meta, second=gravest.value)
        for word, findings in seen.items():
            yield Looked(capture=capture, look=again, first=replace(first, findings=tuple(findings)), second_look=word)
        if whole is not again:  # what the pictures say makes a version of its own, with this capture for evidence
            yield Looked(capture=capture, look=whole, told=first.findings)

    def lost(self, failure: Failure) -> Iterator[Looked]:
        """An address that did not come back whole. What was captured of it stays a capture, with its outcome."""
        request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, SealError | StoreError):
            self.stop(failure.value)
        outcome, why = reason(failure)
        capture: Capture | None = request.meta.get("capture")
        if "of" in request.meta:
            first = self._first(request.meta["of"])
            self.tally.confirmed[SecondLook.NOT_REACHED] += 1
            self.note(request.meta, second=SecondLook.NOT_REACHED.value)
            yield Looked(capture=capture, look=Look(outcome=outcome, why=why), first=first,
                         second_look=SecondLook.NOT_REACHED)  # fmt: skip
            return
        self.tally.lose(request.url, outcome, why)
        self.note(request.meta, failed=[outcome.value], lost=[[request.url, why]], cut=int(capture is not None))
        if capture is not None:
            self.tally.pages += 1
            yield Looked(capture=capture, look=Look(outcome=outcome, why=why))

    def broken(self, failure: Failure, response: Response) -> None:
        """A fault of our own around a page: it counts as lost, the crawl goes on."""
        why = fault(failure.value)
        self.tally.lose(response.url, Outcome.ERROR, why)
        self.note(response.meta, failed=[Outcome.ERROR.value], lost=[[response.url, why]])

    def unkept(self, item: Looked, response: Response | None, failure: Failure) -> None:
        """What was looked at could not be kept: going on would lose pages without a trace."""
        self.stop(failure.value)

    def stop(self, error: BaseException | None) -> None:
        """End the crawl for good; ``run`` raises the first such error when the spiders have ended."""
        if self.fatal is None:
            self.fatal = error
            self._close("stopped")

    def stop_at(self, limit: str) -> None:
        """End the crawl because a limit of the run is reached (in Chinese); "" goes on."""
        if limit:
            self.stopped = limit
            self._close("limit")

    def _close(self, reason: str) -> None:
        engine = self.crawler.engine
        if engine is not None:
            deferred_from_coro(engine.close_spider_async(reason=reason))

    def came_to(
        self, meta: Mapping[str, Any], outcome: Outcome, *, subject: Listing | Seller | None = None,
        lost: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Remember for the frontier what a page came to; a page that is asked again comes to more than one thing."""
        before = self.results.get(meta.get("row", 0), {}).get("outcomes", [])
        facts: dict[str, Any] = {"outcomes": [*before, outcome.value]}
        if subject is not None:
            facts["listing" if isinstance(subject, Listing) else "seller"] = subject.id
        if lost is not None:
            facts["lost"] = [lost]
        self.note(meta, **facts)

    def note(self, meta: Mapping[str, Any], **facts: Any) -> None:
        """Remember for the frontier what a request came to, so that a crawl that goes on after a death knows it."""
        if "row" in meta:
            self.results.setdefault(meta["row"], {}).update(facts)

    # --- inside ------------------------------------------------------------------------------------------------

    @property
    def _session(self) -> Session:
        assert self.session is not None
        return self.session

    def _first(self, of: Sequence[str]) -> Look:
        """The first look at a page: as it was, or after a death as the book has it."""
        kind, subject, version = of
        if (look := self._firsts.pop(version, None)) is not None:
            return look
        book = self._session.book
        read = book.listing_version(subject, version) if kind == "listing" else book.seller_version(subject, version)
        return Look(outcome=Outcome.READ, subject=read, findings=tuple(book.standing(subject, version)))

    async def _see(self, response: Response, capture: Capture) -> Seen:
        """The page through a worker's eyes, judged as of the day of its capture in Beijing."""
        assert self._session.workers is not None
        return await self._session.workers.look(page_of(response, capture), self.recipe, clock.day(capture.time))

    async def _came(self, waiting: Iterable[Held]) -> AsyncIterator[Looked | scrapy.Request]:
        for held in waiting:
            held.waiting -= 1
            async for item in self._go_on(held):
                yield item

    def _without(self, asked: str) -> None:
        """Remember that a picture did not come."""
        self._lost.add(asked)
        self._failing[_host(asked)] += 1

    async def _go_on(self, held: Held) -> AsyncIterator[Looked | scrapy.Request]:
        """The next step of a look: its parts joined, its pictures asked for, and when nothing is to come any more the look
        itself, with the second one where it has findings."""
        if held.waiting:
            return
        requests: list[scrapy.Request] = []
        try:
            with held.costing_only_pieces(self.tally):
                requests = await self._complete(held)
        except QingwangError as error:
            self.stop(error)
            return
        if requests or held.waiting:  # not asked again below: while these go out, what they bring may end the waiting
            for request in requests:
                yield request
            return
        yield Looked(capture=held.capture, look=held.look, pieces=held.pieces)
        if self._wants_second_look(held.capture, held.look):
            yield self._second_request(held.capture, held.look)
        self.held.discard(held)

    async def _complete(self, held: Held) -> list[scrapy.Request]:
        """Complete a look as far as what has come allows; the requests for what it still needs, all waited for."""
        session = self._session
        if not held.pictured:
            held.pictured = True
            held.join(session.line)
            requests = list(self._ask_pictures(held))
            if requests or held.waiting:
                return requests
        if held.look.subject is not None and not self._closing():
            await held.read(session.pictures, self._known)
        return []

    def _closing(self) -> bool:
        """Whether the crawl is being ended: then nothing is recognised any more, or it would go on for many minutes."""
        engine = self.crawler.engine
        return engine is not None and engine._slot is not None and engine._slot.closing is not None

    def _ask_parts(self, held: Held, links: Iterable[Link]) -> Iterator[scrapy.Request]:
        subject = held.look.subject
        for link in links if isinstance(subject, Listing) and wants(subject) else ():
            if link.kind is Kind.PART:
                held.waiting += 1
                yield scrapy.Request(
                    link.url, callback=self.part, errback=self.piece_lost, cb_kwargs={"held": held},
                    headers=dict(link.headers), meta=self._asking(held.capture.storefront), priority=PART,
                    dont_filter=True,
                )  # fmt: skip

    def _ask_pictures(self, held: Held) -> Iterator[scrapy.Request]:
        """The pictures whose text matters; not where the browser is about to load them anyway."""
        if self._second_look_due(held.capture, held.look):
            return
        pictures = self._session.pictures
        for url in pictures.wanted(held.look):
            key = picture_key(url)
            if key in self._known or key in self._lost or self._failing[_host(key)] >= MAX_LOST:
                continue
            if key not in self._coming:
                if not pictures.may_ask():
                    continue
                try:
                    request = scrapy.Request(
                        key, callback=self.picture, errback=self.piece_lost, cb_kwargs={"asked": key},
                        meta=self._asking(
                            held.capture.storefront, download_maxsize=PICTURE_BYTES, download_timeout=PICTURE_SECONDS,
                            max_retry_times=0,
                        ),
                        priority=PICTURE, dont_filter=True,
                    )  # fmt: skip
                except ValueError:  # an address that Scrapy takes for none
                    continue
                self._coming[key] = []
                yield request
            self._coming[key].append(held)
            held.waiting += 1

    def _asking(self, storefront: str, **more: Any) -> dict[str, Any]:
        """The ``meta`` of a request of this run."""
        meta = {"crawl": self.crawl, "storefront": storefront, **more}
        return meta if self.obey_robots else {**meta, "dont_obey_robotstxt": True}

    def _sealed(self, response: Response) -> Capture:
        """The capture of an answer; what it takes in the archive counts for the run's limits."""
        capture: Capture = response.meta["capture"]
        self.stops.bytes += sum(ref.length for ref in capture.records)
        return capture

    def _may_render(self) -> bool:
        return self.render != "never" and self._session.browser_ready

    def _second_look_due(self, capture: Capture, look: Look) -> bool:
        """Whether there is a finding to confirm, on what a browser can show."""
        if not look.findings or look.subject is None or not self._may_render():
            return False
        return capture.lane is Lane.HTTP and capture.media_type in SHOWABLE

    def _wants_second_look(self, capture: Capture, look: Look) -> bool:
        """Once for each thing said with findings, however many addresses say it."""
        if look.subject is None or not self._second_look_due(capture, look):
            return False
        fresh = look.subject.version not in self._looked
        self._looked.add(look.subject.version)
        return fresh

    def _second_request(self, capture: Capture, look: Look) -> scrapy.Request:
        subject = look.subject
        assert subject is not None
        self._firsts[subject.version] = look
        of = ["listing" if isinstance(subject, Listing) else "seller", subject.id, subject.version]
        return scrapy.Request(
            capture.url,
            callback=self.second_look,
            errback=self.lost,
            meta=self._asking(capture.storefront, browser=True, of=of, key=f"{SECOND}{subject.version}"),
            dont_filter=True,
            priority=SECOND_LOOK,
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc


_GRAVEST = (SecondLook.CHANGED, SecondLook.CONFIRMED, SecondLook.NOT_REACHED)


def _compare(first: Look, again: Look, whole: Look) -> dict[SecondLook, list[Finding]]:
    """What the second look says of each finding: it stands with the same rule and quote (*confirmed*), it does not
    (*changed*), or what it stood in was not there to be looked at (*not reached*). ``whole``: with the text of pictures."""
    stands = {(finding.rule, finding.quote) for look in (again, whole) for finding in look.findings}
    seen: dict[SecondLook, list[Finding]] = {}
    for finding in first.findings:
        if again.outcome is not Outcome.READ or again.subject is None:
            word = SecondLook.NOT_REACHED
        elif (finding.rule, finding.quote) in stands:
            word = SecondLook.CONFIRMED
        else:
            word = SecondLook.CHANGED if stood_in(finding, whole) else SecondLook.NOT_REACHED
        seen.setdefault(word, []).append(finding)
    return seen


def stood_in(finding: Finding, whole: Look) -> bool:
    """Whether the second look had what the finding stood in."""
    subject = whole.subject
    if finding.field == "image_text":
        said = subject.image_text if subject is not None else None
        return said is not None and said.state is not FieldState.NOT_LOOKED_AT and places.whole(said.source)
    if finding.field == "description" and isinstance(subject, Listing):
        return subject.description.state is not FieldState.NOT_SEEN
    return True


def reason(failure: Failure) -> tuple[Outcome, str]:
    """The outcome and reason of a failed download, in words an analyst can use."""
    error = failure.value
    text = str(error)
    if isinstance(error, DownloadCancelledError):
        return Outcome.TOO_LARGE, "页面超过大小上限，已中止"
    if isinstance(error, IgnoreRequest):
        if isinstance(error.__cause__, TooMuch):
            return Outcome.TOO_LARGE, "解压后超过大小上限，已中止"
        if isinstance(error.__cause__, InputError):
            return Outcome.ERROR, error.__cause__.message
        if "robots.txt" in text:
            return Outcome.REFUSED, "网站的 robots.txt 不允许访问"
        if text.startswith("refused"):
            return Outcome.REFUSED, text.removeprefix("refused: ")
        if "redirect" in text:
            return Outcome.ERROR, "重定向次数过多（循环）"
    if error is not None and isinstance(error.__cause__, CrawlError):  # the browser's own word
        return Outcome.ERROR, error.__cause__.message
    return Outcome.ERROR, f"没有得到完整应答：{type(error).__name__}"


def page_of(response: Response, capture: Capture) -> Page:
    """The page a family reads: the answer's decoded bytes with its headers, and the capture it came from."""
    request = response.request
    assert request is not None
    headers = [(name, value) for name, values in response.headers.items() for value in values]
    return sealed.page(
        capture, response.body, url=response.url, status=response.status, headers=headers, method=request.method,
        request_body=request.body,
    )  # fmt: skip
