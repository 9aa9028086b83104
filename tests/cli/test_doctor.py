from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from scanner import yamlfile
from scanner.cli import doctor
from scanner.home import Config, Home
from tests.cli.filled import Ask
from tests.schemas import conform


def checks(ask: Ask, *more: str) -> dict[str, dict[str, object]]:
    done = ask("doctor", "--json", *more)
    assert done.code == 0
    conform("doctor", done.json)
    return {check["name"]: check for check in done.json["checks"]}


def test_a_machine_without_a_home(ask: Ask, tmp_path: Path) -> None:
    found = checks(ask)
    assert list(found)[:8] == ["python", "chromium", "sandbox", "fonts", "pictures", "sqlite", "sm3", "home"]
    assert all(found[name]["ok"] for name in ("python", "sqlite", "sm3", "rules"))
    assert not found["home"]["ok"]
    assert "doctor --init" in str(found["home"]["hint"])
    assert not (tmp_path / "home").exists()  # looking changes nothing


def test_init_makes_a_home(ask: Ask, tmp_path: Path) -> None:
    found = checks(ask, "--init")
    assert found["home"]["ok"]
    assert found["book"]["ok"]
    home = Home(tmp_path / "home")
    assert yamlfile.load(home.config_file, Config) == Config()
    assert (home.keys.stat().st_mode & 0o777, home.root.stat().st_mode & 0o777) == (0o700, 0o700)
    key = [path.read_bytes() for path in home.keys.iterdir()]
    home.config_file.write_text('unit: "演示局"\noperator: "甲"\n', encoding="utf-8")
    again = checks(ask, "--init")
    assert again["config"] == {"name": "config", "ok": True, "detail": "演示局，甲", "hint": again["config"]["hint"]}
    assert [path.read_bytes() for path in home.keys.iterdir()] == key
    assert ask("listings", "list", "--json").rows == []


@pytest.mark.slow
def test_what_is_wrong_is_said_and_nothing_stops(ask: Ask, filled: Home) -> None:
    filled.config_file.write_text("unti: x\n", encoding="utf-8")
    filled.book.write_bytes(b"rubbish" * 1000)
    (filled.rules / "claim").mkdir()
    (filled.rules / "claim" / "mine.yaml").write_text("id: other\n", encoding="utf-8")
    found = checks(ask)
    assert [name for name in ("config", "book", "rules") if found[name]["ok"]] == []
    assert "config.yaml:1" in str(found["config"]["detail"])
    assert "mine.yaml" in str(found["rules"]["detail"])


def test_a_browser_that_is_named_and_not_there(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGWANG_CHROMIUM", "/nowhere/chromium")
    assert not checks(ask)["chromium"]["ok"]


@pytest.mark.parametrize(("user", "sound"), [(0, False), (1000, True)])
def test_root_is_warned_that_the_browser_has_no_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, sound: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    (check,) = doctor._sandbox(Home(tmp_path), date(2026, 11, 22))
    assert (check.name, check.ok) == ("sandbox", sound)
    assert ("普通用户" in check.hint, "root" in check.detail) == (not sound, not sound)


def test_it_is_said_among_the_others(ask: Ask) -> None:
    assert checks(ask)["sandbox"]["ok"] is (os.geteuid() != 0)


@pytest.mark.skipif(shutil.which("fc-list") is None, reason="needs fontconfig")
def test_people_see_a_table(ask: Ask) -> None:
    done = ask("doctor")
    assert done.code == 0
    assert "需要处理" in done.out
    assert "种中文字体" in done.out or "没有找到中文字体" in done.out


def test_keys_are_rotated(ask: Ask, tmp_path: Path) -> None:
    assert ask("doctor", "--rotate-key", "--json").code == 2  # there is none yet
    first = checks(ask, "--init")["key"]["detail"]
    second = checks(ask, "--rotate-key")["key"]["detail"]
    assert first != second
    assert "起使用" in str(second)
    assert ask("verify", "--home").code == 0
