"""A platform's file: whose a number is, whose a lead, what is overdue, how long bad listings stayed; which platform is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner import rulebook
from scanner.errors import UsageError
from scanner.home import shipped_rules
from scanner.leads import clocks
from scanner.leads.dossier.credentials import Ask
from scanner.leads.dossier.named import platform_named
from scanner.leads.dossier.platform import PlatformFile, platform_file
from scanner.leads.dossier.platforms import scorecard
from scanner.leads.gather import gather
from scanner.leads.same.reading import key_of
from scanner.model import Act, Measure, Number, RevisitResult, Seller, StandingAnswer
from scanner.registry import Register
from scanner.store.book import Book
from scanner.store.draft import Kin
from tests.leads.dossier.making import (
    CODE,
    LICENCE,
    NAME,
    at,
    dispose,
    goods,
    keep,
    lead,
    operating,
    revisited,
    shop_page,
    step,
)
from tests.store.making import finding, said

NOW = at(2026, 11, 22)
FILED, REFILED = "(京)网械平台备字(2018)第90001", "(京)网械平台备字(2026)第90002"
DRUG, OTHER_DRUG = "(京)-非经营性-2024-9001", "(京)-非经营性-2024-9002"
ICP = "京ICP备12345678号-1"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def shown(book: Book, asked: str = "淘宝", ask: Ask | None = None) -> PlatformFile:
    """The file as of NOW; without ``ask`` of a register that is empty."""
    rules = shipped_rules()
    named = platform_named(asked, (one.storefront for one in book.hosts()))
    whole = rulebook.load(rules)
    with Register.open(Path(":memory:")) as empty:
        return platform_file(
            book, named, whole, ask or (lambda n, h, on: empty.standing(n, holder=h, on=on)), clocks.load(rules), now=NOW,
            period=timedelta(days=183), within=90,
        )  # fmt: skip


def on(one: Any, host: str, url: str = "") -> Any:
    return replace(one, storefront=host, url=url or f"https://{host}/")


def front(text: str) -> Seller:
    """The platform's own front page."""
    return on(shop_page(text, page="home", shop="www.taobao.com"), "www.taobao.com")


def shop(number: int, text: str, *, name: str = "") -> Seller:
    host = f"shop{number}.taobao.com"
    return on(shop_page(text, page="home", shop=host, name=name or f"演示{number}店"), host)


def test_whose_a_number_is(book: Book) -> None:
    """At the foot of every shop's page stand the platform's numbers; a shop's licence is no platform's."""
    keep(book, front(f"{NAME} 统一社会信用代码：{CODE}\n{FILED}号\n{ICP}"), at(2026, 1, 5))
    keep(book, shop(1, f"{FILED}号 {DRUG} {LICENCE}号"), at(2026, 2, 5))
    keep(book, shop(2, f"{FILED}号 {DRUG} {OTHER_DRUG}"), at(2026, 3, 5))
    found = shown(book).papers
    told = {one.credential.number: (one.own, one.shops) for one in found.sure}
    assert told == {FILED: (True, 2), ICP: (True, 0), DRUG: (False, 2), CODE: (True, 0)}
    assert [(one.credential.number, one.shops) for one in found.perhaps] == [(OTHER_DRUG, 1)]
    (filed,) = [one.credential for one in found.sure if one.credential.number == FILED]
    assert (filed.first_seen, filed.last_seen, filed.shown) == (at(2026, 1, 5), at(2026, 3, 5), "shown")
    assert [one.url for one in found.own_pages] == ["https://www.taobao.com/"]
    assert shown(book).shops_seen == 2  # the platform itself is none of its shops


def test_a_shop_with_the_platforms_filing_at_its_foot_is_no_platform(book: Book) -> None:
    keep(book, shop(1, f"{FILED}号 {LICENCE}号 统一社会信用代码：{CODE}", name=NAME), at(2026, 2, 5))
    found = shown(book).papers
    assert (found.own_pages, [one.credential.number for one in found.sure]) == ((), [FILED])


