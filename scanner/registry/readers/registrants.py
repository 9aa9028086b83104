"""Lists of device registrants (注册人、备案人) with their company codes, as JSON Lines.

Owns: the keys ``name``, ``name_en``, ``uscc``, ``udi_product_count``. Leaves to others: the index of companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from scanner.registry.readers import jsonl_table
from scanner.registry.rows import Bad, Part, Registrant


def parts(path: Path) -> Iterator[Part]:
    """The file as one part; its rows are Registrant."""
    with path.open("rb") as stream:
        yield Part(name=path.name, size=path.stat().st_size, rows=_rows(stream, path.name), at=stream.tell)


def _rows(stream: IO[bytes], name: str) -> Iterator[Registrant | Bad]:
    for place, value in jsonl_table.objects(stream, name):
        if isinstance(value, Bad):
            yield value
        else:
            yield _registrant(value, place)


def _registrant(value: dict[str, Any], place: str) -> Registrant | Bad:
    name, uscc = _text(value, "name"), _text(value, "uscc").upper()
    if not name:
        return Bad(place=place, why="没有企业名称")
    count = value.get("udi_product_count")
    return Registrant(
        place=place, name=name, name_en=_text(value, "name_en"), uscc=uscc,
        devices=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
    )  # fmt: skip


def _text(value: dict[str, Any], key: str) -> str:
    """A name on one line; some in the real lists are broken over two."""
    found = value.get(key)
    return re.sub(r"\s+", " ", found).strip() if isinstance(found, str) else ""
