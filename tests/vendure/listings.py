"""What the Vendure shop of the tests sells: what the Oscar shop sells, and goods that come in several variants.

Owns: the truth that a scan of the shop is held against, and the files that Vendure imports. Leaves to others: serving
(``shop.js``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.oscar import listings as oscar

SELLER, TAX, PICTURES = "演示器械店", "增值税", "https://pictures.shop.example/"
CATEGORY, OPTION = "类别", "规格"  # the facet that files a product in its collection; what variants differ by


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(oscar.Listing):
    """``variants``: name -> price in yuan, in order; ``price`` is what they span."""

    variants: dict[str, str]

    @property
    def shown(self) -> dict[str, str]:
        """All attributes that the shop shows: facets, then what the variants differ by."""
        options = "\n".join(name for name in self.variants if name)
        return {**self.attributes, CATEGORY: self.category} | ({OPTION: options} if options else {})

    @property
    def picture(self) -> str:
        return f"{PICTURES}{self.upc.lower()}.png"  # Vendure stores files under names in lower case


def _several(row: int, like: int, title: str, number: str, variants: dict[str, str]) -> Listing:
    """Goods in variants, of the same holder and kind as another listing."""
    other, prices = oscar.LISTINGS[like - 1], sorted(variants.values(), key=float)
    return Listing(
        upc=f"YS{row:04}", title=title, price=f"{prices[0]}-{prices[-1]}", category=other.category, number=number,
        attributes=other.attributes | {oscar.NUMBER: number}, description="选好规格再下单。", variants=variants,
    )  # fmt: skip


def _single(listing: oscar.Listing) -> Listing:
    return Listing(
        upc=listing.upc, title=listing.title, price=listing.price, category=listing.category, number=listing.number,
        attributes=listing.attributes, description=listing.description, variants={"": listing.price},
    )  # fmt: skip


LISTINGS = (
    *map(_single, oscar.LISTINGS),
    _several(
        21, 5, "医用弹性绷带", "演械注准20222145021", {"5cm×4.5m": "6.80", "10cm×4.5m": "11.00", "15cm×4.5m": "9.90"}
    ),
    _several(22, 10, "家用肺功能测试仪", "演械注准20222075022", {"标准": "899.00", "带蓝牙": "1099.00"}),
    replace(_several(23, 19, "红外理疗灯", "", {"落地": "268.00", "台式": "168.00"}), attributes={"功率": "275瓦"}),
)

_COLUMNS = ("name", "slug", "description", "assets", "facets", "optionGroups", "optionValues", "sku", "price",
            "taxCategory", "stockOnHand", "trackInventory", "variantAssets", "variantFacets")  # fmt: skip


def write(folder: Path) -> None:
    """``shop.json``, ``products.csv`` and ``pictures/``, as ``shop.js`` wants them."""
    kinds = dict.fromkeys(listing.category for listing in LISTINGS)
    collections = [
        {"name": kind, "slug": f"kind-{n}", "filters": [
            {"code": "facet-value-filter", "args": {"facetValueNames": [f"{CATEGORY}:{kind}"], "containsAny": False}}]}
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    shop = {"seller": SELLER, "tax": TAX, "pictures": PICTURES, "collections": collections}
    (folder / "shop.json").write_text(json.dumps(shop, ensure_ascii=False), encoding="utf-8")
    (folder / "pictures").mkdir()
    with (folder / "products.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, _COLUMNS, restval="")
        rows.writeheader()
        for listing in LISTINGS:
            (folder / "pictures" / f"{listing.upc.lower()}.png").write_bytes(_dot())
            rows.writerows(_rows(listing))


def _rows(listing: Listing) -> Iterator[dict[str, str]]:
    """A row a variant; only the first tells of the product."""
    facets = {**listing.attributes, CATEGORY: listing.category}
    product = {
        "name": listing.title, "slug": listing.upc.lower(), "description": f"<p>{listing.description}</p>",
        "assets": f"{listing.upc.lower()}.png", "facets": "|".join(f"{label}:{value}" for label, value in facets.items()),
        "optionGroups": OPTION if len(listing.variants) > 1 else "",
    }  # fmt: skip
    for n, (name, price) in enumerate(listing.variants.items()):
        variant = {"optionValues": name, "sku": f"{listing.upc}-{n}", "price": price, "taxCategory": TAX,
                   "stockOnHand": "50", "trackInventory": "false"}  # fmt: skip
        yield (product if n == 0 else {}) | variant


def _dot() -> bytes:
    drawn = BytesIO()
    Image.new("L", (1, 1)).save(drawn, "PNG")
    return drawn.getvalue()
