"""The scorecard of platforms as a workbook (XLSX): one row a figure of a platform, with counts and intervals,
beside the period before; one sheet of late re-checks.

Owns: rows, cells that cannot run, a file that repeats. Leaves to others: every figure (``leads.dossier.platforms``).

Texts come from pages: each is written as a string whatever it begins with, and marked as one for whoever edits the cell.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from scanner import clock
from scanner.report import cells
from scanner.report.office import repacked
from scanner.report.words import DUTY_STATES, STANDINGS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from scanner.leads.dossier.cards import Card, Figures, Scorecard
    from scanner.leads.interval import Share

CUT = 32_000  # characters of a cell; Excel takes 32,767
HOSTS = 3  # named; a platform may have thousands
WIDTHS = (14.0, 30.0, 44.0, 34.0, 34.0)
NOTE = (
    "比例后面是 分子/分母 和 95% 区间（Wilson）；未能判断的（没有取到、无法辨认、没有检查）不在分母里，另列。",
    "在架天数：从线索交办或者移送那天（没有交办的从发现那天）算起；复查见到已下架的按复查那天，最多这么多天；还在架的按最近见到那天，至少这么多天。",
    "中位数把还在架的也算进去（Kaplan–Meier）；空格表示一半以上还在架，或者没有。",
    "半年核验只说我们自己最近一次看经营者页的时间；平台内部有没有核验，从外面看不到。",
)


def xlsx(found: Scorecard, *, made: datetime, mark: str = "") -> bytes:
    """The workbook; the same figures give the same bytes. ``mark``: 演练 or 演示数据."""
    book = Workbook()
    book.properties.creator, book.properties.title = "清网", "平台记分"
    book.properties.created = book.properties.modified = made.replace(tzinfo=None, microsecond=0)
    sheet: Any = book.active
    sheet.title = "平台记分"
    last = clock.day(found.end - (found.end - found.start) / 10**6)
    period = f"{clock.day(found.start)} 至 {last}"
    _row(sheet, [f"平台记分 {period}{f'（{mark}）' if mark else ''}"], bold=True)
    for note in NOTE:
        _row(sheet, [note])
    _row(sheet, ["平台", "网址", "项目", "本期", "上期"], bold=True)
    for card in found.cards:
        for (name, value), (_, before) in zip(items(card.now), items(card.earlier), strict=True):
            _row(sheet, [card.name, _hosts(card), name, value, before])
    head = len(NOTE) + 2
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    sheet.auto_filter.ref = f"A{head}:E{sheet.max_row}"
    sheet.print_title_rows = f"{head}:{head}"
    late: Any = book.create_sheet("半年没有再看的")
    _row(late, ["平台", "经营者"], bold=True)
    for card in found.cards:
        for key in card.now.recheck.late:
            _row(late, [card.name, key.replace("\n", "|")])
    for each in (sheet, late):
        _paper(each, mark)
    return _file(book)


def items(figures: Figures) -> Iterable[tuple[str, str | int | float | None]]:
    """(what, how much) of a platform in one period, in the order in which they are shown."""
    yield "经营者", figures.shops
    yield "商品页", figures.listings
    for duty in figures.duties:
        yield f"展示：{duty.what}", percent(duty.shown)
        yield f"未能判断：{duty.what}", _counts(duty.untold, {one.value: word for one, word in DUTY_STATES.items()})
    yield "编号查不到、已注销、不合规则的商品页", percent(figures.numbers.unregistered)
    yield "其中", _counts(figures.numbers.standings, {one.value: word for one, word in STANDINGS.items()})
    yield "依据", _counts(figures.numbers.sources, {"form": "编号本身"})
    yield "登记里无法判断的商品页", figures.numbers.cannot_say
    down = figures.taken_down
    yield "查实的商品页", down.known
    yield "已下架", down.gone
    yield "下架天数（中位数）", down.days_gone
    yield "还在架", down.up
    yield "在架至少天数（中位数）", down.days_up
    yield "在架最长（天）", down.longest
    yield "没有再看", down.not_looked_at
    yield "在架天数中位数（含还在架的）", down.days
    yield "重新上架（同一页面）", figures.relisted_same
    yield "重新上架（相似商品）", figures.relisted_similar
    yield "半年内看过资质的经营者", percent(figures.recheck.within)
    yield "没有看过经营者页的", figures.recheck.never


def _hosts(card: Card) -> str:
    more = f" 等 {len(card.hosts)} 个" if len(card.hosts) > HOSTS else ""
    return "、".join(card.hosts[:HOSTS]) + more


def percent(found: Share) -> str:
    """A share for people, with its counts and interval.

    >>> from scanner.leads.interval import share
    >>> percent(share(9, 10)), percent(share(0, 0))
    ('90.0%（9/10，59.6%–98.2%）', '—（0）')
    """
    if found.rate is None or found.low is None or found.high is None:
        return "—（0）"
    return f"{found.rate:.1%}（{found.hits}/{found.of}，{found.low:.1%}–{found.high:.1%}）"


def _counts(found: Mapping[str, int], words: Mapping[str, str]) -> str:
    return "、".join(f"{words.get(word, word)} {number}" for word, number in sorted(found.items())) or "—"


def _row(sheet: Worksheet, values: Sequence[str | int | float | None], *, bold: bool = False) -> None:
    # Not append(): it takes a text that begins with = for a formula.
    row = _next(sheet)
    for column, value in enumerate(values, 1):
        cell: Any = sheet.cell(row, column)
        if isinstance(value, str):
            cells.put(cell, value[:CUT])
        else:
            cell.value = value
        cell.font = Font(name="宋体", size=10, bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=len(values) > 1)


def _next(sheet: Worksheet) -> int:
    return 1 if sheet.max_row == 1 and sheet.cell(1, 1).value is None else sheet.max_row + 1


def _paper(sheet: Any, mark: str) -> None:
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    page = sheet.page_setup
    page.paperSize, page.orientation, page.fitToWidth, page.fitToHeight = 9, "landscape", 1, 0  # A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if mark:
        sheet.oddHeader.center.text = mark


def _file(book: Workbook) -> bytes:
    out = io.BytesIO()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
    writer: Any = ExcelWriter(book, archive)  # not Workbook.save, which writes the present time
    writer.save()
    return repacked(out.getvalue())
