"""What a recording holds of the lists it shows: what each list states, the products its pages name, those that were read.

Owns: finding the recorded product page that a list's link means. Leaves to others: counting (``complete``), reading totals
and links off pages (families), saying it (``session``, ``cli``).

A crawl asks with the links it found, so the two are equal. A recording was asked for by somebody else's program: its
requests bear sessions and signatures that no link has, spell the same body otherwise, and come in any order. So a link
means a recorded request to the same path that asks at least for what the link asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scanner.crawl.reading import asked
from scanner.crawl.reading.links import Kind, key, storefront_of, tracks
from scanner.crawl.walk.complete import Counted, Lists
from scanner.evidence.wire import http
from scanner.model import Listing

if TYPE_CHECKING:
    from scanner.crawl.reading.workers import Seen
    from scanner.crawl.walk.complete import Key
    from scanner.model import Exchange

Items = frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Path:
    """The recorded product pages of one path: what was asked for and the listing's id; where each parameter occurs."""

    pages: list[tuple[Items, str]] = field(default_factory=list)
    where: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, items: Items, listing: str) -> None:
        for one in items:
            self.where.setdefault(one, []).append(len(self.pages))
        self.pages.append((items, listing))

    def find(self, items: Items) -> str:
        """The listing of the page that asks for all of ``items`` and the least beside; empty where there is none."""
        rarest = min((self.where.get(one, []) for one in items), key=len, default=range(len(self.pages)))
        fitting = [self.pages[at] for at in rarest if items <= self.pages[at][0]]
        return min(fitting, key=lambda page: len(page[0]))[1] if fitting else ""


class Recorded:
    """The lists of one recording; tell it every page, then ask."""

    def __init__(self) -> None:
        self._lists: Lists[None] = Lists()
        self._links: dict[Key, tuple[str, bytes]] = {}
        self._paths: dict[str, _Path] = {}

    def page(self, exchange: Exchange, seen: Seen) -> None:
        """One recorded exchange as a worker saw it."""
        subject = seen.look.subject
        if not isinstance(subject, Listing) and seen.stated is None:
            return
        url, body = exchange.url, http.request(exchange.sent).body if exchange.sent else b""
        if isinstance(subject, Listing):
            for address, sent in {(url, body), (subject.url, b"")}:
                place, items = _place(address, sent)
                self._paths.setdefault(place, _Path()).add(items, subject.id)
        if seen.stated is not None:
            products = {
                key(link.method, link.url, link.body): (link.url, link.body)
                for link in seen.links if link.kind is Kind.PRODUCT
            }  # fmt: skip
            self._links |= products
            self._lists.page(seen.stated, url, key(exchange.method, url, body), None, products)

    def counted(self) -> list[Counted]:
        """Each list that states a total, in the order of its first page."""
        for wanted, (url, body) in self._links.items():
            place, items = _place(url, body)
            path = self._paths.get(place)
            self._lists.became(wanted, path.find(items) if path is not None else "")
        return self._lists.counted()


def _place(url: str, body: bytes) -> tuple[str, Items]:
    """The path with its host, and what is asked for there; what says nothing of the product is left out."""
    items = asked.flat(asked.said(url, body)).items()
    return (
        f"{storefront_of(url)}{unquote(urlsplit(url).path)}",
        frozenset((name, value) for name, value in items if value and not tracks(name.lower())),
    )
