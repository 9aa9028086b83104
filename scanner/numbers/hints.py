"""Which families are worth running over a text, asked before anything else is done with it.

Owns: looking for the hints of all families at once. Nearly every text of nearly every page holds none of them, so this
look decides what reading a shop costs; over a long text it is made of a few array operations, not of one search a hint.
Leaves to others: what a hint stands for (each family), levelling (``fold``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner.numbers.fold import LONG, codes_of
from scanner.numbers.misread import CONFUSED, put_right

_CODE = re.compile(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}")  # see Family.bare
# How far a number reaches before and behind its hint, in characters without gaps, with some to spare.
_BEFORE, _BEHIND = 40, 240
_MOST = 1 << 16  # every hint is made of characters of the basic plane


def present(text: str, hints: Iterable[str]) -> frozenset[str]:
    """Those of ``hints`` that stand in ``text`` (levelled and squeezed), misread characters allowed."""
    listed = tuple(hints)
    if len(text) >= LONG:
        listed = _likely(codes_of(text), listed)
    if not listed:
        return frozenset()
    right = put_right(text)
    return frozenset(hint for hint in listed if hint in text or (right is not text and hint in right))


def zones(text: str, hints: Iterable[str]) -> list[tuple[int, int]]:
    """The parts of ``text`` in which numbers with these hints can lie, apart from one another and in order."""
    spellings = {text, put_right(text)}
    found = sorted(place for hint in hints for spelling in spellings for place in _places(spelling, hint))
    joined: list[tuple[int, int]] = []
    for place in found:
        start, end = max(0, place - _BEFORE), min(len(text), place + _BEHIND)
        if joined and start <= joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _places(text: str, hint: str) -> Iterator[int]:
    at = text.find(hint)
    while at >= 0:
        yield at
        at = text.find(hint, at + 1)


def has_code(text: str) -> bool:
    """Whether 18 letters and digits stand together of which the third to the eighth are digits."""
    return (len(text) < LONG or _may_have_code(codes_of(text))) and _CODE.search(text) is not None


@cache
def _pairs(hints: tuple[str, ...]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """For each character the hints (one bit a hint) that have it in the first place, and in the second."""
    first, second = np.zeros(_MOST, np.uint64), np.zeros(_MOST, np.uint64)
    for bit, hint in enumerate(hints):
        for place, table in zip(hint[:2], (first, second), strict=True):
            for char in (place, *(wrong for wrong, right in CONFUSED.items() if right == place)):
                table[ord(char)] |= np.uint64(1 << bit)
    return first, second


def _likely(codes: NDArray[np.uint32], hints: tuple[str, ...]) -> tuple[str, ...]:
    """The hints whose first two characters stand side by side somewhere."""
    first, second = _pairs(hints)
    bits = int(np.bitwise_or.reduce(first.take(codes[:-1], mode="clip") & second.take(codes[1:], mode="clip")))
    return tuple(hint for bit, hint in enumerate(hints) if bits >> bit & 1)


def _may_have_code(codes: NDArray[np.uint32]) -> bool:
    digit = codes - np.uint32(ord("0")) < 10
    six = digit[:-5] & digit[1:-4] & digit[2:-3] & digit[3:-2] & digit[4:-1] & digit[5:]
    if not six.any():
        return False
    run = digit | (codes - np.uint32(ord("A")) < 26)
    for step in (1, 2, 4, 8, 2):  # runs of 2, 4, 8, 16, 18
        run = run[:-step] & run[step:]
    return bool((run & six[2 : len(run) + 2]).any())
