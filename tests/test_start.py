"""A command started from nothing, as a person starts it, says what one says that the tests fork (``tests.forked``)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.running import qingwang

PAGE = "<html><head><title>演示</title></head><body><h1>今天天气</h1><p>晴，微风。</p></body></html>"


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("--version",), "", 0), (("rules", "list"), "", 0), (("rules", "lint", "--json"), "", 0), (("nonsense",), "", 2),
        (("judge", "--json"), '{"id": "1", "text": "三天根治糖尿病"}\n', 0), (("verify", "nowhere"), "", 2),
        (("numbers", "--json"), "国械注准20213140001", 0), (("scan", "http://127.0.0.1/", "--json"), "", 2),
    ],
)  # fmt: skip
def test_fresh_and_forked_say_the_same(words: tuple[str, ...], stdin: str, code: int, tmp_path: Path) -> None:
    fresh, forked = (qingwang(tmp_path / "home", *words, stdin=stdin, fresh=new) for new in (True, False))
    assert fresh == forked
    assert forked.code == code, forked.err


@pytest.mark.slow
def test_a_recording_is_read_by_a_process_started_from_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    done = qingwang(tmp_path / "home", "import", str(page), "--json", fresh=True)
    assert (done.code, done.json["outcomes"]) == (0, {"not_a_product": 1})


def test_environment_and_home_are_the_commands_own(tmp_path: Path) -> None:
    browser = shutil.which("true")
    named = qingwang(tmp_path / "other", "doctor", "--json", env={"QINGWANG_CHROMIUM": str(browser)})
    unnamed = qingwang(tmp_path / "other", "doctor", "--json")
    said, other = ({c["name"]: c["detail"] for c in done.json["checks"]} for done in (named, unnamed))
    assert f"（{browser}）" in said["chromium"]
    assert str(browser) not in other["chromium"]
    assert said["home"].endswith(str(tmp_path / "other"))
    assert not (tmp_path / "other" / "journal.jsonl").exists()
