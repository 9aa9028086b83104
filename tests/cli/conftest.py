"""Fixtures of the command-line tests: a filled home, and asking the program in this process, which is quick."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.cli import main
from scanner.home import Home
from tests.cli.filled import Ask, Said, fill


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """``ask("leads", "list", "--json")`` for the home of this test."""
    monkeypatch.setenv("QINGWANG_HOME", str(tmp_path / "home"))

    def run(*arguments: str) -> Said:
        code = main.run(arguments)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture
def filled(tmp_path: Path) -> Home:
    return fill(tmp_path / "home")
