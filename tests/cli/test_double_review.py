"""Double review: a lead is right when two different people say so, where the office or the unit asks for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.home import Home
from scanner.store.book import Book
from tests.cli.filled import Ask

UNITS = """units:
  - {id: city, name: 演示市市场监督管理局, level: city, scope: ["360100"], double_review: true}
"""


@pytest.fixture
def strict_office(filled: Home) -> Home:
    """An office that reviews every lead twice."""
    filled.config_file.write_text("double_review: true\n", encoding="utf-8")
    return filled


@pytest.fixture
def asking(filled: Home) -> Home:
    """A unit that takes only what two people reviewed."""
    filled.rules.mkdir(exist_ok=True)
    (filled.rules / "units.yaml").write_text(UNITS, encoding="utf-8")
    return filled


def state(ask: Ask, lead: int = 1) -> str:
    return str(ask("leads", "show", str(lead), "--json").json["lead"]["state"])


def said(home: Home, lead: int = 1) -> str:
    with Book.open(home.book) as book:
        row = book.one("SELECT judged FROM leads WHERE number = ?", (lead,))
    assert row is not None
    return str(row[0])


@pytest.mark.slow
def test_the_first_review_settles_nothing_and_one_person_is_not_two(ask: Ask, strict_office: Home) -> None:
    assert ask("leads", "decide", "1", "已固证", "--who", "甲").code == 0
    first = ask("leads", "decide", "1", "属实", "--who", "甲")
    assert (first.code, "等另一个人复核" in first.out) == (0, True)
    assert (state(ask), said(strict_office)) == ("secured", "")
    again = ask("leads", "decide", "1", "属实", "--who", " 甲 ")
    assert (again.code, "甲 已经复核过" in again.err) == (2, True)
    assert "不能交办" in ask("leads", "assign", "1", "--unit", "360100", "--who", "甲").err
    assert ask("leads", "decide", "1", "属实", "--who", "乙").code == 0
    assert (state(ask), said(strict_office)) == ("confirmed", "confirmed")
    assert ask("leads", "assign", "1", "--unit", "360100", "--who", "甲").code == 0


@pytest.mark.slow
def test_the_second_may_disagree_and_reviews_before_a_reopening_are_past(ask: Ask, strict_office: Home) -> None:
    for lead, words in ((1, "不属实"), (2, "待初筛")):
        assert ask("leads", "decide", str(lead), "已初筛", "--who", "甲").code == 0
        assert ask("leads", "decide", str(lead), "属实", "--who", "甲").code == 0
        assert ask("leads", "decide", str(lead), words, "--who", "乙").code == 0
    assert (state(ask), said(strict_office)) == ("dismissed", "dismissed")
    assert (state(ask, 2), said(strict_office, 2)) == ("open", "")
    assert ask("leads", "decide", "2", "属实", "--who", "丙").code == 0
    assert state(ask, 2) == "open"
    assert ask("leads", "decide", "2", "属实", "--who", "甲").code == 0
    assert state(ask, 2) == "confirmed"


@pytest.mark.slow
def test_a_unit_asks_for_two(ask: Ask, asking: Home) -> None:
    assert ask("leads", "decide", "1", "属实", "--who", "甲").code == 0
    assert state(ask) == "confirmed"
    refused = ask("leads", "assign", "1", "--unit", "演示市市场监督管理局", "--who", "甲")
    assert (refused.code, "还要另一个人复核" in refused.err) == (2, True)
    assert ask("leads", "assign", "2", "--unit", "330100", "--who", "甲").code == 2  # nobody confirmed it at all
    assert ask("leads", "decide", "1", "属实", "--who", "乙").code == 0
    assert ask("leads", "decide", "1", "属实", "--who", "丙").code == 2  # two are enough
    assert ask("leads", "assign", "1", "--unit", "city", "--who", "甲").code == 0
    assert ask("leads", "decide", "2", "属实", "--who", "甲").code == 0
    assert ask("leads", "assign", "2", "--unit", "330100", "--who", "甲").code == 0  # others take what one confirmed


@pytest.mark.usefixtures("strict_office")
def test_a_file_of_orders_is_held_to_it_too(ask: Ask, tmp_path: Path) -> None:
    rows = [{"lead": 1, "act": "confirm", "who": who} for who in ("甲", "甲", "乙")]
    file = tmp_path / "orders.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = ask("leads", "apply", str(file), "--json")
    assert (done.code, [row["decision"] is not None for row in done.rows]) == (2, [True, False, True])
    assert state(ask) == "confirmed"
