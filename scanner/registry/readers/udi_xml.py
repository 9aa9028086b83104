"""One XML part of the UDI database's release, read record by record, so that memory stays flat whatever its size.

Owns: the tags (two are misspelt in the real files: ``versionStauts``, ``numberRkeyecordXML``), the check of the header's
count, mending what the real files get wrong, and the caps. Leaves to others: splitting number fields (``keeping``).

The file is cut at ``</device>`` and parsed in pieces: a record that is no XML is one bad row and spoils no other. A
document type definition is refused: the release has none, and entities are how XML is made to explode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import IO

from lxml import etree

from scanner.errors import InputError
from scanner.registry.readers.mending import mend
from scanner.registry.rows import Bad, Row, read_date

CHUNK = 1 << 16  # bytes read at once: about 40 records, parsed together
MAX_RECORD = 4 * 1024**2  # bytes; a real record has about 2,000
MAX_HEAD = 1 << 16  # bytes before the first record; the real files have 150

_RECORD = re.compile(rb"<device[\s>]")
_END = b"</device>"
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})""")
_COUNT_TAGS = ("numberRkeyecordXML", "numberRecordXML")
_WANTED = ("zxxsdycpbs", "deviceRecordKey", "zczbhhzbapzbh", "tsrq", "versionTime", "versionNumber", "cpmctymc",
           "ylqxzcrbarmc", "tyshxydm", "ggxh", "flbm")  # fmt: skip
_PARSER = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, collect_ids=False, remove_blank_text=True
)


def rows(stream: IO[bytes], name: str) -> Iterator[Row | Bad]:
    """The rows of one part. Raises InputError when it is no UDI release, cut off, or hostile."""
    head, rest = _head(stream, name)
    expected = _envelope(head, name)
    seen, chunk, rest = 0, rest, b""
    while chunk:
        rest += chunk
        end = rest.rfind(_END) + len(_END)
        if end >= len(_END):
            group, rest = rest[:end], rest[end:]
            for record in _group(group, name, seen):
                seen += 1
                yield from record
        if len(rest) > MAX_RECORD:
            raise InputError(
                f"一条记录超过{MAX_RECORD}字节", where=f"{name} 第{seen + 1}条", hint="这不像官方发布的文件"
            )
        chunk = stream.read(CHUNK)
    _close(head + rest, name, seen)
    if expected is None:
        yield Bad(place=name, why="文件头没有记录数，无法核对是否完整", kept=True)
    elif expected != seen:
        yield Bad(place=name, why=f"文件头写有{expected}条，实际{seen}条，文件可能不完整", kept=True)


# --- around the records ------------------------------------------------------------------------------------------


def _head(stream: IO[bytes], name: str) -> tuple[bytes, bytes]:
    """What stands before the first record, and the rest of what was read. Raises InputError when there is no XML."""
    start = b""
    while (found := _RECORD.search(start)) is None and len(start) < MAX_HEAD:
        if not (chunk := stream.read(CHUNK)):
            break
        start += chunk
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("XML 是 UTF-16 编码，只能读取 UTF-8", where=name, hint="重新下载，或者另存为 UTF-8")
    start = start.removeprefix(b"\xef\xbb\xbf")
    found = _RECORD.search(start)
    if found is None and len(start) >= MAX_HEAD:
        raise InputError("不是医疗器械唯一标识数据库的XML：开头没有记录", where=name)
    cut = found.start() if found is not None else len(start)
    return start[:cut], start[cut:]


def _envelope(head: bytes, name: str) -> int | None:
    """The count of records that the header states. Raises InputError when this is no UDI release."""
    if b"<!DOCTYPE" in head:
        raise InputError("XML 带有文档类型定义（DTD），拒绝读取", where=name)
    encoding = _ENCODING.search(head)
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise InputError(f"XML 声明的编码是{encoding[1].decode()}，只能读取 UTF-8", where=name, hint="另存为 UTF-8")
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, load_dtd=False, no_network=True)
    try:
        parser.feed(head)
        started = [element for _, element in parser.read_events() if isinstance(element, etree._Element)]
    except etree.XMLSyntaxError as error:
        raise InputError(f"XML 有错：{error.msg}", where=f"{name}:{error.lineno}", hint="重新下载后再导入") from error
    if not started or started[0].tag != "udid":
        raise InputError("不是医疗器械唯一标识数据库的XML（根元素应为 udid）", where=name)
    counts = [(element.text or "").strip() for element in started if element.tag in _COUNT_TAGS]
    return int(counts[0]) if counts and counts[0].isdecimal() and len(counts[0]) < 12 else None


