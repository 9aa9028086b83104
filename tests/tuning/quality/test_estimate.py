"""Estimates from answers: by hand, at nothing missed, with strata; what they promise, by simulation."""

from __future__ import annotations

import random
from math import comb

import pytest

from scanner.leads.interval import exact, share
from scanner.tuning.quality.agreement import agreement
from scanner.tuning.quality.answers import latest, settled
from scanner.tuning.quality.estimate import Rate, estimate
from tests.tuning.quality.making import answers, sample


def test_nothing_missed_is_an_upper_bound_and_not_nothing() -> None:
    found = estimate(sample((54_000, 1, 300)), answers("c" * 300))
    assert found.misses is not None
    assert (found.misses.rate, found.misses.low) == (None, 0)
    assert found.misses.high == pytest.approx(10_000 * (1 - 0.025 ** (1 / 300)))
    assert (found.covered, found.effective) == (54_000, 300)
    assert found.recall is None  # no found page was among them


def test_misses_and_recall_by_hand() -> None:
    found = estimate(sample((1000, 100, 50), known=10), answers("v" + "c" * 49 + "v" * 8 + "cc"))
    low, high = (10_000 * one for one in exact(1, 50))
    assert found.misses == Rate(rate=pytest.approx(200), low=pytest.approx(low), high=pytest.approx(high))
    assert found.right == share(8, 10)
    q, m = exact(8, 10, 0.975), exact(1, 50, 0.975)
    assert found.recall is not None
    assert found.recall.rate == pytest.approx(80 / (80 + 20))
    assert found.recall.low == pytest.approx(100 * q.low / (100 * q.low + 1000 * m.high))
    assert found.recall.high == pytest.approx(100 * q.high / (100 * q.high + 1000 * m.low))
    assert (found.missed, found.refuted) == ((1,), (59, 60))
    unfinished = estimate(sample((1000, 100, 50), known=10), answers("v" + "c" * 49 + "v" * 8 + "c-"))
    assert (unfinished.clean.violation, unfinished.missed, unfinished.refuted) == (1, (), ())


def test_what_could_not_be_said_is_left_out_and_counted() -> None:
    found = estimate(sample((1000, 0, 10)), answers("ccccc??v--"))
    assert (found.clean.drawn, found.clean.clean, found.clean.violation, found.clean.cannot_say, found.clean.unanswered) == (
        10, 5, 1, 2, 2,
    )  # fmt: skip
    assert found.misses is not None
    assert found.misses.rate == pytest.approx(10_000 / 6)


def test_few_answers_say_nothing() -> None:
    found = estimate(sample((1000, 9, 10), known=5), answers("cccc------vvvvv"))
    assert (found.misses, found.recall) == (None, None)
    assert estimate(sample((1000, 0, 10)), []).misses is None


def test_strata_are_weighted_and_cost_certainty() -> None:
    found = estimate(sample((900, 0, 10), (100, 0, 10)), answers("c" * 10 + "v" + "c" * 9))
    assert found.effective == pytest.approx(1000**2 / (900**2 / 10 + 100**2 / 10))
    assert found.misses is not None
    assert found.misses.rate == pytest.approx(100)  # a tenth of the tenth, not one in twenty
    low, high = exact(0.01 * found.effective, found.effective)
    assert (found.misses.low, found.misses.high) == (pytest.approx(10_000 * low), pytest.approx(10_000 * high))
    unseen = estimate(sample((900, 0, 10), (100, 0, 10)), answers("c" * 10 + "?" * 10))
    assert (unseen.covered, unseen.population_clean) == (900, 1000)


def test_where_every_page_was_looked_at_it_is_counted() -> None:
    found = estimate(sample((20, 5, 20), known=5), answers("v" + "c" * 19 + "vvvvc"))
    assert found.misses == Rate(rate=500, low=500, high=500)
    assert found.recall is not None
    assert found.recall.rate == found.recall.low == found.recall.high == pytest.approx(4 / 5)
    assert estimate(sample((20, 5, 20), known=5), answers("c" * 25)).recall is None  # nothing to find


def test_the_last_answer_of_a_person_counts_and_the_majority_of_persons() -> None:
    first, second = answers("vcvc?"), answers("ccvvv", "乙", hour=2)
    assert [settled(said) for said in latest([*first, *second]).values()] == [
        "disputed", "clean", "violation", "disputed", "violation",
    ]  # fmt: skip
    third = answers("c--v-", "丙", hour=3)
    assert [settled(said) for said in latest([*first, *second, *third]).values()][:4:3] == ["clean", "violation"]
    corrected = answers("c", hour=4)
    assert settled(latest([*first, *second, *corrected])[1]) == "clean"
    assert settled(latest(answers("?"))[1]) == "cannot_say"


def test_two_reviewers_are_compared_where_both_answered() -> None:
    reviews = [*answers("vvcc?"), *answers("vccc", "乙", hour=2), *answers("--vv", "丙", hour=3)]
    found = estimate(sample((100, 0, 5)), reviews).between
    assert (found.same.hits, found.same.of) == (3, 4)
    assert found.kappa == pytest.approx((3 / 4 - (2 / 4 * 1 / 4 + 2 / 4 * 3 / 4)) / (1 - 1 / 2))


def test_kappa_by_hand() -> None:
    # Cohen 1960 by hand: 35 of 50 the same; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5
    both = [("v", "v")] * 20 + [("v", "c")] * 5 + [("c", "v")] * 10 + [("c", "c")] * 15
    assert agreement(both).kappa == pytest.approx(0.4)
    assert agreement([("c", "c")] * 9).kappa is None
    assert agreement([]).same.rate is None
    assert agreement([("c", "v"), ("v", "c")]).kappa == -1


@pytest.mark.parametrize(("missed", "right"), [(0.0, 0.9), (0.004, 0.8), (0.05, 0.5)])
def test_the_intervals_hold_the_truth_as_often_as_they_say(missed: float, right: float) -> None:
    chance = random.Random(5)
    clean, there, drawn, known = 5000, 200, 60, 20
    truth = there * right / (there * right + clean * missed)
    held = [0, 0]
    for _ in range(150):
        words = ["v" if chance.random() < missed else "c" for _ in range(drawn)]
        words += ["v" if chance.random() < right else "c" for _ in range(known)]
        found = estimate(sample((clean, there, drawn), known=known), answers("".join(words)))
        assert found.misses is not None
        assert found.recall is not None
        held[0] += found.misses.low <= 10_000 * missed <= found.misses.high
        held[1] += found.recall.low <= truth <= found.recall.high
    least = next(
        k for k in range(150, 0, -1) if sum(comb(150, j) * 0.95**j * 0.05 ** (150 - j) for j in range(k)) < 1e-4
    )
    assert min(held) >= least
