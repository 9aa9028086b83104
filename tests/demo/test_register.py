"""The demo's register, imported and asked as the demo does it, answers what the truth table builds on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from scanner import numbers
from scanner.demo.goods import LICENCES, REGISTER, Good, stock
from scanner.model import Matter, Standing, StandingAnswer
from scanner.registry import Register, import_source
from tests.demo.test_truth import holder_of, number_of

GOODS = stock().goods
NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
DAY = date(2026, 11, 22)
FAULTS = {
    3: Standing.LAPSED, 6: Standing.OTHER_HOLDER, 20: Standing.NOT_LISTED, 27: Standing.OTHER_PRODUCT, 37: Standing.LAPSED
}  # fmt: skip


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    with Register.open(tmp_path_factory.mktemp("register") / "register.db") as opened:
        report = import_source(opened, "demo", [REGISTER, LICENCES], now=NOW, as_of=DAY)
        assert report.bad == 0
        yield opened


def ask(register: Register, good: Good, on: date = DAY) -> StandingAnswer:
    number = numbers.parse(number_of(good) or good.certificate)
    assert number is not None
    return register.standing(number, product=good.attributes.get("产品名称", ""), holder=holder_of(good), on=on)


@pytest.mark.parametrize(("number", "standing"), FAULTS.items())
def test_faults_are_hard(register: Register, number: int, standing: Standing) -> None:
    answer = ask(register, GOODS[number])
    assert (answer.standing[0], answer.hard) == (standing, True)


@pytest.mark.parametrize(
    "good",
    [g for g in GOODS.values() if (number_of(g) or g.certificate) and Matter.REGISTRATION not in {y.matter for y in g.yields}],
    ids=lambda g: str(g.id),
)  # fmt: skip
@pytest.mark.parametrize("year", [2026, 2035])
def test_everything_else_is_in_force_now_and_in_ten_years(register: Register, good: Good, year: int) -> None:
    answer = ask(register, good, date(year, 11, 22))
    assert answer.standing == (Standing.IN_FORCE,), answer.why


def test_licences_of_the_sellers_are_registered(register: Register) -> None:
    for text in ("演城药监械经营许20230001号", "演城药监械经营备20230001号", "演城药监械经营备20230002号"):
        answer = register.lookup(text, on=DAY)
        assert (answer.standing, answer.hard) == ((Standing.IN_FORCE,), True), answer.why


def test_it_says_nothing_of_real_numbers(register: Register) -> None:
    answer = register.lookup("国械注准20993140001", on=DAY)
    assert Standing.NOT_LISTED not in answer.standing
