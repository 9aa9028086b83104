"""``listings show`` says where a page, a post and a broadcast lead to; the listing itself and its findings stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.filled import Ask
from tests.intake.making import SHOP, entry, written
from tests.schemas import conform

POST_URL = "https://www.xiaohongshu.com/explore/64c0ffee00000000130abcde"
NOTE = {"noteId": "64c0ffee00000000130abcde", "title": "演示护颈仪", "desc": "用着不错，想要的➕薇❤：Demo_8866",
        "user": {"nickname": "演示账号", "userId": "5e0000000000000001000000"}}  # fmt: skip
STATE = json.dumps({"note": {"noteDetailMap": {NOTE["noteId"]: {"note": NOTE}}}}, ensure_ascii=False)
PAGES = {
    "page": (f"{SHOP}/goods/1.html", "<title>演示护颈仪</title><body><h1>演示护颈仪</h1><p class=price>¥9.90</p><button>加入购物车</button>"
             "<div class=detail><p>家庭使用，操作简单，适合久坐人群。</p><p>详情加V：demo8866，由演示门诊部为您操作。支持微信支付，售后电话19900000000。</p></div></body>"),
    "post": (POST_URL, f"<title>x</title><body><script>window.__INITIAL_STATE__={STATE}</script><p>帖文</p></body>"),
}  # fmt: skip


def shown(ask: Ask, path: Path, *more: str) -> Any:
    done = ask("import", str(path), *more, "--json")
    assert (done.code, done.json["listings"]) == (0, 1), done.err
    (row,) = ask("listings", "list", "--json").rows
    show = ask("listings", "show", row["id"], "--json")
    conform("listings-show", show.json)
    return show.json


@pytest.mark.slow
@pytest.mark.parametrize(("name", "contact"), [("page", "demo8866"), ("post", "Demo_8866")])
def test_pages_and_posts(ask: Ask, tmp_path: Path, name: str, contact: str) -> None:
    url, text = PAGES[name]
    one = entry(url, text=f"<html><meta charset=utf-8>{text}</html>", mime="text/html; charset=utf-8")
    said = shown(ask, written(tmp_path, one))
    assert [(x["kind"], x["contact"], x["field"]) for x in said["contacts"]] == [("wechat", contact, "description")]
    (lure,) = said["contacts"]
    assert said["listing"]["description"]["text"][lure["start"] : lure["end"]] == lure["quote"]
    assert [x["name"] for x in said["providers"]] == (["演示门诊部"] if name == "page" else [])
    assert [row["name"] for row in said["listing"]["attributes"] if row["name"] in ("导流联系方式", "服务提供者")] == []


def test_a_broadcast_and_what_people_see(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "直播.txt"
    path.write_text("账号：演示养生堂\n00:12:09 想要的家人加V：demo8866，由演示医院提供服务\n", encoding="utf-8")
    said = shown(ask, path)
    assert [(x["contact"], x["field"]) for x in said["contacts"]] == [("demo8866", "transcript:00:12:09")]
    assert [(x["name"], x["field"]) for x in said["providers"]] == [("演示医院", "transcript:00:12:09")]
    out = ask("listings", "show", said["listing"]["id"]).out
    assert "导流联系方式" in out
    assert "口播文字 00:12:09" in out
    assert "服务提供者" in out


def test_nothing_is_said_where_nothing_leads_away(ask: Ask, tmp_path: Path) -> None:
    text = PAGES["page"][1].replace("详情加V：demo8866，由演示门诊部为您操作。", "")
    one = entry(
        f"{SHOP}/goods/1.html", text=f"<html><meta charset=utf-8>{text}</html>", mime="text/html; charset=utf-8"
    )
    said = shown(ask, written(tmp_path, one))
    assert (said["contacts"], said["providers"]) == ([], [])
    assert "导流" not in ask("listings", "show", said["listing"]["id"]).out
