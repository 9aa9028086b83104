"""A zip that a person brings, read in memory; nothing of it is ever written to a disk.

Owns: the number and names of its members, unpacking one within limits. Leaves to others: what the members are (``saz``,
``wacz``). A member's name is a name and never a path: whoever asks for one knows which names the format has.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from scanner.errors import InputError
from scanner.intake.brought import MB

MAX_MEMBERS = 200_000
MAX_MEMBER = 72 * MB  # unpacked: the largest body, and its head
MAX_UNPACKED = 512 * MB  # of one file in all
_ENTRY = b"PK\x01\x02"  # begins each entry of the directory
_ENCRYPTED = 1
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, struct.error, OverflowError, EOFError, IndexError,
    RuntimeError, OSError,
)  # fmt: skip


class Zip:
    """The members of a zip by name; of two that are called alike neither is taken."""

    def __init__(self, data: bytes, path: Path, *, again: str) -> None:
        """Raises InputError where it is no zip, is encrypted, or has too many members."""
        self._path, self._again = path, again
        self._unpacked = 0
        if data.count(_ENTRY) > MAX_MEMBERS:
            raise self._fault(f"压缩包内的文件超过 {MAX_MEMBERS} 个")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except _BROKEN as error:
            raise self._fault("不是可以读取的 zip 压缩包") from error
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise self._fault("压缩包有密码", "去掉密码后重新保存")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if entry.filename in self._entries:
                raise self._fault(f"压缩包内有两个同名文件：{entry.filename[:100]!r}")
            self._entries[entry.filename] = entry

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def again(self) -> None:
        """Another walk over the members begins: the limit on what is unpacked counts anew."""
        self._unpacked = 0

    def read(self, name: str, cap: int = MAX_MEMBER) -> bytes:
        """A member's bytes. Raises InputError where it is damaged or unpacks to more than ``cap`` bytes."""
        entry = self._entries[name]
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._fault(f"压缩包内的 {name[:100]!r} 压缩方式不支持")
        try:
            with self._zip.open(entry) as file:
                data = file.read(cap + 1)
        except _BROKEN as error:
            raise self._fault(f"压缩包内的 {name[:100]!r} 已损坏") from error
        self._unpacked += len(data)
        if len(data) > cap:
            raise self._fault(f"压缩包内的 {name[:100]!r} 解压后超过 {cap // MB} MB")
        if self._unpacked > MAX_UNPACKED:
            raise self._fault(f"压缩包解压后超过 {MAX_UNPACKED // MB} MB", "分几段录制和导出")
        return data

    def _fault(self, what: str, hint: str = "") -> InputError:
        return InputError(what, where=str(self._path), hint=hint or self._again)
