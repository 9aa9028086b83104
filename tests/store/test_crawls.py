from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from scanner.model import Capture, CrawlState, Named, Outcome, content_id
from scanner.store.book import Book
from scanner.store.crawls import Crawl, Sealed
from tests.store.making import T0, any_of, capture, hours


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def test_a_crawl_runs_and_ends(book: Book) -> None:
    book.start_crawl("c1", "scan", ("https://shop.example/",), T0, rulebook="ab12")
    running = Crawl(id="c1", kind="scan", subjects=("https://shop.example/",), started=T0, rulebook="ab12")
    assert list(book.crawls()) == [running]
    ended = {"pages": 9, "outcomes": {"read": 9}, "lost": [["https://shop.example/x", "超时\ud800"]]}
    book.finish_crawl("c1", CrawlState.INCOMPLETE, hours(1), ended)
    assert list(book.crawls()) == [replace(running, finished=hours(1), state=CrawlState.INCOMPLETE, ended=ended)]
    book.start_crawl("c2", "import", ("会话.har",), hours(2))
    assert [crawl.id for crawl in book.crawls()] == ["c2", "c1"]


def test_the_newest_run_of_a_campaign_is_the_last_that_began_whatever_the_clock_said(book: Book) -> None:
    for name, began in (("a", hours(1)), ("b", hours(9)), ("c", hours(6))):  # set back by three hours
        book.start_crawl(name, "crawl", (), began)
        book.of_campaign(name, "masks")
    assert [crawl.id for crawl in book.runs("masks")] == ["c", "b", "a"]
    assert [crawl.id for crawl in book.runs("masks", limit=1)] == ["c"]


def test_a_capture_is_kept_once(book: Book) -> None:
    one = capture(1)
    for _ in range(2):
        book.save_capture(one, Outcome.READ, "7")
    assert list(book.captures()) == [Sealed(one, Outcome.READ, "7")]
    assert book.capture(one.id) == Sealed(one, Outcome.READ, "7")
    assert book.capture("nothing") is None


def test_a_later_reading_may_find_another_outcome(book: Book) -> None:
    book.save_capture(capture(1), Outcome.NOT_A_PRODUCT, "7")
    book.save_capture(capture(1), Outcome.READ, "8")
    assert list(book.captures()) == [Sealed(capture(1), Outcome.READ, "7")]


def test_what_a_list_names_is_kept_with_its_capture(book: Book) -> None:
    result = Named(kind="result", url="https://a.example/\ud800", title="演示\x00", text="摘要", forwards=True)
    card = Named(kind="product", url="https://b.example/1", title="", price="9.90", goods="unclear", sponsored=True)
    book.save_named(capture(1).id, (result, card))
    assert book.named(capture(1).id) == (result, card)
    assert book.named(capture(2).id) == ()
    book.save_named(capture(1).id, (card,))  # read anew
    assert book.named(capture(1).id) == (card,)


def test_filters(book: Book) -> None:
    other = capture(3, shop="other.example")
    book.save_capture(other, Outcome.BLOCKED, "2")
    book.save_capture(capture(2), Outcome.LOGIN, "1")
    book.save_capture(capture(1), Outcome.READ, "1")
    assert [s.capture for s in book.captures()] == [capture(1), capture(2), other]
    assert [s.capture for s in book.captures(crawl="1")] == [capture(1), capture(2)]
    assert [s.capture for s in book.captures(storefront="other.example")] == [other]
    assert [s.capture for s in book.captures(outcome=Outcome.LOGIN, crawl="1")] == [capture(2)]
    assert [s.capture for s in book.captures(limit=1)] == [capture(1)]


def test_the_last_look_at_an_address(book: Book) -> None:
    first, again = capture(1), replace(capture(2), url=capture(1).url, status=404)
    for one, outcome in ((again, Outcome.NOT_A_PRODUCT), (first, Outcome.READ)):
        book.save_capture(one, outcome)
    assert book.last_look(first.storefront, first.url) == Sealed(again, Outcome.NOT_A_PRODUCT, "")
    assert book.last_look("other.example", first.url) is None
    assert book.last_look(first.storefront, f"{first.url}#top") is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_of(Capture), any_of(Outcome))
def test_any_capture_comes_back(book: Book, one: Capture, outcome: Outcome) -> None:
    one = replace(one, id="c" + one.id.encode("utf-8", "surrogatepass").hex())
    book.save_capture(one, outcome)
    kept = book.capture(one.id)
    assert kept is not None
    assert kept.capture.id == one.id
    if kept.capture.time == one.time:
        assert kept.outcome is outcome


def test_what_a_person_must_open_is_what_was_shut_and_never_read_since(book: Book) -> None:
    looks = [
        ("/a", 1, Outcome.CAPTCHA), ("/b", 1, Outcome.LOGIN), ("/b", 2, Outcome.READ), ("/c", 1, Outcome.READ),
        ("/c", 2, Outcome.BLOCKED), ("/a", 3, Outcome.LOGIN), ("/d", 1, Outcome.BLOCKED), ("/d", 2, Outcome.ERROR),
    ]  # fmt: skip
    for path, hour, outcome in looks:
        when = datetime(2026, 11, 20, hour, tzinfo=UTC)
        url = f"https://shop.example{path}"
        one = replace(capture(1), id=content_id(url, str(hour)), url=url, storefront="shop.example", time=when)
        book.save_capture(one, outcome)
    told = [(one.capture.url[-2:], one.capture.time.hour, one.outcome) for one in book.shut()]
    assert told == [("/a", 3, Outcome.LOGIN), ("/c", 2, Outcome.BLOCKED), ("/d", 1, Outcome.BLOCKED)]
    assert list(book.shut(storefront="other.example")) == []
    assert len(list(book.shut(storefront="shop.example", limit=2))) == 2
