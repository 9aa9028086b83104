"""Looking again, now, at the pages of a lead (复查): sealed like every page, laid beside what was sealed before.

Owns: which pages a lead has, one look at each (browser where there is one, HTTP else), following redirects one sealed step
at a time, and the order *journal line of the pair, then the book*. Leaves to others: what a pair comes to (``comparing``),
fetching, reading and judging (``looking``), the run (``run``).

A page that is gone says nothing of what it said before: no lead is closed and no state is touched here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy.exceptions import IgnoreRequest

from scanner import clock
from scanner.crawl.again import comparing
from scanner.crawl.keep import Looked, keep
from scanner.crawl.reading import asked
from scanner.crawl.reading.line import Look
from scanner.crawl.reading.outcome import says_gone
from scanner.crawl.reading.workers import Recipe
from scanner.crawl.run import Report, Task, run_all
from scanner.crawl.walk.looking import SHOWABLE, page_of, reason
from scanner.crawl.walk.storefront import Storefront, Walk
from scanner.errors import InputError, PageError, SealError, StoreError, UsageError
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.journal.pairs import REVISIT, line_of
from scanner.leads.gather import seller_name
from scanner.model import FieldNow, Listing, Outcome, QuoteNow, Revisit, RevisitResult
from scanner.store.draft import seller_key
from scanner.store.revisits import TOLD

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scanner.crawl.reading.links import Link
    from scanner.crawl.reading.parts import Part
    from scanner.crawl.walk.pieces import Held
    from scanner.home import Home
    from scanner.model import Capture, CaseFile, Finding, Named, Seller
    from scanner.page import Page
    from scanner.store.book import Book

MAX_HOPS = 10  # redirects followed
MANY = 2000  # listings of a seller looked through for the same goods
RecipeOf = Callable[[str, str], Recipe]  # (family's name, address) -> how a worker makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One page to look at: what it said, what the lead holds of it, what else is ``known`` of it, its capture, and the
    request that brought it."""

    subject: Listing | Seller
    found: tuple[Finding, ...]
    known: tuple[Finding, ...]
    capture: Capture
    method: str
    body: bytes
    recipe: Recipe


def pages(book: Book, case: CaseFile, shelf: Shelf, recipe_of: RecipeOf) -> list[Again]:
    """The pages that a lead's findings stand on, each in the latest version that has findings, by address. What was brought
    under no address of the web cannot be looked at and is left out."""
    captures = {one.id: one for one in case.captures}
    subjects = case.subjects
    latest: dict[str, tuple[Capture, str]] = {}
    for proof in case.proofs:
        capture, finding = captures.get(proof.capture), proof.finding
        if capture is None or (finding.subject_id, finding.version) not in subjects:
            continue
        known = latest.get(finding.subject_id)
        if known is None or (capture.time, capture.id) > (known[0].time, known[0].id):
            latest[finding.subject_id] = capture, finding.version
    made = []
    for subject_id, (capture, version) in latest.items():
        if urlsplit(capture.url).scheme not in ("http", "https"):
            continue
        subject = subjects[subject_id, version]
        found = tuple(
            p.finding for p in case.proofs if (p.finding.subject_id, p.finding.version) == (subject_id, version)
        )
        method, body = _asked(shelf, capture)
        made.append(Again(
            subject=subject, found=found, known=tuple(book.standing(subject_id, version)), capture=capture, method=method, body=body,
            recipe=Recipe(family=Rereading, arguments=(("inner", recipe_of(subject.family, capture.url)),)),
        ))  # fmt: skip
    return sorted(made, key=lambda one: (one.capture.url, one.subject.id))


def revisit(
    home: Home, lead: int, again: Sequence[Again], *, render: str = "auto", allow: Sequence[str] = ()
) -> tuple[Report, list[Revisit]]:
    """Look at the pages and keep the pairs, in the pages' order. Raises RefusedAddress before anything is fetched if an
    address may not be."""
    if not again:
        raise UsageError(
            f"{lead} 号线索没有可以再访问的网址", where="LEAD", hint="别人带来的页面要再取得一次，用 import 导入"
        )
    pairs: list[Revisit] = []
    walk = Walk(
        family=Revisiting, urls=tuple(one.capture.url for one in again),
        arguments={"lead": lead, "again": tuple(again), "pairs": pairs},
    )  # fmt: skip
    task = Task(kind="revisit", walks=(walk,), pages=len(again), render=render, allow=tuple(allow))
    (report,) = run_all(home, [task])
    places = {one.subject.id: number for number, one in enumerate(again)}
    return report, sorted(pairs, key=lambda pair: places[pair.subject_id])


