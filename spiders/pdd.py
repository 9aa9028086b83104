"""Pinduoduo: product pages of its mobile site (``window.rawData``), and recorded answers of the same shape.

Unverified: the shape is taken from public descriptions of ``rawData.store.initDataObj`` and from one recorded answer
about a product; no page of today was seen. Prices: keys that end in ``InCent`` and the open interface's
(``min_group_price``) are fen, the others yuan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from scanner.crawl.reading.fields import NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link, canonical, under
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Field, Listing, Outcome
from scanner.page import Page, money

HOSTS = ("yangkeduo.com", "pinduoduo.com")
# Where goods and shop stand: in the state of a page, in an answer recorded of it.
_PLACES = (("store", "initDataObj"), ("initDataObj",), ("data",), ())
_PRICES = (  # lowest, highest, unit; the first pair with a lowest price counts
    ("minOnSaleGroupPriceInCent", "maxOnSaleGroupPriceInCent", "fen"),
    ("minOnSaleGroupPrice", "maxOnSaleGroupPrice", "yuan"),
    ("minGroupPrice", "maxGroupPrice", "yuan"),
    ("min_group_price", "max_group_price", "fen"),
)
_WALLS = ("/login.html", "/psnl_verification.html")


class Pdd(Storefront):
    """Product pages of Pinduoduo."""

    name = "pdd"
    verified: ClassVar[bool] = False

    @staticmethod
    def at(url: str) -> bool:
        return under(url, HOSTS)

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return cls.at(page.url)

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        """The address itself; search and shops' lists want a login, so nothing is made up beyond it."""
        yield Link(url, Kind.PRODUCT if _asked_id(url) else Kind.LIST)

    def outcome(self, page: Page) -> Outcome | None:
        """Its walls by address; a page that carries a product is one, however empty it looks without scripts."""
        path = urlsplit(page.url).path
        if path.startswith(_WALLS):
            return Outcome.LOGIN if path.startswith(_WALLS[0]) else Outcome.CAPTCHA
        return None if page.status == 200 and _told(page) is not None else super().outcome(page)

    def products(self, page: Page) -> Iterator[Link]:
        """Of a product the shop's page."""
        told = _told(page)
        if told is not None and (url := page.absolute(_shop_address(told[1]))):
            yield Link(url, Kind.SELLER)

    def read(self, page: Page) -> Listing | None:
        """The product of the state; None for a page that has none."""
        told = _told(page)
        if told is None:
            return None
        goods, shop = told
        title = _text(goods, "goodsName", "goods_name")
        if not title:
            raise PageError("页面数据里没有商品名称", where=page.url)
        number = _text(goods, "goodsID", "goodsId", "goods_id") or _asked_id(page.url)
        return listing(
            storefront=page.storefront,
            family=self.name,
            url=canonical(page.url),
            product_id=number,
            title=seen(title, "state:goodsName"),
            price=_price(goods),
            # What the seller writes at length is in the pictures; without a word of text nothing was seen of it.
            description=seen(
                _text(goods, "goodsDesc", "goods_desc", "shareDesc"), "state:goodsDesc", otherwise=NOT_SEEN
            ),
            attributes=_attributes(goods),
            pictures=[a for p in _pictures(goods) if (a := page.absolute(p))],
            seller=seen(_text(shop, "mallName", "shopName", "mall_name"), "state:mall", otherwise=NOT_SEEN),
            seller_url=page.absolute(_shop_address(shop)),
            buyable=_buyable(goods),
        )


def _told(page: Page) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The objects about goods and shop, wherever the page or answer has them."""
    whole = page.json if page.json is not None else page.state("rawData")
    for place in _PLACES:
        inner = whole
        for key in place:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            goods = next((g for k in ("goods", "item") if isinstance(g := inner.get(k), dict) and g), None)
            shop = next((s for k in ("mall", "seller") if isinstance(s := inner.get(k), dict)), {})
            if goods is not None and ("goodsName" in goods or "goods_name" in goods):
                return goods, shop
    return None


def _text(told: dict[str, Any], *keys: str) -> str:
    values = (told.get(key) for key in keys)
    return next(
        (str(v).strip() for v in values if isinstance(v, str | int) and not isinstance(v, bool) and str(v).strip()), ""
    )


def _asked_id(url: str) -> str:
    return next(iter(parse_qs(urlsplit(url).query).get("goods_id", [])), "")[:40]


def _price(goods: dict[str, Any]) -> Field:
    for low, high, unit in _PRICES:
        lowest, highest = (money.amount(goods.get(key), unit) for key in (low, high))
        if lowest:
            both = f"{lowest}-{highest}" if highest and highest != lowest else lowest
            return seen(both, f"state:{low}")
    return NOT_SEEN  # hidden from who is not logged in


def _attributes(goods: dict[str, Any]) -> Iterator[Attribute]:
    for key in ("goodsProperty", "goods_property"):
        for row in _list(goods.get(key)):
            if isinstance(row, dict):
                values = [str(v) for v in _list(row.get("values")) if isinstance(v, str | int)]
                yield Attribute(name=_text(row, "key"), value="，".join(values), source=f"state:{key}")
    offered: dict[str, dict[str, None]] = {}
    for sku in _list(goods.get("skus")):
        for spec in _list(sku.get("specs")) if isinstance(sku, dict) else []:
            if isinstance(spec, dict):
                offered.setdefault(_text(spec, "spec_key"), {}).setdefault(_text(spec, "spec_value"))
    for name, said in offered.items():
        yield Attribute(name=name, value="，".join(said), source="state:skus")
    for name, key in (("提示", "promptExplain"), ("分享标题", "shareTitle")):  # notice, title when shared
        if (text := _text(goods, key)) and text != _text(goods, "goodsName"):
            yield Attribute(name=name, value=text, source=f"state:{key}")


def _pictures(goods: dict[str, Any]) -> Iterator[str]:
    for key in ("topGallery", "viewImageData", "banner", "detailGallery", "detail", "hdThumbUrl", "thumbUrl"):
        value = goods.get(key)
        for one in value if isinstance(value, list) else [value]:
            address = one.get("url") if isinstance(one, dict) else one
            if isinstance(address, str) and address:
                yield address


def _shop_address(shop: dict[str, Any]) -> str:
    number = _text(shop, "mallID", "mallId", "shopId", "mall_id")
    return f"/mall_page.html?mall_id={number}" if number.isdigit() else ""


def _buyable(goods: dict[str, Any]) -> Field:
    for key in ("isGoodsOnSale", "isOnSale"):
        if isinstance(goods.get(key), bool):
            return seen("在售" if goods[key] else "已下架", f"state:{key}")  # on sale, taken down
    return NOT_SEEN


def _list(value: Any) -> list[Any]:
    return value[:1000] if isinstance(value, list) else []
