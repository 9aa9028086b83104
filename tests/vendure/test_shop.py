"""The Vendure shop is what the tests say it is: all of the listings, as Vendure itself tells them."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from scanner import numbers
from tests.vendure.conftest import VendureShop
from tests.vendure.listings import LISTINGS

pytestmark = pytest.mark.vendure


def ask(shop: VendureShop, query: str) -> Any:
    body = json.dumps({"query": query}).encode()
    with urlopen(Request(shop.url, body, {"Content-Type": "application/json"}), timeout=20) as answer:
        return json.load(answer)["data"]


def test_the_listings_are_as_many_and_as_lawful_as_said() -> None:
    assert len(LISTINGS) == 23  # three pages of ten
    assert len({listing.title for listing in LISTINGS}) == len({listing.upc for listing in LISTINGS}) == 23
    for listing in LISTINGS:
        if listing.number:
            parsed = numbers.parse(listing.number)
            assert parsed is not None
            assert (parsed.number, parsed.valid) == (listing.number, True)


def test_every_listing_is_sold_with_its_prices_in_fen(vendure_shop: VendureShop) -> None:
    told = ask(vendure_shop, "{ products { totalItems items { name variants { priceWithTax currencyCode } } } }")
    assert told["products"]["totalItems"] == len(LISTINGS)
    prices = {one["name"]: [v["priceWithTax"] for v in one["variants"]] for one in told["products"]["items"]}
    assert prices == {x.title: [round(float(p) * 100) for p in x.variants.values()] for x in LISTINGS}
    assert {v["currencyCode"] for one in told["products"]["items"] for v in one["variants"]} == {"CNY"}


def test_every_listing_is_in_its_collection(vendure_shop: VendureShop) -> None:
    told = ask(vendure_shop, "{ products { items { name collections { name } } } }")["products"]["items"]
    kinds = {one["name"]: [collection["name"] for collection in one["collections"]] for one in told}
    assert kinds == {listing.title: [listing.category] for listing in LISTINGS}
