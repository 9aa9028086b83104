"""Lists of what others tell (来件): CSV and XLSX into reports, fault by fault, row by row.

Owns: the caps on such a file and finding its header by a mapping. Leaves to others: files of tables (``registry.readers``:
encodings, separators, cells of workbooks, of which formulas count by the value that was saved with them), the mapping
(``mapping``), what a row becomes (``report_row``), the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scanner.errors import InputError, UsageError, reason
from scanner.intake.brought import MB
from scanner.intake.mapping import FIELDS, WHO, Map
from scanner.intake.report_row import MANY, Fault, Reader, Row
from scanner.registry.readers import csv_table, kinds, xlsx_table, zips
from scanner.registry.readers.columns import Layout, label
from scanner.registry.rows import Bad

MAX_FILE = 100 * MB
MAX_UNPACKED = 400 * MB  # of a workbook
MAX_TEXTS = 100 * MB  # of a workbook's shared texts, which are held in memory
MAX_ROWS = 200_000
AGAIN = "正常的线索表不会这样，一行也没有导入；请发来的单位重新导出再导入"


class Table(NamedTuple):
    """A whole list: its rows, and the headings that no field has."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...]


def read(path: Path, map_: Map, *, today: date, canonical: Callable[[str], str]) -> Table:
    """The list of a file. ``canonical``: the one spelling of an address (``crawl.reading.links``). Raises InputError for a file that is
    damaged, hostile or no table, UsageError where a column that must be there is not."""
    kind = _checked(path)
    work = _Work(map_, today, canonical)
    layout = Layout(header=work.header, row=work.row, missing="找不到表头", hint=_headings(map_))
    rows: list[Row] = []
    for part in xlsx_table.parts(path, layout) if kind == "xlsx" else csv_table.parts(path, layout):
        for row in part.rows:
            if isinstance(row, Bad):
                row = Row(row.place, None, None, (Fault("", row.why),))
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise InputError(f"超过 {MAX_ROWS} 行", where=row.place, hint="分成几个文件导入")
    return Table(tuple(rows), tuple(work.unread))


def _checked(path: Path) -> str:
    with _as_a_list():
        kind = kinds.kind_of(path)
    kinds.refuse_papers(kind, path)
    if kind not in ("xlsx", "text", "empty"):
        raise InputError("这不是 CSV 或者 XLSX", where=str(path), hint="另存为 XLSX 或者 CSV 再导入")
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise InputError(
                f"文件有 {size // MB} MB，超过 {MAX_FILE // MB} MB", where=str(path), hint="分成几个文件导入"
            )
        if kind == "xlsx":
            with _as_a_list(), path.open("rb") as stream, zips.opened(stream, str(path), "XLSX") as archive:
                inside = zips.files(archive)
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=str(path)) from error
    if kind == "xlsx":
        whole = sum(info.file_size for info in inside)
        texts = sum(info.file_size for info in inside if "sharedstrings" in info.filename.lower())
        if whole > MAX_UNPACKED or texts > MAX_TEXTS:
            raise InputError("工作簿解开以后过大，没有读取", where=str(path), hint="另存为 CSV 再导入")
    return kind


@contextmanager
def _as_a_list() -> Iterator[None]:
    """What a reader of registers says of a bomb or a damaged zip is said for a list of leads: where another is to be had."""
    try:
        yield
    except InputError as error:
        if isinstance(error.__cause__, OSError):  # nothing is wrong with the file: it cannot be opened
            raise
        raise InputError(error.message, where=error.where, hint=AGAIN) from error


def _headings(map_: Map) -> str:
    told = (f"{FIELDS[name]}（{'、'.join(words[:4])}）" for name, words in map_.columns.items() if name in WHO)
    return f"表头里至少要有一列说明是谁：{'；'.join(told)}。列名不同的，在数据目录的 rules/intake 写一份对应表"


class _Work:
    """Reads the rows of a file by a mapping; ``unread``: headings that no field has."""

    def __init__(self, map_: Map, today: date, canonical: Callable[[str], str]) -> None:
        self.unread: dict[str, None] = {}
        self._map = map_
        self._rows = Reader(map_, today, canonical)

    def header(self, cells: Sequence[str]) -> Mapping[str, Sequence[int]] | None:
        """As ``Layout.header``: the line that names at least two columns of the mapping, one of which says whom."""
        at: dict[str, int] = {}
        for index, cell in enumerate(cells):
            at.setdefault(label(cell), index)
        found: dict[str, list[int]] = {}
        for name, words in self._map.columns.items():
            columns = list(dict.fromkeys(at[label(word)] for word in words if label(word) in at))
            if columns:
                found[name] = columns if name in MANY else columns[:1]
        if len(found) < min(2, len(self._map.columns)) or not any(name in found for name in WHO):
            return None
        if lost := [name for name in self._map.required if name not in found]:
            told = "；".join(f"{FIELDS[name]}（{'、'.join(self._map.columns[name])}）" for name in lost)
            raise UsageError(f"缺少列：{told}", where="FILE", hint="核对 --map 是不是这种文件的对应表")
        self._rows.headings = {name: cells[columns[0]].strip()[:60] for name, columns in found.items()}
        used = {index for columns in found.values() for index in columns}
        self.unread |= {cell.strip()[:60]: None for i, cell in enumerate(cells) if i not in used and cell.strip()}
        return found

    def row(self, found: Mapping[str, str], place: str) -> Iterator[Row]:
        """As ``Layout.row``."""
        yield self._rows.row(found, place)
