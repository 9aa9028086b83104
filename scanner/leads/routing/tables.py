"""``authorities.yaml`` and ``transfers.yaml``: their shape, and the home's laid over the shipped ones.

Owns: reading them strictly, replacing by code or id, and names that must exist in the other entries. Leaves to others: what a
code means (``areas``), what an authority is called (``offices``), finding signs (``signs``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.errors import ConfigError, Problem

AREAS = "authorities.yaml"
SIGNS = "transfers.yaml"

Code = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")]
ZoneCode = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}(-[a-z]{2,20})?$")]
Name = Annotated[str, Field(min_length=2, max_length=40)]
Char = Annotated[str, Field(min_length=1, max_length=2)]
Word = Annotated[str, Field(min_length=1, max_length=30)]
Pattern = Annotated[str, Field(pattern=r"^$|^([^{}]|\{name\})*\{name\}([^{}]|\{name\})*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Naming(_Model):
    """How authorities are called; ``{name}`` is the area. "" in a home's file: as shipped."""

    market: Pattern = ""
    drug: Pattern = ""
    telecom: Pattern = ""
    cyberspace: Pattern = ""
    police: Pattern = ""
    police_province: Pattern = ""
    health: Pattern = ""
    discipline: Pattern = ""


class City(_Model):
    """A prefecture-level area (地级市、地区、自治州、盟)."""

    code: Annotated[str, Field(pattern=r"^[1-9][0-9]{3}00$")]
    name: Name
    short: Name
    chars: tuple[Char, ...] = ()
    customs: str = ""


class Province(_Model):
    """A province-level area with its prefectures."""

    code: Annotated[str, Field(pattern=r"^[1-9][0-9]0000$")]
    name: Name
    short: Name
    chars: tuple[Char, ...] = ()
    customs: str = ""
    cities: tuple[City, ...] = ()


class Special(_Model):
    """``direct``: the province addresses this county's bureau itself; ``market``, ``drug``: names that differ."""

    code: Code
    market: str = ""
    drug: str = ""
    direct: bool = False


class Zone(_Model):
    """A development zone (开发区) that is treated as an area; ``chars``: as in a number behind the province's."""

    code: ZoneCode
    name: Name
    under: Code
    market: str = ""
    chars: tuple[Char, ...] = ()


class Withdrawn(_Model):
    """What a withdrawn code became; several where it was divided."""

    code: Code
    now: tuple[Code, ...] = Field(min_length=1)


class AreasFile(_Model):
    naming: Naming = Naming()
    provinces: tuple[Province, ...] = ()
    special: tuple[Special, ...] = ()
    zones: tuple[Zone, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()


To = Literal["police", "health", "customs", "discipline"]


class Sign(_Model):
    """Words that make a lead worth showing to another authority, and the law that makes them so."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
    to: To
    title: Name
    law: Name
    article: Name
    verified: bool = True
    any: tuple[Word, ...] = ()
    also: tuple[Word, ...] = ()
    near: int = Field(default=40, ge=0, le=500)
    unless: tuple[Word, ...] = ()
    sellers: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _finds_something(self) -> Sign:
        if not self.any and not self.sellers:
            raise ValueError("any 和 sellers 至少写一个，不然什么也找不到")
        return self


class SignsFile(_Model):
    signs: tuple[Sign, ...] = ()


Kind = TypeVar("Kind", Province, City, Special, Zone, Withdrawn)
File = TypeVar("File", AreasFile, SignsFile)


def areas(*folders: Path) -> AreasFile:
    """The areas of the folders, later ones over earlier ones; a folder without the file adds nothing. Raises ConfigError
    with every problem."""
    whole, problems = AreasFile(), list[Problem]()
    for file, lines in _read(folders, AREAS, AreasFile, problems):
        problems += _twice(file, lines)
        given = file.naming.model_dump(exclude_defaults=True)
        whole = AreasFile(
            naming=whole.naming.model_copy(update=given),
            provinces=_provinces(whole.provinces, file.provinces),
            special=_over(whole.special, file.special),
            zones=_over(whole.zones, file.zones),
            withdrawn=_over(whole.withdrawn, file.withdrawn),
        )
        problems += _unknown(whole, file, lines)
    if problems:
        raise ConfigError(problems)
    return whole


def signs(*folders: Path) -> tuple[Sign, ...]:
    """The signs of the folders, later ones over earlier ones of the same id. Raises ConfigError."""
    found, problems = dict[str, Sign](), list[Problem]()
    for file, lines in _read(folders, SIGNS, SignsFile, problems):
        ids = [sign.id for sign in file.signs]
        problems += [
            Problem(where=lines.where("signs", at), message=f"{one} 写了两次", hint="换一个 id")
            for at, one in enumerate(ids)
            if one in ids[:at]
        ]
        found |= {sign.id: sign for sign in file.signs}
    if problems:
        raise ConfigError(problems)
    return tuple(found.values())


def _read(
    folders: Sequence[Path], name: str, model: type[File], problems: list[Problem]
) -> Iterable[tuple[File, yamlfile.Lines]]:
    for folder in folders:
        if (path := folder / name).is_file():
            file, lines, found = yamlfile.read(path, model)
            problems += found
            if file is not None:
                yield file, lines


def _over(before: tuple[Kind, ...], after: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(({one.code: one for one in before} | {one.code: one for one in after}).values())


def _provinces(before: tuple[Province, ...], after: tuple[Province, ...]) -> tuple[Province, ...]:
    """A home that corrects one city of a province writes that city only; the others stay."""
    cities = {one.code: one.cities for one in before}
    return _over(
        before, tuple(one.model_copy(update={"cities": _over(cities.get(one.code, ()), one.cities)}) for one in after)
    )


def _twice(file: AreasFile, lines: yamlfile.Lines) -> list[Problem]:
    found = list[Problem]()
    for key in ("provinces", "special", "zones", "withdrawn"):
        seen = set[str]()
        for at, one in enumerate(getattr(file, key)):
            if one.code in seen:
                found.append(Problem(where=lines.where(key, at), message=f"代码 {one.code} 写了两次", hint="删掉一个"))
            seen.add(one.code)
    for at, province in enumerate(file.provinces):
        for number, city in enumerate(province.cities):
            if city.code[:2] != province.code[:2] or city.code[2:] == "0000":
                where = lines.where("provinces", at, "cities", number)
                found.append(
                    Problem(where=where, message=f"{city.code} 不是{province.name}的市", hint="检查代码的前两位")
                )
    return found


def _unknown(whole: AreasFile, file: AreasFile, lines: yamlfile.Lines) -> list[Problem]:
    """Areas that lie nowhere: a zone under, or a code now of, a province or city that is not there."""
    provinces = {one.code for one in whole.provinces}
    cities = {city.code for one in whole.provinces for city in one.cities}
    found = list[Problem]()
    for at, zone in enumerate(file.zones):
        if zone.under not in provinces | cities:
            where = lines.where("zones", at)
            found.append(Problem(where=where, message=f"没有代码是 {zone.under} 的省或者市", hint="检查 under"))
    for key in ("special", "withdrawn"):
        for at, one in enumerate(getattr(file, key)):
            if f"{one.code[:2]}0000" not in provinces:
                found.append(Problem(where=lines.where(key, at), message=f"{one.code} 不在任何省", hint="检查代码"))
    return found
