"""Opinions about a rulebook that loads: words that do nothing, rules that can never say anything, laws that are past.

Owns: the opinions, one module a subject (``lists``, ``rules``, ``papers``), and their levels: an ``error`` is something
that cannot be meant, a ``warning`` wants a look, an ``info`` is good to know. Leaves to others: what makes a rulebook not
load at all (``load``), whether examples hold (``tuning``).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scanner.rulebook.lint import lists, papers, rules
from scanner.rulebook.lint.opinion import LEVELS, Opinion, warning

if TYPE_CHECKING:
    from scanner.rulebook.book import Rulebook

__all__ = ["LEVELS", "Opinion", "lint"]


def lint(rulebook: Rulebook, *, on: date) -> tuple[Opinion, ...]:
    """Every opinion as of a day, by place. Retired rules are kept for packages that cite them and are not looked at."""
    found = [warning(p.where, p.message, p.hint) for p in rulebook.warnings]  # what loading let pass
    found += [*lists.opinions(rulebook), *rules.opinions(rulebook), *papers.opinions(rulebook, on)]
    return tuple(sorted(set(found), key=lambda o: (o.path, o.line, o.message)))
