"""What lists name is kept with their capture and shown: results of a search engine, cards of a platform's list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from tests import warcs
from tests.cli.filled import Ask, Said
from tests.intake.making import entry, written
from tests.schemas import conform
from tests.spiders import saved

ENGINE = "https://www.baidu.com/s?wd=x"
SHOP = "http://shop.demo.example"
LONG = "长" * 1000


def result(title: str, mu: str = "", snippet: str = "") -> str:
    own = f' mu="{mu}"' if mu else ""
    return f'<div class="result c-container"{own}><h3><a href="http://www.baidu.com/link?url={title[:3]}">{title}</a></h3>' \
        f'<div class="c-abstract">{snippet}</div></div>'  # fmt: skip


RESULTS = "".join(
    (
        result("演示<em>血糖仪</em>", f"{SHOP}/goods/1.html", "现货&#27;[31m供应"),
        result("转到别处"),
        result("京东血糖仪", "https://item.jd.com/990000000150.html"),
        result("同一个", f"{SHOP}/goods/1.html"),
        result("坏网址", "javascript:alert(1)"),
        result("坏主机", "http://[::1"),
        result(f"&#x202e;反的[bold]{LONG}", f"https://a.example/{'x' * 900}", LONG),
    )
)
GOOD = "<title>演示血糖仪</title><body><h1>演示血糖仪</h1><p class=price>¥9.90</p><button>加入购物车</button><p>家庭使用。</p></body>"


def html(url: str, text: str) -> Any:
    return entry(url, text=f"<html><meta charset=utf-8>{text}</html>", mime="text/html; charset=utf-8")


@pytest.fixture
def brought(ask: Ask, tmp_path: Path) -> Said:
    listed = saved.page("jd/list", saved.expectation("jd/list"))
    platform = entry(listed.url, text=listed.body.decode(), mime="text/html; charset=utf-8")
    again = html(f"{ENGINE}&pn=10", f"<body>{result('又一个', 'https://b.example/')}{RESULTS}</body>")
    path = written(
        tmp_path, html(f"{SHOP}/goods/1.html", GOOD), html(ENGINE, f"<body>{RESULTS}</body>"), again, platform
    )
    done = ask("import", str(path), "--json")
    assert done.code == 0, done.err
    return done


def test_an_import_names_the_results_each_once(ask: Ask, brought: Said) -> None:
    conform("import", brought.json)
    named = brought.json["named"]
    assert [(row["url"].partition("/goods")[0][:30], row["position"]) for row in named[:3]] == [
        (SHOP, 1), ("http://www.baidu.com/link?url=", 2), ("https://item.jd.com/9900000001", 3)
    ]  # fmt: skip
    assert [(r["storefront"], r["family"], r["known"], r["forwards"]) for r in named[:3]] == [
        ("shop.demo.example", "generic", True, False), ("", "", False, True), ("item.jd.com", "jd", False, False),
    ]  # fmt: skip
    assert {row["kind"] for row in named} == {"result"}
    assert [row["url"] for row in named if not row["url"].startswith(("http://", "https://"))] == []
    assert named[-1]["url"] == "https://b.example/"  # of the second page only what the first has not
    assert len({row["url"] for row in named}) == len(named)
    assert max(len(row["title"]) for row in named) <= 200


def test_nothing_of_them_is_fetched_or_read(brought: Said, ask: Ask) -> None:
    assert brought.json["listings"] == 1
    assert [row["url"] for row in ask("listings", "list", "--json").rows] == [f"{SHOP}/goods/1.html"]


def test_people_see_the_results(ask: Ask, tmp_path: Path) -> None:
    said = ask("import", str(written(tmp_path, html(ENGINE, f"<body>{RESULTS}</body>")))).out
    assert "搜索结果：可能的店铺" in said
    assert "（转跳）" in said
    assert "没有打开" in said
    assert "\x1b" not in said.replace("\x1b[0m", "")
    assert "\u202e" not in said
    assert "…" in said
    assert "反的[bold]" in said


@pytest.mark.slow
def test_a_capture_shows_what_its_list_names(ask: Ask, brought: Said, tmp_path: Path) -> None:
    lines = [one for one in warcs.lines(Home(tmp_path / "home")) if one["event"] == "judgement" and "named" in one]
    assert [line["named"]["count"] for line in lines][::2] == [6, 5]
    engine, platform = ask("captures", "show", lines[0]["capture"], "--json"), lines[-1]["capture"]
    conform("captures-show", engine.json)
    assert [row["position"] for row in engine.json["named"]] == list(range(1, 7))
    cards = ask("captures", "show", platform, "--json")
    conform("captures-show", cards.json)
    first = cards.json["named"][0]
    assert (first["kind"], first["title"], first["price"], first["goods"]) == (
        "product", "演示牌 上臂式电子血压计", "99.00", "device"
    )  # fmt: skip
    assert [row["sponsored"] for row in cards.json["named"]] == [False, False, False, True, False]
    said = ask("captures", "show", platform).out
    assert "列表里的商品" in said
    assert "看不出" in said


def test_other_pages_name_nothing(ask: Ask, tmp_path: Path) -> None:
    done = ask("import", str(written(tmp_path, html(f"{SHOP}/goods/1.html", GOOD))), "--json")
    assert done.json["named"] == []
    (capture,) = ask("captures", "list", "--json").rows
    assert ask("captures", "show", capture["id"], "--json").json["named"] == []
