"""The made-up release is what it says, and ``bench registry`` gives its three figures. No speed is asserted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scanner import numbers
from scanner.bench import LONG, Row, release
from scanner.bench.registry import rows
from scanner.registry.sources import shipped
from tests.registry.readers.reading import rows as read


def test_a_release_is_the_same_for_a_seed_and_read_without_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "PART", 200)
    one, two, other = (tmp_path / f"{name}.zip" for name in ("one", "two", "other"))
    known = release.write(one, 1_050, seed=3)
    release.write(two, 1_050, seed=3)
    release.write(other, 1_050, seed=4)

    def members(path: Path) -> list[bytes]:
        with zipfile.ZipFile(path) as archive:
            return [archive.read(name) for name in archive.namelist()]

    assert members(one) == members(two) != members(other)
    assert len(members(one)) == 6
    good, bad = read(one, "udi")
    assert (len(good), bad) == (1_050, [])
    assert len({row.key for row in good}) == 1_050
    assert {row.number for row in good} <= set(known)
    assert {row.withdrawn_on is None for row in good} == {True, False}


def test_its_numbers_have_the_real_form_and_belong_to_no_real_source(tmp_path: Path) -> None:
    known = release.write(tmp_path / "a.zip", 3_000)
    assert len(set(known)) == len(known) == 100
    for text in known:
        number = numbers.parse(text)
        assert number is not None
        assert (number.type, number.valid) == ("device_reg", True)
        assert [source.id for source in shipped().sources if source.covering(number) is not None] == ["demo"]


@pytest.mark.slow
def test_the_bench() -> None:
    found = list(rows(records=600))
    assert [(row.unit, row.reference > 0, row.ours > 0) for row in found] == [
        ("条/秒", True, True), ("MB", True, True), ("毫秒", True, True)
    ]  # fmt: skip
    assert all(isinstance(row, Row) for row in found)
    assert "registry" in LONG
