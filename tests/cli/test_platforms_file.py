"""``qingwang platforms file``: what people read in 100 columns, what scripts get, a platform that there is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from scanner.home import Home
from scanner.model import Act, Measure, Outcome, RevisitResult
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.dossier.making import LICENCE, NAME, at, dispose, goods, keep, lead, revisited, shop_page, step
from tests.schemas import conform
from tests.store.making import capture, finding

FILED, DRUG = "(京)网械平台备字(2018)第90001", "(京)-非经营性-2024-9001"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three shops on a platform and its front page; one has a lead that nobody answered in time, its page is gone."""
    made = Home(tmp_path / "home")
    made.make()
    with Book.open(made.book) as book:
        front = shop_page(f"{NAME} {FILED}号 经营许可证 {LICENCE}号", page="home", shop="www.taobao.com")
        keep(book, replace(front, url="https://www.taobao.com/"), at(2026, 1, 5))
        for number in (1, 2, 3):
            host = f"shop{number}.taobao.com"
            name = f"演示\x1b[31m{number}[/bold]" + "很长的店铺名称" * 12
            page = shop_page(f"{FILED}号 {DRUG if number == 3 else ''}", page="home", shop=host, name=name)
            keep(book, replace(page, url=f"https://{host}/"), at(2026, 1, 5))
        item = goods("演示口罩" * 30, name=name, shop=host, place="x" * 300)
        keep(book, item, at(2026, 1, 6))
        one = lead(book, [finding(item)], item, at(2026, 1, 7))
        step(book, one, Act.CONFIRM, "confirmed", at(2026, 1, 8))
        step(book, one, Act.ASSIGN, "assigned", at(2026, 1, 9), unit="u")
        step(book, one, Act.RECEIVE, "received", at(2026, 1, 10), due=date(2026, 2, 1))
        dispose(book, one, at(2026, 1, 20), measures=(Measure.FINE, Measure.INCOME), fine="123456.00", income="99.00")
        revisited(book, one, item, RevisitResult.GONE, at(2026, 1, 29))
        book.save_capture(capture(9, shop="m.taobao.com"), Outcome.BLOCKED, "crawl")
    return made


def test_what_scripts_get(ask: Ask, home: Home) -> None:
    done = ask("platforms", "file", "淘宝", "--json")
    assert done.code == 0
    conform("platforms-file", done.json)
    found = done.json
    assert (found["id"], found["shops_seen"], found["open"], found["overdue"]) == ("taobao", 3, [1], [1])
    assert found["shops"][0]["key"].startswith("shop3.taobao.com\n")
    assert [(one["state"], one["days"]) for one in found["listings"]] == [("gone", 20)]
    assert {one["host"]: (one["captures"], one["read"]) for one in found["hosts"]}["m.taobao.com"] == (1, 0)
    few = ask("platforms", "file", "taobao", "--limit", "1", "--json").json
    assert (len(few["shops"]), few["shops_seen"], len(few["leads"])) == (1, 3, 1)
    conform("platforms-file", ask("platforms", "file", "快手", "--json").json)


def test_what_people_read(ask: Ask, home: Home) -> None:
    said = ask("platforms", "file", "taobao")
    assert said.code == 0
    for words in (
        FILED,
        "结果逾期",
        "罚款",
        "123456.00",
        "复查已下架",
        "最多 20 天",
        "平台页面",
        "分不清",
        "本期",
        "见过的店铺 3 个",
    ):
        assert words in said.out, words
    assert max(map(cell_len, said.out.splitlines())) <= 100
    assert "\x1b" not in said.out
    assert ("no_source" in said.out, "没有导入" in said.out) == (False, True)
    few = ask("platforms", "file", "taobao", "--limit", "1").out
    assert ("另有 2 行" in few, max(map(cell_len, few.splitlines())) <= 100) == (True, True)
    nothing = ask("platforms", "file", "快手").out
    assert "没有看过，不等于没有问题" in nothing
    long = ".".join(["a" * 60] * 4) + ".example"
    with Book.open(home.book) as book:
        keep(book, shop_page("什么也没有", shop=long), at(2026, 1, 5))
    assert max(map(cell_len, ask("platforms", "file", long).out.splitlines())) <= 100


def test_one_that_there_is_not(ask: Ask, home: Home) -> None:
    done = ask("platforms", "file", "淘保", "--json")
    conform("error", done.json)
    assert (done.code, "淘宝（taobao）" in done.json["error"]["hint"]) == (2, True)
    assert ask("platforms", "file", "never-seen.example", "--json").code == 2
