"""JSON profiles: recognising, asking, following paths, saying what nobody reads."""

from __future__ import annotations

import json
import logging

import pytest

from scanner import yamlfile
from scanner.crawl.reading.dotted import first_text, found, texts, unread
from scanner.crawl.reading.links import Kind
from scanner.crawl.reading.profile import Profile, of_address, of_page, profiles
from scanner.home import shipped_rules
from scanner.page import Page
from tests.page.making import WHEN, html


def answer(value: object, url: str = "http://mp.example/mp/goods/detail") -> Page:
    return html(json.dumps(value), url=url, kind="application/json")


def test_the_shipped_profiles_load() -> None:
    assert set(profiles()) == {"demo-miniapp", "nideshop", "shopxo", "vendure"}
    assert all(name == p.id for name, p in profiles().items())


@pytest.mark.parametrize(
    ("url", "owner", "part"),
    [
        ("http://h.example/api/goods/detail?id=3", "nideshop", "Detail"),
        ("http://h.example/sub/api/goods/list?page=1", "nideshop", "Listed"),
        ("http://h.example/api/catalog/index", "nideshop", "Categories"),
        ("http://h.example/api.php?s=goods/detail&application=app", "shopxo", "Detail"),
        ("http://h.example/api.php?s=goods%2Fdetail", "shopxo", "Detail"),
        ("http://h.example/mp/shop/detail?id=a", "demo-miniapp", "Shop"),
        ("http://h.example/mp/", "demo-miniapp", None),
        ("http://h.example/api/goods/details", None, None),
        ("http://h.example/goods/detail?id=3", None, None),
    ],
)
def test_addresses(url: str, owner: str | None, part: str | None) -> None:
    known = of_address(url)
    assert (known.id if known else None) == owner
    asked = known.part(url) if known else None
    assert (type(asked).__name__ if asked else None) == part


def test_pages_need_the_answers_code_too() -> None:
    assert of_page(answer({"errno": 0, "data": {}})) is profiles()["demo-miniapp"]
    assert of_page(answer({"status": "ok"})) is None
    assert of_page(answer([1])) is None
    assert of_page(html("<p>x</p>", url="http://mp.example/mp/goods/detail")) is None


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("nideshop", 0, "success"), ("nideshop", 401, "login"), ("nideshop", "0", "success"), ("nideshop", 1, "error"),
     ("shopxo", -400, "login"), ("shopxo", -1, "error"), ("shopxo", 0, "success")],
)  # fmt: skip
def test_codes(name: str, code: object, said: str) -> None:
    known = profiles()[name]
    assert known.verdict(answer({known.answer.code: code})) == said


def test_requests() -> None:
    shopxo, nideshop = profiles()["shopxo"], profiles()["nideshop"]
    detail = shopxo.link(shopxo.detail.request, "http://h.example/sub", Kind.PRODUCT, id=9001)
    assert detail.url.startswith("http://h.example/sub/api.php?s=goods/detail&")
    assert (detail.method, json.loads(detail.body), dict(detail.headers)) == (
        "POST", {"id": 9001}, {"Content-Type": "application/json"},
    )  # fmt: skip
    request = nideshop.lists[0].request
    assert request is not None
    listed = nideshop.link(request, "http://h.example", Kind.LIST, page=2, size=10, category="", words="血压&x")
    assert listed.url == "http://h.example/api/goods/list?keyword=%E8%A1%80%E5%8E%8B%26x&page=2&size=10"
    evil = nideshop.link(nideshop.detail.request, "http://h.example", Kind.PRODUCT, id="../../x?y#z")
    assert evil.url == "http://h.example/api/goods/detail?id=..%2F..%2Fx%3Fy%23z"


# --- paths -------------------------------------------------------------------------------------------------------

VALUE = {"a": {"b": [{"c": 1, "d": "x"}, {"c": None}, {"c": {"e": 2}}, 5]}, "f": True, "g": "", "h": 1.5}


@pytest.mark.parametrize(
    ("path", "values"),
    [("a.b[].c", [1, None, {"e": 2}]), ("a.b[].c.e", [2]), ("a.b", [VALUE["a"]["b"]]), ("a.x", []), ("f.x", []), ("b[]", []),
     ("a[]", [])],  # type: ignore[index]
)  # fmt: skip
def test_found(path: str, values: list[object]) -> None:
    assert found(VALUE, path) == values


def test_texts_are_words_and_numbers_only() -> None:
    assert list(texts(VALUE, "a.b[].c")) == ["1"]
    assert [first_text(VALUE, p) for p in ("h", "f", "g", "a", None)] == ["1.5", "", "", "", ""]


def test_unread_keys_are_named_once(caplog: pytest.LogCaptureFixture) -> None:
    assert unread({"a": {"b": [{"c": 1, "new": 2}], "x": 1}, "y": 0}, ["a.b[].c"]) == {"a.b.new", "a.x", "y"}
    assert unread({"a": {"b": {"c": 1}}}, ["a.b"]) == set()
    known = profiles()["demo-miniapp"]
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            known.audit({"errno": 0, "data": {"goods": {"id": 1, "a_key_of_this_test": 2}}})
    assert caplog.text.count("a_key_of_this_test") == 1


def test_a_wrong_profile_is_refused_with_its_place() -> None:
    good = (shipped_rules() / "storefronts" / "nideshop.yaml").read_text(encoding="utf-8")
    for wrong, right, said in (
        ("price: data.info[0].retail_price", "price: data.info.retail_price", "price"),
        ("success: []", "success: [0]", "success"),
        ("basis: /api/", "base: /api/", "basis"),
    ):
        value, _, problems = yamlfile.parse(good.replace(right, wrong).encode(), "p.yaml", Profile)
        assert value is None
        assert any(said in problem.message and problem.where.startswith("p.yaml:") for problem in problems)


def test_hostile_values_do_not_break_a_path() -> None:
    page = Page("http://mp.example/mp/goods/detail", 200, [(b"Content-Type", b"application/json")],
                b'{"errno":0,"data":{"goods":[[[]]]}}', "", WHEN)  # fmt: skip
    assert found(page.json, "data.goods[].name") == []
