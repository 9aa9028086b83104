"""Parts of items that come in answers of their own: whose they are, and what is no part of anything."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from scanner.model import FieldState
from scanner.page import Page
from scanner.store.book import Book
from spiders import family_for
from spiders.jd import JdShop
from tests import warcs
from tests.intake.making import entry, written
from tests.running import qingwang
from tests.spiders import saved
from tests.spiders.saved import WHEN

JD = "https://cd.jd.com/description/channel?skuId=990000000101"
TAOBAO = "https://dscnew.taobao.com/i5/990/201/990000000201/TB1demo.desc"


def answer(url: str, text: str, kind: str = "application/x-javascript; charset=utf-8") -> Page:
    return Page(url, 200, [(b"Content-Type", kind.encode())], text.encode(), "0" * 20, WHEN)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (JD, 'showdesc({"content":"<p>cut'),
        (JD, 'showdesc({"content":["<p>list</p>"]})'),
        (JD, "<html><body>请先登录</body></html>"),
        ("https://cd.jd.com/description/channel?skuId=../../x", '{"content":"<p>x</p>"}'),
        ("https://shop.example/description/channel?skuId=990000000101", '{"content":"<p>x</p>"}'),
        ("https://p.3.cn/prices/mgets?skuIds=J_1", '{"error":"pdos_captcha"}'),
        ("https://p.3.cn/prices/mgets?skuIds=J_1", '[{"id":"J_990000000101","p":"-1.00"}]'),
        (TAOBAO, "var desc='<p>cut"),
        (TAOBAO, "var other='<p>x</p>';"),
        ("https://shop.example/i5/990/201/990000000201/TB1demo.desc", "var desc='<p>x</p>';"),
    ],
)
def test_what_is_no_part(url: str, text: str) -> None:
    seen = answer(url, text)
    assert family_for(seen).parts(seen) == ()


@pytest.mark.parametrize("status", [403, 500, 302])
def test_an_answer_that_failed_is_no_part(status: int) -> None:
    page = Page(JD, status, [(b"Content-Type", b"application/json")], b'{"content":"<p>x</p>"}', "0" * 20, WHEN)
    assert JdShop.parts(page) == ()


def test_an_empty_description_may_be_a_refusal() -> None:
    (part,) = JdShop.parts(answer(JD, '{"content":""}'))
    assert part.description.state is FieldState.NOT_SEEN


def test_a_description_without_words_is_absent_and_keeps_its_pictures() -> None:
    (part,) = JdShop.parts(answer(JD, '{"content":"<div><img src=\'//img.example/a.jpg\'></div>"}'))
    assert part.description.state is FieldState.ABSENT
    assert part.pictures == ("https://img.example/a.jpg",)


def test_a_hostile_page_names_no_place_off_the_platform() -> None:
    page = saved.page("jd/item", saved.expectation("jd/item"))
    body = page.body.replace(b"//cd.jd.com/description", b"//evil.example/description")
    other = Page(page.url, 200, page.headers, body, "0" * 20, WHEN)
    assert not any("evil" in link.url for link in JdShop.products(other))


def recorded(*names: str) -> list[dict[str, Any]]:
    entries = []
    for name in names:
        page = saved.page(name, saved.expectation(name))
        body = base64.b64encode(page.body).decode()
        entries.append(entry(page.url, mime=page.header(b"content-type"), text=body, encoding="base64"))
    return entries


@pytest.mark.parametrize(
    "order", [("jd/item", "jd/description", "jd/prices"), ("jd/prices", "jd/description", "jd/item")]
)
def test_a_recording_is_put_together_whatever_came_first(tmp_path: Path, order: tuple[str, ...]) -> None:
    home = Home(tmp_path / "home")
    done = qingwang(home.root, "import", str(written(tmp_path, *recorded(*order))), "--json")
    assert done.code == 0, done.err
    assert (done.json["pages"], done.json["listings"]) == (3, 1)
    with Book.open(home.book) as book:
        (known,) = book.listings()
        listing = known.subject
        assert listing.price.text == "299.00"
        assert listing.description.text.startswith("演示牌上臂式电子血压计")
        assert "https://img30.360buyimg.com/sku/jfs/t1/9/d1.jpg" in listing.pictures
        assert ("description", "演械注准20212070001") in {(n.field, n.number.number) for n in listing.numbers}
        sealed = {one.capture.id: one.capture.url for one in book.captures()}
        assert {sealed[one].split("/")[2] for one in book.pieces(listing)} == {"cd.jd.com", "p.3.cn"}
        assert len(book.versions("listing", listing.id)) == 1
    assert warcs.faults(home) == []


def test_a_part_of_another_product_is_not_taken(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    item, description = recorded("jd/item", "jd/description")
    description["request"]["url"] = description["request"]["url"].replace("skuId=990000000101", "skuId=990000000109")
    assert qingwang(home.root, "import", str(written(tmp_path, item, description))).code == 0
    with Book.open(home.book) as book:
        (known,) = book.listings()
        assert known.subject.description.state is FieldState.NOT_SEEN
        assert book.pieces(known.subject) == []
