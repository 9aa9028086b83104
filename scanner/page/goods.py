"""The one product a page describes in its structured data, brought from three vocabularies into one shape.

Owns: finding schema.org products in JSON-LD and microdata and OpenGraph's product type, and telling the page's own
product from its neighbours. Leaves to others: whether the page is a product page when it has none of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_PRODUCTS = frozenset(
    ("Product", "IndividualProduct", "ProductModel", "ProductGroup", "SomeProducts", "Drug", "MedicalDevice",
     "DietarySupplement")
)  # fmt: skip
_PAGES = ("mainEntity", "mainEntityOfPage", "about", "item")
_OG_TYPES = frozenset(("product", "og:product", "product.item", "product.group", "og:goods"))
MAX_PROPERTIES = 200


@dataclass(slots=True)
class Goods:
    """What structured data says of the product; ``source`` of each text by field name. Empty texts are left out."""

    texts: dict[str, str] = field(default_factory=dict)  # name price currency description sku brand seller seller_url
    sources: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    properties: list[tuple[str, str, str]] = field(default_factory=list)  # label, value, source

    def tell(self, name: str, text: str, source: str) -> None:
        """Keep the first text of each field: the better vocabulary speaks first."""
        if text.strip() and name not in self.texts:
            self.texts[name] = text.strip()
            self.sources[name] = source


def goods(structured: dict[str, list[Any]], addresses: tuple[str, ...], titles: tuple[str, ...]) -> Goods | None:
    """The page's own product; None when structured data names none, or several of which none is the page's.

    ``addresses`` are the page's own, ``titles`` its title and headings: they tell its product from others.
    """
    told = Goods()
    for vocabulary, items in (
        ("json-ld", structured["json-ld"]),
        ("microdata", [_plain(item) for item in structured["microdata"]]),
    ):
        own = _own([p for item in items for p in _products(item)], addresses, titles)
        if own is not None:
            _schema(told, own, vocabulary)
    _opengraph(told, structured["opengraph"])
    return told if told.texts.get("name") else None


# --- schema.org --------------------------------------------------------------------------------------------------


def _plain(item: Any) -> Any:
    """Microdata as extruct gives it, in JSON-LD's shape."""
    if isinstance(item, list):
        return [_plain(i) for i in item]
    if not isinstance(item, dict):
        return item
    types = item.get("type", "")
    return {"@type": types, **{k: _plain(v) for k, v in (item.get("properties") or {}).items()}}


def _types(item: dict[str, Any]) -> set[str]:
    types = item.get("@type", "")
    names = types if isinstance(types, list) else [types]
    return {n.rstrip("/").rpartition("/")[2].rpartition(":")[2] for n in names if isinstance(n, str)}


def _products(item: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(item, dict):
        return
    if not _PRODUCTS.isdisjoint(_types(item)):
        yield item
        return
    for key in _PAGES:
        for inner in _list(item.get(key)):
            if isinstance(inner, dict) and not _PRODUCTS.isdisjoint(_types(inner)):
                yield inner


def _own(products: list[dict[str, Any]], addresses: tuple[str, ...], titles: tuple[str, ...]) -> dict[str, Any] | None:
    pages = [_place(a) for a in addresses if a]
    for product in products:
        named = [t for key in ("url", "@id", "mainEntityOfPage") if (t := _text(product.get(key))).startswith("http")]
        if any(_same(_place(url), page) for url in named for page in pages):
            return product
    elsewhere = [p for p in products if not _text(p.get("url")).startswith("http")]
    if len(products) == 1:
        return elsewhere[0] if elsewhere else None
    for product in elsewhere:
        if (name := _text(product.get("name"))) and any(name in title or title in name for title in titles if title):
            return product
    return None


def _place(url: str) -> tuple[str, frozenset[str]]:
    """Path and parameters; hosts are left out, for shops answer under several (www., m.)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", frozenset()
    return parts.path.rstrip("/"), frozenset(parts.query.split("&")) - {""}


def _same(named: tuple[str, frozenset[str]], page: tuple[str, frozenset[str]]) -> bool:
    """Whether a product's address is the page's, which may have more parameters (tracking)."""
    return named[0] == page[0] and named[1] <= page[1] and named != ("", frozenset())


def _schema(told: Goods, item: dict[str, Any], source: str) -> None:
    offers = _offers(item)
    offer = next((o for o in offers if o.get("price") or o.get("lowPrice")), offers[0] if offers else {})
    sellers = [s for o in offers for key in ("seller", "offeredBy") for s in _list(o.get(key))]
    for name, value in (
        ("name", item.get("name")),
        ("description", item.get("description")),
        ("sku", item.get("productID") or item.get("sku")),
        ("price", offer.get("price") or offer.get("lowPrice")),
        ("currency", offer.get("priceCurrency")),
        ("available", offer.get("availability")),
        ("seller", _named(sellers)),
    ):
        told.tell(name, _text(value), f"{source}:{name}")
    for place in sellers:
        told.tell("seller_url", _text(place.get("url")) if isinstance(place, dict) else "", f"{source}:seller")
    for label, name in (("品牌", "brand"), ("生产企业", "manufacturer"), ("型号", "model")):  # brand, maker, model
        if text := _named(item.get(name)):
            told.properties.append((label, text, f"{source}:{name}"))
    for row in _list(item.get("additionalProperty"))[:MAX_PROPERTIES]:
        if isinstance(row, dict) and (label := _text(row.get("name"))):
            told.properties.append((label, _text(row.get("value")), f"{source}:additionalProperty"))
    told.images += [t for i in _list(item.get("image")) if (t := _text(i.get("url") if isinstance(i, dict) else i))]


def _offers(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The offers, those inside an aggregate included; a price may stand in a ``priceSpecification``."""
    offers = [o for o in _list(item.get("offers")) if isinstance(o, dict)]
    offers += [o for outer in offers for o in _list(outer.get("offers")) if isinstance(o, dict)]
    return [{**_specified(o), **{k: v for k, v in o.items() if v not in ("", None)}} for o in offers[:MAX_PROPERTIES]]


def _specified(offer: dict[str, Any]) -> dict[str, Any]:
    named = (p for p in _list(offer.get("priceSpecification")) if isinstance(p, dict) and p.get("price"))
    return next(named, {})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(value: Any) -> str:
    for item in _list(value):
        if text := _text(item.get("name") if isinstance(item, dict) else item):
            return text
    return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("@id") or value.get("name") or ""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


# --- OpenGraph ---------------------------------------------------------------------------------------------------

_OG = {
    "og:title": "name",
    "og:description": "description",
    "product:price:amount": "price",
    "og:price:amount": "price",
    "product:price:currency": "currency",
    "og:price:currency": "currency",
    "product:retailer_item_id": "sku",
    "product:availability": "available",
}


def _opengraph(told: Goods, objects: list[Any]) -> None:
    pairs = [(k, v) for o in objects for k, v in o.get("properties", ())]
    is_product = any(k == "og:type" and v.strip().lower() in _OG_TYPES for k, v in pairs)
    if not is_product and not any(k == "product:price:amount" for k, _ in pairs):
        return
    for key, value in pairs:
        if key in _OG:
            told.tell(_OG[key], value, f"opengraph:{key}")
        elif key == "og:image":
            told.images.append(value)
        elif key == "product:brand":
            told.properties.append(("品牌", value, f"opengraph:{key}"))  # brand
