"""DOCX files as bytes that repeat, and what may not be in a template.

Owns: writing a document's zip with fixed dates and order, its core properties, refusing templates with macros, outside
links or fields that fetch or run (DDE, INCLUDETEXT …). Leaves to others: what the documents say (``docx``, ``forms``).
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

from scanner.errors import ConfigError, Problem

FIRST = "[Content_Types].xml"
MAX_TEMPLATE = 5 * 1024 * 1024  # bytes of a template's file
MAX_UNPACKED = 50 * 1024 * 1024
_FIELDS = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")
_HARMLESS = re.compile(rb"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b[^<\"]*\Z")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def settled(document: Any, *, title: str, when: datetime) -> bytes:
    """A python-docx document as bytes; the same content gives the same bytes."""
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "", "", ""
    core.created = core.modified = when.replace(tzinfo=None, microsecond=0)
    core.revision = 1
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def repacked(data: bytes) -> bytes:
    """The zip with its members in order of name (the content types first, as Word wants them), dated 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist(), key=lambda one: (one != FIRST, one)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            made.writestr(info, given.read(name), compresslevel=9)
    return out.getvalue()


def checked(data: bytes, where: str) -> bytes:
    """A template that may be filled. ConfigError for one that is no DOCX or could act when somebody opens it."""
    if len(data) > MAX_TEMPLATE:
        raise _refused(where, "模板文件过大", f"不超过 {MAX_TEMPLATE // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            if sum(one.file_size for one in given.infolist()) > MAX_UNPACKED:
                raise _refused(where, "模板文件解开以后过大")
            parts = {name: given.read(name) for name in given.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _refused(where, "模板不是 DOCX 文件", "用 Word 或者 WPS 另存为 .docx") from error
    if "word/document.xml" not in parts:
        raise _refused(where, "模板不是 DOCX 文件", "用 Word 或者 WPS 另存为 .docx")
    faults = [
        f"含有宏或者嵌入的对象（{name[:80]}）" for name in parts if re.search(r"vbaProject|embeddings/|activeX", name)
    ]
    for name, body in parts.items():
        if name.endswith(".rels") and b'TargetMode="External"' in body:
            faults.append(f"引用了外部文件或者链接（{name[:80]}）")
        if name.endswith(".xml"):
            fields = (a or b for a, b in _FIELDS.findall(body))
            faults += [
                f"含有域 {field.decode('utf-8', 'replace').strip()[:40]}"
                for field in fields
                if not _HARMLESS.match(field)
            ]
    if faults:
        raise _refused(where, "模板不能用：" + "；".join(faults[:5]), "只可以有页码")
    return data


def _refused(where: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(where=where, message=message, hint=hint)])
