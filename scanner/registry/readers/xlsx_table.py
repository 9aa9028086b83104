"""XLSX workbooks with registers' tables, read row by row (openpyxl, read-only): all sheets that have a header.

Owns: the caps on workbooks and how cells become text. Leaves to others: what the columns mean (``columns``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from scanner.errors import InputError
from scanner.registry.readers import columns, zips
from scanner.registry.readers.columns import REGISTRATIONS, Layout, NoHeader
from scanner.registry.rows import Bad, Part

MAX_TEXTS = (
    512 * 1024**2
)  # bytes of the shared texts, which openpyxl holds in memory; 100,000 real rows have about 60 MB
MAX_ROW = 8 * 1024**2  # bytes of one row as XML, which openpyxl holds in memory; a real one has under 20,000
MAX_COLUMNS = 200  # a real table has under 30

# openpyxl lets through whatever its own parsing stumbles over.
_ERRORS = (*zips.ERRORS, ParseError, KeyError, IndexError, TypeError, AttributeError, OSError)


def parts(path: Path, layout: Layout = REGISTRATIONS) -> Iterator[Part]:
    """The file as one part. Raises InputError, while rows are read, when it is damaged, hostile or holds no table."""
    with path.open("rb") as stream:
        yield Part(name=path.name, size=path.stat().st_size, rows=_rows(stream, path.name, layout), at=stream.tell)


def _rows(stream: IO[bytes], name: str, layout: Layout) -> Iterator[Any]:
    _check(stream, name)
    found = False
    for title, lines in _sheets(stream, name):
        place = f"{name}:{title}"
        try:
            for row in columns.table(lines, place, layout):
                found = True
                yield row
        except NoHeader:
            yield Bad(place=place, why="这张表没有可以识别的表头，没有读取", kept=True)
    if not found:
        raise layout.no_header(name)


def _check(stream: IO[bytes], name: str) -> None:
    with zips.opened(stream, name) as archive:
        inside = zips.files(archive)
        texts = sum(info.file_size for info in inside if "sharedstrings" in info.filename.lower())
        if texts > MAX_TEXTS:
            raise InputError(f"XLSX 里的文字有{texts}字节，超过上限{MAX_TEXTS}", where=name, hint="另存为 CSV 再导入")
        for info in inside:
            if info.file_size > MAX_ROW and "worksheets/" in info.filename.lower():
                with zips.trouble(name), archive.open(info) as sheet:
                    _check_rows(sheet, name)
    stream.seek(0)


def _check_rows(sheet: IO[bytes], name: str) -> None:
    """Raises InputError for a row that is longer than the cap; the rows are not parsed for that."""
    since = 0
    while chunk := sheet.read(1 << 16):
        end = chunk.rfind(b"</row>")
        since = since + len(chunk) if end < 0 else len(chunk) - end
        if since > MAX_ROW:
            raise InputError(f"XLSX 里的一行超过{MAX_ROW}字节，不像表格", where=name, hint="另存为 CSV 再导入")


def _sheets(stream: IO[bytes], name: str) -> Iterator[tuple[str, Iterator[tuple[str, Sequence[str]]]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except _ERRORS as error:
        raise _damaged(name, error) from error
    for sheet in book.worksheets:
        yield sheet.title[:31], _lines(sheet, f"{name}:{sheet.title[:31]}", name)


def _lines(sheet: Any, place: str, name: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Places and cells. The workbook's own word on its size is not believed: exports often say A1."""
    try:
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
            yield f"{place}:{number}", [_text(value) for value in cells]
    except _ERRORS as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: BaseException) -> InputError:
    return InputError(
        f"XLSX 读不出来：{error}", where=name, hint="用 Excel 或者 LibreOffice 打开后另存为 XLSX 或者 CSV"
    )


def _text(value: Any) -> str:
    """A cell as it reads: dates as 2025-08-22, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
