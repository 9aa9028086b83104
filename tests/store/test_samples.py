"""Blind samples in the book: which pages there are, and that nothing kept is altered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.model import Verdict
from scanner.store.book import Book
from scanner.store.samples import Page, Review
from tests.store.making import capture, finding, hours, listing
from tests.tuning.quality.making import sample


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def test_a_page_is_a_listing_as_it_was_seen_last(book: Book) -> None:
    old, new = listing(price="99"), listing(price="98")
    for number, one in enumerate((old, old, new, new)):
        book.save_listing(one, capture(number).id, hours(number))
    book.save_findings([finding(old)], capture(0).id, hours(0))
    assert list(book.population()) == [Page(new.id, new.version, capture(3).id, new.storefront, False)]
    (before,) = book.population(until=hours(2))
    assert before == Page(old.id, old.version, capture(1).id, old.storefront, True)
    assert list(book.population(since=hours(4))) == []


def test_of_captures_of_one_moment_always_the_same_one(book: Book, tmp_path: Path) -> None:
    page = listing()
    for number in (5, 3, 8):
        book.save_listing(page, capture(number).id, hours(1))
    with Book.open(tmp_path / "other.db") as other:
        for number in (8, 5, 3):
            other.save_listing(page, capture(number).id, hours(1))
        assert list(other.population()) == list(book.population())


def test_found_is_what_stands_and_is_more_than_unverified(book: Book) -> None:
    page = listing()
    book.save_listing(page, capture(0).id, hours(0))
    unsure, sure = finding(page, verdict=Verdict.UNVERIFIED), finding(page, verdict=Verdict.SUSPECT, quote="x")
    for found, outcome in (((), False), ((unsure,), False), ((sure,), True)):
        book.save_findings(found, capture(0).id, hours(0))
        assert [one.found for one in book.population()] == [outcome]
    book.fell([sure.id], "gone", hours(1), rulebook="")
    assert [one.found for one in book.population()] == [False]


def test_samples_and_reviews_come_back_and_stand(book: Book) -> None:
    made = sample((10, 2, 3), known=1)
    said = Review(
        sample=1, item=2, verdict="violation", who="甲\0", when=hours(1), rule="r", matter="claim", note="\ud800注"
    )
    for _ in range(2):
        book.save_sample(made)
        book.save_review(said)
    assert (book.sample(1), book.reviews(1), book.next_sample()) == (made, [said], 2)
    assert [one.number for one in book.samples(since=hours(0), until=hours(1))] == [1]
    assert list(book.samples(since=hours(1))) == []
    for table in ("samples", "reviews"):
        for change in (f"UPDATE {table} SET data = ''", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="never altered"):
                book.db.execute(change)
    with pytest.raises(UsageError, match="没有 2 号抽样"):
        book.sample(2)
