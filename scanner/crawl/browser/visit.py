"""The browser of the evidence lane: one page looked at in a context and proxy of its own.

Owns: how many looks at once, the hard deadline of a look, what is looked at again, and the word for a look that failed.
Leaves to others: Chromium itself (``engine``), the steps of a look (``sight``), the network (``proxy``), the record
(``record``), sealing and Scrapy (``lane``). Knows Playwright's asyncio interface and nothing of Scrapy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from types import TracebackType

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from scanner import clock
from scanner.crawl.browser import record
from scanner.crawl.browser.bound import MOST, Peak
from scanner.crawl.browser.engine import CLOSING, Engine, Engines
from scanner.crawl.browser.events import bounded
from scanner.crawl.browser.memory import MB
from scanner.crawl.browser.sight import HEIGHT, WIDTH, Patience, Sight
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.proxy.closed import ClosedProxy
from scanner.crawl.proxy.flow import Limits
from scanner.crawl.proxy.server import Proxy
from scanner.crawl.proxy.tls import CaptureKey, verifying
from scanner.errors import CrawlError
from scanner.model import Visit

CONCURRENCY = 2  # looks at once: more make each slower on two cores, and full-page pictures time out


class Reason(StrEnum):
    """Why a look failed."""

    REFUSED = "refused"  # our policy: the page, or where it led, may not be fetched
    TOO_LARGE = "too_large"
    TIME = "time"
    LOOP = "loop"  # redirects, or a page that keeps moving on
    CRASH = "crash"
    MEMORY = "memory"  # more than the browser may hold
    NETWORK = "network"  # dead host, bad certificate, cut answer


class VisitFailed(CrawlError):
    """A look that did not end with a page. ``visit`` is what was exchanged all the same, to be sealed; None: nothing."""

    def __init__(self, message: str, *, reason: Reason, visit: Visit | None, where: str, hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.reason, self.visit = reason, visit


class Browser:
    """``async with Browser(policy) as browser: visit = await browser.visit(url, storefront=…)``.

    ``program``: Chromium's path (found when empty); ``agent`` is added to Chromium's own User-Agent, so that a shop's
    operator can see who came; ``roots``: further root certificates (PEM) beside the system's; ``megabytes``: what Chromium
    may hold, ``peak`` is told what it held.
    """

    def __init__(
        self, policy: Policy, *, program: str = "", agent: str = "", roots: str = "", limits: Limits | None = None,
        patience: Patience | None = None, megabytes: int = MOST, peak: Peak | None = None,
    ) -> None:  # fmt: skip
        self.policy = policy
        self._limits, self._patience = limits or Limits(), patience or Patience()
        self._key, self._tls = CaptureKey(), verifying(roots)
        self._closed_proxy = ClosedProxy()
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._shooting = asyncio.Lock()
        self._engines = Engines(program=program, agent=agent, spki=self._key.spki, megabytes=megabytes, peak=peak)

    async def __aenter__(self) -> Browser:
        await self._closed_proxy.open()
        self._engines.proxy = self._closed_proxy.port
        try:
            await self._engines.ready()
        except CrawlError:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        await self._engines.stop()
        self._closed_proxy.close()

    @property
    def pid(self) -> int:
        """The process of the running Chromium, 0 when there is none."""
        return self._engines.pid

    async def visit(
        self, url: str, *, storefront: str, note: Iterable[tuple[str, str]] = (), policy: Policy | None = None
    ) -> Visit:
        """Look at ``url``, under a policy of this visit's own if one is given. Raises RefusedAddress for an address that may
        not be fetched, VisitFailed for the rest."""
        policy = policy or self.policy
        policy.check_url(url)
        notes = tuple(note)
        before: list[Sight] = []
        async with self._slots:
            while True:
                engine = await self._engines.enter()
                known = len(engine.bound.cuts)
                try:
                    sight, in_time = await self._look(engine, url, policy)
                finally:
                    self._engines.leave(engine, looked=True)
                sight.cuts = tuple(engine.bound.cuts[known:])
                gone = sight.events.crashed or engine.gone
                # A page that was ended for its size would grow again; a browser that was may have died of another's.
                if sight.seen or before or any(not cut.all for cut in sight.cuts):
                    break
                if not (gone and in_time) and not _never_asked(sight, in_time=in_time):
                    break
                before.append(sight)
        made = record.visit(
            sight, engine.machine, storefront=storefront, note=notes, before=before, calls=self._closed_proxy.calls
        )
        failed = _failure(sight, made, in_time=in_time, gone=gone)
        if failed is not None:
            raise failed
        return made

    # --- one look ------------------------------------------------------------------------------------------------

    async def _look(self, engine: Engine, url: str, policy: Policy) -> tuple[Sight, bool]:
        """A look and whether it ended by itself in time. Whatever happens the context is closed, or all is killed."""
        async with Proxy(policy, self._key, self._tls, self._limits) as proxy:
            sight = Sight(
                url=url, proxy=proxy, began=clock.now(), patience=self._patience, shooting=self._shooting
            )  # fmt: skip
            try:
                context = await bounded(self._context(engine, proxy), CLOSING * 2)
            except (PlaywrightError, TimeoutError) as error:
                sight.error = f"{error}"[:300] or "timeout"
                self._engines.give_up(engine)
                return sight, True
            work = asyncio.ensure_future(sight.look(context))
            try:
                done, _ = await asyncio.wait({work}, timeout=self._patience.all)
            finally:
                await self._close(engine, context)
                await _ended(work, sight)
            return sight, bool(done)

    async def _context(self, engine: Engine, proxy: Proxy) -> BrowserContext:
        return await engine.chrome.new_context(
            proxy={"server": f"http://127.0.0.1:{proxy.port}"},
            viewport={"width": WIDTH, "height": HEIGHT},
            locale=record.LOCALE,
            timezone_id=record.TIMEZONE,
            user_agent=engine.machine.agent,
            service_workers="block",
            accept_downloads=False,
        )

    async def _close(self, engine: Engine, context: BrowserContext) -> None:
        try:
            await bounded(context.close(), CLOSING)
        except TimeoutError:
            self._engines.give_up(engine)  # a page that does not let go of its context; the other look is tried again
        except PlaywrightError:
            return  # gone with its browser


async def _ended(work: asyncio.Task[None], sight: Sight) -> None:
    """Wait for a look to notice that its page is closed."""
    await asyncio.wait({work}, timeout=2)
    if not work.done():
        work.cancel()
        await asyncio.wait({work}, timeout=2)
    if work.done() and not work.cancelled() and (error := work.exception()) is not None:
        if not isinstance(error, PlaywrightError | TimeoutError):
            raise error
        sight.error = sight.error or f"{error}"[:300]


def _never_asked(sight: Sight, *, in_time: bool) -> bool:
    """Whether all the time went by before anything was asked for: a page whose process was killed while it was made hangs,
    and that says nothing of the address."""
    return not in_time and not sight.proxy.exchanges and not sight.proxy.denials


def _failure(sight: Sight, made: Visit, *, in_time: bool, gone: bool) -> VisitFailed | None:
    """The word for a look that did not bring its page, None for one that did."""

    def failed(reason: Reason, message: str, hint: str = "") -> VisitFailed:
        return VisitFailed(message, reason=reason, visit=made if made.exchanges else None, where=sight.url, hint=hint)

    if sight.events.looping or "ERR_TOO_MANY_REDIRECTS" in sight.error:
        return failed(Reason.LOOP, "页面不停跳转，已中止", "跳转次数过多（循环）")
    document = sight.events.document
    denial = sight.proxy.denial(document.mark) if document is not None else None
    if denial is not None:
        return failed(Reason.REFUSED if denial.refused else Reason.NETWORK, f"{denial.why}（{denial.url[:200]}）")
    cut = made.exchanges[0].truncated if made.exchanges else ""
    if cut == "length":
        return failed(Reason.TOO_LARGE, "页面超过大小上限，已中止")
    if sight.seen and not cut:
        return None
    if gone and sight.cuts:
        held = sight.cuts[-1].held // MB
        return failed(Reason.MEMORY, f"页面让浏览器占用的内存超过上限（{held} MB），已中止", "多半是页面的脚本造成的")
    if gone and in_time:
        return failed(Reason.CRASH, "浏览器或者页面崩溃，重试一次后仍未看到页面")
    if cut == "disconnect":
        return failed(Reason.NETWORK, "网站的应答不完整")
    if not in_time or cut == "time" or sight.error == "timeout":
        return failed(Reason.TIME, "浏览器没有在时限内看完页面，已关闭")
    if made.exchanges and document is not None and ("Download is starting" in sight.error or document.status == 204):
        return None  # a file, or nothing: there is an answer, and no page to look at
    return failed(Reason.NETWORK, f"浏览器没有打开页面：{sight.error or '没有应答'}")
