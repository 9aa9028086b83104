"""Reports in the book: whose they are, which lead they go to, and which findings of later crawls join."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scanner.leads.gather import gather
from scanner.model import Act, LeadSource, Listing, Matter, Outcome, Report, Severity, Verdict, content_id
from scanner.store.book import Book
from scanner.store.draft import seller_key
from tests.store.making import SHOP, T0, capture, finding, hours, listing, said, seller, step


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def told(reference: str = "G-1", **changes: object) -> Report:
    report = Report(
        id=content_id("report", reference), source=LeadSource.NATIONAL, reference=reference, matters=(Matter.CLAIM,),
        received=date(2026, 11, 20), seller="演示甲公司", storefront=SHOP, urls=(f"https://{SHOP}/p/5",),
        addresses=(f"{SHOP}/p/5",),
    )  # fmt: skip
    return replace(report, **changes)  # type: ignore[arg-type]


def take(book: Book, report: Report, hour: float = 0) -> tuple[tuple[int, bool], ...]:
    return tuple((one.lead, one.opened) for one in book.take_report(report, at=hours(hour)))


def crawl(book: Book, subject: Listing, number: int = 1, url: str = "") -> tuple[int, ...]:
    """A crawl that finds one claim on a page."""
    seen = replace(capture(number), url=url or subject.url)
    found = finding(subject)
    book.save_capture(seen, Outcome.READ, "crawl-1")
    book.save_listing(subject, seen.id, T0)
    book.save_findings([found], seen.id, T0)
    return tuple(lead.number for lead in book.merge_leads(gather([(found, subject)]), opened=hours(1)))


MASK = listing("演示口罩口", seller=said("演示甲旗舰店"))  # its address ends with /p/5


def test_a_report_opens_a_lead_that_nobody_has_seen(book: Book) -> None:
    assert take(book, told()) == ((1, True),)
    lead = book.lead(1)
    assert (lead.verdict, lead.severity, lead.state, lead.findings) == (Verdict.UNVERIFIED, Severity.MEDIUM, "open", ())
    assert (lead.source, lead.reference, lead.seller) == (LeadSource.NATIONAL, "G-1", "演示甲公司")
    assert book.reports(1) == [told()]
    assert book.referenced("G-1") == 1


def test_told_again_it_changes_nothing_and_of_two_matters_it_goes_to_two(book: Book) -> None:
    both = told(matters=(Matter.CLAIM, Matter.DISPLAY))
    assert take(book, both) == ((1, True), (2, True))
    assert take(book, replace(both, file="b.csv:9")) == ((1, False), (2, False))
    assert [lead.number for lead in book.leads()] == [1, 2]


def test_with_other_words_it_takes_the_place_of_the_old(book: Book) -> None:
    take(book, told())
    assert take(book, told(text="补充", matters=(Matter.CLAIM, Matter.SCOPE))) == ((1, False), (2, True))
    assert [report.text for report in book.reports(1)] == ["补充"]


def test_two_reports_of_one_seller_are_one_lead(book: Book) -> None:
    assert take(book, told()) == ((1, True),)
    assert take(book, told("G-2", seller="演示 甲公司", addresses=(f"{SHOP}/p/7",))) == ((1, False),)
    assert take(book, told("G-3", storefront="", urls=(), addresses=())) == ((2, True),)
    assert take(book, told("G-4", storefront="", urls=(), addresses=(), seller="", uscc="91")) == ((3, True),)
    assert take(book, told("G-5", seller="")) == ((4, True),)  # on a platform the storefront says nothing
    assert take(book, told("G-6", seller="", addresses=(f"{SHOP}/p/9",))) == ((5, True),)
    assert [(one.lead, one.because) for one in book.related(2)] == [(1, ("经营者名称相同",))]


@pytest.mark.parametrize("way", ["address", "product", "capture", "seller"])
def test_a_known_page_says_whose_it_is(book: Book, way: str) -> None:
    subject = replace(MASK, id=content_id(SHOP, {"address": MASK.url, "product": "77"}.get(way, "x")))
    (number,) = crawl(book, subject)
    report = told(seller="别的写法", addresses=(MASK.url.removeprefix("https://"),))
    if way == "product":
        report = replace(report, addresses=(), product_id="77")
    if way == "seller":
        page = replace(seller("演示甲旗舰店"), url=f"https://{SHOP}/licence")
        book.save_capture(replace(capture(2), url=page.url), Outcome.READ, "crawl-1")
        book.save_seller(page, capture(2).id, T0)
        report = replace(report, addresses=(f"{SHOP}/licence",))
    assert take(book, report) == ((number, False),)
    assert book.lead(number).source is LeadSource.OWN


def test_what_a_later_crawl_finds_there_joins_and_the_page_says_who_it_is(book: Book) -> None:
    take(book, told(seller="演示甲公司"))
    assert crawl(book, MASK) == (1,)
    lead = book.lead(1)
    assert (lead.seller, lead.verdict, len(lead.findings)) == ("演示甲旗舰店", Verdict.VIOLATION, 1)
    other = replace(listing("演示血压计", seller=said("演示甲旗舰店")), url=f"https://{SHOP}/p/6")
    assert crawl(book, other, 2) == (1,)  # the lead is the seller's now
    assert take(book, told("G-9", addresses=(f"{SHOP}/p/6",))) == ((1, False),)


def test_an_address_as_it_was_told_is_enough(book: Book) -> None:
    take(book, told(addresses=(f"{SHOP}/x", f"{SHOP}/x?spm=1")))
    assert crawl(book, MASK, url=f"https://{SHOP}/x?spm=1") == (1,)


def test_a_report_on_a_first_page_is_on_the_site_while_it_has_one_seller(book: Book) -> None:
    take(book, told(addresses=(f"{SHOP}/",)))
    assert crawl(book, MASK) == (1,)


def test_on_a_storefront_of_many_sellers_it_is_not(book: Book) -> None:
    other = listing("演示血压计", seller=said("演示乙店"))
    book.save_capture(capture(2), Outcome.READ, "crawl-1")
    book.save_listing(other, capture(2).id, T0)
    take(book, told(addresses=(f"{SHOP}/",)))
    assert crawl(book, MASK) == (2,)


def test_another_matter_and_ended_leads_take_nothing(book: Book) -> None:
    take(book, told(matters=(Matter.SCOPE,)))
    assert crawl(book, MASK) == (2,)
    take(book, told("G-2", addresses=(f"{SHOP}/q",), seller="演示丙公司"))
    book.decide(step(3, "dismissed", hours(2)))
    page = replace(listing("演示贴", seller=said("演示丙店")), url=f"https://{SHOP}/q")
    assert crawl(book, page, 3) == (4,)
    assert [(one.lead, "来件的网址在这条线索里" in one.because) for one in book.related(3)] == [(4, True)]
    assert "这条线索的网址有来件" in next(one for one in book.related(4) if one.lead == 3).because


def test_merged_leads_show_their_reports_where_they_went(book: Book) -> None:
    take(book, told())
    take(book, told("G-2", seller="演示乙公司", addresses=()), 1)
    book.decide(replace(step(2, "open", hours(3)), state="merged", act=Act.MERGE, other=1))
    assert [report.reference for report in book.reports(1)] == ["G-1", "G-2"]
    assert take(book, told("G-3", seller="演示乙公司", addresses=())) == ((1, False),)
    assert [len(weight.reports) for weight in book.weights()] == [3, 1]
    assert [len(weight.reports) for weight in book.weights(1)] == [3]


def test_what_a_priority_is_made_of(book: Book) -> None:
    (number,) = crawl(book, MASK)
    take(
        book,
        told(
            addresses=(MASK.url.removeprefix("https://"),), text="孩子用了", product="口罩", deadline=date(2026, 12, 1)
        ),
    )
    book.decide(step(number, "confirmed", hours(2)))
    take(book, told("G-2", matters=(Matter.SCOPE,), addresses=(MASK.url.removeprefix("https://"),)))
    (first, second) = book.weights()
    assert (first.pages, first.earlier, first.deadline) == (1, 0, date(2026, 12, 1))
    assert "演示口罩口" in first.text
    assert "孩子用了" in first.text
    assert (second.lead, second.pages, second.earlier) == (2, 0, 1)
    assert list(book.weights(2)) == [second]


def test_names_are_found_through_the_index(book: Book) -> None:
    """Fifty thousand leads are asked for each report."""
    plan = book.all(
        "EXPLAIN QUERY PLAN SELECT number FROM leads o WHERE substr(o.seller_key, instr(o.seller_key, char(10)) + 1) = ?",
        (seller_key("", "甲").strip(),),
    )
    assert "leads_name" in plan[0][3]


def test_what_became_of_a_reports_leads_follows_mergers(book: Book) -> None:
    report = told("G-1", matters=(Matter.CLAIM, Matter.SCOPE))
    (first, _), (second, _) = take(book, report)
    ((third, _),) = take(book, told("G-2", seller="演示乙公司", storefront="b.example", addresses=("b.example/1",)))
    assert [(one.lead, one.live, one.decided) for one in book.fates(report.id)] == [
        (first, True, None),
        (second, True, None),
    ]
    merged = replace(step(first, "dismissed", hours(2)), state="merged", act=Act.MERGE, other=third)
    book.decide(merged)
    book.decide(step(second, "dismissed", hours(3)))
    assert [(one.lead, one.live, one.decided) for one in book.fates(report.id)] == [
        (first, False, hours(2)),
        (second, False, hours(3)),
        (third, True, None),
    ]
    assert book.fates("nobody's") == []
