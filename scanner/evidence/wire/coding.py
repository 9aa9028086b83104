"""Content codings taken off, with a cap against bombs: gzip, deflate, br, zstd.

Owns: which codings we read, in which order, how much may come out. Leaves to others: the transfer coding (``http``)
and characters (``page``). Unknown codings, damaged data and bombs raise :class:`InputError`.
Optional: ``brotli`` for br; ``backports.zstd`` (or Python 3.14's own) for zstd; without them such a body is named
unreadable, never guessed at.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from typing import Any

from scanner.errors import InputError

MAX_DECODED = 64 * 1024 * 1024  # bytes that may come out of one body
MAX_LAYERS = 3  # "gzip, gzip, gzip" is a bomb, not a page
# No coding at all; some servers say their characters' encoding here, and browsers pass over it.
_NONE = frozenset((b"", b"identity", b"none", b"utf-8", b"utf8", b"gbk", b"gb2312", b"gb18030"))
_MAX_MEMBERS = 256  # gzip members in one body
_STEP = 64 * 1024


def decode(body: bytes, codings: tuple[bytes, ...], *, cap: int = MAX_DECODED) -> bytes:
    """``body`` with the codings of its Content-Encoding headers taken off, last one first; at most ``cap`` bytes.

    >>> decode(b"plain", (b"identity",))
    b'plain'
    """
    names = [name.strip().lower() for row in codings for name in row.split(b",")]
    names = [name for name in names if name not in _NONE]
    if len(names) > MAX_LAYERS:
        raise InputError("内容编码层数过多")  # too many layers of content coding
    if not body:
        return body
    for name in reversed(names):
        reader = _READERS.get(name)
        if reader is None:
            raise InputError(f"不认识的内容编码 {name.decode('ascii', 'replace')[:40]}")
        body = reader(body, cap)
    return body


class TooMuch(InputError):
    """More came out than the cap allows."""


def _too_much() -> InputError:
    return TooMuch("解压后超过上限")


def _damaged(name: str) -> InputError:
    return InputError(f"声明为 {name} 的内容解不开")  # the coding it claims does not decode


def _inflate(data: bytes, cap: int, window: int, name: str) -> bytes:
    """One or many zlib/gzip members; bytes after a whole member that begin no other are left alone, as browsers do."""
    out, size, left = [], 0, memoryview(data)
    for _ in range(_MAX_MEMBERS):
        engine = zlib.decompressobj(window)
        while not engine.eof:
            if not left:
                raise _damaged(name)
            step, left = left[:_STEP], left[_STEP:]
            try:
                part = engine.decompress(step, cap + 1 - size)
            except zlib.error as error:
                raise _damaged(name) from error
            out.append(part)
            size += len(part)
            if size > cap:
                raise _too_much()
        consumed = len(data) - len(left) - len(engine.unused_data)
        left = memoryview(data)[consumed:]
        if window != 31 or bytes(left[:2]) != b"\x1f\x8b":
            return b"".join(out)
    raise _damaged(name)


def _gzip(data: bytes, cap: int) -> bytes:
    return _inflate(data, cap, 31, "gzip")


def _deflate(data: bytes, cap: int) -> bytes:
    """RFC 9110 says zlib, many servers send it bare: the zlib header (CMF, FLG: a multiple of 31) tells."""
    wrapped = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return _inflate(data, cap, 15 if wrapped else -15, "deflate")


def _brotli(data: bytes, cap: int) -> bytes:
    try:
        brotli = importlib.import_module("brotli")
    except ImportError as error:
        raise InputError("缺少 brotli 组件，br 编码的内容无法解开", hint="pip install brotli") from error
    engine, out, size = brotli.Decompressor(), [], 0
    try:
        part = engine.process(data, output_buffer_limit=_STEP)
        while True:
            out.append(part)
            size += len(part)
            if size > cap:
                raise _too_much()
            if engine.is_finished() or not part:  # can_accept_more_data() is true while output is still waiting
                break
            part = engine.process(b"", output_buffer_limit=_STEP)
    except brotli.error as error:
        raise _damaged("br") from error
    if not engine.is_finished():
        raise _damaged("br")
    return b"".join(out)


def _zstd(data: bytes, cap: int) -> bytes:
    zstd = _zstd_module()
    engine, out, size = zstd.ZstdDecompressor(), [], 0
    try:
        part = engine.decompress(data, cap + 1)
        while True:
            out.append(part)
            size += len(part)
            if size > cap:
                raise _too_much()
            if engine.eof or engine.needs_input:
                break
            part = engine.decompress(b"", cap + 1 - size)
    except zstd.ZstdError as error:
        raise _damaged("zstd") from error
    if not engine.eof or engine.unused_data:
        raise _damaged("zstd")
    return b"".join(out)


def _zstd_module() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise InputError("缺少 zstd 组件，zstd 编码的内容无法解开", hint="pip install backports.zstd")


_READERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"deflate": _deflate,
    b"br": _brotli,
    b"zstd": _zstd,
}
