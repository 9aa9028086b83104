"""A seller's file: credentials over time and how they stand, alerts, shops, leads with what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from scanner.leads.dossier.credentials import Ask, alerts, credentials, expiring
from scanner.leads.dossier.history import total
from scanner.leads.dossier.seller import dossier
from scanner.model import Act, Field, FieldState, Measure, RevisitResult, Transfer
from scanner.registry import Register
from scanner.store.book import Book
from scanner.store.draft import seller_key
from tests.leads.dossier.making import (
    CODE,
    LICENCE,
    NAME,
    OTHER,
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
from tests.store.making import finding

TODAY = date(2026, 11, 22)
KEY = seller_key("a.example", NAME)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


def asked(register: Register) -> Ask:
    return lambda number, holder, on: register.standing(number, holder=holder, on=on)


def states(book: Book, register: Register | None, on: date = TODAY) -> dict[str, tuple[str, str, str]]:
    ask = asked(register) if register is not None else None
    found = credentials(book.pages_then(KEY), ask, on=on, within=90)
    return {one.number: (one.shown, one.term, one.valid_until.isoformat() if one.valid_until else "") for one in found}


def test_a_number_that_another_took_the_place_of(book: Book, tmp_path: Path) -> None:
    keep(book, shop_page(f"经营许可证 {LICENCE}号"), at(2026, 1, 5))
    keep(book, shop_page(f"经营许可证 {LICENCE}号"), at(2026, 3, 5))
    keep(book, shop_page(f"经营许可证 {OTHER}号"), at(2026, 6, 5))
    with operating(tmp_path, (OTHER, NAME, "2027-01-20")) as register:
        found = credentials(book.pages_then(KEY), asked(register), on=TODAY, within=90)
        told = alerts(found, on=TODAY)
    assert [(one.number, one.first_seen, one.last_seen, one.shown, one.term) for one in found] == [
        (LICENCE, at(2026, 1, 5), at(2026, 3, 5), "gone", "cannot_say"),
        (OTHER, at(2026, 6, 5), at(2026, 6, 5), "shown", "expires"),
    ]
    assert [(one.kind, one.number, one.days, one.now) for one in told] == [
        ("expires", OTHER, 59, ()), ("changed", LICENCE, None, (OTHER,))  # 22 November to 20 January
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "as_of", "state", "kinds"),
    [
        ("2027-02-20", date(2026, 11, 1), "expires", ["expires"]),  # the 90th day
        ("2027-02-21", date(2026, 11, 1), "in_force", []),
        ("2026-11-22", date(2026, 11, 1), "expires", ["expires"]),  # its last day
        ("2026-11-21", date(2026, 11, 22), "expired", ["expired"]),
        ("2026-11-21", date(2026, 11, 1), "past", ["past"]),  # the register is older than the end
        ("", date(2026, 11, 1), "cannot_say", []),
    ],
)
def test_terms(book: Book, tmp_path: Path, until: str, as_of: date, state: str, kinds: list[str]) -> None:
    keep(book, shop_page(f"经营许可证 {LICENCE}号"), at(2026, 11, 5))
    with operating(tmp_path, (LICENCE, NAME, until), as_of=as_of) as register:
        found = credentials(book.pages_then(KEY), asked(register), on=TODAY, within=90)
        assert ([one.term for one in found], [one.kind for one in alerts(found, on=TODAY)]) == ([state], kinds)


def test_nobody_can_say_is_not_fine(book: Book, tmp_path: Path) -> None:
    keep(book, shop_page(f"经营许可证 {LICENCE}号"), at(2026, 11, 5))
    keep(book, shop_page("没有编号", name="演示乙店", shop="b.example"), at(2026, 11, 5))
    assert states(book, None) == {LICENCE: ("shown", "cannot_say", "")}
    with operating(tmp_path, (OTHER, NAME, "2027-01-20")) as register:
        found = expiring(book.pages_then(), asked(register), on=TODAY, within=90)
    assert (found.of, found.nothing_shown, found.cannot_say) == (2, 1, 1)
    assert [(one.key, one.alerts, [x.number for x in one.cannot_say]) for one in found.sellers] == [
        (KEY, (), [LICENCE])
    ]


def test_a_picture_that_was_not_read_again_says_nothing(book: Book) -> None:
    picture = Field(state=FieldState.SEEN, text=f"许可证编号 {LICENCE}号")
    keep(book, shop_page("首页", pictures=picture), at(2026, 1, 5))
    keep(book, shop_page("首页有变化", pictures=Field(state=FieldState.NOT_LOOKED_AT)), at(2026, 2, 5))
    assert states(book, None)[LICENCE][0] == "not_looked_at"
    keep(book, shop_page("首页没有图片了"), at(2026, 3, 5))
    assert states(book, None)[LICENCE][0] == "gone"
    keep(book, shop_page("别的一页", page="home", pictures=picture), at(2026, 3, 6))
    assert states(book, None)[LICENCE][0] == "shown"  # on another page


def test_a_shop_name_is_no_licence_holder(book: Book, tmp_path: Path) -> None:
    """What a shop calls itself (旗舰店) disproves no holder; a company's name does."""
    for name, shop in (("甲家旗舰店", "c.example"), ("漠河采薇服饰有限公司", "d.example")):
        keep(book, shop_page(f"经营许可证 {LICENCE}号", name=name, shop=shop), at(2026, 11, 5))
    with operating(tmp_path, (LICENCE, NAME, "2029-01-20")) as register:
        found = expiring(book.pages_then(), asked(register), on=TODAY, within=90)
    assert [(one.key.partition("\n")[0], [a.kind for a in one.alerts]) for one in found.sellers] == [
        ("d.example", ["other_holder"])
    ]


