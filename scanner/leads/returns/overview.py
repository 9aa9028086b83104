"""An overview (概况) of leads over some days, as monthly report and summary tell it.

Owns: how many came in and of whom, how they stand at the end, what each unit did in time. Leaves to others: the measures, which
are figures of a form (``figures``), words and layout (``report.returns``). Pure; leads are held without their findings.

As things stood at the end of the period: the book's own state, unit and term of a lead are those of today and not asked.
Counted here are leads, merged ones too, not matters as in the forms. Of one unit (``within``) those that it had at the end, and the
steps that were taken while it had them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scanner import clock
from scanner.leads.returns.cells import NONE_LEFT, Left, Period, everyone
from scanner.leads.returns.forms import Column, Form, Row
from scanner.leads.states import WAITING
from scanner.model import Act, Decision, Lead, LeadSource, Matter, Measure, Transfer

# All that dispositions came to, whatever the product and the source.
TOTALS = Form(
    id="totals", title="处置合计", rows=(Row(id="all", label=("合计",)),),
    columns=(
        Column(id="checked", name="检查企业数", count="sellers", measures=(Measure.CHECKED, Measure.UNFOUNDED)),
        Column(id="unfounded", name="核查不属实的线索", count="matters", measures=(Measure.UNFOUNDED,)),
        Column(id="rectified", name="责令改正企业数", count="sellers", measures=(Measure.RECTIFY,)),
        Column(id="talks", name="约谈企业数", count="sellers", measures=(Measure.TALK,)),
        Column(id="cases", name="查处违法违规案件数", count="cases", measures=(Measure.CASE,)),
        Column(id="warnings", name="警告", count="matters", measures=(Measure.WARNING,)),
        Column(id="fines", name="罚款（万元）", count="money", fields=("fine",)),
        Column(id="income", name="没收违法所得（万元）", count="money", fields=("income",)),
        Column(id="goods", name="没收非法财物", count="matters", measures=(Measure.GOODS,)),
        Column(id="suspended", name="责令停产停业企业数", count="sellers", measures=(Measure.SUSPENSION,)),
        Column(id="licences", name="吊销许可证（张）", count="licences"),
        Column(id="persons", name="处罚主要责任人", count="persons"),
        Column(id="exposed", name="公开曝光企业数", count="sellers", measures=(Measure.EXPOSURE,)),
        Column(id="dishonest", name="列入严重违法失信名单企业数", count="sellers", measures=(Measure.DISHONEST,)),
        Column(id="abnormal", name="列入经营异常名录企业数", count="sellers", measures=(Measure.ABNORMAL,)),
        Column(id="police", name="移送公安机关案件数", count="matters", transfers=(Transfer.POLICE,)),
        Column(id="telecom", name="移送网信、通信主管部门网站数", count="sites", transfers=(Transfer.TELECOM,)),
        Column(id="health", name="移交卫生主管部门线索数", count="matters", transfers=(Transfer.HEALTH,)),
        Column(id="customs", name="移交海关部门线索数", count="matters", transfers=(Transfer.CUSTOMS,)),
        Column(id="discipline", name="移交纪检部门线索数", count="matters", transfers=(Transfer.DISCIPLINE,)),
        Column(id="areas", name="移送外地监管部门线索数", count="matters", transfers=(Transfer.AREA,)),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWork:
    """What one unit had and did in the period. ``on_time``: of ``reported`` those by their last day; ``waiting``: what it owes a
    result for at the end, ``overdue`` those past their last day."""

    assigned: int = 0
    reported: int = 0
    on_time: int = 0
    closed: int = 0
    waiting: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """``opened``: leads of the period by source, ``matters`` by matter; ``acts``: leads with which a step was taken in the period;
    ``states``: all leads there were by the end, as they stood; ``late``: overdue ones by number."""

    opened: Mapping[LeadSource, int]
    matters: Mapping[Matter, int]
    acts: Mapping[Act, int]
    states: Mapping[str, int]
    units: Mapping[str, UnitWork]
    late: tuple[int, ...]
    left: Left = NONE_LEFT

    @property
    def total(self) -> int:
        return sum(self.opened.values())


@dataclass(slots=True)
class _Known:
    lead: Lead
    state: str = "open"
    unit: str = ""
    due: date | None = None
    acts: set[Act] = field(default_factory=set)


def overview(
    leads: Iterable[Lead], steps: Iterable[Decision], period: Period, within: Callable[[str], bool] = everyone
) -> Overview:
    """What happened in the period. ``leads`` without findings; ``steps`` of each lead oldest first; ``within``: whether a unit's
    work, by its id ("": no unit's), counts."""
    known = {lead.number: _Known(lead) for lead in leads if lead.opened < period.end}
    work: dict[str, Counter[str]] = {}
    for step in steps:
        if step.when < period.end and (one := known.get(step.lead)) is not None:
            if step.when >= period.begin and within(step.unit if step.act is Act.ASSIGN else one.unit):
                one.acts.add(step.act)
                _worked(work, one, step)
            _take(one, step)
    ours = {number: one for number, one in known.items() if within(one.unit)}
    new = [one.lead for one in ours.values() if one.lead.opened >= period.begin]
    late = tuple(sorted(number for number, one in ours.items() if _stands(work, one, period.until)))
    return Overview(
        opened=Counter(lead.source for lead in new), matters=Counter(lead.matter for lead in new),
        states=Counter(one.state for one in ours.values()), acts=Counter(act for one in known.values() for act in one.acts),
        units={unit: UnitWork(**counts) for unit, counts in sorted(work.items())}, late=late, left=_left(known, ours),
    )  # fmt: skip


def _left(known: Mapping[int, _Known], ours: Mapping[int, _Known]) -> Left:
    others = [(number, bool(one.unit)) for number, one in sorted(known.items()) if number not in ours]
    return Left(others=tuple(n for n, held in others if held), nobody=tuple(n for n, held in others if not held))


def _take(one: _Known, step: Decision) -> None:
    one.state = step.state
    match step.act:
        case Act.ASSIGN:
            one.unit, one.due = step.unit, None
        case Act.RECEIVE | Act.GRANT:
            one.due = step.due
        case Act.RETURN if step.state == "confirmed":
            one.unit, one.due = "", None


def _worked(work: dict[str, Counter[str]], one: _Known, step: Decision) -> None:
    unit = step.unit if step.act is Act.ASSIGN else one.unit
    if not unit:
        return
    mine = work.setdefault(unit, Counter())
    match step.act:
        case Act.ASSIGN:
            mine["assigned"] += 1
        case Act.REPORT:
            mine["reported"] += 1
            mine["on_time"] += one.due is not None and clock.day(step.when) <= one.due
        case Act.CLOSE:
            mine["closed"] += 1


def _stands(work: dict[str, Counter[str]], one: _Known, on: date) -> bool:
    """Whether a lead is overdue; counts it with its unit."""
    if one.state not in WAITING or not one.unit:
        return False
    late = one.due is not None and one.due < on
    mine = work.setdefault(one.unit, Counter())
    mine["waiting"] += 1
    mine["overdue"] += late
    return late
