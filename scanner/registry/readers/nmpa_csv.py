"""Tables exported from the NMPA's data query, as CSV with the site's own column names.

Owns: finding the encoding (UTF-8 with or without BOM, UTF-16 with BOM, GB18030), the separator, the header line and
which column means what. Leaves to others: splitting number fields and storing (``importing``).

The column names are those of the query site's detail pages for registration, filing, production and operation; a
column that is not known is left aside. An XLSX must be saved as CSV first.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from scanner.errors import InputError
from scanner.registry.rows import Bad, Row, last_date, read_date

MAX_LINE = 1_000_000  # characters; a real row has a few thousand
HEADER_WITHIN = 10  # lines; some exports put a title above the header

# Field -> the column names that mean it, the most exact first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("注册证编号", "注册证号", "医疗器械注册证编号", "备案号", "备案编号", "备案凭证编号", "许可证编号", "许可证号",
               "注册证编号或者备案编号", "编号"),
    "holder": ("注册人名称", "备案人名称", "注册人", "备案人", "注册人/备案人名称", "企业名称", "生产企业名称"),
    "product": ("产品名称", "产品名称(中文)", "医疗器械名称"),
    "agent": ("代理人名称", "代理人"),
    "uscc": ("统一社会信用代码", "社会信用代码"),
    "scope": ("适用范围/预期用途", "适用范围", "预期用途", "经营范围(2017分类)", "经营范围", "生产范围(2017分类)", "生产范围"),
    "model": ("型号规格", "规格型号", "型号、规格", "型号/规格"),
    "device_class": ("管理类别", "类别"),
    "code": ("分类编码", "分类代码", "分类目录代码"),
    "approved_on": ("批准日期", "备案日期", "发证日期", "注册日期"),
    "valid_until": ("有效期至", "有效期限", "有效期", "有效期截止日期"),
}  # fmt: skip
_CLASSES = {"一": "I", "二": "II", "三": "III", "1": "I", "2": "II", "3": "III", "I": "I", "II": "II", "III": "III"}
_CLASS = re.compile(r"(III|II|I|[一二三123])(?:类|$)")


def read(path: Path) -> Iterator[Row | Bad]:
    """The rows of one file. Raises InputError when it is no such table or its encoding cannot be told."""
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, errors="strict", newline="") as stream:
            yield from _table(stream, path)
    except UnicodeDecodeError as error:
        raise InputError(f"按{encoding}解不开：{error.reason}", where=str(path), hint="另存为 UTF-8 的 CSV") from error


def _encoding(path: Path) -> str:
    """UTF-8 if every byte of the file is, else GB18030 (the superset of GBK that Excel in China writes)."""
    with path.open("rb") as stream:
        head = stream.read(4)
        if head.startswith(b"PK"):
            raise InputError("这是 XLSX 或者 zip，不是 CSV", where=str(path), hint="在 Excel 里另存为 CSV 再导入")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _lines(stream: IO[str], path: Path) -> Iterator[str]:
    """Lines, none longer than the cap, so that a file without line ends cannot fill the memory."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE:
            raise InputError(f"一行超过{MAX_LINE}个字符，不像表格", where=f"{path}:{number}")
        yield line.replace("\0", "")


def _table(stream: IO[str], path: Path) -> Iterator[Row | Bad]:
    lines = _lines(stream, path)
    start = [line for _, line in zip(range(HEADER_WITHIN), lines, strict=False)]
    separator = max(",\t;", key=lambda sign: sum(line.count(sign) for line in start))
    table = csv.reader(_chain(start, lines), delimiter=separator)
    columns: dict[str, int] | None = None
    try:
        for cells in table:
            where = f"{path.name}:{table.line_num}"
            if columns is None:
                columns = _header(cells)
                if columns is None and table.line_num >= HEADER_WITHIN:
                    break
            elif any(cell.strip() for cell in cells):
                yield from _row(cells, columns, where)
    except csv.Error as error:
        raise InputError(f"CSV 有错：{error}", where=f"{path}:{table.line_num}") from error
    if columns is None:
        raise InputError(
            "找不到表头：没有“注册证编号”“备案号”“许可证编号”等列",
            where=str(path),
            hint="表头请用国家药监局查询页面的列名",
        )


def _chain(start: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from start
    yield from rest


def _header(cells: list[str]) -> dict[str, int] | None:
    """Field -> column, or None if this is not the header line."""
    names = {_label(cell): index for index, cell in reversed(list(enumerate(cells)))}
    found = {}
    for field, labels in COLUMNS.items():
        column = next((names[label] for label in map(_label, labels) if label in names), None)
        if column is not None:
            found[field] = column
    return found if "number" in found and ("holder" in found or "product" in found) else None


def _label(text: str) -> str:
    return re.sub(r"[\s:*]", "", unicodedata.normalize("NFKC", text))


def _row(cells: list[str], columns: dict[str, int], where: str) -> Iterator[Row | Bad]:
    values = {field: cells[column].strip() if column < len(cells) else "" for field, column in columns.items()}
    number = values.get("number", "")
    if not number:
        yield Bad(place=where, why="没有编号")
        return
    days: dict[str, date | None] = {}
    for field, name, reader in (("approved_on", "批准日期", read_date), ("valid_until", "有效期", last_date)):
        try:
            days[field] = reader(values.get(field, ""))
        except ValueError as error:
            days[field] = None
            yield Bad(place=where, why=f"{name}{error}", kept=True)
    newest = days["approved_on"]
    yield Row(
        place=where, key=number, version=(newest.isoformat() if newest is not None else ""), number=number,
        product=values.get("product", ""), holder=values.get("holder", ""), uscc=values.get("uscc", ""),
        agent=values.get("agent", ""), scope=values.get("scope", ""), model=values.get("model", ""),
        device_class=_class(values.get("device_class", "")), code=values.get("code", ""),
        approved_on=newest, valid_until=days["valid_until"], seen=newest,
    )  # fmt: skip


def _class(text: str) -> str:
    """第三类, 三类, Ⅲ, III, 3 -> III."""
    found = _CLASS.search(unicodedata.normalize("NFKC", text))
    return _CLASSES[found.group(1)] if found is not None else ""
