"""A crawl whose frontier is left lying, so that a test can see how each request ended: ``python -m tests.crawl.endings HOME URL…``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.run import run
from scanner.crawl.walk.storefront import Storefront, Walk
from scanner.home import Home
from scanner.page import Page
from scanner.store import frontier


class Endings(Storefront):
    """Asks for what it is given; one of its pages makes it fail while the links are followed."""

    name = "endings"

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        yield Link(url, Kind.LIST)

    def products(self, page: Page) -> Iterator[Link]:
        return iter(())

    def read(self, page: Page) -> None:
        return None

    def _keep_list(self, *arguments: object) -> None:
        if "raises" in str(getattr(arguments[0], "url", "")):
            raise KeyError("a fault of ours in the callback")


if __name__ == "__main__":
    frontier.remove = lambda path: None
    walk = Walk(family=Endings, urls=tuple(sys.argv[2:]), arguments={})
    run(Home(Path(sys.argv[1])), [walk], kind="scan", pages=50, render="never", allow=("127.0.0.1",))
