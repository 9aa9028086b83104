"""Real back ends and real pages: each product is one listing with its number, each failure keeps its name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.crawl.reading.links import Kind
from scanner.crawl.reading.outcome import outcome
from scanner.model import FieldState, Listing, Outcome
from scanner.page import Page
from spiders import family_for
from spiders.generic import GenericShop
from tests.spiders.recorded import real, session

Shared = Callable[[str], Path]
# Listings of the sessions that the truth file leaves out, read off the recorded answers by hand.
UNLISTED = {"m07": "辽械注准20162070146", "m16": "国械注进20993149999", "m17": "国食药监械(准)字2010第2401234"}


def listings(pages: list[Page]) -> list[Listing]:
    read = [family_for(page).read(page) for page in pages if outcome(page) is None]
    return [one for one in read if isinstance(one, Listing)]


def truth(shared: Shared) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(shared("cases/listings_truth.json").read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize(("back_end", "first"), [("nideshop", 1900101), ("shopxo", 9001)])
def test_each_product_of_a_session_is_one_listing(shared: Shared, back_end: str, first: int) -> None:
    read = listings(session(shared(f"cases/captures/session_{back_end}.har")))
    assert {one.product_id for one in read} == {str(first + n) for n in range(18)}
    assert len({one.id for one in read}) == 18
    assert all(one.title.state is FieldState.SEEN and one.price.state is FieldState.SEEN for one in read)


@pytest.mark.parametrize("back_end", ["nideshop", "shopxo"])
def test_listings_say_what_the_truth_says(shared: Shared, back_end: str) -> None:
    read = {one.product_id: one for one in listings(session(shared(f"cases/captures/session_{back_end}.har")))
            if one.family == "jsonapi"}  # fmt: skip
    for row in truth(shared):
        one = read[str(row["ids"][back_end])]
        assert (one.title.text, one.price.text) == (row["title"], row["price"])
        number = row["expect"]["number"]
        assert number is None or number in {n.number.number for n in one.numbers}
        kinds = {n.number.type for n in one.numbers}
        wanted = row["expect"]["type"]
        assert kinds == set() if wanted in (None, "image-only") else wanted in kinds


@pytest.mark.parametrize("back_end", ["nideshop", "shopxo"])
def test_numbers_of_the_other_listings(shared: Shared, back_end: str) -> None:
    first = {"nideshop": 1900100, "shopxo": 9000}[back_end]
    read = {one.product_id: one for one in listings(session(shared(f"cases/captures/session_{back_end}.har")))}
    for key, number in UNLISTED.items():
        assert number in {n.number.number for n in read[str(first + int(key[1:]))].numbers}


def test_failures_of_nideshop_are_failures(shared: Shared) -> None:
    pages = session(shared("cases/captures/session_nideshop.har"))
    became = {page.url.split("/", 3)[3]: outcome(page) for page in pages}
    assert became["api/goods/detail?id=99999999"] is Outcome.ERROR  # HTTP 500 with HTML
    assert became["api/order/list"] is Outcome.LOGIN  # HTTP 200 with errno 401
    assert became["api/auth/loginByWeixin"] is Outcome.ERROR
    assert became["static/user/avatar/1.jpg"] is Outcome.ERROR  # HTTP 404 with HTML
    assert Counter(became.values())[None] == len(pages) - 4


def test_failures_of_shopxo_are_failures(shared: Shared) -> None:
    pages = session(shared("cases/captures/session_shopxo.har"))
    became = Counter(outcome(page) for page in pages)
    assert became == {None: len(pages) - 2, Outcome.ERROR: 1, Outcome.LOGIN: 1}


@pytest.mark.parametrize(
    ("back_end", "name"), [("nideshop", "goods_list_p1"), ("shopxo", "api_search_p1"), ("shopxo", "api_search_p2")]
)
def test_a_list_leads_to_its_products_and_to_its_next_page(shared: Shared, back_end: str, name: str) -> None:
    body = shared(f"cases/api/{back_end}/{name}.json").read_bytes()
    number = int(name[-1])
    address = {
        "nideshop": f"http://wx.example/api/goods/list?categoryId=1900000&page={number}&size=10",
        "shopxo": "http://h5.example/api.php?s=search/datalist&application=app",
    }[back_end]
    asked = b'{"category_id":9001,"page":%d,"page_size":10}' % number if back_end == "shopxo" else b""
    page = Page(address, 200, [(b"Content-Type", b"application/json")], body, "", real_time(),
                "POST" if asked else "GET", asked)  # fmt: skip
    links = list(family_for(page).products(page))
    products = [link for link in links if link.kind is Kind.PRODUCT]
    following = [link for link in links if link.kind is Kind.LIST]
    if number == 2:
        assert (len(products), following) == (8, [])
        return
    assert len(products) == 10
    (next_page,) = following
    if back_end == "shopxo":
        assert (next_page.method, json.loads(next_page.body)) == (
            "POST", {"category_id": 9001, "page": 2, "page_size": 10},
        )  # fmt: skip
    else:
        assert next_page.url == "http://wx.example/api/goods/list?categoryId=1900000&size=10&page=2"


def real_time() -> Any:
    from tests.spiders.saved import WHEN

    return WHEN


# --- real HTML ---------------------------------------------------------------------------------------------------

ADDRESSES = {
    "jd_item_2018_songzi": "https://item.jd.com/1020565583.html",
    "jd_m01": "https://item.jd.com/100990000000.html",
    "jd_m04": "https://item.jd.com/100990000001.html",
    "jd_m06": "https://item.jd.com/100990000003.html",
    "tmall_item_609353516840_gbk": "https://detail.tmall.com/item.htm?id=609353516840",
    "tmall_m02_gbk": "https://detail.tmall.com/item.htm?id=990000000000",
    "tmall_m03_gbk": "https://detail.tmall.com/item.htm?id=990000000001",
    "shopxo_goods_9004": "http://127.0.0.1:18380/?s=goods/index/id/9004.html",
}


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_real_product_pages(shared: Shared, name: str) -> None:
    page = real(shared(f"cases/pages/{name}.html"), ADDRESSES[name])
    wanted = json.loads(shared("cases/pages_truth.json").read_text(encoding="utf-8"))[f"pages/{name}.html"]
    assert outcome(page) is None
    read = family_for(page).read(page)
    assert isinstance(read, Listing)
    assert read.title.text == wanted.get("title", read.title.text)
    assert read.product_id == wanted.get("item", read.product_id)
    assert read.seller.text == wanted.get("seller", read.seller.text)
    found = {(n.number.type, n.number.number) for n in read.numbers}
    expected = wanted["expect"]
    if expected.get("number"):
        assert (expected["type"], expected["number"]) in found
    elif "type" in expected and expected["type"] is None:
        assert found == set()
    if name.startswith(("jd", "tmall")):
        assert read.price.state is FieldState.NOT_SEEN  # AJAX brings it
    else:
        assert read.price.text == "438.00"
    assert read.buyable.state is FieldState.SEEN


def test_the_description_of_shopxo_is_in_the_page(shared: Shared) -> None:
    """It stands in an element called ``goods-middle-tabs-nav-detail``, which is no navigation."""
    read = GenericShop().read(real(shared("cases/pages/shopxo_goods_9004.html"), ADDRESSES["shopxo_goods_9004"]))
    (row,) = (row for row in truth(shared) if row["ids"]["shopxo"] == 9004)
    assert isinstance(read, Listing)
    assert row["description_html"].removeprefix("<p>").removesuffix("</p>") in read.description.text


def test_real_encodings_are_what_they_are_not_what_they_say(shared: Shared) -> None:
    both = real(shared("cases/pages/jd_m01.html"), ADDRESSES["jd_m01"])  # says UTF-8 and, further on, GBK
    gbk = real(shared("cases/pages/tmall_m02_gbk.html"), ADDRESSES["tmall_m02_gbk"])
    assert [(p.encoding, p.debris) for p in (both, gbk)] == [("utf-8", 0), ("gb18030", 0)]


@pytest.mark.parametrize(
    ("name", "url", "count"),
    [
        ("jd_search_2020_gaoxueya", "https://search.jd.com/Search?keyword=x", 30),
        ("shopxo_list_9001", "http://127.0.0.1:18380/?s=search/index/cid/9001.html", 18),
    ],
)
def test_real_lists_are_no_products_and_lead_to_all_of_theirs(shared: Shared, name: str, url: str, count: int) -> None:
    page = real(shared(f"cases/pages/{name}.html"), url)
    family = family_for(page)
    assert outcome(page) is None
    assert family.read(page) is None
    assert len([link for link in family.products(page) if link.kind is Kind.PRODUCT]) == count


def test_cards_of_a_real_list_say_title_and_price(shared: Shared) -> None:
    page = real(shared("cases/pages/jd_search_2020_gaoxueya.html"), "https://search.jd.com/Search?keyword=x")
    wanted = json.loads(shared("cases/pages_truth.json").read_text(encoding="utf-8"))
    cards = {card.url.rsplit("/")[-1].removesuffix(".html"): card for card in page.cards}
    rows = wanted["pages/jd_search_2020_gaoxueya.html"]["cards"]
    assert {row["sku"]: row["price"] for row in rows} == {sku: card.price for sku, card in cards.items()}
