"""Goods that came back: the same page after it was gone, a page that stayed, another that is like it. With reasons; facts only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.leads.alike import because
from scanner.leads.dossier.relisted import relisted
from scanner.model import Act, Listing, Measure, RevisitResult
from scanner.store.book import Book
from tests.leads.dossier.making import at, dispose, goods, keep, lead, revisited, shop_page, step
from tests.registry.company.pairs import code
from tests.store.making import finding

MASK = "演示牌医用外科口罩50只装"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def with_lead(book: Book, page: Listing) -> int:
    keep(book, page, at(2026, 1, 5))
    number = lead(book, [finding(page)], page, at(2026, 1, 6))
    step(book, number, Act.CONFIRM, "confirmed", at(2026, 1, 7))
    return number


def told(book: Book) -> list[tuple[str, str, str, int]]:
    return [(one.ended, one.again, one.again_listing, one.words) for one in relisted(book)]


def test_a_page_that_was_gone_is_seen_again(book: Book) -> None:
    page = goods(MASK)
    number = with_lead(book, page)
    revisited(book, number, page, RevisitResult.GONE, at(2026, 2, 1))
    assert told(book) == []
    keep(book, page, at(2026, 3, 1))
    keep(book, page, at(2026, 3, 9))
    (one,) = relisted(book)
    assert (one.lead, one.ended, one.again, one.at, one.seen, one.times, one.words) == (
        number, "gone", "same", at(2026, 2, 1), at(2026, 3, 1), 2, 1
    )  # fmt: skip
    assert one.capture == book.sightings("listing", page.id)[1].capture
    assert relisted(book, since=at(2026, 3, 2)) == []
    assert book.lead(number).state == "confirmed"  # nothing follows of it


def test_gone_after_a_measure_and_back_in_another_form(book: Book) -> None:
    """Disposed of, gone, then there again without the words: the same page again, not one that stayed."""
    page = goods(MASK)
    number = with_lead(book, page)
    dispose(book, number, at(2026, 2, 1), measures=(Measure.RECTIFY,))
    keep(book, page, at(2026, 2, 2))
    assert told(book) == [("acted", "still", page.id, 1)]
    revisited(book, number, page, RevisitResult.GONE, at(2026, 2, 3))
    assert told(book) == []  # it stayed for a day, and then went
    keep(book, replace(page, version="f" * 20), at(2026, 3, 1))
    assert told(book) == [("gone", "same", page.id, 0)]


def test_before_an_end_nothing_comes_back(book: Book) -> None:
    page = goods(MASK)
    number = with_lead(book, page)
    revisited(book, number, page, RevisitResult.BLOCKED, at(2026, 2, 1))
    keep(book, page, at(2026, 3, 1))
    keep(book, goods(MASK, place="other"), at(2026, 3, 1))
    assert told(book) == []


def test_a_page_that_stayed_after_a_measure_counts_while_the_words_stand(book: Book) -> None:
    page = goods(MASK)
    number = with_lead(book, page)
    dispose(book, number, at(2026, 2, 1), measures=(Measure.CHECKED,))  # looked at only: no end
    keep(book, page, at(2026, 2, 2))
    assert told(book) == []
    dispose(book, number, at(2026, 2, 3), measures=(Measure.RECTIFY,))
    keep(book, page, at(2026, 2, 9))
    assert told(book) == [("acted", "still", page.id, 1)]
    keep(book, replace(page, version="f" * 20), at(2026, 2, 20))  # put right: the new version has no finding
    assert told(book) == []


def test_another_page_of_the_seller_that_is_like_it(book: Book) -> None:
    text = f"统一社会信用代码：{code('A')}"
    keep(book, shop_page(text), at(2026, 1, 1))
    keep(book, shop_page(text, shop="b.example"), at(2026, 1, 1))
    page = goods(MASK, number="国械注准20212140001")
    number = with_lead(book, page)
    revisited(book, number, page, RevisitResult.GONE, at(2026, 2, 1))
    early = goods(MASK, number="国械注准20212140001", place="early")
    near = goods(f"{MASK}新", number="国械注准20212140001", place="near", shop="b.example")
    keep(book, early, at(2026, 1, 20))  # was there before the other went
    keep(book, near, at(2026, 3, 1))
    keep(book, goods("演示血压计", place="else"), at(2026, 3, 1))
    keep(book, goods(MASK, name="漠河采薇服饰有限公司", shop="c.example", place="x"), at(2026, 3, 1))
    assert told(book) == [("gone", "similar", near.id, 0)]
    (one,) = relisted(book)
    assert one.because == (
        "编号相同（国械注准20212140001），标题相近（96%）",  # 2 × 14 of 14 + 15 characters
        "在同一经营者的另一个店铺",
    )


@pytest.mark.parametrize(
    ("title", "number", "pictures", "reasons"),
    [
        (MASK, "", (), 1),
        (MASK, "国械注准20212140001", (), 1),  # the other page names no number
        (MASK, "国械注准20212140002", (), 0),  # two numbers are two products
        ("演示血压计", "", (), 0),
        ("演示血压计", "", ("ab",), 1),
        ("", "", (), 0),
    ],
)
def test_what_is_alike(title: str, number: str, pictures: tuple[str, ...], reasons: int) -> None:
    first = goods(MASK, number="国械注准20212140001" if number else "")
    second = goods(title, number=number if number != "国械注准20212140001" else "", place="other")
    assert len(list(because(first, second, ("ab", "cd"), pictures))) == reasons
