"""Who of the register was visited: told by address, code or name, as far as the book can tell and no further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from scanner.coverage import Coverage, CoveredSeller, coverage, year_before
from scanner.leads.gather import gather
from scanner.model import CrawlState, Outcome, content_id
from scanner.registry.sellers import gathered
from scanner.store.book import Book
from scanner.store.net_sellers import NetRow
from tests.registry.company.pairs import code
from tests.store.making import capture, finding, listing, said, seller

SINCE = date(2026, 1, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def row(name: str, *addresses: str, uscc: str = "", platform: str = "", shop: str = "") -> NetRow:
    return NetRow(
        name=name, uscc=uscc, licence="", filing="", platform=platform, shop=shop, area="", addresses=addresses
    )  # fmt: skip


def at(day: int, month: int = 6, year: int = 2026) -> datetime:
    return datetime(year, month, day, 3, tzinfo=UTC)


def visit(book: Book, url: str, outcome: str = "read", *, when: datetime | None = None, crawl: str = "c1") -> Any:
    """A capture of an address, in the book."""
    time, host = when or at(1), url.split("/")[2]
    one = replace(capture(1, shop=host), id=content_id(url, str(time), outcome), url=url, time=time)
    book.save_capture(one, Outcome(outcome), crawl)
    return one


def sold(book: Book, url: str, name: str = "", seller_url: str = "", **given: Any) -> Any:
    """A listing read at an address, of a shop that its page names."""
    one = visit(book, url, **given)
    shown = replace(
        listing(url, shop=one.storefront, **({"seller": said(name)} if name else {})), seller_url=seller_url
    )
    book.save_listing(shown, one.id, one.time)
    return shown


def told(book: Book, url: str, name: str, uscc: str = "", page: Literal["home", "licence"] = "licence") -> None:
    """A seller's page at an address."""
    one = visit(book, url)
    shown = seller(name, shop=one.storefront, page=page)
    shown = replace(shown, id=content_id(url), url=url, uscc=said(uscc) if uscc else shown.uscc)
    book.save_seller(shown, one.id, one.time)


def found(book: Book | None, *rows: NetRow, since: date = SINCE) -> dict[str, CoveredSeller]:
    return {one.name: one for one in asked(book, *rows, since=since).sellers}


def asked(book: Book | None, *rows: NetRow, since: date = SINCE) -> Coverage:
    return coverage(gathered(rows), book, since=since)


def reasons(one: CoveredSeller) -> list[tuple[str, str]]:
    return [(match.by, match.what) for match in one.matched]


# --- answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "answer"),
    [
        ([], "never"), (["read"], "read"), (["not_a_product", "captcha"], "read"), (["login"], "shut"),
        (["blocked", "captcha", "error"], "shut"), (["error"], "failed"), (["empty", "not_html", "too_large"], "failed"),
        (["refused"], "failed"),
    ],
)  # fmt: skip
def test_answers(book: Book, outcomes: list[str], answer: str) -> None:
    for outcome in outcomes:
        visit(book, "https://shop.example/", outcome)
    one = found(book, row("演示甲", "shop.example"))["演示甲"]
    assert (one.answer, one.due, one.looked_at) == (answer, answer != "read", at(1) if answer == "read" else None)
    assert (one.last.outcomes if one.last else {}) == dict.fromkeys(outcomes, 1)


def test_without_a_book_nobody_was_visited() -> None:
    whole = asked(None, row("演示甲", "shop.example"), row("演示乙"))
    assert (whole.of, whole.looked_at, whole.due, whole.share) == (2, 0, 2, 0.0)
    assert whole.answers == {"read": 0, "shut": 0, "failed": 0, "never": 2}


def test_who_is_overdue_comes_first(book: Book) -> None:
    visit(book, "https://new.example/", when=at(2))
    visit(book, "https://old.example/", when=at(2, year=2024))
    visit(book, "https://older.example/", when=at(2, year=2023))
    visit(book, "https://wall.example/", "login", when=at(3))
    rows = [row(host, f"{host}.example") for host in ("new", "old", "older", "wall", "none")]
    whole = asked(book, *rows)
    assert [one.name for one in whole.sellers] == ["none", "wall", "older", "old", "new"]
    assert (whole.looked_at, whole.due, whole.share) == (1, 4, 0.2)
    assert whole.answers == {"read": 3, "shut": 1, "failed": 0, "never": 1}


