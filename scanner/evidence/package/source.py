"""A package or a WACZ as a set of named files, whether it lies in a folder or in a zip; read in place, never unpacked.

Owns: naming what is in there, refusing what no honest package holds (links, special files, names that lead elsewhere,
doubled or compressed members), opening members. Leaves to others: what the files say (``verify``).
"""

from __future__ import annotations

import io
import os
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from scanner.errors import InputError
from scanner.evidence.package import zipped

MAX_NAME = 1000
MAX_FILES = 50_000
_LOCAL = 30  # bytes of a local header before the name


class Source(Protocol):
    """``names``: the files, sorted. ``faults``: in Chinese, what should not be there at all."""

    names: list[str]
    faults: list[str]

    def open(self, name: str) -> BinaryIO: ...
    def canonical(self, members: list[zipped.Member]) -> bool: ...


def safe(name: str) -> bool:
    """Whether a relative path leads nowhere but down, and reads the same everywhere."""
    return (
        0 < len(name.encode("utf-8", "replace")) <= MAX_NAME
        and all(part not in ("", ".", "..") for part in name.split("/"))
        and not any(unicodedata.category(char)[0] == "C" or char in '\\:*?"<>|' for char in name)
        and unicodedata.normalize("NFC", name) == name
    )


class Folder:
    """A folder, walked without following links."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[str] = []
        self.names = sorted(self._walk(""), key=lambda name: name.encode("utf-8", "surrogateescape"))

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; OSError when it went away or became a link meanwhile."""
        return os.fdopen(os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")

    def canonical(self, members: list[zipped.Member]) -> bool:
        return True

    def _walk(self, below: str) -> Iterator[str]:
        empty = True
        with os.scandir(self.root / below) as entries:
            for entry in entries:
                empty = False
                name = f"{below}{entry.name}"
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode) and safe(name):
                    yield from self._walk(f"{name}/")
                elif stat.S_ISREG(mode) and safe(name):
                    yield name
                else:
                    self.faults.append(f"{shown(name)}：不允许的文件（链接、特殊文件或者名称有问题）")
        if empty and below:
            self.faults.append(f"{shown(below)}：空文件夹")


class Zip:
    """A zip. With ``rooted`` all members lie in one folder, whose name is ``root``. Members may be read by several threads at
    once: whoever moves in the one file below them holds its lock."""

    def __init__(self, file: BinaryIO, *, rooted: bool) -> None:
        self._file, self._lock = file, Lock()
        self.faults: list[str] = []
        self.root = ""
        self._places: dict[str, tuple[int, int]] = {}
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError) as error:
            raise InputError("不是可以读取的 zip 文件") from error  # not a readable zip
        if len(entries) > MAX_FILES:
            raise InputError("zip 内文件过多")  # too many members
        for entry in entries:
            self._add(entry, rooted)
        self.names = sorted(self._places, key=str.encode)

    def open(self, name: str) -> BinaryIO:
        start, size = self._places[name]
        return io.BufferedReader(Window(self._file, self._lock, start, size))

    def canonical(self, members: list[zipped.Member]) -> bool:
        """Whether the zip is exactly the canonical one of these members."""
        prefix = f"{self.root}/" if self.root else ""
        whole = [zipped.Member(name=prefix + m.name, size=m.size, crc=m.crc) for m in members]
        with self._lock:
            return zipped.is_canonical(self._file, whole)

    def _add(self, entry: zipfile.ZipInfo, rooted: bool) -> None:
        name = entry.orig_filename  # filename would hide what follows a NUL byte
        root, slash, rest = name.partition("/")
        if not safe(name) or (rooted and not slash):
            self.faults.append(f"{shown(name)}：不允许的文件名")
            return
        if rooted:
            self.root = self.root or root
            if root != self.root:
                self.faults.append(f"{shown(name)}：不在同一个文件夹内")
                return
            name = rest
        if name in self._places:
            self.faults.append(f"{shown(name)}：zip 内重复出现")  # doubled member
        elif entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 or entry.file_size != entry.compress_size:
            self.faults.append(f"{shown(name)}：zip 内应当不压缩、不加密")
        else:
            self._file.seek(max(0, entry.header_offset))
            local = self._file.read(_LOCAL)
            # A damaged directory can make the offset negative.
            if entry.header_offset < 0 or len(local) < _LOCAL or local[:4] != b"PK\x03\x04":
                self.faults.append(f"{shown(name)}：zip 结构损坏")
                return
            lengths = struct.unpack("<HH", local[26:30])
            self._places[name] = (entry.header_offset + _LOCAL + sum(lengths), entry.file_size)


@contextmanager
def opened(path: Path) -> Iterator[Folder | Zip]:
    """The package at ``path``, a folder or a zip of one; InputError for a zip that is none."""
    if path.is_dir():
        yield Folder(path)
        return
    with path.open("rb") as file:
        yield Zip(file, rooted=True)


class Window(io.RawIOBase):
    """A stretch of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, lock: Lock, start: int, size: int) -> None:
        super().__init__()
        self._file, self._lock, self._start, self._size, self._at = file, lock, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed has no name for what it takes
        wanted = max(0, min(len(buffer), self._size - self._at))
        with self._lock:
            self._file.seek(self._start + self._at)
            data = self._file.read(wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def shown(name: str) -> str:
    """A name from outside made safe to print."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(char if unicodedata.category(char)[0] != "C" else f"\\x{ord(char):02x}" for char in text)[:200]
