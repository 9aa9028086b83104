"""The UDI database's release: XML parts, alone or in a zip, read device by device so that memory stays flat.

Owns: the tags (two are misspelt in the real files: ``versionStauts``, ``numberRkeyecordXML``), the check of the header's
count, and the caps against hostile files. Leaves to others: splitting number fields and storing (``importing``).

Nothing is unpacked to disk and no name inside a zip becomes a path. A document type definition is refused: the release
has none, and entities are how XML is made to explode.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from lxml import etree

from scanner.errors import InputError
from scanner.registry.rows import Bad, Row, read_date

MAX_MEMBERS = 20_000  # the full release has 1,136 parts
MAX_MEMBER_BYTES = 2 * 1024**3
MAX_RATIO = 400  # unpacked to packed; the repetitive real files reach about 40

_COUNT_TAGS = ("numberRkeyecordXML", "numberRecordXML")
_WANTED = frozenset(
    ("zxxsdycpbs", "deviceRecordKey", "zczbhhzbapzbh", "tsrq", "versionTime", "versionNumber", "cpmctymc", "ylqxzcrbarmc",
     "tyshxydm", "ggxh", "flbm")
)  # fmt: skip
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def read(path: Path) -> Iterator[Row | Bad]:
    """The rows of one file. Raises InputError when it is no UDI release, damaged, or hostile."""
    if zipfile.is_zipfile(path):
        yield from _zip(path)
        return
    with path.open("rb") as stream:
        if stream.read(2) == b"PK":
            raise InputError("zip 文件不完整", where=str(path), hint="重新下载后再导入")
        stream.seek(0)
        yield from _part(stream, path.name)


def _zip(path: Path) -> Iterator[Row | Bad]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check(members, path)
            for info in members:
                if info.filename.lower().endswith(".xml"):
                    with archive.open(info) as stream:
                        yield from _part(stream, f"{path.name}:{Path(info.filename).name}")
                else:
                    yield Bad(place=f"{path.name}:{Path(info.filename).name}", why="不是XML文件，没有读取")
    except _ZIP_ERRORS as error:
        raise InputError(f"zip 文件损坏：{error}", where=str(path), hint="重新下载后再导入") from error


def _check(members: list[zipfile.ZipInfo], path: Path) -> None:
    if len(members) > MAX_MEMBERS:
        raise InputError(f"zip 里有{len(members)}个文件，超过上限{MAX_MEMBERS}", where=str(path))
    for info in members:
        if info.file_size > MAX_MEMBER_BYTES or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
            raise InputError(
                f"zip 里的文件解开后异常大（{info.file_size}字节）", where=f"{path}:{info.filename}",
                hint="这不像国家药监局发布的文件，没有读取",
            )  # fmt: skip
        if info.filename.lower().endswith(".zip"):
            raise InputError("zip 里还有 zip", where=f"{path}:{info.filename}", hint="先解开外层，再导入里面的 zip")


def _part(stream: IO[bytes], name: str) -> Iterator[Row | Bad]:
    expected: int | None = None
    seen = 0
    try:
        context = etree.iterparse(
            stream, events=("end",), tag=("device", *_COUNT_TAGS), resolve_entities=False, load_dtd=False,
            no_network=True, huge_tree=False,
        )  # fmt: skip
        for _, element in context:
            if seen == 0 and element.getroottree().docinfo.internalDTD is not None:
                raise InputError("XML 带有文档类型定义（DTD），拒绝读取", where=name)
            if element.tag in _COUNT_TAGS:
                expected = int(element.text) if element.text and element.text.strip().isdigit() else None
                continue
            seen += 1
            yield from _device(element, f"{name} 第{seen}条")
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise InputError(f"XML 有错：{error.msg}", where=f"{name}:{error.lineno}", hint="重新下载后再导入") from error
    if context.root is None or context.root.tag != "udid":
        raise InputError("不是医疗器械唯一标识数据库的XML（根元素应为 udid）", where=name)
    if expected is None:
        yield Bad(place=name, why="文件头没有记录数，无法核对是否完整", kept=True)
    elif expected != seen:
        yield Bad(place=name, why=f"文件头写有{expected}条，实际{seen}条，文件可能不完整", kept=True)


def _device(element: etree._Element, place: str) -> Iterator[Row | Bad]:
    values = {child.tag: (child.text or "").strip() for child in element if child.tag in _WANTED}
    identifier, number = values.get("zxxsdycpbs", ""), values.get("zczbhhzbapzbh", "")
    key = values.get("deviceRecordKey", "") or identifier
    if not key or not number:
        yield Bad(place=place, why="缺少产品标识" if not key else "缺少注册证编号或者备案编号")
        return
    withdrawn, wrong = _day(values.get("tsrq", ""))  # 退市日期: taken off the market
    versioned, _ = _day(values.get("versionTime", ""))
    if wrong:
        yield Bad(place=place, why=f"退市日期{wrong}", kept=True)
    count = values.get("versionNumber", "")
    yield Row(
        place=place, key=key, version=f"{int(count) if count.isdigit() else 0:08d} {versioned or ''}",
        number=number, product=values.get("cpmctymc", ""), holder=values.get("ylqxzcrbarmc", ""),
        uscc=values.get("tyshxydm", ""), model=values.get("ggxh", ""), code=values.get("flbm", ""),
        identifier=identifier, withdrawn_on=withdrawn, seen=versioned,
    )  # fmt: skip


def _day(text: str) -> tuple[date | None, str]:
    """A date, and in words what is wrong with it."""
    try:
        return read_date(text), ""
    except ValueError as error:
        return None, str(error)
