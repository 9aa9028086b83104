"""A seller's credit record (信用档案) and the proposal for the list of serious dishonesty (严重违法失信名单). Pure.

Owns: ``rules/credit.yaml``, counting its conditions, each with the leads behind it. Leaves to others: what came of leads
(``history``), what came back (``relisted``), the decision, which is an authority's (市场监督管理严重违法失信名单管理办法, 2021): here
is said at most 拟提请, never that a seller is dishonest.

Only what is recorded counts: merged leads where they went, dismissed ones not at all. Words in notes are counted as words; a
person reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.leads.dossier.history import MILD, Disposed, History, add, total
from scanner.leads.dossier.relisted import Relisted, once
from scanner.model import Basis, Matter, Measure
from scanner.rulebook.rule import Law

FILE = "credit.yaml"
PROPOSED = "拟提请有权机关审查是否列入市场监督管理严重违法失信名单"
Counts = Literal["confirmed", "measures", "fine", "relisted", "unqualified", "noted"]
Word = Annotated[str, Field(min_length=2, max_length=40)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Strict):
    """One condition: what is counted, how much of it, since when."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    title: Annotated[str, Field(min_length=2, max_length=200)]
    counts: Counts
    at_least: Annotated[int, Field(ge=1, le=10**12)]
    within_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    matters: tuple[Matter, ...] = ()
    measures: tuple[Measure, ...] = ()
    words: tuple[Word, ...] = ()
    basis: Law | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, counts in (("measures", "measures"), ("words", "noted")):
            if bool(getattr(self, name)) != (self.counts == counts):
                raise ValueError(f"counts: {counts} 和 {name} 要一起写")
        if set(self.measures) & MILD:
            raise ValueError("measures 里不能写 checked、unfounded：那不是处罚")
        return self


class Rules(_Strict):
    """``rules/credit.yaml``."""

    law: Law
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({one.id for one in self.conditions}) < len(self.conditions):
            raise ValueError("conditions 里有两个情形的 id 相同")
        return self


def load(shipped: Path, own: Path | None = None) -> Rules:
    """The home's file, else ours. Raises ConfigError."""
    path = own / FILE if own is not None and (own / FILE).exists() else shipped / FILE
    return yamlfile.load(path, Rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What a person wrote, in which lead, and the word for which it is told."""

    lead: int
    who: str
    when: datetime
    note: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A condition and what was counted: ``count`` (yuan for fines, rounded down) of ``at_least``; the leads behind it and
    the notes."""

    id: str
    title: str
    counts: Counts
    count: int
    at_least: int
    since: datetime | None
    met: bool
    leads: tuple[int, ...]
    quotes: tuple[Quoted, ...]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The record as of ``made``. ``proposal``: what may be proposed ("": no condition is met), ``met`` the conditions for it;
    ``law``: under which rules; money in yuan."""

    key: str
    made: datetime
    leads: int
    confirmed: int
    dismissed: int
    open: int
    fine: str
    income: str
    licences: int
    measures: tuple[tuple[Measure, int], ...]
    relisted: int
    conditions: tuple[Checked, ...]
    met: tuple[str, ...]
    proposal: str
    law: Basis


def credit(key: str, leads: Sequence[History], back: Sequence[Relisted], rules: Rules, *, now: datetime) -> Credit:
    """The credit record of a seller with these leads. ``back``: its goods that were dealt with and came back."""
    checked = tuple(_check(one, leads, back, rules, now) for one in rules.conditions)
    met = tuple(one.id for one in checked if one.met)
    own = [one for one in leads if not one.merged]
    return Credit(
        key=key, made=now, leads=len(own), confirmed=sum(one.counts for one in own),
        dismissed=sum(one.judged == "dismissed" for one in own), open=sum(not one.judged for one in own),
        fine=total(leads, "fine"), income=total(leads, "income"), licences=sum(one.licences for one in leads),
        measures=tuple(
            (measure, number) for measure in Measure
            if measure not in MILD and (number := sum(measure in one.measures for one in leads))
        ),
        relisted=len(_came_back(back)), conditions=checked, met=met, proposal=PROPOSED if met else "",
        law=rules.law.basis,
    )  # fmt: skip


def _check(rule: Condition, leads: Iterable[History], back: Iterable[Relisted], rules: Rules, now: datetime) -> Checked:
    since = now - timedelta(days=rule.within_days) if rule.within_days is not None else None
    mine = [one for one in leads if not rule.matters or one.matter in rule.matters]
    quotes: tuple[Quoted, ...] = ()
    match rule.counts:
        case "confirmed":
            behind = [one.lead for one in mine if one.counts and _recent(one.judged_at, since)]
            count = len(behind)
        case "measures":
            behind = [one.lead for one, step in _steps(mine, since) if set(rule.measures) & set(step.measures)]
            count = len(set(behind))
        case "fine":
            fined = [(one.lead, step.fine) for one, step in _steps(mine, since) if Decimal(step.fine) > 0]
            behind, count = [lead for lead, _ in fined], int(Decimal(add(fine for _, fine in fined)))
        case "unqualified":
            failed = [one for one in mine for when in one.unqualified if _recent(when, since)]
            behind, count = [one.lead for one in failed], len(failed)
        case "relisted":
            came = [one for one in _came_back(back) if _recent(one.seen, since)]
            came = [one for one in came if not rule.matters or one.matter in rule.matters]
            behind, count = [one.lead for one in came], len(came)
        case "noted":
            quotes = tuple(_quotes(rule, mine, since))
            behind, count = [one.lead for one in quotes], len(quotes)
    return Checked(
        id=rule.id, title=rule.title, counts=rule.counts, count=count, at_least=rule.at_least, since=since,
        met=count >= rule.at_least, leads=tuple(sorted(set(behind))), quotes=quotes,
        basis=(rule.basis or rules.law).basis,
    )  # fmt: skip


def _steps(leads: Iterable[History], since: datetime | None) -> Iterator[tuple[History, Disposed]]:
    return ((one, step) for one in leads for step in one.dispositions if _recent(step.when, since))


def _recent(when: datetime | None, since: datetime | None) -> bool:
    return when is not None and (since is None or when >= since)


def _came_back(back: Iterable[Relisted]) -> list[Relisted]:
    return once(one for one in back if one.again != "still")


def _quotes(rule: Condition, leads: Iterable[History], since: datetime | None) -> Iterable[Quoted]:
    for one in leads:
        for note in one.notes:
            word = next((word for word in rule.words if word in note.note), None)
            if word is not None and one.judged != "dismissed" and _recent(note.when, since):
                yield Quoted(lead=one.lead, who=note.who, when=note.when, note=note.note, word=word)
