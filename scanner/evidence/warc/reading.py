"""WARC records read back: one at a known place, or all of a file in order; hostile sizes stop at caps.

Owns: taking a gzip member apart into header lines and block, and checking a record against itself (length, digests,
id). Leaves to others: HTTP inside the block (``http``), and whether it is the record that was journalled (``archive``,
``verify``). Damage raises :class:`InputError` that names it.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.warc.writing import MAX_BLOCK, MAX_HEADER, identity

MAX_MEMBER = MAX_BLOCK + 1024 * 1024  # deflate adds 5 bytes to 16 kB of what does not shrink
MAX_OFFSET = 1 << 48
_STEP = 256 * 1024
_HEAD_END = re.compile(rb"\n\r?\n")
_VERSION = re.compile(rb"WARC/1\.[01]\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as read. ``headers`` in order; ``offset`` and ``length`` of its member in the file, in bytes; ``sha256``
    and ``sm3`` of the block; ``digest`` is the SHA-256 of the member's compressed bytes."""

    headers: tuple[tuple[str, str], ...]
    block: bytes
    offset: int
    length: int
    sha256: str
    sm3: str
    digest: str

    def get(self, name: str) -> str:
        """The first value of a WARC field, empty when absent; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def type(self) -> str:
        return self.get("warc-type")

    @property
    def uri(self) -> str:
        return self.get("warc-target-uri")


def record(file: BinaryIO, offset: int, length: int) -> Record:
    """The record whose gzip member lies at ``offset`` and is exactly ``length`` bytes long."""
    content, member = _member(file, offset, length)
    return _parse(content, offset, length, member)


def checked(file: BinaryIO, offset: int, length: int) -> tuple[Record, list[str]]:
    """The same without its block, and what :func:`faults` finds; the block is never held twice."""
    content, member = _member(file, offset, length)
    headers, block = _split(content, offset)
    found = _record(headers, block, offset, length, member)
    return found, _faults(found, block)


def records(file: BinaryIO, *, start: int = 0) -> Iterator[Record]:
    """All records from ``start`` on, member by member; raises at the first damaged one."""
    offset, buffered = start, b""
    file.seek(start)
    while True:
        buffered = buffered or file.read(_STEP)
        if not buffered:
            return
        engine, out, size, raw = zlib.decompressobj(31), [], 0, []
        while not engine.eof:
            if not buffered:
                raise InputError(f"文件在记录结束前中断（位置 {offset}）")
            part = _step(engine, buffered, offset, MAX_BLOCK + MAX_HEADER - size)
            raw.append(buffered)
            out.append(part)
            size += len(part)
            buffered = b"" if engine.eof else file.read(_STEP)
        buffered = engine.unused_data
        data = b"".join(raw)
        data = data[: len(data) - len(buffered)]
        yield _parse(b"".join(out), offset, len(data), digest.sha256(data))
        offset += len(data)


def faults(found: Record) -> list[str]:
    """What is wrong with a record by its own header: digests, id. Empty when nothing is, in Chinese."""
    return _faults(found, memoryview(found.block))


def _faults(found: Record, data: memoryview) -> list[str]:
    problems = []
    block, payload = found.get("warc-block-digest"), found.get("warc-payload-digest")
    if _hex(block) != found.sha256:
        problems.append("WARC-Block-Digest 不符")
    if found.get("x-block-digest-sm3") != f"sm3:{found.sm3}":
        problems.append("X-Block-Digest-SM3 不符")
    if payload:
        start = _HEAD_END.search(data)
        if start is None or _hex(payload) != digest.sha256(data[start.end() :]):
            problems.append("WARC-Payload-Digest 不符")
    lines = [f"{name}: {value}" for name, value in found.headers if name != "WARC-Record-ID"]
    if found.get("warc-record-id") != identity(lines):
        problems.append("记录头被改动：WARC-Record-ID 与内容不符")  # header edited: id does not follow from content
    return problems


def _hex(field: str) -> str:
    algorithm, _, value = field.partition(":")
    if algorithm != "sha256":
        return ""
    try:
        return base64.b32decode(value).hex()
    except binascii.Error:
        return ""


def _step(engine: zlib._Decompress, data: bytes, offset: int, room: int) -> bytes:
    try:
        part = engine.decompress(data, room + 1)
    except zlib.error as error:
        raise InputError(f"记录无法解压（位置 {offset}）") from error  # cannot be inflated
    if len(part) > room:
        raise InputError(f"记录过大（位置 {offset}）")  # too large
    return part


def _member(file: BinaryIO, offset: int, length: int) -> tuple[bytes, str]:
    """What one member holds, and the SHA-256 of its compressed bytes."""
    if not (0 < length <= MAX_MEMBER and 0 <= offset < MAX_OFFSET):
        raise InputError(f"记录的位置或者长度不合理（{offset}、{length}）")  # absurd place or length
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise InputError(f"文件在记录结束前中断（位置 {offset}）")  # file ends inside the record
    content, used = _inflate(data, offset)
    if used != length:
        raise InputError(f"记录的压缩长度不符（位置 {offset}）")  # the member ends elsewhere
    return content, digest.sha256(data)


def _inflate(data: bytes, offset: int) -> tuple[bytes, int]:
    engine = zlib.decompressobj(31)
    content = _step(engine, data, offset, MAX_BLOCK + MAX_HEADER)
    if not engine.eof:
        raise InputError(f"记录不完整（位置 {offset}）")  # member is cut
    return content, len(data) - len(engine.unused_data)


def _parse(content: bytes, offset: int, length: int, member: str) -> Record:
    headers, block = _split(content, offset)
    return replace(_record(headers, block, offset, length, member), block=bytes(block))


def _split(content: bytes, offset: int) -> tuple[tuple[tuple[str, str], ...], memoryview]:
    """A record's header fields and its block, which is not copied."""
    end = content.find(b"\r\n\r\n", 0, MAX_HEADER)
    if end < 0:
        raise InputError(f"不是 WARC 记录（位置 {offset}）")  # not a WARC record
    version, *lines = content[:end].split(b"\r\n")
    if not _VERSION.match(version):
        raise InputError(f"不是 WARC 记录（位置 {offset}）")
    headers = []
    for text in lines:
        name, colon, value = text.decode("utf-8", "backslashreplace").partition(": ")
        if not colon:
            raise InputError(f"WARC 记录头有误（位置 {offset}）")  # malformed header line
        headers.append((name, value))
    block = memoryview(content)[end + 4 : -4]
    wanted = next((value for name, value in headers if name.lower() == "content-length"), "")
    if content[-4:] != b"\r\n\r\n" or wanted != str(len(block)) or len(content) < end + 8:
        raise InputError(f"WARC 记录长度不符（位置 {offset}）")  # length and content differ
    return tuple(headers), block


def _record(headers: tuple[tuple[str, str], ...], block: memoryview, offset: int, length: int, member: str) -> Record:
    return Record(
        headers=headers, block=b"", offset=offset, length=length, digest=member,
        sha256=digest.sha256(block), sm3=digest.sm3(block),
    )  # fmt: skip
