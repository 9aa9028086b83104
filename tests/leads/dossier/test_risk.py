"""Risk grades: points by hand, when to look again, what the book and the register say of a seller, the file's faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner import rulebook
from scanner.home import shipped_rules
from scanner.leads.dossier import risk
from scanner.leads.dossier.risk import Dated, Signs, grade
from scanner.leads.dossier.signs import signs
from scanner.model import Act, RevisitResult, Standing
from scanner.store.book import Book
from scanner.store.draft import seller_key
from tests.leads.dossier.making import LICENCE, NAME, at, goods, keep, lead, operating, revisited, shop_page, step
from tests.registry.company.pairs import code
from tests.store.making import finding

NOW = at(2026, 11, 22)
RULES = risk.load(shipped_rules())
FRESH = Signs(key="a.example\n演示", paged=True, credentials=1, last_seen=NOW - timedelta(days=1))


def ago(days: int, what: str = "1 号线索") -> Dated:
    return Dated(what=what, when=NOW - timedelta(days=days))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.open(tmp_path / "book.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("known", "points", "letter"),
    [
        ({}, 0, "A"),
        ({"class_iii": ("甲",)}, 2, "A"),
        ({"class_iii": ("甲",), "credentials": 0}, 3, "B"),
        ({"groups": (("implant", "甲"), ("sterile", "乙"))}, 4, "B"),  # the highest list, once
        ({"confirmed": (ago(730), ago(3))}, 4, "B"),
        ({"confirmed": (ago(731), ago(3))}, 2, "A"),  # too long ago
        ({"confirmed": tuple(map(ago, range(9)))}, 8, "C"),  # the cap
        ({"bad": (("1", Standing.LAPSED), ("2", Standing.NOT_LISTED))}, 4, "B"),
        ({"bad": tuple((str(n), Standing.LAPSED) for n in range(9)), "restricted": ("甲",)}, 9, "C"),
        ({"relisted": (ago(1),), "complaints": (ago(2), ago(366)), "confirmed": (ago(1),) * 3}, 10, "D"),
        ({"last_seen": NOW - timedelta(days=182)}, 0, "A"),
        ({"last_seen": NOW - timedelta(days=183)}, 2, "A"),
    ],
)
def test_points_and_grades(known: dict[str, Any], points: int, letter: str) -> None:
    found = grade(replace(FRESH, **known), RULES, now=NOW)
    assert (found.points, found.grade) == (points, letter)
    assert sum(one.points for one in found.reasons) == points


@pytest.mark.parametrize(("days", "overdue"), [(182, False), (183, True), (184, True)])
def test_when_to_look_again(days: int, overdue: bool) -> None:
    found = grade(replace(FRESH, last_seen=NOW - timedelta(days=days)), RULES, now=NOW)
    assert (found.days, found.overdue, found.due) == (183, overdue, NOW + timedelta(days=183 - days))


def test_who_was_never_seen_is_due() -> None:
    found = grade(Signs(key="x"), RULES, now=NOW)
    assert (found.due, found.overdue) == (None, True)


def test_signs_of_a_book(book: Book, tmp_path: Path) -> None:
    text = f"统一社会信用代码：{code('A')} 经营许可证 {LICENCE}号"
    keep(book, shop_page(text), at(2026, 11, 1))
    keep(book, shop_page(text, shop="b.example"), at(2026, 10, 1))
    keep(book, shop_page("没有编号", name="演示乙店", shop="c.example"), at(2026, 9, 1))
    tube = goods("演示冠状动脉支架", number="国械注准20213130001")
    keep(book, tube, at(2026, 11, 3))
    mask = goods("演示医用口罩", shop="b.example")
    keep(book, mask, at(2026, 10, 2))
    number = lead(book, [finding(mask)], mask, at(2026, 10, 3))
    step(book, number, Act.CONFIRM, "confirmed", at(2026, 10, 4))
    revisited(book, number, mask, RevisitResult.GONE, at(2026, 10, 5))
    keep(book, mask, at(2026, 10, 6))
    with operating(tmp_path, (LICENCE, NAME, "2025-06-01")) as register:
        found = {
            one.key: one
            for one in signs(
                book, rulebook.load(shipped_rules()), lambda n, h, on: register.standing(n, holder=h, on=on), now=NOW
            )
        }
    first, second, third = (
        found[seller_key(shop, name)]
        for shop, name in (("a.example", NAME), ("b.example", NAME), ("c.example", "演示乙店"))
    )
    assert (len(found), first.class_iii, second.class_iii) == (3, ("演示冠状动脉支架",), ())
    assert "implant" in dict(first.groups)
    assert first.bad == second.bad == ((LICENCE, Standing.LAPSED),)
    assert [[one.what for one in each.confirmed] for each in (first, second, third)] == [["1 号线索"], ["1 号线索"], []]
    assert (len(first.relisted), len(second.relisted)) == (0, 1)
    assert (first.last_seen, second.last_seen) == (at(2026, 11, 3), at(2026, 10, 6))
    assert (third.paged, third.credentials, first.credentials) == (True, 0, 2)
    assert first.urls == ("https://a.example/licence",)
    assert (
        grade(second, RULES, now=NOW).points == 2 + 2 + 3
    )  # a lead, a number, came back; masks are on no list that counts
