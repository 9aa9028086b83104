"""Figures brought by hand (手工填报): what the program cannot know (企业总数, 出动人员人次 …), out of a CSV file.

    行,栏目,数值
    医疗器械网络销售企业,企业总数,31
    新冠病毒检测试剂-经营,出动人员人次,12

With a fourth column ``单位`` every line is one unit's: numbers of several units add up, and of one unit's return only its own count.
Without it a file is of whoever the return is.

Owns: the file's shape, read strictly; all faults at once, with file and line. Leaves to others: what becomes of a cell that leads
give, too (``checks.filled``). UTF-8, or GB18030 as Excel in China writes it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from scanner.errors import ConfigError, InputError, Problem, UsageError, reason
from scanner.leads.returns.cells import Place, Value, everyone
from scanner.leads.returns.forms import Column, Form

HEADS = (("行", "栏目", "数值"), ("row", "column", "value"))
UNITS = ("单位", "unit")  # the fourth head
MAX_BYTES = 1_000_000
MAX_TEXT = 2_000  # characters
_WHOLE = re.compile(r"[0-9]{1,12}")
_MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Brought:
    """The figures of a file by cell. ``units``: whether it says whose they are; ``left``: how many lines were others'."""

    cells: Mapping[Place, Value]
    units: bool = False
    left: int = 0


def read(
    path: Path, form: Form, unit_of: Callable[[str], str] = str, within: Callable[[str], bool] = everyone
) -> Brought:
    """The figures of a file. ``unit_of``: a unit's id by what stands in its column; ``within``: whether a unit's figures count ("":
    of a line that names none). ConfigError with every fault; InputError where the file cannot be read."""
    found: dict[Place, dict[str, Value]] = {}
    problems: list[Problem] = []
    whose, lines = _lines(path)
    for number, cells in lines:
        where = f"{path}:{number}"
        try:
            place, value = _figure(cells, form, 3 + whose)
            unit = unit_of(cells[3]) if whose and len(cells) > 3 and cells[3] else ""
            if unit in found.setdefault(place, {}):
                raise UsageError("这一格写了两次", hint="删掉一个")
            found[place][unit] = value
        except UsageError as error:
            problems.append(Problem(where=where, message=error.message, hint=error.hint))
    if problems:
        raise ConfigError(problems)
    if not whose:
        return Brought({place: units[""] for place, units in found.items()})
    ours = {place: [value for unit, value in units.items() if within(unit)] for place, units in found.items()}
    left = sum(len(units) - len(ours[place]) for place, units in found.items())
    return Brought({place: _sum(values) for place, values in ours.items() if values}, True, left)


def _sum(values: list[Value]) -> Value:
    """Numbers of several units added up; texts one below the other."""
    whole = values[0]
    for value in values[1:]:
        if isinstance(whole, str) and isinstance(value, str):
            whole = f"{whole}\n{value}"
        elif (isinstance(whole, Decimal) and isinstance(value, Decimal)) or (
            isinstance(whole, int) and isinstance(value, int)
        ):
            whole += value
    return whole


def _lines(path: Path) -> tuple[bool, list[tuple[int, list[str]]]]:
    """Whether lines name units, and (line, its cells), without the head and empty lines."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise InputError("不是 CSV 文件", where=f"{path}:{reader.line_num}", hint="用表格软件另存为 CSV") from error
    rows = [(number, row) for number, row in rows if any(row)]
    head = rows[0][1] if rows else []
    whose = head[3:4] != [] and head[3] in UNITS
    if tuple(head[:3]) not in HEADS or any(head[3 + whose :]):
        raise ConfigError([Problem(where=f"{path}:1", message="第一行要写 行,栏目,数值，也可以再写一栏 单位")])
    return whose, rows[1:]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=str(path)) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"文件过大，不超过 {MAX_BYTES // 1000} KB", where=str(path))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("不是 UTF-8，也不是 GB18030", where=str(path), hint="另存为 UTF-8 的 CSV")


def _figure(cells: list[str], form: Form, most: int) -> tuple[Place, Value]:
    if len(cells) < 3 or any(cells[most:]):
        wanted = "三格：行、栏目、数值" if most == 3 else "四格：行、栏目、数值、单位"
        raise UsageError(f"一行要有{wanted}", hint="文字里有逗号的，用引号括起来")
    row, column = form.row(cells[0]), form.column(cells[1])
    return (row.id, column.id), _value(cells[2], column)


def _value(text: str, column: Column) -> Value:
    if column.count == "text":
        if not 0 < len(text) <= MAX_TEXT:
            raise UsageError(f"“{column.name}”要写 1 到 {MAX_TEXT} 字")
        return text
    if column.count == "money":
        if not _MONEY.fullmatch(text):
            raise UsageError(f"“{column.name}”写不带单位的数，单位万元，最多两位小数，不能写“{text[:20]}”")
        return Decimal(text).quantize(Decimal("0.01"))
    if not _WHOLE.fullmatch(text):
        raise UsageError(f"“{column.name}”要写不小于 0 的整数，不能写“{text[:20]}”")
    return int(text)


def whole(cells: Mapping[Place, Value]) -> dict[str, dict[str, str]]:
    """Figures as plain words by row and column, as a filed return keeps them."""
    told: dict[str, dict[str, str]] = {}
    for (row, column), value in cells.items():
        if value is not None:
            told.setdefault(row, {})[column] = str(value)
    return told
