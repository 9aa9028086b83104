"""``qingwang coverage``: what an analyst sees of the register of sellers, and what scripts get."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.cli.coverage import BAR, bar
from scanner.demo.mall import serve
from scanner.home import Home
from tests.cli.filled import Ask
from tests.registry.making import nmpa_csv, write
from tests.running import qingwang
from tests.schemas import conform
from tests.store.making import SHOP

HEADER = ("企业名称（盖章）", "统一社会信用代码", "网址", "监管单位")


def listed(ask: Ask, folder: Path, *lines: tuple[str, ...]) -> None:
    """The home's register of sellers holds these rows."""
    done = ask("registry", "import", "net-sellers", str(write(folder, "台账.csv", nmpa_csv(lines, HEADER))), "--json")
    assert done.code == 0
    conform("registry-import", done.json)
    conform("registry-status", ask("registry", "status", "--json").json)


def test_without_a_register_of_sellers(ask: Ask, filled: Home) -> None:
    done = ask("coverage", "--json")
    assert done.code == 2
    conform("error", done.json)
    assert done.json["error"]["message"] == "还没有导入网络销售企业台账"
    assert "registry import net-sellers" in ask("coverage").err
    assert not filled.register.exists()  # asking makes no file


def test_without_a_book_all_are_to_be_visited(ask: Ask, tmp_path: Path) -> None:
    listed(ask, tmp_path, ("演示甲", "", "shop.example", ""))
    done = ask("coverage", "--json")
    assert (done.code, done.json["of"], done.json["due"], done.json["answers"]["never"]) == (0, 1, 1, 1)
    conform("coverage", done.json)
    assert "还没有巡查记录" in done.err
    assert "看过 0 家，共 1 家（0.0%）；还没有看过 1 家：从未访问 1 家" in ask("coverage").out
    assert not (tmp_path / "home" / "book.db").exists()


def test_a_register_and_a_book(ask: Ask, filled: Home, tmp_path: Path) -> None:
    listed(
        ask, tmp_path, ("演示甲\x1b[31m\u202e", "", f"https://{SHOP}/", "东区所"), ("=1+1", "", "never.example", "西区所"),
        ("演示丙[/bold]", "", "", "西区所"),
    )  # fmt: skip
    done = ask("coverage", "--since", "2026-11-22", "--json")
    assert done.code == 0
    conform("coverage", done.json)
    assert (done.json["of"], done.json["looked_at"], done.json["due"]) == (3, 1, 2)
    assert [(one["name"], one["answer"]) for one in done.json["sellers"]] == [
        ("=1+1", "never"), ("演示丙[/bold]", "never"), ("演示甲\x1b[31m\u202e", "read")
    ]  # fmt: skip
    read = done.json["sellers"][-1]
    assert (read["last"]["outcomes"], read["last"]["listings"], read["leads"]) == (
        {"read": 3, "blocked": 1, "login": 1}, 2, 2
    )  # fmt: skip
    said = ask("coverage", "--since", "2026-11-22").out
    assert said.splitlines()[-1].startswith(f"{bar(1, 3)} 2026-11-22 以来看过 1 家，共 3 家（33.3%）")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[/bold]" in said
    some = ask("coverage", "--area", "西区 所", "--limit", "1", "--json").json
    assert (some["of"], [one["name"] for one in some["sellers"]]) == (2, ["=1+1"])
    assert [one["due"] for one in ask("coverage", "--due", "--json").json["sellers"]] == [True, True]
    assert "另有 1 家没有列出" in ask("coverage", "--due").out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [(("--area", "北区"), "东区所"), (("--since", "2999-01-01"), "以前的日期"), (("--since", "x"), "--help")],
)
def test_wrong_asking(ask: Ask, tmp_path: Path, arguments: tuple[str, ...], hint: str) -> None:
    listed(ask, tmp_path, ("演示甲", "", "", "东区所"))
    done = ask("coverage", *arguments, "--json")
    assert done.code == 2
    conform("error", done.json)
    assert hint in done.json["error"]["hint"]


def test_a_bar_is_full_only_when_all_are_in_it() -> None:
    assert [bar(part, 1000).count("█") for part in (0, 1, 500, 999, 1000)] == [0, 1, 10, BAR - 1, BAR]
    assert bar(0, 0).count("█") == 0


@pytest.mark.long
def test_the_mall_visited_in_part(ask: Ask, tmp_path: Path) -> None:
    """One seller of the demo mall is scanned: the other one, a dead host and a shop elsewhere were not looked at."""
    home = tmp_path / "home"
    with serve() as mall:
        words = ("scan", f"{mall.base_url}/shop/jia", "http://dead.invalid/", "--render", "never", "--pages", "3")
        scan = qingwang(home, *words, "--allow-private", "127.0.0.1", "--json")
        listed(
            ask, tmp_path, ("演示甲医疗器械有限公司（虚构）", "91000000DEMAJAA186", f"{mall.base_url}/shop/jia", ""),
            ("演示丙商行", "", f"{mall.base_url}/shop/bing", ""), ("演示丁商行", "", "dead.invalid", ""),
            ("演示戊商行", "", "https://shop.jd.com/index-123.html", ""),
        )  # fmt: skip
    assert scan.code == 3
    done = ask("coverage", "--json")
    conform("coverage", done.json)
    assert {one["name"]: one["answer"] for one in done.json["sellers"]} == {
        "演示丙商行": "never", "演示戊商行": "never", "演示丁商行": "failed", "演示甲医疗器械有限公司（虚构）": "read"
    }  # fmt: skip
    jia = done.json["sellers"][-1]
    assert {match["by"] for match in jia["matched"]} >= {"address"}
    assert (jia["last"]["crawl"], jia["last"]["state"]) == (scan.json["crawl"], "incomplete")
