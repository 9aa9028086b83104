"""The frontier on the disk: each request once, the most urgent first, and after a death those under way again."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Capture, Lane
from scanner.store import frontier
from scanner.store.frontier import FRUITLESS, MAX_BARE, MAX_TRIES, Frontier, State


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def add(store: Frontier, key: str, *, slot: str = "shop.example", priority: int = 0) -> int | None:
    return store.add(key, slot=slot, priority=priority, request=f"ask {key}")


def dead(store: Frontier) -> None:
    """As if the process had been killed: what was not committed is gone, nothing is closed."""
    store._file.db.conn.rollback()
    store._file.db.conn.close()


def sealed() -> Capture:
    return Capture(
        id="a", url="http://shop.example/", storefront="shop.example", lane=Lane.HTTP, time=datetime(2026, 6, 1, tzinfo=UTC),
        status=503, media_type="", digest="", size=0, records=(), journal=1,
    )  # fmt: skip


def test_what_was_sealed_is_taken_once_in_each_opening(path: Path) -> None:
    with Frontier(path) as store:
        row = add(store, "a")
        assert row is not None
        store.seal(row, "", sealed())
        store.seal(row, "http://shop.example/part", sealed())
        assert store.sealed(row, "") is None  # of this process: it has the answer itself
    with Frontier(path) as store:
        assert store.sealed(row, "") == sealed()
        assert store.sealed(row, "") is None  # a retry is to come from the shop
    with Frontier(path) as store:
        store.again(row, slot="a", priority=0, request="{}")
    with Frontier(path) as store:
        assert store.sealed(row, "") is store.sealed(row, "http://shop.example/part") is None


def test_what_is_done_needs_no_answer_any_more(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "a")
        (one,) = store.claim("shop.example", 1)
        store.seal(one.row, "", sealed())
        store.seal(0, "http://shop.example/licence.png", sealed())
        store.finish([(one.row, one.turn, "{}")])
    with Frontier(path) as store:
        assert store.sealed(one.row, "") is None
        assert store.sealed(0, "http://shop.example/licence.png") == sealed()  # a picture is of many pages


def test_each_request_once(path: Path) -> None:
    with Frontier(path) as store:
        assert [add(store, key) is not None for key in ("a", "b", "a")] == [True, True, False]
        assert store.counts() == {State.WAITING: 2}
        assert list(store.asked()) == ["a", "b"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-20, 100), min_size=1, max_size=40), st.integers(1, 10))
def test_the_most_urgent_first_then_those_that_came_first(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[int], most: int
) -> None:
    with Frontier(tmp_path_factory.mktemp("f") / "a.db") as store:
        for number, priority in enumerate(wanted):
            add(store, str(number), priority=priority)
        taken: list[int] = []
        while claimed := store.claim("shop.example", most):
            taken += [int(one.request.removeprefix("ask ")) for one in claimed]
        assert taken == sorted(range(len(wanted)), key=lambda n: (-wanted[n], n))


def test_hosts_wait_apart(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "a", slot="one.example")
        add(store, "b", slot="two.example")
        assert store.waiting() == {"one.example": 1, "two.example": 1}
        assert [one.request for one in store.claim("two.example", 9)] == ["ask b"]
        assert store.waiting() == {"one.example": 1}


def test_the_end_of_an_earlier_turn_does_not_end_a_request_that_is_asked_again(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "a")
        (first,) = store.claim("shop.example", 1)
        store.again(first.row, slot="other.example", priority=5, request="ask a again")
        store.finish([(first.row, first.turn, '{"outcome": "error"}')])
        assert store.counts() == {State.WAITING: 1}
        (second,) = store.claim("other.example", 1)
        assert (second.row, second.request) == (first.row, "ask a again")
        store.finish([(second.row, second.turn, '{"outcome": "read"}')])
        assert [(one.key, one.state, one.result) for one in store.ended()] == [("a", State.DONE, '{"outcome": "read"}')]


def test_after_a_death_what_was_under_way_waits_again(path: Path) -> None:
    store = Frontier(path)
    for key in "abc":
        add(store, key)
    first, second = store.claim("shop.example", 2)
    store.finish([(first.row, first.turn, "{}")])
    store.commit()
    store.finish([(second.row, second.turn, "{}")])  # not committed: done, and not known to be
    dead(store)
    with Frontier(path) as again:
        assert again.counts() == {State.WAITING: 2, State.DONE: 1}
        assert [one.request for one in again.claim("shop.example", 9)] == ["ask b", "ask c"]


def test_what_was_taken_up_and_not_begun_waits_again(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "a")
        (one,) = store.claim("shop.example", 1)
        store.put_back([one.row])
        assert store.counts() == {State.WAITING: 1}


def lives(path: Path, *, trap: str = "", answered: bool = True, most: int = 99) -> bool:
    """A crawl that goes on, and dies when it has taken up ``trap``, or has finished ``most``; whether it came to its end."""
    store, done = Frontier(path), 0
    while taken := store.claim("shop.example", 1 if store.careful else 4):
        for one in taken if answered else ():
            store.seal(one.row, "", sealed())
        store.commit()
        if done >= most or f"ask {trap}" in {one.request for one in taken}:
            dead(store)
            return False
        done += len(taken)
        store.finish([(one.row, one.turn, "{}") for one in taken])
        store.commit()
    store.close()
    return True


def filled(path: Path, count: int) -> None:
    with Frontier(path) as store:
        for number in range(count):
            add(store, f"{number:02}")


@pytest.mark.parametrize(("answered", "most"), [(True, FRUITLESS + MAX_TRIES), (False, FRUITLESS + MAX_BARE)])
def test_a_page_over_which_the_crawl_dies_each_time_is_given_up_and_no_other(
    path: Path, answered: bool, most: int
) -> None:
    filled(path, 20)
    deaths = 0
    while not lives(path, trap="05", answered=answered):
        deaths += 1
        assert deaths < 50
    assert most <= deaths <= most + 4 * FRUITLESS
    with Frontier(path) as store:
        assert store.counts() == {State.GIVEN_UP: 1, State.DONE: 19}
        assert [one.key for one in store.ended() if one.state is State.GIVEN_UP] == ["05"]
        assert not store.careful


def test_whoever_kills_the_crawl_again_and_again_costs_no_page(path: Path) -> None:
    filled(path, 30)
    for number in range(200):
        if lives(path, most=1 if number % 6 == 5 else 0):  # five deaths in a row with nothing done
            break
    else:
        raise AssertionError("it never ended")
    with Frontier(path) as store:
        assert store.counts() == {State.DONE: 30}


def test_what_was_closed_did_not_die(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "a")
    for _ in range(9):
        with Frontier(path) as store:
            (one,) = store.claim("shop.example", 1)
            store.put_back([one.row])
            assert not store.careful


def test_a_crawl_that_comes_further_each_time_gives_nothing_up(path: Path) -> None:
    with Frontier(path) as store:
        for number in range(20):
            add(store, f"{number:02}")
    for _ in range(10):
        store = Frontier(path)
        first, *_rest = store.claim("shop.example", 4)
        store.finish([(first.row, first.turn, "{}")])
        store.commit()
        dead(store)
    with Frontier(path) as store:
        assert store.counts() == {State.DONE: 10, State.WAITING: 10}


def test_the_file_is_sound_and_goes_away(path: Path) -> None:
    store = Frontier(path)
    add(store, "a")
    store.commit()
    dead(store)
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    frontier.remove(path)
    assert os.listdir(path.parent) == []
