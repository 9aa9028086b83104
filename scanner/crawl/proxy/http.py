"""HTTP/1.1 between the browser, our proxy and the shop: what is let through, and where an answer ends.

Owns: reading the browser's request strictly, the request line and headers sent on, the head handed back, the end of a
body and its decoded size while it streams. Leaves to others: sockets and decisions (``server``), TLS (``tls``).

The browser runs the shop's scripts, so its requests are an attacker's in part: anything two parsers could read
differently (two lengths, a transfer coding, a folded line, a bare line feed) is refused. Answers are passed on as they
came; only the connection's own headers are replaced, because each connection carries one exchange.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.errors import InputError
from scanner.evidence.wire.http import Head, Pairs

MAX_HEAD = 64 * 1024  # bytes of a request's head; addresses of 8 kB and cookies of 4 kB fit easily
MAX_FIELDS = 100
_LINE = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]{1,16384}) HTTP/1\.([01])\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):[ \t]*((?:[\x20-\x7e\x80-\xff\t])*)\Z")
_DIGITS = re.compile(rb"[0-9]{1,15}\Z")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\Z", re.DOTALL)
_METHODS = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"CONNECT"})
# Headers that speak of one connection, never of the message (RFC 9110, 7.6.1).
_OWN = frozenset(
    {b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"proxy-authenticate", b"te", b"trailer",
     b"upgrade", b"expect"}
)  # fmt: skip
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request's head as the browser sent it. ``length`` is that of its body in bytes."""

    method: str
    target: str
    headers: Pairs
    length: int

    @property
    def host(self) -> str:
        """The Host header: who is asked, as the browser knows it."""
        return self.one(b"host").decode("latin-1")

    def one(self, name: bytes) -> bytes:
        """The value of a header (``name`` in lower case), empty when absent."""
        return next((value for key, value in self.headers if key.lower() == name), b"")


def asked(head: bytes) -> Asked:
    """Read a request's head (with its empty line). Raises InputError, in Chinese, for anything not plainly a request."""
    if len(head) > MAX_HEAD or not head.endswith(b"\r\n\r\n"):
        raise InputError("请求头过长或者不完整")  # the head is too long or incomplete
    first, *rows = head[:-4].split(b"\r\n")
    line = _LINE.match(first)
    if line is None or line[1] not in _METHODS or b"#" in line[2]:
        raise InputError("请求行不合规范")  # malformed request line
    if len(rows) > MAX_FIELDS:
        raise InputError("请求头过多")  # too many headers
    fields = [_FIELD.match(row) for row in rows]
    if not all(fields):
        raise InputError("请求头不合规范")  # malformed header
    headers = tuple((field[1], field[2].rstrip(b" \t")) for field in fields if field is not None)
    return Asked(method=line[1].decode(), target=line[2].decode(), headers=headers, length=_length(headers))


def _length(headers: Pairs) -> int:
    names = [name.lower() for name, _ in headers]
    if b"transfer-encoding" in names:
        raise InputError("请求带有 Transfer-Encoding，不予转发")  # no browser sends one over HTTP/1.1
    if names.count(b"host") != 1:
        raise InputError("请求必须有且只有一个 Host")  # exactly one Host
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    if not lengths:
        return 0
    if len(lengths) > 1 or not _DIGITS.match(lengths[0]):
        raise InputError("请求的 Content-Length 有误")  # contradictory or malformed
    return int(lengths[0])


def request_to_shop(request: Asked, path: str) -> bytes:
    """The head sent to the shop: origin form (``path`` without its first slash), the browser's headers in their order,
    one request a connection."""
    rows = [f"{request.method} /{path} HTTP/1.1".encode("ascii")]
    closed = False
    for name, value in request.headers:
        if name.lower() in (b"connection", b"proxy-connection"):
            if not closed:  # where the browser had it, so that the order stays a browser's
                rows.append(b"Connection: close")
                closed = True
        elif name.lower() not in _OWN:
            rows.append(name + b": " + value)
    if not closed:
        rows.append(b"Connection: close")
    return b"\r\n".join(rows) + b"\r\n\r\n"


def head_to_browser(received: bytes, found: Head) -> bytes:
    """The final answer's head as it came, but for the connection's own headers; 1xx heads stay behind."""
    rows, keep = [], True
    for line in received[found.start : found.body].split(b"\n"):
        text = line.rstrip(b"\r")
        if text[:1] not in (b" ", b"\t"):  # a folded line shares the fate of the one before it
            keep = text.partition(b":")[0].strip().lower() not in (b"connection", b"keep-alive", b"proxy-connection")
        if keep and text:
            rows.append(text)
    return b"\r\n".join([*rows, b"Connection: close"]) + b"\r\n\r\n"


def answer(status: int, reason: str, text: str, mark: str) -> bytes:
    """An answer of our own to the browser. ``mark`` is a secret of the visit: no shop can send it."""
    body = text.encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Cache-Control: no-store\r\nX-Qingwang: {mark}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


class Body:
    """Where an answer's body ends, fed piece by piece. ``done`` turns True at its end; ``whole`` says whether a body
    that ends with the connection is complete."""

    def __init__(self, method: str, found: Head) -> None:
        self.done = False
        self._left = 0
        self._line = b""
        self._state = "eof"
        lengths = {value.strip() for row in found.all(b"content-length") for value in row.split(b",")}
        if method == "HEAD" or found.status in _BODILESS or found.status < 200:
            self.done = True
        elif b"chunked" in b",".join(found.all(b"transfer-encoding")).lower():
            self._state = "size"
        elif len(lengths) == 1 and _DIGITS.match(only := lengths.pop()):
            self._state, self._left = "length", int(only)
            self.done = self._left == 0

    @property
    def whole(self) -> bool:
        return self.done or self._state == "eof"

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes; give those of the entity (without chunk framing) among them."""
        if self._state == "eof":
            return data
        if self._state == "length":
            taken = data[: self._left]
            self._left -= len(taken)
            self.done = self._left == 0
            return taken
        return b"".join(self._dechunk(data))

    def _dechunk(self, data: bytes) -> list[bytes]:
        parts: list[bytes] = []
        at = 0
        while at < len(data) and not self.done:
            if self._state == "eof":  # the framing turned out malformed: the connection's end must tell
                return [*parts, data[at:]]
            if self._state == "data":
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
                self._state = "gap" if self._left == 0 else "data"
                continue
            end = data.find(b"\n", at)
            if end < 0 or len(self._line) > 4096:
                self._line += data[at:]
                self._state = "eof" if len(self._line) > 4096 else self._state
                return parts
            line, at = (self._line + data[at:end]).rstrip(b"\r"), end + 1
            self._line = b""
            self._next(line)
        return parts

    def _next(self, line: bytes) -> None:
        """A line of the framing is complete: a chunk's size, the gap behind a chunk, or a trailer."""
        if self._state == "trailers":
            self.done = not line
        elif self._state == "gap":
            self._state = "size" if not line else "eof"
        elif (size := _CHUNK_SIZE.match(line)) is None:
            self._state = "eof"
        else:
            self._left = int(size[1], 16)
            self._state = "data" if self._left else "trailers"
