"""``qingwang sellers risk``: what people read, what scripts get, what a shell may be given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.home import Home
from scanner.rulebook.load import _stray
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.dossier.making import at, goods, keep
from tests.schemas import conform


@pytest.mark.slow
def test_risk(ask: Ask, filled: Home) -> None:
    done = ask("sellers", "risk", "--json")
    assert done.code == 0
    for row in done.rows:
        conform("sellers-risk", row)
    assert done.rows == sorted(done.rows, key=lambda row: -row["points"])
    said = ask("sellers", "risk").out
    assert ("没有办结的线索 2 条" in said, "该再看的" in said, "\x1b" in said) == (True, True, False)
    assert ask("sellers", "risk", "--grade", "D", "--json").rows == []
    wrong = ask("sellers", "risk", "--grade", "Z", "--json")
    assert wrong.code == 2
    assert ask("sellers", "risk", "--urls", "--json").code == 2


def test_addresses_that_a_shell_cannot_misread(ask: Ask, filled: Home) -> None:
    bad = 'https://a.example/p/\' --allow-private "x"\n\\演示'
    with Book.open(filled.book) as book:
        keep(book, replace(goods("演示纱布"), url=bad), at(2020, 1, 1))
        keep(book, replace(goods("演示纱布二"), url="javascript:alert(1)"), at(2020, 1, 1))
    lines = ask("sellers", "risk", "--due", "--urls").out.splitlines()
    mine = [line for line in lines if line.startswith("https://a.example")]
    assert mine == ["https://a.example/p/%27%20--allow-private%20%22x%22%0A%5C%E6%BC%94%E7%A4%BA"]
    assert all(line.startswith("https://") for line in lines)


def test_a_home_has_its_own_points(ask: Ask, filled: Home) -> None:
    shipped = Path("rules/risk.yaml").read_text(encoding="utf-8")
    filled.rules.mkdir(exist_ok=True)
    own = filled.rules / "risk.yaml"
    own.write_text(
        shipped.replace("{grade: A, from: 0, days: 183}", "{grade: A, from: 1, days: 183}"), encoding="utf-8"
    )
    done = ask("sellers", "risk", "--json")
    assert (done.code, "from: 0" in done.json["error"]["problems"][0]["message"]) == (2, True)
    own.write_text(
        shipped.replace("days: 183}\n", "days: 1}\n").replace("class_iii: 2", "class_iii: 99"), encoding="utf-8"
    )
    assert all(row["days"] == 1 for row in ask("sellers", "risk", "--json").rows if row["grade"] == "A")
    assert _stray("risk.yaml") == _stray("credit.yaml") == ""  # no rule that lies where nobody reads it
