"""Lists of device registrants (注册人、备案人) with their company codes, as JSON Lines.

Owns: the keys ``name``, ``name_en`` and ``uscc``; other keys are left aside. A code whose check digits do not fit is left
out and said; the company stays. Leaves to others: keeping (``company.keeping``), finding names (``company.index``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from scanner.registry.company.codes import code_in
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
        elif not (company := _text(value, "name")):
            yield Bad(place=place, why="没有企业名称")
        else:
            printed = _text(value, "uscc")
            code = code_in(printed)
            if printed and not code:
                yield Bad(place=place, why=f"统一社会信用代码不对：{printed[:40]}", kept=True)
            yield Registrant(place=place, name=company, name_en=_text(value, "name_en"), uscc=code)


def _text(value: dict[str, Any], key: str) -> str:
    """A name on one line; some in the real lists are broken over two."""
    found = value.get(key)
    return re.sub(r"\s+", " ", found).strip() if isinstance(found, str) else ""
