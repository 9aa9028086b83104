"""Back ends with one address for everything: what is asked stands in the body, nested, and lists count items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner import yamlfile
from scanner.crawl.reading import asked
from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.profile import Listed, Profile, of_address, of_page, profiles
from scanner.errors import PageError
from scanner.model import Listing, Outcome
from scanner.page import Page
from spiders import family_for, walks
from tests.spiders.own import described
from tests.spiders.saved import WHEN

DOOR = """
id: one-door
title: 单入口后台
verified: false
base: /gateway.do
answer: {code: ret, success: [0], login: [9], message: info}
lists:
  - at: /gateway.do
    asks: {action: goods.list}
    items: rows[]
    id: sn
    total: count
    page_in: data.from
    page_counts: items
    first: 1
    size_in: data.limit
    request:
      method: POST
      body: {action: goods.list, data: {from: "{page}", limit: "{size}", find: {word: "{words}"}, kinds: ["all", "{category}"]}}
detail:
  at: /gateway.do
  asks: {action: goods.get}
  request: {method: POST, body: {action: goods.get, data: {sn: "{id}"}}}
  id: one.sn
  title: one.name
  price: one.price
"""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Profile]:
    with described(tmp_path, DOOR) as made:
        yield made


def told(answer: object, body: object, url: str = "http://shop.example/gateway.do", form: bool = False) -> Page:
    sent = str(body).encode() if form else json.dumps(body).encode()
    return Page(url, 200, [(b"Content-Type", b"application/json")], json.dumps(answer).encode(), "0" * 20, WHEN,
                "POST", sent)  # fmt: skip


def sent(link: Link) -> Any:
    return json.loads(link.body)


# --- asking ----------------------------------------------------------------------------------------------------------


def test_a_walk_begins_with_the_list_and_drops_what_is_empty(door: Profile) -> None:
    (walk,) = walks(["http://shop.example/gateway.do"])
    family = walk.family(**walk.arguments)
    (begin,) = family.search(walk.urls[0])
    assert (begin.url, begin.method) == ("http://shop.example/gateway.do", "POST")
    assert sent(begin) == {"action": "goods.list", "data": {"from": 1, "limit": 10, "kinds": ["all"]}}
    (search,) = family.search(walk.urls[0], "血压")
    assert sent(search)["data"]["find"] == {"word": "血压"}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"action": "goods.list"}, "Listed"),
        ({"action": "goods.get"}, "Detail"),
        ({"action": "goods.getAll"}, None),
        ({"action": "goods.get.stock"}, None),
        ({"action": "vip-goods.get"}, None),
        ({"action": None}, None),
        ({}, None),
        ([1], None),
    ],
)
def test_what_was_asked_tells_the_interfaces_apart(door: Profile, body: object, part: str | None) -> None:
    known = door.part_of(told({"ret": 0}, body))
    assert (type(known).__name__ if known else None) == part


def test_a_form_is_read_like_json(door: Profile) -> None:
    assert isinstance(door.part_of(told({"ret": 0}, "action=goods.list&x=1", form=True)), Listed)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("http://h.example/shop-api", "vendure"),
        ("http://h.example/shop-api/", "vendure"),
        ("http://h.example/shop-api?languageCode=zh_Hans", "vendure"),
        ("http://h.example/sub/shop-api", "vendure"),
        ("http://h.example/shop-api/goods/lists", None),
        ("http://h.example/shop-api-v2", None),
        ("http://h.example/admin-api", None),
    ],
)
def test_addresses(url: str, owner: str | None) -> None:
    known = of_address(url)
    assert (known.id if known else None) == owner


# --- paging by items -------------------------------------------------------------------------------------------------


def rows(*numbers: int, count: int) -> dict[str, Any]:
    return {"ret": 0, "count": count, "rows": [{"sn": n} for n in numbers]}


@pytest.mark.parametrize(
    ("now", "shown", "count", "following"),
    [
        (1, [1, 2], 5, 3),
        (3, [3, 4], 5, 5),
        (5, [5], 5, None),
        (1, [1, 2], 2, None),
        (3, [3], 5, 4),  # fewer than asked for: go on behind what was shown
        (7, [], 9, None),
    ],
)
def test_the_next_page_begins_behind_what_was_shown(
    door: Profile, now: int, shown: list[int], count: int, following: int | None
) -> None:
    page = told(rows(*shown, count=count), {"action": "goods.list", "data": {"from": now, "limit": 2, "z": {"a": 1}}})
    links = [link for link in family_for(page).products(page) if link.kind is Kind.LIST]
    assert [sent(link)["data"] for link in links] == (
        [{"from": following, "limit": 2, "z": {"a": 1}}] if following else []
    )
    assert all(sent(link)["action"] == "goods.list" for link in links)


def test_all_pages_of_a_list_are_one_list(door: Profile) -> None:
    stated = {
        family_for(page).stated(page)
        for n in (1, 3, 5)
        if (
            page := told(
                rows(n, count=5), {"action": "goods.list", "data": {"from": n, "limit": 2, "find": {"word": "x"}}}
            )
        )
    }
    assert [s.total for s in stated if s is not None] == [5]
    other = told(rows(1, count=5), {"action": "goods.list", "data": {"from": 1, "limit": 2, "find": {"word": "y"}}})
    assert family_for(other).stated(other) not in stated


# --- GraphQL ---------------------------------------------------------------------------------------------------------

GRAPH = "http://h.example/shop-api"
LIST = {"query": "query All { products(options: {}) { items { id } } }"}
ONE = {"query": "query One($id: ID!) {\n  product(id: $id) { id name } }", "variables": {"id": "1"}}
FULL = {"data": {"product": {"id": "1", "name": "演示额温枪", "description": "", "variants": [
    {"priceWithTax": 7500, "currencyCode": "EUR"}, {"priceWithTax": 9900, "currencyCode": "EUR"}]}}}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "became"),
    [
        ({"data": {"products": {"items": []}}}, None),
        ({"data": {"products": {"items": []}}, "errors": []}, None),
        ({"data": None, "errors": [{"message": "x"}]}, Outcome.ERROR),
        ({"errors": [{"message": "x"}]}, Outcome.ERROR),
        ({"data": {"products": {}}, "errors": [{"message": "in part"}]}, Outcome.ERROR),
        ({"data": None}, Outcome.ERROR),
        ({"data": None, "errors": [{"extensions": {"code": "FORBIDDEN"}}]}, Outcome.LOGIN),
    ],
)
def test_errors_say_how_it_went(answer: object, became: Outcome | None) -> None:
    page = told(answer, LIST, GRAPH)
    assert family_for(page).name == "jsonapi"
    assert family_for(page).outcome(page) is became


def test_any_clients_question_is_told_by_the_field_it_asks_for() -> None:
    """Recorded questions are another client's: other names and fields, the same answer."""
    page = told(FULL, ONE, GRAPH)
    read = family_for(page).read(page)
    assert isinstance(read, Listing)
    assert (read.product_id, read.title.text, read.price.text) == ("1", "演示额温枪", "EUR 75.00-99.00")
    assert isinstance(profiles()["vendure"].part_of(told({}, LIST, GRAPH)), Listed)


