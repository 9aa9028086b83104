"""robots.txt for every request to a host, also for those that arrive while it is being fetched.

Owns: waiting. Leaves to others: fetching, parsing and obeying robots.txt (Scrapy's own middleware, which this is).

Scrapy 2.19 lets all requests to a new host wait on one Deferred, turned into a future for each of them; the first such
future takes its result away, so the third and later requests are told there is no robots.txt and go out unchecked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.robotstxt import RobotParser


class RobotsGuard(RobotsTxtMiddleware):
    """Takes the place of Scrapy's middleware (position 100)."""

    async def robot_parser(self, request: Request) -> RobotParser | None:
        waiting = self._parsers.get(urlparse_cached(request).netloc)
        if not isinstance(waiting, Deferred):
            return await super().robot_parser(request)
        own: Deferred[RobotParser | None] = Deferred()

        def pass_on(parser: RobotParser | None) -> RobotParser | None:
            own.callback(parser)
            return parser

        waiting.addCallback(pass_on)
        return await maybe_deferred_to_future(own)