def test_a_shop_is_no_holder_of_the_platforms_filing(book: Book) -> None:
    """Neither its name nor its code, which its page gives apart from the text, is asked about or counted."""
    page = shop(1, f"{FILED}号", name=NAME)
    keep(book, replace(page, uscc=said(CODE)), at(2026, 2, 5))
    holders: list[str] = []
    with Register.open(Path(":memory:")) as empty:

        def ask(number: Number, holder: str, day: date) -> StandingAnswer:
            holders.append(holder)
            return empty.standing(number, holder=holder, on=day)

        found = shown(book, ask=ask).papers
    assert ([one.credential.number for one in found.sure], found.perhaps, holders) == ([FILED], (), [""])


def test_a_site_of_its_own_shows_its_own(book: Book) -> None:
    keep(book, shop_page(f"{NAME} {OTHER_DRUG} {ICP}", page="home"), at(2026, 2, 5))
    found = shown(book, "a.example")
    assert {one.credential.number for one in found.papers.sure} == {OTHER_DRUG, ICP}
    assert (found.sites, found.papers.perhaps) == ((), ())


def test_what_changed_and_what_ends(book: Book, tmp_path: Path) -> None:
    licence = f"{NAME} 经营许可证 {LICENCE}号"
    keep(book, front(f"{licence} {FILED}号"), at(2026, 1, 5))
    keep(book, front(f"{licence} {REFILED}号"), at(2026, 6, 5))
    with operating(tmp_path, (LICENCE, NAME, "2027-01-20")) as register:
        found = shown(book, ask=lambda n, h, day: register.standing(n, holder=h, on=day)).papers
    assert [(one.kind, one.number, one.days, one.now) for one in found.alerts] == [
        ("expires", LICENCE, 59, ()), ("changed", FILED, None, (REFILED,))  # 22 November to 20 January
    ]  # fmt: skip


def test_leads_with_what_came_of_them_and_whether_in_time(book: Book) -> None:
    """By shop: 1 reported in time and closed, 2 reported late, 3 overdue, 4 not signed for, 5 nobody had it; 6 has today."""
    for number in range(1, 7):
        item = on(goods("演示口罩", name=f"演示{number}店", place=str(number)), f"shop{number}.taobao.com")
        keep(book, item, at(2026, 1, 5))
        assert lead(book, [finding(item)], item, at(2026, 1, 6)) == number
        if number != 5:
            step(book, number, Act.CONFIRM, "confirmed", at(2026, 1, 7))
            step(book, number, Act.ASSIGN, "assigned", at(2026, 1, 8), unit="u")
        if number not in (4, 5):
            due = date(2026, 11, 22) if number == 6 else date(2026, 2, 28)
            step(book, number, Act.RECEIVE, "received", at(2026, 1, 9), due=due)
    for number, reported in ((1, at(2026, 2, 28)), (2, at(2026, 3, 1))):
        dispose(book, number, at(2026, 2, 20), measures=(Measure.FINE,), fine="5000.00")
        step(book, number, Act.REPORT, "reported", reported)
    step(book, 1, Act.CLOSE, "closed", at(2026, 3, 9))
    found = shown(book)
    assert [(one.history.lead, one.handled, one.late, one.open) for one in found.leads] == [
        (1, "on_time", "", False), (2, "late", "", True), (3, "overdue", "result", True), (4, "unsigned", "sign", True),
        (5, "", "", True), (6, "running", "", True),
    ]  # fmt: skip
    assert (found.open, found.overdue, found.leads[0].history.fine) == ((2, 3, 4, 5, 6), (3, 4), "5000.00")
    assert (found.shops_seen, [one.key.partition(".")[0] for one in found.shops]) == (
        6, ["shop3", "shop4", "shop2", "shop5", "shop6", "shop1"]
    )  # fmt: skip
    assert [(one.leads, one.open, one.overdue) for one in found.shops[::5]] == [(1, 1, 1), (1, 0, 0)]


