"""What had been sealed when a crawl died, handed to it again when it goes on: the shop is not asked twice.

Owns: which sealed answer is that of a request, and Scrapy's response made of it. Leaves to others: keeping which is which
(``store.frontier``), the order of fetching and sealing (``sealing``), reading records (``evidence.shelf``).

Between sealing and the end of a request lie a worker's look, pieces that must come, keeping: at any moment a crawl has more
sealed pages under way than open connections. Without this a busy machine asked for all of those again after a death.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadFailedError
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from scanner.crawl.reading import sealed
from scanner.errors import InputError, StoreError
from scanner.model import Lane

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from scanner.crawl.walk.looking import Looking
    from scanner.evidence.archive.shelf import Shelf
    from scanner.model import Capture

log = logging.getLogger(__name__)

# Of the connection and not of the answer: Twisted keeps them to itself.
_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)


def note(spider: Looking, request: Request) -> None:
    """The answer to ``request`` is whole and sealed (``request.meta["capture"]``): it need not be asked for again."""
    place, capture = _place(request), request.meta.get("capture")
    if place is None or capture is None or spider.rows is None:
        return
    try:
        spider.rows.seal(*place, capture)
    except StoreError as error:
        spider.stop(error)


def answer(spider: Looking, request: Request) -> Response | None:
    """What had been sealed for ``request`` when the crawl died, with ``request.meta["capture"]``; None where nothing had, or
    where its records are not in the archive as they were journalled: then it is asked for again."""
    place = _place(request)
    if place is None or spider.rows is None or spider.session is None:
        return None
    try:
        capture = spider.rows.sealed(*place)
    except StoreError as error:
        spider.stop(error)
        return None
    if capture is None:
        return None
    try:
        made = _response(spider.session.archive, capture, request)
    except (InputError, DownloadFailedError) as error:
        log.warning("asked for again, its records cannot be read: %s: %s", request.url, error)
        return None
    request.meta["capture"] = capture
    return made


def _place(request: Request) -> tuple[int, str] | None:
    """Where the frontier keeps what is sealed for a request: its row, or that of the page it is a part of; pictures belong to
    no page alone. None for what every run asks for anew (robots.txt)."""
    if "row" in request.meta:
        return request.meta["row"], ""
    if "held" in request.cb_kwargs:
        return request.cb_kwargs["held"].row, request.url
    return (0, request.url) if "asked" in request.cb_kwargs else None


def _response(shelf: Shelf, capture: Capture, request: Request) -> Response:
    if capture.lane is Lane.BROWSER:
        from scanner.crawl.browser import lane  # playwright, which most pages need not load

        return lane.response(request, *sealed.visited(shelf, capture))
    found = shelf.read(capture)
    if found.fault or found.truncated or not found.status:
        raise InputError(found.fault or "记录不完整", where=capture.url)
    headers = Headers()
    for name, value in found.headers:
        if name.lower() not in _HOP:
            headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=found.entity)
    return kind(request.url, status=found.status, headers=headers, body=found.entity, request=request)
