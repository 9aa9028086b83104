"""What sellers showed in purged captures alone goes; what a remaining capture shows stays, with that capture."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.crawl.keep import save
from scanner.crawl.reading import fields
from scanner.leads.same.fading import fade
from scanner.leads.same.reading import key_of
from scanner.model import Outcome, Seller
from scanner.store.book import Book
from tests.store.making import capture, hours, said

HOST = "Shop-a.example"  # a key has it in lower case
OLD, NEW = "电话：13800138000", "电话：0512-66880001"


def page(*rows: str) -> Seller:
    url, text = f"https://{HOST}/licence", said("\n".join(rows))
    return fields.seller(storefront=HOST, family="generic", url=url, page="licence", name=said("演示甲店"), text=text)


KEY = key_of(page())


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def keep(book: Book, number: int, one: Seller, *, template: str = "t1", picture: str = "") -> str:
    """Page ``number``, seen in that hour; ``picture``: the hash of one that it was read from."""
    shown, pieces = capture(number, shop=HOST), []
    book.save_capture(shown, Outcome.READ, "7")
    if picture:
        piece = replace(capture(1000 + number, shop=HOST), media_type="image/png", digest=picture)
        book.save_capture(piece, Outcome.EMPTY, "7")
        pieces.append(piece.id)
    save(book, one, shown, pieces, (), rulebook="", template=template)
    return shown.id


def known(book: Book) -> dict[tuple[str, str], str]:
    """(kind, value) -> the capture that shows it."""
    return {(one.kind, one.value): one.capture for one in book.traits(KEY)}


def test_nothing_fades_while_nothing_is_purged(book: Book) -> None:
    keep(book, 1, page(OLD))
    before = known(book)
    assert fade(book) == []
    assert known(book) == before
    assert ("phone", "13800138000") in before


def test_what_only_a_purged_page_showed_goes_and_the_rest_names_one_that_is_left(book: Book) -> None:
    first, second = keep(book, 1, page(OLD), picture="ab" * 32), keep(book, 2, page(NEW), template="t2")
    assert set(known(book).values()) == {first, second}
    book.mark_purged([first], 9, hours(99))
    gone = fade(book)
    assert gone == [(KEY, "phone", "13800138000"), (KEY, "picture", "ab" * 32), (KEY, "template", "t1")]
    assert set(known(book).values()) == {second}
    assert {("phone", "051266880001"), ("name", "演示甲店"), ("template", "t2")} <= set(known(book))
    assert fade(book) == []


def test_a_page_that_was_seen_unchanged_later_keeps_all_with_the_later_capture(book: Book) -> None:
    pages = [keep(book, number, page(OLD), picture="ab" * 32) for number in (1, 2, 3)]
    before = known(book)
    assert {("picture", "ab" * 32), ("template", "t1")} <= set(before)
    book.mark_purged(pages[:1], 9, hours(99))
    assert fade(book) == []
    assert known(book) == dict.fromkeys(before, pages[1])


def test_another_shops_trait_of_the_same_value_is_its_own(book: Book) -> None:
    first = keep(book, 1, page(OLD))
    other = fields.seller(storefront="b.example", family="generic", url="https://b.example/", page="licence",
                          name=said("演示乙铺"), text=said(OLD))  # fmt: skip
    save(book, other, capture(2, shop="b.example"), (), (), rulebook="")
    book.mark_purged([first], 9, hours(99))
    fade(book)
    assert known(book) == {}
    assert book.sharing("phone", "13800138000", limit=5) == [key_of(other)]


def test_a_page_that_is_seen_again_after_all_was_purged_is_known_anew(book: Book) -> None:
    first = keep(book, 1, page(OLD))
    before = set(known(book))
    book.mark_purged([first], 9, hours(99))
    fade(book)
    assert known(book) == {}
    again = keep(book, 100, page(OLD))
    assert known(book) == dict.fromkeys(before, again)


def test_what_is_taken_out_is_all_or_nothing(book: Book) -> None:
    pages = [keep(book, number, page(OLD)) for number in (1, 2)]
    before = known(book)
    book.mark_purged(pages[:1], 9, hours(99))
    book.db.execute("CREATE TRIGGER full BEFORE INSERT ON traits BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(sqlite3.IntegrityError):
        fade(book)
    assert known(book) == before
    book.db.execute("DROP TRIGGER full")
    assert fade(book) == []
    assert known(book) == dict.fromkeys(before, pages[1])


def test_an_older_book_learns_the_templates_that_its_traits_know(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with Book.open(path) as book:
        keep(book, 1, page(OLD), template="t1")
        keep(book, 2, page(NEW), template="")
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE versions DROP COLUMN template")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'templates'")
    db.close()
    with Book.open(path) as book:
        assert [book.template(one.id, one.version) for one in (page(OLD), page(NEW))] == ["t1", ""]
