"""What is the same to an analyst when two judgements of one text are compared, and how sure a share is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.leads.interval import share
from scanner.model import Finding, Severity, Standing
from scanner.tuning.difference import difference
from tests.store.making import finding, listing, standing

PAGE = listing()


def at(quote: str, start: int, rule: str = "claim-cure-rate", version: str = "1") -> Finding:
    one = finding(PAGE, rule, quote=quote)
    return replace(one, id=f"{rule}{version}{quote}", rule_version=version, start=start, end=start + len(quote))


def test_new_gone_and_kept() -> None:
    what = difference([at("治愈率99%", 0), at("断根", 20)], [at("治愈率99%", 0), at("神药", 40)])
    assert [f.quote for f in what.appeared] == ["神药"]
    assert [f.quote for f in what.disappeared] == ["断根"]
    assert [(p.before.quote, p.now.quote) for p in what.kept] == [("治愈率99%", "治愈率99%")]
    assert (what.changed, what.doubled) == ((), ())


def test_an_edited_rule_that_says_the_same_changes_nothing() -> None:
    what = difference([at("治愈率99%", 0)], [at("治愈率99%", 0, version="2")])
    assert (what.appeared, what.disappeared, what.changed) == ((), (), ())
    assert len(what.kept) == 1


def test_an_edited_rule_that_quotes_more_is_changed_not_new() -> None:
    what = difference([at("治愈率", 3)], [at("治愈率高达99%", 3, version="2")])
    assert (what.appeared, what.disappeared) == ((), ())
    assert [(p.before.quote, p.now.quote) for p in what.changed] == [("治愈率", "治愈率高达99%")]


def test_the_same_place_of_another_rule_or_field_is_another_finding() -> None:
    old = at("治愈率99%", 0)
    for new in (at("治愈率99%", 0, rule="claim-other"), replace(old, id="x", field="title")):
        what = difference([old], [new])
        assert (what.appeared, what.disappeared, what.kept) == ((new,), (old,), ())


def test_what_weighs_otherwise_is_changed() -> None:
    old = at("演械注准20992070001", 0)
    for new in (replace(old, severity=Severity.LOW), replace(old, standing=standing(Standing.LAPSED))):
        assert difference([old], [new]).changed == ((old, new),)


def test_two_versions_of_one_finding_in_the_book_are_one() -> None:
    first, second = at("断根", 5), at("断根", 5, version="2")
    what = difference([first, second], [second])
    assert (what.kept, what.doubled, what.disappeared) == (((second, second),), (first,), ())


def test_a_duty_that_is_not_fulfilled_has_no_quote_and_is_one_finding() -> None:
    old, new = at("", 0), at("", 0, version="2")
    assert difference([old], [new]).kept == ((old, new),)
    assert difference([old], []).disappeared == (old,)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0), (95, 100, 0.8882, 0.9785)],
)
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    one = share(hits, of)  # figures: Newcombe 1998, Statistics in Medicine 17, method 3
    assert one.rate == hits / of
    assert (one.low, one.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_no_share_of_nothing() -> None:
    one = share(0, 0)
    assert (one.rate, one.low, one.high) == (None, None, None)
