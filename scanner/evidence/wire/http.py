"""One HTTP answer, from the bytes received: status, headers as they came, entity, content.

Owns: finding the final answer behind 1xx heads, header pairs in their order (repeated names stay repeated), the
transfer coding taken off (the *entity*, still compressed), trailers, whether the entity is whole; a request as sent.
Leaves to others: content codings (``coding``), characters (``page``), what an answer means (``crawl.reading.outcome``).
Everything here is linear in its input and bounded; rubbish raises :class:`InputError`, never anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.errors import InputError
from scanner.evidence.wire import coding

MAX_HEAD = 256 * 1024  # bytes of one header block; Chromium stops at 256 kB as well
MAX_INFORMATIONAL = 32  # 1xx heads before the final one
MAX_CHUNKS = 500_000  # of one chunked body; one-byte chunks would cost a second of work a megabyte
HEAD_END = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?\r?\Z", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_REQUEST_LINE = re.compile(rb"([!-~]{1,40}) ([^ \r\n]*)(?: HTTP/\d(?:\.\d)?)?\r?\Z")
_BODILESS = frozenset({204, 304})
Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The final answer's head. ``start``/``body`` are offsets into the received bytes: where the final head begins,
    where the bytes after its empty line begin. ``informational`` are the 1xx heads before it, raw."""

    version: bytes
    status: int
    reason: bytes
    headers: Pairs
    start: int
    body: int
    informational: tuple[bytes, ...] = ()

    def all(self, name: bytes) -> tuple[bytes, ...]:
        """All values of a header, in order; ``name`` in lower case."""
        return tuple(value for key, value in self.headers if key.lower() == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """The body without its transfer coding. ``fault`` is empty when it is whole, else what is wrong, in Chinese."""

    body: bytes
    trailers: Pairs = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer: ``entity`` as sent (content coding on), ``body`` with content codings taken off."""

    status: int
    headers: Pairs
    entity: bytes
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as sent; ``target`` is what stood in the request line."""

    method: str
    target: bytes
    headers: Pairs
    body: bytes


def response(received: bytes, *, method: str = "GET", cap: int = coding.MAX_DECODED) -> Response:
    """A whole, decoded answer to ``method``; InputError when it is no HTTP, cut, damaged, or larger than ``cap``."""
    found = head(received)
    whole = entity(received, found, method=method)
    if whole.fault:
        raise InputError(whole.fault)
    body = coding.decode(whole.body, found.all(b"content-encoding"), cap=cap)
    return Response(status=found.status, headers=found.headers, entity=whole.body, body=body)


def request(sent: bytes) -> Request:
    """A request from the bytes sent; InputError when they are none."""
    end = HEAD_END.search(sent, 0, MAX_HEAD)
    if end is None:
        raise InputError("发出的内容不是完整的 HTTP 请求头")  # not a complete request head
    line, _, block = sent[: end.start() + 1].partition(b"\n")
    match = _REQUEST_LINE.match(line)
    if match is None:
        raise InputError("发出的内容不是 HTTP 请求")  # not a request
    return Request(method=match[1].decode("ascii"), target=match[2], headers=pairs(block), body=sent[end.end() :])


def pairs(block: bytes) -> Pairs:
    """Header lines as (name, value) pairs, bytes as they came; folded lines joined, lines without a colon left out.

    >>> pairs(b"A: 1\\r\\nA:2\\r\\n 3\\r\\nrubbish\\r\\n")
    ((b'A', b'1'), (b'A', b'2 3'))
    """
    rows: list[list[bytes]] = []
    for line in block.split(b"\n"):
        text = line.rstrip(b"\r")
        if text[:1] in (b" ", b"\t"):
            if rows:
                rows[-1].append(text.strip(b" \t"))
        elif b":" in text:
            rows.append([text])
        elif text:
            rows.append([b""])  # takes the folded lines that may follow, and is dropped below
    made = []
    for first, *rest in rows:
        name, colon, value = first.partition(b":")
        if colon:
            made.append((name.rstrip(b" \t"), b" ".join([value.strip(b" \t"), *rest])))
    return tuple(made)


def head(received: bytes) -> Head:
    """The final answer's head; InputError when the bytes are no HTTP answer or end inside a head."""
    start = 0
    informational: list[bytes] = []
    while True:
        end = HEAD_END.search(received, start, start + MAX_HEAD)
        if end is None:
            raise InputError("收到的内容不是完整的 HTTP 应答头")  # not a complete HTTP response head
        line, _, block = received[start : end.start() + 1].partition(b"\n")
        match = _STATUS_LINE.match(line)
        if match is None:
            raise InputError("收到的内容不是 HTTP 应答")  # not an HTTP response
        status = int(match[2])
        if not 100 <= status < 200 or status == 101:
            return Head(
                version=match[1], status=status, reason=match[3] or b"", headers=pairs(block),
                start=start, body=end.end(), informational=tuple(informational),
            )  # fmt: skip
        informational.append(received[start : end.end()])
        start = end.end()
        if len(informational) > MAX_INFORMATIONAL:
            raise InputError("HTTP 1xx 应答过多")  # too many 1xx responses


def entity(received: bytes, found: Head, *, method: str = "GET") -> Entity:
    """The entity of an answer to ``method``. A cut or malformed body gives what is certain, and ``fault`` says so."""
    if method == "HEAD" or found.status in _BODILESS or found.status < 200:
        return Entity(body=b"")
    codings = b",".join(found.all(b"transfer-encoding")).lower()
    if b"chunked" in codings:
        return _dechunk(received, found.body)
    body = received[found.body :]
    lengths = {value.strip() for row in found.all(b"content-length") for value in row.split(b",")}
    if not lengths:
        return Entity(body=body)
    if len(lengths) > 1 or not (only := lengths.pop()).isdigit() or len(only) > 18:
        return Entity(body=body, fault="Content-Length 有误")  # contradictory or malformed
    if len(body) < int(only):
        return Entity(body=body, fault=f"内容不完整：应有 {int(only)} 字节，收到 {len(body)} 字节")
    return Entity(body=body[: int(only)])


def _dechunk(received: bytes, at: int) -> Entity:
    parts: list[bytes] = []
    while len(parts) < MAX_CHUNKS:
        line_end = received.find(b"\n", at, at + 4096)
        size = _CHUNK_SIZE.match(received, at)
        if line_end < 0 or size is None:
            return Entity(body=b"".join(parts), fault="分块传输的内容不完整或者有误")  # chunked body cut or malformed
        length, at = int(size[0], 16), line_end + 1
        if length == 0:
            return Entity(body=b"".join(parts), trailers=_trailers(received, at))
        parts.append(received[at : at + length])
        if len(parts[-1]) < length:
            return Entity(body=b"".join(parts), fault="分块传输的内容不完整")  # chunked body cut
        at += length
        at += 2 if received[at : at + 2] == b"\r\n" else 1 if received[at : at + 1] == b"\n" else 0
    return Entity(body=b"".join(parts), fault="分块过多")  # too many chunks


def _trailers(received: bytes, at: int) -> Pairs:
    if received[at : at + 2] == b"\r\n" or received[at : at + 1] == b"\n":
        return ()
    end = HEAD_END.search(received, at, at + MAX_HEAD)
    return pairs(received[at : end.start() + 1 if end else at + MAX_HEAD])
