"""How often leads are right, from what people decided of them.

Owns: precision overall and by matter, severity and rule; how often a check on the spot contradicts the review before it; how
often a second reviewer disagrees. Leaves to others: signs of single rules (``tuning.stats``), what a step says
(``store.decisions``), units' timeliness (``leads.handling``). Pure; steps and labels pass by once, both by lead.

Of each lead the newest statement counts, and a unit's check says more than the review before it. A lead that was merged is
counted with the one that took it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal, NamedTuple

from scanner.leads.interval import Share, share
from scanner.model import Act, Decision
from scanner.store.decisions import said
from scanner.store.figures import Labels
from scanner.tuning.stats import FEW

By = Literal["all", "matter", "severity", "rule"]
_REVIEWS = (Act.CONFIRM, Act.DISMISS, Act.REOPEN)
_ORDER: tuple[By, ...] = ("all", "matter", "severity", "rule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Of the leads under one heading: ``precision`` is None under FEW decided ones, where it says more about chance."""

    by: By
    name: str
    confirmed: int
    dismissed: int
    precision: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """``leads``: those that anybody did anything with; ``open``: of them not decided (in the time asked for); ``merged``: counted
    elsewhere. ``contradicted``: of the leads that were reviewed and then checked on the spot, those where the check said
    the other. ``disagreed``: of the leads that two people reviewed, those where the second did not agree; ``waiting``: those that
    want a second review."""

    leads: int
    open: int
    merged: int
    headings: tuple[Precision, ...]
    contradicted: Share
    disagreed: Share
    waiting: int


class _Story(NamedTuple):
    """What a lead's steps say: the newest statement and when, what the last review and the last check said; the first review
    before it is handed over with what the next person said to it (None: nobody); whether it waits for that."""

    judged: str
    when: datetime | None
    review: str
    spot: str
    pair: tuple[Decision, Decision] | None
    waiting: bool
    merged: bool


def judged(steps: Iterable[Decision], labels: Iterable[Labels], since: datetime | None = None) -> Judged:
    """The figures of the leads that were decided (``since`` a time)."""
    counts: dict[tuple[int, str], list[int]] = {(0, ""): [0, 0]}
    told = merged = undecided = waiting = 0
    checked, reviewed = [0, 0], [0, 0]
    known = iter(labels)
    for lead, group in groupby(steps, key=lambda step: step.lead):
        told += 1
        story = _story(list(group))
        if story.merged:
            merged += 1
            continue
        waiting += story.waiting
        if story.pair is not None and _since(story.pair[1].when, since):
            reviewed[story.pair[0].act is not story.pair[1].act] += 1
        if not story.judged or not _since(story.when, since):
            undecided += 1
            continue
        for key in _headings(next(one for one in known if one.lead == lead)):
            counts.setdefault(key, [0, 0])[story.judged == "dismissed"] += 1
        if story.spot and story.review:
            checked[story.spot != story.review] += 1
    return Judged(
        leads=told, open=undecided, merged=merged, waiting=waiting,
        headings=tuple(_precision(_ORDER[by], name, *counts[by, name]) for by, name in sorted(counts)),
        contradicted=share(checked[1], sum(checked)), disagreed=share(reviewed[1], sum(reviewed)),
    )  # fmt: skip


def _since(when: datetime | None, since: datetime | None) -> bool:
    return when is not None and (since is None or when >= since)


def _headings(labels: Labels) -> Iterator[tuple[int, str]]:
    yield 0, ""
    yield 1, labels.matter
    yield 2, labels.severity
    for rule in labels.rules:
        yield 3, rule


def _precision(by: By, name: str, confirmed: int, dismissed: int) -> Precision:
    decided = confirmed + dismissed
    return Precision(
        by=by, name=name, confirmed=confirmed, dismissed=dismissed,
        precision=share(confirmed, decided) if decided >= FEW else None,
    )  # fmt: skip


def _story(steps: Sequence[Decision]) -> _Story:
    judged, when, review, spot = "", None, "", ""
    for step in steps:
        if (word := said(step)) is not None:
            judged, when = word, step.when
            review, spot = (review, word) if step.act is Act.DISPOSE else (word, "")
    last = next((step.act for step in reversed(steps) if step.act in _REVIEWS), None)
    return _Story(
        judged=judged, when=when, review=review, spot=spot, pair=_pair(steps),
        waiting=not judged and last is Act.CONFIRM, merged=steps[-1].state == "merged",
    )  # fmt: skip


def _pair(steps: Iterable[Decision]) -> tuple[Decision, Decision] | None:
    """The latest review of a lead before it is handed over that another person answered, and the answer: confirming, dismissing,
    or opening the lead again. What comes after it was opened again is a first review anew."""
    first: Decision | None = None
    pair: tuple[Decision, Decision] | None = None
    for step in steps:
        if step.act is Act.ASSIGN:
            break
        if step.act not in _REVIEWS:
            continue
        if first is not None and step.who != first.who and (pair is None or pair[0] is not first):
            pair = (first, step)
        first = None if step.act is Act.REOPEN else first or step
    return pair
