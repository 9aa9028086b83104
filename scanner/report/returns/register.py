"""The base register of network sellers (网络销售企业备案信息采集表) as a sheet.

The notice (江西省“清网”行动工作方案 三（一）) hands its own table round in a chat group and does not print it; these are the
columns that the register of sellers and the pages can fill.

Owns: columns and layout. Leaves to others: who is in it (``coverage.base``), cells (``workbook``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner import clock
from scanner.coverage.base import BaseSeller
from scanner.report.returns import workbook
from scanner.report.returns.workbook import Block, lines

TITLE = "网络销售企业备案信息采集表"
HEADS = (
    "序号", "企业名称", "统一社会信用代码", "经营许可、备案编号", "网络销售备案编号", "平台", "店铺名称", "网址", "辖区", "来源",
    "最近看到", "未办结线索",
)  # fmt: skip
WIDTHS = (6.0, 26.0, 21.0, 22.0, 22.0, 10.0, 14.0, 28.0, 10.0, 8.0, 11.0, 8.0)
ORIGINS = {"register": "台账", "pages": "网页"}
NOTE = "来源写“网页”的，是巡查看到、台账里没有的经营者，名称和编号按网页所示，没有核实。空格表示不知道。"
MOST = 5  # addresses of one seller


def xlsx(
    sellers: Sequence[BaseSeller], *, unit: str, day: str, made: datetime, mark: str = "", remarks: Sequence[str] = ()
) -> bytes:
    """The register as a workbook. ``remarks``: lines below it: whose it is, what is left out."""
    book, sheet = workbook.empty(TITLE, made)
    whole = len(HEADS)
    title = (f"【{mark}】" if mark else "") + TITLE
    workbook.put(sheet, Block(row=1, column=1, columns=whole, value=title, size=16, bold=True, boxed=False))
    workbook.put(sheet, Block(row=2, column=1, columns=6, value=f"填报单位：{unit}", boxed=False, at="left"))
    workbook.put(sheet, Block(row=2, column=7, columns=whole - 6, value=f"日期：{day}", boxed=False, at="left"))
    for column, head in enumerate(HEADS, 1):
        workbook.put(sheet, Block(row=3, column=column, value=head, bold=True))
    for row, seller in enumerate(sellers, 4):
        cells = _cells(row - 3, seller)
        for column, value in enumerate(cells, 1):
            at = "left" if isinstance(value, str) else "center"
            workbook.put(sheet, Block(row=row, column=column, value=value, at=at))
        most = max(lines(str(value), WIDTHS[at]) for at, value in enumerate(cells) if value is not None)
        sheet.row_dimensions[row].height = workbook.height(most)
    for row, line in enumerate((NOTE, *remarks), len(sellers) + 4):
        workbook.put(sheet, Block(row=row, column=1, columns=whole, value=line, boxed=False, at="left"))
        sheet.row_dimensions[row].height = workbook.height(lines(line, sum(WIDTHS) - 2))
    workbook.widths(sheet, list(WIDTHS))
    sheet.row_dimensions[1].height = 32.0
    sheet.row_dimensions[3].height = workbook.height(2)
    sheet.freeze_panes = "C4"
    workbook.print_on_a4(sheet, landscape=True, titles=(3, 3), mark=mark)
    return workbook.made(book)


def _cells(number: int, one: BaseSeller) -> tuple[str | int | None, ...]:
    more = f"\n……共 {len(one.addresses)} 个" if len(one.addresses) > MOST else ""
    return (
        number, one.name or "（页面没有写明）", one.uscc, "\n".join(one.licences), "\n".join(one.filings),
        "、".join(one.platforms), "、".join(one.shops), "\n".join(one.addresses[:MOST]) + more, "、".join(one.areas),
        ORIGINS[one.origin], clock.day(one.seen).isoformat() if one.seen is not None else "", one.leads,
    )  # fmt: skip
