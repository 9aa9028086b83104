"""Content codings: every one we read comes back exactly; damage and bombs are named."""

from __future__ import annotations

import gzip
import importlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.evidence.wire.coding import decode


def bare_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def brotli(data: bytes) -> bytes:
    return bytes(pytest.importorskip("brotli").compress(data, quality=1))


def zstd(data: bytes) -> bytes:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return bytes(importlib.import_module(name).compress(data))
        except ImportError:
            continue
    pytest.skip("needs a zstd module")


ENCODERS = {b"gzip": gzip.compress, b"deflate": zlib.compress, b"br": brotli, b"zstd": zstd}


@pytest.mark.parametrize("coding", ENCODERS)
@given(data=st.binary(max_size=2000))
def test_comes_back_exactly(coding: bytes, data: bytes) -> None:
    assert decode(ENCODERS[coding](data), (coding,)) == data


def test_bare_deflate_is_read_too() -> None:
    assert decode(bare_deflate(b"x" * 5000), (b"deflate",)) == b"x" * 5000


def test_codings_come_off_last_first() -> None:
    assert decode(gzip.compress(zlib.compress(b"x")), (b"deflate", b"identity, x-gzip")) == b"x"


def test_members_join_and_bytes_behind_are_left() -> None:
    assert decode(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0\0", (b"gzip",)) == b"ab"


def test_nothing_decodes_to_nothing() -> None:
    assert decode(b"", (b"gzip",)) == b""


@pytest.mark.parametrize("coding", ENCODERS)
def test_bomb_stops_at_the_cap(coding: bytes) -> None:
    with pytest.raises(InputError, match="上限"):
        decode(ENCODERS[coding](bytes(30_000_000)), (coding,), cap=1_000_000)


@pytest.mark.parametrize("coding", ENCODERS)
@pytest.mark.parametrize(
    "damage", [lambda data: data[:-3], lambda data: b"\x00\x01" + data, lambda data: data[: len(data) // 2]]
)
def test_damage_is_named(coding: bytes, damage: object) -> None:
    data = ENCODERS[coding](b"some text, some text " * 50)
    with pytest.raises(InputError, match="解不开"):
        decode(damage(data), (coding,))  # type: ignore[operator]


def test_unknown_coding_and_too_many_layers() -> None:
    with pytest.raises(InputError, match="不认识的内容编码 rot13"):
        decode(b"x", (b"rot13",))
    with pytest.raises(InputError, match="层数过多"):
        decode(b"x", (b"gzip, gzip", b"gzip, gzip"))


def test_ten_thousand_tiny_members_end_soon() -> None:
    with pytest.raises(InputError):
        decode(gzip.compress(b"") * 10_000, (b"gzip",))
