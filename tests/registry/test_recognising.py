"""Which register a file is: by content and keys, never by hope; what is none is named with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry import recognise
from scanner.registry.sources import Sources, shipped
from tests.registry.making import HEADER, device, nmpa_csv, udi_xml, write
from tests.registry.readers.reading import zipped
from tests.registry.readers.test_tables import LINE, xlsx

XML = udi_xml([device("粤械注准20212149001")])


def found(folder: Path) -> dict[str, tuple[str, ...] | str]:
    return {one.path.name: one.sources or one.why for one in recognise(folder)}


def test_registers(tmp_path: Path) -> None:
    write(tmp_path, "a.xml", XML)
    inner = zipped(tmp_path / "b.zip", {"readme.txt": "x", "1.xml": XML})
    zipped(tmp_path / "c.zip", {"day.zip": inner.read_bytes()})
    write(tmp_path, "d.csv", nmpa_csv([LINE]).encode("gb18030"))
    write(tmp_path, "e.xlsx", xlsx({"S": [HEADER, ("国械注进20213149001", *LINE[1:])]}))
    write(tmp_path, "f.txt", nmpa_csv([LINE, ("粤穗械备20219001", *LINE[1:]), ("国械备20219001", *LINE[1:])]))
    write(tmp_path, "g.jsonl", '{"approval_no": "H20179001", "name": "演示药"}\n')
    write(tmp_path, "h.csv", nmpa_csv([("演械注准20212149001", *LINE[1:])]))
    write(tmp_path, "i.csv", "企业名称,许可证编号,店铺网址\n演示甲,粤穗食药监械经营许20219001,shop.example\n")
    write(tmp_path, "j.xlsx", xlsx({"说明": [["台账"]], "S": [("企业名称", "平台名称"), ("演示甲", "京东")]}))
    write(tmp_path, "k.csv", "企业名称,许可证编号\n演示甲,粤穗食药监械经营许20219001\n")
    assert found(tmp_path) == {
        "a.xml": ("udi",), "b.zip": ("udi",), "c.zip": ("udi",), "d.csv": ("nmpa-device",), "e.xlsx": ("nmpa-import",),
        "f.txt": ("nmpa-device", "nmpa-filing", "nmpa-import"), "g.jsonl": ("drugs",), "h.csv": ("demo",),
        "i.csv": ("net-sellers",), "j.xlsx": ("net-sellers",), "k.csv": ("nmpa-operating",),
    }  # fmt: skip


def test_what_is_no_register_is_named_with_the_reason(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.json": '{\n"source": "x"}', "b.xml": "<html/>", "c.csv": "a,b\n1,2\n", "d.jsonl": '{"code": "01-01-01"}\n{}',
        "e.txt": "", "f.pdf": b"%PDF-1.7", "g.csv": nmpa_csv([("某字第一号", *LINE[1:])]), ".hidden": XML,
        "h.zip": zipped(tmp_path / "h.zip", {"a.txt": "x"}).read_bytes(), "i.zip": b"PK\x03\x04cut",
        "j.xlsx": xlsx({"S": [["a"]]}), "k.docx": zipped(tmp_path / "k.docx", {"word/document.xml": "x"}).read_bytes(),
    }  # fmt: skip
    for name, content in files.items():
        write(tmp_path, name, content)
    (tmp_path / "folder").mkdir()
    said = found(tmp_path)
    expected = {
        "a.json": "JSON 说明文件", "b.xml": "XML，但不是医疗器械", "c.csv": "文本，但没有登记表的表头", "d.jsonl": "JSONL，但没有",
        "e.txt": "空文件", "f.pdf": "这是 PDF", "g.csv": "表里没有属于任何来源的编号", ".hidden": "隐藏文件", "h.zip": "zip，里面没有",
        "i.zip": "zip 文件损坏", "j.xlsx": "XLSX，但没有", "k.docx": "这是 Word 文件",
    }  # fmt: skip
    assert set(said) == set(expected)
    assert [name for name, start in expected.items() if not str(said[name]).startswith(start)] == []
    assert "另存为 XLSX" in said["f.pdf"]


def test_a_source_that_is_not_known_is_not_recognised(tmp_path: Path) -> None:
    write(tmp_path, "a.xml", XML)
    (one,) = recognise(tmp_path, sources=Sources(sources=(shipped().get("drugs"),)))
    assert one.sources == ()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有这个文件夹"):
        found(tmp_path / "none")


def test_the_real_folder(shared: Callable[[str], Path]) -> None:
    folder = shared("data")
    registers = {name: sources for name, sources in found(folder).items() if isinstance(sources, tuple)}
    assert registers.items() >= {
        "devices_real.jsonl": ("nmpa-device", "nmpa-filing", "nmpa-import"), "drug_codes_2025.jsonl": ("drugs",),
        "udi_sample.xml": ("udi",), "class1_catalogue_2021.jsonl": ("class1",),
        "class1_forbidden_ingredients_2021.json": ("class1",), "clinical_exemption_2025.jsonl": ("exemption",),
        "classification_determinations_2018_2022.jsonl": ("determinations",), "classification_codes.jsonl": ("codes",),
    }.items()  # fmt: skip
    described = {"udi_fields.json", "nmpa_page_fields.json", "provinces.json", "licence_number_examples.json"}
    assert described.isdisjoint(registers)
    assert json.loads((folder / "udi_sample.provenance.json").read_text(encoding="utf-8"))  # looked at, and no register
