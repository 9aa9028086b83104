"""Back ends described in YAML: every recorded answer is what it is, and a new one needs no Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.crawl.reading.links import Kind, Stated
from scanner.crawl.reading.profile import Profile
from scanner.model import FieldState, Listing, Outcome
from scanner.page import Page
from spiders import family_for, walks
from tests.spiders.own import described
from tests.spiders.saved import WHEN

Shared = Callable[[str], Path]

ANSWERS: list[tuple[str, str, str, str, Outcome | None, str]] = [
    # file, address, body, what becomes of it, what it is
    ("nideshop/catalog_index.json", "/api/catalog/index", "", "", None, "categories"),
    ("nideshop/catalog_current_1900000.json", "/api/catalog/current?id=1900000", "", "", None, "nothing"),
    ("nideshop/index.json", "/api/index/index", "", "", None, "nothing"),
    *(
        (f"nideshop/goods_detail_{n}.json", f"/api/goods/detail?id={n}", "", str(n), None, "product")
        for n in (1900101, 1900104, 1900107, 1900112, 1900114)
    ),
    ("nideshop/goods_detail_missing_500.html", "/api/goods/detail?id=99999999", "", "", Outcome.ERROR, ""),
    ("nideshop/goods_list_keyword.json", "/api/goods/list?keyword=x&page=1&size=10", "", "2", None, "list"),
    ("nideshop/goods_list_p1.json", "/api/goods/list?categoryId=1900000&page=1&size=10", "", "17", None, "list"),
    ("nideshop/goods_list_p2.json", "/api/goods/list?categoryId=1900000&page=2&size=10", "", "17", None, "list"),
    ("nideshop/order_list_401.json", "/api/order/list", "", "", Outcome.LOGIN, ""),
    ("shopxo/api_goods_category.json", "/api.php?s=goods/category", "", "", None, "categories"),
    *(
        (f"shopxo/api_goods_detail_{n}.json", "/api.php?s=goods/detail", f'{{"id": {n}}}', str(n), None, "product")
        for n in (9001, 9003, 9004)
    ),
    ("shopxo/api_goods_missing.json", "/api.php?s=goods/detail", '{"id": 1}', "", Outcome.ERROR, ""),
    ("shopxo/api_order_login.json", "/api.php?s=order/index", "{}", "", Outcome.LOGIN, ""),
    ("shopxo/api_search_p1.json", "/api.php?s=search/datalist", '{"page": 1, "page_size": 10}', "18", None, "list"),
    ("shopxo/api_search_p2.json", "/api.php?s=search/datalist", '{"page": 2, "page_size": 10}', "18", None, "list"),
]


def asked(address: str, answer: bytes, body: str = "", status: int = 200, kind: str = "application/json") -> Page:
    return Page(f"http://shop.example{address}", status, [(b"Content-Type", kind.encode())], answer, "0" * 20, WHEN,
                "POST" if body else "GET", body.encode())  # fmt: skip


@pytest.mark.parametrize(("file", "address", "body", "says", "became", "what"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_recorded_answers(
    shared: Shared, file: str, address: str, body: str, says: str, became: Outcome | None, what: str
) -> None:
    fails = file.endswith(".html")
    page = asked(address, shared(f"cases/api/{file}").read_bytes(), body, 500 if fails else 200,
                 "text/html" if fails else "application/json")  # fmt: skip
    family = family_for(page)
    assert family.outcome(page) is became
    if became is not None:
        return
    read, links, stated = family.read(page), list(family.products(page)), family.stated(page)
    if what == "product":
        assert isinstance(read, Listing)
        assert (read.family, read.product_id, read.price.state) == ("jsonapi", says, FieldState.SEEN)
        truth = {str(row["ids"][file.split("/")[0]]): row
                 for row in json.loads(shared("cases/listings_truth.json").read_text(encoding="utf-8"))}  # fmt: skip
        if says in truth:
            assert (read.title.text, read.price.text) == (truth[says]["title"], truth[says]["price"])
            number = truth[says]["expect"]["number"]
            assert number is None or number in {n.number.number for n in read.numbers}
        return
    assert read is None
    assert (stated.total if stated else None) == (int(says) if what == "list" else None)
    assert bool(links) == (what in ("list", "categories"))


def test_both_pages_of_a_list_are_one_list(shared: Shared) -> None:
    for first, second in (
        ("nideshop/goods_list_p1.json", "nideshop/goods_list_p2.json"), ("shopxo/api_search_p1.json", "shopxo/api_search_p2.json"),
    ):  # fmt: skip
        (one, two) = (next(a for a in ANSWERS if a[0] == name) for name in (first, second))
        pages = [asked(a[1], shared(f"cases/api/{a[0]}").read_bytes(), a[2]) for a in (one, two)]
        stated = [family_for(page).stated(page) for page in pages]
        assert stated[0] is not None
        assert stated[0] == stated[1]


# --- a back end that nobody has described before -------------------------------------------------------------------------

NEW = """
id: new-mall
title: 新后台
verified: false
base: /shopapi/
image_base: https://cdn.shop.example/files/
answer: {code: code, success: [1], login: [-1, 401], captcha: [429], message: msg}
lists:
  - at: /shopapi/goods/lists
    items: data.lists[]
    id: goods_sn
    total: data.count
    page_in: page_no
    size_in: page_size
    size: 2
    request: {url: goods/lists, method: POST, body: {page_no: "{page}", page_size: "{size}", keyword: "{words}"}}
