"""The download handler: fetches, seals what went over the wire, and only then lets anybody read it.

Owns: the order *fetch, seal, hand over*, for whole, cut and failed exchanges alike, in both lanes. Leaves to others:
the bytes (``tap``), the browser (``browser``), the archive (``evidence``), what had been sealed before a death (``resumed``). Being a download handler, it sits below
redirects, retries, robots.txt and decompression, so each of those exchanges is kept too, and Scrapy's delays hold.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest

from scanner import clock
from scanner.crawl.fetch import resumed
from scanner.crawl.fetch.tap import Tapped, TapPool
from scanner.crawl.reading.links import storefront_of
from scanner.model import Exchange, Lane, Visit

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scanner.crawl.session import Session
    from scanner.crawl.walk.looking import Looking
    from scanner.model import Capture


class SealingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with a tap below it. ``request.meta["capture"]`` is the sealed capture."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        pool = TapPool(reactor, persistent=True)  # type: ignore[no-untyped-call]
        pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
        self._pool = pool

    @property
    def session(self) -> Session:
        return cast("Session", self._crawler.spider.session)  # type: ignore[union-attr]

    async def download_request(self, request: Request) -> Response:
        request.meta.pop("capture", None)  # a retry or redirect carries its predecessor's
        spider = cast("Looking", self._crawler.spider)
        if (before := resumed.answer(spider, request)) is not None:
            return before
        response = await self._fetch(request)
        resumed.note(spider, request)
        return response

    async def _fetch(self, request: Request) -> Response:
        if request.meta.get("browser") and request.method == "GET":  # a browser asks for addresses, not for POSTs
            from scanner.crawl.browser.lane import download

            return await download(request, self.session)
        began, holder = clock.now(), cast("list[Tapped]", [])
        cast("TapPool", self._pool).holder = holder
        cut = "disconnect"  # the WARC-Truncated word, unless the answer turns out whole or cut for another reason
        try:
            response = await super().download_request(request)
            cut = ""
        except CannotResolveHostError as error:
            if why := _refusal(request.url):
                raise IgnoreRequest(f"refused: {why}") from error
            raise
        except DownloadTimeoutError:
            cut = "time"
            raise
        except DownloadCancelledError:
            cut = "length"
            raise
        except Exception as error:
            if any(one.excess for one in holder):
                cut = "length"
                raise DownloadCancelledError("answer too large") from error
            raise
        finally:
            if holder:  # what failed is evidence too
                await self._seal(request, began, holder, cut)
        return response

    async def _seal(self, request: Request, began: datetime, holder: list[Tapped], cut: str) -> None:
        visit = Visit(
            url=request.url,
            storefront=request.meta.get("storefront") or storefront_of(request.url),
            lane=Lane.HTTP,
            time=began,
            exchanges=tuple(_exchange(request, one, cut) for one in holder),
            note=_notes(request),
        )
        capture: Capture = await asyncio.wrap_future(self.session.archive.seal(visit))
        request.meta["capture"] = capture


def _refusal(url: str) -> str:
    """Why the resolver gave no address for the host of ``url``; "" where there is none to give."""
    from twisted.internet import reactor

    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    refused: dict[tuple[str, int], str] = getattr(cast("Any", reactor).nameResolver, "refused", {})
    return refused.get((parts.hostname or "", port), "")


def _exchange(request: Request, tapped: Tapped, cut: str) -> Exchange:
    return Exchange(
        url=request.url,
        method=request.method,
        started=tapped.started,
        ended=clock.now(),
        sent=b"".join(tapped.sent),
        received=b"".join(tapped.received),
        ip=tapped.ip,
        port=tapped.port,
        tls=tapped.tls,
        chain=tapped.chain,
        truncated=cut,
    )


def _notes(request: Request) -> tuple[tuple[str, str], ...]:
    meta: dict[str, Any] = request.meta
    notes = [("crawl", str(meta.get("crawl", "")))] if meta.get("crawl") else []
    notes += [("redirected_from", url) for url in meta.get("redirect_urls", ())]
    if meta.get("retry_times"):
        notes.append(("retry", str(meta["retry_times"])))
    return tuple(notes)
