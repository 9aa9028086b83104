"""The clocks of a lead: when a unit's result is due, which warnings have come, what an extension may be.

Owns: counting days (日历日 calendar days, 工作日 working days with the published holidays), the terms of ``rules/clocks.yaml``
and what follows of them for a lead on a day. Leaves to others: which step may be taken (``states``), writing.

Days are days of Beijing. The day of receipt is day 0; a term of 50 days ends with the 50th day after it, at 24:00
(民法典 article 201: the first day does not count). An extension must be asked for before day 50 (吉林省药品监督管理局 2020,
section 9: 在 50 日期限届满前申请，一般不超过 20 日).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scanner import clock, yamlfile
from scanner.errors import UsageError

FILE = "clocks.yaml"
Count = Literal["calendar", "working"]
_SPAN = re.compile(r"(\d\d)-(\d\d)(?:\.\.(\d\d)-(\d\d))?")
_LONGEST = 3650  # days looked through when working days are counted


def _span(text: str) -> str:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError("写 月-日 或者 月-日..月-日，例如 02-15..02-23")
    _days(2024, text)  # the days exist (a leap year has them all)
    return text


Span = Annotated[str, AfterValidator(_span)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Strict):
    """A number of days, and how they are counted."""

    days: int = Field(ge=1, le=3650)
    count: Count = "calendar"


class ResultTerm(Term):
    """Until the result must be there. ``warn``: on which days it is said; ``basis``: where the term is written."""

    warn: tuple[Annotated[int, Field(ge=1, le=3650)], ...] = ()
    basis: str = ""


class Extension(_Strict):
    """How long a term may be extended, and before which day that must be asked for."""

    days: int = Field(ge=1, le=3650)
    ask_before: int = Field(ge=1, le=3650)


class Holidays(_Strict):
    """One year: days off, and Saturdays and Sundays on which people work."""

    off: tuple[Span, ...] = ()
    work: tuple[Span, ...] = ()


class Terms(_Strict):
    """``rules/clocks.yaml``."""

    result: ResultTerm
    extension: Extension
    sign: Term
    holidays: dict[int, Holidays] = {}

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(day for year, one in self.holidays.items() for span in one.off for day in _days(year, span))

    @cached_property
    def _work(self) -> frozenset[date]:
        return frozenset(day for year, one in self.holidays.items() for span in one.work for day in _days(year, span))

    def working(self, day: date) -> bool:
        """Whether people work that day; in a year without a table only weekends are off."""
        return day in self._work or (day.weekday() < 5 and day not in self._off)

    def later(self, day: date, days: int, count: Count) -> date:
        """The day so many days after ``day``."""
        if count == "calendar":
            return day + timedelta(days=days)
        for _ in range(_LONGEST):
            if days == 0:
                return day
            day += timedelta(days=1)
            days -= self.working(day)
        raise UsageError("期限太长", where=FILE)

    def between(self, first: date, last: date, count: Count) -> int:
        """How many days ``last`` is after ``first`` (0 on the day itself, negative before it)."""
        if count == "calendar":
            return (last - first).days
        if last < first:
            return -self.between(last, first, count)
        return sum(self.working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def unsigned(self, assigned: datetime, on: date) -> bool:
        """Whether what was assigned then, and is not signed for, should have been by that day."""
        return self.between(clock.day(assigned), on, self.sign.count) > self.sign.days

    def guessed(self, first: date, last: date) -> tuple[int, ...]:
        """The years from ``first`` to ``last`` whose holidays are not known."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.holidays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a lead's clock stands on a day. ``day``: which day of its term it is; ``left``: days until ``due`` (negative: over);
    ``warned``: the last warning that has come, 0 for none; ``guessed``: years counted without their holidays."""

    received: date
    due: date
    day: int
    left: int
    warned: int
    overdue: bool
    guessed: tuple[int, ...] = ()


def load(shipped: Path, own: Path | None = None) -> Terms:
    """The terms of the home's file, else of ours. Raises ConfigError."""
    path = own / FILE if own is not None and (own / FILE).exists() else shipped / FILE
    return yamlfile.load(path, Terms)


def due(terms: Terms, received: datetime, extended: int = 0) -> date:
    """The last day for a result: of the term, and of the days it was extended by."""
    return terms.later(clock.day(received), terms.result.days + extended, terms.result.count)


def stand(terms: Terms, received: datetime, due: date, on: date) -> Standing:
    """How the clock stands on a day."""
    first, count = clock.day(received), terms.result.count
    day = terms.between(first, on, count)
    return Standing(
        received=first, due=due, day=day, left=terms.between(on, due, count), overdue=on > due,
        warned=max((one for one in terms.result.warn if one <= day), default=0),
        guessed=terms.guessed(first, due) if count == "working" else (),
    )  # fmt: skip


def may_ask(terms: Terms, received: datetime, on: date, days: int) -> None:
    """Nothing where an extension of ``days`` may be asked for on a day, else UsageError that says why not."""
    rule = terms.extension
    if not 1 <= days <= rule.days:
        raise UsageError(f"延期 {days} 天：一次要在 1 到 {rule.days} 天之间", where="--days")
    day = terms.between(clock.day(received), on, terms.result.count)
    if day >= rule.ask_before:
        raise UsageError(
            f"今天是签收后第 {day} 天，延期要在第 {rule.ask_before} 天之前申请", where="leads extend",
            hint="期限已经不能延长；请按期反馈，说明没有办完的原因",
        )  # fmt: skip


def _days(year: int, span: str) -> Iterable[date]:
    found = _SPAN.fullmatch(span)
    assert found is not None
    month, day, last_month, last_day = found.groups()
    try:
        first = date(year, int(month), int(day))
        last = date(year, int(last_month), int(last_day)) if last_month else first
    except ValueError as error:
        raise ValueError(f"{year} 年没有这一天：{span}") from error
    if last < first:
        raise ValueError(f"后一天早于前一天：{span}")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
