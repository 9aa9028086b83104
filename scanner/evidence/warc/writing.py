"""WARC 1.1 records (ISO 28500:2017), written so that the same content gives the same bytes.

Owns: one record to one gzip member (mtime 0), the record's id from its content, digests in the header (SHA-256 in
the standard fields, SM3 beside it), and nothing but the record. Leaves to others: which records a visit makes
(``records``), where members go (``archive``), reading them back (``warc.reading``).

Checkers hash the payload as it stands after the HTTP head, chunk framing included, so ``WARC-Payload-Digest`` does
too; the digest of the entity without framing is ``X-Entity-Digest``.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from scanner import clock
from scanner.errors import SealError
from scanner.evidence import digest

MAX_BLOCK = 256 * 1024 * 1024  # bytes of one record's block that we write and are willing to read
MAX_HEADER = 4 * 1024 * 1024  # bytes of a record's header; Chromium sends addresses of up to 2 MB
LEVEL = 1  # 23.4 % of the size against 21.7 % at level 9, at a third of the time (spike B2)
PACKED = 0  # what is compressed already (gzip bodies, PNG) only costs time: 1 ms a page of 50 kB
REQUEST = "application/http; msgtype=request"
RESPONSE = "application/http; msgtype=response"
FIELDS = "application/warc-fields"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:qingwang:warc-record")
_SAFE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record to be written. ``payload`` is the offset in ``block`` after the HTTP head, or None where a payload
    digest makes no sense, ``payload_sha256`` its digest where the caller knows it already; ``packed`` says that the block is compressed already. ``headers`` are further WARC fields
    in order, names and values of our making."""

    type: str
    uri: str
    date: datetime
    media_type: str
    block: bytes
    headers: tuple[tuple[str, str], ...] = ()
    payload: int | None = None
    payload_sha256: str = ""
    packed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A written record: its id (``<urn:uuid:…>``), one gzip member, digests of the block, digest of the member."""

    id: str
    data: bytes
    sha256: str
    sm3: str
    digest: str


def address(url: str) -> str:
    """``url`` as it may stand in a header line: anything but visible ASCII is percent-encoded (UTF-8).

    WebSocket addresses become http(s): common readers take no other scheme for an HTTP exchange.

    >>> address("wss://a.example/清 网\\r\\nX: 1")
    'https://a.example/%E6%B8%85%20%E7%BD%91%0D%0AX:%201'
    """
    for scheme, http in (("wss:", "https:"), ("ws:", "http:")):
        if url[: len(scheme)].lower() == scheme:
            url = http + url[len(scheme) :]
            break
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return quote(url, safe=_SAFE, errors="backslashreplace")


def identity(header_lines: list[str]) -> str:
    """The id of a record with these header lines (without ``WARC-Record-ID``); digests and length are among them."""
    return f"<urn:uuid:{uuid.uuid5(_SPACE, hashlib.sha256(chr(10).join(header_lines).encode()).hexdigest())}>"


def write(draft: Draft) -> Member:
    """One record as one gzip member. The expensive parts (digests, deflate) let other threads run."""
    block = draft.block
    if len(block) > MAX_BLOCK or len(draft.uri) > MAX_HEADER // 2:
        raise SealError(f"内容超过 {MAX_BLOCK} 字节，无法封存", where=draft.uri[:200])  # too large to seal
    first, second = digest.sha256(block), digest.sm3(block)
    lines = [
        f"WARC-Type: {draft.type}",
        f"WARC-Target-URI: {draft.uri}" if draft.uri else "",
        f"WARC-Date: {clock.stamp(draft.date)}",
        *(f"{name}: {_one_line(value)}" for name, value in draft.headers),
        f"WARC-Block-Digest: sha256:{digest.base32(first)}",
        f"X-Block-Digest-SM3: sm3:{second}",
    ]
    if draft.payload is not None:
        payload = draft.payload_sha256 or digest.sha256(memoryview(block)[draft.payload :])
        lines.append(f"WARC-Payload-Digest: sha256:{digest.base32(payload)}")
    lines += [f"Content-Type: {draft.media_type}", f"Content-Length: {len(block)}"]
    lines = [text for text in lines if text]
    name = identity(lines)
    head = "\r\n".join(["WARC/1.1", lines[0], f"WARC-Record-ID: {name}", *lines[1:], "", ""]).encode()
    # One call, not four: each gives the interpreter lock away and has to wait for it again.
    data = zlib.compress(b"".join((head, block, b"\r\n\r\n")), PACKED if draft.packed else LEVEL, 31)
    return Member(id=name, data=data, sha256=first, sm3=second, digest=digest.sha256(data))


def _one_line(value: str) -> str:
    return value if value.isascii() and value.isprintable() else quote(value, safe=_SAFE + " ")
