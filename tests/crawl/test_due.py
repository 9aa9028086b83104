"""Which campaigns fall due, with what the book knows of their runs; the machine's clock is not always right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.crawl import campaign
from scanner.crawl.watch import Campaign, Schedule, Watch
from scanner.model import CrawlState
from scanner.store.book import Book

MASKS = Campaign(
    id="masks", title="口罩", storefronts=("https://shop.example/",),
    schedule=Schedule(cron="0 2,14 * * *", quiet=("08:00-10:00",)),
)  # fmt: skip
WATCH = Watch(campaigns={"masks": MASKS}, presets={}, searched={"masks": ()})


def at(text: str) -> datetime:
    """A Beijing time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def ran(book: Book, *began: str, ended: bool = True) -> None:
    for text in began:
        book.start_crawl(text, "crawl", (), at(text))
        book.of_campaign(text, "masks")
        if ended:
            book.finish_crawl(text, CrawlState.COMPLETE, at(text), {})


def due(book: Book, now: str) -> bool:
    return bool(campaign.due(WATCH, book, at(now)))


def test_once_for_each_time(book: Book) -> None:
    assert due(book, "2026-11-27 02:05")
    ran(book, "2026-11-27 02:05")
    assert not due(book, "2026-11-27 13:59")
    assert due(book, "2026-11-27 14:00")


def test_one_that_was_killed_goes_on_but_in_a_quiet_hour(book: Book) -> None:
    ran(book, "2026-11-27 02:05", ended=False)
    assert due(book, "2026-11-27 03:00")
    assert not due(book, "2026-11-27 09:00")


def test_a_clock_set_back_by_hours_runs_nothing_twice_and_leaves_nothing_out(book: Book) -> None:
    ran(book, "2026-11-27 02:05", "2026-11-27 14:05")
    assert not due(book, "2026-11-27 12:05")
    assert not due(book, "2026-11-27 14:01")
    ran(book, "2026-11-27 12:06")  # by name, after the clock was set back
    assert not due(book, "2026-11-27 14:02")
    assert due(book, "2026-11-28 02:00")


def test_one_killed_after_the_clock_was_set_back_goes_on(book: Book) -> None:
    ran(book, "2026-11-27 14:05")
    ran(book, "2026-11-27 12:06", ended=False)
    assert due(book, "2026-11-27 12:10")


@pytest.mark.parametrize("wrong", ["2036-01-01 00:00", "2026-11-29 00:00"])
def test_a_run_by_a_clock_that_was_far_ahead_stops_nothing(book: Book, wrong: str) -> None:
    ran(book, "2026-11-27 02:05", wrong)
    assert due(book, "2026-11-27 14:00")
    ran(book, "2026-11-27 14:01")
    assert not due(book, "2026-11-27 15:00")
    assert due(book, "2026-11-28 02:00")


def test_a_clock_that_fell_back_by_a_month_stops_nothing(book: Book) -> None:
    ran(book, *(f"2026-11-{day:02} {hour}:05" for day in range(1, 28) for hour in ("02", "14")))
    for now in ("2026-11-02 14:00", "2026-11-03 02:00", "2026-11-03 14:00"):
        assert due(book, now)
        ran(book, f"{now}:30")
        assert not due(book, f"{now}:40")
