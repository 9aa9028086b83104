"""Intervals against closed forms, against sums of binomial probabilities, and against what they promise."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.leads.interval import exact, share


def tail(of: int, least: int, p: float) -> float:
    """The probability of ``least`` hits or more."""
    return sum(comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(least, of + 1))


def test_closed_forms() -> None:
    for of in (1, 5, 300, 54_000):
        assert exact(0, of) == pytest.approx((0, 1 - 0.025 ** (1 / of)), rel=1e-9)
        assert exact(of, of) == pytest.approx((0.025 ** (1 / of), 1), rel=1e-9)
    assert exact(3, 10) == pytest.approx((0.06674, 0.65245), abs=1e-5)
    assert exact(0, 300, 0.90).high == pytest.approx(3 / 300, rel=0.01)  # the rule of three


@pytest.mark.parametrize(("hits", "of"), [(1, 2), (1, 300), (17, 1000), (49, 50), (200, 400)])
def test_its_ends_are_where_each_tail_is_half_of_the_doubt(hits: int, of: int) -> None:
    low, high = exact(hits, of)
    assert tail(of, hits, low) == pytest.approx(0.025, rel=1e-6)
    assert 1 - tail(of, hits + 1, high) == pytest.approx(0.025, rel=1e-6)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_intervals_hold_the_share(case: tuple[int, int]) -> None:
    hits, of = case
    low, high = exact(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    wilson = share(hits, of)
    assert wilson.low is not None
    assert wilson.high is not None
    assert wilson.low - 1e-12 <= hits / of <= wilson.high + 1e-12
    wider = exact(hits, of, 0.99)
    assert wider.low <= low
    assert wider.high >= high


@given(st.floats(0.1, 20), st.floats(0.1, 300))
def test_counts_need_not_be_whole(hits: float, more: float) -> None:
    here, next_ = exact(hits, hits + more), exact(hits + 0.5, hits + more + 0.5)
    assert here.low < hits / (hits + more) < here.high
    assert here.low < next_.low


@pytest.mark.parametrize("p", [0.001, 0.02, 0.3, 0.9])
def test_it_covers_what_it_promises(p: float) -> None:
    of = 60
    covered = sum(
        comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(of + 1) if exact(k, of).low <= p <= exact(k, of).high
    )
    assert covered >= 0.95
