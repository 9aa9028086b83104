"""The frontier on the disk: each request once, the most urgent first, and after a death those under way again."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.store import frontier
from scanner.store.frontier import MAX_TRIES, Frontier, State


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def add(store: Frontier, key: str, *, slot: str = "shop.example", priority: int = 0) -> int | None:
    return store.add(key, slot=slot, priority=priority, request=f"ask {key}")


def dead(store: Frontier) -> None:
    """As if the process had been killed: what was not committed is gone, nothing is closed."""
    store._file.db.conn.rollback()
    store._file.db.conn.close()


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


def test_a_request_over_which_the_crawl_dies_each_time_is_given_up(path: Path) -> None:
    with Frontier(path) as store:
        add(store, "trap")
        add(store, "other")
    for _ in range(MAX_TRIES):
        store = Frontier(path)
        assert [one.request for one in store.claim("shop.example", 1)] == ["ask trap"]
        store.commit()
        dead(store)
    with Frontier(path) as store:
        assert store.counts() == {State.GIVEN_UP: 1, State.WAITING: 1}
        assert [(one.key, one.result) for one in store.ended()] == [("trap", "")]


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
