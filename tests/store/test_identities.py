"""Traits and statements in the book: kept once, found from both sides, never altered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store.book import Book
from scanner.store.identities import Said, Trait
from tests.store.making import hours

PHONE = Trait("phone", "13800138000", "电话：138 0013 8000", "capture-2")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def said(verdict: str = "same", *, at: float = 1, who: str = "甲", a: str = "x\n店", b: str = "a\n店") -> Said:
    return Said(a=a, b=b, verdict=verdict, who=who, time=hours(at), note="电话核实")  # type: ignore[arg-type]


def test_traits_grow_and_are_found_by_value(book: Book) -> None:
    book.save_traits("a\n店", [PHONE, Trait("name", "店", "店", "capture-2")])
    book.save_traits("b\n铺", [PHONE])
    book.save_traits("b\n铺", [])
    assert [one.kind for one in book.traits("a\n店")] == ["name", "phone"]
    assert book.sharing("phone", "13800138000", limit=5) == ["a\n店", "b\n铺"]
    assert book.sharing("phone", "13800138000", limit=1) == ["a\n店"]
    assert (book.bearers("phone", "13800138000"), book.bearers("phone", "1"), book.bearers("name", "店")) == (2, 0, 1)
    assert [key for key, _ in book.all_traits()] == ["a\n店", "a\n店", "b\n铺"]


def test_the_order_of_pages_does_not_matter(book: Book) -> None:
    other = PHONE._replace(quote="热线 13800138000", capture="capture-1")
    for key, pages in (("a", (PHONE, other)), ("b", (other, PHONE))):
        for page in pages:
            book.save_traits(key, [page])
    assert book.traits("a") == book.traits("b") == [other]


def test_text_that_is_no_text(book: Book) -> None:
    book.save_traits("a\n\ud800", [Trait("name", "\ud800\0x", "\ud800\0x", "c")])
    assert book.traits("a\n\ud800")[0].quote == "? x"


def test_statements(book: Book) -> None:
    for one in (said(), said(), said("withdrawn", at=2)):
        book.say_same(one)
    (first, last) = book.said_same()
    assert (first.a, first.b, first.verdict, first.note) == ("a\n店", "x\n店", "same", "电话核实")
    assert last.verdict == "withdrawn"
    assert book.said_same("x\n店") == [first, last]
    assert book.said_same("y\n店") == []


@pytest.mark.parametrize("sql", ["UPDATE same_said SET verdict = 'different'", "DELETE FROM same_said"])
def test_statements_are_never_altered(book: Book, sql: str) -> None:
    book.say_same(said())
    with pytest.raises(sqlite3.IntegrityError, match="never altered"):
        book.db.execute(sql)
    assert book.said_same()[0].verdict == "same"
