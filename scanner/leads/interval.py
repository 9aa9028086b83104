"""How sure a share is: Wilson's interval.

Owns: the interval of a share counted on few cases. Leaves to others: what was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054  # 95 %, both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``of`` cases, ``hits`` of them so. ``rate`` and its 95 % interval ``low``–``high`` (Wilson 1927); all three are
    None where nothing was counted: no share of nothing."""

    hits: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


def share(hits: int, of: int) -> Share:
    """The share of ``hits`` in ``of``.

    >>> one = share(9, 10)
    >>> round(one.low, 3), round(one.high, 3)
    (0.596, 0.982)
    """
    if of == 0:
        return Share(hits=0, of=0, rate=None, low=None, high=None)
    rate, square = hits / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return Share(hits=hits, of=of, rate=rate, low=max(0.0, middle - half), high=min(1.0, middle + half))
