"""A family whose products leave their description to an answer of its own, run against a shop of the test's.

``python -m tests.crawl.partshop HOME URL…`` walks and prints what a scan prints; with ``--leave`` its frontier is left lying,
as a death would leave it. A family of a platform's own hosts cannot
be served on loopback; this one goes the same way with hosts of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from scanner.crawl.reading.fields import NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.parts import Part
from scanner.crawl.run import run
from scanner.crawl.walk.storefront import Storefront, Walk
from scanner.home import Home
from scanner.model import Listing
from scanner.page import Page, fragment
from scanner.store import frontier


class PartShop(Storefront):
    name = "partshop"

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        yield Link(url, Kind.PRODUCT)

    def products(self, page: Page) -> Iterator[Link]:
        if page.tree is not None:
            yield Link(page.url.replace("/item/", "/description/"), Kind.PART)

    @staticmethod
    def parts(page: Page) -> tuple[Part, ...]:
        _, kind, key = urlsplit(page.url).path.split("/")
        if kind != "description" or not isinstance(page.json, dict) or "content" not in page.json:
            return ()
        text, pictures = fragment(page.json["content"], page.url)
        return (Part(family="partshop", product=key, description=seen(text, "path:content"), pictures=pictures),)

    def read(self, page: Page) -> Listing | None:
        return listing(
            storefront=page.storefront, family=self.name, url=page.url, product_id=urlsplit(page.url).path.split("/")[2],
            title=seen(page.title, "title"), price=NOT_SEEN, description=NOT_SEEN, seller=NOT_SEEN,
        )  # fmt: skip


if __name__ == "__main__":
    home, *urls = [word for word in sys.argv[1:] if word != "--leave"]
    if "--leave" in sys.argv:
        frontier.remove = lambda path: None
    walk = Walk(family=PartShop, urls=tuple(urls), arguments={})
    report = run(Home(Path(home)), [walk], kind="scan", pages=50, render="never", allow=("127.0.0.1",))
    print(json.dumps(report.counts(), ensure_ascii=False))
