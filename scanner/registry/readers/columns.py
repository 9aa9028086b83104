"""Which column of a register's table means what, and a line of such a table as a row.

Owns: finding the header line of any table, the labels of the NMPA's query pages (registration, filing, production,
operation, drugs), the keys of JSON tables, and reading classes and dates. Leaves to others: files (``csv_table``,
``xlsx_table``, ``jsonl_table``), the layouts of other tables (``sellers``) and splitting number fields (``keeping``). A
column that is not known is left aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scanner.errors import InputError
from scanner.registry.rows import Bad, Row, last_date, read_date

HEADER_WITHIN = 10  # lines; some exports put a title above the header

# Field -> the labels that mean it, the most exact first; keys of JSON tables at the end.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("注册证编号", "注册证号", "医疗器械注册证编号", "备案号", "备案编号", "备案凭证编号", "许可证编号", "许可证号",
               "注册证编号或者备案编号", "批准文号", "药品批准文号", "编号", "number", "approval_no"),
    "holder": ("注册人名称", "备案人名称", "注册人", "备案人", "注册人/备案人名称", "上市许可持有人", "企业名称", "生产企业名称",
               "生产单位", "holder"),
    "product": ("产品名称", "产品名称(中文)", "医疗器械名称", "药品名称", "product_name", "product", "name"),
    "agent": ("代理人名称", "代理人", "agent"),
    "uscc": ("统一社会信用代码", "社会信用代码", "uscc"),
    "scope": ("适用范围/预期用途", "适用范围", "预期用途", "经营范围(2017分类)", "经营范围", "生产范围(2017分类)", "生产范围",
              "scope"),
    "model": ("型号规格", "规格型号", "型号、规格", "型号/规格", "规格", "model"),
    "device_class": ("管理类别", "类别", "class"),
    "code": ("分类编码", "分类代码", "分类目录代码", "category_code"),
    "approved_on": ("批准日期", "备案日期", "发证日期", "注册日期", "approved_on"),
    "valid_until": ("有效期至", "有效期限", "有效期", "有效期截止日期", "valid_until"),
    "identifier": ("最小销售单元产品标识", "udi_di"),
}  # fmt: skip
NO_HEADER = "找不到表头：没有“注册证编号”“备案号”“许可证编号”“批准文号”等列"

_CLASSES = {"一": "I", "二": "II", "三": "III", "1": "I", "2": "II", "3": "III", "I": "I", "II": "II", "III": "III"}
_CLASS = re.compile(r"(III|II|I|[一二三123])(?:类|$)")


class NoHeader(InputError):
    """A table without a line that names its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of table. ``header``: field -> columns of the header line, whose cells are joined by line ends; None for
    any other line. ``row``: what becomes of a line, by fields, and its place. ``missing`` and ``hint``: what is said of a
    table without a header."""

    header: Callable[[Sequence[str]], Mapping[str, Sequence[int]] | None]
    row: Callable[[Mapping[str, str], str], Iterator[Any]]
    missing: str
    hint: str

    def no_header(self, name: str) -> NoHeader:
        return NoHeader(self.missing, where=name, hint=self.hint)


def label(text: str) -> str:
    """A label as it is compared: width levelled, no spaces, colons and asterisks."""
    return re.sub(r"[\s:*]", "", unicodedata.normalize("NFKC", text[:100]))


def header(cells: Sequence[str]) -> dict[str, tuple[int]] | None:
    """Field -> column, or None if this is not the header line."""
    names = {label(cell): index for index, cell in reversed(list(enumerate(cells)))}
    found = {}
    for field, labels in COLUMNS.items():
        column = next((names[known] for known in map(label, labels) if known in names), None)
        if column is not None:
            found[field] = (column,)
    return found if "number" in found and ("holder" in found or "product" in found) else None


def table(lines: Iterator[tuple[str, Sequence[str]]], name: str, layout: Layout) -> Iterator[Any]:
    """The rows of lines (place, cells), of which one of the first is the header. Raises NoHeader without one."""
    columns: Mapping[str, Sequence[int]] | None = None
    for count, (place, cells) in enumerate(lines, 1):
        if columns is None:
            columns = layout.header(cells)
            if columns is None and count >= HEADER_WITHIN:
                break
        elif any(cell.strip() for cell in cells):
            found = {
                field: "\n".join(cells[at] for at in places if at < len(cells)) for field, places in columns.items()
            }
            yield from layout.row(found, place)
    if columns is None:
        raise layout.no_header(name)


def row(values: Mapping[str, str], place: str) -> Iterator[Row | Bad]:
    """One line by fields. A row without a number is bad; a date that is none is left out and said."""
    text = {field: value.strip() for field, value in values.items()}
    get = text.get
    number = get("number", "")
    if not number:
        yield Bad(place=place, why="没有编号")
        return
    days: dict[str, date | None] = {}
    for field, name, reader in (("approved_on", "批准日期", read_date), ("valid_until", "有效期", last_date)):
        try:
            days[field] = reader(get(field, ""))
        except ValueError as error:
            days[field] = None
            yield Bad(place=place, why=f"{name}{error}", kept=True)
    newest = days["approved_on"]
    yield Row(
        place=place, key=number, version=newest.isoformat() if newest is not None else "", number=number,
        product=get("product", ""), holder=get("holder", ""), uscc=get("uscc", ""), agent=get("agent", ""),
        scope=get("scope", ""), model=get("model", ""), device_class=device_class(get("device_class", "")),
        code=get("code", ""), approved_on=newest, valid_until=days["valid_until"], identifier=get("identifier", ""),
        seen=newest,
    )  # fmt: skip


def device_class(text: str) -> str:
    """第三类, 三类, Ⅲ, III, 3 -> III."""
    found = _CLASS.search(unicodedata.normalize("NFKC", text[:40]))
    return _CLASSES[found.group(1)] if found is not None else ""


REGISTRATIONS = Layout(header=header, row=row, missing=NO_HEADER, hint="表头请用国家药监局查询页面的列名")
