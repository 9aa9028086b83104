"""The evidence lane (取证通道): a browser's visit, sealed, handed back as the page a family reads.

Owns: one browser for all crawls of a run, what a visit looks like as a page (its rendered DOM), and the glue to Scrapy.
Leaves to others: visiting (``visit``), sealing (``evidence``), asking for a second look and comparing (``storefront``).

Scrapy's own scheduler is the lane's queue: the request for a second look waits in the same slot as every other request
to that host, so the delay, the concurrency and robots.txt hold for the browser too. Sub-resources of a page come at
once, as they do for every visitor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
)
from scrapy.http import Headers, HtmlResponse
from scrapy.responsetypes import responsetypes

from scanner.crawl.browser.bound import MOST, Peak
from scanner.crawl.browser.visit import Browser, Reason, VisitFailed
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.reading.links import storefront_of
from scanner.crawl.reading.rendered import rendered
from scanner.errors import CrawlError, InputError, RefusedAddress
from scanner.model import Exchange, Resource, Visit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from scanner.crawl.session import Session


class EvidenceLane:
    """One browser for a whole run, started at its first visit."""

    def __init__(
        self, *, program: str = "", agent: str = "", megabytes: int = MOST, peak: Peak | None = None
    ) -> None:  # fmt: skip
        # What is excepted from the policy, each visit says.
        self._browser = Browser(Policy(), program=program, agent=agent, megabytes=megabytes, peak=peak)
        self._opening = asyncio.Lock()
        self._open = False

    async def browse(
        self, url: str, storefront: str, note: Iterable[tuple[str, str]] = (), *, policy: Policy
    ) -> Visit:  # fmt: skip
        """Look at ``url`` under a run's own policy. Raises RefusedAddress, VisitFailed, or CrawlError when there is no
        browser."""
        async with self._opening:
            if not self._open:
                await self._browser.__aenter__()
                self._open = True
        return await self._browser.visit(url, storefront=storefront, note=note, policy=policy)

    async def close(self) -> None:
        if self._open:
            self._open = False
            await self._browser.__aexit__(None, None, None)


async def download(request: Request, session: Session) -> Response:
    """Scrapy's request answered by the browser: visited, sealed (``request.meta["capture"]``), then handed over.

    What failed is sealed too, as far as anything was exchanged, before Scrapy hears of it.
    """
    if request.method != "GET":
        raise NotSupported(f"browser lane: {request.method} {request.url}")
    lane = _lane(session, agent=(request.headers.get("User-Agent") or b"").decode("latin-1"))
    notes = [("crawl", str(request.meta["crawl"]))] if request.meta.get("crawl") else []
    try:
        visit = await lane.browse(request.url, _storefront(request), notes, policy=session.policy)
    except RefusedAddress as refused:
        raise IgnoreRequest(f"refused: {refused.message}") from refused
    except VisitFailed as failed:
        if failed.visit is not None:
            await _seal(request, failed.visit, session)
        raise _in_scrapys_words(failed, request) from failed
    except CrawlError as error:
        request.meta["dont_retry"] = True
        raise DownloadFailedError(str(error)) from error
    await _seal(request, visit, session)
    return response(request, visit.exchanges[0], visit.resources)


async def _seal(request: Request, visit: Visit, session: Session) -> None:
    request.meta["capture"] = await asyncio.wrap_future(session.archive.seal(visit))
    main = visit.exchanges[0]
    # What AutoThrottle goes by: the shop's own answer, not the time the browser took.
    request.meta["download_latency"] = (main.ended - main.started).total_seconds()


def response(request: Request, main: Exchange, resources: Iterable[Resource]) -> Response:
    """Scrapy's response of a visit, sealed before or just now. Raises DownloadFailedError where ``rendered`` finds no page."""
    try:
        page = rendered(main, resources)
    except InputError as error:
        raise DownloadFailedError(error.message) from error
    headers = Headers()
    for name, value in page.headers:
        headers.appendlist(name, value)
    kind = HtmlResponse if page.dom else responsetypes.from_args(headers=headers, url=page.url, body=page.body)
    return kind(page.url, status=page.status, headers=headers, body=page.body, request=request, flags=["browser"])


def _in_scrapys_words(failed: VisitFailed, request: Request) -> Exception:
    if failed.reason is Reason.REFUSED:
        return IgnoreRequest(f"refused: {failed.message}")
    if failed.reason is Reason.LOOP:
        return IgnoreRequest(f"redirect: {failed.message}")
    if failed.reason is Reason.TOO_LARGE:
        return DownloadCancelledError(failed.message)
    if failed.reason is Reason.NETWORK:
        return DownloadFailedError(failed.message)
    request.meta["dont_retry"] = True  # the browser tried twice, or took all the time or memory there is
    return DownloadTimeoutError(failed.message) if failed.reason is Reason.TIME else DownloadFailedError(failed.message)


def _storefront(request: Request) -> str:
    return str(request.meta.get("storefront") or storefront_of(request.url))


# One lane an event loop, and so one in a process: several storefronts of a run share the browser. Scrapy's reactor ends
# with the run, and waits for the browser to close before it does.
_LANES: WeakKeyDictionary[asyncio.AbstractEventLoop, EvidenceLane] = WeakKeyDictionary()


def _lane(session: Session, *, agent: str) -> EvidenceLane:
    loop = asyncio.get_running_loop()
    lane = _LANES.get(loop)
    if lane is None:
        config = session.home.config()
        lane = EvidenceLane(
            program=config.chromium,
            agent=agent,
            megabytes=config.browser_megabytes,
            peak=session.browser,
        )
        _LANES[loop] = lane
        _close_with_reactor(lane)
    return lane


def _close_with_reactor(lane: EvidenceLane) -> None:
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    def closing() -> Deferred[None]:
        return Deferred.fromFuture(asyncio.ensure_future(lane.close()))

    cast("Any", reactor).addSystemEventTrigger("before", "shutdown", closing)
