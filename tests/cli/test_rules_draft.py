"""``rules draft`` as an analyst types it: from a file or stdin, printed or into a new folder, then tested and used."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.filled import Ask
from tests.schemas import conform
from tests.tuning.test_draft import HEIGHT


@pytest.fixture
def hits(tmp_path: Path) -> Path:
    path = tmp_path / "hits.txt"
    path.write_text("\n".join(HEIGHT), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_draft_is_written_tested_and_taken_over(ask: Ask, hits: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft"
    said = ask("rules", "draft", "claim-taller", str(hits), "--title", "宣称增高", "--out", str(out))
    assert said.code == 0
    assert "命中 4 句" in said.out
    assert "rules backtest" in said.out
    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.yaml"))
    assert files == ["claim/claim-taller.yaml", "lists/claim-taller.yaml"]
    shutil.copytree(out, tmp_path / "home" / "rules")
    assert ask("rules", "test", "claim-taller").code == 0
    tried = ask("rules", "try", "三天长高", "--device", "--json")
    assert tried.json["findings"] == []  # a draft judges nothing
    path = tmp_path / "home" / "rules" / "claim" / "claim-taller.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("status: draft", "status: active"), encoding="utf-8")
    (finding,) = ask("rules", "try", "三天长高", "--device", "--json").json["findings"]
    assert (finding["rule"], finding["quote"], finding["verdict"]) == ("claim-taller", "长高", "suspect")
    again = ask("rules", "draft", "claim-tall", str(hits), "--out", str(out), "--json")
    assert (again.code, again.json["error"]["where"]) == (2, "--out")
    taken = ask("rules", "draft", "claim-taller", str(hits), "--json")
    assert (taken.code, taken.json["error"]["message"]) == (2, "规则 claim-taller 已经有了")


@pytest.mark.slow
def test_printed_the_files_alone_are_on_stdout(ask: Ask, hits: Path, tmp_path: Path) -> None:
    said = ask("rules", "draft", "claim-taller", str(hits))
    assert said.out.startswith("# ---- rules/claim/claim-taller.yaml\n")
    assert "# ---- rules/lists/claim-taller.yaml\n" in said.out
    assert "命中 4 句" in said.err
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_labelled_rows_from_stdin_and_a_background(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = [{"text": text, "label": "violation"} for text in HEIGHT]
    rows.append({"text": "不能长高", "label": "ok"})
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(json.dumps(row) for row in rows).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    ours = tmp_path / "innocent.txt"
    ours.write_text("长高的树苗\n好看的杯子\n", encoding="utf-8")
    done = ask("rules", "draft", "claim-taller", "--background", str(ours), "--json")
    conform("rules-draft", done.json)
    assert (done.json["hits"], done.json["misses"], done.json["background_found"]) == (4, 1, 0)
    assert "长高" not in [word for row in done.json["words"] for word in row["words"]]
    assert all(row["background"] == 0 for row in done.json["words"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [(["Claim-X"], "规则编号"), (["claim-x", "--misses", "none"], "文件读不了")],
)  # fmt: skip
def test_what_cannot_be_is_said(ask: Ask, hits: Path, words: list[str], said: str) -> None:
    done = ask("rules", "draft", words[0], str(hits), *words[1:], "--json")
    assert done.code in (1, 2)
    conform("error", done.json)
    assert said in done.json["error"]["message"]


def test_a_draft_that_was_not_finished_is_said(ask: Ask, hits: Path, tmp_path: Path) -> None:
    (tmp_path / "new.part").mkdir()
    done = ask("rules", "draft", "claim-x", str(hits), "--out", str(tmp_path / "new"), "--json")
    assert (done.code, done.json["error"]["message"]) == (2, f"{tmp_path}/new.part 已经存在：上次没有写完")
    assert not (tmp_path / "new").exists()
