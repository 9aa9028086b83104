"""Units (单位): who leads are handed to. The home's ``rules/units.yaml``, else the authorities themselves.

    units:
      - id: nanchang
        name: 南昌市市场监督管理局
        level: city                  # province | city | county
        scope: ["360100"]            # area codes (GB/T 2260); what lies in them lies in the scope
        parent: jiangxi              # another unit's id
        contact: 医疗器械科           # a post, no person
        supervised: false            # 挂牌督办
        double_review: false         # 双人复核: takes only leads that two people confirmed

Owns: the file's shape, looking a unit up by id, by its exact name or by area (the most specific wins). Leaves to others: which
area a lead belongs to (``route``). An authority that no unit stands for is a unit by its area code (``330100``: the city's
market bureau; ``330000``: the province's drug authority), so that leads can be handed out of the office's own area.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz, process

from scanner import yamlfile
from scanner.errors import ConfigError, Problem, UsageError
from scanner.leads.routing import tables
from scanner.leads.routing.addresses import Addresses
from scanner.leads.routing.areas import Areas
from scanner.leads.routing.offices import Offices
from scanner.leads.routing.place import Level, Place

FILE = "units.yaml"
NEAR = 5  # suggestions
_FAR = 55  # of 100: names below are no suggestion

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitEntry(_Model):
    """A unit as the file says it."""

    id: Id
    name: Annotated[str, Field(min_length=2, max_length=60)]
    level: Level
    scope: tuple[tables.ZoneCode, ...] = Field(min_length=1)
    parent: str = ""
    contact: Annotated[str, Field(max_length=60)] = ""
    supervised: bool = False
    double_review: bool = False


class UnitsFile(_Model):
    units: tuple[UnitEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Who a lead can be handed to. ``own``: of the home's units.yaml; else an authority, its id the area code."""

    id: str
    name: str
    level: Level
    scope: tuple[str, ...]
    parent: str = ""
    contact: str = ""
    supervised: bool = False
    double_review: bool = False
    own: bool = False


class Units:
    """The home's units, and beside them every authority."""

    def __init__(self, own: tuple[Unit, ...], areas: Areas, offices: Offices) -> None:
        self.own = own
        self.areas, self.offices, self.addresses = areas, offices, Addresses(areas)
        self._by_scope = {code: unit for unit in own for code in unit.scope}
        self._by_key = {unit.name: unit for unit in own} | {unit.id: unit for unit in own}

    def get(self, word: str) -> Unit:
        """The unit of this id or exact name; the home's own come first. Raises UsageError that names the nearest."""
        word = word.strip()
        unit = self._by_key.get(word) or self._authorities.get(word)
        if unit is not None:
            return unit
        raise UsageError(f"没有单位“{word[:60]}”", where="UNIT", hint=self._hint(word[:60]))

    def _hint(self, word: str) -> str:
        names = {**self._authorities, **self._by_key}
        near = process.extract(word, list(names), scorer=fuzz.ratio, limit=4 * NEAR, score_cutoff=_FAR)
        told = dict.fromkeys(f"{names[key].name}（{names[key].id}）" for key, _, _ in near)
        if told:
            return f"是不是：{'、'.join(list(told)[:NEAR])}"
        if self.own:
            return f"units.yaml 里有：{'、'.join(f'{one.name}（{one.id}）' for one in self.own[:NEAR])}"
        return "写单位的全称或者行政区划代码，例如 杭州市市场监督管理局 或者 330100；自己的单位写在数据目录的 rules/units.yaml"

    def by_area(self, place: Place) -> Unit | None:
        """Whose area it is: the unit with the most specific scope that holds it, else the authority it is addressed to;
        None outside the mainland's jurisdiction."""
        own = self._own(place)
        return own if own is not None else self.authority(self.offices.addressed(place))

    def _own(self, place: Place) -> Unit | None:
        return next((self._by_scope[code] for code in reversed(place.path) if code in self._by_scope), None)

    def of_province(self, place: Place) -> Unit | None:
        """Who supervises platforms (第三方平台) there: a unit of the home of province level, else the drug authority."""
        own = [one for one in self.own if one.level == "province" and place.path[0] in one.scope]
        province = self.offices.province(place)
        if own:
            return own[0]
        name = self.offices.name(place, "drug")
        return self._unit(province, name) if name == self.offices.name(province, "drug") else Unit(
            id=place.code, name=name, level="province", scope=(place.code,)
        ) if name else None  # fmt: skip

    def authority(self, place: Place) -> Unit | None:
        """The authority of an area as a unit: of a province the drug authority, else the market bureau."""
        return self._unit(place, self.offices.name(place, "drug" if place.level == "province" else "market"))

    def _unit(self, place: Place, name: str) -> Unit | None:
        if not name:
            return None
        above = place.path[-2] if len(place.path) > 1 else ""
        return Unit(id=place.code, name=name, level=place.level, scope=(place.code,), parent=above)

    @cached_property
    def _authorities(self) -> Mapping[str, Unit]:
        """Every authority by name and by area code. Names that two of them have are found by code only."""
        by_code = {unit.id: unit for unit in self._all()}
        names: dict[str, Unit | None] = {}
        for unit in by_code.values():
            names[unit.name] = None if unit.name in names else unit
        return {name: unit for name, unit in names.items() if unit is not None} | by_code

    def _all(self) -> Iterator[Unit]:
        codes = (*self.areas.provinces, *self.areas.cities, *self.areas.zones)
        counties = (place for places in self.areas.counties.values() for place in places)
        for place in (*(self.areas.of(code) for code in codes), *counties):
            unit = self.authority(place) if place is not None else None
            if unit is not None:
                yield unit


