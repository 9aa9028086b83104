from __future__ import annotations

import pytest

from scanner.errors import UsageError
from scanner.leads.states import ACTS, BEFORE, DECIDE, LIVE, STEPS, WAITING, WORDS, after, parse, wanted
from scanner.model import Act
from scanner.store.draft import ENDED


def test_the_table_is_whole() -> None:
    assert set(STEPS) == set(ACTS) == set(Act)
    assert set(WORDS) == set(LIVE) | ENDED
    for steps in STEPS.values():
        assert set(steps) | set(steps.values()) <= set(WORDS)
    assert set(DECIDE) <= set(WORDS)
    assert {*BEFORE, *WAITING} <= set(LIVE)


def test_every_state_can_be_reached_and_left() -> None:
    reached, more = {"open"}, {"open"}
    while more:
        more = {steps[s] for steps in STEPS.values() for s in more if s in steps} - reached
        reached |= more
    assert reached == set(WORDS)
    for state in LIVE:
        assert any(steps.get(state, state) != state for steps in STEPS.values())


def test_the_closed_loop() -> None:
    state = "open"
    for act in ("screen", "secure", "confirm", "assign", "receive", "check", "ask", "grant", "dispose", "report", "approve",
                "revisit", "close"):  # fmt: skip
        state = after(state, Act(act))
    assert state == "closed"


@pytest.mark.parametrize(
    ("old", "act", "new"),
    [
        ("open", "confirm", "confirmed"), ("open", "dismiss", "dismissed"), ("dismissed", "reopen", "open"),
        ("assigned", "assign", "assigned"), ("checking", "assign", "assigned"), ("assigned", "return", "confirmed"),
        ("reported", "return", "checking"), ("approved", "dispose", "approved"), ("disposed", "dispose", "disposed"),
        ("checking", "merge", "merged"), ("closed", "note", "closed"),
    ],
)  # fmt: skip
def test_steps_that_may_be_taken(old: str, act: str, new: str) -> None:
    assert after(old, Act(act)) == new


@pytest.mark.parametrize(
    ("old", "act"),
    [
        ("open", "assign"), ("open", "close"), ("confirmed", "close"), ("reported", "close"), ("approved", "close"),
        ("assigned", "dispose"), ("closed", "reopen"), ("dismissed", "assign"), ("merged", "confirm"), ("disposed", "approve"),
        ("open", "ask"), ("disposed", "ask"), ("received", "dismiss"),
    ],
)  # fmt: skip
def test_steps_that_may_not(old: str, act: str) -> None:
    with pytest.raises(UsageError) as caught:
        after(old, Act(act))
    assert WORDS[old] in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("word", "state"), [("confirmed", "confirmed"), (" 属实 ", "confirmed"), ("CLOSED", "closed"), ("销号", "closed")]
)
def test_words(word: str, state: str) -> None:
    assert parse(word) == state


def test_an_unknown_word_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="dismissed（不属实）"):
        parse("done")


def test_what_decide_does_not_take_is_told_its_command() -> None:
    assert wanted("属实") is Act.CONFIRM
    with pytest.raises(UsageError, match="不由 leads decide") as caught:
        wanted("closed")
    assert "leads close" in caught.value.hint
