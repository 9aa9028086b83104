"""One look at one page: loaded, let come to rest, scrolled, and what is seen taken down.

Owns: the steps of a look, each bounded in time, and what they brought. Leaves to others: the browser and the look as a
whole (``visit``), what happens on the page meanwhile (``events``), the network (``proxy``), the record.

What the page shows is asked of the browser (DevTools protocol) or in a JavaScript world of our own, never in the page's:
a script of the page could answer in its place.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from scanner import clock
from scanner.crawl.browser import boxes
from scanner.crawl.browser.bound import Cut
from scanner.crawl.browser.events import Events, bounded
from scanner.crawl.proxy.server import Proxy
from scanner.model import Resource

WIDTH, HEIGHT = 1280, 800
MAX_HEIGHT = 16_000  # pixels of a full-page screenshot; beyond 16,384 graphics libraries give up
MAX_WIDTH = 2_560
MAX_DOM = 16 * 1024 * 1024  # bytes of the DOM's or the text's UTF-8
MAX_PRINT = 16 * 1024 * 1024  # bytes of the PDF; half a PDF is none
MAX_SHEETS = 100  # of the PDF; what a longer page holds behind them is in the DOM
# A4 with the address and the number of the sheet at its foot, which Chromium fills in without running a script.
PRINT: dict[str, Any] = {
    "printBackground": True, "preferCSSPageSize": False, "paperWidth": 8.27, "paperHeight": 11.69,
    "marginTop": 0.4, "marginBottom": 0.6, "marginLeft": 0.4, "marginRight": 0.4, "pageRanges": f"1-{MAX_SHEETS}",
    "displayHeaderFooter": True, "headerTemplate": "<span></span>",
    "footerTemplate": '<div style="font-size:7px;width:100%;margin:0 10mm"><span class="url"></span>　'
                      '<span class="pageNumber"></span>/<span class="totalPages"></span></div>',
    "transferMode": "ReturnAsStream",
}  # fmt: skip
SCROLLS = 15  # of nine tenths of a screen; lists that grow for ever are left at that
QUIET = 0.4  # seconds without traffic that count as rest
DOM = """(document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '')
 + (document.documentElement ? document.documentElement.outerHTML : '')"""
TEXT = "document.body ? document.body.innerText : ''"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for a page to load, to come to rest, for each thing taken down, and for the whole look."""

    load: float = 20.0
    rest: float = 5.0
    step: float = 10.0
    all: float = 45.0


