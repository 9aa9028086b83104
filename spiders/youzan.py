"""Youzan shops: product pages of its mobile site, whose state is ``window._global`` with ``goodsData``.

Unverified: one real ``_global`` was read, the page around it was not seen. Prices are fen. Shops answer under
``*.youzan.com`` and under names of their own, so a page is told by its state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scanner.crawl.reading.dotted import first_text, found, texts
from scanner.crawl.reading.fields import NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link, canonical, under
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Field, Listing, Outcome
from scanner.page import Page, fragment, money

_ABOUT = ("goods.content", "goods.detail", "goodsDetail.content")
_SOLD = {"SALE": "在售", "SOLD_OUT": "已售罄", "OFF_SHELF": "已下架"}  # on sale, sold out, taken down


class Youzan(Storefront):
    """Product pages of shops on Youzan."""

    name = "youzan"
    verified: ClassVar[bool] = False

    @staticmethod
    def at(url: str) -> bool:
        return under(url, ("youzan.com",))

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return cls.at(page.url) or ("_global" in page.text and _told(page) is not None)

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        """The address itself."""
        yield Link(url, Kind.PRODUCT if "/goods/" in urlsplit(url).path else Kind.LIST)

    def outcome(self, page: Page) -> Outcome | None:
        """A page that carries a product is one, however empty it looks without scripts; a closed shop has none."""
        return None if page.status == 200 and _told(page) is not None else super().outcome(page)

    def products(self, page: Page) -> Iterator[Link]:
        """Products that a page of the shop links to."""
        if _told(page) is not None:
            return
        for anchor in page.links:
            if self.at(anchor.url) and "/goods/" in urlsplit(anchor.url).path:
                yield Link(anchor.url, Kind.PRODUCT)

    def read(self, page: Page) -> Listing | None:
        """The product of the state; None for a page that has none."""
        told = _told(page)
        if told is None:
            return None
        title = first_text(told, "goods.title")
        if not title:
            raise PageError("页面数据里没有商品名称", where=page.url)
        about, inside = fragment("\n".join(t for path in _ABOUT for t in texts(told, path)), page.url)
        status = first_text(told, "goods.soldStatus")
        return listing(
            storefront=page.storefront,
            family=self.name,
            url=canonical(page.url),
            product_id=first_text(told, "goods.alias") or first_text(told, "alias") or first_text(told, "goods.id"),
            title=seen(title, "state:goods.title"),
            price=_price(told),
            description=seen(about, "state:goods.content", otherwise=NOT_SEEN),  # components load it by script
            attributes=_attributes(told),
            pictures=[*(a for p in texts(told, "goods.pictures[].url") if (a := page.absolute(p))), *inside],
            seller=seen(first_text(told, "shop.shopName"), "state:shop.shopName", otherwise=NOT_SEEN),
            buyable=seen(_SOLD.get(status, status), "state:goods.soldStatus", otherwise=NOT_SEEN),
        )


def _told(page: Page) -> dict[str, Any] | None:
    whole = page.json if page.json is not None else page.state("_global")
    told = whole.get("goodsData") if isinstance(whole, dict) else None
    return told if isinstance(told, dict) and isinstance(told.get("goods"), dict) else None


def _price(told: dict[str, Any]) -> Field:
    paths = ("skuInfo.skuPrices[].price", "skuInfo.spuPrice.minPrice", "skuInfo.spuPrice.maxPrice", "goods.price")
    for path in paths:
        priced = [p for v in found(told, path) if (p := money.amount(v, "fen"))]
        if priced:
            return seen(money.span(priced), f"state:{path}")
    return NOT_SEEN


def _attributes(told: dict[str, Any]) -> Iterator[Attribute]:
    if subtitle := first_text(told, "goods.subTitle"):
        yield Attribute(name="副标题", value=subtitle, source="state:goods.subTitle")  # subtitle
    for prop in found(told, "skuInfo.props[]"):
        yield Attribute(
            name=first_text(prop, "k"), value="，".join(texts(prop, "v[].name")), source="state:skuInfo.props"
        )
    for prop in found(told, "goods.itemProps[]"):
        yield Attribute(
            name=first_text(prop, "k"), value="，".join(texts(prop, "v[].name")), source="state:goods.itemProps"
        )
