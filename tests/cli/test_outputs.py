"""What the commands print with --json is what docs/schema promises: those that need no crawl and no package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.filled import Ask
from tests.registry.catalogue.making import files
from tests.registry.company.pairs import code
from tests.schemas import conform


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl"
    rows = [
        {"id": "a", "text": "演示贴，七天根治颈椎病，治愈率99%", "is_device": True},
        {"id": 7, "text": "国械注准20993071971，统一社会信用代码91110108MA01ABCD2X"},
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["numbers", "judge"])
def test_commands_over_texts(ask: Ask, texts: Path, command: str) -> None:
    done = ask(command, str(texts), "--json")
    assert done.code == 0
    assert [row["id"] for row in done.rows] == ["a", 7]
    for row in done.rows:
        conform(command, row)
    assert any(row.get("findings") or row.get("numbers") for row in done.rows)


@pytest.mark.parametrize("verb", ["lint", "test", "try", "list", "show"])
def test_rules(ask: Ask, verb: str) -> None:
    given = {"try": ["七天根治颈椎病"], "show": ["claim-cure-rate"], "test": ["claim-cure-rate"]}.get(verb, [])
    done = ask("rules", verb, *given, "--json")
    assert done.code == 0
    assert done.rows
    for row in done.rows:
        conform(f"rules-{verb}", row)


def test_registry(ask: Ask) -> None:
    for number, standing in (("演械注准20212070001", "cannot_say"), ("国械注准20993071971", "malformed")):
        lookup = ask("registry", "lookup", number, "--json")
        conform("registry-lookup", lookup.json)
        assert standing in lookup.json["standing"]
    conform("registry-status", ask("registry", "status", "--json").json)


@pytest.mark.slow
def test_registry_company(ask: Ask, tmp_path: Path) -> None:
    assert ask("registry", "company", "演康", "--json").json == {"matches": []}
    assert "还没有导入" in ask("registry", "company", "演康").out
    lines = [{"name": "苏州演康医疗器械有限公司", "uscc": code("A")}, {"name": "演康（扬州）医疗器械有限公司"}]
    path = tmp_path / "registrants.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert ask("registry", "import", "registrants", str(path)).code == 0
    for asked in ("苏州演康医疗器械有公司", code("A")):
        done = ask("registry", "company", asked, "--json")
        conform("registry-company", done.json)
        best = done.json["matches"][0]
        assert (best["name"], best["uscc"], best["sources"]) == (lines[0]["name"], code("A"), ["registrants"])
        assert best["because"] in ("只差公司组织形式字样", "统一社会信用代码一致")
    said = ask("registry", "company", "苏州演康医疗器械", "--limit", "1").out
    assert "苏州演康" in said
    assert "registrants" in said
    assert "没有相近的名称" in ask("registry", "company", "漠河采薇服饰").out
    assert "校验码不符" in ask("registry", "company", code("A")[:-1] + ("0" if code("A")[-1] != "0" else "1")).out
    empty = ask("registry", "company", "（）", "--json")
    assert empty.code == 2
    conform("error", empty.json)


@pytest.mark.slow
def test_import_and_verify(ask: Ask, shared_har: Path, tmp_path: Path) -> None:
    done = ask("import", str(shared_har), "--json")
    assert done.code == 3  # a login answer and nothing else: nothing readable
    conform("import", done.json)
    home = ask("verify", "--home", "--json")
    assert home.code == 0
    conform("verify", home.json)
    damaged = tmp_path / "damaged.har"
    damaged.write_text('{"log": {"entries": [', encoding="utf-8")
    done = ask("import", str(damaged), "--json")
    assert done.code == 1
    conform("error", done.json)


@pytest.fixture
def shared_har(tmp_path: Path) -> Path:
    from tests.intake.making import entry, written

    return written(tmp_path, entry(text='{"errno":401,"errmsg":"请先登录"}'))


@pytest.mark.long
def test_bench(ask: Ask) -> None:
    done = ask("bench", "read", "--json")
    assert [row["name"] for row in done.rows] == [f"read 60–140 kB 从 WARC 到商品页{more}" for more in ("", "并核查")]
    for row in done.rows:
        conform("bench", row)


def test_failures(ask: Ask) -> None:
    for arguments in (
        ["rules", "show", "nothing"],
        ["scan", "not a url"],
        ["leads", "show", "x"],
        ["package", "1"],
        ["bench", "x"],
    ):
        done = ask(*arguments, "--json")
        assert done.code in (1, 2), arguments
        conform("error", done.json)


@pytest.mark.slow
def test_registry_product(ask: Ask, tmp_path: Path) -> None:
    without = ask("registry", "product", "演示退热贴", "--json")
    assert without.code == 2
    conform("error", without.json)
    for source, paths in files(tmp_path).items():
        report = ask("registry", "import", source, *map(str, paths), "--json")
        assert (report.code, report.json["bad"]) == (0, 0)
        conform("registry-import", report.json)
    conform("registry-status", ask("registry", "status", "--json").json)
    done = ask("registry", "product", "演示退热贴 额头降温 6贴", "--json")
    assert done.code == 0
    conform("registry-product", done.json)
    first = done.json["matches"][0]
    assert (first["code"], first["class"], first["source"], first["year"], first["exact"]) == (
        "09-02-03", "I", "class1", "2021", True
    )  # fmt: skip
    said = ask("registry", "product", "演示退热贴", "--description", "由凝胶组成")
    assert "演示退热贴" in said.out
    assert "只是查找的线索" in said.out
    assert "没有一个名称" in ask("registry", "product", "qqqq").out
    assert ask("registry", "product", " ", "--json").code == 2


def test_bench_product_without_data(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.bench.product import FOLDER

    monkeypatch.delenv(FOLDER, raising=False)
    done = ask("bench", "product", "--json")
    assert done.code == 2
    assert FOLDER in done.json["error"]["hint"]
