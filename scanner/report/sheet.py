"""A Word template of ours in the making: lines, loops and tables in Jinja's names, one below the other.

Owns: looks. Paper and type sizes follow GB/T 9704 (党政机关公文格式): A4, 三号仿宋, 二号 title, heads in 黑体. Leaves to others: what stands in
a template (``letters.layout``, ``returns.layout``), filling it (``filling``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from scanner.report.docx import RED, SOFT, blank

BODY, HEAD, TITLE, SMALL = "仿宋", "黑体", "宋体", "宋体"
WIDE = 15.6  # cm between the margins
LABEL = 3.8
_ORDER = "一二三四五六七八九十"


class Sheet:
    """A document in the making: lines, loops and tables, one below the other."""

    def __init__(self) -> None:
        self.document = blank("{{ mark_says }}")
        section = self.document.sections[0]
        section.top_margin, section.bottom_margin = Cm(3.3), Cm(3.0)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        self._heads = 0

    def line(
        self, text: str, *, size: float = 16, font: str = BODY, bold: bool = False, align: Any = None, indent: bool = True,
        red: bool = False, soft: bool = False, keep: bool = False,
    ) -> None:  # fmt: skip
        paragraph = self.document.add_paragraph()
        self._spaced(paragraph, size)
        paragraph.alignment = align
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        paragraph.paragraph_format.keep_with_next = keep or None
        run = _run(paragraph, text, size, font)
        run.bold = bold or None
        if red or soft:
            run.font.color.rgb = RED if red else SOFT

    def head(self, text: str) -> None:
        self.line(f"{_ORDER[self._heads]}、{text}", font=HEAD, keep=True)
        self._heads += 1

    def gap(self) -> None:
        self._spaced(self.document.add_paragraph(), 6)

    def page(self) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def when(self, condition: str, make: Callable[[], None]) -> None:
        self._between(f"if {condition}", "endif", make)

    def each(self, row: str, name: str, make: Callable[[], None]) -> None:
        self._between(f"for {row} in {name}", "endfor", make)

    def lines(self, name: str, size: float = 16) -> None:
        self.each("line", name, lambda: self.line("{{ line }}", size=size))

    def pairs(self, rows: Iterable[tuple[str, str]], more: Iterable[tuple[str, str, str]] = ()) -> None:
        """A table of labels and texts; ``more``: rows that are there only where a condition holds."""
        table = self._table((LABEL, WIDE - LABEL))
        for label, text in rows:
            self._row(table, (label, text))
        for condition, label, text in more:
            self._row(table, (f"{{%tr if {condition} %}}",))
            self._row(table, (label, text))
            self._row(table, ("{%tr endif %}",))
        self.gap()

    def grid(
        self, columns: Sequence[tuple[str, str, float]], row: str, name: str, *, small: bool = False,
        right: Collection[int] = (),
    ) -> None:  # fmt: skip
        """A table with a head and a row for each of ``name``; columns are (head, text, centimetres), ``right`` those of numbers."""
        table = self._table([wide for _, _, wide in columns])
        size = 8 if small else 10.5
        head = self._row(table, [head for head, _, _ in columns], size, bold=True, right=right)
        _repeated(head)
        self._row(table, (f"{{%tr for {row} in {name} %}}",), size)
        self._row(table, [text for _, text, _ in columns], size, right=right)
        self._row(table, ("{%tr endfor %}",), size)
        self.gap()

    def cross(self, corner: str, heads: str, row: str, rows: str) -> None:
        """A table whose columns are a list, too: of ``rows`` each has a ``name`` and ``figures``, one for each of ``heads``."""
        table = self._table((LABEL + 3, *[(WIDE - LABEL - 3) / 3] * 3))
        for_each = ("{%tc for head in " + heads + " %}", "{{ head }}", "{%tc endfor %}")
        _repeated(self._row(table, (corner, *for_each), bold=True, right=(2,)))
        self._row(table, (f"{{%tr for {row} in {rows} %}}",))
        figures = ("{%tc for figure in " + row + ".figures %}", "{{ figure }}", "{%tc endfor %}")
        self._row(table, ("{{ " + row + ".name }}", *figures), right=(2,))
        self._row(table, ("{%tr endfor %}",))
        self.gap()

    def _between(self, begin: str, end: str, make: Callable[[], None]) -> None:
        self.document.add_paragraph(f"{{%p {begin} %}}")
        make()
        self.document.add_paragraph(f"{{%p {end} %}}")

    def _table(self, widths: Sequence[float]) -> Any:
        table = self.document.add_table(rows=0, cols=len(widths))
        table.style, table.autofit = "Table Grid", False
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        return table

    def _row(
        self, table: Any, texts: Sequence[str], size: float = 10.5, *, bold: bool = False, right: Collection[int] = ()
    ) -> Any:
        row = table.add_row()
        for cell, column, text in zip(
            row.cells, table.columns, [*texts, *[""] * (len(row.cells) - len(texts))], strict=True
        ):
            cell.width = column.width
            cell.vertical_alignment = (
                WD_CELL_VERTICAL_ALIGNMENT.CENTER
            )  # figures alone in a cell stand higher than words
            shape = cell.paragraphs[0].paragraph_format
            shape.space_before = shape.space_after = Pt(2)
            run = _run(cell.paragraphs[0], text, size, SMALL)
            run.bold = bold or None
        for at in right:
            row.cells[at].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        return row

    @staticmethod
    def _spaced(paragraph: Any, size: float) -> None:
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(round(size * 1.75))


def _repeated(row: Any) -> None:
    """On every page anew."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _run(paragraph: Any, text: str, size: float, font: str) -> Any:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run
