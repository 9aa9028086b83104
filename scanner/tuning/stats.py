"""How each rule does in real work: what it finds, how often people agree, which rules ask for a look.

Owns: precision from decisions, and the signs *silent*, *noisy*, *imprecise*, *no owner*. Leaves to others: counting
(``store.figures``), printing (``cli``). Pure but for the book it reads.

A decision is about a lead, which may rest on several rules of one matter; it counts for each of them. Of a lead only the
newest decision counts, so a decision made twice, or taken back, changes nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import log2
from statistics import median
from typing import Literal

from scanner.leads.interval import Share, share
from scanner.rulebook import Rulebook
from scanner.rulebook.lint.papers import ownerless
from scanner.store.book import Book
from scanner.store.figures import Figures

FEW = 5  # decided leads under which a precision says more about chance than about the rule
LOUD = 3.0  # scaled deviations above the median at which a rule is noisy
_TO_SIGMA = 1.4826  # makes the median absolute deviation comparable with a standard deviation
FEW_RULES = 5  # rules with findings under which there is no usual number of findings

Sign = Literal["silent", "noisy", "imprecise", "no_owner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStats:
    """Of one rule; ``status`` removed: it has findings and is no more. ``precision`` None: under FEW decided leads."""

    rule: str
    title: str
    status: Literal["draft", "active", "retired", "removed"]
    owner: str
    findings: int
    recent: int
    last_found: datetime | None
    leads: int
    confirmed: int
    dismissed: int
    precision: Share | None
    signs: tuple[Sign, ...]


def stats(
    book: Book, rulebook: Rulebook, *, recent: datetime, decided: datetime | None = None
) -> tuple[RuleStats, ...]:
    """Every rule, and every rule that is no more but has findings, by id. ``recent``: since when findings count as new;
    ``decided``: since when decisions count."""
    figures = {one.rule: one for one in book.figures(recent=recent, decided=decided)}
    limit = loud([one.recent for one in figures.values() if one.recent])
    watched = book.pages_since(recent) > 0
    return tuple(
        _of(rulebook, rule, figures.get(rule, Figures(rule, 0, 0, None, 0, 0, 0)), limit, watched)
        for rule in sorted({*rulebook.rules, *figures})
    )


def loud(counts: list[int]) -> float | None:
    """The number of findings above which a rule is noisy among these: in doublings (counts spread over powers, not over
    steps), median + 3 scaled median absolute deviations, a deviation of at least one doubling. None where there are too
    few rules to tell."""
    if len(counts) < FEW_RULES:
        return None
    doublings = [log2(count) for count in counts]
    middle = median(doublings)
    spread = _TO_SIGMA * median(abs(one - middle) for one in doublings)
    return float(2 ** (middle + LOUD * max(1.0, spread)))


def _of(rulebook: Rulebook, name: str, counted: Figures, limit: float | None, watched: bool) -> RuleStats:
    rule = rulebook.rules.get(name)
    decided = counted.confirmed + counted.dismissed
    precision = share(counted.confirmed, decided) if decided >= FEW else None
    signs: list[Sign] = []
    if rule is not None and rule.status == "active" and watched and not counted.recent:
        signs.append("silent")
    if limit is not None and counted.recent > limit:
        signs.append("noisy")
    if precision is not None and precision.high is not None and precision.high < 0.5:
        signs.append("imprecise")
    if rule is not None and rule.status != "retired" and ownerless(rule):
        signs.append("no_owner")
    return RuleStats(
        rule=name, title=rule.title if rule is not None else "", status=rule.status if rule is not None else "removed",
        owner=rule.owner if rule is not None else "", findings=counted.findings, recent=counted.recent,
        last_found=counted.last_found, leads=counted.leads, confirmed=counted.confirmed, dismissed=counted.dismissed,
        precision=precision, signs=tuple(signs),
    )  # fmt: skip
