"""A year of random casework through the desk; every figure of every form against a recount from the journal alone."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import pytest

from scanner import clock
from scanner.casework import unfinished
from scanner.casework.desk import Desk, opened
from scanner.casework.lines import SAME_SELLER
from scanner.home import Home
from scanner.leads.gather import gather
from scanner.leads.order import Order, order
from scanner.leads.returns import figures
from scanner.leads.returns.cells import Period
from scanner.leads.same.book import enterprises, line
from scanner.leads.same.enterprises import Shop
from scanner.model import Act, LeadSource, Matter, Measure, Stage, Transfer
from scanner.store.book import Book
from scanner.store.identities import Said, Verdict
from tests.leads.returns.making import FORMS, at, tags
from tests.leads.returns.recount import recount
from tests.store.making import finding, listing, said

LEADS = 250
# name shown -> the company behind it, "" where it is the shop of one storefront
SELLERS = {
    "南昌演示医疗器械有限公司": "甲", "南昌演示医疗器械 有限公司": "甲", "演示乙药械厂": "乙", "演示丙百货经营部": "丙", "演示丁店": "", "演示戊旗舰店": "",
    "演示己（江西）商贸有限公司": "己", "演示己(江西)商贸有限公司": "己", "": "",
}  # fmt: skip
SHOPS = [f"s{n}.example" for n in range(30)]
PRODUCTS = [
    "medical-mask", "contact-lens", "彩色隐形眼镜", "rf-skin-device", "注射用透明质酸钠凝胶", "antigen-test", "professional-test",
    "antibody-test", "thermometer", "denture", "coronary-stent", "syringe", "assisted-reproduction", "oxygen-concentrator", "什么也不是", "",
]  # fmt: skip
# What may well come next in a state; now and then anything else is tried, and refused.
NEXT = {
    "open": ("confirm", "confirm", "confirm", "screen", "dismiss", "merge"), "screened": ("confirm", "secure"), "secured": ("confirm", "reopen"),
    "confirmed": ("assign", "assign", "assign", "dismiss", "reopen", "merge"), "dismissed": ("reopen",), "assigned": ("receive", "return"),
    "received": ("dispose", "check", "merge"), "checking": ("dispose",), "disposed": ("dispose", "dispose", "report", "report", "merge"),
    "reported": ("approve", "return", "return", "dispose", "merge"), "approved": ("dispose", "return"), "merged": ("unmerge", "note", "note"),
}  # fmt: skip
UNITS = ("360100", "360400", "360700")


class Year(NamedTuple):
    """A home after a year, what it was filled with, and how many orders were taken."""

    home: Home
    leads: dict[int, tuple[str, str]]
    enterprise: dict[tuple[str, str], str]
    taken: int


pytestmark = pytest.mark.slow  # the year alone takes ten seconds


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    dice = random.Random(20260101)
    home = Home(tmp_path_factory.mktemp("year"))
    home.make()
    home.config_file.write_text("operator: 甲\n", encoding="utf-8")
    leads, enterprise = _leads(home, dice)
    taken = 0
    try:
        with opened(home) as desk:
            states = dict.fromkeys(leads, "open")
            for number in range(60):
                clock.rehearse(at("01-02", dice.choice((0, 7, 12, 23)), 30) + timedelta(days=number * 4))
                _tell(dice, home, desk, clock.now())
                orders = [_order(dice, states) for _ in range(25)]
                for done in desk.take_all(orders):
                    if done.decision is not None:
                        states[done.decision.lead] = done.decision.state
                        taken += 1
    finally:
        clock.rehearse(None)
    return Year(home, leads, enterprise, taken)


def _leads(home: Home, dice: random.Random) -> tuple[dict[int, tuple[str, str]], dict[tuple[str, str], str]]:
    told: dict[int, tuple[str, str]] = {}
    enterprise: dict[tuple[str, str], str] = {}
    with Book.open(home.book) as book, book.write() as db:
        pairs = [(shop, name, matter) for shop in SHOPS for name in SELLERS for matter in Matter]
        for number, (shop, name, matter) in enumerate(dice.sample(pairs, LEADS)):
            page = listing(f"演示品{number}", seller=said(name), shop=shop)
            day = date(2026, 1, 1) + timedelta(days=dice.randint(0, 240))
            found = finding(page, f"r-{matter.value}", kind=matter)
            book.save_listing(page, f"c{number}", at("01-01"))
            book.save_findings([found], f"c{number}", at("01-01"))
            (lead,) = book.merge_leads(gather([(found, page)]), opened=datetime.combine(day, at("01-01", 0).timetz()))
            source = dice.choice((LeadSource.OWN, LeadSource.OWN, *LeadSource))
            db.execute("UPDATE leads SET source = ? WHERE number = ?", (source.value, lead.number))
            told.setdefault(lead.number, (source.value, day.isoformat()))
            told[lead.number] = (source.value, told[lead.number][1])
            enterprise[lead.storefront, lead.seller] = SELLERS[name] or f"{shop} {name}"
            enterprise[shop, " ".join(name.split())] = SELLERS[name] or f"{shop} {name}"
    return told, enterprise


def _tell(dice: random.Random, home: Home, desk: Desk, now: datetime) -> None:
    """What people say of two sellers: mostly that they are one, or of one company's name and yet two; now and then no more."""
    shops = [Shop(one.lead.storefront, one.lead.seller) for one in desk.book.counted_leads()]
    one = dice.choice(shops)
    alike = [shop for shop in shops if shop.name == one.name and shop.key != one.key]
    verdict: Verdict = dice.choice(("same", "same", "different", "withdrawn"))
    other = dice.choice(alike if verdict == "different" and alike else shops)
    known = desk.book.said_same()
    a, b = sorted((one.key, other.key))
    if verdict == "withdrawn" and known:
        last = dice.choice(known)
        a, b = last.a, last.b
    if a == b:
        return
    said = Said(a=a, b=b, verdict=verdict, who="甲", time=now)
    with unfinished.together(home, desk.book, desk.journal) as keep:
        desk.book.say_same(said)
        keep(SAME_SELLER, line(said))


