"""What lists name, as it is shown: the results of a search engine, the cards of a platform's list.

Owns: the row of one of them for machines and for people, with what the book knows of its storefront and which family would
read it. Leaves to others: reading lists (families), keeping what they name (``store.crawls``). All of it is text of
somebody else's page: it is cut, and the console takes control characters out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.crawl.session import Result
    from scanner.home import Home
    from scanner.store.book import Book

MOST = 100  # rows of a table; --json has them all
WIDEST = 300  # characters of a cell


def of(book: Book, capture: str) -> list[dict[str, Any]]:
    """What the list in a capture names."""
    return _rows(book, ((capture, at, one) for at, one in enumerate(book.named(capture), 1)))


def results(home: Home, report: Report) -> list[dict[str, Any]]:
    """What search engines named in a run, each address once."""
    from scanner.store.book import Book

    if not report.results:
        return []
    first: dict[str, Result] = {}
    for one in report.results:
        first.setdefault(one[2].url, one)
    with Book.open(home.book) as book:
        return _rows(book, first.values())


def tell_results(home: Home, report: Report) -> None:
    tell(results(home, report))


def tell(rows: Sequence[dict[str, Any]]) -> None:
    """Tables for people: results, then products; nothing where there are none."""
    found = [row for row in rows if row["kind"] == "result"]
    if found:
        columns = ["序号", "标题", "网址", "摘要", "店铺网址", "读法"]
        console.table("搜索结果：可能的店铺", columns, [_result(n, row) for n, row in enumerate(found[:MOST], 1)])
        console.say("只是搜索引擎的说法，其中的网址没有打开。要检查哪一个，运行 qingwang scan 网址。")
    cards = [row for row in rows if row["kind"] == "product"]
    if cards:
        columns = ["序号", "名称", "价格", "店铺", "类别", "广告", "网址"]
        console.table("列表里的商品", columns, [_card(row) for row in cards[:MOST]])
    for left in (len(found) - MOST, len(cards) - MOST):
        if left > 0:
            console.say(f"……另有 {left} 条，用 --json 看全部")


def _rows(book: Book, named: Iterable[Result]) -> list[dict[str, Any]]:
    """As machines get them; ``known``: whether the book holds a listing or seller of the storefront."""
    from scanner.crawl.reading.links import storefront_of
    from spiders import family_at

    known: dict[str, bool] = {}
    rows = []
    for capture, at, one in named:
        place = "" if one.forwards else storefront_of(one.url)
        if place and place not in known:
            known[place] = _known(book, place)
        rows.append(
            {"capture": capture, "position": at, **dataclasses.asdict(one), "storefront": place,
             "family": "" if one.forwards else family_at(one.url), "known": known.get(place, False)}
        )  # fmt: skip
    return rows


def _known(book: Book, storefront: str) -> bool:
    return any(True for _ in book.listings(storefront=storefront, limit=1)) or any(
        True for _ in book.sellers(storefront=storefront, limit=1)
    )


def _result(number: int, row: dict[str, Any]) -> tuple[object, ...]:
    from scanner.report.words import FAMILIES

    address = f"（转跳）{row['url']}" if row["forwards"] else row["url"]
    place = f"{row['storefront']}（已有记录）" if row["known"] else row["storefront"]
    family = FAMILIES.get(row["family"], row["family"])
    return number, _cut(row["title"]), _cut(address), _cut(row["text"]) or "—", _cut(place) or "—", family or "—"


def _card(row: dict[str, Any]) -> tuple[object, ...]:
    from scanner.report.words import GOODS

    return (
        row["position"], _cut(row["title"]) or "—", _cut(row["price"]) or "—", _cut(row["seller"]) or "—",
        GOODS.get(row["goods"], "—"), "是" if row["sponsored"] else "—", _cut(row["url"]),
    )  # fmt: skip


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[:WIDEST]}…"
