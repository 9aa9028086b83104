"""What a file is, by its content, and what to do with an official paper that is no table.

Owns: telling kinds of files apart by their first bytes, and the way out for Word, PDF and old Excel files. Leaves to
others: reading them.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from scanner.errors import InputError
from scanner.registry.readers import zips

Kind = Literal["xml", "zip", "xlsx", "docx", "xls", "pdf", "json", "jsonl", "text", "empty"]

_HEAD = 1 << 16  # bytes looked at
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word and Excel files of before 2007
_WAYS_OUT = {
    "docx": ("这是 Word 文件，不能直接导入", "用 Word 或者 LibreOffice 打开，把表格复制到 Excel，另存为 XLSX 或者 CSV 再导入"),
    "pdf": ("这是 PDF，不能直接导入", "用 Excel 的“数据→获取数据→来自文件→从 PDF”取出表格，另存为 XLSX 或者 CSV 再导入"),
    "xls": ("这是旧版 Excel 或者 Word 文件，不能直接导入", "用 Excel 或者 LibreOffice 打开，另存为 XLSX 或者 CSV 再导入"),
}  # fmt: skip


def kind_of(path: Path) -> Kind:
    """By content; of zips by what they hold. Raises InputError when the file cannot be opened or is a broken zip."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise InputError(f"文件打不开：{error.strerror}", where=str(path), hint="检查路径和权限") from error
    if head.startswith(zips.MAGIC):
        return _zip(path)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(_OLE):
        return "xls"
    return _text(head)


def refuse_papers(kind: Kind, path: Path) -> None:
    """Raises InputError, with the way out, for files that people must convert first."""
    if kind in _WAYS_OUT:
        said, hint = _WAYS_OUT[kind]
        raise InputError(said, where=str(path), hint=hint)


def _zip(path: Path) -> Kind:
    with zips.trouble(str(path)), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    return "xlsx" if "xl/workbook.xml" in names else "docx" if "word/document.xml" in names else "zip"


def _text(head: bytes) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "empty"
    if start.startswith(b"<"):
        return "xml"
    if start.startswith((b"{", b"[")):
        first = start.split(b"\n", 1)[0].rstrip()
        return "jsonl" if first.startswith(b"{") and first.endswith(b"}") and first != b"{}" else "json"
    return "text"
