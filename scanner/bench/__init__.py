"""Speed and memory as ratios to a reference measured in the same run (``qingwang bench``).

Owns: the list of benches. Each gives rows of name, our figure, the reference's, the ratio and the unit; absolute
figures say little about another machine, ratios do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: ``ratio`` is ours ÷ reference, in the sense that larger is better for speeds."""

    name: str
    ours: float
    reference: float
    unit: str
    detail: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else 0.0


def _crawl() -> Iterator[Row]:
    from scanner.bench.crawl import rows

    return rows()


def _numbers() -> Iterator[Row]:
    from scanner.bench.numbers import rows

    return rows()


BENCHES: dict[str, Callable[[], Iterator[Row]]] = {"crawl": _crawl, "numbers": _numbers}
