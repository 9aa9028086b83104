"""What a run brought held against earlier ones: a layout that changed is named at once, ordinary ups and downs are not."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.crawl import health
from scanner.crawl.reading.fields import NOT_SEEN, listing, seen
from scanner.crawl.tally import Tally
from scanner.crawl.watch import Expect
from scanner.model import CrawlState, Listing, Outcome

NOTHING = Expect()


def one(number: int, *, price: bool = True) -> Listing:
    return listing(
        storefront="shop.example", family="generic", url=f"https://shop.example/{number}", product_id=str(number),
        title=seen(f"演示{number}", "h1"), price=seen("9.90", "p") if price else NOT_SEEN,
    )  # fmt: skip


def run(listings: int, *, priced: float = 1.0, shut: int = 0, lost: int = 0, gone: int = 0) -> dict[str, Any]:
    """``lost``: product addresses whose page is none; ``gone``: those that answer 404."""
    tally = Tally()
    tally.products.update({Outcome.READ: listings, Outcome.NOT_A_PRODUCT: lost, Outcome.ERROR: gone})
    for _ in range(listings):
        tally.count(Outcome.READ)
    for _ in range(shut):
        tally.count(Outcome.CAPTCHA)
    read = [one(n, price=n < listings * priced) for n in range(listings)]
    return health.figures(tally, read, {200: listings + shut})


def test_the_figures() -> None:
    assert run(10, priced=0.5, shut=10) == {
        "listings": 10, "pages": 20, "statuses": {"200": 20}, "shut": 0.5,
        "fields": {"title": 1.0, "price": 0.5, "description": 0.0, "seller": 0.0, "attributes": 0.0, "number": 0.0},
        "products": 1.0, "browser_mb": None,
    }  # fmt: skip
    assert run(0)["fields"] == {}


def test_a_layout_that_changed_is_named_within_one_run() -> None:
    (alarm,) = health.alarms(run(40, priced=0.1), [run(40), run(38), run(41)], NOTHING)
    assert alarm.startswith("价格：只有 10% 的商品读到，以前是 100%")


@pytest.mark.parametrize("now", [run(40, priced=0.9), run(33), run(60)])
def test_ordinary_changes_are_none(now: dict[str, Any]) -> None:
    assert health.alarms(now, [run(40), run(38), run(41)], NOTHING) == []


def test_half_of_the_goods_gone() -> None:
    (alarm,) = health.alarms(run(10), [run(40), run(38), run(41)], NOTHING)
    assert "10 件" in alarm
    assert "40 件" in alarm


def test_pages_that_are_no_longer_taken_for_products() -> None:
    before = [run(40, lost=2), run(38, lost=3), run(41)]
    (alarm,) = health.alarms(run(28, lost=14), before, NOTHING)  # the number alone would not alarm
    assert alarm.startswith("商品的网址只有 67% 读成商品，以前是 95%")


def test_goods_that_are_gone_are_no_change_of_layout() -> None:
    assert health.alarms(run(28, gone=14), [run(40), run(38), run(41)], NOTHING) == []
    assert health.alarms(run(35, lost=5), [run(40), run(38), run(41)], NOTHING) == []


def test_runs_kept_before_there_was_such_a_figure() -> None:
    old = {name: value for name, value in run(40).items() if name != "products"}
    assert health.alarms(run(28, lost=14), [old], NOTHING) == []
    assert run(3, lost=1)["products"] is None  # of a handful nothing is told
    assert health.alarms(run(3, lost=1), [run(3)], NOTHING) == []


def test_walls() -> None:
    (alarm,) = health.alarms(run(10, shut=5), [], NOTHING)
    assert "33%" in alarm


def test_expectations() -> None:
    expect = Expect(listings=30, fields={"price": 0.9, "title": 0.9})
    told = health.alarms(run(20, priced=0.5), [], expect)
    assert [alarm.partition("：")[0] for alarm in told] == ["只读到 20 件商品，应当至少有 30 件", "价格"]


def test_only_sound_runs_count_and_the_latest_of_them() -> None:
    good, wrong = run(40), {**run(40, priced=0.0), "alarms": ["价格"]}
    runs = [
        (CrawlState.COMPLETE, wrong), (CrawlState.INCOMPLETE, good), (None, good), (CrawlState.COMPLETE, {}),
        *[(CrawlState.COMPLETE, run(n)) for n in range(10, 20)],
    ]  # fmt: skip
    assert [one["listings"] for one in health.sound(runs)] == [10, 11, 12, 13, 14]
