"""The path of docs/rules.md, walked: its files written, its commands run, its outputs and exit codes held."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.filled import Ask, Said, fill

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"# 退出码 (\d)")


@pytest.mark.slow
def test_the_path_of_the_page_works_as_written(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rules = fill(tmp_path / "home").rules
    said: list[Said] = []
    ran = shown = 0
    for kind, name, content in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "console":
            said = []
            for line in content.splitlines():
                code = int(found[1]) if (found := CODE.search(line)) else 0
                program, *words = shlex.split(line, comments=True)
                assert program == "qingwang"
                said.append(ask(*words))
                assert said[-1].code == code, (line, said[-1].out, said[-1].err)
                ran += 1
        elif kind == "text":
            printed = "\n".join(one.out + one.err for one in said)
            for line in content.splitlines():
                parts = [part for part in line.split("…") if part]
                assert all(part in printed for part in parts), (line, printed)
                shown += 1
        elif name:
            path = tmp_path / name if kind == "json" else rules / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    assert ran >= 11
    assert shown >= 13
