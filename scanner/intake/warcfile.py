"""WARC files of anybody's making (ours, wget, Heritrix, Browsertrix, warcio), and the WACZ packages that hold them.

Owns: records of WARC 0.17 to 1.1, compressed by record, as a whole, or not at all; which request belongs to which
answer; which records are no exchanges. Leaves to others: HTTP as bytes (``wire``), and all that happens to an exchange
afterwards (``recording``). ``evidence.warcread`` reads our own archive and is as strict as evidence must be; here any
tool's file is taken, within limits.

The bytes of an answer are sealed as they are where the record does not say it was rebuilt and no credential had to be
taken out of the exchange.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanner import clock
from scanner.errors import InputError
from scanner.intake import wire, zipped
from scanner.intake.brought import MB, Brought
from scanner.intake.recorded import MAX_BODY, Recorded, Unusable, digested

AGAIN = "请重新导出 WARC 或者 WACZ 文件"
MAX_UNPACKED = 512 * MB
MAX_RECORDS = 500_000
MAX_HEADER = 4 * MB  # Chromium sends addresses of up to 2 MB
MAX_BLOCK = MAX_BODY + MB
MAX_REQUESTS = 64 * MB  # held while the answers are walked
_STEP = 256 * 1024
_VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])\s*")
_LENGTH = re.compile(r"\d{1,15}")
_WACZ_ARCHIVE = re.compile(r"archive/[^/\\]{1,200}\.warc(?:\.gz)?")
_WACZ_INSIDE = re.compile(r"(?:[^/\\]{1,200}/)?[^/\\]{1,200}\.wacz")
_HELD = frozenset({"request", "response", "resource", "warcinfo"})


class Warc:
    """One or several WARC files that were brought as one; ``pieces`` are their bytes."""

    def __init__(self, file: Brought, pieces: Sequence[bytes]) -> None:
        self._file, self._pieces = file, pieces
        self.recorder = ""
        self._asked = _Asked()
        for one in self._records():
            if one.type == "request" and one.block is not None:
                self._asked.add(one)
                if self._asked.size > MAX_REQUESTS:
                    raise InputError("WARC 文件里的请求过大", where=str(file.path), hint="分几段录制和导出")
            elif one.type == "warcinfo" and one.block is not None and not self.recorder:
                self.recorder = _software(one.block)

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        for one in self._records():
            try:
                found = self._exchange(one)
            except Unusable as failure:
                yield failure
            else:
                if found is not None:
                    yield found

    def _records(self) -> Iterator[_Record]:
        for piece in self._pieces:
            try:
                yield from _records(piece)
            except _Fault as fault:
                where = f"{self._file.path}，解压后第 {fault.at} 字节"
                raise InputError(f"WARC 文件已损坏：{fault.what}", where=where, hint=AGAIN) from fault

    def _exchange(self, one: _Record) -> Recorded | None:
        """The exchange a record holds; None for records that hold none."""
        url = one.get("warc-target-uri").strip("<>")
        if not (url.lower().startswith(("http://", "https://")) or digested(url)):
            return None
        if one.type == "revisit":
            raise Unusable(url, "与别的记录相同（revisit），正文不在这条记录里")
        if one.type == "continuation":
            raise Unusable(url, "记录分成了几段（continuation），不能读取")
        if one.type not in ("response", "resource"):
            return None
        if one.block is None:
            raise Unusable(url, f"应答超过 {MAX_BLOCK // MB} MB")
        if cut := one.get("warc-truncated"):
            raise Unusable(url, f"应答录制时被截断（{cut[:20]}）")
        if not _whole(one):
            raise Unusable(url, "记录的摘要不符，内容被改动或者损坏")
        started, ended = _time(one.get("warc-date"), url), one.get("x-ended")
        ip = one.get("warc-ip-address")
        if one.type == "resource":
            kind = wire.text(one.get("content-type").encode("ascii", "ignore")) or "application/octet-stream"
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(one.block)}\r\n\r\n"
            made = ("response", "a resource record without HTTP; status and head were written")
            return wire.exchange(url, b"", head.encode() + one.block, started=started, ip=ip, remarks=(made,))
        rebuilt = bool(one.get("x-reconstructed"))
        return wire.exchange(
            url, self._asked.of(one), one.block, started=started, ended=_time(ended, url) if ended else None, ip=ip,
            keep=not rebuilt, remarks=(("recorded_as", "reconstructed"),) if rebuilt else (),
        )  # fmt: skip


def wacz(file: Brought) -> Warc:
    """A WACZ, or a package of ours as a zip with the WACZ in it."""
    package = zipped.Zip(file.data, file.path, again=AGAIN)
    inside = [name for name in package.names if _WACZ_INSIDE.fullmatch(name)]
    archives = sorted(name for name in package.names if _WACZ_ARCHIVE.fullmatch(name))
    if not archives and len(inside) == 1:
        package = zipped.Zip(package.read(inside[0], zipped.MAX_UNPACKED), file.path, again=AGAIN)
        archives = sorted(name for name in package.names if _WACZ_ARCHIVE.fullmatch(name))
    if not archives:
        raise InputError("这不是 WACZ 文件：里面没有 archive/*.warc.gz", where=str(file.path), hint=AGAIN)
    return Warc(file, [package.read(name, zipped.MAX_UNPACKED) for name in archives])


@dataclass(frozen=True, slots=True)
class _Record:
    """``block`` is None where the record is of no use here, or too large."""

    type: str
    headers: dict[str, str]
    block: bytes | None

    def get(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(slots=True)
class _Asked:
    """The requests of a file, to be found by their answers."""

    size: int = 0
    by_id: dict[str, bytes] = field(default_factory=dict)
    by_answer: dict[str, bytes] = field(default_factory=dict)
    by_place: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def add(self, one: _Record) -> None:
        assert one.block is not None
        self.size += len(one.block)
        self.by_id[one.get("warc-record-id")] = one.block
        self.by_answer[one.get("warc-concurrent-to")] = one.block
        self.by_place[one.get("warc-target-uri"), one.get("warc-date")] = one.block

    def of(self, answer: _Record) -> bytes:
        """The request of an answer: named by either of the two, else that of the same address and second."""
        named, own = answer.get("warc-concurrent-to"), answer.get("warc-record-id")
        found = (own and self.by_answer.get(own)) or (named and self.by_id.get(named))
        return found or self.by_place.get((answer.get("warc-target-uri"), answer.get("warc-date")), b"")


class _Fault(Exception):
    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what, self.at = what, at


class _Stream:
    """The bytes of a WARC file, unpacked as far as they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self._packed = data.startswith(b"\x1f\x8b")
        self._engine: zlib._Decompress | None = None
        self._tail = b""
        self._members = 0
        self._buffer = bytearray()
        self.place = 0  # bytes taken so far

    def line(self, cap: int) -> bytes:
        """Up to and with the next line feed; empty at the end of the file."""
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > cap:
                raise _Fault("记录头过长", self.place)
            if not self._more():
                return self._cut(seen)
        if end >= cap:
            raise _Fault("记录头过长", self.place)
        return self._cut(end + 1)

    def take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            if not self._more():
                raise _Fault("文件在记录结束前中断", self.place)
        return self._cut(size)

    def skip(self, size: int) -> None:
        while size:
            size -= len(self.take(min(size, _STEP)))

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self.place += size
        return taken

    def _more(self) -> bool:
        """Unpack a piece more; False at the end of the file."""
        size = len(self._buffer)
        while len(self._buffer) == size:
            if self.place + size > MAX_UNPACKED:
                raise _Fault(f"解压后超过 {MAX_UNPACKED // MB} MB", self.place)
            if not (self._inflate() if self._packed else self._copy()):
                return False
        return True

    def _copy(self) -> bool:
        piece = self._data[self._at : self._at + _STEP]
        self._at += len(piece)
        self._buffer += piece
        return bool(piece)

    def _inflate(self) -> bool:
        if not self._tail:
            self._tail = self._data[self._at : self._at + _STEP]
            self._at += len(self._tail)
        if not self._tail:
            if self._engine is not None:
                raise _Fault("压缩的内容在结束前中断", self.place)
            return False
        if self._engine is None:
            self._members += 1
            if self._members > 4 * MAX_RECORDS:
                raise _Fault("压缩的段过多", self.place)
            self._engine = zlib.decompressobj(31)
        try:
            self._buffer += self._engine.decompress(self._tail, _STEP)
        except zlib.error as error:
            raise _Fault("无法解压", self.place) from error
        self._tail = self._engine.unconsumed_tail
        if self._engine.eof:
            self._tail, self._engine = self._engine.unused_data, None
        return True


