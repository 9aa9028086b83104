"""Two guards between Scrapy and the world: nothing goes to a refused address, nothing unsealed comes back.

Owns: refusing. Leaves to others: the policy (``egress``), the sealing (``sealing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy.exceptions import IgnoreRequest

from scanner.crawl.fetch.egress import Policy
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
    """Refuses addresses early, where the reason can still be said; the resolver refuses what names turn into. The resolver is
    the process's and knows the exceptions of all its runs: a host that only another run may reach is refused here."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._of_all = Policy(allow=frozenset(crawler.settings.getlist("EGRESS_ALLOW")))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EgressGuard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        session = cast("Session", self._crawler.spider.session)  # type: ignore[union-attr]
        request.meta.pop("proxy", None)  # a page must not choose who carries our requests
        try:
            place = session.policy.check_url(request.url)
        except RefusedAddress as refused:
            raise IgnoreRequest(f"refused: {refused.message}") from refused
        if self._of_all.excepted(place.host, place.port) and not session.policy.excepted(place.host, place.port):
            raise IgnoreRequest("refused: 这个主机只有写明 allow_private 的任务可以访问")
