"""How sure a share is: Wilson's interval, and the exact one for shares near nothing.

Owns: the interval of a share counted on few cases. Leaves to others: what was counted.

Wilson's interval is right on average and short; it is for shares that lie somewhere in the middle, such as a precision.
Clopper and Pearson's never promises too much, at the price of being longer; it is for shares of which perhaps no case was
seen at all, such as misses: none in 300 pages does not say that there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt
from typing import NamedTuple

SURE = 0.95
_Z = 1.959963984540054  # 95 %, both sides
_TINY = 1e-300
_TERMS = 10_000  # of the continued fraction; some tens are needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``of`` cases, ``hits`` of them so. ``rate`` and its 95 % interval ``low``–``high`` (Wilson 1927); all three are
    None where nothing was counted: no share of nothing."""

    hits: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


class Bounds(NamedTuple):
    """Between which two values a share lies."""

    low: float
    high: float


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


def exact(hits: float, of: float, sure: float = SURE) -> Bounds:
    """The interval of Clopper and Pearson (1934) for ``hits`` in ``of`` > 0: both sides err in at most half of what
    ``sure`` leaves. The counts need not be whole (Korn and Graubard 1998 use it with an effective number of cases).

    >>> [round(one, 4) for one in exact(0, 300)]  # 1 - 0.025 ** (1 / 300)
    [0.0, 0.0122]
    """
    half = (1 - sure) / 2
    low = 0.0 if hits <= 0 else _root(lambda p: _beta(p, hits, of - hits + 1), half)
    high = 1.0 if hits >= of else _root(lambda p: _beta(p, hits + 1, of - hits), 1 - half)
    return Bounds(low, high)


def _root(rising: Callable[[float], float], goal: float) -> float:
    """Where a function that rises from 0 at 0 to 1 at 1 reaches ``goal``: halved until no number lies between."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return high


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 < x < 1 (DLMF 8.17.4 and 8.17.22)."""
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other side is quick
        return 1 - _beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of DLMF 8.17.22, summed from the front (Lentz's method)."""
    value, c, d = 1.0, 1.0, 0.0
    for term in range(1, _TERMS):
        m = term // 2
        part = m * (b - m) / ((a + term - 1) * (a + term)) if term % 2 == 0 else (
            -(a + m) * (a + b + m) / ((a + term - 1) * (a + term))
        )  # fmt: skip
        d = 1 / (1 + part * x * d or _TINY)
        c = 1 + part * x / c or _TINY
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value
