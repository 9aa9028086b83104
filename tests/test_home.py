from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.errors import ConfigError, StoreError, UsageError
from scanner.home import Config, Home, shipped_registry_data, shipped_rules


def test_where_the_home_is(tmp_path: Path) -> None:
    environ = {"HOME": "/home/demo", "QINGWANG_HOME": str(tmp_path / "from-environment")}
    assert Home.find(str(tmp_path), environ).root == tmp_path
    assert Home.find(None, environ).root == tmp_path / "from-environment"
    assert Home.find(None, {"HOME": "/home/demo"}).root == Path("/home/demo/.local/share/qingwang")
    assert Home.find(None, {"HOME": "/home/demo", "QINGWANG_HOME": ""}).root.name == "qingwang"
    assert Home.find("here", {}).root == Path.cwd() / "here"
    for wrong in ("", "  ", "a\0b"):
        with pytest.raises(UsageError):
            Home.find(wrong, {})


def test_make_twice(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "b")
    for _ in range(2):
        home.make()
    assert {path.name for path in home.root.iterdir()} == {
        "rules",
        "rulebooks",
        "frontier",
        "archive",
        "keys",
        "packages",
    }
    assert home.root.stat().st_mode & 0o777 == 0o700
    assert {p.parent for p in (home.book, home.register, home.journal, home.config_file)} == {home.root}


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        Home(tmp_path / "home").make()
    assert caught.value.where == str(tmp_path / "home")


def test_config(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.config() == Config()
    home.config_file.write_text("unit: 演示局\ndelay: 2.5\npages: 10\n", encoding="utf-8")
    assert home.config() == Config(unit="演示局", delay=2.5, pages=10)
    home.config_file.write_text("unit: 演示局\nunit: 二\ndelay: -1\nnothing: 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        home.config()
    places = {problem.where for problem in caught.value.problems}
    assert places == {f"{home.config_file}:{line}" for line in (2, 3, 4)}


def test_one_writer(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock(), pytest.raises(StoreError) as caught, home.lock():
        pass
    assert f"进程号 {os.getpid()}" in caught.value.message
    assert caught.value.hint
    with home.lock():
        pass


def test_a_killed_writer_holds_nothing(tmp_path: Path) -> None:
    code = "import sys,time\nfrom pathlib import Path\nfrom scanner.home import Home\n" \
        "with Home(Path(sys.argv[1])).lock():\n print('held', flush=True)\n time.sleep(60)"  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"进程号 {other.pid}"), Home(tmp_path).lock():
            pass
        other.kill()
    deadline = time.monotonic() + 5
    while True:
        try:
            with Home(tmp_path).lock():
                return
        except StoreError:
            assert time.monotonic() < deadline


def test_what_is_shipped() -> None:
    assert shipped_rules().is_dir()
    assert (shipped_registry_data() / "sources.yaml").is_file()
