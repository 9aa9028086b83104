"""Tables of registrations, filings, licences and approvals: CSV, XLSX or JSON Lines, told apart by content.

Owns: choosing the format. Leaves to others: each format (``csv_table``, ``xlsx_table``, ``jsonl_table``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scanner.errors import InputError
from scanner.registry.readers import csv_table, jsonl_table, kinds, xlsx_table
from scanner.registry.rows import Part, Reader

_FORMATS: dict[kinds.Kind, Reader] = {
    "text": csv_table.parts,
    "jsonl": jsonl_table.parts,
    "xlsx": xlsx_table.parts,
    "empty": csv_table.parts,
}


def parts(path: Path) -> Iterator[Part]:
    """The file as one part. Raises InputError when it is no table, with the way out."""
    kind = kinds.kind_of(path)
    kinds.refuse_papers(kind, path)
    if kind not in _FORMATS:
        raise InputError(
            f"这是 {kind} 文件，不是表格", where=str(path), hint="表格可以是 CSV、XLSX 或者一行一个对象的 JSONL"
        )
    yield from _FORMATS[kind](path)
