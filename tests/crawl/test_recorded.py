"""What a recording holds of the lists it shows is told: recorded sessions cut short, and requests that no link equals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from tests import warcs
from tests.intake.making import SHOP, entry, written
from tests.running import Done, qingwang
from tests.schemas import conform


def imported(folder: Path, *entries: Any, json_too: bool = True) -> Done:
    done = qingwang(
        folder / "home", "import", str(written(folder, *entries)), *(["--json"] if json_too else []),
    )  # fmt: skip
    if json_too and done.rows:
        conform("import", done.json)
    return done


def page(url: str, text: str) -> Any:
    return entry(url, text=f"<html><meta charset=utf-8>{text}</html>", mime="text/html; charset=utf-8")


def listed(*numbers: int, states: int, at: int = 1) -> Any:
    cards = "".join(
        f'<li><a href="/goods/{n}.html"><img src="/{n}.png"><b>演示血压计{n}号</b></a><span>¥9.90</span></li>'
        for n in numbers
    )
    return page(
        f"{SHOP}/category/x?page={at}",
        f"<title>血压计</title><body><h1>血压计</h1><p>共 {states} 件商品</p><ul>{cards}</ul></body>",
    )


def good(number: int, more: str = "") -> Any:
    text = f"<title>演示血压计{number}号</title><body><h1>演示血压计{number}号</h1><p class=price>¥9.90</p>" \
        "<button>加入购物车</button><p>测量准确，操作简单，适合家庭使用。</p></body>"  # fmt: skip
    return page(f"{SHOP}/goods/{number}.html{more}", text)


def short(done: Done) -> list[tuple[int, int, int]]:
    return [(one["stated"], one["found"], one["read"]) for one in done.json["short"]]


@pytest.mark.slow
def test_one_page_of_a_long_list(tmp_path: Path) -> None:
    entries = [good(7), listed(1, 2, 3, 4, states=60), good(2, "?spm=a1.b2"), good(3, "?sid=8f2c&sign=77")]
    done = imported(tmp_path, *entries)
    assert (done.code, done.json["state"], done.json["listings"]) == (0, "complete", 3)
    assert short(done) == [(60, 4, 2)]  # number 7 is in the recording, and on no list of it
    (ended,) = (one for one in warcs.lines(Home(tmp_path / "home")) if one["event"] == "crawl_ended")
    assert (ended["state"], ended["short"]) == ("complete", done.json["short"])
    said = imported(tmp_path, *entries, json_too=False).out
    assert f"录制里的列表：{SHOP}/category/x?page=1　标明共 60 件，录到的列表页列出 4 件，读到商品页 2 件" in said
    assert "没有录到的商品没有核查" in said


@pytest.mark.slow
def test_a_list_recorded_whole_over_two_pages(tmp_path: Path) -> None:
    entries = [listed(1, 2, states=3), listed(2, 3, states=3, at=2), good(1), good(2), good(3)]
    assert short(imported(tmp_path, *entries)) == []
    said = imported(tmp_path, *entries, json_too=False).out
    assert "标明共 3 件，录到的列表页列出 3 件，读到商品页 3 件" in said
    assert "没有核查" not in said


@pytest.mark.slow
def test_a_page_that_is_no_list_says_nothing_of_one(tmp_path: Path) -> None:
    done = imported(tmp_path, good(1), entry(f"{SHOP}/p/9", status=500, text="{}"), entry(f"{SHOP}/x", method="POST"))
    assert (done.json["short"], "列表" in imported(tmp_path, good(1), json_too=False).out) == ([], False)


# --- recorded sessions of two mini-programs, cut short; their programs ask otherwise than our links do -----------------

LIST = {"nideshop": "goods/list", "shopxo": "search/datalist"}
DETAIL = {"nideshop": "goods/detail", "shopxo": "goods/detail"}


def cut(har: Any, name: str) -> list[Any]:
    """Without the second pages of lists, and with the details of three products only; each address signed anew."""
    kept, details = [], 0
    for n, one in enumerate(har["log"]["entries"]):
        asked = one["request"]
        body = (asked.get("postData") or {}).get("text") or ""
        if "page=2" in asked["url"] or '"page":2' in body:
            continue
        if DETAIL[name] in asked["url"]:
            details += 1
            if not 12 <= details < 15:
                continue
        asked["url"] += f"{'&' if '?' in asked['url'] else '?'}timestamp=17{n}&uid=5"
        kept.append(one)
    return kept


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lists"), [("nideshop", [(6, 5), (7, 5), (4, 4)]), ("shopxo", [(18, 10)])])
def test_sessions_cut_short(shared: Callable[[str], Path], tmp_path: Path, name: str, lists: list[Any]) -> None:
    har = json.loads(shared(f"cases/captures/session_{name}.har").read_bytes())
    entries = cut(har, name)
    done = imported(tmp_path, *entries)
    assert (done.code, done.json["state"]) == (0, "complete")
    assert [(stated, found) for stated, found, _ in short(done)] == lists
    named = {
        str(goods["id"])
        for one in entries
        if LIST[name] in one["request"]["url"]
        for goods in json.loads(one["response"]["content"]["text"])["data"]["data"]
    }
    opened = [str((d.get("info") or d.get("goods"))["id"]) for one in entries if DETAIL[name] in one["request"]["url"]
              for d in [json.loads(one["response"]["content"]["text"])["data"]]]  # fmt: skip
    assert len(opened) == 3
    assert sum(read for _, _, read in short(done)) == len(named & set(opened)) > 0
