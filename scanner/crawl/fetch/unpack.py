"""Content codings of the fast lane's answers taken off (gzip, deflate, br, zstd), in place of Scrapy's own middleware.

Owns: asking for the codings we read, and what becomes of an answer whose coding does not come off. Leaves to others: taking
them off (``evidence.wire.coding``), which ``rebuild``, packages and imports use too: Scrapy's reads what a damaged coding
still gives away, and a page cut in two would be judged here by its first half, and there not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from scanner.errors import InputError
from scanner.evidence.wire import coding

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ACCEPTED = b"gzip, deflate, br, zstd"


class Unpack:
    """Scrapy's downloader middleware. What does not come off raises IgnoreRequest, its cause what the decoder said."""

    def __init__(self, cap: int) -> None:
        self._cap = cap  # bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Unpack:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        codings = response.headers.getlist("Content-Encoding")
        if not codings or request.method == "HEAD":
            return response
        try:
            body = coding.decode(response.body, tuple(codings), cap=self._cap)
        except InputError as error:
            raise IgnoreRequest(f"undecodable: {error.message}") from error
        plain = response.replace(body=body)  # of what kind it is, nobody asks Scrapy: pages are read from bytes
        del plain.headers["Content-Encoding"]
        return plain
