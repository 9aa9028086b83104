"""The base of all storefront spiders: it walks; a family only says where things are.

Owns: turning the links of a page into requests, the order (sellers and products first), the page budget, the end of
the walk at paging loops, a second pass over lists that came short. Leaves to others: where things are (the family's
three methods), what becomes of a page (``looking``), safety (``settings``).
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider

from scanner.crawl.keep import Looked
from scanner.crawl.reading.links import Kind, Link, Stated, key, site, storefront_of
from scanner.crawl.reading.outcome import outcome
from scanner.crawl.reading.workers import Recipe, Seen
from scanner.crawl.stops import Stops
from scanner.crawl.walk.complete import Key, Lists
from scanner.crawl.walk.frontier import OURS, request_of
from scanner.crawl.walk.looking import SECOND, SECOND_LOOK, Looking
from scanner.errors import UsageError
from scanner.model import Lane, Listing, Outcome, SecondLook, Seller
from scanner.page import Page
from scanner.store.frontier import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scanner.crawl.reading.offers import Offer
    from scanner.crawl.reading.parts import Part
    from scanner.crawl.session import Session
    from scanner.model import Named
    from scanner.store.frontier import Frontier as Rows

# More certain and more telling pages first, so that a budget spent is spent well.
PRIORITY = {Kind.SELLER: 30, Kind.PRODUCT: 20, Kind.LIST: 10}
KEPT = (*OURS, "row")  # in a request made anew
BY_HAND = ("shutdown", "forced")  # how Scrapy, and we, call an end by Ctrl-C or a signal to stop
MAX_NAMED = 200  # of one list; the longest page of a platform shows 60
_AGAIN = "again "  # begins the key of a page of a list that is asked for once more
# An address that says it is a category or a list: the walk then stays within it.
CATEGORY = re.compile(r"categor|catalog|/cat/|/c/|list|search|[?&](?:cid|cat|category_id)=", re.IGNORECASE)


class Storefront(Looking):
    """A storefront family. Its three methods are functions of a page and nothing else, so saved pages test them."""

    name = ""
    sites: ClassVar[tuple[str, ...]] = ()  # the registrable names of a platform; empty: a family of any shop's
    verified: ClassVar[bool] = True  # False: built from public descriptions, no real page of it was seen

    def __init__(
        self,
        *,
        session: Session | None = None,
        urls: tuple[str, ...] = (),
        words: tuple[str, ...] = (),
        pages: int = 500,
        render: str = "auto",
        crawl: str = "",
        frontier: Path | None = None,
        obey_robots: bool = True,
        stops: Stops | None = None,
        watch: Callable[[Storefront], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            session=session, render=render, crawl=crawl, obey_robots=obey_robots, stops=stops or Stops(), name=self.name,
            **kwargs,
        )  # fmt: skip
        self.urls, self.words, self.budget = urls, words, pages
        self.frontier = frontier or Path()  # the file of its frontier
        self._watch = watch
        self.lists: Lists[scrapy.Request] = Lists()
        self._asked: set[Key] = set()
        self._repeated = 0  # pages of lists asked for once more; the budget counts them
        self._lists: set[tuple[str, frozenset[Key]]] = set()
        self._hosts: set[str] = set()

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

    @staticmethod
    def parts(page: Page) -> tuple[Part, ...]:
        """What the page is a part of, where it is no page of its own: an answer with a product's description or price."""
        return ()

    def named(self, page: Page) -> tuple[Named, ...]:
        """What a list names, in its order, to be kept with its capture and shown; at most ``MAX_NAMED``."""
        return tuple(offer.named for offer in self.offers(page)[:MAX_NAMED])

    @abstractmethod
    def search(self, url: str, words: str = "") -> Iterable[Link]:
        """Where to begin for an address, with search words if any."""

    @abstractmethod
    def products(self, page: Page) -> Iterable[Link]:
        """The links of a page worth following: products, further lists, the seller's pages, parts of the product."""

    @abstractmethod
    def read(self, page: Page) -> Listing | Seller | None:
        """What the page says; None if it is neither a product's nor a seller's. PageError when in doubt."""

    def stated(self, page: Page) -> Stated | None:
        """How many products the list says it has in all; None where it does not say, or is none."""
        return None

    def more(self, page: Page, links: Sequence[Link]) -> bool:
        """Whether the page may lead to more than ``links``, all that ``products`` gives of it."""
        return False

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
            for words in self.words or ("",):
                for link in self.search(url, words):
                    self._hosts.add(storefront_of(link.url))
                    for request in self._requests([link], start=url):
                        yield request

    async def page(self, response: Response) -> AsyncIterator[Looked | scrapy.Request]:
        """One sealed answer: read, judged, handed to keeping, its links followed."""
        capture = self._sealed(response)
        seen = await self._see(response, capture)
        look = seen.look
        if look.outcome is Outcome.EMPTY and self._may_render() and capture.lane is not Lane.BROWSER:
            yield Looked(capture=capture, look=look)
            self.tally.count(look.outcome)
            self.came_to(response.meta, look.outcome)
            yield response.request.replace(  # type: ignore[union-attr]
                meta={**_meta(response), "browser": True}, dont_filter=True, priority=SECOND_LOOK
            )
            return
        self._count(response, seen)
        self._keep_list(response, seen)
        for request in self._follow(seen, response):
            yield request
        async for item in self.looked_at(response, seen):
            yield item

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

    def closed(self, reason: str) -> None:
        """Scrapy's last word; anything but ``finished`` (Ctrl-C, a stop) leaves pages behind."""
        self.tally.lists = self.lists.counted()
        super().closed(reason)
        if reason in BY_HAND:
            self.stops.by_hand = True
        if reason != "finished":
            why = "巡查被人中止（Ctrl-C 或者停机）" if reason in BY_HAND else f"巡查被中止（{reason}）"
            self.tally.lost.append(("", self.stopped or why))

    def recall(self, store: Rows) -> None:
        """What a crawl that goes on after a death had done before: what was asked, and what it came to."""
        self.rows = store
        for asked in store.asked():
            if asked.startswith(_AGAIN):
                self._repeated += 1
            elif not asked.startswith(SECOND):
                self._asked.add(asked)
        for one in store.ended():
            request = request_of(one.request, self)
            if one.state is State.GIVEN_UP:
                self.tally.lose(request.url, Outcome.ERROR, "几次抓取到这个页面时程序中断，不再抓取")
            else:
                self._recall(request, json.loads(one.result))

    # --- inside ------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        if self._watch is not None:
            self._watch(self)

    def _count(self, response: Response, seen: Seen) -> None:
        look = seen.look
        self.tally.count(look.outcome)
        if isinstance(look.subject, Listing):
            self.tally.listings.add(look.subject.id)
        elif isinstance(look.subject, Seller):
            self.tally.sellers.add(look.subject.id)
        self._became(response.meta, look.outcome, look.subject.id if isinstance(look.subject, Listing) else "")
        lost = _missed(response, seen)
        if lost:
            self.tally.lost.append((response.url, lost))
        self.came_to(response.meta, look.outcome, subject=look.subject, lost=(response.url, lost) if lost else None)
        self._tell()

    def _became(self, meta: Mapping[str, Any], outcome: Outcome, listing: str) -> None:
        product: Key | None = meta.get("product")
        if product is not None:
            self.tally.products[outcome] += 1
        if product is not None and outcome is not Outcome.NOT_A_PRODUCT:
            self.lists.became(product, listing)

    def _recall(self, request: scrapy.Request, result: dict[str, Any]) -> None:
        """One request that had come to its end."""
        for word in result.get("outcomes", ()):
            self.tally.count(Outcome(word))
        for url, why in result.get("lost", ()):
            self.tally.lost.append((url, why))
        for word in (*result.get("failed", ()), *result.get("walls", ())):
            self.tally.outcomes[Outcome(word)] += 1
        self.tally.pages += result.get("cut", 0)
        self.tally.left += result.get("left", 0)
        listing = result.get("listing", "")
        self.tally.listings |= {listing} - {""}
        self.tally.sellers |= {result.get("seller", "")} - {""}
        if outcomes := result.get("outcomes"):
            self._became(request.meta, Outcome(outcomes[-1]), listing)
        if "list" in result:
            name, total, products = result["list"]
            asked = key(request.method, request.url, request.body)
            self.lists.page(Stated(name, total), request.url, asked, request, products)
        if shown := result.get("shown"):
            self._lists.add((urlsplit(request.url).path, frozenset(shown)))
        if "second" in result:
            self.tally.confirmed[SecondLook(result["second"])] += 1
            self._looked.add(request.meta["of"][2])

    def _follow(self, seen: Seen, response: Response) -> Iterator[scrapy.Request]:
        look, hosts = seen.look, self._hosts | {response.meta["capture"].storefront}
        # A platform's lists, items and shops have hosts of their own.
        ways = [link for link in seen.links if link.kind is not Kind.PART]
        links = [link for link in ways if storefront_of(link.url) in hosts or self.at(link.url)]
        start, narrow = response.meta.get("start", ""), response.meta.get("narrow", False)
        if isinstance(look.subject, Listing):
            # A product's page leads only to who sells it; was it the address given, the walk ends there.
            links = [link for link in links if link.kind is Kind.SELLER]
            narrow = narrow or bool(start)
        elif narrow:
            links = []
        elif not response.meta.get("again") and self._loops(response, links):
            links = [link for link in links if link.kind is not Kind.LIST]
        scope = start or response.meta.get("scope", "")
        # A platform's family returns only what belongs to the list it was given, whatever its address looks like.
        kept = links if self.sites else [link for link in links if _within(link, scope)]
        before = self.tally.left
        yield from self._requests(kept, scope=scope, narrow=narrow, of=self._list_of(response, seen))
        if self.tally.left > before:
            self.note(response.meta, left=self.tally.left - before)

    def _list_of(self, response: Response, seen: Seen) -> str:
        """The list that the page is one of, where it states a total."""
        if seen.stated is None:
            return ""
        return self._one_list(response.meta.get("list"), seen.stated).list

    def _keep_list(self, response: Response, seen: Seen) -> None:
        request = response.request
        if seen.stated is None or request is None:
            return
        products = [_key(link) for link in seen.links if link.kind is Kind.PRODUCT]
        stated = self._one_list(response.meta.get("list"), seen.stated)
        self.lists.page(stated, response.url, key(request.method, request.url, request.body), request, products)
        self.note(response.meta, list=[stated.list, stated.total, products])

    def _one_list(self, before: str | None, stated: Stated) -> Stated:
        """The list that a page belongs to: that of the page which called it its next one, if both state the same total.
        An address (``/list/2``) need not say that it is a page of another."""
        return Stated(before, stated.total) if before and self.lists.total(before) == stated.total else stated

    def _again(self) -> Iterator[scrapy.Request]:
        for number, request in enumerate(self.lists.again(), start=self._repeated):
            if len(self._asked) + self._repeated >= self.budget:
                self.tally.left += 1
                continue
            self._repeated += 1
            meta = {name: request.meta[name] for name in KEPT if name in request.meta and name != "row"}
            meta |= {"again": True, "key": f"{_AGAIN}{number} {meta['key'].rpartition(' ')[2]}"}
            yield request.replace(meta=meta, dont_filter=True)

    def _loops(self, response: Response, links: list[Link]) -> bool:
        """Whether this list shows exactly the products that another page of the same list has shown."""
        # With its body: behind a JSON interface all products share one address, and the id is what is posted.
        shown = frozenset(_key(link) for link in links if link.kind is Kind.PRODUCT)
        if not shown:
            return False
        page = (urlsplit(response.url).path, shown)
        known = page in self._lists
        self._lists.add(page)
        self.note(response.meta, shown=sorted(shown))
        return known

    def _requests(
        self, links: Iterable[Link], *, start: str = "", scope: str = "", narrow: bool = False, of: str = ""
    ) -> Iterator[scrapy.Request]:
        for link in links:
            wanted = _key(link)
            if wanted in self._asked:
                continue
            self._asked.add(wanted)
            if len(self._asked) + self._repeated > self.budget:
                self.tally.left += 1
                continue
            meta = self._asking(storefront_of(link.url), scope=scope or start, key=wanted)
            if start:
                meta["start"] = start
            if narrow:
                meta["narrow"] = True
            if of and link.follows:
                meta["list"] = of
            if link.kind is Kind.PRODUCT:
                meta["product"] = wanted
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
    return key(link.method, link.url, link.body)


