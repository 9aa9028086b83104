"""Tables as JSON Lines: one object a row, its keys instead of columns.

Owns: reading the lines with a cap, and saying which one is no object. Leaves to others: what keys mean (``columns``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from scanner.errors import InputError
from scanner.registry.readers import columns
from scanner.registry.rows import Bad, Part, Row

MAX_LINE = 1 << 20  # bytes; a real row has under 2,000
_KEYS = {key: (field, rank) for field, keys in columns.COLUMNS.items() for rank, key in enumerate(keys)}


def parts(path: Path) -> Iterator[Part]:
    """The file as one part. Raises InputError, while rows are read, when a line is too long."""
    with path.open("rb") as stream:
        yield Part(name=path.name, size=path.stat().st_size, rows=_rows(stream, path.name), at=stream.tell)


def objects(stream: IO[bytes], name: str) -> Iterator[tuple[str, dict[str, Any] | Bad]]:
    """Places and objects of the lines that are not empty; a line that is no JSON object is Bad."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        place = f"{name}:{number}"
        if len(line) >= MAX_LINE:
            raise InputError(f"一行超过{MAX_LINE}字节", where=place)
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield place, Bad(place=place, why="这一行不是JSON")
            continue
        yield place, value if isinstance(value, dict) else Bad(place=place, why="这一行不是JSON对象")


def fields(row: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a row's keys mean, as text; of two keys for one field the more exact."""
    ranked = sorted((_KEYS[key][1], _KEYS[key][0], key) for key in row if key in _KEYS)
    return {field: _text(row[key]) for _, field, key in reversed(ranked)}


def _rows(stream: IO[bytes], name: str) -> Iterator[Row | Bad]:
    for place, value in objects(stream, name):
        if isinstance(value, Bad):
            yield value
        else:
            yield from columns.row(fields(value), place)


def _text(value: Any) -> str:
    """A value as a cell shows it; of a list (device identifiers) the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict) else str(value)
