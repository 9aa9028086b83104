"""Addresses in a page: links and images, absolute, http and https only.

Owns: resolving against the page's address and ``<base>``. Leaves to others: where a link leads (``crawl.reading.links``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

import lxml.html

MAX_LINKS = 5000
MAX_IMAGES = 1000
MAX_URL = 4096  # characters
TAGS = ("a", "area")  # of links

# Where lazy loading keeps the real address, most certain first.
_IMAGE_ATTRIBUTES = ("data-original", "data-src", "data-lazy-src", "data-lazy-img", "data-lazyload",
                     "data-ks-lazyload", "src")  # fmt: skip


class Anchor:
    """One link: absolute address, ``rel`` in lower case, the place in the page's tree, and its text when asked."""

    __slots__ = ("_text", "element", "rel", "url")

    def __init__(self, url: str, rel: str, element: lxml.html.HtmlElement) -> None:
        self.url = url
        self.rel = rel
        self.element = element
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The visible text, white space collapsed; else the title or the picture's alternative text."""
        if self._text is None:
            self._text = " ".join("".join(self.element.itertext()).split()) or _label(self.element)
        return self._text

    def __repr__(self) -> str:
        return f"Anchor({self.url!r}, {self.text!r})"


class Resolver:
    """Makes addresses absolute; the common forms without ``urljoin``, which takes longer than parsing the page."""

    def __init__(self, url: str) -> None:
        self.base = url
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.path = self.origin + (parts.path or "/")

    def __call__(self, href: str) -> str:
        """The absolute address; empty when it is none of ours (script, mail, data, too long, malformed)."""
        href = href.strip(" \t\r\n")
        if not href or len(href) > MAX_URL or href.startswith("#"):
            return ""
        if "\n" in href or "\t" in href or "\r" in href:
            href = "".join(href.split())
        if "[" in href or href.startswith("//"):
            return self._careful(href)
        if href.startswith("/") and "/." not in href:
            return self.origin + href
        if href.startswith("?"):
            return self.path + href
        return self._careful(href)

    def _careful(self, href: str) -> str:
        try:
            url = urljoin(self.base, href)
            parts = urlsplit(url)
            parts.port  # noqa: B018 raises where there is none such
        except ValueError:  # a bracket that is no IPv6 address, a host that is none once folded, a port that is none
            return ""
        return url if parts.scheme in ("http", "https") and parts.netloc else ""


def resolver(base: str, url: str) -> Resolver:
    """For the addresses of the page at ``url``, with what its ``<base>`` says ("": nothing)."""
    return Resolver(Resolver(url)(base) or url)


def links(elements: Iterable[lxml.html.HtmlElement], absolute: Resolver) -> tuple[Anchor, ...]:
    """The links among ``elements`` (those of ``TAGS``) in order, repeated ones included."""
    found = []
    for a in islice(_written(elements), MAX_LINKS):
        if target := absolute(a.get("href") or ""):
            found.append(Anchor(target, (a.get("rel") or "").lower(), a))
    return tuple(found)


def cut(elements: Iterable[lxml.html.HtmlElement]) -> bool:
    """Whether there are more links than ``links`` gives."""
    return next(islice(_written(elements), MAX_LINKS, None), None) is not None


def _written(elements: Iterable[lxml.html.HtmlElement]) -> Iterator[lxml.html.HtmlElement]:
    return (a for a in elements if a.get("href") is not None)


def _label(a: lxml.html.HtmlElement) -> str:
    image = a.find(".//img")
    return (a.get("title") or (image.get("alt") if image is not None else "") or "").strip()


def images(elements: Iterable[lxml.html.HtmlElement], absolute: Resolver) -> tuple[tuple[str, str], ...]:
    """(address, alternative text) of the pictures (``img``) in order, each address once; lazy ones by their real address."""
    found: dict[str, str] = {}
    for image in islice(elements, MAX_IMAGES):
        has = image.keys()  # asking for one that is not there costs as much as for all their names
        for attribute in _IMAGE_ATTRIBUTES:
            if attribute in has and (written := image.get(attribute)) and (target := absolute(written)):
                found.setdefault(target, image.get("alt", "").strip() if "alt" in has else "")
                break
    return tuple(found.items())
