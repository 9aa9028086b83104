"""The bench of labelled pairs holds: nobody is cleared or accused wrongly, and what is settled is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry.company import pairs


@pytest.fixture(scope="module")
def invented() -> list[pairs.Pair]:
    return pairs.invented()


def test_the_bench_is_large_and_even(invented: list[pairs.Pair]) -> None:
    assert len(invented) >= 400
    labels = Counter((pair.label, pair.truth) for pair in invented)
    assert min(labels.values()) >= 90, labels
    assert len(labels) == 4
    assert len({(p.page, p.register, p.page_code, p.register_code) for p in invented}) >= len(invented) * 0.95


def test_no_kind_of_invented_pair_is_judged_wrongly(invented: list[pairs.Pair]) -> None:
    rows = pairs.tally(invented)
    assert [row for row in rows if row.cleared or row.accused] == []
    assert [row for row in rows if row.right < row.pairs * 0.95] == []


@pytest.mark.parametrize(("what", "recall"), [("same", 0.98), ("other", 0.98)])
def test_precision_and_recall_of_invented_pairs(invented: list[pairs.Pair], what: pairs.Truth, recall: float) -> None:
    precision, found = pairs.precision_and_recall(invented, what)
    assert precision == 1.0
    assert found >= recall


@pytest.mark.slow
def test_real_names_are_judged_as_well(shared: Callable[[str], Path]) -> None:
    found = pairs.real(
        shared("data/device_registrants_uscc.jsonl"), shared("data/registrant_aliases_same_uscc.json")
    )  # fmt: skip
    assert len(found) > 10_000
    rows = pairs.tally(found)
    assert sum(row.cleared for row in rows) == 0
    assert sum(row.accused for row in rows) <= 2
    assert [row for row in rows if row.right < row.pairs * 0.97] == []


def test_a_verdict_against_the_truth_is_counted() -> None:
    """The count itself: two companies called one, one called two, and a doubt where none is due."""
    wrong = [
        pairs.Pair(kind="k", label="other", truth="other", page="苏州演康有限公司", register="苏州演康有限公司"),
        pairs.Pair(kind="k", label="doubtful-ok", truth="same", page="苏州演康有限公司", register="沈阳望岳有限公司"),
        pairs.Pair(kind="k", label="same", truth="same", page="苏州演康有限公司", register="苏州演健有限公司"),
    ]
    assert pairs.tally(wrong) == [pairs.Tally(kind="k", pairs=3, right=0, doubted=1, cleared=1, accused=1)]
    assert pairs.precision_and_recall(wrong, "same") == (0.0, 0.0)
