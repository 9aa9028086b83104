"""Lists of registrants: taken line by line, each fault with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry.readers.registrants_jsonl import MAX_LINE, read
from scanner.registry.rows import Bad
from scanner.store.companies import Listed
from tests.registry.making import write
from tests.registry.pairs import code

A = code("A")


def test_lines_of_all_kinds(tmp_path: Path) -> None:
    lines = [
        json.dumps({"name": " 演康有限公司 ", "name_en": "Yankang", "uscc": A.lower(), "udi_product_count": 7}),
        json.dumps({"name": "演健有限公司", "name_en": None}),
        json.dumps({"name": "演海\n有限公司", "uscc": "9132"}),
        "", "{", "[]", '{"name": 7}', '{"name": "  "}', '{"uscc": ""}',
    ]  # fmt: skip
    taken = list(read(write(tmp_path, "a.jsonl", "\ufeff" + "\n".join(lines))))
    assert [row for row in taken if isinstance(row, Listed)] == [
        Listed(name="演康有限公司", name_en="Yankang", uscc=A), Listed(name="演健有限公司"), Listed(name="演海\n有限公司"),
    ]  # fmt: skip
    bad = [row for row in taken if isinstance(row, Bad)]
    assert [(row.place, row.kept) for row in bad] == [
        ("a.jsonl:3", True), *((f"a.jsonl:{line}", False) for line in (5, 6, 7, 8, 9))
    ]  # fmt: skip
    assert bad[0].why == "统一社会信用代码不对：9132"
    assert [row.why for row in bad[3:]] == ["name不对：不是文字", "没有企业名称", "name不对：没有这一项"]


@pytest.mark.parametrize("content", [b'{"name": "\xff"}', b'{"name": "' + b"x" * MAX_LINE + b'"}'])
def test_no_list_at_all_is_an_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        list(read(write(tmp_path, "a.jsonl", content)))


def test_the_real_list_is_taken_whole(shared: Callable[[str], Path]) -> None:
    rows = list(read(shared("data/device_registrants_uscc.jsonl")))
    assert len(rows) == 725
    assert all(isinstance(row, Listed) and row.uscc for row in rows)
