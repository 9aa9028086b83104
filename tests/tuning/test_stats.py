"""How rules do: decisions count once a lead, few decisions give no precision, and what asks for a look is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scanner.leads.gather import gather
from scanner.model import Act, Decision
from scanner.rulebook import Rulebook, load
from scanner.store.book import Book
from scanner.tuning.stats import RuleStats, loud, stats
from tests.rulebook.making import write
from tests.store.making import capture, finding, hours, listing, said, step


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


@pytest.fixture
def rules(tmp_path: Path) -> Rulebook:
    pattern = "  - seq: [效, {gap: 0-3}, 病]"
    folder = write(tmp_path / "rules", *((name, pattern, "unless: [negated]") for name in ("a", "b", "c")))
    path = folder / "claim" / "c.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("owner: 测试", "owner: 待定"), encoding="utf-8")
    return load(folder)


def sold(book: Book, shop: int, *rules: str, hour: float = 1) -> int:
    """A page of one more seller with a finding of each rule; the number of its lead."""
    page = listing(f"品{shop}", seller=said(f"店{shop}"))
    found = [finding(page, rule, quote=f"{rule}治病") for rule in rules]
    book.save_listing(page, capture(shop).id, hours(hour))
    book.save_findings(found, capture(shop).id, hours(hour))
    return book.merge_leads(gather((f, page) for f in found), opened=hours(hour))[0].number


def say(book: Book, lead: int, *states: str, hour: float = 2) -> None:
    for i, state in enumerate(states):
        book.decide(step(lead, state, hours(hour + i)))


def by_rule(book: Book, rules: Rulebook, decided: datetime | None = None, recent: float = 0) -> dict[str, RuleStats]:
    return {one.rule: one for one in stats(book, rules, recent=hours(recent), decided=decided)}


def test_precision_needs_five_decided_leads(book: Book, rules: Rulebook) -> None:
    for shop in range(4):
        say(book, sold(book, shop, "a"), "confirmed")
    assert by_rule(book, rules)["a"].precision is None
    say(book, sold(book, 4, "a"), "dismissed")
    one = by_rule(book, rules)["a"]
    assert (one.findings, one.leads, one.confirmed, one.dismissed) == (5, 5, 4, 1)
    assert one.precision is not None
    assert (one.precision.hits, one.precision.of) == (4, 5)


def test_of_each_lead_the_newest_decision_counts_once(book: Book, rules: Rulebook) -> None:
    lead = sold(book, 1, "a", "b")
    say(book, lead, "confirmed", "dismissed", "open", "confirmed", "closed")
    say(book, lead, "confirmed")  # as before, told again
    found = by_rule(book, rules)
    assert [(found[r].confirmed, found[r].dismissed) for r in ("a", "b", "c")] == [(1, 0), (1, 0), (0, 0)]
    other = sold(book, 2, "a")
    say(book, other, "confirmed", "open")
    assert (by_rule(book, rules)["a"].confirmed, by_rule(book, rules)["a"].leads) == (1, 2)


def test_only_decisions_since_a_day(book: Book, rules: Rulebook) -> None:
    say(book, sold(book, 1, "a"), "dismissed", hour=2)
    say(book, sold(book, 2, "a"), "confirmed", hour=30)
    one = by_rule(book, rules, decided=hours(24))["a"]
    assert (one.confirmed, one.dismissed) == (1, 0)


def test_what_fell_is_no_finding_but_its_decision_counts(book: Book, rules: Rulebook) -> None:
    say(book, sold(book, 1, "a"), "dismissed")
    (proof,) = book.findings(rule="a")
    book.fell([proof.finding.id], "gone", hours(3), rulebook="r")
    one = by_rule(book, rules)["a"]
    assert (one.findings, one.recent, one.dismissed) == (0, 0, 1)


def test_silent_needs_pages_that_were_seen(book: Book, rules: Rulebook) -> None:
    assert [one.signs for one in by_rule(book, rules).values()] == [(), (), ("no_owner",)]
    sold(book, 1, "a", hour=5)
    found = by_rule(book, rules, recent=4)
    assert (found["a"].signs, found["b"].signs, found["c"].signs) == ((), ("silent",), ("silent", "no_owner"))
    assert by_rule(book, rules, recent=6)["a"].signs == ()  # no page was seen since then


def test_mostly_dismissed_is_imprecise(book: Book, rules: Rulebook) -> None:
    for shop in range(10):
        say(book, sold(book, shop, "a"), "dismissed" if shop else "confirmed")
    one = by_rule(book, rules)["a"]
    assert one.precision is not None
    assert (one.precision.hits, one.precision.of, one.signs) == (1, 10, ("imprecise",))


def test_a_merged_lead_counts_where_its_findings_went(book: Book, rules: Rulebook) -> None:
    into, merged = sold(book, 1, "a"), sold(book, 2, "a")
    say(book, into, "confirmed")
    say(book, merged, "confirmed")
    moved = tuple(one.id for one in book.lead(merged).findings)
    book.decide(Decision(lead=merged, state="merged", who="甲", when=hours(9), act=Act.MERGE, other=into, moved=moved))
    one = by_rule(book, rules)["a"]
    assert (one.leads, one.confirmed, one.dismissed) == (2, 1, 0)


def test_a_rule_that_is_no_more_keeps_its_figures(book: Book, rules: Rulebook) -> None:
    sold(book, 1, "z")
    one = by_rule(book, rules)["z"]
    assert (one.status, one.findings, one.signs) == ("removed", 1, ())


def test_noisy_is_far_above_the_others(book: Book, rules: Rulebook) -> None:
    assert loud([1, 1, 1, 900]) is None  # too few rules to know what is usual
    assert loud([2, 2, 2, 2, 2, 2, 28]) == 16
    assert loud([1, 2, 4, 8, 16]) == pytest.approx(4 * 2 ** (3 * 1.4826))
    shop = 0
    for rule, many in {"p": 2, "q": 2, "r": 2, "s": 2, "a": 17, "b": 16}.items():
        for _ in range(many):
            shop += 1
            sold(book, shop, rule)
    found = by_rule(book, rules)
    assert (found["a"].signs, found["b"].signs) == (("noisy",), ())
    assert replace(found["a"], signs=()).recent == 17
