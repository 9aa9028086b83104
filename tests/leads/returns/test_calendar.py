from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scanner.errors import ConfigError, UsageError
from scanner.home import shipped_rules
from scanner.leads.returns import calendar
from scanner.leads.returns.calendar import Handed

CALENDAR = calendar.load(shipped_rules())


def due(handed: list[Handed], on: date, item: str, year: int = 2026) -> list[tuple[str, str]]:
    return [(str(one.due), one.state) for one in calendar.year(CALENDAR, year, handed, on) if one.item.id == item]


def test_the_days_are_those_of_the_notices() -> None:
    days = {item.id: [f"{day:%m-%d}" for day in item.days(2026)] for item in CALENDAR.items}
    assert days.pop("monthly") == [f"{month:02d}-05" for month in range(1, 13)]
    assert days == {
        "plan": ["04-25"], "analysis": ["06-01"], "base-register": ["05-31"], "action-plan": ["05-31"], "annual-summary": ["11-15"],
        "action-summary": ["11-20"],
    }  # fmt: skip


def test_the_day_itself_is_in_time_and_the_next_is_not() -> None:
    assert due([], date(2026, 4, 25), "plan") == [("2026-04-25", "due")]
    assert due([], date(2026, 4, 26), "plan") == [("2026-04-25", "overdue")]
    for on, state in ((date(2026, 4, 25), "filed"), (date(2026, 4, 26), "filed_late")):
        assert due([Handed(form="plan", until=on, on=on)], date(2026, 12, 1), "plan") == [("2026-04-25", state)]


def test_a_monthly_report_is_about_the_month_before() -> None:
    january = Handed(form="monthly", until=date(2026, 1, 31), on=date(2026, 2, 3))
    december = Handed(form="monthly", until=date(2025, 12, 31), on=date(2026, 1, 6))
    found = due([january, december], date(2026, 3, 6), "monthly")
    assert found[:4] == [
        ("2026-01-05", "filed_late"), ("2026-02-05", "filed"), ("2026-03-05", "overdue"), ("2026-04-05", "due"),
    ]  # fmt: skip


def test_what_has_several_parts_is_filed_with_the_last_of_them() -> None:
    parts = [
        Handed(form=form, until=date(2026, 11, 18), on=date(2026, 11, day))
        for form, day in (("summary", 18), ("qingwang-1", 19), ("qingwang-2", 21))
    ]
    assert due(parts[:2], date(2026, 11, 25), "action-summary") == [("2026-11-20", "overdue")]
    assert due(parts, date(2026, 11, 25), "action-summary") == [("2026-11-20", "filed_late")]
    assert due(parts, date(2026, 11, 20), "action-summary") == [("2026-11-20", "due")]  # as it stood that day


def test_a_home_has_a_calendar_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text(
        "items:\n  - {id: brief, name: 季度会商, month: every, day: 28, since: 2026-11-01}\n", encoding="utf-8"
    )
    own = calendar.load(shipped_rules(), tmp_path)
    assert [str(one.due) for one in calendar.year(own, 2026, [], date(2026, 1, 1))] == ["2026-11-28", "2026-12-28"]
    with pytest.raises(UsageError, match="brief"):
        own.get("breif")


@pytest.mark.parametrize(
    "line",
    ["month: 2, day: 29", "month: every, day: 29", "month: 4, day: 31", "month: 13, day: 1", "month: each, day: 1"],
)
def test_days_that_not_every_year_has_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "calendar.yaml").write_text(f"items:\n  - {{id: x, name: 材料, {line}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"calendar\.yaml:2"):
        calendar.load(tmp_path)
