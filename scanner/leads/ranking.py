"""From what the book knows of leads to their priority: known sellers looked up, weights applied.

Owns: putting ``known`` and ``priority`` together for a home. Leaves to others: both, the queries (``store.weights``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scanner.leads import known, priority
from scanner.leads.priority import Priority, Weighed
from scanner.store.weights import Weight


class Ranking:
    """The priorities of a home's leads on a day; reads its files once. Raises ConfigError."""

    def __init__(self, *folders: Path, today: date) -> None:
        self._weights, self._lists, self._today = priority.load(*folders), known.load(*folders), today

    def of(self, one: Weight) -> Priority:
        """How urgent a lead is, and why."""
        heard = one.reports
        names = (one.seller, *(report.seller for report in heard))
        codes = [code for report in heard for code in (report.uscc, report.licence)]
        weighed = Weighed(
            verdict=one.verdict, severity=one.severity, state=one.state, opened=one.opened, pages=one.pages,
            earlier=one.earlier, told=len(heard), sources=frozenset({one.source, *(report.source for report in heard)}),
            real_name=any(report.real_name for report in heard), deadline=one.deadline, text=one.text,
            known=self._lists.meet(names, codes, one.text, self._today),
        )  # fmt: skip
        return priority.weigh(weighed, self._weights, self._today)
