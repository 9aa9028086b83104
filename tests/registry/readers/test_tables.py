"""Tables of registrations: CSV in any encoding, XLSX, JSON Lines; the same rows whichever the format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.registry.readers import columns, jsonl_table, xlsx_table
from scanner.registry.rows import Row, last_date, read_date
from tests.registry.making import HEADER, nmpa_csv, write
from tests.registry.readers.reading import rows, zipped

LINE = (
    "国械注准20213149001",
    "演示甲医疗器械有限公司",
    "演示用导管",
    "第三类",
    "A型",
    "用于演示。",
    "2021-03-01",
    "2026-02-28",
)

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def expected(place: str) -> Row:
    return Row(
        place=place, key="国械注准20213149001", version="2021-03-01", number="国械注准20213149001", product="演示用导管",
        holder="演示甲医疗器械有限公司", device_class="III", model="A型", scope="用于演示。", approved_on=date(2021, 3, 1),
        valid_until=date(2026, 2, 28), seen=date(2021, 3, 1),
    )  # fmt: skip


def xlsx(sheets: dict[str, Iterable[Sequence[Any]]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    book.save(out)
    return out.getvalue()


# --- CSV ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    good, bad = rows(write(tmp_path, "a.csv", nmpa_csv([LINE]).encode(encoding)), "table")
    assert (good, bad) == ([expected("a.csv:2")], [])


def test_csv_with_title_tabs_and_other_labels(tmp_path: Path) -> None:
    text = (
        "导出结果\n备案号\t备案人名称\t产品名称\t备案日期\n粤穗械备20219001\t演示乙有限公司\t演示绷带\t2021年3月1日\n"
    )
    good, _ = rows(write(tmp_path, "a.csv", text), "table")
    assert [(r.number, r.holder, r.product, r.approved_on, r.valid_until) for r in good] == [
        ("粤穗械备20219001", "演示乙有限公司", "演示绷带", date(2021, 3, 1), None)
    ]


def test_all_page_labels_of_the_query_site_are_understood(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """Each of the eight tables of the site gives number and holder or product under its own labels, in both formats."""
    tables = json.loads(shared("data/nmpa_page_fields.json").read_text("utf-8"))["datasets"]
    assert len(tables) == 8
    for name, labels in tables.items():
        line = [f"演示{i}" if "日期" not in label and "有效期" not in label else "" for i, label in enumerate(labels)]
        if not {"企业名称", "注册人名称", "备案人名称"} & set(labels):
            continue  # the table of production filings prints no name at all
        both = [rows(write(tmp_path, "a.csv", nmpa_csv([line], labels)), "table")[0],
                rows(write(tmp_path, "a.xlsx", xlsx({"Sheet1": [labels, line]})), "table")[0]]  # fmt: skip
        for (row,) in both:
            assert row.number.startswith("演示"), name
            assert row.holder.startswith("演示"), name


def test_bad_rows(tmp_path: Path) -> None:
    lines = [LINE, ("", *LINE[1:]), (*LINE[:6], "不详", "某日"), ("国械注准20213149002",), ("",) * 8]
    good, bad = rows(write(tmp_path, "a.csv", nmpa_csv(lines)), "table")
    assert [r.place for r in good] == ["a.csv:2", "a.csv:4", "a.csv:5"]
    assert [(b.place, b.kept) for b in bad] == [("a.csv:3", False), ("a.csv:4", True), ("a.csv:4", True)]


def test_a_quoted_cell_may_hold_lines(tmp_path: Path) -> None:
    line = (*LINE[:5], "第一行\n第二行", *LINE[6:])
    good, _ = rows(write(tmp_path, "a.csv", nmpa_csv([line, LINE])), "table")
    assert [(r.scope, r.place) for r in good] == [("第一行\n第二行", "a.csv:3"), ("用于演示。", "a.csv:4")]


HEAD = ",".join(HEADER).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b,c\n1,2,3\n", "找不到表头"),
        (b"", "找不到表头"),
        (b"PK\x03\x04rest", "zip 文件损坏或者不完整"),
        (("，".join(HEADER) + "\n").encode() + b"\xff\xff\xff\xff", "gb18030解不开"),
        (HEAD + b"\n" + b"x" * 1_200_000, "一行超过"),
        (HEAD + b'\n"' + b"x" * 140_000, "CSV 有错"),
        (b"<html></html>", "这是 xml 文件，不是表格"),
        (b'{"a": [\n1]}', "这是 json 文件，不是表格"),
    ],
)
def test_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rows(write(tmp_path, "a.csv", content), "table")


# --- XLSX --------------------------------------------------------------------------------------------------------


def test_xlsx_gives_what_csv_gives(tmp_path: Path) -> None:
    content = xlsx({"导出": [["国家药监局数据查询"], [], HEADER, LINE]})
    good, bad = rows(write(tmp_path, "a.xlsx", content), "table")
    assert (good, bad) == ([expected("a.xlsx:导出:4")], [])


def test_xlsx_cells_that_are_no_text(tmp_path: Path) -> None:
    stamp = datetime(2021, 3, 1)  # noqa: DTZ001 workbooks know no zones
    line = ["国械注准20213149001", None, 12.0, 3, 1.5, True, stamp, date(2026, 2, 28)]
    (row,), bad = rows(write(tmp_path, "a.xlsx", xlsx({"S": [HEADER, line, [None] * 8]})), "table")
    assert bad == []
    assert (row.product, row.device_class, row.model, row.approved_on, row.valid_until) == (
        "12", "III", "1.5", date(2021, 3, 1), date(2026, 2, 28)
    )  # fmt: skip


def test_xlsx_sheets_without_a_header_are_named(tmp_path: Path) -> None:
    content = xlsx({"说明": [["这是说明"]], "注册": [HEADER, LINE], "备案": [HEADER, ("国械备20219001", *LINE[1:])]})
    good, bad = rows(write(tmp_path, "a.xlsx", content), "table")
    assert [(r.number, r.place) for r in good] == [
        ("国械注准20213149001", "a.xlsx:注册:2"), ("国械备20219001", "a.xlsx:备案:2")
    ]  # fmt: skip
    assert [(b.place, b.kept) for b in bad] == [("a.xlsx:说明", True)]
    with pytest.raises(InputError, match="找不到表头"):
        rows(write(tmp_path, "b.xlsx", xlsx({"说明": [["这是说明"]]})), "table")


def test_damaged_and_hostile_workbooks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = xlsx({"S": [HEADER, LINE]})
    members = {"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": b" " * 20_000_000}
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
    table = {
        "cut.xlsx": (good[: len(good) // 2], "zip 文件损坏或者不完整"),
        "bomb.xlsx": (zipped(tmp_path / "x", members).read_bytes(), "异常大"),
        "empty.xlsx": (zipped(tmp_path / "x", {"xl/workbook.xml": ""}).read_bytes(), "XLSX 读不出来"),
        "dtd.xlsx": (zipped(tmp_path / "x", {"xl/workbook.xml": bomb}).read_bytes(), "XLSX 读不出来"),
    }
    for name, (content, says) in table.items():
        with pytest.raises(InputError, match=says):
            rows(write(tmp_path, name, content), "table")
    monkeypatch.setattr(xlsx_table, "MAX_TEXTS", 10)
    texts = zipped(tmp_path / "x", {"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": "<sst>12345</sst>"})
    with pytest.raises(InputError, match="16字节，超过上限10"):
        rows(write(tmp_path, "a.xlsx", texts.read_bytes()), "table")


def test_a_row_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "MAX_ROW", 100_000)
    long = [*LINE[:5], "长" * 10_000, *LINE[6:]]
    assert len(rows(write(tmp_path, "a.xlsx", xlsx({"S": [HEADER, long, long, LINE]})), "table")[0]) == 3
    with pytest.raises(InputError, match="一行超过100000字节"):
        rows(write(tmp_path, "b.xlsx", xlsx({"S": [HEADER, [*LINE, *["长" * 10_000] * 3]]})), "table")


def test_entities_in_a_sheet_are_not_expanded(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xlsx", xlsx({"S": [HEADER, LINE]}))
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet.partition(b"?>")[2]
    with pytest.raises(InputError, match="XLSX 读不出来"):
        rows(zipped(tmp_path / "b.xlsx", members), "table")


# --- JSON Lines --------------------------------------------------------------------------------------------------


def jsonl(*values: Any) -> str:
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values)


def test_json_lines(tmp_path: Path) -> None:
    value = {
        "number": LINE[0], "product_name": LINE[2], "holder": LINE[1], "scope": LINE[5], "class": "3", "model": "A型",
        "category_code": "", "approved_on": "2021-03-01", "valid_until": "2026-02-28", "uscc": None, "udi_di": [],
    }  # fmt: skip
    good, bad = rows(write(tmp_path, "a.jsonl", jsonl(value) + "\n\n"), "table")
    assert (good, bad) == ([expected("a.jsonl:1")], [])


def test_json_lines_that_are_none(tmp_path: Path) -> None:
    text = jsonl({"number": "国药准字S20089001", "name": "演示疫苗"}) + "\n{broken\n[1]\n" + jsonl({"number": ""})
    good, bad = rows(write(tmp_path, "a.jsonl", text), "table")
    assert [(r.number, r.product) for r in good] == [("国药准字S20089001", "演示疫苗")]
    assert [(b.place, b.why) for b in bad] == [
        ("a.jsonl:2", "这一行不是JSON"), ("a.jsonl:3", "这一行不是JSON对象"), ("a.jsonl:4", "没有编号")
    ]  # fmt: skip
    with pytest.raises(InputError, match="一行超过"):
        rows(write(tmp_path, "b.jsonl", '{"number": "1"}\n{"a": "' + "x" * jsonl_table.MAX_LINE + '"}'), "table")


def test_deep_json_is_one_bad_line(tmp_path: Path) -> None:
    good, bad = rows(write(tmp_path, "a.jsonl", '{"number": "1", "name": "x"}\n' + "[" * 100_000), "table")
    assert (len(good), [b.place for b in bad]) == (1, ["a.jsonl:2"])


PLAIN = st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=9)
JSON = PLAIN | st.lists(PLAIN, max_size=2) | st.just({"a": 1}) | st.just([[1]])
KEYS = st.sampled_from([key for keys in columns.COLUMNS.values() for key in keys])


@QUICK
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_json_value_becomes_text_or_nothing(value: dict[str, Any]) -> None:
    found = jsonl_table.fields(value)
    assert set(found) <= set(columns.COLUMNS)
    list(columns.row(found, "a:1"))


# --- dates -------------------------------------------------------------------------------------------------------


def test_dates() -> None:
    day = date(2025, 8, 2)
    written = ("2025-08-02", "2025/8/2", "2025.08.02", "20250802", "2025年8月2日", "2025-08-02 00:00:00")
    assert [read_date(text) for text in written] == [day] * 6
    assert [read_date(t) for t in ("", " ", "长期", "/")] == [None] * 4
    assert last_date("2020-08-03至2025-08-02") == day
    for text in ("2025-13-01", "昨天", "20250230", "12/11/2025"):
        with pytest.raises(ValueError):
            read_date(text)


@QUICK
@given(st.text(max_size=60))
def test_any_text_is_a_date_none_or_a_value_error(text: str) -> None:
    for reader in (read_date, last_date):
        try:
            assert reader(text) is None or isinstance(reader(text), date)
        except ValueError:
            continue
