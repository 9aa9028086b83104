"""The scorecard: every figure counted by hand on a small book; what was not seen is in no share; how long bad listings stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scanner import rulebook
from scanner.home import shipped_rules
from scanner.leads.dossier.cards import Card, Scorecard
from scanner.leads.dossier.platforms import platform_of, scorecard
from scanner.leads.dossier.takedown import Stay, lasting, taken_down
from scanner.leads.gather import gather
from scanner.leads.interval import share
from scanner.leads.same.reading import key_of
from scanner.model import Act, Field, FieldState, Listing, Matter, RevisitResult, Seller, Transfer
from scanner.registry import Register, import_source
from scanner.store.book import Book
from scanner.store.draft import Kin
from tests.leads.dossier.making import at, dispose, goods, keep, lead, revisited, shop_page, step
from tests.registry.making import nmpa_csv, write
from tests.store.making import finding

START, END = at(2026, 7, 1, 0), at(2026, 10, 1, 0)
GOOD, GONE, STRANGE = "国械注准20213140001", "国械注准20213140002", "国械注进20212140003"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A whole register of domestic devices with one number; of imported ones nothing was brought."""
    header = ("注册证编号", "注册人名称", "产品名称", "管理类别", "有效期至")
    rows = [(GOOD, "演示甲医疗器械有限公司", "演示口罩", "二类", "2030-01-01")]
    with Register.open(tmp_path / "register.db") as opened:
        path = write(tmp_path, "器械.csv", nmpa_csv(rows, header))
        import_source(
            opened, "nmpa-device", [path], now=at(2026, 9, 30), as_of=at(2026, 9, 29).date(), extent="complete"
        )
        yield opened


def counted(book: Book, register: Register) -> dict[str, Card]:
    found = whole(book, register)
    return {card.id: card for card in found.cards}


def whole(book: Book, register: Register) -> Scorecard:
    return scorecard(
        book,
        rulebook.load(shipped_rules()),
        lambda n, h, on: register.standing(n, holder=h, on=on),
        start=START,
        end=END,
    )


def on_taobao(one: Listing | Seller, shop: str = "shop1") -> Listing | Seller:
    return replace(one, storefront=f"{shop}.taobao.com")


def test_whose_a_storefront_is() -> None:
    assert platform_of("shop9.taobao.com") == platform_of("detail.tmall.com") == ("taobao", "淘宝")
    assert platform_of("www.own.example:8443")[0] == platform_of("own.example:8443")[0]


def test_shops_and_what_they_show(book: Book, register: Register) -> None:
    """Five shops of a platform: one shows its licence, one on its second page, one does not, of one the pictures were not
    read, one was not looked at in the period."""
    sells = "家用制氧机 899元\n医用雾化器 199元"
    none = Field(state=FieldState.ABSENT)
    shown = (("https://x.example/1.jpg", "医疗器械经营许可证"),)
    pages = [
        ("a.example", "甲店", "licence", shown, none), ("b.example", "乙店", "home", (), none), ("b.example", "乙店", "licence", shown, none),
        ("c.example", "丙店", "licence", (), none),
        ("d.example", "丁店", "licence", (("https://x.example/2.jpg", ""),), Field(state=FieldState.NOT_LOOKED_AT)),
    ]  # fmt: skip
    for shop, name, kind, pictures, read in pages:
        page = replace(shop_page(sells, name=name, shop=shop, page=kind, pictures=read), pictures=pictures)
        keep(book, replace(page, storefront=f"{shop[0]}.taobao.com"), at(2026, 8, 1))
    keep(book, on_taobao(shop_page(sells, name="戊店", shop="e.example"), "e"), at(2025, 12, 1))
    keep(book, on_taobao(goods("演示口罩", name="己店"), "f"), at(2026, 8, 2))
    card = counted(book, register)["taobao"]
    licence = next(one for one in card.now.duties if one.duty == "shop-licence-shown")
    assert (licence.shown, licence.untold) == (share(2, 3), {"not_looked_at": 1})
    assert (card.now.shops, card.now.listings, card.name, len(card.hosts)) == (5, 1, "淘宝", 5)
    assert (card.now.recheck.within, card.now.recheck.never) == (share(4, 5), 1)
    assert card.now.recheck.late == ("e.taobao.com\n戊店",)  # 1 December to 1 October: over 183 days
    assert (card.earlier.shops, card.earlier.duties[0].shown) == (0, share(0, 0))