def test_a_lead_that_took_in_a_shops_page_is_of_both_platforms(book: Book) -> None:
    page, other = goods("演示口罩"), on(goods("演示血压计", shop="b.example"), "shop1.taobao.com")
    for one in (page, other):
        keep(book, one, at(2026, 7, 5))
    number = lead(book, [finding(page)], page, at(2026, 7, 6))
    second = finding(other, quote="根治")
    book.save_findings([second], "capture", at(2026, 7, 6))
    kin = (Kin(key=key_of(page), because="同一经营者"),)
    book.merge_leads([replace(one, kin=kin) for one in gather([(second, other)])], opened=at(2026, 7, 7))
    step(book, number, Act.CONFIRM, "confirmed", at(2026, 7, 8))
    mine, own = shown(book), shown(book, "a.example")
    assert ([one.history.lead for one in mine.leads], [one.history.lead for one in own.leads]) == ([number], [number])
    assert ([one.listing for one in mine.listings], [one.listing for one in own.listings]) == ([other.id], [page.id])


def test_how_long_they_stayed(book: Book) -> None:
    for number, name in enumerate(("gone", "back", "up", "unseen"), 1):
        item = on(goods(f"演示{name}", name=f"{name}店", place=name), "shop1.taobao.com")
        keep(book, item, at(2026, 6, 1))
        lead(book, [finding(item)], item, at(2026, 6, 2))
        step(book, number, Act.CONFIRM, "confirmed", at(2026, 6, 3))
        step(book, number, Act.ASSIGN, "assigned", at(2026, 7, 2), unit="u")
        if name in ("gone", "back"):
            revisited(book, number, item, RevisitResult.GONE, at(2026, 7, 12))
        if name in ("back", "up"):
            keep(book, item, at(2026, 8, 11))
    found = shown(book)
    assert [(one.lead, one.state, one.days) for one in found.listings] == [
        (2, "back", 10), (3, "up", 40), (4, "not_looked_at", None), (1, "gone", 10)
    ]  # fmt: skip
    assert (found.taken_down.known, found.taken_down.gone, found.taken_down.up) == (4, 2, 1)


def test_figures_are_the_scorecards(book: Book, tmp_path: Path) -> None:
    keep(book, shop(1, "家用制氧机 899元"), at(2026, 10, 1))
    keep(book, goods("演示口罩"), at(2026, 10, 1))  # of another platform
    with Register.open(tmp_path / "register.db") as register:
        ask: Ask = lambda n, h, day: register.standing(n, holder=h, on=day)  # noqa: E731
        whole = scorecard(book, rulebook.load(shipped_rules()), ask, start=NOW - timedelta(days=183), end=NOW)
        alone = scorecard(
            book, rulebook.load(shipped_rules()), ask, start=NOW - timedelta(days=183), end=NOW, only="taobao"
        )
        found = shown(book, ask=ask)
    assert found.card == next(one for one in whole.cards if one.id == "taobao")
    assert found.card is not None
    assert (found.card.now.shops, [one.id for one in alone.cards]) == (1, ["taobao"])


@pytest.mark.parametrize(
    "asked", ["taobao", "TAOBAO", "淘宝", "天猫", "shop9.taobao.com", "https://detail.tmall.com/x"]
)
def test_which_is_meant(asked: str) -> None:
    assert platform_named(asked, []).id == "taobao"


def test_a_site_is_known_only_where_the_book_has_it() -> None:
    assert platform_named("www.own.example", ["own.example"]).id == "own.example"
    for asked, near in (("own.exmaple", "own.example"), ("京冬", "京东（jd）"), ("taobo", "淘宝（taobao）")):
        with pytest.raises(UsageError) as told:
            platform_named(asked, ["own.example"])
        assert near in told.value.hint
    with pytest.raises(UsageError):
        platform_named("", ["own.example"])


def test_a_platform_of_which_nothing_was_seen_is_not_unknown(book: Book) -> None:
    found = shown(book, "快手")
    assert (found.hosts, found.shops_seen, found.card, found.leads) == ((), 0, None, ())
