"""The names that the templates of the monthly report and the summary may use, and their values.

Owns: :data:`NAMES` (every name with what it is, and the columns of its rows) and :func:`names`, which fills them. Leaves to others: figures
(``leads.returns``), which sentence a name stands in (``layout``, or the office's own template).

What the program cannot know is ``fill_in``; a list without rows is empty, so that a template says itself what then stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scanner.leads.returns.cells import Cell, Place
from scanner.leads.returns.forms import Form
from scanner.leads.returns.overview import TOTALS
from scanner.leads.states import ACTS, WORDS
from scanner.model import Act, LeadSource, Matter
from scanner.report import words

if TYPE_CHECKING:
    from scanner.report.returns.narrative import Told

NAMED = 30  # leads named in a row
FILL_IN = "（由填报单位填写）"
OPINION = (LeadSource.OPINION, LeadSource.COMPLAINT, LeadSource.TIP)
PLANS = ("plan", "action-plan", "base-register")  # items of the calendar that say whether there is a plan
SHOWN_ACTS = (
    Act.CONFIRM, Act.DISMISS, Act.ASSIGN, Act.RECEIVE, Act.DISPOSE, Act.REPORT, Act.APPROVE, Act.RETURN, Act.CLOSE,
)  # fmt: skip
_COUNTED = ("name", "count")
_UNITS = ("name", "assigned", "reported", "on_time", "closed", "waiting", "overdue")

# Every name -> what it is; the columns where it is rows.
NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mark_says": ("演示或者演练的标记，真实数据为空", ()),
    "fill_in": ("空白，写明由填报单位填写", ()),
    "unit": ("填报单位", ()),
    "person": ("填报人", ()),
    "since": ("统计期间的第一天", ()),
    "until": ("统计期间的最后一天", ()),
    "month": ("统计期间第一天所在的月份", ()),
    "remarks": ("只计一个单位的：计入哪些、没有计入什么；全部的为空（可以循环）", ()),
    "total": ("本期新增线索的条数", ()),
    "sources": ("新增线索按来源（可以循环）", _COUNTED),
    "matters": ("新增线索按事项（可以循环）", _COUNTED),
    "states": ("期末全部线索的状态，一句话", ()),
    "acts": ("本期办理的各步骤（可以循环）", _COUNTED),
    "units": ("各单位的交办、反馈、超期（可以循环）", _UNITS),
    "measures": ("处置合计，不为零的（可以循环）", ("name", "value", "leads")),
    "opinion": ("舆情监测、投诉举报收到的线索，一句话", ()),
    "late": ("期末超期没有反馈的线索数", ()),
    "late_leads": ("期末超期没有反馈的线索编号", ()),
    "plans": ("方案、底数的报送情况（可以循环）", ()),
    "forms": ("附表；rows 可以再循环，每行有 name 和 figures", ("number", "title", "heads", "rows")),
}  # fmt: skip


def names(told: Told) -> dict[str, Any]:
    """The values of all :data:`NAMES`: texts, lists of texts, rows of texts."""
    known, period = told.overview, told.period
    made = {
        "mark_says": f"【{told.mark}】" if told.mark else "", "fill_in": FILL_IN, "unit": told.unit or FILL_IN,
        "person": told.person or FILL_IN, "since": words.day(period.since), "until": words.day(period.until),
        "month": f"{period.since.year}年{period.since.month}月", "remarks": list(told.remarks), "total": str(known.total),
        "sources": _counted((words.said(one), known.opened.get(one, 0)) for one in LeadSource),
        "matters": _counted((words.said(one), known.matters.get(one, 0)) for one in Matter),
        "states": "，".join(f"{said} {known.states[one]} 条" for one, said in WORDS.items() if known.states.get(one)) or "没有线索",
        "acts": _counted((ACTS[act], known.acts.get(act, 0)) for act in SHOWN_ACTS), "units": _units(told),
        "measures": _measures(told), "opinion": "，".join(f"{words.said(one)} {known.opened.get(one, 0)} 条" for one in OPINION),
        "late": str(len(known.late)), "late_leads": _named(known.late), "plans": _plans(told),
        "forms": [_form(number, form, cells, told) for number, (form, cells) in enumerate(told.forms, 1)],
    }  # fmt: skip
    assert made.keys() == NAMES.keys()
    return made


def _counted(rows: Any) -> list[dict[str, str]]:
    return [{"name": name, "count": str(count)} for name, count in rows if count]


def _units(told: Told) -> list[dict[str, str]]:
    return [
        {"name": told.unit_name(unit)} | {field: str(getattr(work, field)) for field in _UNITS[1:]}
        for unit, work in told.overview.units.items()
    ]


def _measures(told: Told) -> list[dict[str, str]]:
    found = ((column, told.totals.cells["all", column.id]) for column in TOTALS.columns)
    return [
        {"name": column.name, "value": _said(cell.value), "leads": _behind(cell)}
        for column, cell in found
        if cell.value
    ]


def _behind(cell: Cell) -> str:
    same = "；".join(map(_named, cell.together[:NAMED])) + ("……" if len(cell.together) > NAMED else "")
    return _named(cell.leads) + (f"\n同一企业的几个店铺只计一家：{same}" if same else "")


def _plans(told: Told) -> list[str]:
    return [
        f"{due.item.name}（{words.day(due.due)}前报送）："
        + (f"{words.day(due.filed)}报出。" if due.filed is not None else "没有报送记录。")
        for due in told.dues if due.item.id in PLANS
    ]  # fmt: skip


def _form(number: int, form: Form, cells: Mapping[Place, Cell], told: Told) -> dict[str, Any]:
    """A form turned on its side: its columns are lines, for a page is narrow."""
    return {
        "number": str(number), "title": form.titled(told.period.until.year), "heads": [row.name for row in form.rows],
        "rows": [
            {"name": f"{column.group}：{column.name}" if column.group else column.name,
             "figures": [_said(cells[row.id, column.id].value) for row in form.rows]}
            for column in form.columns
        ],
    }  # fmt: skip


def _said(value: int | Decimal | str | None) -> str:
    return "" if value is None else str(value)


def _named(leads: Sequence[int]) -> str:
    more = f"……共 {len(leads)} 条" if len(leads) > NAMED else ""
    return ", ".join(map(str, leads[:NAMED])) + more  # breaks between numbers, which 、 does not everywhere
