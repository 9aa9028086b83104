from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scanner.errors import StoreError, UsageError
from scanner.leads.gather import gather
from scanner.leads.states import STEPS
from scanner.model import Act, Decision, Finding, Lead, Listing, Matter, Severity, Verdict
from scanner.store.book import Book
from scanner.store.draft import ENDED
from tests.store.making import SHOP, T0, finding, hours, listing, said, step


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def crawl(book: Book, time: datetime, *pairs: tuple[Finding, Listing]) -> tuple[int, ...]:
    """What a crawl does with what it found."""
    for number, (found, subject) in enumerate(pairs):
        book.save_listing(subject, f"{time:%H}-{number}", time)
        book.save_findings([found], f"{time:%H}-{number}", time)
    return tuple(sorted(lead.number for lead in book.merge_leads(gather(pairs), opened=time)))


def say(book: Book, lead: int, state: str, hour: float) -> None:
    book.decide(step(lead, state, hours(hour), note="看过"))


MASK, GAUGE = listing("演示口罩"), listing("演示血压计")
CURE, BEST = finding(MASK), finding(GAUGE, "claim-best", quote="最好", severity=Severity.LOW)


def test_a_lead_opens_with_its_findings(book: Book) -> None:
    assert crawl(book, T0, (CURE, MASK), (BEST, GAUGE)) == (1,)
    assert book.lead(1) == Lead(
        number=1, storefront=SHOP, seller="", matter=Matter.CLAIM, severity=Severity.HIGH, verdict=Verdict.VIOLATION,
        state="open", opened=T0, findings=(CURE, BEST),
    )  # fmt: skip


def test_the_gravest_comes_first(book: Book) -> None:
    display = finding(GAUGE, "display-number", kind=Matter.DISPLAY)
    low = replace(display, id="low", kind=Matter.RESTRICTED, severity=Severity.LOW)
    doubt = replace(display, id="doubt", kind=Matter.SCOPE, verdict=Verdict.SUSPECT, severity=Severity.CRITICAL)
    book.save_findings([doubt, low, display], "c1", T0)
    leads = book.merge_leads(gather([(doubt, GAUGE), (low, GAUGE), (display, GAUGE)]), opened=T0)
    assert [lead.number for lead in leads] == [3, 2, 1]


def test_crawling_again_opens_nothing(book: Book) -> None:
    crawl(book, T0, (CURE, MASK), (BEST, GAUGE))
    before = list(book.leads())
    assert crawl(book, hours(1), (CURE, MASK), (BEST, GAUGE)) == (1,)
    assert list(book.leads()) == before


def test_a_new_finding_joins_the_live_lead(book: Book) -> None:
    crawl(book, T0, (BEST, GAUGE))
    assert book.lead(1).severity is Severity.LOW
    say(book, 1, "confirmed", 1)
    assert crawl(book, hours(2), (CURE, MASK)) == (1,)
    assert (book.lead(1).severity, book.lead(1).findings) == (Severity.HIGH, (CURE, BEST))


def test_other_seller_or_matter_is_another_lead(book: Book) -> None:
    sold = listing("演示口罩", seller=said("演示甲店"))
    display = finding(MASK, "display-number", kind=Matter.DISPLAY)
    assert crawl(book, T0, (CURE, MASK), (finding(sold), sold), (display, MASK)) == (1, 2, 3)
    assert [(lead.seller, lead.matter) for lead in book.leads()] == [
        ("", Matter.CLAIM), ("演示甲店", Matter.CLAIM), ("", Matter.DISPLAY),
    ]  # fmt: skip


def test_unverified_alone_opens_no_lead_but_joins_one(book: Book) -> None:
    unclear = finding(GAUGE, "claim-scope", verdict=Verdict.UNVERIFIED, severity=Severity.CRITICAL)
    assert crawl(book, T0, (unclear, GAUGE)) == ()
    assert list(book.leads()) == []
    assert [p.finding for p in book.findings()] == [unclear]
    assert crawl(book, hours(1), (unclear, GAUGE), (CURE, MASK)) == (1,)
    assert (book.lead(1).verdict, book.lead(1).findings) == (Verdict.VIOLATION, (CURE, unclear))


def test_a_finding_made_certain_weighs_in_its_lead(book: Book) -> None:
    doubt = replace(CURE, verdict=Verdict.SUSPECT)
    crawl(book, T0, (doubt, MASK))
    assert book.lead(1).verdict is Verdict.SUSPECT
    crawl(book, hours(1), (CURE, MASK))
    assert book.lead(1).verdict is Verdict.VIOLATION


