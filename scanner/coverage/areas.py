"""Whose area a seller of the base register lies in: the unit that the list names, else what its numbers and names say.

Owns: that order. Leaves to others: weighing votes (``leads.routing``), which units belong to one another (``leads.returns.scope``).
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner import numbers
from scanner.coverage.base import BaseSeller
from scanner.errors import UsageError
from scanner.leads.returns.scope import Scope
from scanner.leads.routing.route import route
from scanner.leads.routing.traces import Trace, Traces
from scanner.leads.routing.units import Unit, Units
from scanner.model import NumberSeen

LISTED = "台账"


def unit_of(seller: BaseSeller, units: Units) -> Unit | None:
    """Who supervises a seller; None where nothing tells, or things contradict one another."""
    for area in seller.areas:
        try:
            return units.get(area)
        except UsageError:
            continue
    listed = tuple(Trace(text=area, where=LISTED) for area in seller.areas)
    return _routed(Traces(registered=listed), units) or _routed(_shown(seller), units)


def _shown(seller: BaseSeller) -> Traces:
    said = " ".join((*seller.licences, *seller.filings))
    return Traces(
        numbers=tuple(NumberSeen(field=LISTED, number=one) for one in numbers.find(said)),
        usccs=(Trace(text=seller.uscc, where=LISTED),) if seller.uscc else (),
        names=(Trace(text=seller.name, where=LISTED),) if seller.name else (),
    )


def _routed(traces: Traces, units: Units) -> Unit | None:
    return route(traces, units, ()).unit


def of_unit(sellers: Iterable[BaseSeller], scope: Scope) -> tuple[list[BaseSeller], int, int]:
    """The sellers of a unit and what belongs to it; how many are others', and of how many nobody can say."""
    ours: list[BaseSeller] = []
    others = unknown = 0
    for seller in sellers:
        unit = unit_of(seller, scope.units)
        if unit is None:
            unknown += 1
        elif scope.has(unit.id):
            ours.append(seller)
        else:
            others += 1
    return ours, others, unknown
