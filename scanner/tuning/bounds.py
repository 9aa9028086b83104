"""How many findings of each rule a backtest may bring, as an analyst writes it down, and whether it did.

Owns: the file of bounds (YAML) and holding a report against them. Leaves to others: the report (``backtest``), printing.

    bounds:
      claim-cure-rate: {at_least: 3, at_most: 20}
      goods-medical-claim: {exactly: 0}
    unexpected: fail        # a finding of a rule not named here fails; pass if left out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scanner.rulebook.tables import Id, Strict
from scanner.tuning.backtest import Report

Count = Annotated[int, Field(ge=0)]


class Bound(Strict):
    """Findings of one rule: ``exactly`` so many, or ``at_least`` and ``at_most``, both ends included."""

    exactly: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None

    @model_validator(mode="after")
    def _some(self) -> Bound:
        if (self.exactly is None) == (self.at_least is None and self.at_most is None):
            raise ValueError("写 exactly，或者写 at_least、at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least 比 at_most 大")
        return self

    def holds(self, found: int) -> bool:
        low = self.at_least if self.exactly is None else self.exactly
        high = self.at_most if self.exactly is None else self.exactly
        return (low is None or low <= found) and (high is None or found <= high)

    def __str__(self) -> str:
        words = (("恰好", self.exactly), ("至少", self.at_least), ("至多", self.at_most))
        return "，".join(f"{word} {number}" for word, number in words if number is not None)


class BoundFile(Strict):
    bounds: dict[Id, Bound]
    unexpected: Literal["pass", "fail"] = "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A rule held against its bound; ``wanted`` in Chinese, empty for a rule that nobody expected."""

    rule: str
    wanted: str
    found: int
    ok: bool

    def __str__(self) -> str:
        if not self.wanted:
            return f"没有写界限，却有 {self.found} 条发现"
        return f"应当{self.wanted} 条，实际 {self.found} 条"


def hold(report: Report, bounds: Mapping[str, Bound], unexpected: Literal["pass", "fail"]) -> tuple[Held, ...]:
    """Every bound, then, where ``unexpected`` is ``fail``, every rule with findings and no bound."""
    found = {rule: counts.now for rule, counts in report.by_rule.items()}
    held = [
        Held(rule=rule, wanted=str(bound), found=found.get(rule, 0), ok=bound.holds(found.get(rule, 0)))
        for rule, bound in sorted(bounds.items())
    ]
    if unexpected == "fail":
        held += [
            Held(rule=rule, wanted="", found=count, ok=False)
            for rule, count in found.items()
            if count and rule not in bounds
        ]
    return tuple(held)
