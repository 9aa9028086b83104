"""``rules backtest``: a rule changed in the home, seen on stored listings, sealed captures and a labelled file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from scanner.home import Home
from tests.cli.filled import Ask
from tests.rulebook.making import RULES
from tests.schemas import conform
from tests.tuning.shop import recorded

TEXTS = ("治愈率高达98%，三天见效，根治颈椎病", "缓解肩颈疲劳", "总有效率95%，三天见效", "过滤效率高")


@pytest.fixture
def shop(ask: Ask, tmp_path: Path) -> Home:
    """A home with four listings, five findings of claim-cure-rate and two other rules."""
    done = ask("import", str(recorded(tmp_path, *TEXTS)), "--json")
    assert (done.json["listings"], done.json["findings"]) == (4, 5)
    return Home(tmp_path / "home")


def changed(folder: Path, old: str, new: str, name: str = "claim/claim-cure-rate.yaml") -> Path:
    """A folder with the shipped rule, ``old`` replaced by ``new`` in it."""
    text = (RULES / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_unchanged_rules_find_what_the_book_holds(ask: Ask, shop: Home) -> None:
    for option in ((), ("--captures",)):
        done = ask("rules", "backtest", *option, "--json")
        conform("rules-backtest", done.json)
        assert done.code == 0
        assert done.json["against"]["name"] == "findings"
        counts = {k: done.json[k] for k in ("items", "appeared", "disappeared", "kept", "changed", "damaged")}
        assert counts == {"items": 4, "appeared": 0, "disappeared": 0, "kept": 5, "changed": 0, "damaged": 0}


@pytest.mark.slow
@pytest.mark.parametrize("corpus", [(), ("--captures",)])
def test_a_rule_changed_in_the_home_is_compared_with_the_shipped_one(
    ask: Ask, shop: Home, corpus: tuple[str, ...]
) -> None:
    changed(shop.rules, "neutral: [", "neutral: [总有效率95%, ")
    done = ask("rules", "backtest", *corpus, "--json")
    assert done.json["against"]["name"] == "shipped"
    assert (done.json["appeared"], done.json["disappeared"], done.json["kept"]) == (0, 1, 4)
    (gone,) = done.json["examples"]
    assert (gone["rule"], gone["change"], gone["quote"]) == ("claim-cure-rate", "disappeared", "有效率95%")
    assert gone["before"].endswith("总")
    assert gone["after"].startswith("，三天见效")
    people = ask("rules", "backtest", *corpus)
    assert "消失 1" in people.out
    assert "总【有效率95%】，三天见效" in people.out


@pytest.mark.slow
def test_another_folder_of_rules_is_compared_with_the_homes(ask: Ask, shop: Home, tmp_path: Path) -> None:
    tried = changed(tmp_path / "tried", "severity: high", "severity: low")
    done = ask("rules", "backtest", "--rules", str(tried), "--rule", "claim-cure-rate", "--json")
    assert (done.json["rules"]["name"], done.json["against"]["name"]) == (str(tried), "home")
    assert (done.json["kept"], done.json["changed"]) == (2, 2)
    assert {e["was"]["severity"] + ">" + e["severity"] for e in done.json["examples"]} == {"high>low"}
    assert "严重 → 轻微" in ask("rules", "backtest", "--rules", str(tried)).out
    turned = ask("rules", "backtest", "--against", str(tried), "--json").json
    assert {e["was"]["severity"] + ">" + e["severity"] for e in turned["examples"]} == {"low>high"}


@pytest.mark.slow
def test_the_rulebook_of_an_earlier_day_is_found_by_its_hash(ask: Ask, shop: Home) -> None:
    (kept,) = shop.rulebooks.glob("*.json")
    changed(shop.rules, "severity: high", "severity: high\nstatus: retired")
    done = ask("rules", "backtest", "--against", kept.stem[:10], "--json")
    assert done.json["against"]["hash"] == kept.stem
    assert (done.json["disappeared"], done.json["kept"]) == (2, 3)
    kept.write_text(kept.read_text(encoding="utf-8").replace("治愈率", "治愈律"), encoding="utf-8")
    damaged = ask("rules", "backtest", "--against", kept.stem[:10], "--json")
    assert (damaged.code, damaged.json["error"]["message"]) == (1, "保存的规则库已损坏")


def test_a_damaged_capture_is_named_and_the_others_are_read(ask: Ask, shop: Home) -> None:
    (segment,) = shop.archive.glob("*.warc.gz")
    data = bytearray(segment.read_bytes())
    data[-200] ^= 0xFF
    segment.write_bytes(bytes(data))
    done = ask("rules", "backtest", "--captures", "--json")
    assert done.code == 1
    assert (done.json["items"], done.json["damaged"], done.json["ok"]) == (3, 1, False)
    assert "取证页读不了" in done.err


def labelled(folder: Path) -> Path:
    rows = [
        {"id": "a", "text": "总有效率98.5%", "is_device": True, "label": "violation"},
        {"id": "b", "text": "今天发货", "is_device": True, "label": "violation"},
        {"id": "c", "text": "治愈率99%，三天断根", "is_device": True, "label": "ok"},
        {"id": "d", "text": "保温杯", "label": "ok_hard"},
        {"id": "e", "text": "治愈率99%", "is_device": True},
    ]
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_labels_give_recall_and_precision(ask: Ask, tmp_path: Path) -> None:
    done = ask("rules", "backtest", "--file", str(labelled(tmp_path)), "--json")
    conform("rules-backtest", done.json)
    labels = done.json["labels"]
    assert (labels["violation"], labels["ok"]) == (2, 2)
    assert [(labels[k]["hits"], labels[k]["of"]) for k in ("recall", "precision", "false_alarms")] == [
        (1, 2), (1, 2), (1, 2)
    ]  # fmt: skip
    rule = {row["rule"]: row for row in done.json["by_rule"]}["claim-cure-rate"]
    assert (rule["items"], rule["violation"], rule["ok"], rule["alone"]) == (3, 1, 1, 1)
    assert (rule["precision"]["hits"], rule["precision"]["of"]) == (1, 2)
    assert "检出率 50.0%（1/2" in ask("rules", "backtest", "--file", str(tmp_path / "rows.jsonl")).out


def test_bounds_decide_the_exit_code_and_go_into_junit(ask: Ask, tmp_path: Path) -> None:
    file, bounds, out = labelled(tmp_path), tmp_path / "bounds.yaml", tmp_path / "out.xml"
    bounds.write_text("bounds:\n  claim-cure-rate: {exactly: 3}\nunexpected: pass\n", encoding="utf-8")
    given = ("rules", "backtest", "--file", str(file), "--bounds", str(bounds))
    assert ask(*given).code == 0
    failed = ask(*given, "--at-most", "claim-cure-rate=2", "--unexpected", "fail", "--junit", str(out), "--json")
    assert failed.code == 2
    assert failed.json["ok"] is False
    conform("rules-backtest", failed.json)
    assert next(h["rule"] for h in failed.json["bounds"] if not h["ok"]) == "claim-cure-rate"
    root = etree.parse(str(out)).getroot()
    assert root.get("failures") == str(sum(not h["ok"] for h in failed.json["bounds"]))
    said = ask(*given, "--unexpected", "fail")
    assert "不通过　claim-cure-assertion：没有写界限，却有 1 条发现" in said.out
    assert "三天【断根】" in said.out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [(["--rule", "claim-cure-rat"], 2, "是不是 claim-cure-rate？"), (["--against", "findings"], 2, "没有已有的发现可比"),
     (["--against", "nowhere"], 2, "nowhere"), (["--captures"], 2, "只能写一个"), (["--exactly", "x"], 2, "规则=数目"),
     (["--exactly", "claim-nothing=1"], 2, "没有规则 claim-nothing"), (["--unexpected", "maybe"], 2, "pass 或 fail"),
     (["--at-least", "claim-cure-rate=3", "--at-most", "claim-cure-rate=2"], 2, "at_least 比 at_most 大"),
     (["--rules", "nowhere"], 2, "没有规则文件夹"), (["--bounds", "nowhere.yaml"], 2, "nowhere.yaml")],
)  # fmt: skip
def test_what_cannot_be_is_said(ask: Ask, tmp_path: Path, options: list[str], code: int, said: str) -> None:
    done = ask("rules", "backtest", "--file", str(labelled(tmp_path)), *options, "--json")
    assert done.code == code
    conform("error", done.json)
    assert said in done.json["error"]["message"] + done.json["error"]["hint"]


def test_an_unknown_label_names_its_line(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "x"}\n{"text": "x", "label": "maybe"}\n', encoding="utf-8")
    done = ask("rules", "backtest", "--file", str(path), "--json")
    assert (done.code, done.json["error"]["where"]) == (1, f"{path}:2")


def test_a_home_without_a_book_is_said(ask: Ask) -> None:
    assert ask("rules", "backtest", "--json").json["error"]["kind"] == "usage"
