"""``qingwang import``: exit codes and output for files that are damaged, unreadable or only half good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.home import Home
from tests import warcs
from tests.cli.filled import Ask
from tests.intake.making import entry, written
from tests.schemas import conform

PAGE = "<html><head><title>演示</title></head><body><h1>今天天气</h1><p>晴，微风。</p></body></html>"


def test_a_damaged_file_is_an_error(tmp_path: Path, ask: Ask) -> None:
    damaged = tmp_path / "damaged.har"
    damaged.write_text('{"log": {"entries": [{"request": ', encoding="utf-8")
    done = ask("import", str(damaged), "--json")
    assert done.code == 1
    conform("error", done.json)
    assert (done.json["error"]["kind"], done.json["error"]["where"]) == ("input", f"{damaged}:1")
    assert not (tmp_path / "home" / "journal.jsonl").exists()


@pytest.mark.parametrize("dialect", ["corrupted_har__broken_headers.json", "corrupted_har__brokenfile.har"])
def test_broken_dialects_are_errors(dialect: str, shared: Callable[[str], Path], ask: Ask) -> None:
    done = ask("import", str(shared(f"cases/captures/dialects/{dialect}")), "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")


def test_nothing_readable(tmp_path: Path, ask: Ask) -> None:
    wall = "<html><title>登录</title><body><h1>请先登录</h1><input type=password></body></html>"
    path = written(tmp_path, entry(text=wall, mime="text/html"), entry(text="", mime="text/html", status=500))
    done = ask("import", str(path), "--json")
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "blocked", 0)
    conform("import", done.json)
    empty = ask("import", str(written(tmp_path)), "--json")
    assert (empty.code, empty.json["pages"]) == (3, 0)


def test_a_damaged_file_stops_no_other(tmp_path: Path, ask: Ask) -> None:
    good, bad = written(tmp_path, entry(text=PAGE, mime="text/html")), tmp_path / "bad.har"
    bad.write_text("{", encoding="utf-8")
    done = ask("import", str(bad), str(good), "--json")
    assert done.code == 1
    first, second = done.rows
    conform("error", first)
    conform("import", second)
    assert (Path(second["file"]), second["outcomes"]) == (good, {"not_a_product": 1})


def test_an_entry_without_an_answer_is_counted(tmp_path: Path, ask: Ask) -> None:
    path = written(tmp_path, entry(text=PAGE, mime="text/html"), entry(status=0, text=None, size=-1))
    done = ask("import", str(path), "--json")
    assert (done.code, done.json["outcomes"]) == (0, {"error": 1, "not_a_product": 1})
    lines = warcs.lines(Home(tmp_path / "home"))
    assert [line["why"] for line in lines if line["event"] == "not_readable"] != []
    assert urlsplit(next(line["url"] for line in lines if line["event"] == "not_readable")).hostname is not None
