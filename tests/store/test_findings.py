from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from scanner.model import Finding, Outcome, Proof, SecondLook, Standing, Verdict
from scanner.store.book import Book
from tests.store.making import T0, any_of, capture, finding, hours, listing, standing


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def test_the_first_capture_stays_the_evidence(book: Book) -> None:
    found = finding(listing())
    book.save_findings([found], "c1", T0)
    book.save_findings([found], "c2", hours(1))
    assert list(book.findings()) == [Proof(finding=found, capture="c1")]
    assert book.finding(found.id) == Proof(finding=found, capture="c1")


def test_a_crawl_found_what_its_pages_say_though_an_earlier_one_found_it_first(book: Book) -> None:
    said, found = listing(), finding(listing())
    for number, crawl in ((1, "first"), (2, "second")):
        book.save_capture(capture(number), Outcome.READ, crawl)
        book.save_listing(said, capture(number).id, hours(number))
        book.save_findings([found], capture(number).id, hours(number))
    assert [list(book.found_in(crawl)) for crawl in ("first", "second", "third")] == [[found], [found], []]
    book.fell([found.id], "gone", hours(3), rulebook="r2")
    assert list(book.found_in("second")) == []


def test_other_grounds_replace_the_judgement(book: Book) -> None:
    """The register was brought up to date between two crawls."""
    unclear = finding(listing(), verdict=Verdict.UNVERIFIED, standing=standing(Standing.CANNOT_SAY))
    tomorrow = replace(unclear, standing=standing(Standing.CANNOT_SAY, on=date(2026, 11, 23)))
    lapsed = replace(unclear, verdict=Verdict.VIOLATION, standing=standing(Standing.LAPSED))
    book.save_findings([unclear], "c1", T0)
    book.save_findings([tomorrow], "c2", hours(1))
    assert list(book.findings()) == [Proof(finding=unclear, capture="c1")]
    book.save_findings([lapsed], "c3", hours(2))
    assert list(book.findings()) == [Proof(finding=lapsed, capture="c3")]
    book.save_findings([unclear], "c0", hours(1))  # an older judgement arrives late
    assert list(book.findings()) == [Proof(finding=lapsed, capture="c3")]


def test_second_looks(book: Book) -> None:
    found = finding(listing())
    book.save_findings([found], "c1", T0)

    def seen() -> tuple[SecondLook, str]:
        (proof,) = book.findings(rule=found.rule)
        return proof.second_look, proof.second_capture

    assert seen() == (SecondLook.NONE, "")
    book.set_second_look(found.id, SecondLook.NOT_REACHED, "")
    assert seen() == (SecondLook.NOT_REACHED, "")
    book.set_second_look(found.id, SecondLook.CONFIRMED, "b1")
    book.set_second_look(found.id, SecondLook.CONFIRMED, "b1")
    assert seen() == (SecondLook.CONFIRMED, "b1")
    book.set_second_look(found.id, SecondLook.NOT_REACHED, "b2")
    assert seen() == (SecondLook.CONFIRMED, "b1")  # not reaching a page again takes nothing back
    book.set_second_look(found.id, SecondLook.CHANGED, "b3")
    assert seen() == (SecondLook.CHANGED, "b3")


def test_filters(book: Book) -> None:
    one, other = finding(listing()), finding(listing(price="109"), "display-number")
    book.save_findings([one, other], "c1", T0)
    assert {p.finding.id for p in book.findings(subject=listing().id)} == {one.id, other.id}
    assert [p.finding for p in book.findings(version=listing().version)] == [one]
    assert [p.finding for p in book.findings(rule="display-number")] == [other]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(any_of(Finding))
def test_any_finding_comes_back(book: Book, found: Finding) -> None:
    plain = {
        name: getattr(found, name).encode("utf-8", "surrogatepass").hex() for name in ("rule", "subject_id", "version")
    }
    found = replace(found, id="f" + str(abs(hash(found))), **plain)
    book.save_findings([found], "c1", T0)
    assert book.finding(found.id) == Proof(finding=found, capture="c1")


def test_what_fell_is_kept_and_stands_again_when_found_again(book: Book) -> None:
    cure, other = finding(listing()), finding(listing(), "claim-best", quote="最好")
    book.save_findings([cure, other], "c1", T0, rulebook="r1")
    assert book.standing(cure.subject_id, cure.version) == sorted([cure, other], key=lambda f: f.id)
    book.fell([cure.id, "no such finding"], "gone", hours(1), rulebook="r2")
    book.fell([cure.id], "gone", hours(2), rulebook="r3")  # noted twice it is noted once
    assert book.standing(cure.subject_id, cure.version) == [other]
    assert book.finding(cure.id) == Proof(finding=cure, capture="c1")
    (row,) = book.all("SELECT finding, outcome, rulebook FROM rejudged")
    assert row == (cure.id, "gone", "r2")
    book.save_findings([cure], "c9", hours(3), rulebook="r4")
    assert cure in book.standing(cure.subject_id, cure.version)
    assert book.finding(cure.id) == Proof(finding=cure, capture="c1")  # the first capture stays the evidence
    book.fell([cure.id], "replaced", hours(4), rulebook="r5")
    assert book.standing(cure.subject_id, cure.version) == [other]


def test_what_was_judged_again_is_never_altered(book: Book) -> None:
    cure = finding(listing())
    book.save_findings([cure], "c1", T0)
    book.fell([cure.id], "gone", hours(1), rulebook="r")
    for statement in ("DELETE FROM rejudged", "UPDATE rejudged SET outcome = 'stands'"):
        with pytest.raises(sqlite3.IntegrityError, match="never altered"):
            book.db.execute(statement)


def test_second_captures_and_rules_that_found_something(book: Book) -> None:
    cure, other = finding(listing()), finding(listing(), "claim-best", quote="最好")
    book.save_findings([cure, other], "c1", T0)
    book.set_second_look(cure.id, SecondLook.CONFIRMED, "c2")
    book.set_second_look(other.id, SecondLook.NOT_REACHED, "")
    assert book.second_captures() == {"c2"}
    assert book.rules_found() == {"claim-cure-rate", "claim-best"}
