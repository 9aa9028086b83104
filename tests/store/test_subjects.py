from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from scanner.model import Listing, Seller
from scanner.store.book import Book
from scanner.store.draft import seller_key
from scanner.store.subjects import Known, Sighting, Version
from tests.store.making import SHOP, T0, any_of, capture, finding, hours, listing, said, seller


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def test_new_then_sighting_then_version(book: Book) -> None:
    first, dearer = listing(price="99"), listing(price="109")
    assert book.save_listing(first, "c1", T0) == "new"
    assert book.save_listing(first, "c2", hours(1)) == "sighting"
    assert book.save_listing(dearer, "c3", hours(2)) == "version"
    assert book.save_listing(first, "c4", hours(3)) == "sighting"  # back to what it had said before
    assert list(book.listings()) == [Known(first, T0, hours(3), 4)]
    assert book.versions("listing", first.id) == [
        Version(first.version, "c1", T0, hours(3)),
        Version(dearer.version, "c3", hours(2), hours(2)),
    ]
    assert [s.capture for s in book.sightings("listing", first.id)] == ["c1", "c2", "c3", "c4"]
    assert book.listing_version(first.id, dearer.version) == dearer


def test_the_same_capture_again_changes_nothing(book: Book) -> None:
    for _ in range(3):
        book.save_listing(listing(), "c1", T0)
        book.save_seller(seller(), "c2", T0)
    assert list(book.listings()) == [Known(listing(), T0, T0, 1)]
    assert list(book.sellers()) == [Known(seller(), T0, T0, 1)]
    assert book.sightings("seller", seller().id) == [Sighting("c2", seller().version, T0)]


def test_read_again_from_the_same_capture_is_one_sighting(book: Book) -> None:
    """A better reader makes another version of the same page: nobody has seen the page twice."""
    better = replace(listing(), version="better")
    book.save_listing(listing(), "c1", T0)
    assert book.save_listing(better, "c1", T0) == "version"
    assert list(book.listings()) == [Known(better, T0, T0, 1)]


def test_an_older_capture_imported_later_is_not_the_latest(book: Book) -> None:
    old = replace(listing(price="89"), title=said("旧标题"))
    book.save_listing(listing(), "c2", hours(5))
    assert book.save_listing(old, "c1", hours(1)) == "version"
    assert list(book.listings()) == [Known(listing(), hours(1), hours(5), 2)]


def test_filters_and_order(book: Book) -> None:
    ours, theirs = listing(seller=said("演示 甲店")), listing("演示口罩", shop="other.example")
    book.save_listing(theirs, "c1", hours(1))
    book.save_listing(ours, "c2", T0)
    assert [k.subject for k in book.listings()] == [ours, theirs]
    assert [k.subject for k in book.listings(storefront=SHOP)] == [ours]
    assert [k.subject for k in book.listings(key=seller_key(SHOP, "演示甲店"))] == [ours]
    assert [k.subject for k in book.listings(limit=1)] == [ours]
    assert book.listing(theirs.id) == Known(theirs, hours(1), hours(1), 1)
    assert book.listing("nothing") is None


def test_a_listing_and_a_seller_may_share_an_id(book: Book) -> None:
    one, other = listing(), replace(seller(), id=listing().id)
    book.save_listing(one, "c1", T0)
    book.save_seller(other, "c1", T0)
    assert book.listing(one.id) == Known(one, T0, T0, 1)
    assert book.seller(one.id) == Known(other, T0, T0, 1)


SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip


@SLOW
@given(any_of(Listing))
def test_any_listing_comes_back(book: Book, one: Listing) -> None:
    one = replace(one, id="l" + one.id.encode("utf-8", "surrogatepass").hex(), version="v")
    if book.save_listing(one, "c1", T0) == "new":
        assert book.listing(one.id) == Known(one, T0, T0, 1)


@SLOW
@given(any_of(Seller))
def test_any_seller_comes_back(book: Book, one: Seller) -> None:
    one = replace(one, id="s" + one.id.encode("utf-8", "surrogatepass").hex(), version="v")
    if book.save_seller(one, "c1", T0) == "new":
        assert book.seller(one.id) == Known(one, T0, T0, 1)


def test_stored_gives_the_latest_versions_with_their_last_captures(book: Book) -> None:
    old, new, other = listing("甲"), listing("甲", price="98"), listing("乙")
    for number, one in ((1, old), (2, new), (3, new), (4, other)):
        book.save_listing(one, capture(number).id, hours(number))
    assert {(s.subject.version, s.capture, s.time, s.latest) for s in book.stored(Listing)} == {
        (new.version, capture(3).id, hours(3), True), (other.version, capture(4).id, hours(4), True),
    }  # fmt: skip
    assert (book.count("listing"), book.count("seller"), list(book.stored(Seller))) == (2, 0, [])


def test_stored_gives_older_versions_only_where_they_have_findings(book: Book) -> None:
    first, second, third = (listing("甲", price=price) for price in ("1", "2", "3"))
    for number, one in ((1, first), (2, second), (3, third)):
        book.save_listing(one, capture(number).id, hours(number))
    book.save_findings([finding(second)], capture(2).id, hours(2))
    found = {(s.subject.version, s.latest) for s in book.stored(Listing, older=True)}
    assert found == {(second.version, False), (third.version, True)}


def test_stored_streams_in_pages_and_the_book_may_be_written_between(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner.store import subjects

    monkeypatch.setattr(subjects, "PAGE", 3)
    for number in range(10):
        book.save_listing(listing(f"品{number}"), capture(1).id, hours(1))
    seen = []
    for one in book.stored(Listing):
        seen.append(one.subject.id)
        book.save_findings([finding(one.subject)], capture(1).id, hours(1))
    assert seen == sorted({listing(f"品{number}").id for number in range(10)})
