"""Days counted around the ends of terms, months, years and holidays; what may be asked for when."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ConfigError, UsageError
from scanner.home import shipped_rules
from scanner.leads import clocks
from scanner.leads.clocks import FILE, Terms

TERMS = clocks.load(shipped_rules())
WORKING = TERMS.model_copy(update={"result": TERMS.result.model_copy(update={"count": "working"})})


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)  # 12:00 in Beijing


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 1, 1), date(2026, 2, 20)),
        (date(2026, 1, 31), date(2026, 3, 22)),
        (date(2024, 1, 15), date(2024, 3, 5)),  # over a leap day
        (date(2023, 1, 15), date(2023, 3, 6)),  # over none
        (date(2024, 2, 29), date(2024, 4, 19)),
        (date(2026, 11, 28), date(2027, 1, 17)),
    ],
)
def test_fifty_calendar_days(received: date, due: date) -> None:
    assert clocks.due(TERMS, noon(received)) == due
    assert clocks.due(TERMS, noon(received), 20) == due + timedelta(days=20)


@pytest.mark.parametrize(
    ("day", "left", "warned", "overdue"),
    [
        (0, 50, 0, False), (29, 21, 0, False), (30, 20, 30, False), (31, 19, 30, False), (40, 10, 40, False),
        (44, 6, 40, False), (45, 5, 45, False), (49, 1, 45, False), (50, 0, 50, False), (51, -1, 50, True),
    ],
)  # fmt: skip
def test_the_days_of_a_term(day: int, left: int, warned: int, overdue: bool) -> None:
    received = date(2026, 3, 10)
    stands = clocks.stand(TERMS, noon(received), date(2026, 4, 29), received + timedelta(days=day))
    assert (stands.day, stands.left, stands.warned, stands.overdue) == (day, left, warned, overdue)


@pytest.mark.parametrize(("day", "overdue"), [(69, False), (70, False), (71, True)])
def test_an_extended_term(day: int, overdue: bool) -> None:
    received = date(2026, 3, 10)
    due = clocks.due(TERMS, noon(received), 20)
    assert clocks.stand(TERMS, noon(received), due, received + timedelta(days=day)).overdue is overdue


@pytest.mark.parametrize("day", [0, 30, 49])
def test_an_extension_asked_in_time(day: int) -> None:
    received = date(2026, 3, 10)
    clocks.may_ask(TERMS, noon(received), received + timedelta(days=day), 20)  # nothing is raised
    assert clocks.due(TERMS, noon(received), 20) == received + timedelta(days=70)


@pytest.mark.parametrize("day", [50, 51, 70])
def test_an_extension_asked_too_late(day: int) -> None:
    received = date(2026, 3, 10)
    with pytest.raises(UsageError, match=f"第 {day} 天"):
        clocks.may_ask(TERMS, noon(received), received + timedelta(days=day), 20)


@pytest.mark.parametrize("days", [0, 21, -1])
def test_an_extension_of_a_wrong_length(days: int) -> None:
    with pytest.raises(UsageError, match="1 到 20 天"):
        clocks.may_ask(TERMS, noon(date(2026, 3, 10)), date(2026, 3, 11), days)


def test_the_day_is_beijings() -> None:
    before, after = (
        datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 9, 16, 0, tzinfo=UTC),
    )  # midnight there
    assert clocks.due(TERMS, before) == date(2026, 4, 28)
    assert clocks.due(TERMS, after) == date(2026, 4, 29)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True), (date(2026, 2, 14), True), (date(2026, 2, 15), False), (date(2026, 2, 23), False),
        (date(2026, 2, 24), True), (date(2026, 2, 28), True), (date(2026, 10, 7), False), (date(2026, 10, 8), True),
        (date(2026, 10, 10), True), (date(2026, 10, 11), False), (date(2024, 2, 29), True),
    ],
)  # fmt: skip
def test_days_on_which_people_work(day: date, works: bool) -> None:
    assert TERMS.working(day) is works


def test_working_days_pass_over_holidays() -> None:
    assert TERMS.later(date(2026, 2, 13), 1, "working") == date(2026, 2, 14)  # a Saturday worked in turn
    assert TERMS.later(date(2026, 2, 14), 1, "working") == date(2026, 2, 24)
    assert TERMS.between(date(2026, 2, 14), date(2026, 2, 24), "working") == 1
    assert clocks.due(WORKING, noon(date(2026, 3, 10))) == date(2026, 5, 22)


@given(st.dates(date(2023, 1, 1), date(2030, 1, 1)), st.integers(0, 200), st.sampled_from(["calendar", "working"]))
def test_later_and_between_agree(day: date, days: int, count: clocks.Count) -> None:
    end = TERMS.later(day, days, count)
    assert TERMS.between(day, end, count) == days
    assert count == "calendar" or days == 0 or TERMS.working(end)
    assert TERMS.between(end, day, count) == -days


def test_years_without_a_table_are_told() -> None:
    stands = clocks.stand(WORKING, noon(date(2026, 12, 1)), date(2027, 2, 20), date(2026, 12, 2))
    assert stands.guessed == (2027,)
    assert clocks.stand(TERMS, noon(date(2026, 12, 1)), date(2027, 1, 20), date(2026, 12, 2)).guessed == ()


def test_the_table_is_sound() -> None:
    for year, one in TERMS.holidays.items():
        for kind, spans in (("off", one.off), ("work", one.work)):
            days = [day for span in spans for day in clocks._days(year, span)]
            assert len(days) == len(set(days)), (year, kind)
        worked = [day for span in one.work for day in clocks._days(year, span)]
        assert all(calendar.weekday(d.year, d.month, d.day) >= 5 for d in worked)


def test_the_homes_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        "result: {days: 10, count: working}\nextension: {days: 5, ask_before: 10}\nsign: {days: 1}\n", encoding="utf-8"
    )
    own: Terms = clocks.load(shipped_rules(), tmp_path)
    assert (own.result.days, own.extension.days, own.holidays) == (10, 5, {})


@pytest.mark.parametrize("bad", ["02-30", "2-3", "02-05..02-01", "13-01"])
def test_a_day_that_is_none_is_refused_with_its_line(tmp_path: Path, bad: str) -> None:
    (tmp_path / FILE).write_text(
        "result: {days: 10}\nextension: {days: 5, ask_before: 10}\nsign: {days: 1}\nholidays:\n"
        f'  "2026":\n    off: ["{bad}"]\n', encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(ConfigError, match=r"clocks\.yaml:6"):
        clocks.load(shipped_rules(), tmp_path)