def test_the_whole_file(book: Book) -> None:
    text = f"企业名称：{NAME}\n统一社会信用代码：{CODE}\n经营许可证 {LICENCE}号"
    keep(book, shop_page(text), at(2026, 1, 5))
    keep(book, shop_page(text, shop="b.example"), at(2026, 2, 5))
    first, second = goods("演示口罩"), goods("演示血压计", shop="b.example")
    keep(book, first, at(2026, 1, 6))
    keep(book, second, at(2026, 2, 6))
    one = lead(book, [finding(first)], first, at(2026, 1, 7))
    other = lead(book, [finding(second, quote="根治")], second, at(2026, 2, 7))
    step(book, one, Act.CONFIRM, "confirmed", at(2026, 1, 8))
    step(book, one, Act.ASSIGN, "assigned", at(2026, 1, 9), unit="guangzhou")
    dispose(book, one, at(2026, 2, 1), measures=(Measure.CHECKED, Measure.RECTIFY))
    dispose(
        book, one, at(2026, 2, 9), measures=(Measure.FINE,), fine="12000.50", transfers=(Transfer.POLICE,), case="穗1号"
    )
    dispose(book, one, at(2026, 3, 9), measures=(Measure.FINE, Measure.INCOME), fine="0.60", income="99.00")
    revisited(book, one, first, RevisitResult.GONE, at(2026, 3, 10))
    step(book, other, Act.DISMISS, "dismissed", at(2026, 2, 8), note="看错了")
    found = dossier(book, KEY, None, now=at(2026, 11, 22))
    assert [(shop.key, shop.listings, bool(shop.because)) for shop in found.shops] == [
        (KEY, 1, False), (seller_key("b.example", NAME), 1, True)
    ]  # fmt: skip
    assert [(x.lead, x.judged, x.state, x.counts) for x in found.leads] == [
        (one, "confirmed", "disposed", True), (other, "dismissed", "dismissed", False)
    ]  # fmt: skip
    mine = found.leads[0]
    assert (mine.handed, mine.acted, mine.judged_at) == (at(2026, 1, 9), at(2026, 2, 1), at(2026, 1, 8))
    assert mine.measures == (Measure.CHECKED, Measure.RECTIFY, Measure.FINE, Measure.INCOME)
    assert (mine.fine, mine.income, mine.cases, mine.transfers) == ("12001.10", "99.00", ("穗1号",), (Transfer.POLICE,))
    assert (total(found.leads, "fine"), found.leads[1].notes[0].note) == ("12001.10", "看错了")
    assert [pair.result for pair in found.revisits] == [RevisitResult.GONE]
    assert {one.type for one in found.credentials} == {"device_biz_license", "uscc"}
    assert len(found.pages) == 2


def test_leads_that_were_split_off_or_taken_in_are_the_sellers_too(book: Book) -> None:
    page = goods("演示口罩")
    keep(book, page, at(2026, 1, 6))
    findings = [finding(page), finding(page, quote="根治")]
    number = lead(book, findings, page, at(2026, 1, 7))
    step(book, number, Act.SPLIT, "open", at(2026, 1, 8), other=book.next_lead(), moved=(findings[1].id,))
    assert book.leads_of([KEY]) == [number, number + 1]
    assert book.leads_of([seller_key("a.example", "")]) == []  # of pages that name nobody: another seller
    step(book, number + 1, Act.MERGE, "merged", at(2026, 1, 9), other=number, moved=(findings[1].id,))
    step(book, number, Act.CONFIRM, "confirmed", at(2026, 1, 9))
    found = dossier(book, KEY, None, now=at(2026, 11, 22))
    assert [(x.lead, x.merged, x.counts) for x in found.leads] == [(number, 0, True), (number + 1, number, False)]


def test_names_over_time(book: Book) -> None:
    keep(book, shop_page("一", name="演示旧店"), at(2026, 1, 5))
    keep(book, shop_page("二", name="演示新店"), at(2026, 2, 5))
    (page,) = dossier(book, seller_key("a.example", "演示新店"), None, now=at(2026, 3, 1)).pages
    assert (page.names, page.versions) == (("演示旧店", "演示新店"), 2)
