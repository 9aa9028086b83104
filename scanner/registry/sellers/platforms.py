"""Whose shop an address is: ``registry_data/platforms.yaml``, asked.

Owns: the model of that file, telling a platform's address from a shop's own, and the key under which two spellings of one
platform's shop are equal. Leaves to others: finding addresses in text (``addresses``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from scanner import yamlfile
from scanner.home import shipped_registry_data
from scanner.registry.names import level
from scanner.registry.sellers.addresses import Place

REMEMBERED = 100_000  # hosts

_HOLE = re.compile(r"\{([a-z]+)\}")
_TEMPLATE = re.compile(r"[a-z0-9{}.-]+(?:/[A-Za-z0-9_{}./-]*)?(?:\?[A-Za-z_]+=\{[a-z]+\})?")


class Platform(BaseModel):
    """One platform, as the head of the file explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    names: tuple[str, ...]
    sites: tuple[str, ...]
    shared: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()

    @field_validator("shops")
    @classmethod
    def _templates(cls, shops: tuple[str, ...]) -> tuple[str, ...]:
        for shop in shops:
            if not _TEMPLATE.fullmatch(shop) or len(_HOLE.findall(shop)) != 1:
                raise ValueError(f"网址模板要有一个 {{…}}：{shop}")
        return shops


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tracking: tuple[str, ...]
    own: tuple[str, ...]
    platforms: tuple[Platform, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A template, compiled. ``path`` None: any page of the host."""

    kind: str
    host: re.Pattern[str]
    path: re.Pattern[str] | None
    parameter: str
    shared: frozenset[str]

    def shop(self, place: Place) -> str:
        """What tells the shop at this place; "" where the template does not fit."""
        host = self.host.fullmatch(place.host)
        path = self.path.fullmatch(place.path) if self.path is not None else host
        if host is None or path is None:
            return ""
        told = next((value for name, value in place.query if name == self.parameter), "") if self.parameter else ""
        told = told or next((value for m in (host, path) for value in m.groupdict().values()), "")
        return "" if told in self.shared else told


class Platforms:
    """The table, ready to be asked. ``all``: its platforms, in its order."""

    def __init__(self, file: _File) -> None:
        self.all = file.platforms
        self._tracking, self._own = frozenset(file.tracking), frozenset(map(_word, file.own))
        self._by_site: Mapping[str, Platform] = {site: one for one in file.platforms for site in one.sites}
        self._by_name: Mapping[str, Platform] = {_word(name): one for one in file.platforms for name in one.names}
        self._hosts: dict[str, tuple[Platform | None, Sequence[_Shape]]] = {}
        self._shapes = {one.id: [_shape(shop, one) for shop in one.shops] for one in file.platforms}

    def at(self, host: str) -> Platform | None:
        """The platform that a host (with or without port) belongs to."""
        return self._host(host)[0]

    def _host(self, host: str) -> tuple[Platform | None, Sequence[_Shape]]:
        """The platform of a host, and the templates that fit it; remembered, for pages are many and hosts few."""
        if host not in self._hosts:
            if len(self._hosts) >= REMEMBERED:
                self._hosts.clear()
            platform = self._platform(host)
            shapes = self._shapes[platform.id] if platform is not None else ()
            self._hosts[host] = platform, [shape for shape in shapes if shape.host.fullmatch(host)]
        return self._hosts[host]

    def _platform(self, host: str) -> Platform | None:
        labels = host.partition(":")[0].split(".")
        names = (".".join(labels[begin:]) for begin in range(len(labels)))
        return next((self._by_site[name] for name in names if name in self._by_site), None)

    def named(self, words: str) -> Platform | None:
        """The platform that a list of sellers calls so."""
        return self._by_name.get(_word(words))

    def own(self, words: str) -> bool:
        """Whether these words in the place of a platform's name say that there is none."""
        return not re.search(r"\w", words) or _word(words) in self._own

    def shop(self, place: Place) -> str:
        """The key of the shop at a place that many sellers share, whatever page of it; "" where the place tells none."""
        platform, shapes = self._host(place.host)
        for shape in shapes:
            if platform is not None and (told := shape.shop(place)):
                return f"{platform.id}\n{shape.kind}\n{told}"
        query = sorted(pair for pair in place.query if pair[0].lower() not in self._tracking)
        asked = "&".join(f"{name}={value}" for name, value in query)
        return f"{place.site}{place.path}?{asked}#{place.route}" if place.path or asked or place.route else ""


def load(path: Path) -> Platforms:
    """Raises ConfigError with all problems, file and line."""
    return Platforms(yamlfile.load(path, _File))


@cache
def shipped() -> Platforms:
    """The table that came with the program."""
    return load(shipped_registry_data() / "platforms.yaml")


def _word(text: str) -> str:
    return re.sub(r"\s+", "", level(text))


def _shape(template: str, platform: Platform) -> _Shape:
    where, _, query = template.partition("?")
    host, stroke, path = where.partition("/")
    (kind,) = _HOLE.findall(template)
    return _Shape(
        kind=kind, host=_pattern(host), path=_pattern(f"/{path}".rstrip("/")) if stroke else None,
        parameter=query.partition("=")[0], shared=frozenset(platform.shared),
    )  # fmt: skip


def _pattern(template: str) -> re.Pattern[str]:
    """A piece of a template with its hole; what fills one is a word of letters and digits."""
    pieces = _HOLE.split(template)
    return re.compile("".join(f"(?P<{p}>[A-Za-z0-9_-]+)" if at % 2 else re.escape(p) for at, p in enumerate(pieces)))
