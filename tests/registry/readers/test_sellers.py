"""Registers of network sellers as offices keep them: any of their headers, rows with faults named, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry.rows import NetSeller
from tests.registry.company.pairs import code
from tests.registry.making import nmpa_csv, write
from tests.registry.readers.reading import rows
from tests.registry.readers.test_tables import xlsx

HEADER = ("序号", "企业名称（盖章）", "统一社会信用代码", "许可证/备案编号", "医疗器械网络销售备案编号", "平台名称", "店铺名称",
          "店铺网址（多个用分号隔开）", "网址", "监管单位")  # fmt: skip
LINE = ("1", "演示甲医疗器械有限公司", code("A"), "演城药监械经营许20230001号", "演网销备1", "京东", "演示甲旗舰店",
        "https://shop.jd.com/index-123.html", "www.jia.example", "东区所")  # fmt: skip


def expected(place: str) -> NetSeller:
    return NetSeller(
        place=place, name=LINE[1], uscc=code("A"), licence=LINE[3], filing=LINE[4], platform="京东", shop="演示甲旗舰店",
        area="东区所", addresses=("https://shop.jd.com/index-123.html", "www.jia.example"),
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    text = "某市2026年网络销售企业台账\n" + nmpa_csv([LINE], HEADER)
    assert rows(write(tmp_path, "a.csv", text.encode(encoding)), "sellers") == ([expected("a.csv:3")], [])


def test_xlsx(tmp_path: Path) -> None:
    content = xlsx({"说明": [["填表说明"]], "台账": [["台账"], HEADER, LINE, [None] * 10]})
    good, bad = rows(write(tmp_path, "a.xlsx", content), "sellers")
    assert good == [expected("a.xlsx:台账:3")]
    assert [(b.place, b.kept) for b in bad] == [("a.xlsx:说明", True)]


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("单位名称,网店地址", "演示甲,shop.example", ("演示甲", "", ("shop.example",))),
        ("*企业名称：,统一社会信用代码", f"演示甲,'{code('A')}", ("演示甲", code("A"), ())),
        ("经营者名称\t平台\t店铺链接", "演示甲\t京东\thttp://a.example", ("演示甲", "", ("http://a.example",))),
        ("公司名称,URL", '演示甲,"a.example\nb.example/x"', ("演示甲", "", ("a.example", "b.example/x"))),
    ],
)
def test_headers_vary(tmp_path: Path, header: str, line: str, told: tuple[object, ...]) -> None:
    (row,), bad = rows(write(tmp_path, "a.csv", f"{header}\n{line}\n"), "sellers")
    assert (row.name, row.uscc, row.addresses) == told
    assert bad == []


def test_faults_are_named_by_row(tmp_path: Path) -> None:
    lines = [
        ("演示甲", "9132", "shop.example"), ("", code("A"), "a.example"), ("演示乙\x1b[31m\n公司", "", "请见附件"),
        ("演示丙", "", "www.jd.com"), ("演示丁", "", "无"), ("=1+1", "9.13E+17", ""),
    ]  # fmt: skip
    header = ("企业名称", "统一社会信用代码", "网址")
    good, bad = rows(write(tmp_path, "a.csv", nmpa_csv(lines, header)), "sellers")
    assert [row.name for row in good] == ["演示甲", "演示乙\x1b[31m 公司", "演示丙", "演示丁", "=1+1"]
    assert [(b.place, b.why.partition("：")[0], b.kept) for b in bad] == [
        ("a.csv:2", "统一社会信用代码不对", True),
        ("a.csv:3", "没有企业名称（合并的单元格要先拆开，每一行都填上）", False),
        ("a.csv:5", "网址一栏里没有认出网址", True),
        ("a.csv:6", "网址只到平台，看不出是哪家店铺", True),
        ("a.csv:8", "统一社会信用代码不对", True),
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "企业名称,法定代表人\n演示甲,某\n", "找不到表头"),
        ("a.csv", "", "找不到表头"),
        ("a.jsonl", '{"name": "演示甲"}\n', "不是台账"),
        ("a.pdf", "%PDF-1.7", "这是 PDF"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rows(write(tmp_path, name, content), "sellers")
