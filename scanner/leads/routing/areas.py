"""Areas (行政区划): what a code, the characters of a number or an address name.

    areas = Areas(tables.areas(shipped_rules()))
    areas.of("410728")        长垣市, withdrawn in 2019 as 长垣县
    areas.of("230199")        哈尔滨市: no code of the standard, its first four digits are
    areas.issued("粤", "穗")   广州市, and how sure that is

Owns: codes that are in use, were withdrawn, or never stood in GB/T 2260 (development zones), each with a note that says so;
prefixes of licence numbers. Leaves to others: finding places in a text (``addresses``), whose matter it is (``offices``,
``units``). What the table of the home says comes before what the standard says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Literal

from scanner.leads.routing import gb2260
from scanner.leads.routing.place import Place, common, stem
from scanner.leads.routing.tables import AreasFile

Sure = Literal["certain", "likely", "weak"]

_CODE = re.compile(r"[1-9][0-9]{5}")
_BEGAN = 2014  # the year from which operating licences bear the characters of a city or district
_HEADS = frozenset(("市辖区", "县", "市", "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖行政单位"))


class Areas:
    """The areas of the tables, and below them those of the standard."""

    def __init__(self, file: AreasFile) -> None:
        self.provinces = {one.code: one for one in file.provinces}
        self.cities = {city.code: city for one in file.provinces for city in one.cities}
        self.zones = {one.code: one for one in file.zones}
        self._became = {one.code: one.now for one in file.withdrawn}
        self._by_char = {char: one.code for one in file.provinces for char in one.chars}
        self._found: dict[str, Place | None] = {}
        self._issuers: dict[str, list[tuple[Place, str, tuple[str, ...]]]] = {}

    def of(self, code: str) -> Place | None:
        """The area that six digits mean today; None where not even the province is known."""
        if code not in self._found:
            if len(self._found) > 20_000:  # codes come from pages, and pages can say anything
                self._found.clear()
            self._found[code] = self._of(code, 0)
        return self._found[code]

    def _of(self, code: str, depth: int) -> Place | None:
        if code in self.zones:
            return self._zone(code)
        province = self._province(f"{code[:2]}0000")
        if not _CODE.fullmatch(code) or province is None:
            return None
        if code in self.provinces:
            return province
        if code in self.cities:
            return self._city(code)
        if code in self._became and depth < 3:
            return self._now(code, self._became[code], depth)
        entry, above = self._entries.get(code), self._above(code, depth) or province
        if entry is None:
            return self._unlisted(code, above)
        if entry.name in _HEADS:
            return above
        return self._county(entry, above) if entry.until == 0 else self._successor(entry, above)

    def _province(self, code: str) -> Place | None:
        one = self.provinces.get(code)
        return None if one is None else Place(
            code=code, name=one.name, level="province", path=(code,), full=one.name
        )  # fmt: skip

    def _city(self, code: str) -> Place:
        name = self.cities[code].name
        return Place(code=code, name=name, level="city", path=(f"{code[:2]}0000", code), full=name)

    def _above(self, code: str, depth: int = 0) -> Place | None:
        """The prefecture that the first four digits name; of one withdrawn, what it became."""
        city = f"{code[:4]}00"
        if city == code or city in self.cities:
            return None if city == code else self._city(city)
        entry = self._entries.get(city)
        if entry is None or entry.name in _HEADS or depth >= 3:
            return None
        return self._of(city, depth + 1)

    def _zone(self, code: str) -> Place:
        zone = self.zones[code]
        under = self.of(zone.under)
        assert under is not None  # the tables were held against each other when read
        note = f"{zone.name}是开发区，属{under.name}"
        return Place(code=code, name=zone.name, level="county", path=(*under.path, code), full=zone.name, note=note)

    def _county(self, entry: gb2260.Entry, above: Place) -> Place:
        district = above.level == "city" and entry.name.endswith("区")
        municipal = len(above.path) == 1 and entry.name.endswith(("区", "县")) and above.name.endswith("市")
        full = above.name + entry.name if district or municipal else entry.name
        return Place(code=entry.code, name=entry.name, level="county", path=(*above.path, entry.code), full=full)

    def _unlisted(self, code: str, above: Place) -> Place:
        why = f"代码{code}不在GB/T 2260中（登记机关给开发区等另编的代码）"
        digits = "前四位" if above.level == "city" else "前两位"
        return replace(above, note=f"{why}，{digits}是{above.name}")

    def _now(self, code: str, now: tuple[str, ...], depth: int) -> Place | None:
        """The one area a code became, or the least that holds all of them."""
        places = [place for one in now if (place := self._of(one, depth + 1)) is not None]
        if not places:
            return self._province(f"{code[:2]}0000")
        entry, names = self._entries.get(code), "、".join(place.name for place in places)
        said = f"代码{code}{f'（{entry.name}）' if entry else ''}已停用，现为{names}"
        shared = common(places)
        if shared is None:
            return None
        place = self._named(shared)
        return replace(place, note=said if len(places) == 1 else f"{said}，只能确定到{place.name}")

    def _named(self, path: tuple[str, ...]) -> Place:
        place = self.of(path[-1])
        assert place is not None  # a path is made of places
        return place

    def _successor(self, entry: gb2260.Entry, above: Place) -> Place:
        """The area that goes by the name of a withdrawn one; else the city or province its digits name."""
        said = f"代码{entry.code}（{entry.name}）{entry.until}年停用"
        found = self._same_name(entry, above)
        if found is not None:
            return replace(found, note=f"{said}，按名称推断现为{found.full}")
        former = self._entries.get(f"{entry.code[:4]}00")
        if former is not None and former.until and former.code != entry.code:
            return replace(above, note=f"{said}，原属的{former.name}现为{above.name}")
        return replace(above, note=f"{said}，按代码前{4 if above.level == 'city' else 2}位属{above.name}")

    def _same_name(self, entry: gb2260.Entry, above: Place) -> Place | None:
        wanted = stem(entry.name)
        if entry.code.endswith("00"):
            cities = [code for code, one in self.cities.items() if code[:2] == entry.code[:2] and one.short == wanted]
            return self._city(cities[0]) if len(cities) == 1 else None
        near = list(self.below(above))
        tries = [
            [place for place in near if place.name == f"{entry.name}区"],  # 梅县 became 梅县区
            [place for place in near if stem(place.name) == wanted],
            [place for place in near if len(wanted) == 1 and len(place.name) == 3 and place.name[0] == wanted],
        ]  # fmt: skip
        if not entry.name.endswith("区"):  # districts of one name are many; a county keeps its name when it moves
            far = self.counties.get(above.path[0], ())
            tries.append([p for p in far if p.name == entry.name or (len(wanted) > 1 and stem(p.name) == wanted)])
        return next((found[0] for found in tries if len(found) == 1), None)

    def below(self, place: Place) -> Iterator[Place]:
        """The counties of the standard in use that lie in a province or city."""
        return (one for one in self.counties.get(place.path[0], ()) if one.within(place))

    @cached_property
    def _entries(self) -> Mapping[str, gb2260.Entry]:
        return gb2260.entries()

    @cached_property
    def counties(self) -> Mapping[str, tuple[Place, ...]]:
        """The counties in use, by the code of their province."""
        found: dict[str, list[Place]] = {code: [] for code in self.provinces}
        for code, entry in self._entries.items():
            province = self._province(f"{code[:2]}0000")
            if entry.until or code.endswith("00") or entry.name in _HEADS or province is None or code in self._became:
                continue
            found[province.code].append(self._county(entry, self._above(code) or province))
        return {code: tuple(places) for code, places in found.items()}

    # --- prefixes of numbers -------------------------------------------------------------------------------------

    def province_of(self, char: str) -> Place | None:
        """The province that a character of licence and ICP numbers stands for."""
        code = self._by_char.get(char)
        return None if code is None else self._province(code)

    def issued(self, char: str, city: str) -> tuple[Place, Sure, str] | None:
        """Where a number was issued that begins with a province's character and, perhaps, those of a city or district:
        the place, how sure its narrowest part is, and in Chinese what it rests on. None: no province."""
        province = self.province_of(char)
        if province is None:
            return None
        if not city:
            return province, "certain", f"“{char}”是{province.name}"
        if province.code not in self._issuers:
            self._issuers[province.code] = self._units(province)
        units = self._issuers[province.code]
        named = [place for place, short, chars in units if city in chars or city == short]
        if len(named) == 1:
            return named[0], "certain", f"“{char}{city}”是{named[0].full}"
        if len(city) == 2:  # a city and one of its districts, or a longer piece of the city's name
            begun = [place for place, short, chars in units if short.startswith(city) or city[0] in chars]
            if len(begun) == 1:
                return begun[0], "likely", f"“{char}{city}”应为{begun[0].full}"
        held = [place for place, short, _ in units if len(city) == 1 and city in short]
        first = [place for place in held if place.name.startswith((city, char + city))]  # 渝北: 北碚 or 渝北
        if len(first) == 1:
            now = f"{first[0].name}，{first[0].note}" if first[0].note else first[0].full
            return first[0], "likely", f"“{char}{city}”应为{now}（{province.name}以“{city}”开头的只有它）"
        doubt = f"，“{city}”可能是{'、'.join(place.name for place in held[:6])}" if held else f"，“{city}”不认识"
        return province, "certain", f"“{char}”是{province.name}{doubt}，不能确定到市"

    def _units(self, province: Place) -> list[tuple[Place, str, tuple[str, ...]]]:
        """What stands behind a province's character: its cities, of municipalities districts, and what it governs itself."""
        cities = [c for c in self.cities.values() if c.code[:2] == province.code[:2]]
        found = [(self._city(c.code), c.short, c.chars) for c in cities]
        found += [(place, stem(place.name), ()) for place in self.below(province) if len(place.path) == 2]
        for code, entry in self._entries.items():  # a number keeps the district that issued it
            if code[:2] == province.code[:2] and entry.until >= _BEGAN and self._above(code) is None:
                now = self.of(code)
                if now is not None and not code.endswith("00") and entry.name.endswith("区"):
                    found.append((replace(now, name=entry.name), stem(entry.name), ()))
        for code, zone in self.zones.items():
            if zone.under == province.code:
                found.append((self._zone(code), zone.name, zone.chars))
        return found
