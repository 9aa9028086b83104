"""Risk grade of a seller (风险分级) and how soon to look again: points with reasons, from ``rules/risk.yaml``. Pure.

Owns: the file's shape, adding points, the grade and the day that follows. Leaves to others: gathering the signs
(``signs``), looking (``crawl``). A grade arranges visits; it says nothing of guilt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.model import Standing
from scanner.rulebook.tables import GROUPS, Group

FILE = "risk.yaml"
NAMED = 3  # examples told in a reason
Points = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=1, le=3650)]
Letter = Literal["A", "B", "C", "D", "E"]
BAD = (Standing.MALFORMED, Standing.WITHDRAWN, Standing.LAPSED, Standing.NOT_LISTED)
_WORDS = {
    Standing.MALFORMED: "不合规则", Standing.WITHDRAWN: "已注销、撤销", Standing.LAPSED: "已过期", Standing.NOT_LISTED: "查不到",
}  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counted(_Strict):
    """Points for each, at most so many, of those not older than ``days``."""

    each: Points
    most: Points
    days: Days


class Unseen(_Strict):
    points: Points
    days: Days


class PointsFile(_Strict):
    class_iii: Points
    not_for_individuals: Points
    groups: dict[Group, Points]
    confirmed_lead: Counted
    open_lead: Counted
    complaint: Counted
    bad_number: Counted
    relisted: Counted
    no_credential: Points
    unseen: Unseen


class Step(_Strict):
    """A grade: from how many points on, and after how many days to look again."""

    grade: Letter
    from_: Annotated[int, Field(alias="from", ge=0, le=1000)]
    days: Days


class Risk(_Strict):
    """``rules/risk.yaml``."""

    points: PointsFile
    grades: Annotated[tuple[Step, ...], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _falls(self) -> Self:
        starts = [one.from_ for one in self.grades]
        if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
            raise ValueError("grades 从高分到低分写，各不相同，最后一级 from: 0")
        if len({one.grade for one in self.grades}) < len(self.grades):
            raise ValueError("grades 里有一级写了两次")
        return self


def load(shipped: Path, own: Path | None = None) -> Risk:
    """The home's file, else ours. Raises ConfigError."""
    path = own / FILE if own is not None and (own / FILE).exists() else shipped / FILE
    return yamlfile.load(path, Risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Something that counts, when it was, and how people call it (a lead's number, a title)."""

    what: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a seller. ``class_iii`` and ``restricted``: titles of such goods; ``groups``: a title by list; ``bad``:
    numbers with how they stand; ``paged``: whether a page that says who sells was seen, ``credentials`` how many numbers it
    showed; ``urls``: addresses to look at; ``last_seen``: None where no page of it was ever seen."""

    key: str
    class_iii: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    groups: tuple[tuple[Group, str], ...] = ()
    confirmed: tuple[Dated, ...] = ()
    open: tuple[Dated, ...] = ()
    complaints: tuple[Dated, ...] = ()
    relisted: tuple[Dated, ...] = ()
    bad: tuple[tuple[str, Standing], ...] = ()
    paged: bool = False
    credentials: int = 0
    last_seen: datetime | None = None
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Points, what for, in Chinese."""

    points: int
    sign: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A seller's grade with its reasons. ``due``: when to look again (None: never seen, so now)."""

    key: str
    grade: Letter
    points: int
    reasons: tuple[Reason, ...]
    days: int
    last_seen: datetime | None
    due: datetime | None
    overdue: bool
    urls: tuple[str, ...]


def grade(signs: Signs, rules: Risk, *, now: datetime) -> Graded:
    """The seller's grade as of ``now``, reasons with the most points first."""
    reasons = sorted((one for one in _reasons(signs, rules.points, now) if one.points), key=lambda one: -one.points)
    points = sum(one.points for one in reasons)
    step = next(one for one in rules.grades if points >= one.from_)
    due = signs.last_seen + timedelta(days=step.days) if signs.last_seen is not None else None
    return Graded(
        key=signs.key, grade=step.grade, points=points, reasons=tuple(reasons), days=step.days,
        last_seen=signs.last_seen, due=due, overdue=due is None or due <= now, urls=signs.urls,
    )  # fmt: skip


def _reasons(signs: Signs, points: PointsFile, now: datetime) -> Iterator[Reason]:
    if signs.class_iii:
        yield Reason(points=points.class_iii, sign="class_iii", says=f"卖第三类医疗器械：{_some(signs.class_iii)}")
    if signs.restricted:
        says = f"卖只能卖给机构、不得网络零售的品种：{_some(signs.restricted)}"
        yield Reason(points=points.not_for_individuals, sign="not_for_individuals", says=says)
    listed = [(points.groups.get(group, 0), group, title) for group, title in signs.groups]
    if listed:
        most, group, title = max(listed)
        yield Reason(points=most, sign="groups", says=f"卖{GROUPS[group]}品种：{title}")
    for sign, found, words in (
        ("confirmed_lead", signs.confirmed, "查实的线索"), ("open_lead", signs.open, "没有办结的线索"),
        ("complaint", signs.complaints, "投诉、举报、舆情"), ("relisted", signs.relisted, "重新上架"),
    ):  # fmt: skip
        yield from _counted(sign, found, getattr(points, sign), words, now)
    if signs.bad:
        rule = points.bad_number
        told = _some([f"{number}（{_WORDS[standing]}）" for number, standing in signs.bad])
        yield Reason(points=min(rule.most, rule.each * len(signs.bad)), sign="bad_number", says=f"编号有问题：{told}")
    if signs.paged and not signs.credentials:
        yield Reason(points=points.no_credential, sign="no_credential", says="看过经营者页，没有见到资质编号")
    if signs.last_seen is not None and (age := (now - signs.last_seen).days) >= points.unseen.days:
        yield Reason(points=points.unseen.points, sign="unseen", says=f"{age} 天没有看过")


def _counted(sign: str, found: tuple[Dated, ...], rule: Counted, words: str, now: datetime) -> Iterator[Reason]:
    recent = [one for one in found if now - one.when <= timedelta(days=rule.days)]
    if recent:
        points = min(rule.most, rule.each * len(recent))
        says = f"{rule.days} 天内{words} {len(recent)} 条：{_some([one.what for one in recent])}"
        yield Reason(points=points, sign=sign, says=says)


def _some(found: list[str] | tuple[str, ...]) -> str:
    more = f" 等 {len(found)} 个" if len(found) > NAMED else ""
    return "、".join(one[:40] for one in found[:NAMED]) + more


def counts(found: list[Graded]) -> Mapping[str, int]:
    """How many sellers have which grade."""
    return {letter: sum(one.grade == letter for one in found) for letter in sorted({one.grade for one in found})}
