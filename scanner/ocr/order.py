"""Lines of a picture in the order people read them: columns one after the other, rows of a table cell by cell.

Owns: finding columns and rows from the boxes, and which lines belong to one sentence that goes on. Leaves to others: where
the boxes come from. Nothing is added to what the picture says but line ends and spaces.

Recursive cuts: a picture falls into bands where a gap goes all across, a band into columns where a gap goes all down. What
looks like columns but has a short piece on the left of every row (产品名称 | 颈椎按摩仪) is a table, read by rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scanner.ocr import Line

GUTTER = 1.2  # line heights of free space between columns
LABEL = 12  # characters of what may be a label, the left cell of a table
LONG = 12  # characters of a line that may go on in the next
FULL = 0.75  # of a column's width; a line that broke because it was full is at least so long
APART = 1.5  # line heights of free space between two bands
SIZES = 1.6  # how much the heights of two boxes differ in one size of type: a line may hold no tall character
DEPTH = 12  # cuts within cuts
_ENDS = "。！？；：!?;:"


def ordered(lines: Iterable[Line], width: int) -> tuple[Line, ...]:
    """``lines`` of a picture ``width`` pixels wide in reading order, with what stands before each."""
    found = sorted(lines, key=lambda line: (line.y, line.x))
    out: list[Line] = []
    _region(found, (0, width), DEPTH, out)
    return tuple(out)


def _region(lines: Sequence[Line], sides: tuple[int, int], depth: int, out: list[Line]) -> None:
    """Lines between two sides (pixels) in reading order, put behind ``out``."""
    if depth and len(lines) > 3:
        columns = _columns(lines)
        if len(columns) > 1 and not _table(columns):
            left = sides[0]
            for number, column in enumerate(columns):
                end = max(line.x + line.w for line in column)
                right = (end + min(x.x for x in columns[number + 1])) // 2 if number + 1 < len(columns) else sides[1]
                _region(column, (left, right), depth - 1, out)
                left = right
            return
        bands = _bands(lines)
        if len(bands) > 1:
            for band in bands:
                _region(band, sides, depth - 1, out)
            return
    out.extend(_rows(lines, sides))


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines between gaps that go all down, left to right; a column has two lines at least."""
    gap = GUTTER * _height(lines)
    columns: list[list[Line]] = []
    right = 0.0
    for line in sorted(lines, key=lambda line: (line.x, line.y)):
        if not columns or line.x > right + gap:
            columns.append([])
        columns[-1].append(line)
        right = max(right, line.x + line.w)
    if any(len(column) < 2 for column in columns):
        return [list(lines)]
    return [sorted(column, key=lambda line: (line.y, line.x)) for column in columns]


def _table(columns: Sequence[Sequence[Line]]) -> bool:
    """Whether the left column holds labels: short, and most of them beside a line of the next column."""
    left, right = columns[0], columns[1]
    beside = sum(any(_beside(label, cell) for cell in right) for label in left)
    return all(len(label.text) <= LABEL for label in left) and beside * 4 >= len(left) * 3


def _beside(a: Line, b: Line) -> bool:
    return min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > min(a.h, b.h) / 2


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines between the widest gaps that go all across, top to bottom; one band where no gap stands out.

    Between two lines of a paragraph there is a gap too, so bands are cut at gaps wider than those, and where the number
    of columns changes (a heading over two columns).
    """
    rows: list[list[Line]] = []
    bottom = 0
    for line in lines:
        if not rows or line.y >= bottom - 0.3 * line.h:
            rows.append([])
            bottom = 0
        rows[-1].append(line)
        bottom = max(bottom, line.y + line.h)
    bands: list[list[Line]] = []
    before: list[Line] = []
    for row in rows:
        gap = APART * max(line.h for line in (*before, *row))
        apart = not before or min(x.y for x in row) - max(x.y + x.h for x in before) > gap
        if apart or (len(row) > 1) != (len(before) > 1):
            bands.append([])
        bands[-1] += row
        before = row
    return bands


def _rows(lines: Sequence[Line], sides: tuple[int, int]) -> list[Line]:
    """Lines of one column, or a table, row by row."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and all(_beside(line, other) for other in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    out: list[Line] = []
    right = max((line.x + line.w for line in lines), default=0)
    for number, row in enumerate(rows):
        row.sort(key=lambda line: line.x)
        alone = number and len(row) == 1 and len(rows[number - 1]) == 1
        on = alone and _full(rows[number - 1][0], right, sides) and _goes_on(rows[number - 1][0], row[0])
        out.append(replace(row[0], before="" if on else "\n"))
        out.extend(replace(cell, before=" ") for cell in row[1:])
    return out


def _full(line: Line, right: int, sides: tuple[int, int]) -> bool:
    """Whether a line ends because there was no more room: at the right edge of its column, which it fills."""
    end, width = line.x + line.w, sides[1] - sides[0]
    margins_alike = sides[1] - end <= (line.x - sides[0]) + 1.5 * line.h
    return right - end <= 1.5 * line.h and margins_alike and line.w >= FULL * width


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a full line's sentence may go on in the next: it has no end, and the next stands below it in one size
    and is no row with a label of its own."""
    size = max(before.h, line.h)
    return (
        len(before.text) >= LONG
        and before.text[-1] not in _ENDS
        and before.h <= SIZES * line.h
        and line.h <= SIZES * before.h
        and not any(colon in line.text[:LABEL] for colon in ":：")
        and -0.5 * size <= before.x - line.x <= 2.6 * size
        and line.y - (before.y + before.h) <= 1.2 * size
    )


def _height(lines: Sequence[Line]) -> float:
    heights = sorted(line.h for line in lines)
    return float(heights[len(heights) // 2])