def _order(dice: random.Random, states: dict[int, str]) -> Order:
    lead = dice.choice(list(states))
    acts = NEXT[states[lead]] if dice.random() < 0.95 else sum(NEXT.values(), ())
    act = dice.choice(acts)
    given: dict[str, object] = {"lead": lead, "act": act, "note": "演示"}
    if act == "assign":
        given["unit"] = dice.choice(UNITS)
    elif act == "merge":
        given["into"] = dice.choice(list(states))
    elif act == "dispose":
        given |= _disposition(dice)
    return order(**given)


def _disposition(dice: random.Random) -> dict[str, object]:
    measures = dice.sample([one for one in Measure if one is not Measure.UNFOUNDED], dice.randint(0, 5))
    given: dict[str, object] = {"measures": [one.value for one in measures], "to": []}
    if dice.random() < 0.15:
        return {"measures": ["unfounded", "checked"][: dice.randint(1, 2)]}
    if dice.random() < 0.3 or not measures:
        given["to"] = [one.value for one in dice.sample(list(Transfer), dice.randint(1, 3))]
    for measure, name in ((Measure.FINE, "fine"), (Measure.INCOME, "income")):
        if measure in measures:
            given[name] = f"{dice.randint(1, 10**7) / 100:.2f}"
    for measure, name in ((Measure.REVOCATION, "licences"), (Measure.PERSON, "persons")):
        if measure in measures:
            given[name] = dice.randint(1, 3)
    given["case"] = dice.choice(("", "", f"演市监案〔2026〕{dice.randint(1, 20)}号"))
    given["category"], given["stage"] = (
        dice.choice(PRODUCTS),
        dice.choice((Stage.ONLINE.value, *(one.value for one in Stage))),
    )
    return given


def test_the_year_is_full_enough_to_prove_something(year: Year) -> None:
    assert year.taken > 1000
    kinds = [line.split('"act":"')[1].split('"')[0] for line in year.home.journal.read_text(encoding="utf-8").splitlines()
             if '"event":"decision"' in line]  # fmt: skip
    assert {
        act: kinds.count(act) > 3 for act in ("dispose", "merge", "unmerge", "report", "return", "dismiss")
    } == dict.fromkeys(("dispose", "merge", "unmerge", "report", "return", "dismiss"), True)


def test_what_people_said_of_sellers_changes_the_figures(year: Year) -> None:
    with Book.open(year.home.book) as book:
        shops = {Shop(one.lead.storefront, one.lead.seller) for one in book.counted_leads()}
        who, said = enterprises(book, shops), book.said_same()
    assert {one.verdict for one in said} == {"same", "different", "withdrawn"}
    by_hand: dict[str, set[str]] = {}
    for shop in shops:
        by_hand.setdefault(year.enterprise[shop], set()).add(who(shop))
    assert any(len(found) > 1 for found in by_hand.values())  # one name, told apart
    assert len({who(shop) for shop in shops}) < len({year.enterprise[shop] for shop in shops})  # two names, one seller


def test_steps_of_some_acts_are_those_of_all_steps_in_their_order(year: Year) -> None:
    with Book.open(year.home.book) as book:
        some = list(book.steps(acts=(Act.MERGE, Act.UNMERGE)))
        assert some == [one for one in book.steps() if one.act in (Act.MERGE, Act.UNMERGE)]
    assert len(some) > 6


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize(
    ("since", "until"), [("2026-01-01", "2026-08-31"), ("2026-03-01", "2026-05-15"), ("2026-06-10", "2026-06-10")]
)
@pytest.mark.parametrize("unit", [None, "", *UNITS])
def test_every_figure_equals_a_recount_from_the_journal(
    year: Year, form: str, since: str, until: str, unit: str | None
) -> None:
    period = Period(since=date.fromisoformat(since), until=date.fromisoformat(until))
    with Book.open(year.home.book) as book:
        shops = {Shop(one.lead.storefront, one.lead.seller) for one in book.counted_leads()}
        found = figures.count(
            FORMS[form],
            (one.lead for one in book.counted_leads()),
            book.steps(before=period.end, acts=figures.ASKED),
            period,
            tags(),
            who=enterprises(book, shops),
            within=lambda one: unit in (None, one),
        )
    wanted = recount(year.home.journal, form, since, until, leads=year.leads, enterprise=year.enterprise, unit=unit)
    money = {
        (row.id, column.id) for row in FORMS[form].rows for column in FORMS[form].columns if column.count == "money"
    }
    for place in money:
        wanted[place] = (Decimal(wanted[place]) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert {place: cell.value for place, cell in found.cells.items()} == wanted
    if since == "2026-01-01" and unit is None:
        assert sum(bool(cell.value) for cell in found.cells.values()) > len(wanted) / 8
    for place, cell in found.cells.items():
        assert bool(cell.leads) == bool(cell.value) or place in money, place
