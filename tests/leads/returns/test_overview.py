from __future__ import annotations

from datetime import date

from scanner.leads.returns.cells import Left
from scanner.leads.returns.overview import UnitWork, overview
from scanner.model import Act, LeadSource, Matter
from tests.leads.returns.making import SPRING, lead, step


def test_a_unit_has_what_was_assigned_and_reported_in_time_or_not() -> None:
    leads = [lead(n) for n in range(1, 6)]
    due = date(2026, 5, 1)
    steps = [
        one
        for number, reported in ((1, "05-01"), (2, "05-02"), (3, None), (4, None))
        for one in (
            step(number, Act.ASSIGN, "03-05", "assigned", unit="360100"),
            step(number, Act.RECEIVE, "03-12", "received", due=due if number != 4 else date(2026, 6, 30)),
            *([step(number, Act.REPORT, reported, "reported")] if reported else []),
        )
    ]
    steps += [step(1, Act.CLOSE, "05-20", "closed"), step(5, Act.CONFIRM, "06-02", "confirmed")]
    found = overview(leads, steps, SPRING)
    assert found.units == {
        "360100": UnitWork(assigned=4, reported=2, on_time=1, closed=1, waiting=2, overdue=1),
    }
    assert found.late == (3,)
    assert found.states == {"closed": 1, "reported": 1, "received": 2, "open": 1}
    assert found.acts[Act.REPORT] == 2


def test_an_extension_moves_the_last_day_and_a_return_takes_the_unit_away() -> None:
    steps = [
        step(1, Act.ASSIGN, "03-05", "assigned"), step(1, Act.RECEIVE, "03-06", "received", due=date(2026, 4, 25)),
        step(1, Act.GRANT, "04-20", "received", due=date(2026, 6, 1)),
        step(2, Act.ASSIGN, "03-05", "assigned"), step(2, Act.RECEIVE, "03-06", "received", due=date(2026, 4, 25)),
        step(2, Act.RETURN, "04-20", "confirmed"),
    ]  # fmt: skip
    found = overview([lead(1), lead(2)], steps, SPRING)
    assert (found.late, found.units["u"].waiting) == ((), 1)


def test_of_one_unit_are_the_leads_that_it_has_and_the_steps_taken_while_it_had_them() -> None:
    leads = [
        lead(n, source=source)
        for n, source in enumerate((LeadSource.NATIONAL, LeadSource.OWN, LeadSource.OWN, LeadSource.TIP), 1)
    ]
    steps = [
        step(1, Act.CONFIRM, "03-03", "confirmed"), step(1, Act.ASSIGN, "03-05", "assigned"),
        step(1, Act.RECEIVE, "03-06", "received", due=date(2026, 4, 25)),
        step(2, Act.ASSIGN, "03-05", "assigned"), step(2, Act.RETURN, "03-06", "confirmed"), step(2, Act.ASSIGN, "03-07", "assigned", unit="v"),
        step(3, Act.ASSIGN, "03-05", "assigned", unit="v"),
    ]  # fmt: skip
    found = overview(leads, steps, SPRING, lambda unit: unit == "u")
    assert (found.opened, found.states, found.late) == ({LeadSource.NATIONAL: 1}, {"received": 1}, (1,))
    assert found.acts == {Act.ASSIGN: 2, Act.RECEIVE: 1, Act.RETURN: 1}
    assert found.units == {"u": UnitWork(assigned=2, waiting=1, overdue=1)}
    assert found.left == Left(others=(2, 3), nobody=(4,))


def test_leads_of_the_period_by_source_and_matter() -> None:
    leads = [
        lead(1, source=LeadSource.NATIONAL), lead(2, opened="02-27"), lead(3, opened="06-01"), lead(4, matter=Matter.DISPLAY),
    ]  # fmt: skip
    found = overview(leads, [], SPRING)
    assert found.opened == {LeadSource.NATIONAL: 1, LeadSource.OWN: 1}
    assert found.matters == {Matter.CLAIM: 1, Matter.DISPLAY: 1}
    assert sum(found.states.values()) == 3
