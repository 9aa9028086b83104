"""The Oscar shop is what the tests say it is: Chinese listings, six a page, past the end back to page 1."""

from __future__ import annotations

import http.client
import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from lxml import html

from scanner import numbers
from tests.oscar.conftest import OscarShop
from tests.oscar.listings import LISTINGS, PER_PAGE

pytestmark = pytest.mark.oscar


def get(shop: OscarShop, target: str) -> tuple[int, str, str]:
    """Status, Location, text."""
    connection = http.client.HTTPConnection(urlsplit(shop.base_url).netloc, timeout=20)
    connection.request("GET", target)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location", ""), answer.read().decode("utf-8")


def products(text: str) -> list[str]:
    return html.fromstring(text).xpath("//article[@class='product_pod']//h3/a/@href")


def test_the_listings_are_as_many_and_as_lawful_as_said() -> None:
    assert (len(LISTINGS), PER_PAGE) == (20, 6)
    for listing in LISTINGS:
        if listing.number:
            parsed = numbers.parse(listing.number)
            assert parsed is not None
            assert (parsed.number, parsed.valid) == (listing.number, True)


def test_every_listing_is_on_one_page_of_six(oscar_shop: OscarShop) -> None:
    pages = [products(get(oscar_shop, f"/catalogue/?page={number}")[2]) for number in range(1, 5)]
    assert [len(page) for page in pages] == [6, 6, 6, 2]
    assert len({link for page in pages for link in page}) == len(LISTINGS)


@pytest.mark.parametrize("number", [5, 99])
def test_past_the_end_redirects_to_page_one(oscar_shop: OscarShop, number: int) -> None:
    assert get(oscar_shop, f"/catalogue/?page={number}")[:2] == (302, "/catalogue/")


def test_a_category_past_the_end_redirects_to_its_page_one(oscar_shop: OscarShop) -> None:
    first = html.fromstring(get(oscar_shop, "/catalogue/")[2]).xpath(
        "//div[contains(@class,'side_categories')]//a/@href"
    )
    status, location, _ = get(oscar_shop, f"{first[0]}?page=9")
    assert (status, location) == (302, first[0])


def test_product_pages_say_title_price_number_and_attributes(oscar_shop: OscarShop) -> None:
    links = [link for number in range(1, 5) for link in products(get(oscar_shop, f"/catalogue/?page={number}")[2])]
    by_title = {listing.title: listing for listing in oscar_shop.listings}
    for link in links:
        page = html.fromstring(get(oscar_shop, link)[2])
        listing = by_title.pop(page.xpath("//h1/text()")[0])
        price = re.sub(r"[^0-9.]", "", page.xpath("//p[@class='price_color']/text()")[0])
        rows = {
            "".join(row.xpath("./th//text()")).strip(): "".join(row.xpath("./td//text()")).strip()
            for row in page.xpath("//table[contains(@class,'table-striped')]//tr")
        }
        assert Decimal(price) == Decimal(listing.price)
        assert {label: rows.get(label) for label in listing.attributes} == listing.attributes
        assert rows["UPC"] == listing.upc if "UPC" in rows else listing.upc in rows.values()
    assert by_title == {}
