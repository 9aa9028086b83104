"""The examples of the shipped rules hold; a wrong one is named with its sentence and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.rulebook import load
from scanner.tuning.examples import run
from tests.rulebook.making import shipped, write


def test_every_example_of_the_shipped_rules_holds() -> None:
    ran = run(shipped())
    assert [failure.problem().message for failure in ran.failures] == []
    assert ran.rules >= 30
    assert ran.examples >= 200


@pytest.mark.parametrize(
    ("old", "new", "fault", "example", "line"),
    [
        ("hits: [治疗鼻炎, ", "hits: [今天天气好, ", "missed", "今天天气好", 12),
        ("misses: [", "misses: [治疗鼻炎, ", "wrongly_hit", "治疗鼻炎", 12),
        ("misses: [", "todo: [治愈鼻炎], misses: [", "todo_works", "治愈鼻炎", 12),
    ],
)
def test_what_does_not_hold_is_said_with_sentence_and_line(
    tmp_path: Path, old: str, new: str, fault: str, example: str, line: int
) -> None:
    folder = write(tmp_path, ("r", "  - seq: [效, {gap: 0-3}, 病]", "unless: [negated]"))
    path = folder / "claim" / "r.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    (failure,) = run(load(folder)).failures
    assert (failure.rule, failure.fault, failure.example) == ("r", fault, example)
    assert failure.where == f"{path}:{line}"
    assert example in failure.problem().message


def test_a_draft_rule_is_tested_and_a_retired_one_is_not(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", "  - seq: [效, {gap: 0-3}, 病]", "status: draft\nunless: []"))
    assert [f.fault for f in run(load(folder)).failures] == ["wrongly_hit"]  # 不能治疗鼻炎, with no context asked
    path = folder / "claim" / "r.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("status: draft", "status: retired"), encoding="utf-8")
    assert run(load(folder)).rules == 0