def load(*folders: Path) -> Units:
    """The units of a home, with the areas they name: ``folders`` are rules folders, the shipped one first, the home's last.
    Raises ConfigError with every problem."""
    file = tables.areas(*folders)
    areas = Areas(file)
    own, problems = list[Unit](), list[Problem]()
    for folder in folders:
        if (path := folder / FILE).is_file():
            read, lines, found = yamlfile.read(path, UnitsFile)
            problems += found
            if read is not None:
                problems += _faults(read.units, areas, lines)
                own += [Unit(**one.model_dump(), own=True) for one in read.units]
    if problems:
        raise ConfigError(problems)
    return Units(tuple(own), areas, Offices(file, areas))


def _faults(units: tuple[UnitEntry, ...], areas: Areas, lines: yamlfile.Lines) -> list[Problem]:
    ids, names, scopes = dict[str, UnitEntry](), set[str](), dict[str, str]()
    found = list[Problem]()
    parents = {one.id: one.parent for one in units}
    for at, one in enumerate(units):
        where = lines.where("units", at)
        if one.id in ids:
            found.append(Problem(where=where, message=f"单位 {one.id} 写了两次", hint="换一个 id"))
        if one.name in names:
            found.append(Problem(where=where, message=f"有两个单位叫 {one.name}", hint="写全称"))
        if one.parent and one.parent not in parents:
            hint = yamlfile.nearest(one.parent, parents)
            found.append(Problem(where=where, message=f"没有上级单位 {one.parent}", hint=hint))
        elif _circles(one.id, parents):
            found.append(Problem(where=where, message=f"{one.id} 的上级绕回到自己", hint="检查 parent"))
        for code in one.scope:
            found += _scope_faults(code, one, scopes, areas, where)
        ids[one.id] = one
        names.add(one.name)
    return found


def _scope_faults(code: str, one: UnitEntry, scopes: dict[str, str], areas: Areas, where: str) -> Iterator[Problem]:
    place = areas.of(code)
    if place is None or place.code != code:
        hint = f"{place.note}；写 {place.code}" if place is not None else '写六位行政区划代码，例如 "360100"'
        yield Problem(where=where, message=f"没有在用的地区代码 {code}", hint=hint)
    elif code in scopes:
        hint = "一个地区只能归一个单位；范围更小的单位写更细的代码"
        yield Problem(where=where, message=f"{place.name}（{code}）已归单位 {scopes[code]}", hint=hint)
    scopes.setdefault(code, one.id)


def _circles(unit: str, parents: Mapping[str, str]) -> bool:
    seen, at = set[str](), unit
    while at and at not in seen:
        seen.add(at)
        at = parents.get(at, "")
    return at == unit
