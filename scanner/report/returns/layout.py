"""Our Word templates of the monthly report and the summary: what an office sees when it copies one to word it for itself.

The monthly report: 案件信息、舆情监测、工作开展情况 (海安市 2018, section 7 (3)). The summary: the sections that 江西省“清网”行动
工作方案 (2020) 三（四） demands. The program fills in what it knows; everything else is a headed blank.

Owns: sections, sentences and tables, and where the names of ``facts`` stand in them. Leaves to others: looks (``sheet``), what is filled in
(``facts``, ``filling``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from docx.enum.text import WD_ALIGN_PARAGRAPH

from scanner.report import office
from scanner.report.sheet import HEAD, TITLE, WIDE, Sheet

_DATED = datetime(2026, 1, 1, tzinfo=UTC)  # of the template's own properties; a report has its own


@cache
def monthly() -> bytes:
    """Our template of the monthly report, as DOCX."""
    sheet = _begun("{{ month }}网络销售监测工作月报")
    sheet.head("线索情况")
    _leads(sheet)
    sheet.head("办理情况")
    _counted(sheet, "办理步骤", "线索数", "acts")
    sheet.when("not acts", lambda: sheet.line("本期没有办理。"))
    _units(sheet)
    sheet.head("案件和处置情况")
    _measures(sheet)
    sheet.line("重大案件和典型案例：{{ fill_in }}")
    sheet.head("投诉举报和舆情监测")
    sheet.line("本期收到线索：{{ opinion }}。")
    sheet.line("舆情情况和处置：{{ fill_in }}")
    sheet.head("问题和下一步打算")
    _late(sheet)
    sheet.line("{{ fill_in }}")
    return office.settled(sheet.document, title="月报", when=_DATED)


@cache
def summary() -> bytes:
    """Our template of the summary, as DOCX."""
    sheet = _begun("医疗器械“清网”行动工作总结")
    sheet.head("“清网”行动方案制定情况")
    sheet.lines("plans")
    sheet.line("{{ fill_in }}")
    sheet.head("监督检查情况")
    _leads(sheet)
    sheet.line("其中线索办理中的检查和处置见第三部分；日常监督检查、出动人员等不在线索里的数字{{ fill_in }}。")
    sheet.head("违法违规行为查处情况")
    _measures(sheet)
    sheet.line("典型案例：{{ fill_in }}")
    sheet.head("相关机制建立情况")
    _units(sheet)
    sheet.line("线索交办、行刑衔接、跨区域协查、部门协作等机制：{{ fill_in }}")
    sheet.head("存在的问题")
    _late(sheet)
    sheet.line("{{ fill_in }}")
    sheet.head("下一步工作建议")
    sheet.line("{{ fill_in }}")
    sheet.each("form", "forms", lambda: _annex(sheet))
    return office.settled(sheet.document, title="行动工作总结", when=_DATED)


TEMPLATES: Mapping[str, Callable[[], bytes]] = {"monthly": monthly, "summary": summary}


def _begun(title: str) -> Sheet:
    sheet = Sheet()
    sheet.line(title, size=22, font=TITLE, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    sheet.gap()
    sheet.line("填报单位：{{ unit }}　　填报人：{{ person }}", size=12, indent=False)
    sheet.line("统计期间：{{ since }}至{{ until }}（北京时间）", size=12, indent=False)
    sheet.each("line", "remarks", lambda: sheet.line("{{ line }}", size=12, indent=False))
    sheet.gap()
    return sheet


def _leads(sheet: Sheet) -> None:
    sheet.line("本期新增线索 {{ total }} 条（本局监测的，含还没有复核的）。")
    _counted(sheet, "来源", "条数", "sources")
    _counted(sheet, "事项", "条数", "matters")
    sheet.line("期末全部线索的状态：{{ states }}。")


def _counted(sheet: Sheet, head: str, count: str, name: str) -> None:
    columns = ((head, "{{ c.name }}", WIDE - 3), (count, "{{ c.count }}", 3.0))
    sheet.when(name, lambda: sheet.grid(columns, "c", name, right=(1,)))


def _units(sheet: Sheet) -> None:
    sheet.when("units", lambda: sheet.grid((
        ("单位", "{{ u.name }}", 3.8), ("交办次数", "{{ u.assigned }}", 2.0), ("反馈次数", "{{ u.reported }}", 2.0),
        ("按期反馈", "{{ u.on_time }}", 2.0), ("销号", "{{ u.closed }}", 1.3), ("期末待反馈", "{{ u.waiting }}", 2.4),
        ("期末超期", "{{ u.overdue }}", 2.1),
    ), "u", "units", right=range(1, 7)))  # fmt: skip
    sheet.when("not units", lambda: sheet.line("本期没有交办给单位的线索。"))


def _measures(sheet: Sheet) -> None:
    sheet.when("measures", lambda: sheet.grid((
        ("项目", "{{ m.name }}", 5.4), ("数字", "{{ m.value }}", 2.4), ("线索", "{{ m.leads }}", WIDE - 7.8),
    ), "m", "measures", right=(1,)))  # fmt: skip
    sheet.when("not measures", lambda: sheet.line("本期线索没有处置记录。"))


def _late(sheet: Sheet) -> None:
    sheet.when("late_leads", lambda: sheet.line("期末超期没有反馈的线索 {{ late }} 条：{{ late_leads }}。"))
    sheet.when("not late_leads", lambda: sheet.line("期末没有超期未反馈的线索。"))


def _annex(sheet: Sheet) -> None:
    sheet.page()
    sheet.line("附件{{ form.number }}", font=HEAD, indent=False, keep=True)
    sheet.line("{{ form.title }}", font=TITLE, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, keep=True)
    sheet.gap()
    sheet.cross("项目", "form.heads", "row", "form.rows")
