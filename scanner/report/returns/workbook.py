"""Workbooks (XLSX) as bytes that repeat, with cells that cannot run.

Owns: how texts, numbers and notes get into cells, borders and fonts, printing on A4, the file's zip. Leaves to others: what
stands where (``grid``, ``register``).

A text is a text whatever it begins with: ``=``, ``+``, ``-``, ``@`` are written as strings, marked as such for whoever edits
the cell. There are no formulas, links or outside parts in a workbook of ours.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from scanner.report import cells
from scanner.report.excerpt import plain
from scanner.report.office import repacked

FONT = "宋体"
AUTHOR = "清网"
LINE = 1.35  # height of a line, in its font's size
PADDING = 6.0  # points above and below the lines of a cell, together
MONEY, WHOLE = "0.00", "0"
_BARRED = re.compile(r"[\\\[\]:*?/]")  # what no sheet may be called
_EDGE = Side(style="thin", color="FF000000")
BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a sheet: where it begins (from 1), how many rows and columns it takes, what stands in it."""

    row: int
    column: int
    value: str | int | Decimal | None
    rows: int = 1
    columns: int = 1
    size: float = 10
    bold: bool = False
    boxed: bool = True
    at: str = "center"  # left | center | right
    note: str = ""


def empty(title: str, when: datetime) -> tuple[Workbook, Worksheet]:
    """A workbook of one sheet. ``when``: the time that the file says it was made at."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _BARRED.sub(" ", plain(title))[:31]
    moment = when.replace(tzinfo=None, microsecond=0)
    book.properties.creator, book.properties.title = AUTHOR, plain(title)
    book.properties.created = book.properties.modified = moment
    return book, sheet


def put(sheet: Worksheet, block: Block) -> None:
    """Write a block, merged where it takes more than one cell."""
    cell = sheet.cell(block.row, block.column)
    assert isinstance(cell, Cell)
    _write(cell, block.value)
    if block.rows > 1 or block.columns > 1:
        last_row, last_column = block.row + block.rows - 1, block.column + block.columns - 1
        sheet.merge_cells(
            start_row=block.row, start_column=block.column, end_row=last_row, end_column=last_column
        )  # fmt: skip
    for row in range(block.row, block.row + block.rows):
        for column in range(block.column, block.column + block.columns):
            if block.boxed:
                sheet.cell(row, column).border = BOX
    cell.font = Font(name=FONT, size=block.size, bold=block.bold)
    cell.alignment = Alignment(horizontal=block.at, vertical="center", wrap_text=True)
    if block.note:
        cell.comment = _note(block.note)


def _write(cell: Cell, value: str | int | Decimal | None) -> None:
    if isinstance(value, str):
        cells.put(cell, value)
    elif value is not None:
        cell.value = value
        cell.number_format = MONEY if isinstance(value, Decimal) else WHOLE


def _note(text: str) -> Comment:
    lines = sum(max(1, math.ceil(wide(line) / 40)) for line in text.splitlines())
    return Comment(plain(text), AUTHOR, height=20 + 18 * lines, width=320)


def wide(text: str) -> int:
    """How wide a text is in half-width characters.

    >>> wide("罚款（万元）1"), wide("")
    (13, 0)
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def lines(text: str, width: float) -> int:
    """On how many lines a text of size 10 stands in a cell ``width`` (of the column) wide; a character is never cut."""
    room = max(2, math.floor(width - 1))
    return sum(max(1, math.ceil(wide(line) / (room - room % 2 or 2))) for line in text.split("\n"))


def height(most: int, size: float = 10) -> float:
    """The height of a row with so many lines, in points."""
    return min(409.0, most * size * LINE + PADDING)


def print_on_a4(sheet: Worksheet, *, landscape: bool, titles: tuple[int, int] | None, mark: str = "") -> None:
    """A4, as wide as the paper and as long as it gets; ``titles``: the rows repeated on every page."""
    page = sheet.page_setup
    page.paperSize, page.orientation = 9, "landscape" if landscape else "portrait"
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.75
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.print_options.horizontalCentered = True
    foot, head = sheet.oddFooter, sheet.oddHeader
    assert foot is not None
    assert head is not None
    foot.center.text = "第 &P 页，共 &N 页"
    if mark:
        head.center.text = mark
    if titles is not None:
        sheet.print_title_rows = f"{titles[0]}:{titles[1]}"


def widths(sheet: Worksheet, sizes: list[float]) -> None:
    for number, size in enumerate(sizes, 1):
        sheet.column_dimensions[get_column_letter(number)].width = size


def made(book: Workbook) -> bytes:
    """The file; the same content gives the same bytes."""
    out = io.BytesIO()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
    writer: Any = ExcelWriter(book, archive)  # not Workbook.save, which writes the present time
    writer.save()
    return repacked(out.getvalue())
