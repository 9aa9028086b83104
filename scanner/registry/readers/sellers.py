"""Registers of network sellers (网络销售企业台账) as offices keep them: CSV or XLSX, with headers of their own making.

Owns: the labels of these lists, and what of a row is taken, left out or refused. A remark in brackets behind a label is
passed over; of columns that mean the same (网址, 店铺网址) all are read. Leaves to others: files (``csv_table``,
``xlsx_table``), addresses and whose they are (``registry.sellers``), gathering rows of one seller (``registry.sellers``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scanner.errors import InputError
from scanner.registry.company.codes import code_in, wrong_code
from scanner.registry.readers import columns, csv_table, kinds, xlsx_table
from scanner.registry.readers.columns import Layout
from scanner.registry.rows import Bad, NetSeller, Part
from scanner.registry.sellers import addresses, platforms

MAX_TEXT = 300  # characters kept of a cell

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("企业名称", "单位名称", "公司名称", "经营者名称", "经营企业名称", "网络销售企业名称", "医疗器械网络销售企业名称",
             "药品网络销售企业名称", "网络销售者名称", "主体名称", "市场主体名称", "商户名称", "备案企业名称", "企业全称",
             "经营主体", "企业", "单位"),
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "统一社会信用代码/注册号", "统一信用代码", "营业执照号",
             "营业执照编号", "营业执照统一社会信用代码", "uscc"),
    "licence": ("许可证编号", "许可证号", "许可证/备案编号", "许可证编号/备案编号", "许可证号/备案号", "许可/备案编号",
                "许可备案编号", "许可证(备案)编号", "经营许可证编号", "经营许可证号", "医疗器械经营许可证编号",
                "医疗器械经营许可证号", "药品经营许可证编号", "经营备案编号", "经营备案号", "第二类医疗器械经营备案编号",
                "第二类医疗器械经营备案凭证编号", "备案凭证编号", "许可备案号", "许可证编号或备案编号", "证照编号"),
    "filing": ("网络销售备案", "网络销售备案号", "网络销售备案编号", "网络销售备案凭证编号", "网络销售信息备案编号",
               "医疗器械网络销售备案", "医疗器械网络销售备案号", "医疗器械网络销售备案编号", "医疗器械网络销售信息备案编号",
               "网销备案号", "网销备案编号", "网络销售报告编号"),
    "platform": ("平台名称", "平台", "入驻平台", "入驻平台名称", "所在平台", "销售平台", "第三方平台", "第三方平台名称",
                 "网络交易平台", "网络交易服务第三方平台", "网络交易服务第三方平台名称", "医疗器械网络交易服务第三方平台名称",
                 "销售渠道"),
    "shop": ("店铺名称", "网店名称", "店铺", "网店", "店名", "平台店铺名称", "入驻店铺名称", "网络店铺名称", "网站名称"),
    "address": ("网址", "店铺网址", "网店网址", "店铺链接", "网店链接", "店铺地址", "网店地址", "链接", "链接地址", "网站",
                "网站网址", "网站地址", "企业网址", "企业网站", "自建网站", "自建网站网址", "官网", "官方网站", "域名", "网站域名",
                "网络域名", "店铺主页", "主页", "网页地址", "网络地址", "销售网址", "平台网址", "店铺url", "url", "网络销售网址",
                "网站(网店)网址", "网站/店铺网址", "网址/店铺网址", "网站或店铺网址", "入驻店铺网址", "小程序链接"),
    "area": ("辖区", "区县", "县区", "县(市、区)", "所在区县", "所属区县", "所属辖区", "行政区划", "所在地区", "监管单位",
             "监管部门", "属地监管单位", "属地", "监管所", "市场监管所", "责任单位"),
}  # fmt: skip
NO_HEADER = "找不到表头：要有“企业名称”，以及“网址”“店铺网址”“统一社会信用代码”“平台名称”等列中的一列"

_SHOWS_SHOPS = frozenset(("platform", "shop", "address", "filing"))
_REMARK = re.compile(r"\([^()]*\)")


def parts(path: Path) -> Iterator[Part]:
    """The file as one part; its rows are NetSeller. Raises InputError when it is no table, with the way out."""
    kind = kinds.kind_of(path)
    kinds.refuse_papers(kind, path)
    if kind not in ("xlsx", "text", "empty"):
        raise InputError(f"这是 {kind} 文件，不是台账", where=str(path), hint="另存为 CSV 或者 XLSX 再导入")
    yield from _tables(path, LAYOUT)


def _tables(path: Path, layout: Layout) -> Iterator[Part]:
    if kinds.kind_of(path) == "xlsx":
        return xlsx_table.parts(path, layout)
    return csv_table.parts(path, layout)


def header(cells: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
    """Field -> columns, or None if this is not the header line."""
    found: dict[str, list[int]] = {}
    for at, cell in enumerate(cells):
        if field := _field(cell):
            found.setdefault(field, []).append(at)
    if "name" not in found or len(found) == 1:
        return None
    return {field: tuple(places if field in ("address", "licence") else places[:1]) for field, places in found.items()}


def is_list(path: Path) -> bool:
    """Whether a CSV or XLSX file is a list of sellers on the web, and not of any companies. Raises InputError."""
    try:
        return any(not isinstance(row, Bad) for part in _tables(path, WEB) for row in part.rows)
    except columns.NoHeader:
        return False


def row(values: Mapping[str, str], place: str) -> Iterator[NetSeller | Bad]:
    """One line by fields. Without a name it is bad; a code or an address that is none is left out and said."""
    text = {field: _line(value) for field, value in values.items()}
    name = text.get("name", "")
    if not re.search(r"\w", name):
        yield Bad(place=place, why="没有企业名称（合并的单元格要先拆开，每一行都填上）")
        return
    code = code_in(text.get("uscc", "")) or code_in(f"统一社会信用代码：{text.get('uscc', '')}")
    if text.get("uscc") and not code:
        why = wrong_code(text["uscc"])
        yield Bad(place=place, why=f"统一社会信用代码不对：{text['uscc'][:40]}{f'（{why}）' if why else ''}", kept=True)
    told = addresses.found(values.get("address", ""))
    yield from (Bad(place=place, why=why, kept=True) for why in _doubts(text.get("address", ""), told))
    yield NetSeller(
        place=place, name=name, uscc=code, licence=text.get("licence", ""), filing=text.get("filing", ""),
        platform=text.get("platform", ""), shop=text.get("shop", ""), area=text.get("area", ""), addresses=told,
    )  # fmt: skip


def _doubts(cell: str, told: Sequence[str]) -> Iterator[str]:
    """What is wrong with the addresses of a row, in words."""
    if not told and re.search(r"\w", cell) and not platforms.shipped().own(cell):
        yield f"网址一栏里没有认出网址：{cell[:60]}"
    for address in told:
        where = addresses.place(address)
        if where is not None and platforms.shipped().at(where.host) is not None and not platforms.shipped().shop(where):
            yield f"网址只到平台，看不出是哪家店铺：{address[:100]}"


def _web_header(cells: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
    found = header(cells)
    return None if found is None or _SHOWS_SHOPS.isdisjoint(found) else found


def _field(cell: str) -> str:
    name = columns.label(cell).lower()
    return _LABELS.get(name) or _LABELS.get(_REMARK.sub("", name)) or ""


def _line(text: str) -> str:
    """A cell on one line, without the quotes by which spreadsheets keep long numbers as text."""
    return " ".join(text.split()).strip("'\u2018\u2019")[:MAX_TEXT]


_LABELS = {columns.label(name).lower(): field for field, names in COLUMNS.items() for name in names}
LAYOUT = Layout(
    header=header, row=row, missing=NO_HEADER, hint="表头写在前十行之内；列名可以带括号里的说明，多余的列不影响"
)
WEB = replace(LAYOUT, header=_web_header)
