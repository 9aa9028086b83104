"""Places in addresses and in companies' names.

Owns: reading an address (住所, 经营场所) from its front down to county, the place that a company's name carries (行政区划 is the
first part of a name: 企业名称登记管理规定). Leaves to others: which text is an address (``traces``), what follows (``votes``).
Linear in the text; only its beginning is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.leads.routing import gb2260
from scanner.leads.routing.areas import Areas
from scanner.leads.routing.place import Place, common, stem
from scanner.registry.company.parts import take_apart

READ = 60  # characters of an address: provinces, cities and counties stand in front
_SPACE = re.compile(r"\s+")
# What makes a short name none: 南京路 is in Shanghai, 朝阳区 in Beijing
_ELSE = re.compile(r"[东南西北中一二三四五六七八九十]{0,2}(?:路|街|大街|大道|道|巷|桥|广场)|[区县旗州盟]")
_Names = Mapping[str, Place]


@dataclass(frozen=True)
class Addresses:
    """Reads addresses by the areas given."""

    areas: Areas

    def place(self, text: str) -> Place | None:
        """The least area that an address names; None where it names none, or only one that many areas are called."""
        text = _SPACE.sub("", unicodedata.normalize("NFKC", text[: 4 * READ]))[:READ]
        found: Place | None = None
        at, close = 0, True  # close: nothing but names of areas stands before
        while at < len(text) and (found is None or found.level != "county"):
            end, place = self._longest(text, at, found, close=close)
            if place is None:
                close = close and text[at] in "中国(·,，"
                at += 1
            else:
                found, at, close = place, end, True
        return found

    def _longest(self, text: str, at: int, above: Place | None, *, close: bool) -> tuple[int, Place | None]:
        names = self._full if above is None else self._below(above, full=True)
        short = {} if not close else self._short if above is None else self._below(above, full=False)
        for end in range(min(len(text), at + 12), at + 1, -1):
            word = text[at:end]
            place = names.get(word)
            if place is None and word in short and not _ELSE.match(text, end):
                place = short[word]
            if place is not None:
                return end, place
        return at, None

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        codes = (*self.areas.provinces, *self.areas.cities, *self.areas.zones)
        upper = [place for code in codes if (place := self.areas.of(code)) is not None]
        return (*upper, *(place for places in self.areas.counties.values() for place in places))

    @cached_property
    def _full(self) -> _Names:
        """Full names that only one area of the country has."""
        return _unique((place.name, place) for place in self._places)

    @cached_property
    def _short(self) -> _Names:
        """Provinces and cities as people call them. 吉林 is the province; the city is called 吉林市."""
        upper = (self.areas.cities, self.areas.provinces)
        return {one.short: place for table in upper for code, one in table.items() if (place := self.areas.of(code))}

    def _below(self, above: Place, *, full: bool) -> _Names:
        key = (above.code, full)
        if key not in self._kept:
            inside = [place for place in self._places if place.within(above) and place.code != above.code]
            if full:
                now = _unique((place.name, place) for place in inside)
                self._kept[key] = {**_unique(self._former(above)), **now}
            else:
                cities = [place for place in inside if place.level == "city"]
                self._kept[key] = _unique((self.areas.cities[place.code].short, place) for place in cities)
        return self._kept[key]

    def _former(self, above: Place) -> Iterator[tuple[str, Place]]:
        """Names that areas there had: licences and pages keep them for years."""
        for code, entry in gb2260.entries().items():
            if code.startswith(above.path[0][:2]) and entry.until and not code.endswith("00"):
                place = self.areas.of(code)
                if place is not None and place.within(above) and len(entry.name) > 2:
                    yield entry.name, place

    @cached_property
    def _kept(self) -> dict[tuple[str, bool], _Names]:
        return {}

    def of_name(self, name: str) -> Place | None:
        """The area that a company's name carries; None where it carries none or several that do not lie in one another."""
        places = [place for word in sorted(take_apart(name).places) if (place := self._called(word)) is not None]
        places += self._front(name[:READ])
        if not places:
            return None
        least = max(places, key=lambda place: len(place.path))
        return least if all(least.within(place) for place in places) else None

    def _front(self, name: str) -> Iterator[Place]:
        """The areas whose full names a name begins with, one in another: 杭州市西湖区…"""
        found: Place | None = None
        at = 0
        while found is None or found.level != "county":
            names = self._full if found is None else self._below(found, full=True)
            end = next((end for end in range(min(len(name), at + 12), at + 1, -1) if name[at:end] in names), 0)
            if not end:
                return
            found, at = names[name[at:end]], end
            yield found

    def _called(self, word: str) -> Place | None:
        return self._short.get(word) or self._full.get(word) or self._counties.get(word)

    @cached_property
    def _counties(self) -> _Names:
        """County-level cities without their 市, and 中国 for nobody."""
        cities = (place for place in self._places if place.level == "county" and place.name.endswith("市"))
        return _unique((stem(place.name), place) for place in cities)


def _unique(pairs: Iterable[tuple[str, Place]]) -> _Names:
    """By name, where one name means one area, or several of which one holds the others."""
    found: dict[str, list[Place]] = {}
    for name, place in pairs:
        found.setdefault(name, []).append(place)
    return dict(_single(found))


def _single(found: Mapping[str, list[Place]]) -> Iterator[tuple[str, Place]]:
    for name, places in found.items():
        if len(places) == 1:
            yield name, places[0]
        elif common(places) == min((place.path for place in places), key=len):
            yield name, min(places, key=lambda place: len(place.path))
