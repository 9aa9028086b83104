"""Who told it (举报人): shown and forgotten on the record only.

Owns: the order: the line in the journal (who, when, why) is on disk before anything is shown or deleted. Leaves to others: the file (``store.protected``), what is personal (``intake``).
"""

from __future__ import annotations

from typing import NamedTuple

from scanner import clock
from scanner.casework import lines
from scanner.casework.desk import Desk
from scanner.errors import UsageError
from scanner.model import Report, Reporter
from scanner.store.protected import Protected


class Known(NamedTuple):
    """A report of a lead, and who told it; None where nothing is kept (any more)."""

    report: Report
    reporter: Reporter | None


def see(desk: Desk, lead: int, *, who: str, why: str) -> list[Known]:
    """Who told the reports of a lead; the journal says that somebody looked. UsageError where nothing is kept."""
    reports = _reports(desk, lead)
    _line(desk, lines.SEEN, lead, reports, who, why)
    with Protected.at(desk.home.root) as protected:
        return [Known(report, protected.reporter(report.id)) for report in reports]


def forget(desk: Desk, lead: int, *, who: str, why: str) -> int:
    """Delete who told the reports of a lead, for good; how many there were."""
    reports = _reports(desk, lead)
    _line(desk, lines.FORGOTTEN, lead, reports, who, why)
    with Protected.at(desk.home.root) as protected:
        return protected.forget(report.id for report in reports)


def _reports(desk: Desk, lead: int) -> list[Report]:
    desk.book.lead(lead)  # says so where there is none
    reports = [report for report in desk.book.reports(lead) if report.protected]
    if not reports:
        raise UsageError(f"{lead} 号线索没有另存的举报人信息", where="LEAD")
    return reports


def _line(desk: Desk, event: str, lead: int, reports: list[Report], who: str, why: str) -> None:
    name = (who or desk.operator).strip()
    if not name:
        raise UsageError("没有写明谁办理", where="who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    if not why.strip():
        raise UsageError("没有写明理由", where="--why", hint="例如 --why 告知是否立案")
    told = {"lead": lead, "reports": [one.id for one in reports], "who": name, "why": why.strip()}
    desk.journal.append(event, {**told, "at": clock.stamp(clock.now())}).result()