def test_after_closing_only_what_is_new_opens_a_lead(book: Book) -> None:
    crawl(book, T0, (CURE, MASK))
    say(book, 1, "confirmed", 1)
    say(book, 1, "closed", 2)
    assert crawl(book, hours(3), (CURE, MASK)) == (1,)
    assert len(list(book.leads())) == 1
    assert crawl(book, hours(4), (CURE, MASK), (BEST, GAUGE)) == (1, 2)
    assert (book.lead(1).findings, book.lead(2).findings) == ((CURE,), (BEST,))
    again = listing("演示口罩", price="109")  # the same words after closing: it went on
    assert crawl(book, hours(5), (finding(again), again)) == (2,)


def test_a_false_alarm_stays_one_through_a_new_price(book: Book) -> None:
    doubt = replace(CURE, verdict=Verdict.SUSPECT)
    crawl(book, T0, (doubt, MASK))
    say(book, 1, "dismissed", 1)
    again = listing("演示口罩", price="109")
    assert crawl(book, hours(2), (finding(again, verdict=Verdict.SUSPECT), again)) == ()
    assert len(list(book.leads())) == 1
    other = finding(again, quote="包治百病", verdict=Verdict.SUSPECT)
    assert crawl(book, hours(3), (other, again)) == (2,)
    say(book, 2, "dismissed", 4)
    dearer = listing("演示口罩", price="119")
    assert crawl(book, hours(5), (finding(dearer), dearer)) == (3,)  # graver than what was dismissed


def test_what_was_dismissed_opens_a_lead_when_judged_graver(book: Book) -> None:
    """The register was brought up to date after an analyst saw nothing wrong."""
    crawl(book, T0, (replace(CURE, verdict=Verdict.SUSPECT), MASK), (BEST, GAUGE))
    say(book, 1, "dismissed", 1)
    assert crawl(book, hours(2), (CURE, MASK), (BEST, GAUGE)) == (1, 2)
    assert book.lead(2).findings == (CURE,)


