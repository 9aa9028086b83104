"""``qingwang sellers file`` and ``expiring``: by key, name, code or id; what people read, what scripts get."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.home import Home
from scanner.model import Act, Measure
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.dossier.making import CODE, LICENCE, NAME, at, dispose, goods, keep, lead, operating, shop_page, step
from tests.schemas import conform
from tests.store.making import finding


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    with Book.open(made.book) as book:
        page = shop_page(f"企业名称：{NAME}\n统一社会信用代码：{CODE}\n经营许可证 {LICENCE}号")
        keep(book, page, at(2026, 1, 5))
        keep(book, shop_page("什么也没有", name="演示\x1b[31m乙[/bold]店", shop="b.example"), at(2026, 1, 5))
        item = goods("演示口罩")
        keep(book, item, at(2026, 1, 6))
        number = lead(book, [finding(item)], item, at(2026, 1, 7))
        step(book, number, Act.CONFIRM, "confirmed", at(2026, 1, 8))
        dispose(book, number, at(2026, 2, 1), measures=(Measure.FINE,), fine="5000.00")
    operating(made.root, (LICENCE, NAME, "2025-06-01")).close()
    return made


@pytest.mark.parametrize("asked", [f"a.example|{NAME}", NAME, CODE, CODE.lower()])
def test_a_file_by_whatever_names_the_seller(ask: Ask, home: Home, asked: str) -> None:
    done = ask("sellers", "file", asked, "--json")
    assert done.code == 0
    conform("sellers-file", done.json)
    assert (done.json["totals"]["fine"], [one["lead"] for one in done.json["file"]["leads"]]) == ("5000.00", [1])
    assert [one["kind"] for one in done.json["file"]["alerts"]] == ["expired"]


def test_by_the_id_of_a_page_and_what_people_read(ask: Ask, home: Home) -> None:
    (page, *_) = ask("sellers", "file", NAME, "--json").json["file"]["pages"]
    said = ask("sellers", "file", page["id"][:8]).out
    for words in (LICENCE, "已过期", "2025-06-01", "罚款", "5000.00", "属实"):
        assert words in said
    other = ask("sellers", "file", "b.example|演示\x1b[31m乙[/bold]店")
    assert other.code == 0
    assert ("没有线索" in other.out, "\x1b" in other.out, "[/bold]" in other.out) == (True, False, True)


def test_why_nothing_can_be_said_is_said_in_words(ask: Ask, home: Home) -> None:
    with Book.open(home.book) as book:
        keep(book, shop_page("(京)-非经营性-2024-9001", name="演示丙店", shop="c.example"), at(2026, 1, 5))
    said = ask("sellers", "file", "演示丙店").out
    assert ("no_source" in said, "没有导入" in said) == (False, True)


def test_a_name_that_nobody_or_several_have(ask: Ask, home: Home) -> None:
    assert ask("sellers", "file", "没有这家店", "--json").code == 2
    with Book.open(home.book) as book:
        for shop in ("c.example", "d.example"):
            keep(book, shop_page("店铺", name="健康小店", shop=shop), at(2026, 1, 5))
    done = ask("sellers", "file", "健康小店", "--json")
    conform("error", done.json)
    assert (done.code, "c.example|健康小店、d.example|健康小店" in done.json["error"]["hint"]) == (2, True)


def test_expiring(ask: Ask, home: Home) -> None:
    done = ask("sellers", "expiring", "--json")
    assert done.code == 0
    conform("sellers-expiring", done.json)
    assert (done.json["of"], done.json["nothing_shown"], done.json["cannot_say"]) == (2, 1, 0)
    said = ask("sellers", "expiring").out
    assert ("已过期" in said, "有效期未知" in said) == (True, True)


def own_conditions(home: Home, old: str = "", new: str = "") -> None:
    """The home's conditions: those shipped, without windows in time, which the machine's clock would pass."""
    shipped = Path("rules/credit.yaml").read_text(encoding="utf-8")
    timeless = re.sub(r"    within_days: \d+\n", "", shipped)
    home.rules.mkdir(exist_ok=True)
    (home.rules / "credit.yaml").write_text(timeless.replace(old, new) if old else timeless, encoding="utf-8")


def test_credit(ask: Ask, home: Home) -> None:
    own_conditions(home)
    done = ask("sellers", "credit", NAME, "--json")
    assert done.code == 0
    conform("sellers-credit", done.json)
    assert (done.json["confirmed"], done.json["fine"], done.json["proposal"]) == (1, "5000.00", "")
    assert "没有满足的情形" in ask("sellers", "credit", NAME).out
    with Book.open(home.book) as book:
        step(book, 1, Act.NOTE, "disposed", at(2026, 3, 1), note="当事人\x1b[31m拒不改正[/bold]")
    said = ask("sellers", "credit", NAME).out
    for words in ("拟提请", "不是认定", "条文待核", "拒不改正[/bold]"):
        assert words in said
    assert "\x1b" not in said
    assert "列入严重违法失信名单。" not in said  # nothing says that it is on the list


def test_a_home_has_its_own_conditions(ask: Ask, home: Home) -> None:
    own_conditions(home, "at_least: 3", "at_least: 1")
    assert ask("sellers", "credit", NAME, "--json").json["met"] == ["repeat"]
    own_conditions(home, "counts: fine", "counts: fines")
    done = ask("sellers", "credit", NAME, "--json")
    assert (done.code, "credit.yaml" in done.json["error"]["problems"][0]["where"]) == (2, True)
