"""Whether lists were read to their end: what each says it has, against the distinct products that were read of it.

Owns: counting, per list, the total it states, the products its pages led to and the listings these became; saying
which lists are worth another pass. Leaves to others: reading totals off pages (families), asking again (``storefront``),
what a short list means for the crawl (``tally``).

Pages of a list are cut anew for every request. While a crawl goes from page to page, a product may move from one not yet
seen to one seen already, and is missed; a second pass over the same pages finds it. Two addresses of one product are
one listing, so totals are compared with listings, not with links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from scanner.crawl.reading.links import Stated

MAX_PASSES = 3  # the first one included; a third only where the second brought something

Key = str  # what a request asks for (``links.key``)
Request = TypeVar("Request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One list in the end: its first address, what it says it has, products it led to, distinct listings read of them."""

    url: str
    stated: int
    found: int
    read: int

    @property
    def short(self) -> bool:
        """Whether fewer products were read than the list says there are."""
        return self.read < self.stated

    def said(self) -> dict[str, str | int]:
        """As the journal and ``--json`` say it."""
        return {"list": self.url, "stated": self.stated, "found": self.found, "read": self.read}


@dataclass(slots=True)
class _List(Generic[Request]):
    url: str
    stated: int = 0
    pages: dict[Key, Request] = field(default_factory=dict)
    products: set[Key] = field(default_factory=set)
    passes: int = 1
    before: int = -1  # products known when the last pass began


class Lists(Generic[Request]):
    """All lists of one spider that state a total. ``Request`` is whatever asks for a page again."""

    def __init__(self) -> None:
        self._lists: dict[str, _List[Request]] = {}
        self._became: dict[Key, str] = {}

    def page(self, stated: Stated, url: str, key: Key, request: Request, products: Iterable[Key]) -> None:
        """One page of a list. The total last stated counts: goods come and go while the crawl runs."""
        one = self._lists.setdefault(stated.list, _List(url))
        one.stated = stated.total
        one.pages.setdefault(key, request)
        one.products.update(products)

    def total(self, name: str) -> int:
        """The total that a list last stated; 0 for one that is not known."""
        return self._lists[name].stated if name in self._lists else 0

    def became(self, product: Key, listing: str) -> None:
        """The request for a product led to this listing (its id); empty for a page that could not be read."""
        if listing or product not in self._became:
            self._became[product] = listing

    def again(self) -> Iterator[Request]:
        """The pages to ask for once more, of the lists that are worth it; each call begins a pass.

        A product that was found and could not be read is not looked for again: it has not moved.
        """
        for one in self._lists.values():
            known = len(self._known(one))
            if known >= one.stated or one.passes >= MAX_PASSES or known == one.before or len(one.pages) < 2:
                continue
            one.passes, one.before = one.passes + 1, known
            yield from one.pages.values()

    def counted(self) -> list[Counted]:
        return [
            Counted(url=one.url, stated=one.stated, found=len(one.products), read=len(self._read(one)))
            for one in self._lists.values()
        ]

    def _read(self, one: _List[Request]) -> set[str]:
        return {listing for key in one.products if (listing := self._became.get(key, ""))}

    def _known(self, one: _List[Request]) -> set[str | Key]:
        """The listings, and the products of which nothing could be read."""
        return {self._became[key] or key for key in one.products if key in self._became}
