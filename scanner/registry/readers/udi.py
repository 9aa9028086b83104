"""The UDI database's releases (full, month, week, day): XML parts, alone, in a zip, or in zips within a zip.

Owns: walking the files. Leaves to others: the XML (``udi_xml``), the caps on zips (``zips``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scanner.errors import InputError
from scanner.registry.readers import kinds, udi_xml, zips
from scanner.registry.rows import Bad, Part, Row

MAX_DEPTH = 2  # zips within one another; the releases of a month may lie in one


def parts(path: Path) -> Iterator[Part]:
    """The parts of one file. Raises InputError, there or while rows are read, when it is damaged or no such release."""
    kind = kinds.kind_of(path)
    kinds.refuse_papers(kind, path)
    with path.open("rb") as stream:
        if kind in ("zip", "xlsx"):
            yield from _zip(stream, path.name, depth=1)
        else:
            yield Part(
                name=path.name, size=path.stat().st_size, rows=udi_xml.rows(stream, path.name), at=stream.tell
            )  # fmt: skip


def _zip(stream: IO[bytes], name: str, *, depth: int) -> Iterator[Part]:
    if depth > MAX_DEPTH:
        raise InputError("zip 套了太多层", where=name, hint="先解开外层，再导入里面的 zip")
    with zips.opened(stream, name) as archive:
        for info in zips.files(archive):
            where, ending = f"{name}:{zips.short(info)}", info.filename.lower().rpartition(".")[2]
            if ending == "zip":
                with zips.spooled(archive, info, where) as inner:
                    yield from _zip(inner, where, depth=depth + 1)
            elif ending == "xml":
                yield from _member(archive, info, where)
            else:
                yield Part(
                    name=where, size=info.compress_size, rows=iter([Bad(place=where, why="不是XML文件，没有读取")])
                )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Iterator[Part]:
    with zips.trouble(where):
        stream = archive.open(info)
    with stream:
        yield Part(
            name=where, size=info.compress_size, rows=_guarded(stream, where),
            at=lambda: stream.tell() * info.compress_size // max(info.file_size, 1),
        )  # fmt: skip


def _guarded(stream: IO[bytes], where: str) -> Iterator[Row | Bad]:
    with zips.trouble(where):
        yield from udi_xml.rows(stream, where)