class Rereading:
    """A family that reads a page it read before, and tells goods taken off sale from every other page that fails."""

    def __init__(self, inner: Recipe) -> None:
        self._family = inner.make()

    def parts(self, page: Page) -> tuple[Part, ...]:
        return self._family.parts(page)

    def outcome(self, page: Page) -> Outcome | None:
        seen = self._family.outcome(page)
        return None if seen is Outcome.ERROR and says_gone(page) else seen

    def read(self, page: Page) -> Listing | Seller | None:
        if self._family.outcome(page) is not None:
            raise PageError(comparing.GONE)
        return self._family.read(page)

    def products(self, page: Page) -> Iterable[Link]:
        return self._family.products(page)

    def stated(self, page: Page) -> None:
        return None

    def named(self, page: Page) -> tuple[Named, ...]:
        return ()

    def more(self, page: Page, links: Sequence[Link]) -> bool:
        return False


class Revisiting(Storefront):
    """The spider of a revisit. It is given its pages and follows nothing but redirects."""

    name = "revisit"

    def __init__(
        self, *, lead: int = 0, again: tuple[Again, ...] = (), pairs: list[Revisit] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._lead, self._looked_for, self._pairs = lead, again, pairs if pairs is not None else []
        self._hops: dict[int, list[Capture]] = {}  # by the page's number
        self._ends: dict[str, tuple[int, str, int]] = {}  # capture -> (page's number, address and status at the end)

    def search(self, url: str, words: str = "") -> Iterable[Link]:
        return ()

    def products(self, page: Page) -> Iterable[Link]:
        return ()

    def read(self, page: Page) -> Listing | Seller | None:
        return None

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self._tell()
        for number, one in enumerate(self._looked_for):
            browser = one.method == "GET" and one.capture.media_type in SHOWABLE and self._may_render()
            yield self._ask(number, one.capture.url, one.method, one.body, browser=browser)

    async def back(self, response: Response) -> AsyncIterator[Looked | scrapy.Request]:
        """An answer: a redirect is kept and followed, anything else is the page as it is now."""
        capture, number = self._sealed(response), response.meta["number"]
        hops = self._hops.setdefault(number, [])
        if 300 <= response.status < 400 and (to := response.headers.get("Location")) and len(hops) < MAX_HOPS:
            hops.append(capture)
            url = urljoin(response.url, to.decode("latin-1"))
            kept = response.status in (307, 308)  # RFC 9110 15.4: the method stays
            one = self._looked_for[number]
            try:
                yield self._ask(number, url, one.method if kept else "GET", one.body if kept else b"", browser=False)
                return
            except ValueError:  # an address that Scrapy takes for none
                hops.pop()
        seen = await self._see(response, capture)
        if seen.look.outcome is Outcome.EMPTY and not response.meta.get("browser") and self._may_render():
            hops.append(capture)
            yield self._ask(number, response.url, "GET", b"", browser=True)
            return
        self.tally.count(seen.look.outcome)
        self._ends[capture.id] = number, response.url, response.status
        async for item in self.looked_at(response, seen):
            yield item
        self._tell()

    def away(self, failure: Failure) -> Iterator[scrapy.Request]:
        """No answer: a browser's visit that failed is made again over HTTP; else nothing can be said, and that is kept."""
        request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, SealError | StoreError):
            self.stop(failure.value)
            return
        number, capture = request.meta["number"], request.meta.get("capture")
        if request.meta.get("browser") and not isinstance(failure.value, IgnoreRequest):
            self._hops.setdefault(number, []).extend([capture] if capture is not None else [])
            yield self._ask(number, request.url, "GET", b"", browser=False)
            return
        outcome, why = reason(failure)
        self.tally.lose(request.url, outcome, why)
        self._pair(number, Looked(capture=capture, look=Look(outcome=outcome, why=why)), request.url, 0)

    # --- inside ------------------------------------------------------------------------------------------------

    def _ask(self, number: int, url: str, method: str, body: bytes, *, browser: bool) -> scrapy.Request:
        one = self._looked_for[number]
        sent = dict(asked.JSON if body[:1] in (b"{", b"[") else asked.FORM) if body else {}
        meta = self._asking(
            one.capture.storefront, number=number, dont_redirect=True, **({"browser": True} if browser else {})
        )
        return scrapy.Request(
            url, callback=self.back, errback=self.away, method=method, body=body, headers=sent, meta=meta,
            dont_filter=True,
        )  # fmt: skip

    async def _see(self, response: Response, capture: Capture) -> Any:
        assert self._session.workers is not None
        number = response.meta.get("number")
        recipe = self._looked_for[number].recipe if number is not None else self.recipe
        return await self._session.workers.look(page_of(response, capture), recipe, clock.day(capture.time))

    def _second_look_due(self, capture: Capture, look: Look) -> bool:
        return False  # this is one

    async def _go_on(self, held: Held) -> AsyncIterator[Looked | scrapy.Request]:
        async for item in super()._go_on(held):
            end = self._ends.pop(held.capture.id, None) if isinstance(item, Looked) else None
            if isinstance(item, Looked) and end is not None:
                self._pair(end[0], item, end[1], end[2])
            else:
                yield item

    def _pair(self, number: int, item: Looked, ended: str, status: int) -> None:
        """Journal the pair, then keep the look and the pair."""
        one, session, hops = self._looked_for[number], self._session, self._hops.pop(number, [])
        try:
            pair = paired(one, item, session.book, lead=self._lead, ended=ended, status=status, through=hops)
            session.journal.append(REVISIT, {"crawl": self.crawl, **line_of(pair)}).result()
            with session.book.write():
                for hop in hops:
                    session.book.save_capture(hop, Outcome.EMPTY, self.crawl)
                keep(session, item)
                session.book.save_revisit(pair)
        except (SealError, StoreError) as error:
            self.stop(error)
            return
        self._pairs.append(pair)


