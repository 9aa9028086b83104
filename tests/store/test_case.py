from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.leads.gather import gather
from scanner.model import CaseFile, Decision, Lane, Matter, Outcome, Proof, SecondLook, SourceStamp, Standing
from scanner.store.book import Book
from tests.store.making import T0, capture, finding, hours, listing, said, seller, standing


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def test_a_case_holds_everything_of_its_lead_and_nothing_else(book: Book) -> None:
    book.start_crawl("crawl", "scan", ("https://shop.example/",), T0, rulebook="rules-1")
    mask, gauge = listing("演示口罩", seller=said("演示甲店")), listing("演示血压计", seller=said("演示甲店"))
    licence, other = seller("演示甲店"), seller("演示乙店")
    for number, subject in enumerate((mask, gauge, licence, other), start=1):
        book.save_capture(capture(number), Outcome.READ, "crawl")
        if subject in (mask, gauge):
            book.save_listing(subject, capture(number).id, hours(number))
        else:
            book.save_seller(subject, capture(number).id, hours(number))
    book.save_capture(capture(9), Outcome.READ, "crawl")
    cure, best = finding(mask), finding(gauge, "claim-best", standing=standing(Standing.CANNOT_SAY))
    number = finding(mask, "display-number", kind=Matter.DISPLAY)
    book.save_findings([cure, number], capture(1).id, hours(1))
    book.save_findings([best], capture(2).id, hours(2))
    book.set_second_look(cure.id, SecondLook.CONFIRMED, capture(9).id)
    book.merge_leads(gather([(cure, mask), (best, gauge), (number, mask)]), opened=hours(3))
    done = Decision(lead=1, state="confirmed", who="甲", when=hours(4))
    book.decide(done)
    book.save_listing(listing("演示口罩", seller=said("演示甲店"), price="1"), capture(9).id, hours(9))  # changed since

    proofs = (
        Proof(finding=cure, capture=capture(1).id, second_look=SecondLook.CONFIRMED, second_capture=capture(9).id),
        Proof(finding=best, capture=capture(2).id),
    )
    proofs = tuple(sorted(proofs, key=lambda p: p.finding.id))
    assert book.case(1, made=hours(5), unit="演示局", operator="甲", mark="演示数据") == CaseFile(
        lead=book.lead(1),
        proofs=proofs,
        listings=tuple({p.finding.version: mask if p.finding is cure else gauge for p in proofs}.values()),
        sellers=(licence,),
        captures=tuple(capture(n) for n in (1, 2, 3, 9)),
        outcomes=tuple((capture(n).id, Outcome.READ) for n in (1, 2, 3, 9)),
        decisions=(done,),
        sources=(SourceStamp(id="udi", as_of=T0.date().replace(day=1), authoritative=False, sample=True),),
        rulebook="rules-1",
        unit="演示局",
        operator="甲",
        made=hours(5),
        mark="演示数据",
    )


def test_a_storefront_whose_seller_nobody_named_takes_all_its_seller_pages(book: Book) -> None:
    mask, licence, home = listing("演示口罩"), seller("演示甲店"), seller("演示甲店", page="home")
    for number, page in ((2, licence), (3, home)):
        book.save_capture(capture(number), Outcome.READ)
        book.save_seller(page, capture(number).id, hours(number))
    missing = finding(licence, "display-licence")
    book.save_listing(mask, capture(1).id, T0)
    book.save_findings([finding(mask)], capture(1).id, T0, rulebook="rules-2")
    book.merge_leads(gather([(finding(mask), mask), (missing, licence)]), opened=T0)
    case = book.case(1, made=T0)
    assert set(case.sellers) == {licence, home}
    assert case.captures == (capture(2), capture(3))  # capture 1 was never saved: what is not there is not named
    assert (case.rulebook, case.unit, case.mark) == ("rules-2", "", "")
    assert all(c.lane is Lane.HTTP for c in case.captures)
