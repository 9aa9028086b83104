"""Hand-made leads and steps for returns, in words as few as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from functools import cache

from scanner import clock
from scanner.home import shipped_rules
from scanner.leads.returns import figures, forms
from scanner.leads.returns.cells import Counted, Period, everyone
from scanner.leads.returns.forms import Tags
from scanner.leads.same.enterprises import Shop, by_name
from scanner.model import (
    Act,
    Decision,
    Disposition,
    Lead,
    LeadSource,
    Matter,
    Measure,
    Severity,
    Stage,
    Transfer,
    Verdict,
)

SPRING = Period(since=date(2026, 3, 1), until=date(2026, 5, 31))
FORMS = forms.load(shipped_rules())


@cache
def tags() -> Tags:
    return Tags.load(shipped_rules())


def at(day: str, hour: int = 12, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    """A time of Beijing."""
    return datetime.combine(date.fromisoformat(f"2026-{day}"), time(hour, minute, second, micro), clock.BEIJING)


def lead(
    number: int, seller: str = "演示甲店", shop: str = "a.example", *, source: LeadSource = LeadSource.OWN, opened: str = "03-02",
    matter: Matter = Matter.CLAIM,
) -> Lead:  # fmt: skip
    return Lead(
        number=number, storefront=shop, seller=seller, matter=matter, severity=Severity.HIGH, verdict=Verdict.VIOLATION,
        state="open", opened=at(opened), source=source,
    )  # fmt: skip


def step(number: int, act: Act, day: str | datetime, state: str = "checking", *, other: int = 0, unit: str = "u",
         due: date | None = None) -> Decision:  # fmt: skip
    when = day if isinstance(day, datetime) else at(day)
    return Decision(lead=number, state=state, who="甲", when=when, act=act, other=other, unit=unit, due=due)


def done(
    number: int, day: str | datetime, *measures: str, to: Sequence[str] = (), fine: str = "0.00", income: str = "0.00",
    licences: int = 0, persons: int = 0, category: str = "", stage: str = "online", case: str = "", unit: str = "u",
) -> Decision:  # fmt: skip
    """A disposition."""
    when = day if isinstance(day, datetime) else at(day)
    return Decision(
        lead=number, state="disposed", who="甲", when=when, act=Act.DISPOSE, unit=unit, disposition=Disposition(
            measures=tuple(map(Measure, measures)), transfers=tuple(map(Transfer, to)), fine=fine, income=income,
            licences=licences, persons=persons, category=category, stage=Stage(stage), case=case,
        ),
    )  # fmt: skip


def counted(
    form: str, leads: Iterable[Lead], steps: Iterable[Decision], period: Period = SPRING, *,
    who: Callable[[Shop], str] = by_name, within: Callable[[str], bool] = everyone,
) -> Counted:  # fmt: skip
    return figures.count(FORMS[form], leads, steps, period, tags(), who=who, within=within)


def told(found: Counted, row: str) -> dict[str, object]:
    """What is not nothing of a row: column -> value."""
    return {column: cell.value for (one, column), cell in found.cells.items() if one == row and cell.value}
