"""The journal's lines of casework, and back into the book.

Owns: the shape of a ``decision`` line (flat: every field of the step, with whose lead it is and which findings it held, so
that the journal alone tells the story) and of a ``report`` line (every field of the report, who took it when, the leads it
went to), and booking such a line. Leaves to others: when a line is written (``desk``, ``reports``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from scanner import clock
from scanner.casework import blind
from scanner.errors import InputError
from scanner.evidence import digest, restore
from scanner.evidence.journal.chain import Line
from scanner.leads.same.book import statement
from scanner.model import Act, Decision, Lead, Report
from scanner.store.book import Book
from scanner.store.reports import Went

DECISION, REPORT = "decision", "report"
SAME_SELLER = "same_seller"
SEEN, FORGOTTEN = "reporter_seen", "reporter_forgotten"
_FIELDS = tuple(field.name for field in fields(Decision))
_REPORT = tuple(field.name for field in fields(Report))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLD = {"confirmed": Act.CONFIRM, "dismissed": Act.DISMISS, "closed": Act.CLOSE, "open": Act.REOPEN}


def of(decision: Decision, lead: Lead) -> dict[str, Any]:
    """The data of the line for a step with a lead."""
    about = {"storefront": lead.storefront, "seller": lead.seller, "matter": lead.matter.value}
    return {**digest.plain(decision), **about, "findings": [finding.id for finding in lead.findings]}


def decision_of(data: Mapping[str, Any]) -> Decision:
    """The step that a line tells of; lines of before casework had but the first five fields. Raises InputError."""
    whole = {name: data[name] for name in _FIELDS if name in data}
    if "act" not in data:
        rest = Decision(lead=1, state="", who="", when=_EPOCH, act=_OLD.get(str(data.get("state")), Act.NOTE))
        whole = {**digest.plain(rest), **whole}
    made: Decision = restore.value(Decision, whole)
    return made


def of_report(report: Report, went: Sequence[Went], who: str, at: datetime) -> dict[str, Any]:
    """The data of the line for a report that is taken."""
    return {
        **digest.plain(report),
        "who": who,
        "at": clock.stamp(at),
        "leads": [digest.plain(one._asdict()) for one in went],
    }


def report_of(data: Mapping[str, Any]) -> tuple[Report, datetime]:
    """The report that a line tells of, and when it was taken. Raises InputError."""
    made: Report = restore.value(Report, {name: data[name] for name in _REPORT if name in data})
    return made, restore.value(datetime, data.get("at"))


def book(opened: Book, line: Line) -> bool:
    """Put into the book what a line of casework says; whether it was one."""
    try:
        if line.event == DECISION:
            opened.decide(decision_of(line.data))
        elif line.event == REPORT:
            report, at = report_of(line.data)
            opened.take_report(report, at=at)
        elif line.event == SAME_SELLER:
            opened.say_same(statement(line.data))
        else:
            return blind.book(opened, line)
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"日志第 {line.seq} 行：{getattr(error, 'message', error)}", where="journal.jsonl") from error
    return True