def _records(data: bytes) -> Iterator[_Record]:
    stream, count = _Stream(data), 0
    while True:
        version = stream.line(MAX_HEADER)
        if not version:
            return
        if not version.strip():
            continue
        if not _VERSION.fullmatch(version):
            raise _Fault("这里应为 WARC 记录", stream.place - len(version))
        count += 1
        if count > MAX_RECORDS:
            raise _Fault(f"记录超过 {MAX_RECORDS} 条", stream.place)
        headers = _headers(stream)
        wanted, kind = headers.get("content-length", ""), headers.get("warc-type", "").lower()
        if not _LENGTH.fullmatch(wanted):
            raise _Fault("记录长度有误", stream.place)
        size = int(wanted)
        if kind in _HELD and size <= MAX_BLOCK:
            yield _Record(kind, headers, stream.take(size))
        else:
            stream.skip(size)
            yield _Record(kind, headers, None)


def _headers(stream: _Stream) -> dict[str, str]:
    """The fields of a record by lower-case name, the first of each; folded lines are joined."""
    lines: list[bytearray] = []
    room = MAX_HEADER
    while line := stream.line(room):
        room -= len(line)
        if not line.strip():
            break
        if line[:1] in b" \t" and lines:
            lines[-1] += b" " + line.strip()
        else:
            lines.append(bytearray(line.strip()))
    else:
        raise _Fault("文件在记录头结束前中断", stream.place)
    found: dict[str, str] = {}
    for text in lines:
        name, colon, value = wire.text(bytes(text)).partition(":")
        if not colon:
            raise _Fault("记录头有误", stream.place)
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _whole(one: _Record) -> bool:
    """Whether the block is what its digest says, as far as it has one that we know."""
    algorithm, _, value = one.get("warc-block-digest").partition(":")
    if algorithm.lower() not in ("sha1", "sha256") or one.block is None:
        return True
    digest = hashlib.new(algorithm.lower(), one.block, usedforsecurity=False)
    if value.lower() == digest.hexdigest():
        return True
    try:
        return base64.b32decode(value + "=" * (-len(value) % 8)) == digest.digest()
    except (binascii.Error, ValueError):
        return False


def _time(text: str, url: str) -> datetime:
    try:
        return clock.parse(text)
    except (ValueError, OverflowError) as error:
        raise Unusable(url, "记录的时间无法辨认，或者没有时区") from error


def _software(block: bytes) -> str:
    for line in block[:65_536].splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"software":
            return wire.text(value.strip())[:200]
    return ""