def test_decisions_are_added_and_never_altered(book: Book) -> None:
    crawl(book, T0, (CURE, MASK))
    said_so = Decision(lead=1, state="confirmed", who="甲\ud800", when=hours(1), note="")
    book.decide(replace(said_so, who="甲"))
    book.decide(replace(said_so, who="甲"))
    say(book, 1, "closed", 2)
    assert [d.state for d in book.decisions(1)] == ["confirmed", "closed"]
    assert book.lead(1).state == "closed"
    for sql in ("UPDATE decisions SET state = 'open'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="never altered"):
            book.db.execute(sql)
    book.decide(said_so)  # text no database takes is made fit, not refused
    assert len(book.decisions(1)) == 3


def test_terms_come_back_from_every_reading(book: Book) -> None:
    crawl(book, T0, (CURE, MASK), (BEST, GAUGE))
    due = date(2027, 1, 11)
    for told in (None, due):
        if told is not None:
            book.decide(Decision(lead=1, state="received", who="甲", when=hours(1), act=Act.RECEIVE, due=told))
        lead = book.lead(1)
        assert (lead.received, lead.due) == (None if told is None else hours(1), told)
        assert lead.findings == (CURE, BEST)
        assert list(book.leads()) == [lead]
        assert book.case(1, made=hours(2)).lead == lead
        assert list(book.counted_leads()) == [(replace(lead, findings=()), 2)]
    assert [held.lead.number for held in book.counted_leads(due=due)] == [1]


def test_no_such_lead(book: Book) -> None:
    with pytest.raises(UsageError, match="没有 9 号线索"):
        book.lead(9)
    with pytest.raises(UsageError, match="没有 9 号线索"):
        say(book, 9, "confirmed", 1)
    with pytest.raises(UsageError, match="没有 9 号线索"):
        book.case(9, made=T0)


def test_reopening_beside_a_newer_lead_is_refused(book: Book) -> None:
    crawl(book, T0, (CURE, MASK))
    say(book, 1, "dismissed", 1)
    crawl(book, hours(2), (BEST, GAUGE))
    with pytest.raises(StoreError, match="已有新的线索"):
        say(book, 1, "open", 3)
    assert (book.lead(1).state, len(book.decisions(1))) == ("dismissed", 1)


def test_filters(book: Book) -> None:
    display = finding(GAUGE, "display-number", kind=Matter.DISPLAY, verdict=Verdict.SUSPECT)
    crawl(book, T0, (CURE, MASK), (display, GAUGE))
    say(book, 2, "dismissed", 1)

    def numbers(**wanted: object) -> list[int]:
        return [lead.number for lead in book.leads(**wanted)]  # type: ignore[arg-type]

    assert numbers() == [1, 2]
    assert numbers(state="open") == [1]
    assert numbers(matter=Matter.DISPLAY) == [2]
    assert numbers(verdict=Verdict.VIOLATION, severity=Severity.HIGH) == [1]
    assert numbers(storefront="other.example") == []
    assert numbers(limit=1) == [1]


class Life(RuleBasedStateMachine):
    """Crawls and decisions in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book.open(Path(":memory:"))
        self.hour = 0.0

    @rule(
        names=st.lists(st.sampled_from(["演示甲", "演示乙", "演示丙"]), min_size=1, max_size=3),
        price=st.sampled_from(["1", "2"]),
        verdict=st.sampled_from(list(Verdict)),
    )
    def crawl(self, names: list[str], price: str, verdict: Verdict) -> None:
        self.hour += 1
        pages = [listing(name, price=price) for name in names]
        pairs = [(finding(page, verdict=verdict), page) for page in pages]
        first = crawl(self.book, hours(self.hour), *pairs)
        before = list(self.book.leads())
        assert crawl(self.book, hours(self.hour), *pairs) == first
        assert list(self.book.leads()) == before

    @rule(pick=st.integers(0, 10), step=st.integers(0, 20))
    def decide(self, pick: int, step: int) -> None:
        self.hour += 1
        leads = list(self.book.leads())
        if not leads:
            return
        lead = leads[pick % len(leads)]
        acts = [act for act, steps in STEPS.items() if lead.state in steps and act not in (Act.MERGE, Act.SPLIT)]
        act = acts[step % len(acts)]
        state = STEPS[act][lead.state]
        try:
            self.book.decide(Decision(lead=lead.number, state=state, who="甲", when=hours(self.hour), act=act))
        except StoreError:
            assert sum(other.state not in ENDED for other in leads) == 1

    @invariant()
    def at_most_one_live_lead(self) -> None:
        leads = list(self.book.leads())
        assert sum(lead.state not in ENDED for lead in leads) <= 1
        assert all(any(f.verdict is lead.verdict for f in lead.findings) for lead in leads if lead.state not in ENDED)

    def teardown(self) -> None:
        self.book.close()


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def test_what_fell_no_longer_weighs_in_an_open_lead(book: Book) -> None:
    page = listing(seller=said("甲店"))
    grave, mild = (
        finding(page, severity=Severity.CRITICAL),
        finding(page, "claim-best", quote="最好", severity=Severity.LOW),
    )
    book.save_findings([grave, mild], "c1", T0)
    (lead,) = book.merge_leads(gather([(grave, page), (mild, page)]), opened=T0)
    assert lead.severity is Severity.CRITICAL
    book.fell([grave.id], "gone", hours(1), rulebook="r2")
    assert book.lead(lead.number).severity is Severity.LOW
    assert len(book.lead(lead.number).findings) == 2  # nothing vanishes
    (row,) = book.fallen(lead.number)
    assert row == (grave.id, "gone", "r2", hours(1))
    book.fell([mild.id], "gone", hours(2), rulebook="r2")
    assert book.lead(lead.number).severity is Severity.LOW  # nothing stands: it stays as it was


def test_a_confirmed_lead_weighs_what_was_confirmed(book: Book) -> None:
    page = listing(seller=said("甲店"))
    grave, mild = (
        finding(page, severity=Severity.CRITICAL),
        finding(page, "claim-best", quote="最好", severity=Severity.LOW),
    )
    book.save_findings([grave, mild], "c1", T0)
    (lead,) = book.merge_leads(gather([(grave, page), (mild, page)]), opened=T0)
    book.decide(Decision(lead=lead.number, state="confirmed", who="演示", when=hours(1), act=Act.CONFIRM))
    book.fell([grave.id], "gone", hours(2), rulebook="r2")
    assert book.lead(lead.number).severity is Severity.CRITICAL


def test_another_version_of_the_rule_opens_nothing_that_was_closed(book: Book) -> None:
    page = listing(seller=said("甲店"))
    old = finding(page)
    (number,) = crawl(book, T0, (old, page))
    for hour, state in ((1, "confirmed"), (2, "closed")):
        say(book, number, state, hour)
    new = replace(old, id="another", rule_version="2")
    assert crawl(book, hours(3), (new, page)) == ()
    assert [lead.number for lead in book.leads()] == [number]
    assert [f.id for f in book.standing(page.id, page.version)] == [new.id]
    graver = replace(finding(page, verdict=Verdict.SUSPECT, quote="最"), id="mild")
    assert crawl(book, hours(4), (graver, page)) == (number + 1,)
