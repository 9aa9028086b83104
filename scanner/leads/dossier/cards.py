"""What the scorecard of platforms says: its shapes. Every share comes with its counts and its interval.

Owns: the shapes. Leaves to others: counting (``platforms``), days (``takedown``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.leads.dossier.takedown import TakenDown
from scanner.leads.interval import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCount:
    """A duty to show something, by shop or listing. ``shown``: of those where it could be told; ``untold``: how many it could
    not be told of, by why. A shop shows it where one of its pages does."""

    duty: str
    what: str
    shown: Share
    untold: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCount:
    """Listings that show a product number. ``unregistered``: of those of which the register could say something; ``cannot_say``:
    the others; ``standings`` and ``sources``: of the unregistered ones, how they stand and by what source."""

    unregistered: Share
    cannot_say: int
    standings: Mapping[str, int]
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """When we last looked at the pages on which shops say who they are. ``within``: of those that have such a page, how many
    within half a year before the period's end; ``late``: the others by seller key; ``never``: shops without such a page."""

    within: Share
    late: tuple[str, ...]
    never: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was seen of one platform in a period."""

    shops: int
    listings: int
    duties: tuple[DutyCount, ...]
    numbers: NumberCount
    taken_down: TakenDown
    relisted_same: int
    relisted_similar: int
    recheck: Recheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One platform, or one site of its own: ``id``, its name, its hosts as seen, its figures now and in the period before."""

    id: str
    name: str
    hosts: tuple[str, ...]
    now: Figures
    earlier: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """From ``start`` on and before ``end``; the earlier period is as long and ends where this begins."""

    start: datetime
    end: datetime
    earlier: datetime
    cards: tuple[Card, ...]
