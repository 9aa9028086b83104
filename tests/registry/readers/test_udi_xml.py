"""UDI parts: what a record becomes, what is mended, what is bad on its own, what is refused as a whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.registry.readers import udi_xml as reader
from scanner.registry.rows import Bad, Row
from tests.registry.making import device, udi_xml, write
from tests.registry.readers.reading import rows

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str | bytes) -> tuple[list[Row], list[Bad]]:
    content = text if isinstance(text, bytes) else text.encode()
    found = list(reader.rows(io.BytesIO(content), "a.xml"))
    return [r for r in found if isinstance(r, Row)], [b for b in found if isinstance(b, Bad)]


def with_text(*texts: str) -> str:
    """A part whose records have these descriptions, as they stand in the file."""
    marks = [f"@{n}@" for n in range(len(texts))]
    out = udi_xml(
        [device(f"粤械注准2021214{n:04d}", cpmctymc=mark, deviceRecordKey=str(n)) for n, mark in enumerate(marks)]
    )
    for mark, text in zip(marks, texts, strict=True):
        out = out.replace(mark, text)
    return out


def test_a_record(tmp_path: Path) -> None:
    text = udi_xml(
        [device("粤械注准20212149001", cpmctymc="演示 & 配件", tsrq="2025-12-31", tyshxydm="91000000DEMAJAA186")]
    )
    good, bad = rows(write(tmp_path, "part.xml", text), "udi")
    assert bad == []
    assert good == [
        Row(
            place="part.xml 第1条", key="0690000000001220240101", version="00000001 2026-11-01",
            number="粤械注准20212149001", product="演示 & 配件", holder="演示甲医疗器械有限公司", uscc="91000000DEMAJAA186",
            model="A型", code="14-05-03", identifier="06900000000012", withdrawn_on=date(2025, 12, 31),
            seen=date(2026, 11, 1),
        )
    ]  # fmt: skip


def test_the_sample_release(shared: Callable[[str], Path]) -> None:
    good, bad = rows(shared("data/udi_sample.xml"), "udi")
    assert (len(good), bad) == (5, [])
    assert [row.identifier for row in good][:2] == ["06936260855798", "06972253600013"]


@pytest.mark.parametrize("size", [1, 7, 100, 997, reader.CHUNK])
def test_records_are_the_same_wherever_a_read_ends(size: int) -> None:
    text = with_text("甲", "乙&amp;丙", "<![CDATA[丁&戊]]>").encode()

    class Slow(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            return super().read(size)

    found = [r for r in reader.rows(cast(IO[bytes], Slow(text)), "a.xml") if isinstance(r, Row)]
    assert [(r.product, r.place) for r in found] == [
        ("甲", "a.xml 第1条"), ("乙&丙", "a.xml 第2条"), ("丁&戊", "a.xml 第3条")
    ]  # fmt: skip


def test_forbidden_characters_and_bare_ampersands_are_mended_and_counted() -> None:
    good, bad = read(with_text("好", "甲\x02乙\x1f", "A & B &nbsp;", "好&#1;", "好的"))
    assert [r.product for r in good] == ["好", "甲乙", "A & B &nbsp;", "好", "好的"]
    assert [(b.place, b.why, b.kept) for b in bad] == [
        ("a.xml 第2条", "XML 不合规，已修复：去掉2个非法字符", True),
        ("a.xml 第3条", "XML 不合规，已修复：改正2处“&”", True),
        ("a.xml 第4条", "XML 不合规，已修复：去掉1个非法字符", True),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "<b>",
        "a < b",
        "</devices>",
        "<!DOCTYPE x>",
        "]]>",
        "</cpmctymc><cpmctymc",
        "<device>",
        "\x00<",
        "<?xml version='1'?>",
    ],
)
def test_a_record_that_is_no_xml_spoils_no_other(broken: str) -> None:
    good, bad = read(with_text("前", broken, "后"))
    assert [r.product for r in good] == ["前", "后"]
    assert [(b.place, b.kept) for b in bad] == [("a.xml 第2条", False)]
    assert bad[0].why.startswith("这条记录不是合法的XML")


def test_bytes_that_are_no_utf8_spoil_one_record() -> None:
    content = with_text("前", "@@", "后").encode().replace(b"@@", "国".encode("gb18030"))
    good, bad = read(content)
    assert ([r.product for r in good], [b.place for b in bad]) == (["前", "后"], ["a.xml 第2条"])


def test_the_header_s_count_is_checked() -> None:
    good, bad = read(udi_xml([device("粤械注准20212149001")], count=3))
    assert len(good) == 1
    assert [(b.why, b.kept) for b in bad] == [("文件头写有3条，实际1条，文件可能不完整", True)]
    _, bad = read(udi_xml([device("粤械注准20212149001")]).replace("numberRkeyecordXML", "other"))
    assert [b.why for b in bad] == ["文件头没有记录数，无法核对是否完整"]
    assert read(udi_xml([device("粤械注准20212149001")]).replace("numberRkeyecordXML", "numberRecordXML"))[1] == []
    assert read(udi_xml([])) == ([], [])


def test_bad_rows_have_their_place() -> None:
    records = [device(""), device("粤械注准20212149001", tsrq="不详"), device("粤械注准20212149002", versionNumber="x"),
               device("粤械注准20212149003", versionTime="2026-13-01")]  # fmt: skip
    good, bad = read(udi_xml(records))
    assert [(r.number, r.version) for r in good] == [
        ("粤械注准20212149001", "00000001 2026-11-01"), ("粤械注准20212149002", "00000000 2026-11-01"),
        ("粤械注准20212149003", "00000001 "),
    ]  # fmt: skip
    assert [(b.place, b.why.partition("：")[0], b.kept) for b in bad] == [
        ("a.xml 第1条", "缺少注册证编号或者备案编号", False), ("a.xml 第2条", "退市日期不是日期", True),
        ("a.xml 第4条", "版本日期month must be in 1..12", True),
    ]  # fmt: skip


def test_either_spelling_of_the_version_s_state() -> None:
    for tag in ("versionStauts", "versionStatus"):
        good, bad = read(udi_xml([device("粤械注准20212149001")]).replace("versionStauts", tag))
        assert (len(good), bad) == (1, [])


ENTITIES = '<!DOCTYPE udid [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE udid [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<udid><header/><devices><device>", "XML 不完整：第0条之后"),
        (with_text("甲", "乙")[:-9], "XML 不完整：第2条之后"),
        (with_text("甲", "乙")[:-60], "XML 不完整：第1条之后"),
        ("<html><device></device></html>", "根元素应为 udid"),
        ("not xml at all", "XML 有错"),
        ("", "根元素应为 udid"),
        (f"{ENTITIES}<udid><devices><device><zxxsdycpbs>&b;</zxxsdycpbs></device></devices></udid>", "DTD"),
        (f"{OUTSIDE}<udid><devices><device><zxxsdycpbs>&f;</zxxsdycpbs></device></devices></udid>", "DTD"),
        ("<udid>" + " " * 100_000, "开头没有记录"),
        ("x" * 3_000_000, "开头没有记录"),
        (udi_xml([device("粤械注准20212149001", cpms="长" * 2_000_000)]), "一条记录超过"),
        (udi_xml([device("粤械注准20212149001")]).replace("</devices>", "x" * 5_000_000), "一条记录超过"),
        ('<?xml version="1.0" encoding="GBK"?>' + udi_xml([]).partition("?>")[2], "声明的编码是GBK"),
        (udi_xml([]).encode("utf-16"), "UTF-16"),
    ],
)  # fmt: skip
def test_refused_as_a_whole(content: str | bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(content)


def test_a_line_without_end_is_refused_early() -> None:
    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += size or 0
            return b"x" * (size or 0)

    stream = Endless()
    text = udi_xml([device("粤械注准20212149001")]).encode().replace(b"</devices></udid>", b"")
    both = cast(IO[bytes], _Chain(io.BytesIO(text), stream))
    with pytest.raises(InputError, match="一条记录超过"):
        list(reader.rows(both, "a.xml"))
    assert stream.given < 2 * reader.MAX_RECORD


class _Chain(io.RawIOBase):
    def __init__(self, *streams: IO[bytes]) -> None:
        self.streams = list(streams)

    def read(self, size: int = -1) -> bytes:
        while self.streams:
            if found := self.streams[0].read(size):
                return found
            self.streams.pop(0)
        return b""


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@QUICK
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_whatever_a_field_holds_every_record_is_read_or_named(texts: list[str]) -> None:
    """Raw text of any kind in a field: each record is a row or one bad row, those before and behind stay whole."""
    good, bad = read(with_text("前", *texts, "后").replace("\ufffe", ""))
    lost = [b for b in bad if not b.kept]
    assert len(good) + len(lost) >= len(texts) + 2
    assert (good[0].product, good[-1].product) == ("前", "后")