def paired(
    one: Again, item: Looked, book: Book, *, lead: int, ended: str, status: int, through: Sequence[Capture]
) -> Revisit:
    """What a look at a page again comes to. ``ended``, ``status``: where the look ended, and with which status."""
    look, before = item.look, one.subject
    came = comparing.came_to(before, look, asked=one.capture.url, ended=ended, status=status)
    told: tuple[QuoteNow, ...] = ()
    fields: tuple[FieldNow, ...] = ()
    if came is None:
        told, fields = (
            comparing.quotes(before, one.found, look, known=one.known),
            comparing.fields(before, look.subject),
        )
        came = comparing.result(told, fields)
        if came.result in TOLD and book.last_revisit(before.id) is RevisitResult.GONE:
            came = comparing.Came(RevisitResult.RELISTED, "上次复查时已下架，这次又有了")
    elif came.result is RevisitResult.CHANGED:
        told = comparing.quotes(before, one.found, Look(outcome=look.outcome))
    alike = _alike(before, look, book) if came.result in (RevisitResult.GONE, RevisitResult.MOVED) or (
        came.result is RevisitResult.CHANGED and not fields and told and all(q.change == "gone" for q in told)
    ) else ()  # fmt: skip
    return Revisit(
        lead=lead, subject="listing" if isinstance(before, Listing) else "seller", subject_id=before.id,
        url=one.capture.url, before=one.capture.id, after=item.capture.id if item.capture is not None else "",
        through=tuple(hop.id for hop in through), version=before.version,
        version_after=look.subject.version if look.subject is not None else "",
        time=item.capture.time if item.capture is not None else clock.now(), result=came.result, why=came.why,
        moved_to=ended if came.result is RevisitResult.MOVED else "", quotes=told, fields=fields, alike=alike,
    )  # fmt: skip


def _alike(before: Listing | Seller, look: Look, book: Book) -> tuple[Any, ...]:
    """The seller's other listings that may be the same goods."""
    if not isinstance(before, Listing):
        return ()
    key = seller_key(before.storefront, seller_name(before))
    others = {known.subject.id: known.subject for known in book.listings(key=key, limit=MANY)}
    if isinstance(look.subject, Listing):
        others[look.subject.id] = look.subject
    others.pop(before.id, None)
    return comparing.alike(
        before, others.values(), {one.id: _pictures(one, book) for one in (before, *others.values())}
    )


def _pictures(listing: Listing, book: Book) -> frozenset[str]:
    """SHA-256 of the pictures that a listing was read with, as far as they were fetched for it."""
    sealed = (book.capture(capture) for capture in book.pieces(listing))
    return frozenset(s.capture.digest for s in sealed if s is not None and s.capture.media_type.startswith("image/"))


def _asked(shelf: Shelf, capture: Capture) -> tuple[str, bytes]:
    """How the page was asked for."""
    try:
        answer = shelf.read(capture)
    except InputError:  # purged, say: then as a visitor would
        return "GET", b""
    return (answer.method, answer.request_body) if answer.method in ("GET", "POST") else ("GET", b"")
