"""Which lead first (先后): points from 0 to 100, each with its reason in Chinese. ``rules/priority.yaml`` says how many.

Owns: the file's shape and the sum. Leaves to others: what is known of a lead (``store.weights``), known sellers
(``known``). It orders and judges nothing: a lead with few points is as open as any. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, Field

from scanner import clock, yamlfile
from scanner.leads.known import Known
from scanner.leads.states import BEFORE
from scanner.leads.words import SEVERITIES, VERDICTS
from scanner.model import LeadSource, Severity, Verdict

FILE = "priority.yaml"
Points = Annotated[int, Field(ge=-100, le=100)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Model):
    """So many points from a number on."""

    from_: int = Field(alias="from", ge=0)
    points: Points


class Near(_Model):
    days: int = Field(ge=0, le=365)
    points: Points


class Words(_Model):
    """A group of words; points once, however many of them are there."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,40}$")]
    says: Annotated[str, Field(min_length=1, max_length=60)]
    points: Points
    words: tuple[Annotated[str, Field(min_length=1, max_length=40)], ...] = Field(min_length=1)


class Weights(_Model):
    """``rules/priority.yaml``."""

    verdict: dict[Verdict, Points]
    severity: dict[Severity, Points]
    pages: tuple[Step, ...] = ()
    earlier: tuple[Step, ...] = ()
    told: tuple[Step, ...] = ()
    sources: Step
    real_name: Points
    waited: tuple[Step, ...] = ()
    deadline: Near
    known_bad: Points
    known_good: Points
    words: tuple[Words, ...] = ()

    @cached_property
    def _search(self) -> tuple[ahocorasick_rs.AhoCorasick, list[int]]:
        pairs = [(word, at) for at, group in enumerate(self.words) for word in group.words]
        return ahocorasick_rs.AhoCorasick([word for word, _ in pairs] or ["\0"]), [at for _, at in pairs]

    def said(self, text: str) -> Iterator[tuple[Words, str]]:
        """The groups that a text has words of, with the first of these."""
        search, owner = self._search
        first: dict[int, str] = {}
        for word, start, end in search.find_matches_as_indexes(text, overlapping=True):
            if word < len(owner):
                first.setdefault(owner[word], text[start:end])
        return ((self.words[at], first[at]) for at in sorted(first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What is known of a lead. ``pages``: listings and sellers' pages with findings; ``earlier``: other leads of the seller that
    were confirmed or closed; ``told``: reports; ``text``: titles, quotes and what reports say."""

    verdict: Verdict
    severity: Severity
    state: str
    opened: datetime
    pages: int = 0
    earlier: int = 0
    told: int = 0
    sources: frozenset[LeadSource] = frozenset()
    real_name: bool = False
    deadline: date | None = None
    text: str = ""
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, and how many points for it."""

    points: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """The sum, kept between 0 and 100, and the reasons, the weightiest first."""

    score: int
    reasons: tuple[Reason, ...]


def load(*folders: Path) -> Weights:
    """The weights: the file of the last folder that has one. Raises ConfigError."""
    return yamlfile.load([folder / FILE for folder in folders if (folder / FILE).is_file()][-1], Weights)


def weigh(one: Weighed, weights: Weights, today: date) -> Priority:
    """How urgent a lead is on a day."""
    found = [Reason(points=points, says=says) for points, says in _reasons(one, weights, today) if points]
    found.sort(key=lambda reason: -abs(reason.points))
    return Priority(score=max(0, min(100, sum(reason.points for reason in found))), reasons=tuple(found))


def _reasons(one: Weighed, weights: Weights, today: date) -> Iterator[tuple[int, str]]:
    yield weights.verdict.get(one.verdict, 0), f"判断：{VERDICTS[one.verdict]}"
    yield weights.severity.get(one.severity, 0), f"程度：{SEVERITIES[one.severity]}"
    yield _step(weights.pages, one.pages), f"涉及 {one.pages} 个页面"
    yield _step(weights.earlier, one.earlier), f"同一经营者以前查实、销号 {one.earlier} 条"
    yield _step(weights.told, one.told), f"来件 {one.told} 份"
    yield _step((weights.sources,), len(one.sources)), f"{len(one.sources)} 种来源"
    if one.real_name:
        yield weights.real_name, "实名举报"
    for group, word in weights.said(one.text):
        yield group.points, f"{group.says}：{word}"
    waited = (today - clock.day(one.opened)).days
    if one.state in BEFORE:
        yield _step(weights.waited, waited), f"等了 {waited} 天没有复核"
    if one.deadline is not None and (left := (one.deadline - today).days) <= weights.deadline.days:
        told = f"还有 {left} 天" if left >= 0 else f"已过 {-left} 天"
        yield weights.deadline.points, f"来件要求 {one.deadline} 前办结，{told}"
    for entry in one.known:
        bad = entry.list == "bad"
        yield weights.known_bad if bad else weights.known_good, f"{'重点关注' if bad else '已知良好'}名单：{entry.says}"


def _step(steps: Sequence[Step], number: int) -> int:
    """The points of the highest step that a number reaches."""
    return max(((step.from_, step.points) for step in steps if number >= step.from_), default=(0, 0))[1]
