"""The whole line, run as a person would: mall → captures → listings → findings → leads → package → verify.

What the mall's truth table says is what must come out, no more and no less, through real HTTP and a real browser.
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from scanner.crawl.browser import chromium
from scanner.demo.goods import Good, Shop, stock
from scanner.evidence.checking.verify import verify
from scanner.home import Home
from scanner.model import Finding, Lane, Listing, Matter, Outcome, SecondLook, Verdict
from scanner.store.book import Book
from scanner.store.crawls import Sealed
from tests.demo.test_judged import faults
from tests.running import qingwang
from tests.schemas import conform
from tests.whole import DEMO_TIMEOUT, DemoRun, Twice

pytestmark = pytest.mark.timeout(DEMO_TIMEOUT)

STOCK = stock()
GOODS = tuple(STOCK.goods.values())
MARK = "演示数据"  # demo data
BROWSER = chromium.find() is not None
# What a good's page becomes; a page that only scripts fill is read where there is a browser.
SHUT = {g.id: g.outcome for g in GOODS if g.outcome not in (Outcome.READ, *([Outcome.EMPTY] if BROWSER else ()))}


@dataclass(slots=True)
class Seen:
    """A home's book by good: the listing, and the findings from web pages and from the mini-program's answers."""

    captures: dict[str, Sealed] = field(default_factory=dict)
    listings: dict[int, Listing] = field(default_factory=dict)
    web: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    app: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    sellers: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    looks: dict[str, SecondLook] = field(default_factory=dict)
    found_in: dict[str, str] = field(default_factory=dict)  # finding -> capture


@cache
def seen(home: Home) -> Seen:
    it = Seen()
    with Book.open(home.book) as book:
        it.captures = {sealed.capture.id: sealed for sealed in book.captures()}
        goods = {known.subject.id: known.subject for known in book.listings()}
        it.listings = {int(one.product_id): one for one in goods.values()}
        for proof in book.findings():
            finding, url = proof.finding, it.captures[proof.capture].capture.url
            it.looks[finding.id], it.found_in[finding.id] = proof.second_look, proof.capture
            if finding.subject == "seller":
                it.sellers[urlsplit(url).path].append(finding)
            else:
                side = it.app if "/mp/" in url else it.web
                side[int(goods[finding.subject_id].product_id)].append(finding)
    return it


def journal(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in home.journal.read_bytes().splitlines()]


# --- the demo --------------------------------------------------------------------------------------------------------


def test_the_demo_ends_well(demo: DemoRun) -> None:
    assert demo.done.code == 0, demo.done.err
    said = demo.done.json
    conform("demo", said)
    assert (said["listings"], said["verified"]) == (49, True)
    assert said["findings"] == len(seen(demo.home).looks)
    assert len(said["leads"]) == len(set(said["leads"])) >= 8
    assert Path(said["package"]).is_dir()
    assert MARK in demo.done.err


def test_leads_are_the_sellers_matters_and_nothing_else(demo: DemoRun) -> None:
    # What could not be checked is kept with the listing and opens no lead.
    sure = [(good, item) for good in GOODS for item in good.yields if item.verdict is not Verdict.UNVERIFIED]
    due = {(STOCK.sellers[good.seller].name, item.matter.value) for good, item in sure}
    due |= {(shop.name, item.matter.value) for shop in STOCK.sellers.values() for item in shop.yields}
    rows = qingwang(demo.home.root, "leads", "list", "--json").rows
    assert [(row["seller"], row["matter"]) for row in rows if (row["seller"], row["matter"]) not in due] == []
    assert sorted((row["seller"], row["matter"]) for row in rows) == sorted(due)
    assert sorted(row["number"] for row in rows) == sorted(demo.done.json["leads"])
    book = seen(demo.home)
    found = [f for side in (book.web, book.app, book.sellers) for fs in side.values() for f in fs]
    alone = [f for f in found if f.verdict is Verdict.UNVERIFIED and f.kind is Matter.ADVERT]
    assert sum(row["findings"] for row in rows) + len(alone) == demo.done.json["findings"]


def test_every_good_is_one_listing_as_its_page_says(demo: DemoRun) -> None:
    listings = seen(demo.home).listings
    assert sorted(listings) == sorted(STOCK.goods)
    assert {n: one.title.text for n, one in listings.items()} == {good.id: good.title for good in GOODS}
    assert {n: Decimal(one.price.text) for n, one in listings.items()} == {g.id: Decimal(g.price) for g in GOODS}
    assert sum(Decimal(one.price.text) for one in listings.values()) == STOCK.value()


@pytest.mark.parametrize("good", GOODS, ids=lambda good: str(good.id))
def test_a_good_yields_exactly_its_matters(good: Good, demo: DemoRun) -> None:
    found = seen(demo.home)
    assert faults(good.yields, tuple(found.app[good.id])) == []
    assert faults(() if good.id in SHUT else good.yields, tuple(found.web[good.id])) == []


@pytest.mark.parametrize("shop", STOCK.sellers.values(), ids=lambda shop: shop.id)
def test_a_sellers_pages_yield_exactly_theirs(shop: Shop, demo: DemoRun) -> None:
    found = seen(demo.home).sellers
    assert faults(shop.yields, tuple(found[f"/shop/{shop.id}/licence"])) == []
    assert set(found) <= {f"/shop/{one.id}/licence" for one in STOCK.sellers.values()}


def test_pages_that_were_not_read_say_why_and_found_nothing(demo: DemoRun) -> None:
    found, by_page = seen(demo.home), defaultdict(set)
    for sealed in found.captures.values():
        parts = urlsplit(sealed.capture.url)
        number = (
            parts.path.removeprefix("/p/") if parts.path.startswith("/p/") else parse_qs(parts.query).get("id", [""])[0]
        )
        if sealed.capture.lane is Lane.HTTP and "/mp/" not in parts.path and number.isdigit():
            by_page[int(number)].add(sealed.outcome)
    assert by_page.pop(9001) == {Outcome.ERROR}  # 404
    assert {n: outcomes for n, outcomes in by_page.items() if outcomes != {STOCK.goods[n].outcome}} == {}
    assert sorted(by_page) == sorted(STOCK.goods)
    unread = {id for id, sealed in found.captures.items() if sealed.outcome is not Outcome.READ}
    assert unread & set(found.found_in.values()) == set()


def test_every_finding_of_a_page_was_looked_at_again(demo: DemoRun) -> None:
    found = seen(demo.home)
    pages = {f for f, at in found.found_in.items() if found.captures[at].capture.lane is Lane.HTTP}
    pages = {f for f in pages if "/mp/" not in found.captures[found.found_in[f]].capture.url}
    wanted = SecondLook.CONFIRMED if BROWSER else SecondLook.NONE
    assert len(pages) > 50
    assert {found.looks[f] for f in pages} == {wanted}
    assert {look for f, look in found.looks.items() if f not in pages} == {SecondLook.NONE}


def test_every_line_of_the_journal_says_it_is_a_demo(demo: DemoRun) -> None:
    lines = journal(demo.home)
    assert len(lines) > 300
    assert [line for line in lines if line["mark"] != MARK] == []
    assert {line["event"] for line in lines} >= {
        "crawl_began",
        "segment",
        "capture",
        "judgement",
        "crawl_ended",
        "package",
    }


def test_the_home_verifies(demo: DemoRun) -> None:
    done = qingwang(demo.home.root, "verify", "--home", "--json")
    conform("verify", done.json)
    assert (done.code, done.json["ok"]) == (0, True)


def test_the_package_verifies_without_our_program_and_with_it(demo: DemoRun) -> None:
    package = Path(demo.done.json["package"])
    sums = subprocess.run(
        ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (sums.returncode, sums.stdout, sums.stderr) == (0, "", "")
    done = qingwang(demo.home.root, "verify", str(package), "--json")
    conform("verify", done.json)
    assert (done.code, done.json["ok"]) == (0, True)
    assert MARK in (package / "report.html").read_text(encoding="utf-8")


def test_the_most_telling_lead_is_the_one_handed_over(demo: DemoRun) -> None:
    """Of the gravest the one with the most findings; its findings and only they are in the package."""
    package, most = Path(demo.done.json["package"]), demo.done.json["leads"][0]
    lead = json.loads((package / "lead.json").read_text(encoding="utf-8"))
    with Book.open(demo.home.book) as book:
        findings = {finding.id for finding in book.lead(most).findings}
    assert json.dumps(lead, ensure_ascii=False).count(MARK) >= 1
    held = json.loads((package / "findings.json").read_text(encoding="utf-8"))
    assert {row["finding"]["id"] for row in held} == findings


def test_another_lead_handed_over_as_a_zip(demo: DemoRun, tmp_path: Path) -> None:
    number = str(demo.done.json["leads"][-1])
    done = qingwang(demo.home.root, "package", number, "--zip", "--out", str(tmp_path), "--json")
    assert done.code == 0, done.out
    conform("package", done.json)
    assert (done.json["lead"], done.json["mark"]) == (int(number), MARK)
    made = Path(done.json["package"])
    assert made.parent == tmp_path
    assert [check.detail for check in verify(made) if not check.ok] == []


# --- a second run -----------------------------------------------------------------------------------------------------


def test_both_runs_say_the_same_and_that_a_page_is_missing(twice: Twice) -> None:
    """The mall answers one product with 500: what stands there was not seen, so no run is complete."""
    first, second = (done.json for done in twice.runs)
    assert [done.code for done in twice.runs] == [3, 3]
    assert {**first, "crawl": ""} == {**second, "crawl": ""}
    assert first["crawl"] != second["crawl"]
    assert (first["state"], first["listings"]) == ("incomplete", 49)


def test_a_second_run_adds_sightings_only(twice: Twice) -> None:
    (before, _), (after, _) = twice.shots
    assert after.said == before.said
    assert after.numbers == before.numbers
    assert after.captures == 2 * before.captures
    assert after.sightings == {id: 2 * times for id, times in before.sightings.items()}


def test_every_address_is_asked_for_once_a_run(twice: Twice) -> None:
    (_, first), (_, both) = twice.shots
    assert both == {path: 2 * times for path, times in first.items()}
    # Redirected lists come back to page 1, a 500 is asked for three times; everything else once under each of its addresses.
    assert {f"/p/{n}": first[f"/p/{n}"] for n in STOCK.goods if first[f"/p/{n}"] != 1} == {"/p/40": 3}


def test_the_web_shop_and_the_mini_program_are_read_alike(twice: Twice) -> None:
    found = seen(twice.home)
    assert sorted(found.listings) == sorted(STOCK.goods)
    alike = [g.id for g in GOODS if g.outcome is Outcome.READ]
    differ = [
        n for n in alike if {(f.rule, f.quote) for f in found.web[n]} != {(f.rule, f.quote) for f in found.app[n]}
    ]
    assert differ == []


def test_two_runs_leave_a_whole_home(twice: Twice) -> None:
    done = qingwang(twice.home.root, "verify", "--home", "--json")
    assert (done.code, [check for check in done.json["checks"] if not check["ok"]]) == (0, [])
