"""Files told apart by content, and the way out for papers that are no tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry.readers.kinds import kind_of
from tests.registry.making import write
from tests.registry.readers.reading import rows, zipped


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "xls"),
        (b"  <?xml version='1.0'?><udid/>", "xml"),
        (b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n', "jsonl"),
        (b'{"a": 1}', "jsonl"),
        (b'{\n "a": 1\n}', "json"),
        (b"[1, 2]", "json"),
        (b"\n \n", "empty"),
        ("注册证编号,产品名称".encode("gbk"), "text"),
    ],
)
def test_kinds(tmp_path: Path, content: bytes, kind: str) -> None:
    assert kind_of(write(tmp_path, "file", content)) == kind


def test_zips_by_what_they_hold(tmp_path: Path) -> None:
    for member, kind in (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"), ("a.xml", "zip")):
        assert kind_of(zipped(tmp_path / "file", {member: "x"})) == kind


@pytest.mark.parametrize("reader", ["udi", "table"])
def test_papers_are_refused_with_the_way_out(tmp_path: Path, reader: str) -> None:
    papers = {
        "a.pdf": (b"%PDF-1.7\n", "这是 PDF", "从 PDF"),
        "a.docx": (zipped(tmp_path / "x", {"word/document.xml": "<x/>"}).read_bytes(), "这是 Word 文件", "LibreOffice"),
        "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "旧版 Excel", "另存为 XLSX"),
    }
    for name, (content, says, hint) in papers.items():
        with pytest.raises(InputError, match=says) as error:
            rows(write(tmp_path, name, content), reader)
        assert hint in error.value.hint
        assert error.value.exit_code == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="文件打不开"):
        kind_of(tmp_path / "none")
