"""What happens on a page while it is looked at: messages, dialogs, windows, navigations, documents.

Owns: listening to Chromium (DevTools protocol and Playwright's events), bounded, and never raising inside a listener.
Leaves to others: what is done about it (``sight``), what is written about it (``record``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from playwright.async_api import CDPSession, ConsoleMessage, Dialog, Download, Page
from playwright.async_api import Error as PlaywrightError

MAX_EVENTS = 100  # of each kind
MAX_TEXT = 500  # characters of each message
MAX_NAVIGATIONS = 10  # of the page's main frame; a page that moves on more often is stopped
T = TypeVar("T")


async def bounded(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """``work``'s result. Raises TimeoutError when it takes longer; the work is left to end when its page is closed,
    because a Playwright call that is cancelled leaves its answer behind for asyncio to complain of."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(heard)
        raise TimeoutError
    return task.result()


def heard(task: asyncio.Future[Any]) -> None:
    """Take note of an end nobody waits for."""
    if not task.cancelled():
        task.exception()


@dataclass(slots=True)
class Document:
    """A document of the main frame, as Chromium says it received it. ``decoded`` counts its bytes after decoding."""

    request: str
    url: str
    status: int = 0
    media_type: str = ""
    charset: str = ""
    mark: str = ""  # X-Qingwang: an answer of our own proxy
    decoded: int = 0
    failed: str = ""


@dataclass
class Events:
    """Everything noted of one page. (No slots: Playwright keeps its wrappers on the object whose methods listen.)"""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[dict[str, str]] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    websockets: list[str] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)  # by loader
    shown: str = ""  # loader of the document last committed
    crashed: bool = False
    looping: bool = False  # it moved on more often than a page that can be looked at
    over: asyncio.Event = field(default_factory=asyncio.Event)  # nothing more will come of it
    main_frame: str = ""

    @property
    def document(self) -> Document | None:
        """The document shown; where none was (a download, a 204), the last one answered."""
        if self.shown in self.documents:
            return self.documents[self.shown]
        return next(reversed(self.documents.values()), None)

    # --- Playwright's events -------------------------------------------------------------------------------------

    def listen(self, page: Page) -> None:
        page.context.on("page", lambda window: self._window(window, page))
        page.on("console", self._console)
        page.on("pageerror", lambda error: _add(self.errors, str(error)))
        page.on("crash", self._crash)
        page.on("dialog", self._dialog)
        page.on("download", self._download)

    def _console(self, message: ConsoleMessage) -> None:
        _add(self.console, f"{message.type}: {message.text}")

    def _crash(self, _: Page) -> None:
        self.crashed = True

    async def _window(self, window: Page, page: Page) -> None:
        """Close a window the page opened, and bring the page back to the front: behind one it is hardly painted."""
        if window is not page:
            await _quietly(window.close())
            await _quietly(page.bring_to_front())

    async def _dialog(self, dialog: Dialog) -> None:
        if len(self.dialogs) < MAX_EVENTS:
            self.dialogs.append({"type": dialog.type, "message": dialog.message[:MAX_TEXT]})
        await _quietly(dialog.dismiss())

    async def _download(self, download: Download) -> None:
        _add(self.downloads, download.url)
        await _quietly(download.cancel())

    # --- the DevTools protocol -----------------------------------------------------------------------------------

    async def attach(self, cdp: CDPSession) -> None:
        """Listen before the page is loaded. Buffers are bounded: only the main document is asked for later."""
        handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "Network.requestWillBeSent": self._asked,
            "Network.responseReceived": self._answered,
            "Network.dataReceived": self._data,
            "Network.loadingFailed": self._failed,
            "Network.webSocketCreated": lambda event: _add(self.websockets, str(event.get("url"))),
            "Page.frameNavigated": self._navigated,
            "Page.windowOpen": lambda event: _add(self.windows, str(event.get("url"))),
            "Inspector.targetCrashed": lambda _: setattr(self, "crashed", True),
        }
        for name, handler in handlers.items():
            cdp.on(name, handler)
        tree = await cdp.send("Page.getFrameTree")
        self.main_frame = tree["frameTree"]["frame"]["id"]
        await cdp.send("Page.enable")
        await cdp.send(
            "Network.enable", {"maxTotalBufferSize": 64 * 1024 * 1024, "maxResourceBufferSize": 32 * 1024 * 1024}
        )
        await cdp.send("Inspector.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document" and event.get("frameId") == self.main_frame and len(self.documents) < 200:
            url = str(event["request"]["url"])
            self.documents[event["loaderId"]] = Document(request=event["requestId"], url=url)

    def _answered(self, event: dict[str, Any]) -> None:
        document = self.documents.get(event.get("loaderId", ""))
        if document is None or event.get("requestId") != document.request:
            return
        response = event["response"]
        document.url, document.status = str(response["url"]), int(response["status"])
        document.media_type, document.charset = str(response.get("mimeType", "")), str(response.get("charset", ""))
        headers = {str(name).lower(): str(value) for name, value in response.get("headers", {}).items()}
        document.mark = headers.get("x-qingwang", "")

    def _data(self, event: dict[str, Any]) -> None:
        for document in self.documents.values():
            if document.request == event.get("requestId"):
                document.decoded += int(event.get("dataLength", 0))

    def _failed(self, event: dict[str, Any]) -> None:
        for loader, document in self.documents.items():
            if document.request == event.get("requestId"):
                document.failed = str(event.get("errorText", ""))[:MAX_TEXT]
                if loader == self.shown:  # the page itself was cut; a link that leads nowhere would not matter
                    self.over.set()

    def _navigated(self, event: dict[str, Any]) -> None:
        frame = event.get("frame", {})
        if frame.get("parentId") is not None:
            return
        self.shown = str(frame.get("loaderId", ""))
        if (url := str(frame.get("url", ""))) != "about:blank":
            _add(self.navigations, url)
        if len(self.navigations) > MAX_NAVIGATIONS:
            self.looping = True
            self.over.set()


def _add(kept: list[str], text: str) -> None:
    if len(kept) < MAX_EVENTS:
        kept.append(text[:MAX_TEXT])


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    """Do a small thing on a page that may be gone already."""
    try:
        await work
    except PlaywrightError:
        return
