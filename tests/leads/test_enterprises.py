"""What is one enterprise: by what pages show, by what people say, by a company's full name; in that order of what gives way last."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.crawl.keep import save
from scanner.leads.same.book import enterprises, kin, recognise
from scanner.leads.same.enterprises import Shop, by_name
from scanner.store.book import Book
from scanner.store.identities import Said, Verdict
from tests.cli.test_sellers_same import page
from tests.registry.company.pairs import code
from tests.store.making import capture, hours

A, B = Shop("shop-a.example", "演示甲店"), Shop("shop-b.example", "演示乙铺")
FACTORY = Shop("f.example", "演示丙药械厂")  # a full name without a place: likely one, and never recognised by it alone
OTHER = Shop("g.example", "演示丙药械厂")
THIRD = Shop("h.example", "演示丙药械 厂")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Two shops that show one code, and a page of each of two that go by one company's name."""
    own = f"统一社会信用代码：{code('甲')}"
    pages = (page(*A, own), page(*B, own), page(*FACTORY, "演示"), page(*OTHER, "演示"))
    with Book.open(tmp_path / "book.db") as opened:
        for number, one in enumerate(pages):
            save(opened, one, capture(number, shop=one.storefront), (), (), rulebook="")
        yield opened


def say(book: Book, a: Shop, b: Shop, verdict: Verdict, hour: int = 1) -> None:
    first, second = sorted((a.key, b.key))
    book.say_same(Said(a=first, b=second, verdict=verdict, who="甲", time=hours(hour)))


def test_shops_of_one_code_and_shops_of_one_full_name_are_one_enterprise(book: Book) -> None:
    who = enterprises(book, (A, B, FACTORY, OTHER, THIRD))
    assert who(A) == who(B)
    assert who(FACTORY) == who(OTHER) == who(THIRD)
    assert who(A) != who(FACTORY)
    assert len(recognise(book).groups.groups) == 1  # the names alone would not have joined them
    assert len({by_name(shop) for shop in (A, B, FACTORY, OTHER, THIRD)}) == 3


def test_what_was_said_last_counts_though_the_clock_was_set_back(book: Book) -> None:
    say(book, A, FACTORY, "same", 5)
    assert enterprises(book, (A, FACTORY))(A) == enterprises(book, (A, FACTORY))(FACTORY)
    say(book, A, FACTORY, "different", 3)
    assert [one.number for one in book.said_same()] == [1, 2]
    who = enterprises(book, (A, FACTORY))
    assert who(A) != who(FACTORY)
    assert FACTORY.key not in {one.key for one in kin(book, A.key)}


def test_what_a_person_said_comes_before_codes_and_names_and_can_be_taken_back(book: Book) -> None:
    shops = (A, B, FACTORY, OTHER, THIRD)
    say(book, A, B, "different")
    say(book, FACTORY, OTHER, "different")
    say(book, A, FACTORY, "same")
    who = enterprises(book, shops)
    assert who(A) == who(FACTORY) == who(THIRD)
    assert len({who(shop) for shop in shops}) == 3
    for a, b in ((A, B), (FACTORY, OTHER), (A, FACTORY)):
        say(book, a, b, "withdrawn", 2)
    who = enterprises(book, shops)
    assert len({who(shop) for shop in shops}) == 2


def test_two_valid_codes_under_one_full_name_are_two_enterprises(tmp_path: Path) -> None:
    with Book.open(tmp_path / "book.db") as book:
        for number, (shop, seed) in enumerate(((FACTORY, "甲"), (OTHER, "乙"))):
            one = page(*shop, f"统一社会信用代码：{code(seed)}")
            save(book, one, capture(number, shop=one.storefront), (), (), rulebook="")
        who = enterprises(book, (FACTORY, OTHER))
        assert who(FACTORY) != who(OTHER)


def test_shops_that_nobody_looked_at_are_told_apart_by_storefront_and_name(book: Book) -> None:
    unseen = [
        Shop("x.example", "演示小店"),
        Shop("x.example", "演示 小店"),
        Shop("y.example", "演示小店"),
        Shop("x.example", ""),
    ]
    who = enterprises(book, unseen)
    assert [who(unseen[0]) == who(shop) for shop in unseen] == [True, True, False, False]
    say(book, unseen[0], unseen[2], "same")
    who = enterprises(book, unseen)
    assert who(unseen[0]) == who(unseen[2])
