"""Units of a home, and authorities as units."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError, UsageError
from scanner.home import shipped_rules
from scanner.leads.routing import units
from scanner.leads.routing.units import Units
from tests.leads.routing.making import shipped

OWN = """
units:
  - id: nanchang
    name: 南昌市市场监督管理局
    level: city
    scope: ["360100", "360000-ganjiang"]
    parent: jiangxi
    contact: 医疗器械科
  - {id: jiangxi, name: 江西省药品监督管理局医疗器械监管处, level: province, scope: ["360000"], supervised: true}
  - {id: nanchang-county, name: 南昌县市场监督管理局, level: county, scope: ["360121"], parent: nanchang}
"""


def home(tmp_path: Path, text: str) -> Units:
    (tmp_path / "units.yaml").write_text(text, encoding="utf-8")
    return units.load(shipped_rules(), tmp_path)


def by_area(known: Units, code: str) -> str:
    place = known.areas.of(code)
    assert place is not None
    unit = known.by_area(place)
    return unit.id if unit is not None else ""


def test_without_a_file_units_are_the_authorities() -> None:
    known = shipped()
    assert known.own == ()
    for word, name in {
        "330100": "杭州市市场监督管理局", "杭州市市场监督管理局": "杭州市市场监督管理局", "330000": "浙江省药品监督管理局",
        "110108": "北京市海淀区市场监督管理局", "429004": "仙桃市市场监督管理局", "360982": "樟树药品监督管理局",
        "410783": "长垣市市场监督管理局", "320594": "苏州工业园区市场监督管理局", "360000-ganjiang": "赣江新区市场监督管理局",
    }.items():  # fmt: skip
        assert known.get(f" {word} ").name == name
    assert [by_area(known, code) for code in ("330106", "110108", "410783", "360982", "330000", "810000")] == [
        "330100", "110108", "410700", "360982", "330000", "",
    ]  # fmt: skip


def test_the_most_specific_scope_wins(tmp_path: Path) -> None:
    known = home(tmp_path, OWN)
    assert [by_area(known, code) for code in ("360121", "360102", "360700", "360000", "360000-ganjiang", "330106")] == [
        "nanchang-county", "nanchang", "jiangxi", "jiangxi", "nanchang", "330100",
    ]  # fmt: skip
    own = known.get("南昌市市场监督管理局")  # the home's comes before the authority of the same name
    assert (own.id, own.contact, own.supervised, own.parent, own.own) == (
        "nanchang",
        "医疗器械科",
        False,
        "jiangxi",
        True,
    )
    assert known.get("jiangxi").supervised is True
    assert known.get("360100").own is False
    place = known.areas.of("360700")
    assert place is not None
    platforms = known.of_province(place)
    assert platforms is not None
    assert platforms.id == "jiangxi"


def test_platforms_of_the_corps() -> None:
    place = shipped().areas.of("659001")
    assert place is not None
    unit = shipped().of_province(place)
    assert unit is not None
    assert unit.name == "新疆生产建设兵团药品监督管理局"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("杭州市市场监管局", "杭州市市场监督管理局（330100）"),
        ("浙江药品监督管理局", "浙江省药品监督管理局（330000）"),
        ("nanchan", "南昌市市场监督管理局（nanchang）"),
        ("x", "units.yaml 里有：南昌市市场监督管理局（nanchang）"),
    ],
)
def test_unknown_units_name_the_nearest(tmp_path: Path, word: str, hint: str) -> None:
    known = home(tmp_path, OWN)
    with pytest.raises(UsageError) as caught:
        known.get(word)
    assert word in caught.value.message
    assert hint in caught.value.hint


def test_an_unknown_unit_without_a_file() -> None:
    with pytest.raises(UsageError) as caught:
        shipped().get("qq")
    assert "rules/units.yaml" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('units:\n  - {id: A, name: 某局, level: city, scope: ["360100"]}', 2, ""),
        ('units:\n  - {id: a, name: 某局, level: town, scope: ["360100"]}', 2, ""),
        ("units:\n  - {id: a, name: 某局, level: city, scope: []}", 2, ""),
        ("units:\n  - {id: a, name: 某局, level: city, scope: [360100]}", 2, ""),
        ('units:\n  - {id: a, name: 某局, level: city, scop: ["360100"]}', 2, "scop"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["999999"]}', 2, "没有在用的地区代码 999999"),
        ('units:\n  - {id: a, name: 某局, level: county, scope: ["410728"]}', 2, "没有在用的地区代码 410728"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["360100"], parent: b}', 2, "没有上级单位 b"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["360100"], parent: a}', 2, "绕回到自己"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["360100"]}\n  - {id: a, name: 乙局, level: city, scope: ["360200"]}', 3, "写了两次"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["360100"]}\n  - {id: b, name: 某局, level: city, scope: ["360200"]}', 3, "有两个单位叫"),
        ('units:\n  - {id: a, name: 某局, level: city, scope: ["360100"]}\n  - {id: b, name: 乙局, level: city, scope: ["360100"]}', 3, "已归单位 a"),
    ],
)  # fmt: skip
def test_mistakes_name_their_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        home(tmp_path, text)
    problem = next(p for p in caught.value.problems if message in p.message)
    assert problem.where == f"{tmp_path / 'units.yaml'}:{line}"


def test_a_withdrawn_code_names_the_one_in_use(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        home(tmp_path, 'units:\n  - {id: a, name: 某局, level: county, scope: ["410728"]}')
    assert "写 410783" in caught.value.problems[0].hint