def test_other_questions_are_no_products() -> None:
    page = told({"data": {"activeCustomer": None}}, {"query": "{ activeCustomer { id } }"}, GRAPH)
    assert family_for(page).read(page) is None
    assert list(family_for(page).products(page)) == []


def test_a_product_that_is_not_there_is_no_listing() -> None:
    page = told({"data": {"product": None}}, ONE, GRAPH)
    with pytest.raises(PageError):
        family_for(page).read(page)


def test_what_others_call_data_is_not_graphql() -> None:
    assert of_page(told({"code": 401, "data": None}, {}, "http://h.example/shop-api/goods/lists")) is None


@pytest.mark.parametrize(
    ("url", "answer", "body"),
    [
        (
            GRAPH,
            {"data": {"products": {"totalItems": 9, "items": [{"id": "\ud800"}, {"id": "2"}]}}},
            LIST | {"x": "\udfff"},
        ),
        (
            "http://h.example/api/goods/list",
            {"errno": 0, "data": {"count": 2, "data": [{"id": "\ud800"}, {"id": 2}]}},
            {},
        ),
    ],
)
def test_an_id_that_is_half_a_character_does_not_cost_the_list(url: str, answer: object, body: object) -> None:
    page = told(answer, body, url)
    family = family_for(page)
    assert sum(link.kind is Kind.PRODUCT for link in family.products(page)) == 2
    assert family.stated(page) is not None


# --- the profile itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("answer: {code: ret, success: []}", "success"),
        ("answer: {data: data}", "errors"),
        ("answer: {data: data, errors: errors, code: ret, success: [0]}", "success"),
    ],
)
def test_success_is_said_in_one_way(wrong: str, said: str) -> None:
    text = DOOR.replace("answer: {code: ret, success: [0], login: [9], message: info}", wrong)
    made, _, problems = yamlfile.parse(text.encode(), "p.yaml", Profile)
    assert made is None
    assert [said in p.message and p.where.startswith("p.yaml:") for p in problems] == [True]


def test_values_by_name_and_by_path() -> None:
    question = {"a.b": 1, "a": {"b": 2, "c": {"d": 3}}, "e": 4}
    assert [asked.value(question, name) for name in ("a.b", "a.c.d", "e", "e.f", "x.y")] == [1, 3, 4, None, None]
    assert asked.without(question, ("a.c.d", "e", "x.y")) == {"a.b": 1, "a": {"b": 2, "c": {}}}
    assert question["e"] == 4  # what was asked stays as it was
