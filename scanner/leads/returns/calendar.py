"""The calendar of returns (报送日历): what must be handed in when, what was, what is late.

    items:
      - {id: monthly, name: 月报, month: every, day: 5, basis: …}
      - {id: base-register, name: 网络销售企业信息采集表, month: 5, day: 31, basis: …}

Owns: ``rules/calendar.yaml`` and what follows of it for a year and a day. Leaves to others: what was filed
(``casework.filing``). Days are Beijing's. Dates are those of the notices: none of them moves a day that falls on a holiday.

A monthly item is about the month before its day, a yearly one about its year: it is filed when a return with its id (or all of
``forms``) was whose last day lies in that month or year. An office that begins later writes ``since``.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.errors import UsageError
from scanner.leads.returns.forms import Id, Text

FILE = "calendar.yaml"
State = Literal["filed", "filed_late", "overdue", "due"]
STATES = {"filed": "已报", "filed_late": "已报（迟报）", "overdue": "逾期未报", "due": "待报"}


class Item(BaseModel):
    """Something due. ``forms``: the returns that make it up, by id; none: the item's own id;
    ``since``: nothing was due before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    name: Text
    month: Literal["every"] | Annotated[int, Field(ge=1, le=12)]
    day: int = Field(ge=1, le=31)
    forms: tuple[Id, ...] = ()
    since: date | None = None
    basis: str = ""

    @model_validator(mode="after")
    def _exists(self) -> Item:
        days = 28 if self.month == "every" or self.month == 2 else monthrange(2024, self.month)[1]
        if self.day > days:
            raise ValueError(f"不是每年都有这一天，最多写 {days}")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        return self.forms or (self.id,)

    def days(self, year: int) -> list[date]:
        """When it is due in a year."""
        months = range(1, 13) if self.month == "every" else (self.month,)
        found = (date(year, month, self.day) for month in months)
        return [day for day in found if self.since is None or day >= self.since]

    def covers(self, due: date) -> tuple[date, date]:
        """The days that what is due then is about."""
        if self.month != "every":
            return date(due.year, 1, 1), date(due.year, 12, 31)
        last = due.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last


class Calendar(BaseModel):
    """``rules/calendar.yaml``; a home's takes the place of ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _once(self) -> Calendar:
        ids = [item.id for item in self.items]
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise ValueError(f"{'、'.join(sorted(twice))} 写了两次")
        return self

    def get(self, name: str) -> Item:
        """An item by id or name. Raises UsageError with a hint."""
        for item in self.items:
            if name.strip() in (item.id, item.name):
                return item
        raise UsageError(
            f"报送日历里没有“{name[:60]}”", where="ITEM", hint=yamlfile.nearest(name, [x.id for x in self.items])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A return that was filed: which, about days up to ``until``, on which day."""

    form: str
    until: date
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One day on which something is due. ``filed``: the day on which the last part of it was; ``left``: days until it is due."""

    item: Item
    due: date
    state: State
    filed: date | None
    left: int


def load(shipped: Path, own: Path | None = None) -> Calendar:
    """The calendar of the home's file, else of ours. Raises ConfigError."""
    path = own / FILE if own is not None and (own / FILE).exists() else shipped / FILE
    return yamlfile.load(path, Calendar)


def year(calendar: Calendar, number: int, handed: Sequence[Handed], on: date) -> list[Due]:
    """Everything due in a year, as it stands on a day, by date."""
    found = (_due(item, day, handed, on) for item in calendar.items for day in item.days(number))
    return sorted(found, key=lambda one: (one.due, one.item.id))


def _due(item: Item, due: date, handed: Iterable[Handed], on: date) -> Due:
    first, last = item.covers(due)
    within = [one for one in handed if first <= one.until <= last and one.on <= on]
    days = [min((one.on for one in within if one.form == form), default=None) for form in item.asked]
    filed = max(_all(days), default=None)
    state: State = "overdue" if on > due else "due"
    if filed is not None:
        state = "filed" if filed <= due else "filed_late"
    return Due(item=item, due=due, state=state, filed=filed, left=(due - on).days)


def _all(days: list[date | None]) -> Iterator[date]:
    """The days, or nothing where one is missing."""
    known = [day for day in days if day is not None]
    yield from known if len(known) == len(days) else ()
