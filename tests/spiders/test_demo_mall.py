"""The demo mall read with the real families: every listing once, field by field as its table says."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

import pytest

from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.outcome import outcome
from scanner.demo.goods import Good, stock
from scanner.model import FieldState, Listing, Outcome
from spiders import family_for, walks
from spiders.generic import GenericShop
from spiders.jsonapi import JsonShop
from tests.spiders.mall import BASE, Mall, Walked, walk

GOODS = list(stock().goods.values())
OPEN = [good for good in GOODS if good.outcome is Outcome.READ and good.access != "script"]


@cache
def html() -> Walked:
    return walk(Mall(), GenericShop(), GenericShop.search(f"{BASE}/"))


@cache
def api() -> Walked:
    (one,) = walks([f"{BASE}/mp/goods/list?page=1&size=10"])
    assert one.family is JsonShop
    family = JsonShop(**one.arguments)
    return walk(Mall(), family, family.search(one.urls[0]))


def says(good: Good, listing: Listing) -> None:
    assert listing.title.text == good.title
    assert listing.price.text == good.price
    labels = {a.name: a.value for a in listing.attributes}
    assert good.attributes.items() <= labels.items()
    assert set(labels) - set(good.attributes) <= {"品牌"}
    assert all(text in listing.description.text for text in (*good.text, good.warning))
    assert listing.seller.text == stock().sellers[good.seller].name
    assert "加入购物车" in listing.buyable.text
    assert any(f"/picture/{good.id}.svg" in picture for picture in listing.pictures)
    assert any("/certificate/" in picture for picture in listing.pictures) == bool(good.certificate)


@pytest.mark.slow
@pytest.mark.parametrize("good", OPEN, ids=lambda good: f"{good.id}-{good.markup}-{good.access}")
def test_html_listing(good: Good) -> None:
    read = html().listings[str(good.id)]
    assert len({one.id for one in read}) == 1
    assert len({one.version for one in read}) == 1  # /p/7 and /product?id=7 say the same
    for one in read:
        says(good, one)
    assert read[0].url == f"{BASE}/p/{good.id}"
    assert urlsplit(read[0].seller_url).path == f"/shop/{good.seller}"


@pytest.mark.parametrize("good", GOODS, ids=lambda good: str(good.id))
def test_api_listing(good: Good) -> None:
    (read,) = api().listings[str(good.id)]
    says(good, read)


@pytest.mark.slow
def test_nothing_but_the_goods_is_a_listing() -> None:
    assert set(html().listings) == {str(good.id) for good in OPEN}
    assert set(api().listings) == {str(good.id) for good in GOODS}


def test_walls_and_errors_keep_their_names() -> None:
    became = {urlsplit(url).path: outcome for url, outcome in html().outcomes.items()}
    wanted = {f"/p/{good.id}": good.outcome for good in GOODS if good not in OPEN and good.access != "script"}
    wanted |= {f"/p/{good.id}": Outcome.EMPTY for good in GOODS if good.access == "script"}
    assert wanted.items() <= became.items()
    assert set(became) - set(wanted) == {"/p/9001", "/product"}


def test_sellers_are_read_each_from_home_and_licence_page() -> None:
    pages = {(urlsplit(one.url).path, one.page): one for one in html().sellers}
    assert set(pages) == {
        ("/", "home"), ("/shop/jia", "home"), ("/shop/yi", "home"), ("/shop/jia/licence", "licence"),
        ("/shop/yi/licence", "licence"),
    }  # fmt: skip
    jia, yi = stock().sellers["jia"], stock().sellers["yi"]
    text, picture = pages["/shop/jia/licence", "licence"], pages["/shop/yi/licence", "licence"]
    assert (text.name.text, text.uscc.text) == (jia.company, jia.uscc)
    assert {n.number.type for n in text.numbers} == {"uscc", "device_biz_license", "device_biz_filing"}
    assert (picture.uscc.state, picture.numbers) == (
        FieldState.ABSENT,
        (),
    )  # the mall's own numbers are not the seller's
    assert any("营业执照" in alt for _, alt in picture.pictures)
    assert yi.name in picture.text.text
    assert {n.number.type for n in pages["/", "home"].numbers} >= {"uscc", "platform_filing", "icp"}
    assert [urlsplit(url).path for url, _ in pages["/shop/jia", "home"].links] == ["/shop/jia/licence"]


def test_only_reading_addresses_were_asked_for() -> None:
    paths = {urlsplit(link.url).path for link in html().asked}
    assert not any(path.startswith(("/account", "/cart")) for path in paths)
    assert all(link.method == "GET" for link in html().asked)


def test_a_product_page_leads_to_its_seller() -> None:
    page = Mall().page(f"{BASE}/p/8")
    family = family_for(page)
    assert outcome(page) is None
    assert [link.url for link in family.products(page) if link.kind is Kind.SELLER] == [f"{BASE}/shop/jia"]


def test_the_api_begins_anywhere() -> None:
    family = JsonShop(profile="demo-miniapp")
    assert list(family.search(f"{BASE}/mp/goods/list?page=1&size=10")) == [
        Link(f"{BASE}/mp/goods/list?page=1&size=10", Kind.LIST)
    ]
    begun = [link.url for link in family.search(f"{BASE}/mp/")]
    assert begun == [f"{BASE}/mp/goods/list?page=1&size=20", f"{BASE}/mp/category/list"]
    assert set(walk(Mall(), family, family.search(f"{BASE}/mp/")).listings) == set(api().listings)
