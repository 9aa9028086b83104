"""``rules`` and ``judge`` as scripts and analysts use them: output, schemas, exit codes, a broken local rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.filled import Ask
from tests.rulebook.making import RULES
from tests.schemas import conform
from tests.tuning.shop import recorded


def rows(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.slow
def test_the_shipped_rules_pass(ask: Ask) -> None:
    lint = ask("rules", "lint", "--json")
    tested = ask("rules", "test", "--json")
    assert (lint.code, tested.code) == (0, 0)
    conform("rules-lint", json.loads(lint.out))
    conform("rules-test", json.loads(tested.out))
    assert json.loads(tested.out)["failures"] == []


@pytest.mark.slow
def test_warnings_fail_only_when_strict(ask: Ask, tmp_path: Path) -> None:
    text = (RULES / "claim" / "claim-accuracy.yaml").read_text(encoding="utf-8").replace("claim-accuracy", "claim-mine")
    path = local(tmp_path / "home", "claim-mine", text.replace("owner: 规则组", "owner: TODO"))
    lint = ask("rules", "lint", "--json")
    assert lint.code == 0
    answer = json.loads(lint.out)
    conform("rules-lint", answer)
    assert ("warning", f"{path}:5") in [(p["level"], p["where"]) for p in answer["problems"]]
    assert answer["levels"]["warning"] == len(answer["problems"])
    assert answer["levels"]["info"] > 0
    assert ask("rules", "lint", "--strict").code == 2
    assert f"{path}:5：提醒：owner 写的是 TODO" in ask("rules", "lint").out
    assert len(json.loads(ask("rules", "lint", "--all", "--json").out)["problems"]) == sum(answer["levels"].values())
    path.write_text(text.replace(", since: 2015-09-01", ""), encoding="utf-8")
    assert ask("rules", "lint").code == 2


def test_the_schema_of_rule_files_is_printed(ask: Ask) -> None:
    whole, claim = (json.loads(ask("rules", "schema", *kind, "--json").out) for kind in ((), ("claim",)))
    for made in (whole, claim, json.loads(ask("rules", "schema").out)):
        Draft202012Validator.check_schema(made)
    assert "TextRule" in whole["$defs"]
    assert "DisplayRule" not in claim["$defs"]
    said = ask("rules", "schema", "claims", "--json")
    assert said.code == 2
    assert json.loads(said.out)["error"]["hint"] == "是不是 claim？"


@pytest.mark.slow
def test_list_and_show(ask: Ask) -> None:
    listed = rows(ask("rules", "list", "--json").out)
    assert {"claim-cure-rate", "number-missing"} <= {str(row["id"]) for row in listed}
    for row in listed:
        conform("rules-list", row)
    shown = json.loads(ask("rules", "show", "claim-cure-rate", "--json").out)
    conform("rules-show", shown)
    assert shown["rule"]["basis"][0]["law"] == "广告法"
    assert "广告法第十六条" in ask("rules", "show", "claim-cure-rate").out
    lapsed = ask("rules", "show", "number-lapsed").out
    assert "[注册备案，严重，使用]" in lapsed
    assert "hits：title：医用外科口罩；attributes：{'注册证编号'" in lapsed
    assert "register_" not in lapsed
    assert "Standing" not in lapsed


def test_an_unknown_rule_names_the_nearest(ask: Ask) -> None:
    said = ask("rules", "show", "claim-cure-rat", "--json")
    assert said.code == 2
    assert json.loads(said.out)["error"]["hint"] == "是不是 claim-cure-rate？"


@pytest.mark.slow
def test_try_says_what_would_be_found(ask: Ask) -> None:
    tried = json.loads(ask("rules", "try", "氵台愈率９８％", "--device", "--json").out)
    conform("rules-try", tried)
    (finding,) = tried["findings"]
    assert (finding["rule"], finding["quote"], finding["field"]) == ("claim-cure-rate", "氵台愈率９８％", "text")
    assert ask("rules", "try", "不能根治疾病").out == "没有发现\n"
    assert ask("rules", "try", "治愈率98%", "--device").out.startswith("违规\t“治愈率98%”")
    nothing = ask("rules", "try", " ", "--json")
    assert (nothing.code, nothing.json["error"]["message"]) == (2, "没有文字可试")


def local(home: Path, name: str, text: str) -> Path:
    path = home / "rules" / "claim" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_an_analysts_own_rule_is_used_broken_and_mended(ask: Ask, tmp_path: Path) -> None:
    text = (RULES / "claim" / "claim-accuracy.yaml").read_text(encoding="utf-8").replace("claim-accuracy", "claim-mine")
    path = local(tmp_path / "home", "claim-mine", text)
    assert ask("rules", "test", "claim-mine").code == 0
    path.write_text(text.replace("- 100%准确，一测便知", "- 很准"), encoding="utf-8")
    failed = ask("rules", "test", "claim-mine", "--json")
    assert failed.code == 2
    (failure,) = json.loads(failed.out)["failures"]
    assert (failure["fault"], failure["example"]) == ("missed", "很准")
    path.write_text(text.replace("severity:", "severty:"), encoding="utf-8")
    broken = ask("rules", "lint", "--json")
    assert broken.code == 2
    problems = {(p["where"], p["message"], p["hint"]) for p in json.loads(broken.out)["error"]["problems"]}
    assert problems == {(f"{path}:4", "不认识的键 severty", "是不是 severity？"), (f"{path}:1", "缺少键 severity", "")}


@pytest.mark.slow
def test_judge_reads_json_lines_and_says_findings(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    given = [
        {"id": "a", "text": "治愈率98%", "is_device": True},
        {
            "id": 2,
            "text": "治疗鼻炎",
            "is_device": True,
            "registered_scope": "用于缓解肌肉疼痛。",
            "product": "中频治疗仪",
        },
        {"id": "c", "text": "治疗鼻炎", "is_device": None},
        {"id": "d", "text": "保温杯", "is_device": False, "title": None, "category": None},
        {"id": "e", "text": "自己在家打，送教程", "is_device": True, "product": "注射用交联透明质酸钠凝胶"},
        {"id": "f", "text": "请到医疗机构注射", "is_device": True, "product": "注射用交联透明质酸钠凝胶"},
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in given), encoding="utf-8")
    said = ask("judge", str(file), "--json")
    assert said.code == 0
    answers = rows(said.out)
    for answer in answers:
        conform("judge", answer)
    assert [(a["id"], [f["rule"] for f in a["findings"]]) for a in answers] == [  # type: ignore[attr-defined]
        ("a", ["claim-cure-rate"]), (2, ["scope-beyond-registered", "scope-names-other-disease"]), ("c", ["unknown-goods-medical-claim"]), ("d", []), ("e", ["restricted-injectable-to-individuals", "claim-home-procedure"]), ("f", []),
    ]  # fmt: skip


def test_judge_takes_plain_lines(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("一个疗程断根\n\n保温杯\n", encoding="utf-8")
    out = ask("judge", str(file)).out
    assert "断根”" in out
    assert "3\t没有发现" in out


@pytest.mark.parametrize(
    ("content", "where", "message"),
    [(b'{"id": 1}\n', ":1", "缺少 text"), (b'{"text": "x"}\n{"text": ', ":2", "JSON"), (b"\xff\xfe", ":1", "UTF-8"),
     (b'{"text": "x", "is_device": "yes"}', ":1", "is_device")],
)  # fmt: skip
def test_damaged_input_names_its_line(ask: Ask, tmp_path: Path, content: bytes, where: str, message: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(content)
    said = ask("judge", str(file), "--json")
    assert said.code == 1
    error = json.loads(said.out.splitlines()[-1])["error"]
    assert error["where"].endswith(where)
    assert message in error["message"]


def test_a_missing_file_is_said(ask: Ask, tmp_path: Path) -> None:
    assert ask("judge", str(tmp_path / "none.jsonl"), "--json").code == 1


@pytest.mark.slow
def test_local_changes_are_listed_shown_and_stale_ones_said_everywhere(ask: Ask, tmp_path: Path) -> None:
    path = local(tmp_path / "home", "claim-mine", (RULES / "claim" / "claim-fear.yaml").read_text(encoding="utf-8").replace(
        "claim-fear", "claim-mine"))  # fmt: skip
    overrides = path.parents[1] / "overrides.yaml"
    overrides.write_text(
        "overrides:\n  - {rule: claim-cure-rate, severity: low, except: [电机有效率], note: 电机}\n"
        "  - {rule: claim-gone, status: retired}\n",
        encoding="utf-8",
    )
    listed = {str(row["id"]): row for row in rows(ask("rules", "list", "--json").out)}
    for row in listed.values():
        conform("rules-list", row)
    assert [(listed[r]["from"], listed[r]["overridden"]) for r in ("claim-mine", "claim-cure-rate", "claim-fear")] == [
        ("home", False), ("shipped", True), ("shipped", False),
    ]  # fmt: skip
    assert listed["claim-cure-rate"]["severity"] == "low"
    shown = json.loads(ask("rules", "show", "claim-cure-rate", "--json").out)
    conform("rules-show", shown)
    (change,) = shown["overrides"]
    assert (change["severity"], change["was"], change["except"]) == (
        "low", {"severity": "high", "status": "active"}, ["电机有效率"]
    )  # fmt: skip
    people = ask("rules", "show", "claim-cure-rate")
    assert f"本地改动 {overrides}:2：程度 严重 → 轻微；例外 电机有效率（电机）" in people.out
    assert json.loads(ask("rules", "try", "电机有效率98%", "--device", "--json").out)["findings"] == []
    for command in (("rules", "list"), ("rules", "try", "根治", "--json"), ("judge", str(path), "--json")):
        done = ask(*command)
        assert done.code == 0
        assert f"{overrides}:3：没有规则 claim-gone，这一条改动不起作用" in done.err
    lint = ask("rules", "lint", "--json")
    assert lint.code == 0  # a change that does nothing is looked at, not refused
    assert [(p["level"], p["where"]) for p in json.loads(lint.out)["problems"]] == [("warning", f"{overrides}:3")]


@pytest.mark.slow
def test_a_stale_override_keeps_nobody_from_importing(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "home" / "rules").mkdir(parents=True)
    (tmp_path / "home" / "rules" / "overrides.yaml").write_text(
        "overrides:\n  - {rule: claim-gone, status: retired}\n", encoding="utf-8"
    )
    done = ask("import", str(recorded(tmp_path, "治愈率98%")), "--json")
    assert (done.code, json.loads(done.out)["findings"]) == (0, 1)


@pytest.mark.slow
def test_why_a_file_cannot_be_read_is_said_in_chinese(ask: Ask, tmp_path: Path) -> None:
    for name, why in (("gone.jsonl", "没有这个文件"), ("", "这是一个文件夹"), ("x" * 300, "文件名太长")):
        said = ask("judge", str(tmp_path / name), "--json")
        assert (said.code, said.json["error"]["message"]) == (1, f"文件读不了：{why}")
