"""The right word nearest to a wrong one.

Owns: the hint for a misspelt key, word or name, also for rooms that check names themselves (``rulebook``, ``cli``).
Leaves to others: which words are right at a place (``expected``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(given: str, right: Iterable[str]) -> str:
    """A hint that names the right word nearest to ``given``, else all right words when they are few."""
    choices = list(dict.fromkeys(right))
    near = difflib.get_close_matches(given[:60], choices, n=1, cutoff=0.6)
    if near:
        return f"是不是 {near[0]}？"
    return f"可以用：{'、'.join(choices)}" if 0 < len(choices) <= 24 else ""
