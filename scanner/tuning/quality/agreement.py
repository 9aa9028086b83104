"""How far two reviewers agree: the share of pairs, and Cohen's kappa.

Owns: these two figures. Leaves to others: whose answers make a pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.leads.interval import Share, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """``same``: how often both said the same. ``kappa``: how much of what chance would leave open they agree on (Cohen 1960:
    (observed - expected) / (1 - expected), expected from what each side said how often); None without pairs, and where both
    sides always said one and the same, so that chance alone explains everything."""

    same: Share
    kappa: float | None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """The agreement of pairs (first, second).

    >>> both = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    >>> agreement(both).kappa
    0.4
    """
    counted = Counter(pairs)
    of = sum(counted.values())
    same = share(sum(many for (a, b), many in counted.items() if a == b), of)
    first, second = Counter[str](), Counter[str]()
    for (a, b), many in counted.items():
        first[a] += many
        second[b] += many
    chance = sum(first[word] * second[word] for word in first)  # of * of times the expected share
    if chance == of * of:
        return Agreement(same=same, kappa=None)
    return Agreement(same=same, kappa=(same.hits * of - chance) / (of * of - chance))
