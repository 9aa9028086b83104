"""Any shop that is HTML: told by what pages show, not by whose they are.

Three things, a file each: which links lead on (``ways``), which page is a product's (``product``), which is a seller's
(``shop``). Decides on evidence and stays silent without it: a list, an article or a home page read as a product would
be a false lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from scanner.crawl.reading.links import Kind, Link, Stated, shape
from scanner.crawl.walk.storefront import Storefront
from scanner.model import Listing, Seller
from scanner.page import Page
from spiders.generic import product, shop, ways


class GenericShop(Storefront):
    """The family of every shop that has none of its own."""

    name = "generic"

    @staticmethod
    def search(url: str, words: str = "") -> Iterator[Link]:
        """The address itself; search words go where it says ``{words}``."""
        target = url.replace("{words}", quote(words))
        yield Link(target, shape(target).kind or Kind.LIST)

    @staticmethod
    def products(page: Page) -> Iterator[Link]:
        """Next page first, then products, sellers' pages, further lists; never what changes something."""
        yield from ways.ways(page)

    def stated(self, page: Page) -> Stated | None:
        """``共 40 件商品`` (40 goods in all) and the like, where a list says so."""
        return ways.stated(page)

    def more(self, page: Page, links: Sequence[Link]) -> bool:
        return len(links) == ways.MAX_WAYS or page.links_cut

    @staticmethod
    def read(page: Page) -> Listing | Seller | None:
        """A product's page as listing, a shop's home or licence page as seller, everything else as None."""
        if page.tree is None:
            return None
        return shop.licence(page) or product.product(page) or shop.home(page)