@dataclass(slots=True)
class Sight:
    """A look under way and what it brought. ``missing`` says, by resource, why it could not be taken down; ``shooting``
    is held while a full-page picture is taken, for two at once take the memory of two."""

    url: str
    proxy: Proxy
    began: datetime
    patience: Patience
    shooting: asyncio.Lock = field(default_factory=asyncio.Lock)
    events: Events = field(default_factory=Events)
    resources: list[Resource] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    error: str = ""  # what loading failed with, in Chromium's words
    loaded: bool = False
    idle: bool = False
    scrolled: int = 0
    heights: tuple[float, float] = (0.0, 0.0)  # of the page, before and after scrolling
    clipped: bool = False
    shot: tuple[int, int] = (0, 0)  # width and height of the full-page picture
    final_url: str = ""
    frames: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()  # what was ended for its size meanwhile, of this page or of the one beside it
    body: tuple[str, bool] | None = None  # the main document as Chromium holds it: (text or base64, is base64)

    @property
    def seen(self) -> bool:
        """Whether the page was seen: without its DOM there is nothing to read."""
        return any(resource.name == "dom" for resource in self.resources)

    async def look(self, context: BrowserContext) -> None:
        """Look at the page. Returns when done, or as soon as it cannot go on (``error``, ``events``)."""
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        self.events.listen(page)
        await self.events.attach(cdp)
        work = asyncio.ensure_future(self._steps(page, cdp))
        over = asyncio.ensure_future(self.events.over.wait())
        await asyncio.wait({work, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not work.done():  # the page keeps moving on, or was cut
            self.proxy.shut()
            with contextlib.suppress(TimeoutError, PlaywrightError):
                await bounded(page.close(), 2)
            await asyncio.wait({work}, timeout=2)
        if work.done():
            work.result()
        else:
            work.cancel()

    async def _steps(self, page: Page, cdp: CDPSession) -> None:
        try:
            await self._load(page)
            if self._nothing_to_see():
                return
            if not self._busy():
                self.idle = await self._rest(self.patience.rest)
                await self._step("scroll", self._scroll(page, cdp))
            await self._take(page, cdp)
        except PlaywrightError as error:  # the page or the browser is gone
            self.error = self.error or _first_line(error)

    def _nothing_to_see(self) -> bool:
        """No document, one of our own answers instead of one, or a page of which nothing more will come."""
        return not self.loaded or self.events.over.is_set() or self._denied()

    def _busy(self) -> bool:
        """Whether the host says that it is asked too much: whoever paces the requests must hear of it at once."""
        document = self.events.document
        return document is not None and document.status in (429, 503)

    def _denied(self) -> bool:
        document = self.events.document
        return document is not None and self.proxy.denial(document.mark) is not None

    async def _load(self, page: Page) -> None:
        try:
            await page.goto(self.url, wait_until="domcontentloaded", timeout=self.patience.load * 1000)
            self.loaded = True
        except PlaywrightTimeout:
            self.error = "timeout"
            self.loaded = bool(self.events.shown and self.events.navigations)  # slow, but something is there
        except PlaywrightError as error:
            self.error = _first_line(error)
            # The page moved on by itself while it loaded: what it moved to is looked at.
            self.loaded = "interrupted by another navigation" in self.error

    async def _rest(self, seconds: float) -> bool:
        """Wait until no traffic has been for a moment; False when the time ran out first (a page that polls)."""
        end = asyncio.get_running_loop().time() + seconds
        while self.proxy.quiet < QUIET:
            if asyncio.get_running_loop().time() >= end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _scroll(self, page: Page, cdp: CDPSession) -> None:
        """Scroll to the end in steps, so that what loads late loads, then back to the top."""
        height = before = (await self._content(cdp))[1]
        self.heights = (before, before)
        if height <= HEIGHT:
            return
        await page.mouse.move(WIDTH // 2, HEIGHT // 2)
        step = HEIGHT * 9 // 10
        while self.scrolled < SCROLLS and self.scrolled * step + HEIGHT < height:
            await page.mouse.wheel(0, step)
            self.scrolled += 1
            await asyncio.sleep(0.1)
            height = (await self._content(cdp))[1]
            self.heights = (before, height)
        await self._rest(self.patience.rest / 2)
        await page.mouse.wheel(0, -step * (self.scrolled + 1))
        await asyncio.sleep(0.15)

    async def _take(self, page: Page, cdp: CDPSession) -> None:
        dom = await self._step("dom", self._ask(cdp, DOM))
        if dom is None:
            return
        self._keep("dom", "text/html; charset=utf-8", dom)
        text = await self._step("text", self._ask(cdp, TEXT))
        if text is not None:
            self._keep("text", "text/plain; charset=utf-8", text)
        self.final_url = page.url
        self.frames = tuple(frame.url for frame in page.frames[1:51])
        view = await self._step("screenshot", self._shoot(cdp, WIDTH, HEIGHT))
        if view is not None:
            self._keep("screenshot", "image/png", view)
        async with self.shooting:
            # Where the words stand, on both sides of the shot: a page that moves meanwhile cannot be marked.
            before = await self._step("boxes", self._ask(cdp, boxes.BOXES))
            whole = await self._step("screenshot-full", self._shoot_all(cdp))
            after = await self._step("boxes", self._ask(cdp, boxes.BOXES))
        if whole is not None:
            self._keep("screenshot-full", "image/png", whole)
            if before is not None and after is not None:
                self._keep_boxes(before, after)
        document = self.events.document
        if document is not None:
            self.body = await self._step("cdp", self._received(cdp, document.request))
        if self._busy():
            self.missing["print"] = "网站答复请求过多，没有停留"  # asked too much: not stayed for it
            return
        # Last, for it lays the page out anew; and it may take as much memory as a full-page picture.
        async with self.shooting:
            sheets = await self._step("print", self._print(cdp))
        if sheets:
            self._keep("print", "application/pdf", sheets)
        elif sheets is not None:
            self.missing["print"] = f"超过 {MAX_PRINT} 字节"  # over the cap

    async def _ask(self, cdp: CDPSession, what: str) -> bytes:
        """What the page holds, in UTF-8, cut by the browser itself: a page can make a text larger than our memory.
        Asked in a world of our own, whose functions no script of the page has touched."""
        world = await cdp.send("Page.createIsolatedWorld", {"frameId": self.events.main_frame})
        answer = await cdp.send(
            "Runtime.evaluate",
            {"expression": f"({what}).slice(0, {MAX_DOM + 1})", "contextId": world["executionContextId"]},
        )
        if "value" not in answer["result"]:
            raise PlaywrightError(str(answer["result"].get("description", "no value")))
        return str(answer["result"]["value"]).encode("utf-8", "replace")  # a lone surrogate becomes "?"

    async def _shoot_all(self, cdp: CDPSession) -> bytes:
        width, height = await self._content(cdp)
        self.clipped = height > MAX_HEIGHT or width > MAX_WIDTH
        self.shot = max(WIDTH, min(int(width), MAX_WIDTH)), max(1, min(int(height), MAX_HEIGHT))
        return await self._shoot(cdp, *self.shot)

    async def _shoot(self, cdp: CDPSession, width: int, height: int) -> bytes:
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = await cdp.send("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
        return base64.b64decode(shot["data"])

    async def _print(self, cdp: CDPSession) -> bytes:
        """The page on paper, as PDF; empty when it is larger than we keep. Read in pieces, so that no answer of the browser
        is larger than we are willing to hold."""
        stream = (await cdp.send("Page.printToPDF", PRINT))["stream"]
        pieces, size = [], 0
        while True:
            answer = await cdp.send("IO.read", {"handle": stream, "size": 1024 * 1024})
            pieces.append(base64.b64decode(answer["data"]) if answer.get("base64Encoded") else answer["data"].encode())
            size += len(pieces[-1])
            if answer["eof"] or size > MAX_PRINT:
                break
        await cdp.send("IO.close", {"handle": stream})
        return b"".join(pieces) if size <= MAX_PRINT else b""

    async def _content(self, cdp: CDPSession) -> tuple[float, float]:
        """Width and height of the page in CSS pixels."""
        metrics = await cdp.send("Page.getLayoutMetrics")
        return float(metrics["cssContentSize"]["width"]), float(metrics["cssContentSize"]["height"])

    async def _received(self, cdp: CDPSession, request: str) -> tuple[str, bool]:
        body = await cdp.send("Network.getResponseBody", {"requestId": request})
        return str(body["body"]), bool(body["base64Encoded"])

    async def _step(self, name: str, work: Coroutine[Any, Any, T]) -> T | None:
        """A step that may fail without the others: None, and why it is missing."""
        try:
            return await bounded(work, self.patience.step)
        except TimeoutError:
            self.missing[name] = "超时"  # took too long
        except PlaywrightError as error:
            self.missing[name] = _first_line(error)
        return None

    def _keep_boxes(self, before: bytes, after: bytes) -> None:
        width, height = self.shot
        try:
            found = boxes.agreed(before, after, width=width, height=height)
        except ValueError:
            self.missing["boxes"] = "文字过多"  # the answer was cut
            return
        self._keep("boxes", "application/json", found)

    def _keep(self, name: str, media_type: str, body: bytes) -> None:
        if len(body) > MAX_DOM and media_type.startswith("text/"):
            self.missing[f"{name}-rest"] = f"超过 {MAX_DOM} 字节的部分没有保存"  # cut at the cap
            body = body[:MAX_DOM].decode("utf-8", "ignore").encode()
        self.resources.append(Resource(name=name, media_type=media_type, body=body, made=clock.now()))


def _first_line(error: PlaywrightError) -> str:
    return error.message.strip().split("\n", 1)[0][:300]
