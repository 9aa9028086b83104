"""Findings of a seller's other shops join its lead; with reasons, following what people said, and only into a live one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.leads.same.book import drafts, kin
from scanner.model import Listing, Matter
from scanner.store.book import Book
from scanner.store.draft import seller_key
from scanner.store.identities import Said, Trait
from tests.store.making import T0, finding, hours, listing, said, step

CODE = Trait("uscc", "91360100MA35K0XX1Q", "91360100MA35K0XX1Q", "c1")
NAMES = ("演示甲医疗器械有限公司", "甲家医疗旗舰店")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def shop(number: int) -> Listing:
    """A listing of one of the two shops, on a storefront of its own."""
    return replace(
        listing("演示口罩", seller=said(NAMES[number])), id=f"{number:020x}", storefront=f"shop{number}.example"
    )


def found(book: Book, number: int, hour: float = 1, quote: str = "") -> list[int]:
    """A crawl of one shop; the leads that hold what it found."""
    page = shop(number)
    one = finding(page, quote=quote) if quote else finding(page)
    book.save_findings([one], f"c{number}", hours(hour))
    return [lead.number for lead in book.merge_leads(drafts(book, [(one, page)]), opened=hours(hour))]


def same_code(book: Book) -> list[str]:
    keys = [seller_key(f"shop{n}.example", NAMES[n]) for n in (0, 1)]
    for key, name in zip(keys, NAMES, strict=True):
        book.save_traits(key, [CODE, Trait("name", name, name, "c1")])
    return keys


def test_the_same_code_is_the_same_seller(book: Book) -> None:
    first, second = same_code(book)
    assert found(book, 0) == [1]
    assert found(book, 1) == [1]
    (joined,) = book.joined(1)
    assert (joined.key, joined.storefront, "统一社会信用代码" in joined.because) == (second, "shop1.example", True)
    assert len(book.lead(1).findings) == 2
    assert found(book, 1, 2, "包治百病") == [1]  # later ones too
    assert [one.key for one in kin(book, first)] == [second]


def test_without_anything_in_common_they_are_two(book: Book) -> None:
    assert (found(book, 0), found(book, 1)) == ([1], [2])
    assert book.joined(1) == []


def test_what_people_said_wins(book: Book) -> None:
    first, second = same_code(book)
    book.say_same(Said(a=first, b=second, verdict="different", who="甲", time=T0))
    assert (found(book, 0), found(book, 1)) == ([1], [2])
    third = "别家店"
    book.say_same(
        Said(a=first, b=seller_key("shop3.example", third), verdict="same", who="甲", time=T0, note="电话核实")
    )
    assert kin(book, seller_key("shop3.example", third)) == ((first, "经核实是同一经营者"),)


def test_only_a_live_lead_takes_in(book: Book) -> None:
    same_code(book)
    assert found(book, 0) == [1]
    book.decide(step(1, "confirmed", hours(2)))
    book.decide(step(1, "closed", hours(3)))
    assert found(book, 1, 4) == [2]


def test_another_matter_is_another_lead(book: Book) -> None:
    same_code(book)
    page = shop(1)
    display = finding(page, "display-number", kind=Matter.DISPLAY)
    book.save_findings([display], "c9", T0)
    assert found(book, 0) == [1]
    assert [x.number for x in book.merge_leads(drafts(book, [(display, page)]), opened=hours(2))] == [2]


def test_a_false_alarm_of_a_shop_taken_in_stays_one(book: Book) -> None:
    same_code(book)
    found(book, 0)
    found(book, 1)
    book.decide(step(1, "dismissed", hours(2)))
    page = replace(shop(1), version="f" * 20)
    again = finding(page)
    book.save_findings([again], "c5", hours(3))
    assert book.merge_leads(drafts(book, [(again, page)]), opened=hours(3)) == []
