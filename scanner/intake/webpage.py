"""Saved pages: HTML as browsers and SingleFile save it, and MHTML (RFC 2557) with its pictures.

Owns: where the page says that it came from and when it was saved, taking MHTML apart. Leaves to others: what the page
says (families); HTML is not parsed here.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake import kept, wire
from scanner.intake.brought import Brought
from scanner.intake.recorded import Recorded, Unusable

AGAIN = "请在浏览器里重新保存网页（.mhtml 最完整）"
MAX_PARTS = 20_000
MAX_NESTED = 3
_WITHIN = 16_384  # bytes: where the notes of browsers stand
# <!-- saved from url=(0025)https://shop.example/p/1 -->  Internet Explorer's form, which Chrome and Edge write too
_SAVED_FROM = re.compile(rb"<!--\s{0,9}saved from url=\(\d{1,6}\)([^\s<>]{1,4000})\s{0,9}-->")
# SingleFile:  url: https://…   saved date: Sun Nov 22 2026 10:22:05 GMT+0800 (China Standard Time)
_SINGLE_URL = re.compile(rb"^\s{0,9}url:\s{0,9}(https?://[^\s<>]{1,4000})", re.MULTILINE)
_SINGLE_DATE = re.compile(rb"saved date:\s{0,9}[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4})")
_CANONICAL = re.compile(rb"<link\b[^<>]{0,400}\brel=[\"']?canonical[\"']?[^<>]{0,400}>", re.IGNORECASE)
_OWN = re.compile(rb"<meta\b[^<>]{0,400}\bproperty=[\"']?og:url[\"']?[^<>]{0,400}>", re.IGNORECASE)
_ADDRESS = re.compile(rb"\b(?:href|content)=[\"']?(https?://[^\s\"'<>]{1,4000})", re.IGNORECASE)
_BOUNDARY = re.compile(r"boundary\s{0,9}=\s{0,9}(?:\"([^\"\r\n]{1,200})\"|([^\s;]{1,200}))", re.IGNORECASE)


class Html:
    """A saved page. ``url``: its address as the person who brings it says, "" if nobody does."""

    recorder = ""

    def __init__(self, file: Brought, url: str = "") -> None:
        self._file, self._url = file, url
        if not file.data.strip():
            raise InputError("文件是空的", where=str(file.path), hint=AGAIN)

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        url, remarks = self._address()
        time, said = self._time()
        try:
            yield kept.answer(url, "text/html", self._file.data, time=time, remarks=(*remarks, *said))
        except Unusable as failure:
            yield failure

    def _address(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        head = self._file.data[:_WITHIN]
        if self._url:
            return self._url, (("address", "as said by who brought the file"),)
        for pattern in (_SAVED_FROM, _SINGLE_URL):
            if (found := pattern.search(head)) and found[1].lower().startswith((b"http://", b"https://")):
                return wire.text(found[1]), (("address", "as the saving browser noted"),)
        for pattern in (_CANONICAL, _OWN):
            tag = pattern.search(self._file.data, 0, 4 * _WITHIN)
            if tag and (found := _ADDRESS.search(tag[0])):
                return wire.text(found[1]), (("address", "as the page says of itself"),)
        return kept.address(self._file), (("address", "not known"),)

    def _time(self) -> tuple[datetime, tuple[tuple[str, str], ...]]:
        if found := _SINGLE_DATE.search(self._file.data, 0, _WITHIN):
            try:
                moment = datetime.strptime(found[1].decode("ascii"), "%b %d %Y %H:%M:%S GMT%z")
                return moment.astimezone(UTC), (("time", "as the saving browser noted"),)
            except (ValueError, OverflowError):
                pass
        time, note = kept.changed(self._file)
        return time, (note,)


class Mhtml:
    """A page with its pictures in one file."""

    def __init__(self, file: Brought) -> None:
        self._file = file
        self._head, self._start = self._header(file.data)
        self.recorder = self._field(b"from")[:200]
        if not self._field(b"content-type").lower().startswith("multipart/"):
            raise InputError("这不是 MHTML 文件", where=str(file.path), hint=AGAIN)

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        time, note = self._time()
        main, count = self._field(b"snapshot-content-location") or self._field(b"content-location"), 0
        for head, body in self._parts(self._head, self._file.data[self._start :], 0):
            count += 1
            if count > MAX_PARTS:
                raise InputError(f"MHTML 里的部分超过 {MAX_PARTS} 个", where=str(self._file.path), hint=AGAIN)
            fields = {name.lower(): wire.text(value) for name, value in reversed(head)}
            kind = fields.get(b"content-type", "text/plain")
            url = fields.get(b"content-location", "") or (main if count == 1 else "")
            if not url.lower().startswith(("http://", "https://")):
                if count > 1:
                    continue  # style sheets the browser made itself, frames without an address
                url = main if main.lower().startswith(("http://", "https://")) else kept.address(self._file)
            try:
                yield kept.answer(url, kind, _decoded(fields, body, url), time=time, remarks=note)
            except Unusable as failure:
                yield failure
        if not count:
            raise InputError("MHTML 文件里没有网页", where=str(self._file.path), hint=AGAIN)

    def _header(self, data: bytes) -> tuple[http.Pairs, int]:
        end = http.HEAD_END.search(data, 0, http.MAX_HEAD)
        if end is None:
            raise InputError("这不是 MHTML 文件", where=str(self._file.path), hint=AGAIN)
        return http.pairs(data[: end.start() + 1]), end.end()

    def _field(self, name: bytes) -> str:
        return next((wire.text(value) for key, value in self._head if key.lower() == name), "")

    def _time(self) -> tuple[datetime, tuple[tuple[str, str], ...]]:
        try:
            moment = parsedate_to_datetime(self._field(b"date"))
            if moment.tzinfo is not None and moment.year > 1990:
                return moment.astimezone(UTC), ()
        except (ValueError, OverflowError, TypeError, IndexError):
            pass
        time, note = kept.changed(self._file)
        return time, (note,)

    def _parts(self, head: http.Pairs, data: bytes, depth: int) -> Iterator[tuple[http.Pairs, bytes]]:
        kind = next((wire.text(value) for name, value in head if name.lower() == b"content-type"), "")
        found = _BOUNDARY.search(kind)
        if found is None or depth > MAX_NESTED:
            raise self._damaged("没有分隔标记" if found is None else "嵌套过深")
        mark = b"--" + (found[1] or found[2]).encode("utf-8", "replace")
        at = 0 if data.startswith(mark) else data.find(b"\n" + mark) + 1
        if not data.startswith(mark, at):
            raise self._damaged("文件在内容结束前中断")
        while True:
            at += len(mark)
            if data.startswith(b"--", at):
                return
            start = data.find(b"\n", at) + 1
            end = data.find(b"\n" + mark, max(0, start - 1))
            if not start or end < 0:
                raise self._damaged("文件在内容结束前中断")
            inner, begin = self._header(data[start : end + 1]) if end >= start else ((), 0)
            body = data[start + begin : end].removesuffix(b"\r")
            own = next((wire.text(value) for name, value in inner if name.lower() == b"content-type"), "")
            if own.lower().startswith("multipart/"):
                yield from self._parts(inner, data[start + begin : end + 1], depth + 1)
            else:
                yield inner, body
            at = end + 1

    def _damaged(self, what: str) -> InputError:
        return InputError(f"MHTML 文件已损坏：{what}", where=str(self._file.path), hint=AGAIN)


def _decoded(fields: dict[bytes, str], body: bytes, url: str) -> bytes:
    coding = fields.get(b"content-transfer-encoding", "").strip().lower()
    try:
        if coding == "base64":
            return binascii.a2b_base64(body)
    except binascii.Error as error:
        raise Unusable(url, "正文的 base64 编码已损坏") from error
    return binascii.a2b_qp(body) if coding == "quoted-printable" else body
