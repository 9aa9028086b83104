"""A host that says it is asked too much is left alone for a while: HTTP 429 and 503, with ``Retry-After`` or without.

Owns: how long a host is left alone, in both lanes. Leaves to others: asking again afterwards (Scrapy's retry), the pace of a
host that answers (AutoThrottle).

RFC 9110, 10.2.3 (``Retry-After``: seconds or a date); RFC 6585, 4 (429). Scrapy asks a busy host again as soon as its turn comes.
"""

from __future__ import annotations

import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scanner import clock

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

BUSY = (429, 503)
FIRST = 5.0  # seconds a host is left alone that does not say how long; twice as long each time it says so again
MOST = 300.0  # and at most, whatever it says: the request is then tried again and, if refused, lost


class Backoff:
    """Scrapy's downloader middleware, before its retry (position 560: it sees an answer first)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._again: dict[str, int] = {}  # how often a host has said so in a row

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Backoff:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        host = str(request.meta.get("download_slot", ""))
        if response.status not in BUSY:
            self._again.pop(host, None)
            return response
        times = self._again[host] = self._again.get(host, 0) + 1
        said = asked_for(response.headers.get("Retry-After"), clock.machine())
        wait = min(MOST, FIRST * 2 ** (times - 1) if said is None else said)
        engine = self._crawler.engine
        slot = engine.downloader.slots.get(host) if engine is not None else None
        if slot is not None:  # the host's next request goes out its delay after this moment
            slot.lastseen = max(slot.lastseen, time.monotonic() + wait)
        return response


def asked_for(header: bytes | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` asks for; None where it is not there or says nothing.

    >>> from datetime import UTC
    >>> moment = datetime(2026, 11, 27, 8, 0, 0, tzinfo=UTC)
    >>> asked_for(b"120", moment), asked_for(b"Fri, 27 Nov 2026 08:01:00 GMT", moment), asked_for(b"soon", moment)
    (120.0, 60.0, None)
    """
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - now).total_seconds())
