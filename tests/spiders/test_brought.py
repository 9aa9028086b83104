"""Pages of the platforms that people bring, through the whole line: sealed, read by their family, judged, counted."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest

from scanner.home import Home
from scanner.model import FieldState, Verdict
from scanner.store.book import Book
from tests.intake.making import entry, written
from tests.running import Done, qingwang
from tests.spiders import saved

HOP = "<html><head><script>window.location.href='https://passport.jd.com/uc/login?ReturnUrl=x'</script></head></html>"
PAGES = [
    "jd/item", "jd/item_debris", "jd/item_cut", "jd/list", "jd/half", "jd/answer", "jd/answer_failed",
    "taobao/tmall_item", "taobao/tmall_meta_lies", "taobao/list", "taobao/gone",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    done: Done
    home: Home


def recorded(name: str) -> dict[str, Any]:
    page = saved.page(name, saved.expectation(name))
    kind = page.header(b"content-type")
    return entry(page.url, mime=kind, text=base64.b64encode(page.body).decode(), encoding="base64")


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Brought:
    folder = tmp_path_factory.mktemp("platforms")
    walls = [
        entry("https://item.jd.com/990000000150.html", mime="text/html", text=HOP),
        entry("https://h5api.m.tmall.com/h5/mtop.x/", text='{"ret":["FAIL_SYS_USER_VALIDATE","RGV587_ERROR::SM::x"],"data":{}}'),
        entry("https://p.3.cn/prices/mgets?skuIds=J_1", text='{"error":"pdos_captcha"}'),
        entry("https://data.example/product/jd?id=2", text='{"data":{"seller":{"shopNa'),
    ]  # fmt: skip
    file = written(folder, *map(recorded, PAGES), *walls)
    home = Home(folder / "home")
    return Brought(done=qingwang(home.root, "import", str(file), "--json"), home=home)


def test_every_page_is_counted_for_what_it_is(brought: Brought) -> None:
    assert brought.done.code == 0, brought.done.err
    (row,) = brought.done.rows
    assert row["pages"] == len(PAGES) + 4
    assert row["outcomes"] == {"read": 5, "not_a_product": 3, "error": 4, "login": 1, "captcha": 2}
    assert row["listings"] == 5


def test_fields_keep_their_states_in_the_book(brought: Brought) -> None:
    with Book.open(brought.home.book) as book:
        listings = {known.subject.product_id: known.subject for known in book.listings()}
    assert set(listings) == {"990000000101", "990000000103", "990000000130", "990000000201", "990000000202"}
    item, debris = listings["990000000101"], listings["990000000103"]
    assert (item.price.state, item.description.state) == (FieldState.NOT_SEEN, FieldState.NOT_SEEN)
    assert debris.description.state is FieldState.UNREADABLE
    assert {listing.family for listing in listings.values()} == {"jd", "taobao"}
    assert listings["990000000201"].title == listings["990000000202"].title  # GBK, and UTF-8 that says it is GBK


def test_findings_say_what_could_not_be_read(brought: Brought) -> None:
    with Book.open(brought.home.book) as book:
        ids = {known.subject.id: known.subject.product_id for known in book.listings()}
        found = {p.finding.rule: p.finding for p in book.findings() if ids.get(p.finding.subject_id) == "990000000103"}
    assert "claim-cure-assertion" in found
    assert not found.keys() & {"number-missing", "number-malformed", "wrong-kind-in-field"}
    missing = found["approval-missing"]
    assert missing.verdict is Verdict.UNVERIFIED
    assert {"商品详情没有取到", "编号一栏有无法辨认的字"} <= set(missing.unchecked)