def _close(around: bytes, name: str, seen: int) -> None:
    """Everything but the records must be XML with an end, else the file was cut off."""
    try:
        etree.fromstring(mend(around)[0], _PARSER)
    except etree.XMLSyntaxError as error:
        raise InputError(
            f"XML 不完整：第{seen}条之后没有正常结束（{error.msg}）", where=name, hint="重新下载后再导入"
        ) from error


# --- records -----------------------------------------------------------------------------------------------------


def _group(group: bytes, name: str, seen: int) -> Iterator[Iterable[Row | Bad]]:
    """The records of a stretch that ends with a record; one by one only where it is no XML as a whole."""
    try:
        root = etree.fromstring(b"<devices>" + group + b"</devices>", _PARSER)
    except etree.XMLSyntaxError:
        for number, piece in enumerate(group.split(_END)[:-1], seen + 1):
            yield _mended(piece + _END, f"{name} 第{number}条")
    else:
        for number, element in enumerate(root, seen + 1):
            yield _device(element, f"{name} 第{number}条")


def _mended(piece: bytes, place: str) -> Iterator[Row | Bad]:
    """A record from among which one is no XML: as it is, or mended, or bad."""
    text, removed, escaped = mend(piece)
    try:
        root = etree.fromstring(b"<devices>" + text + b"</devices>", _PARSER)
    except etree.XMLSyntaxError as error:
        yield Bad(place=place, why=f"这条记录不是合法的XML：{error.msg}")
        return
    if len(root) != 1 or root[0].tag != "device":
        yield Bad(place=place, why="这条记录不是合法的XML：标签没有正常结束")
        return
    if removed or escaped:
        done = [f"去掉{removed}个非法字符"] * bool(removed) + [f"改正{escaped}处“&”"] * bool(escaped)
        yield Bad(place=place, why=f"XML 不合规，已修复：{'，'.join(done)}", kept=True)
    yield from _device(root[0], place)


def _device(element: etree._Element, place: str) -> Iterator[Row | Bad]:
    if element.tag != "device":
        yield Bad(place=place, why="不是产品记录")
        return
    get = {child.tag: child.text.strip() for child in element.iterchildren(*_WANTED) if child.text}.get
    identifier, number = get("zxxsdycpbs", ""), get("zczbhhzbapzbh", "")
    key = get("deviceRecordKey") or identifier
    if not key or not number:
        yield Bad(place=place, why="缺少产品标识" if not key else "缺少注册证编号或者备案编号")
        return
    withdrawn, wrong = _day(get("tsrq", ""))  # 退市日期: taken off the market
    if wrong:
        yield Bad(place=place, why=f"退市日期{wrong}", kept=True)
    version, versioned, wrong = _version(get("versionNumber", ""), get("versionTime", ""))
    if wrong:
        yield Bad(place=place, why=f"版本日期{wrong}", kept=True)
    yield Row(
        place=place, key=key, version=version, number=number, product=get("cpmctymc", ""),
        holder=get("ylqxzcrbarmc", ""), uscc=get("tyshxydm", ""), model=get("ggxh", ""), code=get("flbm", ""),
        identifier=identifier, withdrawn_on=withdrawn, seen=versioned,
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def _version(count: str, day: str) -> tuple[str, date | None, str]:
    """The version as text that sorts, its day, and in words what is wrong with that."""
    versioned, wrong = _day(day)
    number = int(count) if count.isdecimal() and len(count) < 9 else 0
    return f"{number:08d} {versioned or ''}", versioned, wrong


@lru_cache(maxsize=20_000)
def _day(text: str) -> tuple[date | None, str]:
    """A date, and in words what is wrong with it."""
    try:
        return read_date(text), ""
    except ValueError as error:
        return None, str(error)
