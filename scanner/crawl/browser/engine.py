"""Chromium kept running: one after the other, each for so many looks and so much memory, the next when one died.

Owns: starting, ending and killing Chromium and Playwright's driver, counting the looks on it, when it is retired. Leaves to others:
the looks (``visit``), the measure and the bound of memory (``bound``), finding the program (``chromium``).

A Chromium is retired after ``LOOKS`` looks, or when what it holds beside its pages is more than ``TIRED`` of its bound. Then
those under way end on it, and only when it is gone another one starts, with a new driver: never two at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, field

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from scanner.crawl.browser import chromium, memory, record
from scanner.crawl.browser.bound import MOST, Bound, Peak
from scanner.crawl.browser.events import bounded
from scanner.errors import CrawlError

CLOSING = 5.0  # seconds a context or a browser may take to close before it is killed
STARTING = 90.0  # seconds that a browser may take to start: on a machine that is busy, many
LOOKS = 200
FEW = 20  # looks that one is good for at any rate
TIRED = 0.4


@dataclass(slots=True, kw_only=True)
class Engine:
    """A running Chromium. ``pid`` is its main process, ``looks`` how many are under way on it, ``had`` how many it had."""

    chrome: Chromium
    pid: int
    born: int  # tells the process from a later one of the same number
    machine: record.Machine
    bound: Bound
    looks: int = 0
    had: int = 0
    given_up: bool = False
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def gone(self) -> bool:
        return self.given_up or not self.chrome.is_connected()

    @property
    def tired(self) -> bool:
        return self.had >= LOOKS or (self.had >= FEW and self.bound.base > self.bound.most * TIRED)

    def kill(self) -> None:
        """End it: our own child, by its process number; its other processes end with it."""
        if memory.born(self.pid) == self.born if self.born else self.chrome.is_connected():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


class Engines:
    """The Chromium of a browser. ``program``: its path (found when empty); ``proxy``: where what belongs to no look goes;
    ``agent`` is added to its own User-Agent; ``megabytes``: what it may hold at most."""

    def __init__(self, *, program: str, agent: str, spki: str, megabytes: int = MOST, peak: Peak | None = None) -> None:
        self._program, self._agent, self._arguments = program, agent, chromium.arguments(spki)
        self._most, self._peak = megabytes * memory.MB, peak or Peak()
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._engine: Engine | None = None
        self.proxy = 0

    @property
    def pid(self) -> int:
        """The process of the running Chromium, 0 when there is none."""
        return self._engine.pid if self._engine is not None and not self._engine.gone else 0

    async def ready(self) -> None:
        """Start Chromium. Raises CrawlError where there is none, or where it does not start."""
        self.leave(await self.enter())

    async def enter(self) -> Engine:
        """The running Chromium for one look, which ends with ``leave``; started anew when the last one died or is tired."""
        async with self._starting:
            engine = self._engine
            if engine is not None and engine.gone:
                self._engine = None
                await self._close(engine)
            elif engine is not None and engine.tired:
                await engine.idle.wait()
                self._engine = None
                await self._close(engine)
                await self._stop_playwright()
            if self._engine is None:
                self._engine = await self._start()
            engine = self._engine
            engine.looks += 1
            engine.idle.clear()
            engine.bound.begin()
            return engine

    def leave(self, engine: Engine, *, looked: bool = False) -> None:
        engine.looks -= 1
        engine.had += looked
        if not engine.looks:
            engine.bound.end()
            engine.idle.set()

    def give_up(self, engine: Engine) -> None:
        """Do without an engine that no longer does what it is told; the next look starts another."""
        engine.given_up = True
        engine.kill()

    async def stop(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await self._close(engine)
        await self._stop_playwright()

    # --- inside ------------------------------------------------------------------------------------------------

    async def _close(self, engine: Engine) -> None:
        engine.bound.end()
        with contextlib.suppress(TimeoutError, PlaywrightError):  # gone already, or gone in a moment
            await bounded(engine.chrome.close(), CLOSING)
        engine.kill()

    async def _start(self) -> Engine:
        program = chromium.find(self._program)
        if program is None:
            raise CrawlError("没有找到 Chromium 浏览器", hint=chromium.HINT)
        try:
            return await self._launch(program)
        except PlaywrightError:
            await self._stop_playwright()  # its own process may be the one that died
        try:
            return await self._launch(program)
        except PlaywrightError as error:
            detail = next((line for line in error.message.splitlines() if "ERROR" in line or "sandbox" in line), "")
            message = f"浏览器启动失败：{(detail or error.message.splitlines()[0])[:300]}"
            raise CrawlError(message, where=program, hint="用 qingwang doctor 查看原因") from error

    async def _launch(self, program: str) -> Engine:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        chrome = await self._playwright.chromium.launch(
            executable_path=program,
            headless=True,
            args=self._arguments,
            chromium_sandbox=chromium.sandboxed(),
            proxy={"server": f"http://127.0.0.1:{self.proxy}"},
            handle_sigint=False,  # we close it ourselves, after what is under way is sealed
            handle_sigterm=False,
            handle_sighup=False,
            timeout=STARTING * 1000,
        )
        cdp = await chrome.new_browser_cdp_session()
        rows = (await cdp.send("SystemInfo.getProcessInfo"))["processInfo"]
        about = await cdp.send("Browser.getVersion")
        await cdp.detach()
        pid = next(int(row["id"]) for row in rows if row["type"] == "browser")
        return Engine(
            chrome=chrome,
            pid=pid,
            born=memory.born(pid),
            machine=record.Machine(
                product=str(about["product"]),
                program=program,
                arguments=tuple(self._arguments),
                sandbox=chromium.sandboxed(),
                agent=f"{about['userAgent']} {self._agent}".strip(),
            ),
            bound=Bound(pid, self._most, self._peak),
        )

    async def _stop_playwright(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright is not None:
            with contextlib.suppress(TimeoutError, PlaywrightError):
                await bounded(playwright.stop(), CLOSING)
