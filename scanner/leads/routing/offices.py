"""What the authorities of an area are called.

Owns: names by rule (``naming`` of authorities.yaml) and by exception; which level an authority sits at. Leaves to others: which
authority is competent (``route``), an office's own units (``units``).

A county's market bureau is addressed where the province does so itself: districts of municipalities, counties that the province
governs (省直辖), those marked ``direct``. Elsewhere the city's is, which passes it on.
"""

from __future__ import annotations

from typing import Literal

from scanner.leads.routing.areas import Areas
from scanner.leads.routing.place import Place
from scanner.leads.routing.tables import AreasFile

Kind = Literal["market", "drug", "telecom", "cyberspace", "police", "health", "customs", "discipline"]
_OUTSIDE = frozenset(("710000", "810000", "820000"))  # Taiwan, Hong Kong, Macao: no authority of the mainland


class Offices:
    """Names of authorities by area."""

    def __init__(self, file: AreasFile, areas: Areas) -> None:
        self._naming, self._areas = file.naming, areas
        self._special = {one.code: one for one in file.special}

    def addressed(self, place: Place) -> Place:
        """The area whose market bureau a lead of ``place`` goes to: the county's own or that of its city."""
        if place.level != "county" or len(place.path) == 2 or self._is_direct(place):
            return place
        return self._up(place)

    def _is_direct(self, place: Place) -> bool:
        special, zone = self._special.get(place.code), self._areas.zones.get(place.code)
        return (special is not None and special.direct) or (zone is not None and zone.market != "")

    def _up(self, place: Place) -> Place:
        above = self._areas.of(place.path[-2])
        assert above is not None  # a path is made of places
        return above

    def province(self, place: Place) -> Place:
        above = self._areas.of(place.path[0])
        assert above is not None
        return above

    def name(self, place: Place, kind: Kind) -> str:
        """The authority's name; "" where there is none: outside the mainland's jurisdiction, or none by that rule."""
        if place.path[0] in _OUTSIDE:
            return ""
        if kind in ("drug", "telecom"):
            province, special = self.province(place), self._special.get(place.code)
            own = special.drug if special is not None and kind == "drug" else ""
            return own or self._named(getattr(self._naming, kind), province.name)
        if kind == "customs":
            return self._customs(place)
        if kind == "market":
            return self._market(place)
        if place.level == "county":
            governed = len(place.path) == 2 and place.full == place.name and place.code not in self._areas.zones
            place = place if governed else self._up(place)  # 仙桃市 has its own; a district's is the city's matter
        if kind == "police" and place.level == "province" and not place.name.endswith("市"):
            return self._named(self._naming.police_province, place.name)
        return self._named(getattr(self._naming, kind), place.name)

    def _market(self, place: Place) -> str:
        special, zone = self._special.get(place.code), self._areas.zones.get(place.code)
        own = (special.market if special is not None else "") or (zone.market if zone is not None else "")
        name = place.full if place.name.endswith("区") else place.name  # 云阳县 needs no 重庆市 before it, 朝阳区 does
        return own or self._named(self._naming.market, name)

    def _customs(self, place: Place) -> str:
        city = self._areas.cities.get(place.path[1]) if len(place.path) > 1 else None
        return (city.customs if city is not None else "") or self._areas.provinces[place.path[0]].customs

    @staticmethod
    def _named(pattern: str, name: str) -> str:
        return pattern.replace("{name}", name)
