"""The base of all storefront spiders: it walks; a family only says where things are.

Owns: turning the links of a page into requests, the order (sellers and products first), the page budget, the end of
the walk at paging loops, the second look, a second pass over lists that came short, and what each address came to. Leaves to others: where things are (the
family's three methods), sealing (``sealing``), judging (``line``), keeping (``keep``), safety (``settings``).
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, DownloadCancelledError, IgnoreRequest
from scrapy.utils.defer import deferred_from_coro

from scanner import clock
from scanner.crawl.complete import Key, Lists
from scanner.crawl.keep import Looked
from scanner.crawl.line import Look
from scanner.crawl.links import Kind, Link, Stated, canonical, site, storefront_of
from scanner.crawl.outcome import outcome
from scanner.crawl.pictures import sealed_answers
from scanner.crawl.tally import Tally
from scanner.crawl.workers import Recipe, Seen
from scanner.errors import SealError, StoreError, UsageError
from scanner.model import Lane, Listing, Outcome, SecondLook, Seller
from scanner.page import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scanner.crawl.offers import Offer
    from scanner.crawl.session import Session
    from scanner.model import Capture, Named

# More certain and more telling pages first, so that a budget spent is spent well.
PRIORITY = {Kind.SELLER: 30, Kind.PRODUCT: 20, Kind.LIST: 10}
SECOND_LOOK = 100
MAX_NAMED = 200  # of one list; the longest page of a platform shows 60
KEPT = ("crawl", "storefront", "scope", "start", "narrow", "product", "again", "browser")  # in a request made anew
SHOWABLE = ("text/html", "application/xhtml+xml")
# An address that says it is a category or a list: the walk then stays within it.
CATEGORY = re.compile(r"categor|catalog|/cat/|/c/|list|search|[?&](?:cid|cat|category_id)=", re.IGNORECASE)


class Storefront(scrapy.Spider):
    """A storefront family. Its three methods are functions of a page and nothing else, so saved pages test them."""

    name = ""
    sites: ClassVar[tuple[str, ...]] = ()  # the registrable names of a platform; empty: a family of any shop's
    verified: ClassVar[bool] = True  # False: built from public descriptions, no real page of it was seen

    def __init__(
        self,
        *,
        session: Session | None = None,
        urls: tuple[str, ...] = (),
        words: str = "",
        pages: int = 500,
        render: str = "auto",
        crawl: str = "",
        watch: Callable[[Storefront], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(self.name, **kwargs)
        self.session = session
        self.urls, self.words, self.budget, self.render, self.crawl = urls, words, pages, render, crawl
        self.tally = Tally()
        self.fatal: BaseException | None = None
        self._watch = watch
        self.lists: Lists[scrapy.Request] = Lists()
        self._asked: set[Key] = set()
        self._repeated = 0  # pages of lists asked for once more; the budget counts them
        self._lists: set[tuple[str, frozenset[tuple[str, bytes]]]] = set()
        self._hosts: set[str] = set()
        self._looked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.session is None:  # scrapy crawl: nothing would be sealed, so nothing is fetched
            raise UsageError("爬虫要由清网启动，才能封存取证", hint="用 qingwang scan 网址")
        crawler.signals.connect(spider.broken, signals.spider_error)
        crawler.signals.connect(spider.unkept, signals.item_error)
        crawler.signals.connect(spider.idle, signals.spider_idle)
        return spider

    # --- what a family says ------------------------------------------------------------------------------------

    @classmethod
    def at(cls, url: str) -> bool:
        """Whether an address is one of this family's, as far as an address can say."""
        return bool(cls.sites) and site(urlsplit(url).netloc) in cls.sites

    @staticmethod
    def recognises(page: Page) -> bool:
        """Whether the page is one of the platform's, told by what it shows; a family of any shop's says no."""
        return False

    @staticmethod
    def offers(page: Page) -> tuple[Offer, ...]:
        """What a list shows of each of its products; nothing where the family does not read lists as such."""
        return ()

    def named(self, page: Page) -> tuple[Named, ...]:
        """What a list names, in its order, to be kept with its capture and shown; at most ``MAX_NAMED``."""
        return tuple(offer.named for offer in self.offers(page)[:MAX_NAMED])

    @abstractmethod
    def search(self, url: str, words: str = "") -> Iterable[Link]:
        """Where to begin for an address, with search words if any."""

    @abstractmethod
    def products(self, page: Page) -> Iterable[Link]:
        """The links of a page worth following: products, further lists, the seller's pages."""

    @abstractmethod
    def read(self, page: Page) -> Listing | Seller | None:
        """What the page says; None if it is neither a product's nor a seller's. PageError when in doubt."""

    def stated(self, page: Page) -> Stated | None:
        """How many products the list says it has in all; None where it does not say, or is none."""
        return None

    def outcome(self, page: Page) -> Outcome | None:
        """Why the page cannot be read; None when it can. A family that knows its platform's walls, or reads a page
        that looks empty without scripts, says so before it asks this one."""
        return outcome(page)

    @property
    def recipe(self) -> Recipe:
        """How a worker makes this family; one that wants to know more than pages adds it here."""
        return Recipe(family=type(self))

    # --- the walk ----------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self._tell()
        for url in self.urls:
            self._hosts.add(storefront_of(url))
            for link in self.search(url, self.words):
                self._hosts.add(storefront_of(link.url))
                for request in self._requests([link], start=url):
                    yield request

    async def page(self, response: Response) -> AsyncIterator[Looked | scrapy.Request]:
        """One sealed answer: read, judged, handed to keeping, its links followed."""
        capture: Capture = response.meta["capture"]
        seen = await self._see(response, capture)
        look = seen.look
        if look.outcome is Outcome.EMPTY and self._may_render() and capture.lane is not Lane.BROWSER:
            yield Looked(capture=capture, look=look)
            self.tally.count(look.outcome)
            yield response.request.replace(  # type: ignore[union-attr]
                meta={**_meta(response), "browser": True}, dont_filter=True, priority=SECOND_LOOK
            )
            return
        if capture.lane is Lane.BROWSER:
            look = await self._pictured(look, capture) or look
        self._count(response, seen)
        yield Looked(capture=capture, look=look)
        if self._wants_second_look(capture, look):
            yield self._second_request(response, look)
        self._keep_list(response, seen)
        for request in self._follow(seen, response):
            yield request

    async def second_look(self, response: Response, first: Look) -> AsyncIterator[Looked]:
        """The browser's visit to a page with findings: does it still say so?"""
        capture: Capture = response.meta["capture"]
        again = (await self._see(response, capture)).look
        seen = _compare(first, again)
        self.tally.confirmed[seen] += 1
        yield Looked(capture=capture, look=again, first=first, second_look=seen)
        pictured = await self._pictured(again, capture)
        if pictured is not None:  # what the pictures say makes a version of its own, with this capture for evidence
            yield Looked(capture=capture, look=pictured, told=first.findings)

    def lost(self, failure: Failure) -> Iterator[Looked]:
        """An address that did not come back whole. What was captured of it stays a capture, with its outcome."""
        request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, SealError | StoreError):
            self.stop(failure.value)
        outcome, reason = _reason(failure)
        first: Look | None = request.cb_kwargs.get("first")
        capture: Capture | None = request.meta.get("capture")
        if first is not None:
            self.tally.confirmed[SecondLook.NOT_REACHED] += 1
            yield Looked(capture=capture, look=Look(outcome=outcome, why=reason), first=first,
                         second_look=SecondLook.NOT_REACHED)  # fmt: skip
            return
        self.tally.lose(request.url, outcome, reason)
        if capture is not None:
            self.tally.pages += 1
            yield Looked(capture=capture, look=Look(outcome=outcome, why=reason))

    def idle(self) -> None:
        """Nothing is left to ask for: lists that came short are gone through once more."""
        engine = self.crawler.engine
        if self.fatal is not None or self.tally.left or engine is None:
            return
        requests = list(self._again())
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def broken(self, failure: Failure, response: Response) -> None:
        """A fault of our own around a page: it counts as lost, the crawl goes on."""
        self.tally.lose(response.url, Outcome.ERROR, f"程序错误：{type(failure.value).__name__}: {failure.value}"[:500])

    def unkept(self, item: Looked, response: Response | None, failure: Failure) -> None:
        """What was looked at could not be kept: going on would lose pages without a trace."""
        self.stop(failure.value)

    def stop(self, error: BaseException | None) -> None:
        """End the crawl for good; ``run`` raises the first such error when the spiders have ended."""
        if self.fatal is None:
            self.fatal = error
            engine = self.crawler.engine
            if engine is not None:
                deferred_from_coro(engine.close_spider_async(reason="stopped"))

    def closed(self, reason: str) -> None:
        """Scrapy's last word; anything but ``finished`` (Ctrl-C, a stop) leaves pages behind."""
        self.tally.lists = self.lists.counted()
        if reason != "finished":
            self.tally.lost.append(("", f"巡查被中止（{reason}）"))

    # --- inside ------------------------------------------------------------------------------------------------

    async def _see(self, response: Response, capture: Capture) -> Seen:
        """The page through a worker's eyes, judged as of the day of its capture in Beijing."""
        assert self.session is not None
        assert self.session.workers is not None
        day = capture.time.astimezone(clock.BEIJING).date()
        return await self.session.workers.look(page_of(response, capture), self.recipe, day)

    async def _pictured(self, look: Look, capture: Capture) -> Look | None:
        """A browser's look with the text of the pictures it loaded; None where that adds nothing."""
        assert self.session is not None
        pictures = self.session.pictures
        if not pictures.relevant(look):
            return None
        return await pictures.look(look, sealed_answers(capture), capture.time.astimezone(clock.BEIJING).date())

    def _tell(self) -> None:
        if self._watch is not None:
            self._watch(self)

    def _count(self, response: Response, seen: Seen) -> None:
        look = seen.look
        self.tally.count(look.outcome)
        if seen.fault:
            self.tally.lost.append((response.url, seen.fault))
        if isinstance(look.subject, Listing):
            self.tally.listings.add(look.subject.id)
        elif isinstance(look.subject, Seller):
            self.tally.sellers.add(look.subject.id)
        product: Key | None = response.meta.get("product")
        if product is not None and look.outcome is not Outcome.NOT_A_PRODUCT:
            self.lists.became(product, look.subject.id if isinstance(look.subject, Listing) else "")
        if response.status >= 500 or (response.status >= 400 and response.meta.get("start")):
            # 404 says that there is no such page; 5xx says nothing of the page, which may be the one that matters.
            self.tally.lost.append((response.url, f"HTTP {response.status}"))
        self._tell()

    def _may_render(self) -> bool:
        assert self.session is not None
        return self.render != "never" and self.session.browser_ready

    def _wants_second_look(self, capture: Capture, look: Look) -> bool:
        """Once for each thing said with findings, however many addresses say it; only what a browser can show."""
        if not look.findings or look.subject is None or not self._may_render():
            return False
        if capture.lane is not Lane.HTTP or capture.media_type not in SHOWABLE:
            return False
        fresh = look.subject.version not in self._looked
        self._looked.add(look.subject.version)
        return fresh

    def _second_request(self, response: Response, look: Look) -> scrapy.Request:
        return scrapy.Request(
            response.url,
            callback=self.second_look,
            errback=self.lost,
            cb_kwargs={"first": look},
            meta={"browser": True, "crawl": self.crawl, "storefront": response.meta["storefront"]},
            dont_filter=True,
            priority=SECOND_LOOK,
        )

    def _follow(self, seen: Seen, response: Response) -> Iterator[scrapy.Request]:
        look, hosts = seen.look, self._hosts | {response.meta["capture"].storefront}
        # A platform's lists, items and shops have hosts of their own.
        links = [link for link in seen.links if storefront_of(link.url) in hosts or self.at(link.url)]
        start, narrow = response.meta.get("start", ""), response.meta.get("narrow", False)
        if isinstance(look.subject, Listing):
            # A product's page leads only to who sells it; was it the address given, the walk ends there.
            links = [link for link in links if link.kind is Kind.SELLER]
            narrow = narrow or bool(start)
        elif narrow:
            links = []
        elif not response.meta.get("again") and self._loops(response.url, links):
            links = [link for link in links if link.kind is not Kind.LIST]
        scope = start or response.meta.get("scope", "")
        # A platform's family returns only what belongs to the list it was given, whatever its address looks like.
        kept = links if self.sites else [link for link in links if _within(link, scope)]
        yield from self._requests(kept, scope=scope, narrow=narrow)

    def _keep_list(self, response: Response, seen: Seen) -> None:
        request = response.request
        if seen.stated is None or request is None:
            return
        products = [_key(link) for link in seen.links if link.kind is Kind.PRODUCT]
        key = (request.method, canonical(request.url), request.body)
        self.lists.page(seen.stated, response.url, key, request, products)

    def _again(self) -> Iterator[scrapy.Request]:
        for request in self.lists.again():
            if len(self._asked) + self._repeated >= self.budget:
                self.tally.left += 1
                continue
            self._repeated += 1
            meta = {key: request.meta[key] for key in KEPT if key in request.meta}
            yield request.replace(meta={**meta, "again": True}, dont_filter=True)

    def _loops(self, url: str, links: list[Link]) -> bool:
        """Whether this list shows exactly the products that another page of the same list has shown."""
        # With its body: behind a JSON interface all products share one address, and the id is what is posted.
        shown = frozenset((canonical(link.url), link.body) for link in links if link.kind is Kind.PRODUCT)
        if not shown:
            return False
        key = (urlsplit(url).path, shown)
        known = key in self._lists
        self._lists.add(key)
        return known

    def _requests(
        self, links: Iterable[Link], *, start: str = "", scope: str = "", narrow: bool = False
    ) -> Iterator[scrapy.Request]:
        for link in links:
            key = _key(link)
            if key in self._asked:
                continue
            self._asked.add(key)
            if len(self._asked) + self._repeated > self.budget:
                self.tally.left += 1
                continue
            meta: dict[str, Any] = {"crawl": self.crawl, "storefront": storefront_of(link.url), "scope": scope or start}
            if start:
                meta["start"] = start
            if narrow:
                meta["narrow"] = True
            if link.kind is Kind.PRODUCT:
                meta["product"] = key
            if self.render == "always":
                meta["browser"] = True
            yield scrapy.Request(
                link.url, callback=self.page, errback=self.lost, method=link.method, body=link.body,
                headers=dict(link.headers), meta=meta, priority=PRIORITY[link.kind], dont_filter=True,
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One storefront to walk: its family, where to begin, and what the family itself wants to know."""

    family: type[Storefront]
    urls: tuple[str, ...]
    arguments: dict[str, Any]


def _key(link: Link) -> Key:
    return link.method, canonical(link.url), link.body


def _meta(response: Response) -> dict[str, Any]:
    return {key: response.meta[key] for key in KEPT if key in response.meta}


def _within(link: Link, scope: str) -> bool:
    """Whether a link belongs to the address the person gave: below a category, only that category's lists."""
    if link.kind is not Kind.LIST or not scope or not CATEGORY.search(urlsplit(scope)._replace(netloc="").geturl()):
        return True
    return urlsplit(link.url).path.startswith(urlsplit(scope).path.rstrip("/") or "/")


def _compare(first: Look, again: Look) -> SecondLook:
    """*Confirmed* when every finding of the first look stands again with the same rule and quote."""
    if again.outcome is not Outcome.READ:
        return SecondLook.NOT_REACHED
    stands = {(finding.rule, finding.quote) for finding in again.findings}
    same = all((finding.rule, finding.quote) in stands for finding in first.findings)
    return SecondLook.CONFIRMED if same else SecondLook.CHANGED


def _reason(failure: Failure) -> tuple[Outcome, str]:
    """The outcome and reason of a failed download, in words an analyst can use."""
    error = failure.value
    text = str(error)
    if isinstance(error, DownloadCancelledError):
        return Outcome.TOO_LARGE, "页面超过大小上限，已中止"
    if isinstance(error, IgnoreRequest):
        if "robots.txt" in text:
            return Outcome.REFUSED, "网站的 robots.txt 不允许访问"
        if text.startswith("refused"):
            return Outcome.REFUSED, text.removeprefix("refused: ")
        if "redirect" in text:
            return Outcome.ERROR, "重定向次数过多（循环）"
        return Outcome.TOO_LARGE, "解压后超过大小上限，已中止"
    return Outcome.ERROR, f"没有得到完整应答：{type(error).__name__}"


def page_of(response: Response, capture: Capture) -> Page:
    """The page a family reads: the answer's decoded bytes with its headers, and the capture it came from."""
    request = response.request
    assert request is not None
    headers = tuple((name, value) for name, values in response.headers.items() for value in values)
    return Page(
        url=response.url,
        status=response.status,
        headers=headers,
        body=response.body,
        capture=capture.id,
        time=capture.time,
        method=request.method,
        request_body=request.body,
        storefront=capture.storefront,
    )
