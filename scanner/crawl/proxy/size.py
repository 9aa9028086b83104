"""How large an answer becomes when the browser decodes it, counted while it streams, nothing kept.

Owns: the guard against bodies of 300 kB that unpack to 300 MB (gzip, deflate, br, zstd, and these within each other).
Leaves to others: the limit and what happens at it (``server``), decoding for reading (``evidence.coding``).
"""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import brotli  # type: ignore[import-untyped]

STEP = 64 * 1024  # bytes decoded at a time
MAX_LAYERS = 3


class Decoder(Protocol):
    """Decoded pieces of what is fed, each bounded; a damaged body just ends."""

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


class Size:
    """Counts decoded bytes. ``codings`` are the values of Content-Encoding, ``cap`` the limit in bytes."""

    def __init__(self, codings: Sequence[bytes], cap: int) -> None:
        names = [name.strip().lower() for row in codings for name in row.split(b",")]
        names = [name for name in names if name in _DECODERS]
        self.over = len(names) > MAX_LAYERS
        self._left = cap
        self._decoders: list[Decoder] = [_DECODERS[name]() for name in reversed(names)]

    def feed(self, data: bytes) -> bool:
        """Take the entity's next bytes; True once the limit is passed."""
        if not self.over:
            for piece in _through(self._decoders, data):
                self._left -= len(piece)
                if self._left < 0:
                    self.over = True
                    break
        return self.over


def _through(decoders: Sequence[Decoder], data: bytes) -> Iterator[bytes]:
    if not decoders:
        yield data
        return
    for piece in decoders[0].pieces(data):
        yield from _through(decoders[1:], piece)


class _Gzip:
    def __init__(self) -> None:
        self._engine: Any = zlib.decompressobj(31)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data:
            try:
                piece = self._engine.decompress(data, STEP)
            except zlib.error:
                return
            yield piece
            data = self._engine.unconsumed_tail
            if self._engine.eof:
                data = self._engine.unused_data
                self._engine = zlib.decompressobj(31)


class _Deflate(_Gzip):
    """RFC 9110 says zlib, many servers send it bare: the zlib header (a multiple of 31) tells."""

    def __init__(self) -> None:
        self._engine = None
        self._first = b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._engine is None:
            data = self._first + data
            if len(data) < 2:
                self._first = data
                return
            wrapped = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._engine = zlib.decompressobj(15 if wrapped else -15)
        while data and not self._engine.eof:
            try:
                piece = self._engine.decompress(data, STEP)
            except zlib.error:
                return
            yield piece
            data = self._engine.unconsumed_tail


class _Brotli:
    def __init__(self) -> None:
        self._engine: Any = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            piece = self._engine.process(data, output_buffer_limit=STEP)
            while piece:
                yield piece
                piece = self._engine.process(b"", output_buffer_limit=STEP)
        except brotli.error:
            return


class _Zstd:
    def __init__(self) -> None:
        self._zstd: Any = importlib.import_module(
            "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        )
        self._engine: Any = self._zstd.ZstdDecompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while data or not self._engine.needs_input:
                yield self._engine.decompress(data, STEP)
                data = b""
                if self._engine.eof:
                    data = self._engine.unused_data
                    self._engine = self._zstd.ZstdDecompressor()
        except self._zstd.ZstdError:
            return


_DECODERS: dict[bytes, type[_Gzip | _Deflate | _Brotli | _Zstd]] = {
    b"gzip": _Gzip,
    b"x-gzip": _Gzip,
    b"deflate": _Deflate,
    b"br": _Brotli,
    b"zstd": _Zstd,
}
