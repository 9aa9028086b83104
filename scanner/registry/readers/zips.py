"""Zip files from outside, opened with caps, so that none can fill memory or disk or name a path.

Owns: the caps, their reasons, and saying in words what is wrong with a zip. Leaves to others: what is in it. Nothing is
unpacked under a name of the zip's own; a zip within a zip goes to a nameless temporary file.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from scanner.errors import InputError, StoreError

MAX_MEMBERS = 20_000  # the full release has 1,136 parts
MAX_MEMBER_BYTES = 2 * 1024**3  # unpacked; a part of the release has about 10 MB
MAX_TOTAL_BYTES = 64 * 1024**3  # unpacked; the full release has about 10 GB
MAX_INNER_BYTES = 4 * 1024**3  # of a zip within a zip, which is copied to a temporary file
MAX_RATIO = 400  # unpacked to packed; the repetitive real files reach about 40, deflate could reach 1,032
SMALL = 1024  # bytes packed, below which the ratio says nothing

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError, ValueError)


@contextmanager
def trouble(where: str, called: str = "zip") -> Iterator[None]:
    """What zipfile raises for damaged, cut and encrypted files becomes InputError; ``called``: what people call the file."""
    try:
        yield
    except ERRORS as error:
        said = (
            f"{called} 有密码"
            if "password" in str(error) or "encrypted" in str(error)
            else f"{called} 文件损坏或者不完整：{error}"
        )
        raise InputError(said, where=where, hint="重新下载后再导入") from error


@contextmanager
def opened(stream: IO[bytes], where: str, called: str = "zip") -> Iterator[zipfile.ZipFile]:
    """The zip in ``stream`` if it keeps to the caps. Raises InputError."""
    with trouble(where, called):
        archive = zipfile.ZipFile(stream)
    with archive:
        _check(archive.infolist(), where, called)
        yield archive


def files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What is in it, without folders and what macOS adds."""
    return [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]


def short(info: zipfile.ZipInfo) -> str:
    """The last piece of a member's name, for people; it is never a path of ours."""
    return info.filename.replace("\\", "/").rpartition("/")[2][:120]


@contextmanager
def spooled(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Iterator[IO[bytes]]:
    """A zip within a zip as a file that can be searched, gone afterwards. Raises InputError beyond the cap."""
    if info.file_size > MAX_INNER_BYTES:
        raise InputError(f"zip 里的 zip 有{info.file_size}字节，超过上限{MAX_INNER_BYTES}", where=where)
    with tempfile.TemporaryFile() as copy:
        try:
            with trouble(where), archive.open(info) as packed:
                shutil.copyfileobj(packed, copy, 1 << 20)
            copy.seek(0)
        except OSError as error:
            raise StoreError(
                f"临时文件写不进去：{error.strerror}",
                where=tempfile.gettempdir(),
                hint="腾出空间，或者先解开外层的 zip",
            ) from error
        yield copy


def _check(members: list[zipfile.ZipInfo], where: str, called: str) -> None:
    hint = "正常的表格、数据文件不会这样，没有读取；核对文件是从哪里来的"
    if len(members) > MAX_MEMBERS:
        raise InputError(f"{called} 里有{len(members)}个文件，超过上限{MAX_MEMBERS}", where=where, hint=hint)
    if (total := sum(info.file_size for info in members)) > MAX_TOTAL_BYTES:
        raise InputError(f"{called} 解开后共有{total}字节，超过上限{MAX_TOTAL_BYTES}", where=where, hint=hint)
    for info in members:
        if info.file_size > MAX_MEMBER_BYTES or info.file_size > MAX_RATIO * max(info.compress_size, SMALL):
            raise InputError(
                f"{called} 里的文件解开后异常大（{info.file_size}字节）", where=f"{where}:{short(info)}", hint=hint
            )
