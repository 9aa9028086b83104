"""``registry import``, ``lookup``, ``status`` and ``numbers``, as scripts call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from scanner.cli import numbers, registry
from scanner.errors import InputError, UsageError
from tests.registry.making import nmpa_csv, write

ROW = ("演械注准20212149001", "演示甲医疗器械有限公司", "医用演示敷贴", "第二类", "A型", "", "2021-03-01", "2022-02-28")


def application() -> typer.Typer:
    app = typer.Typer()

    @app.callback()
    def options(home: Annotated[Path | None, typer.Option("--home")] = None) -> None:
        """Only the option that the nouns read."""

    numbers.register(app)
    registry.register(app)
    return app


def run(home: Path, *arguments: str, stdin: str = "") -> str:
    result = CliRunner().invoke(application(), ["--home", str(home), *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_import_lookup_status(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = write(tmp_path, "demo.csv", nmpa_csv([ROW]))
    (report,) = rows(run(home, "registry", "import", "demo", str(path), "--as-of", "2026-11-01", "--json"))
    assert (report["rows"], report["bad"], report["as_of"], report["sample"]) == (1, 0, "2026-11-01", False)
    arguments = (
        "registry",
        "lookup",
        "演械注准 20212149001",
        "--holder",
        "丙丁健康科技有限公司",
        "--as-of",
        "2026-11-22",
        "--json",
    )
    (answer,) = rows(run(home, *arguments))
    assert answer["standing"] == ["lapsed", "other_holder"]
    assert (answer["number"], answer["type"], answer["hard"]) == ("演械注准20212149001", "device_reg", True)
    assert answer["record"]["valid_until"] == "2022-02-28"
    assert [(s["id"], s["as_of"]) for s in answer["sources"]] == [("demo", "2026-11-01")]
    (status,) = rows(run(home, "registry", "status", "--as-of", "2026-11-22", "--json"))
    assert [(s["id"], s["age_days"], s["numbers"]) for s in status["sources"]] == [("demo", 21, 1)]


def test_for_people(tmp_path: Path) -> None:
    path = write(tmp_path, "demo.csv", nmpa_csv([ROW, ("粤械注准20212149001", *ROW[1:])]))
    home = tmp_path / "home"
    assert "还没有导入" in run(home, "registry", "status")
    said = run(home, "registry", "import", "demo", str(path))
    assert "1 行" in said
    assert "demo.csv:3" in said
    assert "已过期" in run(home, "registry", "lookup", ROW[0], "--as-of", "2026-11-22")
    assert "没有导入能回答的登记册" in run(home, "registry", "lookup", "粤械注准20212149001")
    assert "演示登记册" in run(home, "registry", "status")


def test_wrong_asking(tmp_path: Path) -> None:
    path = write(tmp_path, "demo.csv", nmpa_csv([ROW]))
    with pytest.raises(UsageError):
        run(tmp_path / "h", "registry", "import", "nowhere", str(path))
    with pytest.raises(UsageError):
        run(tmp_path / "h", "registry", "import", "demo", str(path), "--sample", "--complete")


def test_numbers_in_json_lines_and_plain_text(tmp_path: Path) -> None:
    lines = '{"id": 7, "text": "证号：粤械注准 20212149001号 京ICP备12345678号"}\n\n{"id": "b", "text": "没有"}\n'
    path = write(tmp_path, "in.jsonl", lines)
    first, second = rows(run(tmp_path / "h", "numbers", str(path), "--json"))
    assert first == {
        "id": 7,
        "numbers": [
            {"type": "device_reg", "number": "粤械注准20212149001", "raw": "粤械注准 20212149001号", "start": 3, "end": 20,
             "valid": True, "why": ""}
        ],
        "identifiers": [
            {"type": "icp", "number": "京ICP备12345678", "raw": "京ICP备12345678号", "start": 21, "end": 35, "valid": True,
             "why": ""}
        ],
    }  # fmt: skip
    assert second == {"id": "b", "numbers": [], "identifiers": []}
    (plain,) = rows(run(tmp_path / "h", "numbers", "--json", stdin="第一行\n国械注准20212149001\n"))
    assert (plain["id"], plain["numbers"][0]["valid"], plain["numbers"][0]["start"]) == (None, False, 4)
    assert "共 1 个编号" in run(tmp_path / "h", "numbers", "-", stdin="国械注准20213149001")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "in.jsonl", '{"id": 1, "text": "x"}\n{"id": 2}\n')
    with pytest.raises(InputError) as error:
        run(tmp_path / "h", "numbers", str(path), "--json")
    assert error.value.where.endswith("in.jsonl:2")
