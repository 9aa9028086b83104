"""Forms as sheets: golden structure, safe cells, bytes that repeat, and what another program makes of them."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from scanner.leads.returns.cells import Cell
from scanner.leads.returns.checks import Fault
from scanner.report.returns.grid import NAMED, Filled, xlsx
from scanner.report.returns.workbook import lines
from tests.leads.returns.making import FORMS

VALUES = {
    "unit": "演示市市场监督管理局", "date": "2026年11月20日", "person": "甲", "contact": "0000-0000", "from": "2026年3月1日",
    "to": "2026年11月20日", "year": "2026",
}  # fmt: skip
MADE = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
TEXT = "=cmd|'/C calc'!A1\x00\u200b，已移送公安机关"


def filled(name: str, *, seed: int = 1, notes: bool = True, mark: str = "") -> Filled:
    """A form full of figures."""
    dice, form = random.Random(seed), FORMS[name]
    cells = {}
    for row in form.rows:
        for column in form.columns:
            some = {"text": TEXT, "hand": None, "money": Decimal(dice.randint(0, 10**9)) / 100}
            value = some.get(column.count, dice.randint(0, 300))
            cells[row.id, column.id] = Cell(value=value, leads=tuple(range(1, dice.randint(1, 90))))  # type: ignore[arg-type]
    return Filled(form=form, cells=cells, values=VALUES, made=MADE, notes=notes, mark=mark)


def opened(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def text(sheet: Worksheet, place: str) -> str:
    return str(sheet[place].value or "").replace("\n", "")


def merged(sheet: Worksheet) -> set[str]:
    return {str(one) for one in sheet.merged_cells.ranges}


def test_qingwang_1_stands_as_in_the_notice() -> None:
    sheet = opened(xlsx(filled("qingwang-1")))
    assert sheet["A1"].value == "医疗器械“清网”行动监督检查情况表"
    assert (text(sheet, "A2"), "日期：2026年11月20日" in [text(sheet, f"{c}2") for c in "BCDEFGHI"]) == (
        "单位名称（公章）：演示市市场监督管理局", True,
    )  # fmt: skip
    assert {"A1:N1", "A3:A4", "F3:K3", "B3:B4", "E3:E4", "L3:L4", "M3:M4", "N3:N4"} <= merged(sheet)
    assert (sheet["A3"].value, text(sheet, "F3")) == (None, "行政处罚情况")
    assert [text(sheet, f"{c}3") for c in "BCDELMN"] == [
        "监督检查企业数", "责令整改企业数", "约谈企业数", "查处违法违规案件数", "移送公安机关案件数", "移送网信、通信主管部门网站数", "公开曝光企业数",
    ]  # fmt: skip
    assert [text(sheet, f"{c}4") for c in "FGHIJK"] == [
        "警告", "罚款（万元）", "没收违法所得（万元）", "没收非法财物", "责令停业", "吊销许可证（张）",
    ]  # fmt: skip
    assert [text(sheet, f"A{row}") for row in (5, 6, 7)] == [
        "医疗器械网络销售企业",
        "医疗器械网络交易服务第三方平台",
        "",
    ]


def test_qingwang_2_has_a_column_for_words() -> None:
    sheet = opened(xlsx(filled("qingwang-2")))
    assert text(sheet, "A2") == "填报单位：演示市市场监督管理局"
    assert {"F3:K3", "N3:N4"} <= merged(sheet)
    assert text(sheet, "N3") == "重点案件情况"
    assert [text(sheet, f"A{row}") for row in (5, 6, 7)] == ["国家药监局移送线索", "省局网络监测线索", "外省移送线索"]


def test_zhengzhi_1_stands_as_in_the_notice() -> None:
    sheet = opened(xlsx(filled("zhengzhi-1")))
    assert text(sheet, "A1") == "2026年医疗器械质量安全专项整治工作情况统计表一"
    assert (text(sheet, "A2"), text(sheet, "A3")) == ("填报单位：演示市市场监督管理局", "填报人：甲")
    assert {text(sheet, f"{c}{r}") for r in (2, 3) for c in "CDEFGHI"} >= {
        "盟市市场监督管理局（盖章）：",
        "联系方式：0000-0000",
    }
    assert {"A4:B4", "A5:B5", "A6:B6", "A7:A8", "A9:A11", "A12:B12", "A13:N13"} <= merged(sheet)
    assert text(sheet, "A4") == "整治项目"
    assert [text(sheet, f"{c}4") for c in "IJ"] == ["罚没款（万元）", "处罚主要责任人"]
    assert [text(sheet, f"B{row}") for row in (7, 8, 9, 10, 11)] == ["配送", "使用", "生产", "经营", "使用"]
    assert text(sheet, "A13") == "备注：本统计报表内数据应为专项整治工作开展以来截止2026年11月20日的累计数"


def test_zhengzhi_2_stands_as_in_the_notice() -> None:
    sheet = opened(xlsx(filled("zhengzhi-2")))
    assert {
        "A4:C4", "A5:B6", "A7:A10", "B7:B8", "B9:B10", "A11:C11", "A12:B13", "A14:A19", "B14:B15", "B16:B17", "B18:B19", "A20:C20",
        "A21:C21", "A22:B23", "A24:C24", "A25:A28", "B25:C25", "B26:C26", "B27:C27", "B28:C28", "A29:C29", "A30:R30",
    } <= merged(sheet)  # fmt: skip
    assert [text(sheet, f"{c}4") for c in "JK"] == ["处罚主要责任人", "罚没款（万元）"]
    assert [text(sheet, f"A{row}") for row in (5, 7, 11, 12, 14, 20, 21, 22, 24, 25, 29)] == [
        "新冠病毒检测试剂", "其中", "其他疫情防控医疗器械产品经营", "医疗美容医疗器械", "其中", "青少年近视防治相关医疗器械经营", "其中彩色隐形眼镜经营",
        "辅助生殖类医疗器械", "医疗器械网络销售企业", "其中", "医疗器械网络交易服务第三方平台",
    ]  # fmt: skip
    assert [text(sheet, f"B{row}") for row in (7, 9, 14, 16, 18, 25, 26, 27, 28)] == [
        "新冠病毒核酸检测试剂", "新冠病毒抗体检测试剂", "注射用透明质酸钠凝胶", "射频（皮肤）治疗仪", "其他产品", "疫情防控医疗器械",
        "青少年近视防治相关医疗器械", "彩色隐形眼镜", "医美相关医疗器械",
    ]  # fmt: skip
    assert text(sheet, "A30").endswith("截止2026年11月20日的累计")


@pytest.mark.parametrize("name", sorted(FORMS))
def test_figures_are_numbers_in_their_places_and_empty_ones_stay_empty(name: str) -> None:
    one = filled(name)
    sheet, form = opened(xlsx(one)), one.form
    first = 5  # title, head lines and header take four rows in all four forms
    labels = len(form.rows[0].label)
    for number, row in enumerate(form.rows, first):
        for at, column in enumerate(form.columns, labels + 1):
            value, cell = one.cells[row.id, column.id].value, sheet.cell(number, at)
            if isinstance(value, Decimal):
                assert (cell.data_type, cell.number_format, Decimal(str(cell.value)).quantize(Decimal("0.01"))) == (
                    "n",
                    "0.00",
                    value,
                )
            elif value is None:
                assert cell.value is None
            elif isinstance(value, int):
                assert (cell.data_type, cell.value) == ("n", value)


def test_words_are_never_formulas_and_nothing_leads_outside() -> None:
    data = xlsx(filled("qingwang-2"))
    cell = opened(data)["N5"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|'/C calc'!A1[U+0000][U+200B]，已移送公安机关")
    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            body = parts.read(name)
            assert b"<f>" not in body
            assert b"<f " not in body
            assert b'TargetMode="External"' not in body
            assert "externalLink" not in name


def test_the_same_figures_give_the_same_bytes() -> None:
    assert xlsx(filled("zhengzhi-2")) == xlsx(filled("zhengzhi-2"))
    assert xlsx(filled("zhengzhi-2")) != xlsx(filled("zhengzhi-2", seed=2))


def test_notes_name_the_leads_and_what_does_not_fit() -> None:
    one = filled("qingwang-1")
    cells = dict(one.cells)
    cells["sellers", "checked"] = Cell(value=9, leads=tuple(range(1, 200)), hand=True, counted=199)
    cells["sellers", "talks"] = Cell(value=0)
    faults = (Fault(row="sellers", column="checked", says="手工填的 9 小于线索记载的 199", leads=()),)
    made = Filled(form=one.form, cells=cells, values=VALUES, made=MADE, faults=faults)
    sheet = opened(xlsx(made))
    comment = sheet["B5"].comment
    assert comment is not None
    said = comment.text.splitlines()
    assert said[:2] == ["手工填报；线索记载 199", "核对：手工填的 9 小于线索记载的 199"]
    assert said[2].startswith("线索 199 条：1、2、")
    assert said[2].endswith(f"、{NAMED}……")
    assert sheet["D5"].comment is None
    bare = opened(xlsx(Filled(form=one.form, cells=cells, values=VALUES, made=MADE, notes=False)))
    assert all(cell.comment is None for row in bare.iter_rows() for cell in row)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_it_prints_on_a4_across_and_nothing_is_cut(name: str) -> None:
    sheet = opened(xlsx(filled(name)))
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert re.fullmatch(r"'?.*'?!?\$[34]:\$4", str(sheet.print_title_rows))
    covered = {cell: one for one in sheet.merged_cells.ranges for row in one.cells for cell in [row]}
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            if cell.value is None:
                continue
            area = covered.get((cell.row, cell.column))
            columns = range(area.min_col, area.max_col + 1) if area else [cell.column]
            rows = range(area.min_row, area.max_row + 1) if area else [cell.row]
            width = sum(sheet.column_dimensions[openpyxl.utils.get_column_letter(c)].width for c in columns)
            height = sum(sheet.row_dimensions[r].height or 15 for r in rows)
            shown = f"{cell.value:.2f}" if isinstance(cell.value, float) else str(cell.value)
            if isinstance(cell.value, int | float):
                assert len(shown) + 1 <= width, (cell.coordinate, shown)
            else:
                assert lines(shown, width) * 10 * 1.3 <= height, (cell.coordinate, shown)


def test_a_rehearsal_says_so() -> None:
    sheet = opened(xlsx(filled("qingwang-1", mark="演练")))
    assert text(sheet, "A1").startswith("【演练】")
    assert sheet.oddHeader.center.text == "演练"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice (soffice), which is not installed")
def test_another_program_opens_and_saves_it_without_change(tmp_path: Path) -> None:
    for name in FORMS:
        (tmp_path / f"{name}.xlsx").write_bytes(xlsx(filled(name)))
    out = tmp_path / "out"
    files = [str(path) for path in tmp_path.glob("*.xlsx")]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), *files],
        check=True, capture_output=True, timeout=110,
    )  # fmt: skip
    for name in FORMS:
        before, after = opened((tmp_path / f"{name}.xlsx").read_bytes()), opened((out / f"{name}.xlsx").read_bytes())
        assert merged(before) == merged(after)
        for row in before.iter_rows():
            for cell in row:
                other = after[cell.coordinate]
                assert (cell.value, cell.data_type) == (other.value, other.data_type), cell.coordinate
                assert (cell.comment is None) == (other.comment is None)
