"""Reading registers' files: what a row becomes, what is reported with its place, what is refused as a whole."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry.readers import READERS
from scanner.registry.rows import Bad, Row, last_date, read_date
from tests.registry.making import HEADER, device, nmpa_csv, udi_xml, write


def rows(path: Path, reader: str) -> tuple[list[Row], list[Bad]]:
    found = list(READERS[reader](path))
    return [r for r in found if isinstance(r, Row)], [b for b in found if isinstance(b, Bad)]


# --- UDI ---------------------------------------------------------------------------------------------------------


def test_udi_record(tmp_path: Path) -> None:
    text = udi_xml(
        [device("粤械注准20212149001", cpmctymc="演示 & 配件", tsrq="2025-12-31", tyshxydm="91000000DEMAJAA186")]
    )
    good, bad = rows(write(tmp_path, "part.xml", text), "udi_xml")
    assert bad == []
    assert good == [
        Row(
            place="part.xml 第1条", key="0690000000001220240101", version="00000001 2026-11-01",
            number="粤械注准20212149001", product="演示 & 配件", holder="演示甲医疗器械有限公司", uscc="91000000DEMAJAA186",
            model="A型", code="14-05-03", identifier="06900000000012", withdrawn_on=date(2025, 12, 31),
            seen=date(2026, 11, 1),
        )
    ]  # fmt: skip


def test_udi_zip_and_odd_members(tmp_path: Path) -> None:
    path = tmp_path / "UDID_DAY_UPDATE.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../PART1.xml", udi_xml([device("粤械注准20212149001")]))
        archive.writestr("PART2.XML", udi_xml([device("粤械注准20212149002")]))
        archive.writestr("readme.txt", "x")
    good, bad = rows(path, "udi_xml")
    assert [(r.number, r.place) for r in good] == [
        ("粤械注准20212149001", "UDID_DAY_UPDATE.zip:PART1.xml 第1条"),
        ("粤械注准20212149002", "UDID_DAY_UPDATE.zip:PART2.XML 第1条"),
    ]
    assert [b.place for b in bad] == ["UDID_DAY_UPDATE.zip:readme.txt"]
    assert list(tmp_path.parent.glob("**/PART1.xml")) == []


def test_udi_header_count_is_checked(tmp_path: Path) -> None:
    good, bad = rows(write(tmp_path, "a.xml", udi_xml([device("粤械注准20212149001")], count=3)), "udi_xml")
    assert len(good) == 1
    assert [(b.why, b.kept) for b in bad] == [("文件头写有3条，实际1条，文件可能不完整", True)]


def test_udi_bad_rows_have_their_place(tmp_path: Path) -> None:
    records = [device(""), device("粤械注准20212149001", tsrq="不详"), device("粤械注准20212149002", versionNumber="x")]
    good, bad = rows(write(tmp_path, "a.xml", udi_xml(records)), "udi_xml")
    assert [r.number for r in good] == ["粤械注准20212149001", "粤械注准20212149002"]
    assert [(b.place, b.kept) for b in bad] == [("a.xml 第1条", False), ("a.xml 第2条", True)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<udid><header/><devices><device>", "XML 有错"),
        ("<html><device></device></html>", "根元素应为 udid"),
        ("not xml at all", "XML 有错"),
        (
            '<!DOCTYPE udid [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            "<udid><devices><device><zxxsdycpbs>&b;</zxxsdycpbs></device></devices></udid>",
            "DTD",
        ),
        (
            '<!DOCTYPE udid [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
            "<udid><devices><device><zxxsdycpbs>&f;</zxxsdycpbs></device></devices></udid>",
            "DTD",
        ),
    ],
)
def test_udi_refused(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rows(write(tmp_path, "a.xml", content), "udi_xml")


def test_udi_text_beyond_the_parser_s_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="XML 有错"):
        rows(write(tmp_path, "a.xml", udi_xml([device("粤械注准20212149001", cpms="长" * 11_000_000)])), "udi_xml")


def test_zip_bombs_and_broken_zips_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 20_000_000)
    with pytest.raises(InputError, match="异常大"):
        rows(bomb, "udi_xml")

    good = tmp_path / "good.zip"
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", udi_xml([device("粤械注准20212149001")]))
    with pytest.raises(InputError, match="zip"):
        rows(write(tmp_path, "cut.zip", good.read_bytes()[:-30]), "udi_xml")
    broken = bytearray(good.read_bytes())
    broken[60] ^= 0xFF
    with pytest.raises(InputError):
        rows(write(tmp_path, "flipped.zip", bytes(broken)), "udi_xml")
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("inner.zip", good.read_bytes())
    with pytest.raises(InputError, match="zip 里还有 zip"):
        rows(nested, "udi_xml")


# --- tables ------------------------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_table_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    good, bad = rows(write(tmp_path, "a.csv", nmpa_csv([LINE]).encode(encoding)), "nmpa_csv")
    assert bad == []
    assert good == [
        Row(
            place="a.csv:2", key="国械注准20213149001", version="2021-03-01", number="国械注准20213149001",
            product="演示用导管", holder="演示甲医疗器械有限公司", device_class="III", model="A型", scope="用于演示。",
            approved_on=date(2021, 3, 1), valid_until=date(2026, 2, 28), seen=date(2021, 3, 1),
        )
    ]  # fmt: skip


def test_table_with_title_tabs_and_other_labels(tmp_path: Path) -> None:
    text = (
        "导出结果\n备案号\t备案人名称\t产品名称\t备案日期\n粤穗械备20219001\t演示乙有限公司\t演示绷带\t2021年3月1日\n"
    )
    good, _ = rows(write(tmp_path, "a.csv", text), "nmpa_csv")
    assert [(r.number, r.holder, r.product, r.approved_on, r.valid_until) for r in good] == [
        ("粤穗械备20219001", "演示乙有限公司", "演示绷带", date(2021, 3, 1), None)
    ]


def test_all_page_labels_of_the_query_site_are_understood(tmp_path: Path, shared: object) -> None:
    """Each of the eight tables of the site gives number and holder or product under its own labels."""
    import json

    tables = json.loads(shared("data/nmpa_page_fields.json").read_text("utf-8"))["datasets"]  # type: ignore[operator]
    assert len(tables) == 8
    for name, labels in tables.items():
        line = [f"演示{i}" if "日期" not in label and "有效期" not in label else "" for i, label in enumerate(labels)]
        path = write(tmp_path, "a.csv", nmpa_csv([line], labels))
        if not {"企业名称", "注册人名称", "备案人名称"} & set(labels):
            continue  # the table of production filings prints no name at all
        good, _ = rows(path, "nmpa_csv")
        assert good[0].number.startswith("演示"), name
        assert good[0].holder.startswith("演示"), name


def test_table_bad_rows(tmp_path: Path) -> None:
    lines = [LINE, ("", *LINE[1:]), (*LINE[:6], "不详", "某日"), ("国械注准20213149002",), ("",) * 8]
    good, bad = rows(write(tmp_path, "a.csv", nmpa_csv(lines)), "nmpa_csv")
    assert [r.place for r in good] == ["a.csv:2", "a.csv:4", "a.csv:5"]
    assert [(b.place, b.kept) for b in bad] == [("a.csv:3", False), ("a.csv:4", True), ("a.csv:4", True)]


def test_a_quoted_cell_may_hold_lines(tmp_path: Path) -> None:
    line = (*LINE[:5], "第一行\n第二行", *LINE[6:])
    good, _ = rows(write(tmp_path, "a.csv", nmpa_csv([line, LINE])), "nmpa_csv")
    assert [(r.scope, r.place) for r in good] == [("第一行\n第二行", "a.csv:3"), ("用于演示。", "a.csv:4")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b,c\n1,2,3\n", "找不到表头"),
        (b"", "找不到表头"),
        (b"PK\x03\x04rest", "XLSX"),
        (("，".join(HEADER) + "\n").encode() + b"\xff\xff\xff\xff", "gb18030解不开"),
        (",".join(HEADER).encode() + b"\n" + b"x" * 1_200_000, "一行超过"),
        (",".join(HEADER).encode() + b'\n"' + b"x" * 140_000, "CSV 有错"),
    ],
)
def test_table_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rows(write(tmp_path, "a.csv", content), "nmpa_csv")


def test_dates() -> None:
    day = date(2025, 8, 2)
    written = ("2025-08-02", "2025/8/2", "2025.08.02", "20250802", "2025年8月2日", "2025-08-02 00:00:00")
    assert [read_date(text) for text in written] == [day] * 6
    assert [read_date(t) for t in ("", " ", "长期", "/")] == [None] * 4
    assert last_date("2020-08-03至2025-08-02") == day
    for text in ("2025-13-01", "昨天", "20250230", "12/11/2025"):
        with pytest.raises(ValueError):
            read_date(text)
