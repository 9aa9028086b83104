"""How often the judge may be wrong, held: official descriptions are no claims, honest texts no violations.

The figures themselves are printed by ``measured``; here stand the bounds below which a change of rules may not fall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rulebook import measured
from tests.rulebook.making import shipped

FALSE_ALARMS = 0.01  # of official texts, with their own scope and with none


@pytest.mark.parametrize("scope", ["own", "none"])
def test_official_descriptions_are_no_claims(shared: Callable[[str], Path], scope: str) -> None:
    rows = measured.official(shared("data"))
    assert len(rows) == measured.OFFICIAL
    wrong = [[(f.rule, f.quote) for f in said] for _, said in measured.alarms(shipped(), rows, scope)]
    assert len(wrong) <= FALSE_ALARMS * len(rows), wrong


def test_the_labelled_texts_are_told_apart(shared: Callable[[str], Path]) -> None:
    count, found = Counter[str](), Counter[str]()
    for row in measured.claims(shared("cases/claims_dev.jsonl")):
        kind = measured.group(row)
        count[kind] += 1
        found[kind] += bool(measured.found(shipped(), measured.asked(row)))
    assert found["decidable"] >= 0.95 * count["decidable"] > 0
    assert found["ok"] <= 0.03 * count["ok"]