def test_the_day_begins_in_beijing(book: Book) -> None:
    visit(book, "https://a.example/", when=datetime(2025, 12, 31, 16, 0, tzinfo=UTC))
    visit(book, "https://b.example/", when=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    answers = found(book, row("a", "a.example"), row("b", "b.example"))
    assert (answers["a"].due, answers["b"].due) == (False, True)
    assert (year_before(date(2028, 2, 29)), year_before(SINCE)) == (date(2027, 2, 28), date(2025, 1, 1))


def test_the_last_crawl_and_what_came_of_it(book: Book) -> None:
    book.start_crawl("c1", "scan", ("https://shop.example/",), at(1))
    book.finish_crawl("c1", CrawlState.COMPLETE, at(1), {})
    book.start_crawl("c2", "crawl", ("https://shop.example/",), at(5))
    book.finish_crawl("c2", CrawlState.BLOCKED, at(5), {"lost": [["https://shop.example/x", "超时"], ["", "停了"]]})
    for number in (1, 2):
        sold(book, f"https://shop.example/p/{number}")
    sold(book, "https://shop.example/p/1", when=at(5), crawl="c2")
    visit(book, "https://shop.example/p/3", "captcha", when=at(6), crawl="c2")
    one = found(book, row("演示甲", "https://www.shop.example/"))["演示甲"]
    assert one.last is not None
    assert (one.last.crawl, one.last.kind, one.last.time, one.last.state) == ("c2", "crawl", at(6), CrawlState.BLOCKED)
    assert (dict(one.last.outcomes), one.last.listings) == ({"read": 1, "captcha": 1, "error": 1}, 1)
    assert (one.answer, one.looked_at) == ("read", at(5))


def test_a_host_that_gave_no_answer_leaves_no_capture_and_is_told_all_the_same(book: Book) -> None:
    book.start_crawl("c1", "scan", ("http://dead.example/",), at(1))
    book.finish_crawl("c1", CrawlState.INCOMPLETE, at(2), {"lost": [["http://dead.example/", "没有应答"]]})
    one = found(book, row("演示甲", "dead.example"))["演示甲"]
    assert one.last is not None
    assert (one.answer, one.last.time, one.last.state, dict(one.last.outcomes)) == (
        "failed", at(2), CrawlState.INCOMPLETE, {"error": 1}
    )  # fmt: skip


def test_leads_that_are_not_ended(book: Book) -> None:
    shown = sold(book, "https://shop.example/p/1", "演示甲")
    claim = finding(shown)
    book.merge_leads(gather([(claim, shown)]), opened=at(1))
    assert found(book, row("演示甲", "shop.example"))["演示甲"].leads == 1


# --- whose a visit was -------------------------------------------------------------------------------------------


def test_a_shop_of_its_own_is_all_of_its_host_and_no_other(book: Book) -> None:
    visit(book, "https://m.shop.example/goods/1")
    visit(book, "https://other.shop.example/")
    answers = found(book, row("演示甲", "https://www.shop.example/index.html"), row("演示乙", "shop.example:8443"))
    assert [reasons(one) for one in answers.values()] == [[], [("address", "https://www.shop.example/index.html")]]


def test_a_platforms_shop_is_that_shop_alone(book: Book) -> None:
    sold(book, "https://item.jd.com/1.html", "演示甲旗舰店", "https://mall.jd.com/index-123.html")
    sold(book, "https://item.jd.com/2.html", "演示戊专营店")
    visit(book, "https://shop.m.jd.com/?shopId=7", "login")
    answers = found(
        book, row("甲", "https://shop.jd.com/index-123.html"), row("乙", "https://shop.jd.com/index-7.html"),
        row("丙", "https://shop.jd.com/index-8.html"), row("丁", "www.jd.com"), row("戊", platform="京东", shop="演示戊专营店"),
        row("己", platform="天猫", shop="演示戊专营店"), row("庚", "item.jd.com"),
    )  # fmt: skip
    assert {name: one.answer for name, one in answers.items()} == {
        "甲": "read", "乙": "shut", "丙": "never", "丁": "never", "戊": "read", "己": "never", "庚": "never"
    }  # fmt: skip
    assert reasons(answers["甲"]) == [("address", "https://shop.jd.com/index-123.html")]
    assert reasons(answers["戊"]) == [("name", "演示戊专营店")]
    assert [one.last.listings for one in answers.values() if one.last] == [0, 1, 1]


def test_sellers_of_one_host_are_told_apart(book: Book) -> None:
    told(book, "https://mall.example/shop/jia", "演示甲有限公司", page="home")
    told(book, "https://mall.example/shop/jia/licence", "演示甲有限公司", code("A"))
    sold(book, "https://mall.example/p/1", "演示甲店", "https://mall.example/shop/jia")
    sold(book, "https://mall.example/p/2", "演示乙店", "https://mall.example/shop/yi")
    visit(book, "https://mall.example/")
    rows = [row("甲", "mall.example/shop/jia", uscc=code("A")), row("乙", "mall.example/shop/yi"),
            row("丙", "mall.example/shop/bing"), row("商城", "mall.example", platform="自建网站")]  # fmt: skip
    answers = found(book, *rows)
    assert {name: one.last.outcomes["read"] if one.last else 0 for name, one in answers.items()} == {
        "丙": 0, "甲": 3, "乙": 1, "商城": 5
    }  # fmt: skip
    assert [by for by, _ in reasons(answers["甲"])] == ["address", "uscc"]
    # the register may name one of them alone: the book knows that the host has others
    assert found(book, rows[1])["乙"].last == answers["乙"].last


def test_a_host_that_two_sellers_name_is_neithers(book: Book) -> None:
    visit(book, "https://mall.example/")
    assert {one.answer for one in found(book, row("甲", "mall.example"), row("乙", "mall.example")).values()} == {
        "never"
    }


def test_a_shop_known_by_its_pages_is_looked_at_as_a_whole(book: Book) -> None:
    told(book, "https://jia.example/licence", "演示甲 有限公司", code("A"))
    told(book, "https://yi.example/", "演示乙（北京）有限公司", page="home")
    sold(book, "https://jia.example/p/1")
    answers = found(book, row("旧名", uscc=code("A")), row("演示乙(北京)有限公司"), row("演示乙有限公司"))
    assert {name: reasons(one) for name, one in answers.items()} == {
        "演示乙有限公司": [], "旧名": [("uscc", code("A"))], "演示乙(北京)有限公司": [("name", "演示乙（北京）有限公司")]
    }  # fmt: skip
    assert answers["旧名"].last is not None
    assert (dict(answers["旧名"].last.outcomes), answers["旧名"].last.listings) == ({"read": 2}, 1)


def test_another_code_is_another_company(book: Book) -> None:
    told(book, "https://jia.example/licence", "演示甲有限公司", code("B"))
    assert found(book, row("演示甲有限公司", uscc=code("A")))["演示甲有限公司"].answer == "never"
    assert found(book, row("演示甲有限公司"))["演示甲有限公司"].answer == "read"
    twins = (row("演示甲有限公司", uscc=code("A")), row("演示甲有限公司", uscc=code("C")))
    assert {one.answer for one in asked(book, *twins).sellers} == {"never"}


def test_pages_that_show_a_seller_on_anothers_host_are_its_alone(book: Book) -> None:
    told(book, "https://jia.example/partner", "演示乙有限公司")
    visit(book, "https://jia.example/p/1")
    answers = found(book, row("演示甲有限公司", "jia.example"), row("演示乙有限公司"))
    assert [one.last.outcomes for one in answers.values() if one.last] == [{"read": 1}, {"read": 2}]


def test_pages_may_say_anything(book: Book) -> None:
    told(book, "https://a.example/x", "演示\ud800\x00甲", "9\ud800")
    sold(book, "https://item.jd.com/1.html", "\n\ud800", "https://mall.jd.com/\ud800")
    sold(book, "https://item.jd.com/2.html", "", "https://[::1")
    visit(book, "https://[bad/")
    answers = found(book, row("演示甲", "a.example"), row("乙", "https://shop.jd.com/index-1.html"))
    assert {name: one.answer for name, one in answers.items()} == {"乙": "never", "演示甲": "read"}
