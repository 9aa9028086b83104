"""Result pages of a search engine (Baidu, desktop and mobile): which pages it names, with title and snippet.

Unverified: built from public descriptions of the page (``div.c-container`` or ``div.result`` with ``mu``, ``h3 a``,
``.c-abstract``); no page of today was seen. A result page is no product and nobody's own page: nothing on it is read
as one, and a crawl does not leave the engine by itself. Its results say where a person may look next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlsplit

import lxml.html

from scanner.crawl.reading.links import Kind, Link, page_number, shape
from scanner.crawl.walk.storefront import Storefront
from scanner.model import Named, Outcome
from scanner.page import Page, query

HOSTS = ("www.baidu.com", "m.baidu.com")
MAX_RESULTS = 100
MAX_SNIPPET = 300
MAX_URL = 2000
_BLOCKS = query.elements(
    "//div[contains(concat(' ', normalize-space(@class), ' '), ' c-container ')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' result ') or contains(concat(' ', @class, ' '), ' c-result ')]"
)
_HEADING = query.elements("(.//h3)[1]")
_LINK = query.elements("(.//h3//a[@href] | .//a[@href][.//h3])[1]")
_SNIPPET = query.elements(
    "(.//*[contains(@class, 'c-abstract') or contains(@class, 'content-right') or contains(@class, 'c-line-clamp')"
    " or contains(@class, 'c-span-last')])[1]"
)


@dataclass(frozen=True, slots=True)
class Result:
    """One result: the address of the page it names where the engine gives it (``mu``), else its own forwarding one."""

    url: str
    title: str
    snippet: str
    forwards: bool  # the address is the engine's and only leads on


class SearchPage(Storefront):
    """Result pages of Baidu."""

    name = "searchpage"
    verified: ClassVar[bool] = False

    @staticmethod
    def at(url: str) -> bool:
        return (urlsplit(url).hostname or "") in HOSTS

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return cls.at(page.url)

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        """The address itself, or the search for ``words`` at its host."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        if words and not asked.get("wd") and not asked.get("word"):
            name = "word" if parts.hostname == "m.baidu.com" else "wd"
            url = f"{parts.scheme}://{parts.netloc}/s?{name}={quote(words)}"
        yield Link(url, Kind.LIST)

    def outcome(self, page: Page) -> Outcome | None:
        """The engine's slider stands at an address of its own."""
        if (urlsplit(page.url).hostname or "").startswith("wappass.") or "安全验证" in page.title[:40]:
            return Outcome.CAPTCHA
        return super().outcome(page)

    def products(self, page: Page) -> Iterator[Link]:
        """The results whose address is known, title and snippet as the link's text, and the next result page. The
        engine's forwarding addresses would lead off to wherever it says: they are named, not followed."""
        for result in results(page):
            if not result.forwards:
                kind = shape(result.url).kind or Kind.LIST
                yield Link(result.url, kind, text=f"{result.title}\n{result.snippet}".strip())
        for anchor in page.links:
            if self.at(anchor.url) and anchor.text[:10].startswith("下一页"):  # next page
                if _offset(anchor.url) > _offset(page.url):
                    yield Link(anchor.url, Kind.LIST, text="下一页")
                return

    def named(self, page: Page) -> tuple[Named, ...]:
        """The results, for a person to choose from."""
        return tuple(
            Named(kind="result", url=one.url[:MAX_URL], title=one.title, text=one.snippet, forwards=one.forwards)
            for one in results(page)
        )

    def read(self, page: Page) -> None:
        """Nothing: what a snippet quotes must be seen on the page it is from."""


def results(page: Page) -> list[Result]:
    """The results in the engine's order, each address once; its advertisements are results, too."""
    found: dict[str, Result] = {}
    for block in _BLOCKS(page.tree) if page.tree is not None else []:
        if len(found) >= MAX_RESULTS:
            break
        heading, links = _HEADING(block), _LINK(block)
        title = _words(heading[0] if heading else links[0]) if heading or links else ""
        own = page.absolute(block.get("mu") or "")
        url = own or (page.absolute(links[0].get("href") or "") if links else "")
        if not title or not url:
            continue
        snippet = next((_words(e) for e in _SNIPPET(block)), "")[:MAX_SNIPPET]
        found.setdefault(url, Result(url, title[:200], snippet, forwards=SearchPage.at(url)))
    return list(found.values())


def _words(element: lxml.html.HtmlElement) -> str:
    return " ".join("".join(element.itertext("*")).split())


def _offset(url: str) -> int:
    """How far into the results an address asks (``pn=20``)."""
    value = next(iter(parse_qs(urlsplit(url).query).get("pn", [])), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else (page_number(url) or 0)
