"""Checks (核对) of a form before it goes out.

Owns: laying figures brought by hand over those counted, and what must hold between cells: a 其中 (subset) is no larger than
what it is part of, a figure brought by hand is no smaller than what leads prove, cumulative figures do not fall against the
return filed before (累计数). Leaves to others: what to do about it (``cli``), reading what was filed (``casework.filing``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from scanner.leads.returns.cells import Cell, Place, Value
from scanner.leads.returns.forms import BY_HAND, Form

MOST = 20  # leads named in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Figures of the return filed before, of the same form and beginning: row -> column -> the value as text."""

    until: date
    figures: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not fit: in which cell (ids), what in Chinese, and the leads behind the cell."""

    row: str
    column: str
    says: str
    leads: tuple[int, ...]


def filled(cells: Mapping[Place, Cell], brought: Mapping[Place, Value]) -> dict[Place, Cell]:
    """The cells with what people brought: it takes the place of what was counted, which stays beside it. What leads give is
    never added to it: nobody but the office knows whether its figure has them in."""
    return {
        place: replace(cell, value=brought[place], counted=cell.value, hand=True) if place in brought else cell
        for place, cell in cells.items()
    }


def faults(form: Form, cells: Mapping[Place, Cell], before: Earlier | None = None) -> list[Fault]:
    """Everything that does not fit together, row by row."""
    return [
        *_subsets(form, cells),
        *_proven(form, cells),
        *(_fallen(form, cells, before) if before is not None else ()),
    ]


def _subsets(form: Form, cells: Mapping[Place, Cell]) -> Iterator[Fault]:
    for row in form.rows:
        if not row.part_of:
            continue
        for column in form.columns:
            own, above = cells[row.id, column.id], cells[row.part_of, column.id]
            if (more := _less(above.value, own.value)) is not None:
                name = form.row(row.part_of).name
                says = f"其中数 {more[1]} 大于“{name}”的 {more[0]}"
                yield Fault(row=row.id, column=column.id, says=says, leads=own.leads)


def _proven(form: Form, cells: Mapping[Place, Cell]) -> Iterator[Fault]:
    for row in form.rows:
        for column in form.columns:
            cell = cells[row.id, column.id]
            if cell.hand and (less := _less(cell.value, cell.counted)) is not None:
                says = f"手工填的 {less[0]} 小于线索记载的 {less[1]}"
                yield Fault(row=row.id, column=column.id, says=says, leads=cell.leads)


def _fallen(form: Form, cells: Mapping[Place, Cell], before: Earlier) -> Iterator[Fault]:
    for row in form.rows:
        for column in form.columns:
            said = before.figures.get(row.id, {}).get(column.id)
            if said is None or column.count == "text":
                continue
            cell = cells[row.id, column.id]
            if cell.value is None and column.count in BY_HAND:
                says = f"上次（截至 {before.until}）报过 {said}，这次没有填"
            elif (less := _less(cell.value, Decimal(said))) is not None:
                says = f"累计数 {less[0]} 小于上次（截至 {before.until}）报的 {said}"
            else:
                continue
            yield Fault(row=row.id, column=column.id, says=says, leads=cell.leads)


def _less(one: Value, other: Value) -> tuple[Value, Value] | None:
    """Both, where both are numbers and the first is less than the second."""
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal) and one < other:
        return one, other
    return None


def named(leads: tuple[int, ...]) -> str:
    """Leads in a sentence: 线索 1、2、3 号, many cut with their number."""
    more = f"……共 {len(leads)} 条" if len(leads) > MOST else ""
    return f"线索 {'、'.join(map(str, leads[:MOST]))} 号{more}" if leads else "没有线索"
