"""What belongs to a unit, and what a return of its own says that it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.leads.returns.cells import Left
from scanner.leads.returns.scope import scope, told
from scanner.leads.routing.units import Units
from tests.leads.routing.making import shipped
from tests.leads.routing.test_units import home

OWN = """
units:
  - {id: jiangxi, name: 演示省监管处, level: province, scope: ["360000"]}
  - {id: nanchang, name: 演示南昌局, level: city, scope: ["360100"], parent: jiangxi}
  - {id: east, name: 演示东湖局, level: county, scope: ["360102"], parent: nanchang}
  - {id: west, name: 演示西湖局, level: county, scope: ["360103"]}
  - {id: jiujiang, name: 演示九江局, level: city, scope: ["360400"], parent: jiangxi}
"""


@pytest.fixture
def known(tmp_path: Path) -> Units:
    return home(tmp_path, OWN)


@pytest.mark.parametrize(
    ("unit", "has"),
    [
        ("nanchang", {"nanchang", "east", "360100", "360102", "360111"}),
        ("east", {"east", "360102"}),
        ("west", {"west", "360103"}),
        ("jiangxi", {"jiangxi", "nanchang", "east", "jiujiang", "360000", "360100", "360102", "360111", "360400", "360700"}),
        ("360100", {"east", "west", "nanchang", "360100", "360102", "360103", "360111"}),
    ],
)  # fmt: skip
def test_to_a_unit_belong_its_subordinate_units_and_the_areas_that_fall_to_them(
    known: Units, unit: str, has: set[str]
) -> None:
    every = {"jiangxi", "nanchang", "east", "west", "jiujiang", "360000", "360100", "360102", "360103", "360111", "360400",
             "360700", "330100", "", "gone"}  # fmt: skip
    assert {one for one in every if scope(known.get(unit), known).has(one)} == has


def test_without_a_list_an_authority_has_its_area() -> None:
    own = scope(shipped().get("杭州市市场监督管理局"), shipped())
    assert [own.has(unit) for unit in ("330100", "330106", "330200", "330000")] == [True, True, False, False]
    assert (own.below, own.inside) == ((), ())


def test_what_is_left_out_is_said(known: Units) -> None:
    lines = told(scope(known.get("nanchang"), known), Left(others=(1, 2), nobody=(3,)))
    assert lines[0].startswith("只计“演示南昌局”（含下级：演示东湖局）办理的线索")
    assert lines[1] == "没有计入：其他单位办理的线索 2 条，没有交办给单位的线索 1 条。"
    assert lines[2:] == ["辖区在其内、单位名单（units.yaml）没有写明是其下级（parent）的，没有计入：演示西湖局。"]
    assert told(scope(known.get("east"), known), Left())[1:] == ["这段时间没有因此不计入的线索。"]