detail:
  at: /shopapi/goods/detail
  request: {url: goods/detail, method: POST, body: {sn: "{id}"}}
  id: data.goods_sn
  title: data.name
  price: data.cents
  unit: fen
  description: [data.content]
  rows: [{items: "data.params[]", name: k, value: v}]
  titled: {注册证号: data.licence}
  pictures: ["data.images[].uri"]
  seller: data.shop.name
"""


@pytest.fixture
def new_mall(tmp_path: Path) -> Iterator[Profile]:
    with described(tmp_path, NEW) as made:
        yield made


def new(path: str, answer: dict[str, Any], body: str = "") -> Page:
    return asked(path, json.dumps(answer).encode(), body)


def test_a_new_back_end_needs_no_python(new_mall: Profile) -> None:
    (walk,) = walks(["http://shop.example/shopapi/"])
    family = walk.family(**walk.arguments)
    (begin,) = family.search(walk.urls[0])
    assert (begin.url, begin.method, json.loads(begin.body)) == (
        "http://shop.example/shopapi/goods/lists", "POST", {"page_no": 1, "page_size": 2},
    )  # fmt: skip
    listed = {"code": 1, "data": {"count": 3, "lists": [{"goods_sn": "A1"}, {"goods_sn": "A2"}]}}
    page = new("/shopapi/goods/lists", listed, begin.body.decode())
    assert family_for(page).name == "jsonapi"
    links = list(family.products(page))
    products = [json.loads(link.body) for link in links if link.kind is Kind.PRODUCT]
    assert products == [{"sn": "A1"}, {"sn": "A2"}]
    assert [json.loads(link.body) for link in links if link.kind is Kind.LIST] == [{"page_no": 2, "page_size": 2}]
    assert family.stated(page) == Stated("POST http://shop.example/shopapi/goods/lists?", 3)


def test_a_product_of_a_new_back_end_is_read(new_mall: Profile) -> None:
    told = {
        "goods_sn": "A1", "name": "演示雾化器", "cents": 13900, "content": "<p>静音</p><img src='d.jpg'>",
        "params": [{"k": "型号", "v": "W1"}], "licence": "演械注准20992080001", "images": [{"uri": "a.jpg"}],
        "shop": {"name": "演示商家"},
    }  # fmt: skip
    page = new("/shopapi/goods/detail", {"code": 1, "data": told}, '{"sn": "A1"}')
    read = family_for(page).read(page)
    assert isinstance(read, Listing)
    assert (read.product_id, read.title.text, read.price.text, read.seller.text) == (
        "A1",
        "演示雾化器",
        "139.00",
        "演示商家",
    )
    assert read.description.text == "静音"
    assert read.pictures == ("https://cdn.shop.example/files/a.jpg", "https://cdn.shop.example/files/d.jpg")
    assert [(a.name, a.value) for a in read.attributes] == [("型号", "W1"), ("注册证号", "演械注准20992080001")]
    assert [n.number.number for n in read.numbers] == ["演械注准20992080001"]
    assert (read.title.source, read.price.source) == ("path:data.name", "path:data.cents")


@pytest.mark.parametrize(
    ("code", "became"),
    [(1, None), ("1", None), (0, Outcome.ERROR), (-1, Outcome.LOGIN), (401, Outcome.LOGIN), (429, Outcome.CAPTCHA)],
)
def test_codes_of_a_new_back_end(new_mall: Profile, code: object, became: Outcome | None) -> None:
    page = new("/shopapi/goods/detail", {"code": code, "msg": "x", "data": {"name": "演示"}}, '{"sn": "A1"}')
    assert family_for(page).outcome(page) is became
