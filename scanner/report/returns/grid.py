"""A form as a sheet: title, head lines, merged headers, rows, note, in the notice's own order.

Owns: where everything stands and how large it is. Leaves to others: putting it into cells (``workbook``), the figures
(``leads.returns``). The header is printed on every page anew, which is what the notices' tables do by repeating it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from openpyxl.utils import get_column_letter

from scanner.leads.returns.cells import Cell, Place, Value
from scanner.leads.returns.checks import Fault
from scanner.leads.returns.forms import Form, fill
from scanner.report.returns import workbook
from scanner.report.returns.workbook import Block, lines, wide

NAMED = 60  # leads named in a note
TITLE = 16.0
NARROW, TEXT_WIDE = 8.5, 26.0  # widths of columns, in characters
SHEET_WIDE = 132.0  # what A4 across takes without becoming small


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form with its figures, ready to be written. ``values``: what its head lines and note name; ``mark``: 演练 or 演示数据."""

    form: Form
    cells: Mapping[Place, Cell]
    values: Mapping[str, str]
    faults: Sequence[Fault] = ()
    made: datetime
    mark: str = ""
    notes: bool = True  # of leads behind the figures
    remarks: Sequence[str] = ()  # lines below the table: whose figures, what is left out


def xlsx(filled: Filled) -> bytes:
    """The form as a workbook."""
    form = filled.form
    book, sheet = workbook.empty(fill(form.title, filled.values), filled.made)
    layout = _Layout(filled)
    for block in layout.blocks():
        workbook.put(sheet, block)
    workbook.widths(sheet, layout.widths)
    for row, size in layout.heights().items():
        sheet.row_dimensions[row].height = size
    sheet.freeze_panes = f"{get_column_letter(layout.labels + 1)}{layout.body}"
    workbook.print_on_a4(sheet, landscape=True, titles=(layout.top, layout.body - 1), mark=filled.mark)
    return workbook.made(book)


