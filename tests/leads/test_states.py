from __future__ import annotations

import pytest

from scanner.errors import UsageError
from scanner.leads.states import STEPS, WORDS, check, parse
from scanner.store.draft import ENDED


def test_the_table_is_whole() -> None:
    assert set(STEPS) == set(WORDS)
    assert set(WORDS) > ENDED
    assert set().union(*STEPS.values()) <= set(WORDS)
    assert all(state not in after for state, after in STEPS.items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("open", "confirmed"),
        ("open", "dismissed"),
        ("confirmed", "closed"),
        ("confirmed", "open"),
        ("dismissed", "open"),
    ],
)
def test_steps_that_may_follow(old: str, new: str) -> None:
    check(old, new)


@pytest.mark.parametrize(
    ("old", "new"), [("open", "closed"), ("open", "open"), ("closed", "open"), ("dismissed", "closed")]
)
def test_steps_that_may_not(old: str, new: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(old, new)
    assert WORDS[old] in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(("word", "state"), [("confirmed", "confirmed"), (" 属实 ", "confirmed"), ("CLOSED", "closed")])
def test_words(word: str, state: str) -> None:
    assert parse(word) == state


def test_an_unknown_word_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="dismissed（不属实）"):
        parse("done")
