"""Lists are read to the end: totals against distinct listings, and a second pass where goods move between pages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scanner.crawl.reading.links import Stated
from scanner.crawl.tally import Tally
from scanner.crawl.walk.complete import Counted, Key, Lists
from scanner.home import Home
from scanner.model import CrawlState, Outcome
from scanner.store.book import Book
from spiders.generic import GenericShop
from tests import warcs
from tests.crawl.site import answer, serving
from tests.page.making import html
from tests.running import Done, qingwang
from tests.spiders import saved

# --- counting --------------------------------------------------------------------------------------------------------


def key(name: str) -> Key:
    return "GET", f"http://h.example/{name}", b""


def lists(total: int, pages: dict[str, str], became: dict[str, str]) -> Lists[str]:
    """``pages``: page -> its products, a letter each; ``became``: product -> listing, empty for one that failed."""
    made: Lists[str] = Lists()
    for page, products in pages.items():
        made.page(Stated("l", total), f"http://h.example/{page}", key(page), page, [key(p) for p in products])
    for product, listing in became.items():
        made.became(key(product), listing)
    return made


def test_a_list_with_all_its_products_is_not_asked_for_again() -> None:
    done = lists(4, {"p1": "ab", "p2": "cd"}, {"a": "1", "b": "2", "c": "3", "d": "4"})
    assert list(done.again()) == []
    assert done.counted() == [Counted(url="http://h.example/p1", stated=4, found=4, read=4)]


def test_two_addresses_of_one_product_are_one() -> None:
    done = lists(4, {"p1": "ab", "p2": "cd"}, {"a": "1", "b": "1", "c": "3", "d": "4"})
    assert list(done.again()) == ["p1", "p2"]
    assert done.counted()[0].read == 3


def test_a_product_that_failed_has_not_moved_but_is_missing() -> None:
    done = lists(3, {"p1": "ab", "p2": "c"}, {"a": "1", "b": "", "c": "3"})
    assert list(done.again()) == []
    assert [(one.read, one.short) for one in done.counted()] == [(2, True)]


def test_a_third_pass_only_where_the_second_brought_something() -> None:
    done = lists(9, {"p1": "ab", "p2": "c"}, {"a": "1", "b": "2", "c": "3"})
    assert (list(done.again()), list(done.again())) == (["p1", "p2"], [])
    moved = lists(9, {"p1": "ab", "p2": "c"}, {"a": "1", "b": "2", "c": "3"})
    assert list(moved.again()) == ["p1", "p2"]
    moved.page(Stated("l", 9), "http://h.example/p1", key("p1"), "p1", [key("d")])
    moved.became(key("d"), "4")
    assert (list(moved.again()), list(moved.again())) == (["p1", "p2"], [])


def test_the_total_last_stated_counts() -> None:
    done = lists(4, {"p1": "ab"}, {"a": "1", "b": "2"})
    done.page(Stated("l", 2), "http://h.example/p2", key("p2"), "p2", [])
    assert [one.short for one in done.counted()] == [False]


def test_a_short_list_makes_a_crawl_incomplete() -> None:
    tally = Tally()
    tally.count(Outcome.READ)
    assert tally.state() is CrawlState.COMPLETE
    tally.lists = [Counted(url="u", stated=3, found=2, read=2)]
    assert tally.state() is CrawlState.INCOMPLETE


# --- what pages state --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "total"),
    [
        ("共 40 件商品", 40), ("共<em>12</em>件", 12), ("找到 7 个商品", 7), ("为您找到约 35 条结果", 35), ("全部 (18 件商品)", 18),
        ("Showing 1–12 of 40 results", 40), ("显示 1 到 12 / 13 (总 2 页)", 13), ("显示第 1-12 条结果，共 40 条", 40),
        ("第 1-12 件商品", None), ("0 件商品", None), ("Showing 1 to 15 of 20 (2 Pages)", 20),
        ("共 3 页", None), ("购物车共 2 件", None), ("共 35 条评价", None), ("共10万+件商品", None), ("每盒共 5 片", None),
        ("共 2 件 共 3 件", 2), ("共 99999999 件", None), ("", None),
    ],
)  # fmt: skip
def test_totals_in_words(said: str, total: int | None) -> None:
    page = html(
        f"<html><body><h1>血压计</h1><p>{said}</p><p>正文。</p></body></html>", url="http://h.example/list?page=2"
    )
    stated = GenericShop().stated(page)
    assert (stated.total if stated else None) == total
    assert stated is None or stated.list == "GET http://h.example/list"


@pytest.mark.parametrize(("name", "total"), [("opencart_list", 3), ("woocommerce_list", 5), ("opencart_product", None)])
def test_totals_of_shop_systems(name: str, total: int | None) -> None:
    page = saved.page(f"generic/{name}", saved.expectation(f"generic/{name}"))
    stated = GenericShop().stated(page)
    assert (stated.total if stated else None) == total


def test_two_totals_are_none() -> None:
    page = html("<html><body><p>共 4 件商品</p><p>共 9 件商品</p></body></html>", url="http://h.example/list")
    assert GenericShop().stated(page) is None


# --- a shop that moves its goods ---------------------------------------------------------------------------------------

PER_PAGE = 4
GOODS = list(range(1, 11))


class Moving(dict[str, Any]):
    """A shop of ten goods, as HTML and as a NideShop API. Once its first page has been shown, the good that was first
    on the second page moves to the front: page by page it is never seen."""

    def __init__(self, *, moves: bool = True, gone: int = 0, states: int = len(GOODS)) -> None:
        super().__init__()
        self.moves, self.gone, self.states, self.asked = moves, gone, states, Counter[str]()

    def get(self, path: str, other: Any = None) -> Callable[[bytes], bytes] | bytes | None:
        return self.respond if path.startswith(("/category", "/goods", "/api")) else other

    def order(self, page: int) -> list[int]:
        first, rest = GOODS[:PER_PAGE], GOODS[PER_PAGE:]
        later = page > 1 or self.asked[f"page {page}"] > 1
        moved = [rest[0], *first, *rest[1:]] if self.moves and later else GOODS
        return moved[(page - 1) * PER_PAGE : page * PER_PAGE]

    def respond(self, request: bytes) -> bytes:
        parts = urlsplit(request.split(b" ")[1].decode())
        query = parse_qs(parts.query)
        if parts.path.startswith("/api/"):
            return self.api(parts.path, query)
        if parts.path.startswith("/goods/"):
            return self.good(int(parts.path.split("/")[2].removesuffix(".html")))
        page = int(query.get("page", ["1"])[0])
        self.asked[f"page {page}"] += 1
        cards = "".join(
            f'<li><a href="/goods/{n}.html"><img src="/{n}.png"><b>演示血压计{n}号</b></a><span>¥9.90</span></li>'
            for n in self.order(page)
        )
        after = f'<a rel="next" href="/category/x?page={page + 1}">下一页</a>' if page * PER_PAGE < len(GOODS) else ""
        text = f"<title>血压计</title><body><h1>血压计</h1><p>共 {self.states} 件商品</p><ul>{cards}</ul>{after}</body>"
        return answer(f"<html><meta charset=utf-8>{text}</html>".encode())

    def good(self, number: int) -> bytes:
        if number == self.gone:
            return answer(b"<html><body>gone</body></html>", status="404 Not Found")
        text = f"<title>演示血压计{number}号</title><body><h1>演示血压计{number}号</h1><p class=price>¥9.90</p>" \
            "<button>加入购物车</button><p>测量准确，操作简单，适合家庭使用。</p></body>"  # fmt: skip
        return answer(f"<html><meta charset=utf-8>{text}</html>".encode())

    def api(self, path: str, query: dict[str, list[str]]) -> bytes:
        if path.endswith("/detail"):
            number = int(query["id"][0])
            data: Any = {
                "info": {"id": number, "name": f"演示血压计{number}号", "retail_price": 9.9, "goods_desc": "<p>x</p>"}
            }
        else:
            page = int(query.get("page", ["1"])[0])
            self.asked[f"page {page}"] += 1
            shown = [{"id": n, "name": str(n)} for n in self.order(page)]
            data = {"count": self.states, "totalPages": 3, "currentPage": page, "data": shown}
        return answer(json.dumps({"errno": 0, "errmsg": "", "data": data}).encode(), type_="application/json")


def scanned(home: Path, shop: Moving, path: str, *more: str) -> Done:
    with serving(shop) as site:
        return qingwang(
            home, "scan", site.url + path, "--json", "--render", "never", "--allow-private", "127.0.0.1", *more
        )


def stored(home: Path) -> int:
    with Book.open(Home(home).book) as book:
        return sum(1 for _ in book.listings())


def ended(home: Path) -> dict[str, Any]:
    (line,) = [line for line in warcs.lines(Home(home)) if line["event"] == "crawl_ended"]
    return line


PATHS = ["/category/x", "/api/goods/list?page=1&size=4"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_goods_that_move_between_pages_are_caught_by_a_second_pass(tmp_path: Path, path: str) -> None:
    shop = Moving()
    done = scanned(tmp_path, shop, path)
    assert (done.json["state"], done.json["listings"], stored(tmp_path)) == ("complete", 10, 10)
    assert shop.asked == {"page 1": 2, "page 2": 2, "page 3": 2}
    assert ended(tmp_path)["short"] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_a_list_that_stands_still_is_read_once(tmp_path: Path, path: str) -> None:
    shop = Moving(moves=False)
    done = scanned(tmp_path, shop, path)
    assert (done.json["state"], done.json["listings"]) == ("complete", 10)
    assert shop.asked == {"page 1": 1, "page 2": 1, "page 3": 1}


@pytest.mark.slow
def test_a_list_that_stays_short_is_said(tmp_path: Path) -> None:
    shop = Moving(moves=False, states=12)
    done = scanned(tmp_path, shop, "/category/x")
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 10)
    assert shop.asked == {"page 1": 2, "page 2": 2, "page 3": 2}
    (short,) = ended(tmp_path)["short"]
    assert (short["stated"], short["found"], short["read"]) == (12, 10, 10)


@pytest.mark.slow
def test_a_product_that_cannot_be_read_is_missing_from_its_list(tmp_path: Path) -> None:
    shop = Moving(moves=False, gone=3)
    done = scanned(tmp_path, shop, "/category/x")
    assert (done.json["state"], done.json["listings"]) == ("incomplete", 9)
    assert shop.asked == {"page 1": 1, "page 2": 1, "page 3": 1}  # it has not moved: no second pass
    (short,) = ended(tmp_path)["short"]
    assert (short["stated"], short["found"], short["read"]) == (10, 10, 9)


@pytest.mark.slow
def test_the_budget_bounds_the_second_pass(tmp_path: Path) -> None:
    shop = Moving()
    done = scanned(tmp_path, shop, "/category/x", "--pages", "13")  # 3 of the list, 9 products, 1 more
    assert done.json["state"] == "incomplete"
    assert shop.asked.total() == 4
    assert done.json["left"] == ended(tmp_path)["left"] > 0


@pytest.mark.slow
def test_people_are_told_which_list_is_short(tmp_path: Path) -> None:
    with serving(Moving(moves=False, states=12)) as site:
        done = qingwang(tmp_path, "scan", site.url + "/category/x", "--render", "never", "--allow-private", "127.0.0.1")
    assert f"列表没有读全：{site.url}/category/x　标明共 12 件，找到 10 件，读到 10 件" in done.out
