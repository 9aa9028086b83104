"""CSV files as registers' tables come in: any of China's encodings, comma, tab or semicolon.

Owns: finding the encoding (UTF-8 with or without BOM, UTF-16 with BOM, GB18030) and the separator, and the cap on a
line. Leaves to others: what the columns mean (``columns``).
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from scanner.errors import InputError
from scanner.registry.readers import columns
from scanner.registry.readers.columns import REGISTRATIONS, Layout
from scanner.registry.rows import Part

MAX_LINE = 1_000_000  # characters; a real row has a few thousand


def parts(path: Path, layout: Layout = REGISTRATIONS) -> Iterator[Part]:
    """The file as one part. Raises InputError, while rows are read, when it is no table or its encoding is unknown."""
    with path.open("rb") as stream:
        yield Part(name=path.name, size=path.stat().st_size, rows=_rows(stream, path.name, layout), at=stream.tell)


def _rows(stream: IO[bytes], name: str, layout: Layout) -> Iterator[Any]:
    encoding = _encoding(stream)
    stream.seek(0)
    try:
        text = io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="")
        yield from columns.table(_lines(text, name), name, layout)
        text.detach()
    except UnicodeDecodeError as error:
        shown = encoding.removesuffix("-sig")
        raise InputError(
            f"按{shown}解不开：有的字节不是文字", where=name, hint="用表格软件打开，另存为 UTF-8 的 CSV"
        ) from error


def _encoding(stream: IO[bytes]) -> str:
    """What its mark says, else UTF-8 if every byte of the file is, else GB18030 (the superset of GBK that Excel in China writes)."""
    mark = stream.read(3)
    if mark[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if mark == codecs.BOM_UTF8:
        return "utf-8-sig"
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        while chunk := stream.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _lines(stream: IO[str], name: str) -> Iterator[tuple[str, list[str]]]:
    """Places and cells."""
    lines = _capped(stream, name)
    start = list(itertools.islice(lines, columns.HEADER_WITHIN))
    separator = max(",\t;", key=lambda sign: sum(line.count(sign) for line in start))
    table = csv.reader(itertools.chain(start, lines), delimiter=separator)
    try:
        for cells in table:
            yield f"{name}:{table.line_num}", cells
    except csv.Error as error:
        raise InputError(f"CSV 有错：{error}", where=f"{name}:{table.line_num}") from error


def _capped(stream: IO[str], name: str) -> Iterator[str]:
    """Lines, none longer than the cap, so that a file without line ends cannot fill the memory."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE:
            raise InputError(f"一行超过{MAX_LINE}个字符，不像表格", where=f"{name}:{number}")
        yield line.replace("\0", "")
