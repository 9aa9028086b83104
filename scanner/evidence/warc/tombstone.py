"""The record that lies where a purged one lay: as long in the file, valid WARC, empty but for zeros.

Owns: those bytes. Leaves to others: which records are purged (``purge``), which may be (``home_check``).

All other records keep their offsets, so every journal line, index and earlier package stays true, and any WARC reader
still walks the file. The bytes follow from what the journal says of the purge (length and digest of the member that lay
there, the moment), so that a check makes them again and takes no other. Zeros are stored, not deflated: they become
holes of the file, and their number makes the member exactly as long as the one before.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.errors import InputError

FIELD = "x-purged"  # of the record's header, in lower case
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip: deflate, no flags, no time, unknown system
_FRAME = len(_GZIP) + 8
_END = b"\r\n\r\n"  # of a record
_STORED = 65535  # bytes of a stored block; each costs five more
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:qingwang:purged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """A purged record: where it lay (compressed offset and length in bytes), the SHA-256 of its compressed bytes."""

    offset: int
    length: int
    member: str


def parts(grave: Grave, when: str) -> Iterator[bytes]:
    """The bytes of the stand-in, ``grave.length`` of them, piece by piece, zeros in pieces of their own. ``when``: the purge, in the file form.
    InputError where a record is too short to be stood in for (none of ours is)."""
    blocks = max(1, -(-(grave.length - _FRAME) // (_STORED + 5)))
    size = grave.length - _FRAME - 5 * blocks  # bytes of the record itself
    head, at, crc = _head(size, grave, when), 0, 0
    yield _GZIP
    for number in range(blocks):
        end = min(at + _STORED, size)
        zeros = bytes(max(0, min(end, size - len(_END)) - max(at, len(head))))
        data = (head[at:end], zeros, _END[max(0, at - (size - len(_END))) : max(0, end - (size - len(_END)))])
        length = end - at
        yield bytes((number == blocks - 1,)) + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")
        for piece in data:
            crc = zlib.crc32(piece, crc)
            yield piece
        at = end
    yield crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def _head(size: int, grave: Grave, when: str) -> bytes:
    """The header of a record of ``size`` bytes, whose block is all that is left of them."""
    name = uuid.uuid5(_SPACE, f"{grave.offset} {grave.member}")
    fixed = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Date: {when}\r\n"
    for mark in ("1", "01"):  # one byte more, where the number of digits would otherwise leave one over
        for digits in range(1, 10):
            block = size - len(fixed) - len(f"X-Purged: {mark}\r\nContent-Length: \r\n\r\n") - digits - len(_END)
            if block >= 0 and len(str(block)) == digits:
                return f"{fixed}X-Purged: {mark}\r\nContent-Length: {block}\r\n\r\n".encode("ascii")
    raise InputError(f"记录太短（{grave.length} 字节），不能清除")  # too short for a stand-in
