"""``bench product``: says what is missing, and on the real papers reaches what is promised on a year never learnt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.bench import OF_HOME
from scanner.bench.product import FOLDER
from scanner.errors import UsageError
from scanner.home import Home
from tests.registry.catalogue.making import files


def test_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    with pytest.raises(UsageError, match="缺class1、determinations、exemption、codes"):
        list(OF_HOME["product"](Home(tmp_path / "home")))
    files(tmp_path)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    (tmp_path / "determinations.jsonl").unlink()
    with pytest.raises(UsageError, match="缺determinations"):
        list(OF_HOME["product"](Home(tmp_path / "home")))


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.slow
def test_the_held_out_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: Callable[[str], Path]) -> None:
    monkeypatch.setenv(FOLDER, str(shared("data/classification_codes.jsonl").parent))
    rows = {row.name: row for row in OF_HOME["product"](Home(tmp_path / "home"))}
    least = {
        "product 名称 管理类别": 67, "product 名称 编码 前5": 90, "product 名称 编码（不含6840） 前5": 84,
        "product 名称和描述 管理类别": 81, "product 名称和描述 编码 前5": 94, "product 名称和描述 编码（不含6840） 前5": 89,
        "product 名称和描述 把握≥0.9时正确": 90,
    }  # fmt: skip
    assert {name: rows[name].ours for name, floor in least.items() if rows[name].ours < floor} == {}
    assert all(rows[name].ours >= rows[name].reference for name in least)
