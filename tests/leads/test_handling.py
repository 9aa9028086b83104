"""Units' handling of leads, counted by hand: on time to the day, extensions, reports sent back, leads that go elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scanner.leads.handling import Handled, handled, summed
from scanner.model import Act, Decision, Disposition, Measure

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
DUE = date(2026, 4, 21)  # the 50th day after 2 March


def at(day: float) -> datetime:
    return BASE + timedelta(days=day)


def steps(lead: int, *taken: tuple[float, str] | tuple[float, str, dict[str, Any]]) -> Iterator[Decision]:
    """(day, act, more): receiving sets the term."""
    after = {
        "assign": "assigned",
        "receive": "received",
        "dispose": "disposed",
        "report": "reported",
        "approve": "approved",
    }
    for day, act, *more in taken:
        given: dict[str, Any] = {"due": DUE} if act == "receive" else {"unit": "a"} if act == "assign" else {}
        base = Decision(lead=lead, state=after.get(act, "checking"), who="甲", when=at(day), act=Act(act))
        yield replace(base, **{**given, **(more[0] if more else {})})


def measures(*words: Measure) -> dict[str, Any]:
    return {"disposition": Disposition(measures=words)}


def figures(*leads: Iterator[Decision], on: date = DUE, since: datetime | None = None) -> dict[str, dict[str, int]]:
    found = handled((step for lead in leads for step in lead), on, since)
    return {one.unit: {k: v for k, v in asdict(one).items() if v and k != "unit"} for one in found}


@pytest.mark.parametrize(
    ("moment", "timely"),
    [
        (datetime(2026, 4, 21, 15, 59, tzinfo=UTC), True),  # 23:59 in Beijing on the last day
        (datetime(2026, 4, 21, 16, 0, tzinfo=UTC), False),  # midnight
    ],
)
def test_the_last_day_is_one_of_beijing(moment: datetime, timely: bool) -> None:
    day = (moment - BASE) / timedelta(days=1)
    found = figures(steps(1, (0, "assign"), (0, "receive"), (1, "dispose"), (day, "report")), on=date(2026, 5, 1))
    assert found == {"a": {"assigned": 1, "received": 1, "reported": 1, "on_time" if timely else "late": 1}}


def test_an_extension_counts_and_what_runs_is_neither() -> None:
    extended = (30, "ask"), (31, "grant", {"due": date(2026, 5, 1)})
    late = steps(1, (0, "assign"), (0, "receive"), *extended, (32, "dispose"), (55, "report"))
    running = steps(2, (0, "assign"), (0, "receive"), *extended)
    over = steps(3, (0, "assign"), (0, "receive"))
    refused = steps(4, (0, "assign"), (0, "receive"), (30, "ask"), (31, "refuse"))
    unsigned = steps(5, (0, "assign"))
    assert figures(late, running, over, refused, unsigned, on=date(2026, 4, 30)) == {
        "a": {"assigned": 5, "unsigned": 1, "received": 4, "reported": 1, "on_time": 1, "running": 1, "overdue": 2}
    }


def test_the_report_that_stands_counts() -> None:
    begun = ((0, "assign"), (0, "receive"), (1, "dispose"), (10, "report"))
    sent_back = steps(1, *begun, (11, "return"))
    again_late = steps(2, *begun, (11, "return"), (60, "report"))
    approved = steps(3, *begun, (11, "approve"), (40, "return"), (70, "report"), (71, "approve"))
    assert figures(sent_back, again_late, approved, on=date(2026, 6, 1)) == {
        "a": {"assigned": 3, "received": 3, "reported": 2, "on_time": 1, "late": 1, "overdue": 1, "sent_back": 2}
    }


def test_what_goes_elsewhere_is_counted_apart() -> None:
    other = (5, "assign", {"unit": "b"})
    handed_on = steps(1, (0, "assign"), (0, "receive"), other, (6, "receive", {"due": date(2026, 4, 27)}))
    given_back = steps(2, (0, "assign"), (1, "return", {"state": "confirmed"}))
    merged = steps(3, (0, "assign"), (0, "receive"), (2, "merge", {"state": "merged"}))
    back = steps(
        4, (0, "assign"), (0, "receive"), (2, "merge", {"state": "merged"}), (3, "unmerge", {"state": "received"})
    )
    assert figures(handed_on, given_back, merged, back) == {
        "a": {"assigned": 4, "gone": 3, "received": 1, "running": 1}, "b": {"assigned": 1, "received": 1, "running": 1},
    }  # fmt: skip


def test_what_the_check_says() -> None:
    def one(lead: int, *words: Measure) -> Iterator[Decision]:
        return steps(lead, (0, "assign"), (0, "receive"), (3, "dispose", measures(*words)))

    corrected = steps(
        4, (0, "assign"), (0, "receive"), (3, "dispose", measures(Measure.UNFOUNDED)), (4, "dispose", measures(Measure.FINE))
    )  # fmt: skip
    found = figures(one(1, Measure.RECTIFY), one(2, Measure.UNFOUNDED), one(3, Measure.CHECKED), corrected)
    assert found == {"a": {"assigned": 4, "received": 4, "running": 4, "confirmed": 2, "dismissed": 1}}


def test_since_and_the_whole() -> None:
    leads = [steps(1, (0, "assign"), (0, "receive")), steps(2, (9, "assign"))]
    assert figures(*leads, since=at(9)) == {"a": {"assigned": 1, "unsigned": 1}}
    assert summed([Handled(unit="a", assigned=2, late=1), Handled(unit="b", assigned=3)]) == Handled(
        unit="", assigned=5, late=1
    )
    assert handled([], DUE) == []
