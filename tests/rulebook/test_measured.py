"""How often the shipped rules are right on texts that no rule was written from, held to the goals where they are met."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rulebook.making import shipped
from tests.rulebook.measured import alarms, asked, claims, found, group, official


def test_the_labelled_claims(shared: Callable[[str], Path]) -> None:
    said: dict[str, list[bool]] = {}
    for row in claims(shared("cases/claims_dev.jsonl")):
        said.setdefault(group(row), []).append(bool(found(shipped(), asked(row))))
    share = {kind: sum(hits) / len(hits) for kind, hits in said.items()}
    assert share["decidable"] >= 0.95
    assert share["evasive"] >= 0.90
    assert share["ok"] <= 0.03


@pytest.mark.long
def test_official_descriptions_are_no_claims(shared: Callable[[str], Path]) -> None:
    rows = official(shared("data"))
    assert len(rows) == 2_000
    for scope in ("own", "none"):
        wrong = [(row["text"][:60], said[0].rule, said[0].quote) for row, said in alarms(shipped(), rows, scope)]
        assert len(wrong) <= 0.01 * len(rows), wrong
    beyond = [said for _, said in alarms(shipped(), rows, "none") if any(f.kind == "scope" for f in said)]
    assert beyond == []  # nothing lies beyond a scope that nobody knows
