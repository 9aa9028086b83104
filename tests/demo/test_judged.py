"""The truth table held against the families, the shipped rules and the demo's register: what each listing must yield is
found, and nothing on those that are in order — on the mall's pages and through its JSON API alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scanner.crawl.reading.outcome import outcome
from scanner.demo.answers import Answer, asked
from scanner.demo.goods import LICENCES, REGISTER, Good, Shop, Yield, stock
from scanner.demo.shop import Site
from scanner.home import shipped_rules
from scanner.judge import duties, judge
from scanner.model import DutyState, Finding, Listing, Outcome, Seller, Verdict
from scanner.page import Page
from scanner.registry import Register, import_source
from scanner.rulebook import Rulebook, load
from spiders.generic import GenericShop
from spiders.jsonapi import JsonShop

NOW, DAY = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC), date(2026, 11, 22)
HOST = "mall.example"
SITE = Site(stock(), f"http://{HOST}")
GOODS = stock().goods.values()
GRAVITY = {Verdict.UNVERIFIED: 0, Verdict.SUSPECT: 1, Verdict.VIOLATION: 2}
READABLE = [good for good in GOODS if good.outcome is Outcome.READ]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(shipped_rules())


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    path: Path = tmp_path_factory.mktemp("judged") / "register.db"
    with Register.open(path) as opened:
        import_source(opened, "demo", [REGISTER, LICENCES], now=NOW, as_of=DAY)
        yield opened


def page(method: str, target: str, body: bytes = b"") -> Page:
    """What a visitor gets for a target, as a page."""
    answer: Answer = SITE.answer(asked(method, target, body))
    headers = ((b"Content-Type", answer.media_type.encode()),)
    return Page(url=f"http://{HOST}{target}", status=answer.status, headers=headers, body=answer.body, capture="c",
                time=NOW, method=method, request_body=body, storefront=HOST)  # fmt: skip


def from_html(good: Good) -> Listing:
    read = GenericShop().read(page("GET", f"/p/{good.id}"))
    assert isinstance(read, Listing)
    return read


def from_api(good: Good) -> Listing:
    body = json.dumps({"id": good.id}).encode()
    read = JsonShop(profile="demo-miniapp").read(page("POST", "/mp/goods/detail", body))
    assert isinstance(read, Listing)
    return read


def faults(yields: tuple[Yield, ...], findings: tuple[Finding, ...]) -> list[str]:
    """How the findings differ from what the table asks for."""
    wanted = {item.matter for item in yields}
    said = [f"{f.kind.value} {f.verdict.value} {f.rule} {f.field} {f.quote!r}" for f in findings]
    extra = [text for text, f in zip(said, findings, strict=True) if f.kind not in wanted]
    return extra + [
        f"missing {item.matter.value} {item.verdict.value}: {item.why}; found {said}"
        for item in yields
        if not any(f.kind is item.matter and GRAVITY[f.verdict] >= GRAVITY[item.verdict] for f in findings)
    ]


@pytest.mark.parametrize("good", GOODS, ids=lambda g: str(g.id))
def test_a_plain_visit_becomes_what_the_table_says(good: Good) -> None:
    assert (outcome(page("GET", f"/p/{good.id}")) or Outcome.READ) is good.outcome


@pytest.mark.parametrize("good", READABLE, ids=lambda g: str(g.id))
def test_pages_yield_what_the_table_says(good: Good, rulebook: Rulebook, register: Register) -> None:
    assert faults(good.yields, judge(from_html(good), rulebook, register, on=DAY)) == []


@pytest.mark.parametrize("good", GOODS, ids=lambda g: str(g.id))
def test_the_api_yields_what_the_table_says(good: Good, rulebook: Rulebook, register: Register) -> None:
    assert faults(good.yields, judge(from_api(good), rulebook, register, on=DAY)) == []


@pytest.mark.parametrize("seller", stock().sellers.values(), ids=lambda s: s.id)
def test_sellers_pages_yield_what_the_table_says(seller: Shop, rulebook: Rulebook, register: Register) -> None:
    home = GenericShop().read(page("GET", f"/shop/{seller.id}"))
    licence = GenericShop().read(page("GET", f"/shop/{seller.id}/licence"))
    assert isinstance(home, Seller)
    assert isinstance(licence, Seller)
    assert faults((), judge(home, rulebook, register, on=DAY)) == []
    assert faults(seller.yields, judge(licence, rulebook, register, on=DAY)) == []
    assert licence.uscc.text == (seller.uscc if seller.licence == "text" else "")


def test_the_malls_front_page_shows_what_a_platform_must(rulebook: Rulebook, register: Register) -> None:
    front = GenericShop().read(page("GET", "/"))
    assert isinstance(front, Seller)
    assert judge(front, rulebook, register, on=DAY) == ()
    assert {answer.duty: answer.state for answer in duties(front, rulebook, on=DAY)} == {
        "platform-filing-number": DutyState.SEEN, "platform-complaint-channel": DutyState.SEEN,
        "site-icp-number": DutyState.SEEN, "site-information-service-number": DutyState.SEEN,
    }  # fmt: skip


def test_a_lawful_page_shows_what_it_must(rulebook: Rulebook) -> None:
    states = {answer.duty: answer.state for answer in duties(from_html(stock().goods[8]), rulebook, on=DAY)}
    assert states.pop("registration-certificate-shown") is DutyState.PICTURE
    assert set(states.values()) == {DutyState.SEEN}
    assert {
        "contact-lens-fitting-warning",
        "reading-notice",
        "contraindications-notice",
        "structure-shown",
    } <= states.keys()


@pytest.mark.parametrize("good", READABLE, ids=lambda g: str(g.id))
def test_page_and_api_say_the_same(good: Good) -> None:
    one, other = from_html(good), from_api(good)
    assert (one.title.text, one.price.text, one.seller.text) == (other.title.text, other.price.text, other.seller.text)
    assert {s.number.number for s in one.numbers} == {s.number.number for s in other.numbers}
