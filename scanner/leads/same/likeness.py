"""Two sellers compared: a score, a verdict, and every trait that speaks for it or against it, with both quotes.

Owns: how reasons come to a verdict. Leaves to others: the reasons (``evidence``), what each is worth (``worth``), which pairs
to compare (``candidates``).

Points are added up; ``SAME`` of them make one seller. They are no probabilities, and the score only puts pairs in order. Above all points:

- two valid codes (统一社会信用代码) that differ are two legal persons, whatever else they share;
- one valid code, unless most shops of one site show it, is never less than ``perhaps``;
- two companies' names, or a company and its branch, are never ``same`` by contacts alone: one owner may have both;
- a licence or its picture under two companies' names joins nobody: it is suspected of being lent or used without right
  (挂靠、套用) and said to be.

``cannot_say``: what the two show does not touch, or hardly; it is not ``different``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.leads.same import naming
from scanner.leads.same.evidence import READERS
from scanner.leads.same.traits import Common, Kind, Traits
from scanner.leads.same.worth import DIFFERENT, PERHAPS, SAME, Reason, Two

Verdict = Literal["same", "perhaps", "different", "cannot_say"]
VERDICTS: Mapping[Verdict, str] = {
    "same": "同一经营者", "perhaps": "可能是同一经营者", "different": "不是同一经营者", "cannot_say": "无法判断",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The answer for two sellers by key, ``a`` before ``b``. ``score``: 0 to 1; ``because``: the weightiest first."""

    a: str
    b: str
    score: float
    verdict: Verdict
    because: tuple[Reason, ...]


def compare(a: Traits, b: Traits, common: Common) -> Likeness:
    """Compare two sellers; ``common``: how many sellers show each value."""
    if a.key > b.key:
        a, b = b, a
    two = Two(a, b, naming.compare(a, b, common), common)
    reasons = [reason for reader in READERS for reason in reader(two)]
    verdict, points = _verdict(reasons, apart=two.names.verdict in ("other", "branch"))
    order = sorted(reasons, key=lambda one: (-abs(one.points), one.kind, one.says, one.a, one.b))
    return Likeness(a=a.key, b=b.key, score=_score(points), verdict=verdict, because=tuple(order))


def _verdict(reasons: Iterable[Reason], *, apart: bool) -> tuple[Verdict, float]:
    """``apart``: their names are of two companies, or of a company and its branch."""
    reasons = list(reasons)
    points = sum(one.points for one in reasons)
    code = sum(one.points for one in reasons if one.kind is Kind.USCC)
    if code < 0:
        return "different", min(points, code)
    if code >= PERHAPS:
        points = max(points, PERHAPS)
    if apart and code < SAME:
        points = min(points, SAME - 0.05)
        return ("perhaps" if points >= PERHAPS else "different"), points
    if points >= PERHAPS:
        return ("same" if points >= SAME else "perhaps"), points
    return ("different" if points <= DIFFERENT else "cannot_say"), points


def _score(points: float) -> float:
    """0.5 for no points, 0.8 for SAME, towards 1 and 0 beyond."""
    return round(1 / (1 + math.pow(4, -points)), 3)
