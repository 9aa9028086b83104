"""Whose figures a return has (填报范围): all that the home knows, or those of one unit with its subordinate ones.

Owns: which units belong to a unit, and saying what a return so filtered leaves out. Leaves to others: the units (``routing.units``),
counting (``figures``, ``overview``), whose a seller is (``coverage.areas``).

To a unit of the office's list belong the units that name it as their ``parent``, and theirs; and the authorities of areas that fall
to one of these. To an authority that no unit stands for belongs everything that lies in its area.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.leads.returns.cells import Left
from scanner.leads.routing.place import Place
from scanner.leads.routing.units import Unit, Units

NAMED = 20  # units named in a sentence


@dataclass(frozen=True, slots=True)
class Scope:
    """A unit and what belongs to it. ``below``: its subordinate units; ``inside``: units of the list that lie in its area and
    are not said to be subordinate, which are left out."""

    unit: Unit
    below: tuple[Unit, ...]
    inside: tuple[Unit, ...]
    units: Units

    def has(self, unit: str) -> bool:
        """Whether a unit, by its id, is this one or belongs to it."""
        if unit == self.unit.id or any(unit == one.id for one in self.below):
            return True
        place = self.units.areas.of(unit) if unit[:1].isdigit() else None
        return place is not None and self.holds(place)

    def holds(self, place: Place) -> bool:
        """Whether an area is this unit's, or one's that belongs to it."""
        whose = self.units.by_area(place)
        if whose is not None and whose.own:
            return whose == self.unit or whose in self.below
        return not self.unit.own and _within(place, self.unit, self.units)


def scope(unit: Unit, units: Units) -> Scope:
    """What belongs to a unit."""
    area = tuple(one for one in units.own if one != unit and _covered(one, unit, units))
    if not unit.own:
        return Scope(unit, area, (), units)
    below = tuple(_below(unit, units))
    return Scope(unit, below, tuple(one for one in area if one not in below and not _above(one, unit, units)), units)


def _below(unit: Unit, units: Units) -> Iterator[Unit]:
    for one in units.own:
        if one.parent == unit.id:
            yield one
            yield from _below(one, units)


def _above(one: Unit, unit: Unit, units: Units) -> bool:
    return unit in _below(one, units)


def _covered(one: Unit, unit: Unit, units: Units) -> bool:
    places = [units.areas.of(code) for code in one.scope]
    return all(place is not None and _within(place, unit, units) for place in places)


def _within(place: Place, unit: Unit, units: Units) -> bool:
    areas = (units.areas.of(code) for code in unit.scope)
    return any(area is not None and place.within(area) for area in areas)


def told(own: Scope, left: Left) -> list[str]:
    """What stands in a return of leads' figures: whose they are, and what was left out."""
    lines = [f"只计{whose(own)}办理的线索：处置按办理时的单位，线索数按期末所在的单位。"]
    lines.append(
        f"没有计入：其他单位办理的线索 {len(left.others)} 条，没有交办给单位的线索 {len(left.nobody)} 条。"
        if left.others or left.nobody
        else "这段时间没有因此不计入的线索。"
    )
    return lines + beside(own)


def whose(own: Scope) -> str:
    """The unit and its subordinate ones, for people."""
    return f"“{own.unit.name}”" + (f"（含下级：{_names(own.below)}）" if own.below else "")


def beside(own: Scope) -> list[str]:
    """Units in its area that are left out because nobody said that they are subordinate."""
    if not own.inside:
        return []
    return [f"辖区在其内、单位名单（units.yaml）没有写明是其下级（parent）的，没有计入：{_names(own.inside)}。"]


def _names(units: tuple[Unit, ...]) -> str:
    more = f"等 {len(units)} 个" if len(units) > NAMED else ""
    return "、".join(one.name for one in units[:NAMED]) + more
