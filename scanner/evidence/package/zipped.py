"""The canonical zip: for given names and contents there is exactly one file, on every machine and in every year.

Members stored, sorted by name; dates 1980-01-01; made on Unix, mode 0644; no comments, no extra fields, nothing
before, between or behind. So a zip can be taken apart, built again and compared byte by byte, which finds what a
reader of zips overlooks: comments, doubled members, hidden bytes, other dates.

Owns: writing that form and telling whether a file has it. Leaves to others: what is inside (``package``, ``wacz``).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from scanner.errors import StoreError

MAX_SIZE = 0xFFFFFFFE  # bytes; a larger zip needs other records, which not every reader knows
MAX_MEMBERS = 0xFFFE
STEP = 1024 * 1024
_DATE = 0x21  # 1980-01-01
_UTF8 = 0x0800


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member's name and what its bytes come to."""

    name: str
    size: int
    crc: int


def measure(name: str, file: BinaryIO) -> Member:
    """Read ``file`` to its end."""
    size = crc = 0
    while piece := file.read(STEP):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
    return Member(name=name, size=size, crc=crc)


def write(target: BinaryIO, names: Sequence[str], opened: Callable[[str], BinaryIO]) -> None:
    """Write the canonical zip of ``names`` to ``target``; ``opened`` gives each one's bytes from their beginning."""
    members = []
    for name in sorted(names, key=str.encode):
        with opened(name) as file:
            members.append(measure(name, file))
    if len(members) > MAX_MEMBERS or sum(m.size + 2 * len(m.name.encode()) + 76 for m in members) + 22 > MAX_SIZE:
        raise StoreError("证据包太大，装不进 zip", hint="不加 --zip，用文件夹形式")  # too large for a plain zip
    for piece in framed(members):
        if isinstance(piece, Member):
            with opened(piece.name) as file:
                while data := file.read(STEP):
                    target.write(data)
        else:
            target.write(piece)


def framed(members: Sequence[Member]) -> Iterator[bytes | Member]:
    """The canonical zip as its structure's bytes, with a member standing for that member's data."""
    at, central = 0, []
    for member in members:
        name = member.name.encode()
        flags = 0 if member.name.isascii() else _UTF8
        common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, _DATE, member.crc, member.size, member.size, len(name), 0)
        yield b"PK\x03\x04" + common + name
        yield member
        central.append(
            b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common
            + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, at) + name
        )  # fmt: skip
        at += 30 + len(name) + member.size
    directory = b"".join(central)
    count = len(members)
    yield directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), at, 0)


def is_canonical(file: BinaryIO, members: Sequence[Member]) -> bool:
    """Whether ``file`` is, byte for byte, the canonical zip of ``members`` (their data are taken as measured)."""
    at, ordered = 0, sorted(members, key=lambda member: member.name.encode())
    for piece in framed(ordered):
        if isinstance(piece, Member):
            at += piece.size
            continue
        file.seek(at)
        if file.read(len(piece)) != piece:
            return False
        at += len(piece)
    file.seek(at)
    return not file.read(1)
