"""A report that an office goes on writing in: headings, sentences, tables, blanks (DOCX).

Owns: these pieces. Leaves to others: what they say (``monthly``, ``summary``), the empty document (``report.docx``), bytes that
repeat (``report.office``). Texts are text runs: nothing in them becomes a field or a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from scanner.report import office
from scanner.report.docx import blank
from scanner.report.excerpt import plain

FILL_IN = "（由填报单位填写）"


class Paper:
    """A document in the making."""

    def __init__(self, title: str, lines: Iterable[str], mark: str) -> None:
        self._title = title
        self._document = blank(mark)
        head = self._document.add_paragraph()
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = head.add_run(plain(title))
        run.bold, run.font.size = True, Pt(18)
        for line in lines:
            self._document.add_paragraph().add_run(plain(line))

    def head(self, text: str) -> None:
        self._document.add_heading(plain(text), 1)

    def say(self, text: str) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(21)
        paragraph.add_run(plain(text))

    def fill_in(self, what: str = "") -> None:
        """Room for what the program cannot know."""
        self.say(f"{what}{FILL_IN}")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[float]) -> None:
        """A table; numbers and their heads to the right. ``widths`` in centimetres."""
        table: Any = self._document.add_table(rows=1, cols=len(heads))
        table.style, table.autofit = "Table Grid", False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        lines = list(rows)
        numbers = [bool(lines) and not any(isinstance(row[at], str) for row in lines) for at in range(len(heads))]
        self._cells(table.rows[0].cells, heads, widths, numbers, bold=True)
        for row in lines:
            self._cells(table.add_row().cells, row, widths, numbers)
        self._document.add_paragraph()

    def _cells(
        self,
        cells: Any,
        texts: Sequence[object],
        widths: Sequence[float],
        numbers: Sequence[bool],
        *,
        bold: bool = False,
    ) -> None:
        for cell, text, width, number in zip(cells, texts, widths, numbers, strict=True):
            cell.width = Cm(width)
            run = cell.paragraphs[0].add_run(plain(str(text)))
            run.bold, run.font.size = bold, Pt(9.5)
            if number:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def made(self, when: datetime) -> bytes:
        """The file; the same content gives the same bytes."""
        return office.settled(self._document, title=self._title, when=when)


def day(one: date) -> str:
    """A day for people.

    >>> day(date(2026, 11, 5))
    '2026年11月5日'
    """
    return f"{one.year}年{one.month}月{one.day}日"
