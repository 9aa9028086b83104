"""Precision of leads, counted by hand."""

from __future__ import annotations

from datetime import datetime

from scanner.leads.interval import share
from scanner.model import Act, Decision, Disposition, Measure
from scanner.store.figures import Labels
from scanner.tuning.quality.precision import Judged, judged
from tests.store.making import hours

STATES = {"confirm": "confirmed", "dismiss": "dismissed", "reopen": "open", "assign": "assigned", "merge": "merged"}


def story(lead: int, *acts: str) -> list[Decision]:
    """Steps an hour apart: "confirm", "confirm 乙" (by another), "first" (of two reviews), "right", "wrong" (checks)."""
    made = []
    for hour, words in enumerate(acts):
        word, _, who = words.partition(" ")
        measures = {"right": (Measure.FINE,), "wrong": (Measure.UNFOUNDED,)}.get(word)
        act = Act.DISPOSE if measures else Act.CONFIRM if word == "first" else Act(word)
        state = "disposed" if measures else "secured" if word == "first" else STATES[word]
        made.append(
            Decision(
                lead=lead, state=state, who=who or "甲", when=hours(hour), act=act,
                disposition=Disposition(measures=measures) if measures else None,
            )
        )  # fmt: skip
    return made


def figures(*stories: list[Decision], since: datetime | None = None) -> Judged:
    labels = [Labels(n, "claim", "high" if n % 2 else "low", ("a", "b") if n < 3 else ()) for n in range(1, 20)]
    return judged((step for one in stories for step in one), labels, since)


def counts(found: Judged) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.by, one.name): (one.confirmed, one.dismissed) for one in found.headings}


def test_a_lead_counts_under_each_of_its_headings_once() -> None:
    found = figures(story(1, "confirm", "dismiss"), story(2, "confirm"), story(3, "dismiss"), story(4, "first"))
    assert counts(found) == {
        ("all", ""): (1, 2), ("matter", "claim"): (1, 2), ("severity", "high"): (0, 2), ("severity", "low"): (1, 0),
        ("rule", "a"): (1, 1), ("rule", "b"): (1, 1),
    }  # fmt: skip
    assert (found.leads, found.open, found.waiting) == (4, 1, 1)
    assert all(one.precision is None for one in found.headings)


def test_five_decided_leads_give_a_precision() -> None:
    found = figures(*(story(n, "confirm" if n < 5 else "dismiss") for n in range(1, 6)))
    assert found.headings[0].precision == share(4, 5)


def test_nothing_decided_is_said_with_its_counts() -> None:
    assert counts(figures()) == {("all", ""): (0, 0)}
    assert counts(figures(story(1, "confirm", "reopen"))) == {("all", ""): (0, 0)}


def test_what_was_merged_is_counted_where_it_went() -> None:
    found = figures(story(1, "confirm", "merge"), story(2, "confirm"))
    assert (counts(found)["all", ""], found.merged) == ((1, 0), 1)


def test_the_check_on_the_spot_against_the_review_before_it() -> None:
    found = figures(
        story(1, "confirm", "assign", "right"), story(2, "confirm", "assign", "wrong"),
        story(3, "confirm", "assign", "wrong", "right"), story(4, "confirm", "assign"), story(5, "dismiss"),
    )  # fmt: skip
    assert (found.contradicted.hits, found.contradicted.of) == (1, 3)
    assert counts(found)["all", ""] == (3, 2)


def test_second_reviewers() -> None:
    found = figures(
        story(1, "first", "confirm 乙"), story(2, "first", "dismiss 乙"), story(3, "confirm", "confirm 乙", "dismiss 丙"),
        story(4, "confirm", "dismiss"), story(5, "first", "reopen 乙", "confirm 丙"), story(6, "dismiss"),
        story(7, "confirm", "assign", "confirm 乙"),
    )  # fmt: skip
    assert (found.disagreed.hits, found.disagreed.of) == (2, 4)  # of 1, 2, 3 and 5


def test_only_what_was_decided_since_a_time() -> None:
    found = figures(story(1, "confirm", "dismiss"), story(2, "confirm"), since=hours(1))
    assert (counts(found)["all", ""], found.open) == ((0, 1), 1)
