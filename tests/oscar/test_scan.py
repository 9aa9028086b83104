"""A shop that is not ours: ``scan`` finds every product of a django-oscar shop exactly once, with what it says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.oscar.conftest import OscarShop
from tests.oscar.listings import CATEGORIES, LISTINGS, PER_PAGE, Listing
from tests.oscar.test_shop import get
from tests.running import Done, qingwang

pytestmark = pytest.mark.oscar


def scan(home: Path, url: str, *more: str) -> Done:
    return qingwang(home, "scan", url, "--json", "--render", "never", "--allow-private", "127.0.0.1", *more)


def agree(rows: Iterable[dict[str, Any]], listings: Iterable[Listing]) -> None:
    """Each listing is one row, with its title, price, number and attributes, and there is no other row."""
    found, wanted = list(rows), list(listings)
    assert sorted(row["title"]["text"] for row in found) == sorted(listing.title for listing in wanted)
    by_title = {row["title"]["text"]: row for row in found}
    for listing in wanted:
        row = by_title[listing.title]
        assert row["price"]["text"].removeprefix("GBP ") == listing.price  # what Oscar calls any money
        assert {a["name"]: a["value"] for a in row["attributes"]}.items() >= listing.attributes.items()
        assert {seen["number"]["number"] for seen in row["numbers"]} == ({listing.number} if listing.number else set())


@pytest.mark.parametrize("start", ["/", "/catalogue/"])
def test_every_product_once_with_all_it_says(start: str, oscar_shop: OscarShop, tmp_path: Path) -> None:
    done = scan(tmp_path, oscar_shop.base_url + start)
    assert done.code == 0, done.err
    assert (done.json["state"], done.json["listings"]) == ("complete", len(LISTINGS))
    agree(qingwang(tmp_path, "listings", "list", "--json").rows, LISTINGS)
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    pages = [row["url"] for row in captures if row["outcome"] == "read"]
    assert len(pages) == len(set(pages)) == len(LISTINGS)  # no product twice, under whatever address


def test_a_category_leads_to_its_own_products_only(oscar_shop: OscarShop, tmp_path: Path) -> None:
    """Seven goods, six a page, and a page past the end goes back to the first."""
    category = next(name for name in CATEGORIES if sum(x.category == name for x in LISTINGS) > PER_PAGE)
    links = html.fromstring(get(oscar_shop, "/catalogue/")[2]).xpath("//div[contains(@class,'side_categories')]//a")
    (path,) = [link.get("href") for link in links if link.text_content().strip() == category]
    done = scan(tmp_path, oscar_shop.base_url + path)
    mine = [listing for listing in LISTINGS if listing.category == category]
    assert (done.code, done.json["state"], done.json["listings"]) == (0, "complete", len(mine))
    agree(qingwang(tmp_path, "listings", "list", "--json").rows, mine)


def test_a_list_page_past_the_end_is_page_one(oscar_shop: OscarShop, tmp_path: Path) -> None:
    done = scan(tmp_path, f"{oscar_shop.base_url}/catalogue/?page=99")
    assert (done.code, done.json["listings"]) == (0, len(LISTINGS))


def test_a_products_address_is_that_product(oscar_shop: OscarShop, tmp_path: Path) -> None:
    first = html.fromstring(get(oscar_shop, "/catalogue/")[2]).xpath("//article[@class='product_pod']//h3/a")[0]
    done = scan(tmp_path, oscar_shop.base_url + first.get("href"))
    (row,) = qingwang(tmp_path, "listings", "list", "--json").rows
    assert (done.code, done.json["listings"]) == (0, 1)
    assert row["title"]["text"] == first.get("title")


def test_nothing_that_changes_the_shop_was_asked_for(oscar_shop: OscarShop, tmp_path: Path) -> None:
    done = scan(tmp_path, oscar_shop.base_url + "/", "--pages", "12")
    assert done.code == 3
    asked = {urlsplit(row["url"]).path for row in qingwang(tmp_path, "captures", "list", "--json").rows}
    forbidden = ("/basket", "/checkout", "/accounts", "/dashboard", "/i18n", "/wishlists")
    assert [path for path in asked if path.startswith(forbidden)] == []
