"""Digests and the one spelling of JSON that digests are taken over.

Owns: SHA-256 and SM3 (GB/T 32905) side by side, their WARC spelling, canonical JSON in one line (journal) and in
many (package files). Leaves to others: what is digested and what it proves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Protocol

from scanner import clock
from scanner.errors import StoreError
from scanner.model import field_names

_STEP = 4 * 1024 * 1024  # bytes; large pieces, so that threads hashing side by side seldom wait for the interpreter


def sha256(data: bytes | memoryview) -> str:
    """64 lower-case hex characters."""
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes | memoryview) -> str:
    """SM3, 64 lower-case hex characters, by OpenSSL (a pure Python SM3 is a thousand times slower)."""
    try:
        return hashlib.new("sm3", data, usedforsecurity=False).hexdigest()
    except ValueError as error:
        raise StoreError("本机 OpenSSL 不支持 SM3", hint="请换用带 SM3 的 OpenSSL 1.1.1 以上版本") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a file's bytes come to: both digests, CRC-32 (which a zip needs), number of bytes. ``sm3`` is empty where it
    was not asked for: it takes five times as long as SHA-256."""

    sha256: str
    sm3: str
    crc: int
    size: int


class Readable(Protocol):
    """What can be read piece by piece; an empty piece is the end."""

    def read(self, size: int, /) -> bytes: ...


def of_file(file: Readable, *, sm3: bool = True) -> Sums:
    """Read ``file`` from where it stands to its end, piece by piece."""
    first, crc, size = hashlib.sha256(), 0, 0
    second = hashlib.new("sm3", usedforsecurity=False) if sm3 else None
    while piece := file.read(_STEP):
        first.update(piece)
        if second is not None:
            second.update(piece)
        crc = zlib.crc32(piece, crc)
        size += len(piece)
    return Sums(sha256=first.hexdigest(), sm3=second.hexdigest() if second is not None else "", crc=crc, size=size)


def base32(hexadecimal: str) -> str:
    """The spelling of WARC digest fields: base32 with padding (without it, common checkers fail)."""
    return base64.b32encode(bytes.fromhex(hexadecimal)).decode("ascii")


def plain(value: Any) -> Any:
    """Our values as JSON values: dataclasses as objects, enumerations as their words, times in the file form."""
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if (names := field_names(kind)) is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    raise TypeError(f"{kind.__name__} has no JSON form")


_AS_IT_IS = frozenset((type(None), bool, int, float, str))


def line(value: Any) -> bytes:
    """Compact canonical JSON: keys sorted, no spaces, UTF-8; a lone surrogate of a broken page stays a \\uXXXX escape.

    >>> line({"b": 1, "a": "清"}).decode()
    '{"a":"清","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def pages(value: Any) -> bytes:
    """The same JSON for people to read in a file: two spaces deep, a newline at the end."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"
