"""An answer that fails while it says 200 is never taken for a shop without goods."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawl.site import answer, serving
from tests.running import Done, qingwang

GOODS = {"errno": 0, "data": {"goods": {"id": 1, "name": "演示血压计", "price": 99}}}
ONE = {"errno": 0, "data": {"list": [{"id": 1}]}}
NONE: dict[str, object] = {"errno": 0, "data": []}
BUSY = {"errno": 502, "errmsg": "系统繁忙"}
OTHER = {"ok": True}


def as_json(value: object) -> bytes:
    return answer(json.dumps(value).encode(), type_="application/json")


def scanned(home: Path, begin: str, answers: dict[str, bytes]) -> Done:
    with serving({**answers}) as site:
        return qingwang(
            home, "scan", site.url + begin, "--json", "--render", "never", "--allow-private", "127.0.0.1"
        )  # fmt: skip


def shop(listed: bytes, categories: bytes, goods: bytes) -> dict[str, bytes]:
    return {"/mp/goods/list?page=1&size=20": listed, "/mp/category/list": categories, "/mp/goods/detail": goods}


@pytest.mark.slow
@pytest.mark.parametrize("lists", [as_json(BUSY), as_json(OTHER), answer(b"<h1>\xe6\xbc\x94\xe7\xa4\xba</h1>")])
def test_lists_that_fail_leave_the_crawl_incomplete(tmp_path: Path, lists: bytes) -> None:
    """An error by code, JSON of another shape, and a page: none of them is an empty list."""
    done = scanned(tmp_path, "/mp/", shop(lists, lists, as_json(GOODS)))
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 0)


@pytest.mark.slow
def test_one_list_that_fails_beside_one_that_works(tmp_path: Path) -> None:
    done = scanned(tmp_path, "/mp/", shop(as_json(ONE), as_json(BUSY), as_json(GOODS)))
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 1)


def test_a_product_that_is_gone_is_no_loss(tmp_path: Path) -> None:
    done = scanned(tmp_path, "/mp/", shop(as_json(ONE), as_json(NONE), as_json({"errno": 1, "errmsg": "商品已下架"})))
    assert (done.code, done.json["state"], done.json["listings"]) == (0, "complete", 0)


@pytest.mark.parametrize(("begin", "answers"), [
    ("/mp/shop/detail?id=1", {"/mp/shop/detail?id=1": as_json(BUSY)}),
    ("/item/1", {"/item/1": answer("<title>商品不存在</title><h1>商品不存在</h1>".encode())}),
])  # fmt: skip
def test_the_address_given_fails(tmp_path: Path, begin: str, answers: dict[str, bytes]) -> None:
    done = scanned(tmp_path, begin, answers)
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 0)


@pytest.mark.slow
def test_people_are_told(tmp_path: Path) -> None:
    with serving({"/mp/category/list": as_json(BUSY), "/mp/goods/list?page=1&size=20": as_json(NONE)}) as site:
        done = qingwang(tmp_path, "scan", site.url + "/mp/", "--render", "never", "--allow-private", "127.0.0.1")
    assert "巡查不完整" in done.out
    assert "/mp/category/list　应答不成功" in done.out
