"""The reference of ``bench crawl``: a bare Scrapy spider, as one would write it in five minutes.

Fetches, finds links by CSS, follows them; default settings but for the concurrency, which is ours. Run as
``python -m scanner.bench.bare URL CONCURRENCY``; prints one JSON object {pages, seconds, processor}: the last is
processor time a page, ms, in a list of one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    name = "bare"

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        for href in response.css("a::attr(href)").getall():
            yield response.follow(href, self.parse)


def main(url: str, concurrency: int) -> None:
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    crawler = process.create_crawler(Bare)
    times: dict[str, float] = {}
    spent: dict[str, float] = {}
    crawler.signals.connect(lambda: times.setdefault("began", time.perf_counter()), signals.spider_opened, weak=False)
    crawler.signals.connect(lambda: spent.setdefault("began", time.process_time()), signals.spider_opened, weak=False)
    crawler.signals.connect(lambda: times.setdefault("ended", time.perf_counter()), signals.spider_closed, weak=False)
    process.crawl(crawler, start_urls=[url])
    process.start()
    assert crawler.stats is not None
    pages: Any = crawler.stats.get_value("response_received_count", 0)
    processor = round(1000 * (time.process_time() - spent["began"]) / max(pages, 1), 2)
    print(json.dumps({"pages": pages, "seconds": times["ended"] - times["began"], "processor": [processor]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
