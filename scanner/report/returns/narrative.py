"""The monthly report (月报), and the summary of an action (工作总结), as documents that an office goes on writing in.

The monthly report: 案件信息、舆情监测、工作开展情况 (海安市 2018, section 7 (3)). The summary: the sections that 江西省“清网”行动
工作方案 (2020) 三（四） demands. The program fills in what it knows; everything else is a headed blank.

Owns: sections, sentences and tables. Leaves to others: figures (``leads.returns``), pieces of a document (``paper``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scanner.leads.returns.calendar import Due
from scanner.leads.returns.cells import Cell, Counted, Period, Place
from scanner.leads.returns.forms import Form
from scanner.leads.returns.overview import TOTALS, Overview
from scanner.leads.states import ACTS, WORDS
from scanner.model import Act, LeadSource, Matter
from scanner.report import words
from scanner.report.returns.paper import FILL_IN, Paper, day

NAMED = 30  # leads named in a row
OPINION = (LeadSource.OPINION, LeadSource.COMPLAINT, LeadSource.TIP)
SHOWN_ACTS = (
    Act.CONFIRM, Act.DISMISS, Act.ASSIGN, Act.RECEIVE, Act.DISPOSE, Act.REPORT, Act.APPROVE, Act.RETURN, Act.CLOSE,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What both documents are made of. ``unit_name``: how a unit is called by its id; ``forms``: forms with their figures;
    ``dues``: what the calendar says of the time."""

    period: Period
    unit: str
    person: str
    overview: Overview
    totals: Counted
    made: datetime
    mark: str = ""
    unit_name: Callable[[str], str] = str
    forms: Sequence[tuple[Form, Mapping[Place, Cell]]] = ()
    dues: Sequence[Due] = ()
    remarks: Sequence[str] = ()  # whose figures, what is left out


def monthly(told: Told) -> bytes:
    """The monthly report as DOCX."""
    since = told.period.since
    paper = _begun(told, f"{since.year}年{since.month}月网络销售监测工作月报")
    paper.head("一、线索情况")
    _leads(paper, told)
    paper.head("二、办理情况")
    _acts(paper, told)
    _units(paper, told)
    paper.head("三、案件和处置情况")
    _measures(paper, told)
    paper.fill_in("重大案件和典型案例：")
    paper.head("四、投诉举报和舆情监测")
    got = "，".join(f"{words.said(one)} {told.overview.opened.get(one, 0)} 条" for one in OPINION)
    paper.say(f"本期收到线索：{got}。")
    paper.fill_in("舆情情况和处置：")
    paper.head("五、问题和下一步打算")
    _late(paper, told)
    paper.fill_in()
    return paper.made(told.made)


def summary(told: Told) -> bytes:
    """The summary of an action as DOCX."""
    paper = _begun(told, "医疗器械“清网”行动工作总结")
    paper.head("一、“清网”行动方案制定情况")
    plans = [due for due in told.dues if due.item.id in ("plan", "action-plan", "base-register")]
    for due in plans:
        filed = f"{day(due.filed)}报出" if due.filed is not None else "没有报送记录"
        paper.say(f"{due.item.name}（{day(due.due)}前报送）：{filed}。")
    paper.fill_in()
    paper.head("二、监督检查情况")
    _leads(paper, told)
    paper.say("其中线索办理中的检查和处置见第三部分；日常监督检查、出动人员等不在线索里的数字" + FILL_IN + "。")
    paper.head("三、违法违规行为查处情况")
    _measures(paper, told)
    paper.fill_in("典型案例：")
    paper.head("四、相关机制建立情况")
    _units(paper, told)
    paper.fill_in("线索交办、行刑衔接、跨区域协查、部门协作等机制：")
    paper.head("五、存在的问题")
    _late(paper, told)
    paper.fill_in()
    paper.head("六、下一步工作建议")
    paper.fill_in()
    for number, (form, cells) in enumerate(told.forms, 1):
        paper.head(f"附件{number}　{form.titled(told.period.until.year)}")
        _form(paper, form, cells)
    return paper.made(told.made)


def _begun(told: Told, title: str) -> Paper:
    lines = (
        f"填报单位：{told.unit or FILL_IN}　　填报人：{told.person or FILL_IN}",
        f"统计期间：{day(told.period.since)}至{day(told.period.until)}（北京时间）",
    )
    return Paper(title, (*lines, *told.remarks), told.mark)


def _leads(paper: Paper, told: Told) -> None:
    known = told.overview
    paper.say(f"本期新增线索 {known.total} 条（本局监测的，含还没有复核的）。")
    sources = [(words.said(one), known.opened[one]) for one in LeadSource if known.opened.get(one)]
    matters = [(words.said(one), known.matters[one]) for one in Matter if known.matters.get(one)]
    for head, rows in (("来源", sources), ("事项", matters)):
        if rows:
            paper.table((head, "条数"), rows, (9.0, 3.0))
    stands = "，".join(f"{said} {known.states[state]} 条" for state, said in WORDS.items() if known.states.get(state))
    paper.say(f"期末全部线索的状态：{stands or '没有线索'}。")


def _acts(paper: Paper, told: Told) -> None:
    acts = [(ACTS[act], told.overview.acts[act]) for act in SHOWN_ACTS if told.overview.acts.get(act)]
    if acts:
        paper.table(("办理步骤", "线索数"), acts, (9.0, 3.0))
    else:
        paper.say("本期没有办理。")


def _units(paper: Paper, told: Told) -> None:
    if not told.overview.units:
        paper.say("本期没有交办给单位的线索。")
        return
    paper.table(
        ("单位", "交办次数", "反馈次数", "按期反馈", "销号", "期末待反馈", "期末超期"),
        [
            (told.unit_name(unit), one.assigned, one.reported, one.on_time, one.closed, one.waiting, one.overdue)
            for unit, one in told.overview.units.items()
        ],
        (5.0, 2.0, 2.0, 2.0, 1.4, 2.4, 2.2),
    )  # fmt: skip


def _measures(paper: Paper, told: Told) -> None:
    rows = []
    for column in TOTALS.columns:
        cell = told.totals.cells["all", column.id]
        if cell.value:
            rows.append((column.name, cell.value, _named(cell.leads)))
    if rows:
        paper.table(("项目", "数字", "线索"), rows, (6.0, 2.4, 8.6))
    else:
        paper.say("本期线索没有处置记录。")


def _late(paper: Paper, told: Told) -> None:
    if told.overview.late:
        paper.say(f"期末超期没有反馈的线索 {len(told.overview.late)} 条：{_named(told.overview.late)}。")
    else:
        paper.say("期末没有超期未反馈的线索。")


def _form(paper: Paper, form: Form, cells: Mapping[Place, Cell]) -> None:
    """A form turned on its side: its columns are lines, for a page is narrow."""
    heads = ("项目", *(row.name for row in form.rows))
    rows = [
        (f"{column.group}：{column.name}" if column.group else column.name,
         *(_said(cells[row.id, column.id].value) for row in form.rows))
        for column in form.columns
    ]  # fmt: skip
    rest = 11.0 / len(form.rows)
    paper.table(heads, rows, (6.0, *(rest for _ in form.rows)))


def _said(value: int | Decimal | str | None) -> object:
    return "" if value is None else value


def _named(leads: Sequence[int]) -> str:
    more = f"……共 {len(leads)} 条" if len(leads) > NAMED else ""
    return ", ".join(map(str, leads[:NAMED])) + more  # breaks between numbers, which 、 does not everywhere
