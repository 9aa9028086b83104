"""What reviewers' answers on a blind sample come to, page by page.

Owns: which answer of a person counts, what several persons' answers make of a page, whose answers are compared. Leaves to
others: estimating (``estimate``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.store.samples import BlindSample, Review

State = Literal["clean", "violation", "cannot_say", "disputed", "unanswered"]
Said = Mapping[int, Mapping[str, Review]]  # item -> person -> what counts of that person


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of the pages drawn of one kind, how many came to what. ``disputed``: as many say so as say otherwise."""

    drawn: int
    clean: int
    violation: int
    cannot_say: int
    disputed: int
    unanswered: int

    @property
    def decided(self) -> int:
        return self.clean + self.violation


def latest(reviews: Iterable[Review]) -> Said:
    """Of each person the last answer on each page; persons in the order in which they first answered it."""
    said: dict[int, dict[str, Review]] = {}
    for one in reviews:
        said.setdefault(one.item, {})[one.who] = one
    return said


def settled(said: Mapping[str, Review]) -> State:
    """What a page came to: what most of those say who could say."""
    if not said:
        return "unanswered"
    counted = Counter(one.verdict for one in said.values())
    clean, violation = counted["clean"], counted["violation"]
    if clean == violation:
        return "disputed" if clean else "cannot_say"
    return "clean" if clean > violation else "violation"


def states(sample: BlindSample, said: Said) -> dict[int, State]:
    """Item -> what it came to."""
    return {page.item: settled(said.get(page.item, {})) for page in sample.pages}


def tally(found: Iterable[State]) -> Tally:
    """How many came to what."""
    counted = Counter(found)
    return Tally(
        drawn=sum(counted.values()), clean=counted["clean"], violation=counted["violation"],
        cannot_say=counted["cannot_say"], disputed=counted["disputed"], unanswered=counted["unanswered"],
    )  # fmt: skip


def pairs(said: Said) -> Iterator[tuple[str, str]]:
    """What the first and the second person said of each page that two have answered."""
    for persons in said.values():
        if len(persons) > 1:
            first, second, *_ = persons.values()
            yield first.verdict, second.verdict