def _meta(response: Response) -> dict[str, Any]:
    return {key: response.meta[key] for key in KEPT if key in response.meta}


def _missed(response: Response, seen: Seen) -> str:
    """Why an answer leaves something unseen, in Chinese; "" where it does not."""
    if seen.fault:
        return seen.fault
    if response.status >= 500 or (response.status >= 400 and response.meta.get("start")):
        # 404 says that there is no such page; 5xx says nothing of the page, which may be the one that matters.
        return f"HTTP {response.status}"
    if seen.more and not response.meta.get("narrow"):
        return "页面上的链接太多，只跟进了前面的一部分"
    if seen.look.outcome is Outcome.ERROR and _needed(response):
        return seen.look.why or "应答不成功，里面没有要的内容"
    return ""


def _needed(response: Response) -> bool:
    """Whether an answer that fails while it says 200 leaves something unseen: it was the address given, or an interface
    that lists or tells who sells. A product's that says so is gone, and an HTML page that says so is no page, like 404."""
    listing = "product" in response.meta
    spoken = b"json" in (response.headers.get("Content-Type") or b"").lower()
    return bool(response.meta.get("start")) or (spoken and not listing)


def _within(link: Link, scope: str) -> bool:
    """Whether a link belongs to the address the person gave: below a category, only that category's lists."""
    if link.kind is not Kind.LIST or not scope or not CATEGORY.search(urlsplit(scope)._replace(netloc="").geturl()):
        return True
    return urlsplit(link.url).path.startswith(urlsplit(scope).path.rstrip("/") or "/")
