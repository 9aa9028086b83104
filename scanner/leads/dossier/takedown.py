"""How long listings that are known to be bad stay up. Pure.

Owns: days, and their median where some are still up. Leaves to others: which listings are known, when they were seen
(``stays``).

A listing is known from the day on which its lead was first handed over (assigned or passed on), else from its first finding. It is
``gone`` by the first revisit after that which found it so: it may have gone any day before, so the days are the most it was up. Still
up: seen on a later day; the days are the least. The median over both is Kaplan and Meier's (1958): those still up count as
"at least so long"; taking only the gone ones would call slow platforms quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple


class Stay(NamedTuple):
    """One listing: known from when; found gone when (None: not); seen up last when, at or after it was known (None: not
    looked at since)."""

    known: datetime
    gone: datetime | None
    up: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """``known`` listings: ``gone``, still ``up``, or ``not_looked_at`` again since. ``days_gone``: the plain median of those
    gone; ``days_up``: of those still up, at least; ``days``: of both by Kaplan–Meier (None: over half are still up, or there
    are none); ``longest``: the longest that one still up has been."""

    known: int
    gone: int
    up: int
    not_looked_at: int
    days_gone: float | None
    days_up: float | None
    days: float | None
    longest: int | None


def taken_down(stays: Iterable[Stay]) -> TakenDown:
    """The figures of some listings."""
    stays = list(stays)
    gone = [(one.gone - one.known).days for one in stays if one.gone is not None]
    up = [(one.up - one.known).days for one in stays if one.gone is None and one.up is not None]
    return TakenDown(
        known=len(stays), gone=len(gone), up=len(up), not_looked_at=len(stays) - len(gone) - len(up),
        days_gone=median(gone) if gone else None, days_up=median(up) if up else None, days=lasting(gone, up),
        longest=max(up, default=None),
    )  # fmt: skip


def lasting(ended: Sequence[int], going: Sequence[int]) -> float | None:
    """The Kaplan–Meier median: the first day by which half have ended; None where so many never did. Days at which one is still
    going count as at risk on that day.

    >>> lasting([1, 2, 3], []), lasting([1, 2], [9, 9]), lasting([1], [9, 9])
    (2, 2, None)
    """
    left = 1.0
    for day in sorted(set(ended)):
        at_risk = sum(one >= day for one in (*ended, *going))
        left *= 1 - sum(one == day for one in ended) / at_risk
        if left <= 0.5 + 1e-12:
            return day
    return None
