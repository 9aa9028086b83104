"""Lists of what others tell: every encoding and kind of cell, faults by row and column, hostile files, any mapping."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.crawl.reading.links import canonical
from scanner.errors import ConfigError, InputError, UsageError
from scanner.home import shipped_rules
from scanner.intake import covering, mapping, reports
from scanner.intake.mapping import Map
from scanner.intake.report_row import MAX_CELL, Row
from scanner.model import LeadSource, Matter, Reporter
from scanner.registry.readers import xlsx_table
from tests.registry.readers.reading import zipped

TODAY = date(2026, 11, 28)
HEADS = ["线索编号", "推送日期", "企业名称", "商品链接", "违法情形", "问题描述"]
GOOD = ["GJ-1", "2026-11-20", "演示甲公司", "https://shop.example/p/1?spm=a", "虚假宣传", "页面写治愈率"]
NATIONAL = mapping.load("national-platform", shipped_rules())
COMPLAINTS = mapping.load("complaints-12315", shipped_rules())


def table(path: Path, *rows: list[str], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def read(path: Path, map_: Map = NATIONAL) -> tuple[Row, ...]:
    return reports.read(path, map_, today=TODAY, canonical=canonical).rows


def faults(row: Row) -> dict[str, str]:
    assert row.report is None
    return {fault.column: fault.message for fault in row.faults}


@pytest.mark.parametrize("name", ["national-platform", "complaints-12315", "opinion", "other-province"])
def test_shipped_mappings_know_every_matter(name: str) -> None:
    assert set(mapping.load(name, shipped_rules()).matters) == set(Matter)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    (row,) = read(table(tmp_path / "a.csv", ["各省清单"], HEADS, GOOD, encoding=encoding, delimiter=delimiter))
    report = row.report
    assert report is not None
    assert (row.place, row.reporter, row.faults) == ("a.csv:3", None, ())
    assert (report.source, report.reference, report.received) == (LeadSource.NATIONAL, "GJ-1", date(2026, 11, 20))
    assert (report.seller, report.storefront, report.matters) == ("演示甲公司", "shop.example", (Matter.CLAIM,))
    assert report.addresses == ("shop.example/p/1", "shop.example/p/1?spm=a", "shop.example/p/1/")


def test_a_workbook_gives_the_same(tmp_path: Path) -> None:
    (of_csv,) = read(table(tmp_path / "a.csv", HEADS, GOOD))
    (of_xlsx,) = read(workbook(tmp_path / "a.xlsx", HEADS, [GOOD[0], datetime(2026, 11, 20, 8, 30), *GOOD[2:]]))  # noqa: DTZ001
    assert of_csv.report is not None
    assert of_xlsx.report is not None
    assert (of_xlsx.report.id, of_xlsx.report.received) == (of_csv.report.id, date(2026, 11, 20))
    assert of_xlsx.place == "a.xlsx:Sheet:2"


def test_cells_that_a_spreadsheet_spoils(tmp_path: Path) -> None:
    """A formula counts by the value saved with it; nobody computed these, so they are empty."""
    rows = read(workbook(
        tmp_path / "a.xlsx", HEADS, ["GJ-1", "2026-11-20", '=HYPERLINK("http://evil.example","甲")', "", "虚假宣传", ""],
        ["GJ-2", "2026-11-20", "#N/A", "shop.example/p/2", "虚假宣传", ""], [4.20106e17, "2026-11-20", "甲", "", "虚假宣传", ""],
        ["GJ-4", 46346, "甲", "", "虚假宣传", ""],
    ))  # fmt: skip
    assert "都是空的" in faults(rows[0])[""]
    assert "错误值 #N/A" in faults(rows[1])["企业名称"]
    assert "科学计数法" in faults(rows[2])["线索编号"]
    assert faults(rows[3]) == {"推送日期": "不是日期：46346"}


def test_a_formula_with_its_saved_value_and_excels_quotes(tmp_path: Path) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>线索编号</t></is></c><c r="B1" t="inlineStr"><is><t>企业名称</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>违法情形</t></is></c></row><row r="2"><c r="A2" t="str"><f>CMD()</f><v>GJ-7</v></c>'
        '<c r="B2" t="str"><f>A1</f><v>演示甲公司</v></c><c r="C2" t="inlineStr"><is><t>虚假宣传</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    path = workbook(tmp_path / "a.xlsx", ["x"])
    import zipfile

    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name).decode() for name in old.namelist()}
    made = zipped(tmp_path / "b.xlsx", members | {"xl/worksheets/sheet1.xml": sheet})
    (row,) = read(made)
    assert row.report is not None
    assert (row.report.reference, row.report.seller) == ("GJ-7", "演示甲公司")
    (row,) = read(table(tmp_path / "c.csv", HEADS, ['="0012"', *GOOD[1:]]))
    assert row.report is not None
    assert row.report.reference == "0012"


def test_merged_cells_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", HEADS, GOOD, ["GJ-2", "2026-11-20", "", "", "虚假宣传", ""])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("C2:C3")
    book.worksheets[0].merge_cells("D2:D3")
    book.save(path)
    first, second = read(path)
    assert first.report is not None
    assert "合并的单元格" in faults(second)[""]


def test_faults_name_their_column(tmp_path: Path) -> None:
    bad = ["", "2027-01-01", "甲" * (MAX_CELL + 1), "没有网址", "乱写", "x"]
    (row,) = read(table(tmp_path / "a.csv", HEADS, bad))
    assert set(faults(row)) == {"推送日期", "企业名称", "商品链接", "违法情形"}


def test_one_row_may_tell_of_two_matters_and_several_addresses(tmp_path: Path) -> None:
    row = ["GJ-1", "", "", "m.shop.example/a、https://shop.example/b/", "未取得注册证，且存在虚假宣传", ""]
    (one,) = read(table(tmp_path / "a.csv", HEADS, row))
    assert one.report is not None
    assert one.report.matters == (Matter.REGISTRATION, Matter.CLAIM)
    assert one.report.urls == ("https://m.shop.example/a", "https://shop.example/b")
    assert "shop.example/b/" in one.report.addresses


def test_words_nobody_knows_beside_known_ones_are_said(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path / "a.csv", HEADS, [*GOOD[:4], "虚假宣传；页面截图附后", ""]))
    assert row.report is not None
    assert (row.report.matters, row.remarks) == ((Matter.CLAIM,), ("违法情形里没有认出：页面截图附后",))


def test_a_longer_word_is_not_also_the_shorter(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path / "a.csv", HEADS, [*GOOD[:4], "发布虚假广告", ""]))
    assert row.report is not None
    assert row.report.matters == (Matter.ADVERT,)


def test_without_a_reference_the_words_are_the_report(tmp_path: Path) -> None:
    opinion = mapping.load("opinion", shipped_rules())
    heads, row = ["发布时间", "涉事主体", "标题", "内容"], ["2026-11-20", "演示甲公司", "曝光", "治愈率"]
    (one,) = read(table(tmp_path / "a.csv", heads, row), opinion)
    (again,) = read(table(tmp_path / "b.csv", heads, row), opinion)
    (other,) = read(table(tmp_path / "c.csv", heads, [*row[:3], "有效率"]), opinion)
    assert one.report is not None
    assert again.report is not None
    assert other.report is not None
    assert one.report.id == again.report.id != other.report.id
    assert one.report.text == "曝光\n治愈率"


def test_who_told_it_stands_in_nothing_but_the_reporter(tmp_path: Path) -> None:
    heads = [
        "登记编号",
        "类型",
        "登记时间",
        "被投诉主体",
        "投诉内容",
        "投诉人",
        "联系电话",
        "联系地址",
        "是否实名",
        "证件号码",
    ]
    told = "我是王小明，138-0013-8000，住演示路1号，订单号：202611200001，另有证人13912345678，卖家客服电话 13700000000"
    row = [
        "T-1",
        "举报",
        "2026-11-20",
        "演示甲店",
        told,
        "王小明",
        "13800138000",
        "演示路1号",
        "是",
        "440106199001011234",
    ]
    (one,) = read(table(tmp_path / "a.csv", heads, row), COMPLAINTS)
    report, reporter = one.report, one.reporter
    assert report is not None
    assert reporter == Reporter(
        name="王小明", phone="13800138000", address="演示路1号", other="440106199001011234", text=told
    )
    assert (report.source, report.real_name, report.protected) == (LeadSource.TIP, True, True)
    for word in ("王小明", "8000，", "演示路", "202611200001", "13912345678", "440106"):
        assert word not in repr(report)
    assert "13700000000" in report.text


def test_covering_leaves_other_words() -> None:
    assert covering.cover("买家买到过期口罩", Reporter(name="王小明")) == "买家买到过期口罩"
    assert covering.cover("", Reporter()) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "找不到表头"),
        ("姓名,年龄\n甲,3\n".encode(), "找不到表头"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "不是 CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        (",".join(HEADS).encode() + b"\n\xff\xfe\xff,\x80", "解不开"),
        (",".join(HEADS).encode() + b"\n" + b"x" * 1_000_001, "一行超过"),
        (",".join(HEADS).encode() + b'\n"' + b"x" * 200_000, "CSV 有错"),
    ],
)
def test_files_that_are_no_such_list_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.csv")
    assert says in str(caught.value)


def test_a_list_for_another_mapping_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="缺少列：来文编号（线索编号"):
        read(table(tmp_path / "a.csv", HEADS[2:], GOOD[2:]))


def test_hostile_workbooks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": "甲" * 20_000_000})
    with pytest.raises(InputError, match="文件打不开") as caught:
        read(tmp_path / "none.xlsx")
    assert "线索表" not in caught.value.hint
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(bomb.read_bytes()[:5000])
    for file, says in ((bomb, "XLSX 里的文件解开后异常大"), (cut, "文件损坏或者不完整")):
        with pytest.raises(InputError, match=says) as caught:
            read(file)
        assert "线索表" in caught.value.hint
        assert not any(word in str(caught.value) for word in ("官方发布", "重新下载"))
    monkeypatch.setattr(reports, "MAX_TEXTS", 1000)
    texts = "".join(map(str, range(2000)))
    big = zipped(tmp_path / "b.xlsx", {"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": texts})
    with pytest.raises(InputError, match="解开以后过大"):
        read(big)
    monkeypatch.undo()
    monkeypatch.setattr(xlsx_table, "MAX_ROW", 1000)
    cell = "".join(map(str, range(30_000)))  # inline, where no cap on shared texts would see it
    long = zipped(tmp_path / "c.xlsx", {
        "xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": f"<sheetData><row><c><is><t>{cell}</t></is></c></row></sheetData>",
    })  # fmt: skip
    with pytest.raises(InputError, match="一行超过"):
        read(long)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="超过 2 行"):
        read(table(tmp_path / "a.csv", HEADS, GOOD, GOOD, GOOD))


MAP_FAULTS = [
    ("columns: {text: [内容]}\ndefaults: {matter: claim}", "没有说明是谁的列"),
    ("columns: {seller: [企业]}", "要在 defaults 写 matter"),
    ("columns: {seller: [企业], text: [企 业]}\ndefaults: {matter: claim}", "写在两处"),
    ("columns: {seller: [企业]}\nrequired: [reference]\ndefaults: {matter: claim}", "没有写在 columns"),
    ("columns: {seller: [企业]}\ndates: ['%d/%m']\ndefaults: {matter: claim}", "写全年、月、日"),
    ("columns: {shop: [企业]}\ndefaults: {matter: claim}", "shop"),
]


@pytest.mark.parametrize(("text", "says"), MAP_FAULTS)
def test_a_mapping_with_a_fault_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(f"title: 演示\nsource: other\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        mapping.load(str(path))
    assert says in str(caught.value.problems)


def test_a_homes_mapping_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "intake").mkdir()
    (tmp_path / "intake/opinion.yaml").write_text(
        'title: 自己的\nsource: opinion\ncolumns: {seller: [谁], received: [哪天]}\ndates: ["%d.%m.%Y"]\ndefaults: {matter: scope}\n',
        encoding="utf-8",
    )
    own = mapping.load("opinion", shipped_rules(), tmp_path)
    (row,) = read(table(tmp_path / "a.csv", ["谁", "哪天"], ["演示甲店", "1.2.2026"]), own)
    assert row.report is not None
    assert (row.report.received, row.report.matters) == (date(2026, 2, 1), (Matter.SCOPE,))
    with pytest.raises(UsageError, match="没有名为"):
        mapping.load("none", shipped_rules(), tmp_path)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=len(HEADS), max_size=len(HEADS)), max_size=4))
def test_whatever_a_list_says_each_row_is_a_report_or_says_what_is_wrong(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    for row in read(table(tmp_path_factory.mktemp("any") / "a.csv", HEADS, *rows)):
        assert (row.report is None) == bool(row.faults)
        assert row.report is None or (row.report.id and row.report.matters)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_in_any_order_under_any_of_their_headings_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The mapping finds a field wherever and under whichever of its headings it stands, among columns it does not know."""
    values = {"reference": "A-1", "seller": "演示甲公司", "url": "https://shop.example/1", "matter": "虚假宣传",
              "product": "演示口罩", "text": "说明", "received": "2026-11-20", "region": "江西"}  # fmt: skip
    heads = {name: data.draw(st.sampled_from(NATIONAL.columns[name])) for name in values}  # type: ignore[index]
    order = data.draw(st.permutations([*values, "x"]))
    path = table(
        tmp_path_factory.mktemp("order") / "a.csv",
        [heads.get(name, "别的") for name in order], [values.get(name, "不读") for name in order],
    )  # fmt: skip
    (row,) = read(path)
    assert row.report is not None
    assert (row.report.reference, row.report.seller, row.report.product, row.report.text, row.report.region) == (
        "A-1", "演示甲公司", "演示口罩", "说明", "江西",
    )  # fmt: skip
    assert (row.report.urls, row.report.matters) == (("https://shop.example/1",), (Matter.CLAIM,))
