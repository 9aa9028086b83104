"""How units handle the leads they were given, counted from the steps: for assessment (考核).

Owns: what counts as a unit's turn with a lead, as received, reported, on time, overdue. Leaves to others: shares and intervals
(``tuning``), printing, which leads are due now (``leads overdue``). Pure; the steps pass by once.

A turn begins when a lead is assigned to a unit and ends when it goes elsewhere: sent back by the unit as not its own, handed to
another, merged into another lead. What went elsewhere is counted apart: the unit owes nothing of it.

The report that stands counts: one that was sent back before it was approved is none; what was approved stays so, though the
lead is returned after a later look at the page. On time: reported on the day the result was due or before, an extension that was granted
included (吉林省药品监督管理局 2020, section 9). What is still within its term is ``running`` and speaks for or against nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from scanner import clock
from scanner.model import Act, Decision
from scanner.store.decisions import said

Stands = Literal["gone", "unsigned", "running", "overdue", "on_time", "late"]


@dataclass(slots=True)
class Turn:
    """A unit's turn with a lead, up to the last step that was looked at."""

    unit: str
    assigned: datetime
    received: datetime | None = None
    due: date | None = None
    reported: datetime | None = None
    approved: bool = False
    sent_back: int = 0  # reports that were
    judged: str = ""  # what the unit's check says: confirmed, dismissed, "" (nothing yet)
    gone: bool = False

    def step(self, step: Decision) -> None:
        """What a step does to the turn."""
        match step.act:
            case Act.RECEIVE:
                self.received, self.due = step.when, step.due
            case Act.GRANT if step.due is not None:
                self.due = step.due
            case Act.DISPOSE:
                self.judged = said(step) or self.judged
            case Act.REPORT if not self.approved:
                self.reported = step.when
            case Act.APPROVE:
                self.approved = True
            case Act.RETURN if step.state == "confirmed":
                self.gone = True
            case Act.RETURN if not self.approved and self.reported is not None:
                self.reported, self.sent_back = None, self.sent_back + 1
            case Act.MERGE:
                self.gone = True
            case Act.UNMERGE:
                self.gone = False

    def stands(self, on: date) -> Stands:
        """How it stands on a day: gone elsewhere, not signed for, within its term or past it, reported in time or late."""
        if self.gone:
            return "gone"
        if self.received is None or self.due is None:
            return "unsigned"
        if self.reported is None:
            return "running" if on <= self.due else "overdue"
        return "on_time" if clock.day(self.reported) <= self.due else "late"


@dataclass(slots=True, kw_only=True)
class Handled:
    """What a unit did with the leads assigned to it. ``assigned`` = ``gone`` + ``unsigned`` + ``received``, ``received`` =
    ``reported`` + ``running`` + ``overdue``, ``reported`` = ``on_time`` + ``late``. ``confirmed`` and ``dismissed``: what its checks said,
    of those that are still its own; ``sent_back``: reports that were."""

    unit: str
    assigned: int = 0
    gone: int = 0
    unsigned: int = 0
    received: int = 0
    reported: int = 0
    on_time: int = 0
    late: int = 0
    running: int = 0
    overdue: int = 0
    confirmed: int = 0
    dismissed: int = 0
    sent_back: int = 0

    def add(self, turn: Turn, on: date) -> None:
        """Count a turn as it stands on a day."""
        self.assigned += 1
        self.sent_back += turn.sent_back
        stands = turn.stands(on)
        setattr(self, stands, getattr(self, stands) + 1)
        if stands == "gone":
            return
        self.confirmed += turn.judged == "confirmed"
        self.dismissed += turn.judged == "dismissed"
        self.received += stands != "unsigned"
        self.reported += stands in ("on_time", "late")


def turns(steps: Iterable[Decision]) -> Iterator[Turn]:
    """The turns in one lead's steps, which come oldest first."""
    turn: Turn | None = None
    for step in steps:
        if step.act is Act.ASSIGN:
            if turn is not None:
                turn.gone = True
                yield turn
            turn = Turn(unit=step.unit, assigned=step.when)
        elif turn is not None:
            turn.step(step)
    if turn is not None:
        yield turn


def handled(steps: Iterable[Decision], on: date, since: datetime | None = None) -> list[Handled]:
    """Every unit that was given leads (``since`` a time), by id, as it stands on a day; steps by lead, oldest first."""
    units: dict[str, Handled] = {}
    for _, one in groupby(steps, key=lambda step: step.lead):
        for turn in turns(one):
            if since is None or turn.assigned >= since:
                units.setdefault(turn.unit, Handled(unit=turn.unit)).add(turn, on)
    return [units[unit] for unit in sorted(units)]


def of_unit(steps: Iterable[Decision], unit: str) -> Iterator[Decision]:
    """The steps of the leads that were ever assigned to a unit."""
    for _, group in groupby(steps, key=lambda step: step.lead):
        one = list(group)
        if any(step.act is Act.ASSIGN and step.unit == unit for step in one):
            yield from one


def summed(units: Iterable[Handled]) -> Handled:
    """All of them together, as a unit without a name."""
    whole = Handled(unit="")
    counts = [one.name for one in fields(Handled) if one.name != "unit"]
    for unit in units:
        for name in counts:
            setattr(whole, name, getattr(whole, name) + getattr(unit, name))
    return whole
