"""Two guards between Scrapy and the world: nothing goes to a refused address, nothing unsealed comes back.

Owns: refusing. Leaves to others: the policy (``egress``), the sealing (``sealing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy.exceptions import IgnoreRequest

from scanner.errors import RefusedAddress, SealError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scanner.crawl.session import Session


class SealGuard:
    """Refuses every response that has no capture: what is not sealed is not read."""

    def process_response(self, request: Request, response: Response) -> Response:
        if "capture" not in request.meta:
            raise SealError("页面没有取证封存，不予读取", where=request.url, hint="这是程序缺陷，请报告")
        return response


class EgressGuard:
    """Refuses addresses early, where the reason can still be said; the resolver refuses what names turn into."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EgressGuard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        session = cast("Session", self._crawler.spider.session)  # type: ignore[union-attr]
        request.meta.pop("proxy", None)  # a page must not choose who carries our requests
        try:
            session.policy.check_url(request.url)
        except RefusedAddress as refused:
            raise IgnoreRequest(f"refused: {refused.message}") from refused