class _Layout:
    """``top``: the header's first row; ``body``: the first row of figures."""

    def __init__(self, filled: Filled) -> None:
        self._filled, self._form = filled, filled.form
        self.labels = len(self._form.rows[0].label)
        self.columns = self.labels + len(self._form.columns)
        self._grouped = any(column.group for column in self._form.columns)
        self.top = 2 + len(self._form.head)
        self.body = self.top + (2 if self._grouped else 1)
        self.widths = [*self._label_widths(), *self._column_widths()]
        self._faults: dict[Place, list[str]] = {}
        for fault in filled.faults:
            self._faults.setdefault((fault.row, fault.column), []).append(fault.says)

    # --- what stands where ------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        yield from self._heads()
        yield from self._header()
        yield from self._rows()
        for row, line in enumerate(self._below(), self.body + len(self._form.rows)):
            yield Block(row=row, column=1, columns=self.columns, value=line, boxed=False, at="left")

    def _below(self) -> list[str]:
        note = [fill(self._form.note, self._filled.values)] if self._form.note else []
        return [*note, *self._filled.remarks]

    def _heads(self) -> Iterator[Block]:
        mark = f"【{self._filled.mark}】" if self._filled.mark else ""
        title = mark + fill(self._form.title, self._filled.values)
        yield Block(row=1, column=1, columns=self.columns, value=title, size=TITLE, bold=True, boxed=False)
        for row, texts in enumerate(self._form.head, 2):
            column = 1
            for number, text in enumerate(texts):
                last = number == len(texts) - 1
                end = self.columns if last else self._column_at((number + 1) / len(texts))
                value = fill(text, self._filled.values)
                yield Block(row=row, column=column, columns=end - column + 1, value=value, boxed=False, at="left")
                column = end + 1

    def _column_at(self, share: float) -> int:
        """The column that ends where a share of the sheet's width does, at least one and never the last."""
        whole, so_far = sum(self.widths), 0.0
        for number, width in enumerate(self.widths[:-1], 1):
            so_far += width
            if so_far >= whole * share:
                return number
        return self.columns - 1

    def _header(self) -> Iterator[Block]:
        deep = self.body - self.top
        yield Block(row=self.top, column=1, rows=deep, columns=self.labels, value=self._form.corner, bold=True)
        at = self.labels + 1
        for group, columns in groupby(self._form.columns, key=lambda column: column.group):
            members = list(columns)
            if group:
                yield Block(row=self.top, column=at, columns=len(members), value=group, bold=True)
            for number, column in enumerate(members, at):
                row, rows = (self.top + 1, 1) if group else (self.top, deep)
                name = _broken(column.name, self.widths[number - 1])
                yield Block(row=row, column=number, rows=rows, value=name, bold=True)
            at += len(members)

    def _rows(self) -> Iterator[Block]:
        yield from self._label_blocks()
        for number, row in enumerate(self._form.rows, self.body):
            for at, column in enumerate(self._form.columns, self.labels + 1):
                place = (row.id, column.id)
                cell = self._filled.cells[place]
                text = column.count == "text"
                yield Block(
                    row=number,
                    column=at,
                    value=cell.value,
                    at="left" if text else "center",
                    note=self._note(place, cell),
                )

    def _label_blocks(self) -> Iterator[Block]:
        """Labels: "" goes on to the left, equal cells below one another are one where all left of them are, too."""
        rows = [row.label for row in self._form.rows]
        for column in range(self.labels):
            start = 0
            while start < len(rows):
                end = start + 1
                mine = rows[start]
                while end < len(rows) and _same(mine, rows[end], column):
                    end += 1
                if mine[column]:
                    across = _across(mine, column)
                    yield Block(
                        row=self.body + start, column=column + 1, rows=end - start, columns=across, value=mine[column]
                    )
                start = end

    def _note(self, place: Place, cell: Cell) -> str:
        if not self._filled.notes:
            return ""
        told = list(self._faults.get(place, ()))
        told = [f"核对：{one}" for one in told]
        if cell.hand:
            told.insert(0, "手工填报" + (f"；线索记载 {cell.counted}" if cell.counted is not None else ""))
        if cell.leads:
            more = "……" if len(cell.leads) > NAMED else ""
            told.append(f"线索 {len(cell.leads)} 条：{'、'.join(map(str, cell.leads[:NAMED]))}{more}")
        if cell.together:
            told.append(f"同一企业的几个店铺只计一家：{together(cell.together)}")
        return "\n".join(told)

    # --- sizes ------------------------------------------------------------------------------------------------

    def _label_widths(self) -> list[float]:
        """Each column of labels as wide as its longest label that stands in it alone, broken once where it is long."""
        found = []
        for at in range(self.labels):
            alone = [wide(row.label[at]) for row in self._form.rows if row.label[at] and _across(row.label, at) == 1]
            longest = max(alone, default=0)
            found.append(max(5.0, min(longest, 20) + 2))
        across = max((wide(row.label[0]) for row in self._form.rows if _across(row.label, 0) == self.labels), default=0)
        if (lacking := min(across, 30) / 1.5 + 2 - sum(found)) > 0:
            found[-1] += lacking
        return found

    def _column_widths(self) -> list[float]:
        room = SHEET_WIDE - sum(self._label_widths())
        texts = sum(column.count == "text" for column in self._form.columns)
        each = max(NARROW, min(12.0, (room - texts * TEXT_WIDE) / max(1, len(self._form.columns) - texts)))
        found = []
        for column in self._form.columns:
            values = (self._filled.cells[row.id, column.id].value for row in self._form.rows)
            digits = max((len(_shown(value)) for value in values if not isinstance(value, str)), default=0)
            found.append(TEXT_WIDE if column.count == "text" else max(each, digits + 2.0))
        return found

    def heights(self) -> dict[int, float]:
        """A height for every row, so that no text is cut: header and rows by their longest cell."""
        sizes = {1: TITLE * 2.0}
        for row in range(2, self.top):
            sizes[row] = 20.0
        deep = self.body - self.top
        needed = dict.fromkeys(range(self.top, self.body + len(self._form.rows)), 1)
        tall: list[tuple[int, int, int]] = []  # merged down: row, rows, lines
        for block in (*self._header(), *self._rows()):
            if isinstance(block.value, str):
                width = sum(self.widths[block.column - 1 : block.column - 1 + block.columns])
                most = lines(block.value, width if not block.bold else width - 0.5)
                most += most > 1 and block.at == "left"  # programs differ in where they break running text
                if block.rows == 1:
                    needed[block.row] = max(needed[block.row], most)
                else:
                    tall.append((block.row, block.rows, most))
        for row, rows, most in tall:
            if (lacking := most - sum(needed[at] for at in range(row, row + rows))) > 0:
                needed[row + rows - 1] += lacking
        for row, most in needed.items():
            least = 20.0 if row >= self.top + deep else 18.0
            sizes[row] = max(least, workbook.height(most))
        for row, line in enumerate(self._below(), self.body + len(self._form.rows)):
            sizes[row] = max(20.0, workbook.height(lines(line, sum(self.widths) - 2)))
        return sizes


def together(groups: Sequence[Sequence[int]]) -> str:
    """The leads that were counted as one enterprise's, enterprise by enterprise.

    >>> together([(1, 4), (2, 3)])
    '线索 1、4；线索 2、3'
    """
    told = [f"线索 {'、'.join(map(str, leads[:NAMED]))}" + ("……" if len(leads) > NAMED else "") for leads in groups]
    return "；".join(told[:NAMED]) + (f"……共 {len(told)} 家" if len(told) > NAMED else "")


def _across(label: Sequence[str], column: int) -> int:
    """How many columns a label takes."""
    end = column + 1
    while end < len(label) and not label[end]:
        end += 1
    return end - column


def _same(one: Sequence[str], other: Sequence[str], column: int) -> bool:
    """Whether two rows' labels are one up to a column, and as wide there."""
    return list(one[: column + 1]) == list(other[: column + 1]) and _across(one, column) == _across(other, column)


def _broken(name: str, width: float) -> str:
    """A column's name with its bracket on a line of its own where it does not fit beside it."""
    return name.replace("（", "\n（") if name.endswith("）") and wide(name) > width - 1 else name


def _shown(value: Value) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, Decimal) else str(value)
