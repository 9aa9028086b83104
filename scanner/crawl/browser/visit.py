"""The browser of the evidence lane: Chromium kept running, one page looked at in a context and proxy of its own.

Owns: starting, killing and restarting Chromium, how many looks at once, the hard deadline of a look, and the word for a
look that failed. Leaves to others: the steps of a look (``sight``), the network (``proxy``), the record
(``record``), sealing and Scrapy (``lane``). Knows Playwright's asyncio interface and nothing of Scrapy.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from scanner import clock
from scanner.crawl.browser import chromium, record
from scanner.crawl.browser.events import bounded
from scanner.crawl.browser.sight import HEIGHT, WIDTH, Patience, Sight
from scanner.crawl.egress import Policy
from scanner.crawl.proxy.closed import ClosedProxy
from scanner.crawl.proxy.flow import Limits
from scanner.crawl.proxy.server import Proxy
from scanner.crawl.proxy.tls import CaptureKey, verifying
from scanner.errors import CrawlError
from scanner.model import Visit

CONCURRENCY = 2  # looks at once: more make each slower on two cores, and full-page pictures time out
CLOSING = 5.0  # seconds a context or a browser may take to close before it is killed


class Reason(StrEnum):
    """Why a look failed."""

    REFUSED = "refused"  # our policy: the page, or where it led, may not be fetched
    TOO_LARGE = "too_large"
    TIME = "time"
    LOOP = "loop"  # redirects, or a page that keeps moving on
    CRASH = "crash"
    NETWORK = "network"  # dead host, bad certificate, cut answer


class VisitFailed(CrawlError):
    """A look that did not end with a page. ``visit`` is what was exchanged all the same, to be sealed; None: nothing."""

    def __init__(self, message: str, *, reason: Reason, visit: Visit | None, where: str, hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.reason, self.visit = reason, visit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    """A running Chromium. ``pid`` is its main process."""

    chrome: Chromium
    pid: int
    machine: record.Machine


class Browser:
    """``async with Browser(policy) as browser: visit = await browser.visit(url, storefront=…)``.

    ``program``: Chromium's path (found when empty); ``agent`` is added to Chromium's own User-Agent, so that a shop's
    operator can see who came; ``roots``: further root certificates (PEM) beside the system's.
    """

    def __init__(
        self, policy: Policy, *, program: str = "", agent: str = "", roots: str = "", limits: Limits | None = None,
        patience: Patience | None = None,
    ) -> None:  # fmt: skip
        self.policy = policy
        self._program, self._agent = program, agent
        self._limits, self._patience = limits or Limits(), patience or Patience()
        self._key, self._tls = CaptureKey(), verifying(roots)
        self._closed_proxy = ClosedProxy()
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._engine: _Engine | None = None

    async def __aenter__(self) -> Browser:
        await self._closed_proxy.open()
        try:
            await self._running()
        except CrawlError:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def pid(self) -> int:
        """The process of the running Chromium, 0 when there is none."""
        return self._engine.pid if self._engine is not None and self._engine.chrome.is_connected() else 0

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
                engine = await self._running()
                sight, in_time = await self._look(engine, url, policy)
                gone = sight.events.crashed or self._engine is not engine or not engine.chrome.is_connected()
                if sight.seen or not gone or not in_time or before:
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

    async def _look(self, engine: _Engine, url: str, policy: Policy) -> tuple[Sight, bool]:
        """A look and whether it ended by itself in time. Whatever happens the context is closed, or all is killed."""
        async with Proxy(policy, self._key, self._tls, self._limits) as proxy:
            sight = Sight(url=url, proxy=proxy, began=clock.now(), patience=self._patience)
            try:
                context = await bounded(self._context(engine, proxy), CLOSING * 2)
            except (PlaywrightError, TimeoutError) as error:
                sight.error = f"{error}"[:300] or "timeout"
                self._give_up(engine)
                return sight, True
            work = asyncio.ensure_future(sight.look(context))
            try:
                done, _ = await asyncio.wait({work}, timeout=self._patience.all)
            finally:
                await self._close(engine, context)
                await _ended(work, sight)
            return sight, bool(done)

    async def _context(self, engine: _Engine, proxy: Proxy) -> BrowserContext:
        return await engine.chrome.new_context(
            proxy={"server": f"http://127.0.0.1:{proxy.port}"},
            viewport={"width": WIDTH, "height": HEIGHT},
            locale=record.LOCALE,
            timezone_id=record.TIMEZONE,
            user_agent=engine.machine.agent,
            service_workers="block",
            accept_downloads=False,
        )

    async def _close(self, engine: _Engine, context: BrowserContext) -> None:
        try:
            await bounded(context.close(), CLOSING)
        except TimeoutError:
            self._give_up(engine)  # a page that does not let go of its context; the other look is tried again
        except PlaywrightError:
            return  # gone with its browser

    # --- Chromium ------------------------------------------------------------------------------------------------

    async def _running(self) -> _Engine:
        """The running Chromium, started anew when it died."""
        async with self._starting:
            if self._engine is None or not self._engine.chrome.is_connected():
                self._engine = None
                self._engine = await self._start()
            return self._engine

    async def _start(self) -> _Engine:
        program = chromium.find(self._program)
        if program is None:
            raise CrawlError("没有找到 Chromium 浏览器", hint=chromium.HINT)
        arguments = chromium.arguments(self._key.spki)
        try:
            return await self._launch(program, arguments)
        except PlaywrightError:
            await self._stop_playwright()  # its own process may be the one that died
        try:
            return await self._launch(program, arguments)
        except PlaywrightError as error:
            detail = next((line for line in error.message.splitlines() if "ERROR" in line or "sandbox" in line), "")
            message = f"浏览器启动失败：{(detail or error.message.splitlines()[0])[:300]}"
            raise CrawlError(message, where=program, hint="用 qingwang doctor 查看原因") from error

    async def _launch(self, program: str, arguments: list[str]) -> _Engine:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        chrome = await self._playwright.chromium.launch(
            executable_path=program,
            headless=True,
            args=arguments,
            chromium_sandbox=chromium.sandboxed(),
            proxy={"server": f"http://127.0.0.1:{self._closed_proxy.port}"},
            handle_sigint=False,  # we close it ourselves, after what is under way is sealed
            handle_sigterm=False,
            handle_sighup=False,
            timeout=30_000,
        )
        cdp = await chrome.new_browser_cdp_session()
        rows = (await cdp.send("SystemInfo.getProcessInfo"))["processInfo"]
        about = await cdp.send("Browser.getVersion")
        await cdp.detach()
        return _Engine(
            chrome=chrome,
            pid=next(int(row["id"]) for row in rows if row["type"] == "browser"),
            machine=record.Machine(
                product=str(about["product"]),
                program=program,
                arguments=tuple(arguments),
                sandbox=chromium.sandboxed(),
                agent=f"{about['userAgent']} {self._agent}".strip(),
            ),
        )

    def _give_up(self, engine: _Engine) -> None:
        """Do without an engine that no longer does what it is told; the next look starts another."""
        self._kill(engine)
        if self._engine is engine:
            self._engine = None

    def _kill(self, engine: _Engine) -> None:
        """End a Chromium that no longer answers: our own child, by its process number."""
        if engine.chrome.is_connected():
            with contextlib.suppress(ProcessLookupError):
                os.kill(engine.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    async def _stop(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            try:
                await bounded(engine.chrome.close(), CLOSING)
            except TimeoutError:
                self._kill(engine)
            except PlaywrightError:
                pass  # gone already
        await self._stop_playwright()
        self._closed_proxy.close()

    async def _stop_playwright(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright is not None:
            try:
                await bounded(playwright.stop(), CLOSING)
            except (PlaywrightError, TimeoutError):
                return


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
    if gone and in_time:
        return failed(Reason.CRASH, "浏览器或者页面崩溃，重试一次后仍未看到页面")
    if cut == "disconnect":
        return failed(Reason.NETWORK, "网站的应答不完整")
    if not in_time or cut == "time" or sight.error == "timeout":
        return failed(Reason.TIME, "浏览器没有在时限内看完页面，已关闭")
    if made.exchanges and document is not None and ("Download is starting" in sight.error or document.status == 204):
        return None  # a file, or nothing: there is an answer, and no page to look at
    return failed(Reason.NETWORK, f"浏览器没有打开页面：{sight.error or '没有应答'}")