def test_numbers_that_are_not_there(book: Book, register: Register) -> None:
    for place, (title, number) in enumerate((
        ("演示口罩一", GOOD), ("演示口罩二", GONE), ("演示口罩三", "国械注准20219140001"), ("演示口罩四", STRANGE), ("演示口罩五", ""),
    )):  # fmt: skip
        keep(book, goods(title, number=number, place=str(place)), at(2026, 8, 1))
    keep(book, goods("演示口罩一", number=GONE, place="0"), at(2026, 10, 2))  # after the period it says something else
    now = counted(book, register)["a.example"].now
    # One of class 9 does not exist, whatever the register says; of imported ones it can say nothing.
    assert (now.numbers.unregistered, now.numbers.cannot_say) == (share(2, 3), 1)
    assert now.numbers.standings == {"not_listed": 1, "malformed": 1}
    assert now.numbers.sources == {"nmpa-device": 1, "form": 1}
    assert now.listings == 5


def test_how_long_known_ones_stay(book: Book, register: Register) -> None:
    """Handed over on 2 July: gone after 10 days; seen up after 40; never looked at again. Not confirmed: not known."""
    numbers: dict[str, tuple[int, Listing]] = {}
    for name in ("gone", "up", "unseen", "open", "before"):
        page = goods(f"演示{name}", name=f"演示{name}店", place=name)
        keep(book, page, at(2026, 6, 1))
        numbers[name] = lead(book, [finding(page)], page, at(2026, 6, 2)), page
        if name != "open":
            step(book, numbers[name][0], Act.CONFIRM, "confirmed", at(2026, 6, 3))
    for name in ("gone", "unseen"):
        step(book, numbers[name][0], Act.ASSIGN, "assigned", at(2026, 7, 2), unit="u")
    dispose(book, numbers["up"][0], at(2026, 7, 2), transfers=(Transfer.TELECOM,))
    second = finding(numbers["gone"][1], "display-number", kind=Matter.DISPLAY)  # in another matter too: one listing
    step(book, lead(book, [second], numbers["gone"][1], at(2026, 7, 3)), Act.CONFIRM, "confirmed", at(2026, 7, 4))
    revisited(book, *numbers["gone"], RevisitResult.GONE, at(2026, 7, 12))
    revisited(book, *numbers["up"], RevisitResult.BLOCKED, at(2026, 8, 30))
    revisited(book, *numbers["up"], RevisitResult.SAME, at(2026, 8, 5))
    keep(book, numbers["up"][1], at(2026, 8, 11))
    keep(book, numbers["gone"][1], at(2026, 9, 1))  # back again
    card = counted(book, register)["a.example"]
    down = card.now.taken_down
    assert (down.known, down.gone, down.up, down.not_looked_at) == (3, 1, 1, 1)
    assert (down.days_gone, down.days_up, down.longest, down.days) == (10, 40, 40, 10)
    assert (card.now.relisted_same, card.now.relisted_similar) == (1, 0)
    assert card.earlier.taken_down.known == 1  # never handed over: known since its finding, in June


def test_a_listing_counts_where_it_stands(book: Book, register: Register) -> None:
    """The lead of a seller's shop takes in what its other shop on another platform shows: that is the other platform's listing."""
    page, other = goods("演示口罩"), on_taobao(goods("演示血压计", shop="b.example"))
    for one in (page, other):
        keep(book, one, at(2026, 7, 5))
    found = [finding(page), finding(other, quote="根治")]
    book.save_findings(found, "capture", at(2026, 7, 6))
    drafts = [
        replace(draft, kin=(Kin(key=key_of(page), because="同一经营者"),)) for draft in gather([(found[1], other)])
    ]
    number = lead(book, found[:1], page, at(2026, 7, 6))
    assert [one.number for one in book.merge_leads(drafts, opened=at(2026, 7, 7))] == [number]
    step(book, number, Act.CONFIRM, "confirmed", at(2026, 7, 8))
    cards = counted(book, register)
    assert [cards[one].now.taken_down.known for one in ("a.example", "taobao")] == [1, 1]


def test_the_median_counts_those_that_are_still_up() -> None:
    """By hand, of the textbook's kind: 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16: S(6) = 8/11, S(7) = 8/11 · 6/7 = 48/77, S(10) = 48/77 · 4/5 =
    192/385 = 0.4987."""
    assert lasting([6, 6, 6, 7, 10, 13, 16], [6, 9, 10, 11]) == 10
    known = at(2026, 1, 1)
    gone = [Stay(known, known + timedelta(days=n), None) for n in (2, 4)]
    up = [Stay(known, None, known + timedelta(days=n)) for n in (30, 50, 70)]
    found = taken_down([*gone, *up, Stay(known, None, None)])
    assert (found.days_gone, found.days_up, found.days, found.longest) == (3, 50, None, 70)
    assert taken_down([]).days is None
