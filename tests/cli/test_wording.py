"""What is wrong with a command line is said in Chinese, whichever command it is."""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path

import pytest

from scanner.cli import wording
from scanner.cli.main import run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    words = ["--home", str(tmp_path_factory.mktemp("home"))]
    assert run([*words, "doctor", "--init", "--json"]) == 0
    return words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("package seven", "LEAD 应当是整数"), ("package 1.5", "LEAD 应当是整数"), ("leads show seven", "应当是整数"),
        ("revisit seven", "LEAD 应当是整数"), ("scan http://a.example --pages many", "--pages 应当是整数"),
        ("scan http://a.example --pages -3", "--pages 不能小于 1"), ("package", "没有写 LEAD"),
        ("leads show 1 2 3", "多写了：2 3"), ("nosuch", "没有这个命令：nosuch"), ("scann", "没有这个命令：scann（相近的：scan）"), ("scan --render", "--render 后面要写值"),
        ("coverage --nope", "没有这个选项：--nope"), ("retention", "没有写子命令"),
        ("package 99999999999999999999999", "数字太大"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_chinese(
    words: str, said: str, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*home, *words.split()]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert said in told
    assert not re.search(r"Input|valid|No such|Missing|requires|Got", told)


def test_verify_says_that_a_device_is_neither(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in ("/dev/zero", str(tmp_path / "pipe")):
        assert run(["--home", str(tmp_path), "verify", place]) == 2
        assert f"{place}：既不是文件也不是文件夹" in capsys.readouterr().err
    assert run(["--home", str(tmp_path), "verify", str(tmp_path / "none")]) == 2
    assert "没有这个文件或者文件夹" in capsys.readouterr().err


def test_the_examples_hold() -> None:
    assert doctest.testmod(wording).attempted == 4
    assert doctest.testmod(wording).failed == 0
