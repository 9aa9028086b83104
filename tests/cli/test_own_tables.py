"""What an analyst keeps in the home's ``rules/`` for the crawler: storefront profiles, labels, words for goods."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.crawl.reading import offers, tables
from scanner.crawl.reading.fields import fields
from scanner.crawl.reading.profile import profiles
from scanner.home import Home, shipped_rules
from scanner.store.book import Book
from tests import warcs
from tests.crawl.site import Answer, answer, serving
from tests.intake.making import SHOP, entry, written
from tests.running import qingwang

PROFILE = """
id: new-mall
title: 新后台
verified: false
base: /shopapi/
answer: {code: code, success: [1], message: msg}
lists:
  - at: /shopapi/goods/lists
    items: data.lists[]
    id: goods_sn
    total: data.count
    page_in: page_no
    size: 10
    request: {url: "goods/lists?page_no={page}"}
detail:
  at: /shopapi/goods/detail
  request: {url: "goods/detail?sn={id}"}
  id: data.goods_sn
  title: data.name
  price: data.cents
  unit: fen
  titled: {许可凭证号码: data.licence}
"""
LABELS = "fields:\n  - {id: number, says: 注册证编号, of: product, labels: [许可凭证号码]}\n"
GOODS = {"goods_sn": "A1", "name": "演示雾化器", "cents": 13900, "licence": "演械注准20992080001"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    tables.use(shipped_rules())


def put(home: Home, name: str, text: str) -> Path:
    path = home.rules / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def detail(path: Path) -> Path:
    text = json.dumps({"code": 1, "data": GOODS}, ensure_ascii=False)
    return written(path, entry(f"{SHOP}/shopapi/goods/detail?sn=A1", text=text))


def begun(home: Home) -> dict[str, Any]:
    return next(line for line in warcs.lines(home) if line["event"] == "crawl_began")


def test_a_recording_of_a_back_end_that_the_home_describes_is_read(home: Home, tmp_path: Path) -> None:
    recording = detail(tmp_path)
    assert qingwang(home.root, "import", str(recording), "--json").json["listings"] == 0
    path = put(home, "storefronts/new-mall.yaml", PROFILE)
    done = qingwang(home.root, "import", str(recording), "--json")
    assert (done.code, done.json["listings"]) == (0, 1), done.err
    with Book.open(home.book) as book:
        (known,) = book.listings()
    assert (known.subject.title.text, known.subject.price.text) == ("演示雾化器", "139.00")
    named = [line["tables"] for line in warcs.lines(home) if line["event"] == "crawl_began"]
    assert named == [{}, {"storefronts/new-mall.yaml": hashlib.sha256(path.read_bytes()).hexdigest()}]


@pytest.mark.slow
def test_a_shop_on_it_is_scanned_to_its_end(home: Home) -> None:
    put(home, "storefronts/new-mall.yaml", PROFILE)
    rows = [{"goods_sn": f"A{n}"} for n in range(12)]
    kind = "application/json"

    def shown(part: list[dict[str, str]]) -> bytes:
        return answer(json.dumps({"code": 1, "data": {"count": 12, "lists": part}}).encode(), type_=kind)

    answers: dict[str, bytes | Answer] = {
        "/shopapi/goods/lists?page_no=1": shown(rows[:10]), "/shopapi/goods/lists?page_no=2": shown(rows[10:]),
    }  # fmt: skip
    for row in rows:
        told = json.dumps({"code": 1, "data": {**GOODS, **row}}).encode()
        answers[f"/shopapi/goods/detail?sn={row['goods_sn']}"] = answer(told, type_=kind)
    with serving(answers) as site:
        done = qingwang(home.root, "scan", f"{site.url}/shopapi/", "--json", "--allow-private", "127.0.0.1")
    assert (done.code, done.json["state"], done.json["listings"]) == (0, "complete", 12), done.err


@pytest.mark.parametrize("command", [("rules", "lint"), ("import",), ("scan", "https://shop.example/")])
def test_a_wrong_profile_is_named_and_nothing_is_done(home: Home, tmp_path: Path, command: tuple[str, ...]) -> None:
    path = put(home, "storefronts/new-mall.yaml", PROFILE.replace("unit: fen", "unit: jiao"))
    other = put(home, "storefronts/old-mall.yaml", PROFILE)
    labels = put(home, "fields.yaml", LABELS.replace("product", "nobody"))
    words = [*command, str(detail(tmp_path))] if command == ("import",) else [*command]
    done = qingwang(home.root, *words)
    assert done.code == 2
    assert f"{path}:{PROFILE[: PROFILE.index('unit')].count(chr(10)) + 1}" in done.err
    assert f"{other}:2" in done.err
    assert "new-mall" in done.err
    if command == ("rules", "lint"):
        assert f"{labels}:2" in done.err  # all at once
    assert not home.journal.exists()


def test_labels_of_the_home_are_added_and_win(home: Home, tmp_path: Path) -> None:
    put(home, "storefronts/new-mall.yaml", PROFILE)
    assert fields().id("许可凭证号码") == ""
    put(home, "fields.yaml", LABELS)
    tables.use(home.rules)
    assert (fields().id("许可凭证号码"), fields().id("注册证号")) == ("number", "number")
    put(home, "fields.yaml", LABELS + "noise: [注册证号]\n")
    tables.use(shipped_rules())
    tables.use(home.rules)
    assert (fields().id("注册证号"), fields().describes("注册证号")) == ("", "noise")


def test_words_for_goods_of_the_home_come_first(home: Home) -> None:
    assert offers.group("演示暖宝宝") == "unclear"
    put(home, "groups.yaml", "groups:\n  - {id: other, names: [暖宝宝, 血压计]}\n")
    tables.use(home.rules)
    assert (offers.group("演示暖宝宝"), offers.group("演示血压计")) == ("other", "other")
    tables.use(shipped_rules())
    assert offers.group("演示血压计") == "device"


def test_a_profile_of_the_home_stands_in_place_of_a_shipped_one(home: Home) -> None:
    text = (shipped_rules() / "storefronts" / "nideshop.yaml").read_text(encoding="utf-8")
    put(home, "storefronts/nideshop.yaml", text.replace("title: NideShop 小程序商城", "title: 本地改过的"))
    tables.use(home.rules)
    assert profiles()["nideshop"].title == "本地改过的"
    assert {"shopxo", "vendure"} < set(profiles())
