"""Lists of registrants: names on one line, codes in capitals, lines that are no company named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from scanner.registry.rows import Registrant
from tests.registry.making import write
from tests.registry.readers.reading import rows


def test_rows(tmp_path: Path) -> None:
    values = [
        {"name": "演示甲\n有限公司 ", "name_en": "Demo A", "uscc": "91000000demajaa186", "udi_product_count": 3},
        {"name": "演示乙有限公司", "uscc": None, "udi_product_count": "many"},
        {"name": "演示丙有限公司", "uscc": "9132"},
        {"name": " ", "uscc": "91000000DEMAJAA186"},
    ]
    text = "\n".join(json.dumps(value, ensure_ascii=False) for value in values) + "\nnonsense"
    good, bad = rows(write(tmp_path, "a.jsonl", text), "registrants")
    assert good == [
        Registrant(place="a.jsonl:1", name="演示甲 有限公司", name_en="Demo A", uscc="91000000DEMAJAA186"),
        Registrant(place="a.jsonl:2", name="演示乙有限公司", name_en="", uscc=""),
        Registrant(place="a.jsonl:3", name="演示丙有限公司", name_en="", uscc=""),
    ]
    assert [(b.place, b.why) for b in bad] == [
        ("a.jsonl:3", "统一社会信用代码不对：9132"), ("a.jsonl:4", "没有企业名称"), ("a.jsonl:5", "这一行不是JSON"),
    ]  # fmt: skip


def test_the_real_list(shared: Callable[[str], Path]) -> None:
    good, bad = rows(shared("data/device_registrants_uscc.jsonl"), "registrants")
    assert (len(good), bad) == (725, [])
    assert all(len(row.uscc) == 18 for row in good)
