"""The shipped list of registers: readable, complete, and honest about what each can prove."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import numbers
from scanner.errors import ConfigError
from scanner.model import Number
from scanner.numbers.families import FAMILY_OF
from scanner.registry.readers import READERS
from scanner.registry.sources import load, shipped


def number(text: str) -> Number:
    found = numbers.parse(text)
    assert found is not None
    return found


def test_shipped_sources() -> None:
    sources = shipped().by_id()
    assert list(sources) == [
        "udi", "nmpa-device", "nmpa-filing", "nmpa-import", "nmpa-operating", "nmpa-production", "drugs",
        "class1", "determinations", "exemption", "codes", "registrants", "net-sellers", "demo",
    ]  # fmt: skip
    for source in sources.values():
        assert source.reader in READERS
        assert {kind for series in source.series for kind in series.types} <= set(FAMILY_OF)
    assert "term" not in sources["udi"].proves
    assert [series.complete for series in sources["udi"].series] == [False]


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("粤械注准20212149001", ["udi", "nmpa-device"]),
        ("国械注进20213149001", ["udi", "nmpa-import"]),
        ("国械备20219001", ["udi", "nmpa-filing", "nmpa-import"]),
        ("粤穗械备20219001", ["udi", "nmpa-filing"]),
        ("粤穗食药监械经营许20219001", ["nmpa-operating"]),
        ("粤食药监械生产许20219001", ["nmpa-production"]),
        ("演械注准20212149001", ["demo"]),
        ("国药准字H20049001", ["drugs"]),
        ("H20149001", ["drugs"]),
        ("（粤）网械平台备字（2018）第00002号", []),
    ],
)
def test_which_source_covers_a_number(text: str, covered: list[str]) -> None:
    assert [source.id for source in shipped().sources if source.covering(number(text)) is not None] == covered


def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  - id: x\n    titel: y\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(path)
    assert any(problem.where.endswith("sources.yaml:3") for problem in error.value.problems)
