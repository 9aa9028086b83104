"""Bounds of a backtest: what they mean, what is refused, and JUnit XML that stays XML whatever a page says."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from scanner.errors import ConfigError
from scanner.model import Severity, Verdict
from scanner.tuning import junit
from scanner.tuning.backtest import Change, Counts, Report
from scanner.tuning.bounds import Bound, BoundFile, hold
from scanner.yamlfile import load


@pytest.mark.parametrize(
    ("bound", "holds"),
    [(Bound(exactly=3), [3]), (Bound(at_least=3), [3, 4, 9]), (Bound(at_most=2), [0, 1, 2]),
     (Bound(at_least=2, at_most=4), [2, 3, 4]), (Bound(exactly=0), [0])],
)  # fmt: skip
def test_both_ends_are_included(bound: Bound, holds: list[int]) -> None:
    assert [n for n in (0, 1, 2, 3, 4, 9) if bound.holds(n)] == holds


@pytest.mark.parametrize(
    ("text", "said"),
    [("claim-x: {}", "写 exactly"), ("claim-x: {exactly: 1, at_most: 2}", "写 exactly"),
     ("claim-x: {at_least: 5, at_most: 2}", "at_least 比 at_most 大"), ("claim-x: {exactly: -1}", "exactly"),
     ("claim-x: {exacly: 1}", "exacly")],
)  # fmt: skip
def test_bounds_that_say_nothing_are_refused_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bounds.yaml"
    path.write_text(f"bounds:\n  {text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, BoundFile)
    assert said in str(refused.value)
    assert refused.value.problems[0].where == f"{path}:2"


def test_a_rule_nobody_expected_fails_only_where_asked() -> None:
    report = Report(rules={"claim-a": Counts(now=2), "claim-b": Counts(now=1), "claim-c": Counts(before=1)})
    bounds = {"claim-a": Bound(at_most=2), "claim-z": Bound(at_least=1)}
    assert [(h.rule, h.ok) for h in hold(report, bounds, "pass")] == [("claim-a", True), ("claim-z", False)]
    failed = hold(report, bounds, "fail")[2:]
    assert [(h.rule, h.ok, str(h)) for h in failed] == [("claim-b", False, "没有写界限，却有 1 条发现")]


def test_junit_holds_what_xml_cannot(tmp_path: Path) -> None:
    report = Report(rules={"claim-a": Counts(now=1)})
    change = Change(rule="claim-a", change="appeared", item="<x>", field="text", quote="根\x00治\ud800]]>&", before="\x1b[31m",
                    after="\ufffe", verdict=Verdict.VIOLATION, severity=Severity.HIGH)  # fmt: skip
    path = tmp_path / "out.xml"
    junit.write(path, hold(report, {"claim-a": Bound(exactly=0), "claim-b": Bound(exactly=0)}, "pass"), [change])
    root = etree.parse(str(path)).getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    failure = root.find("testcase[@name='claim-a']/failure")
    assert failure is not None
    assert failure.get("message") == "应当恰好 0 条，实际 1 条"
    assert failure.text == "appeared <x> text: \ufffd[31m【根\ufffd治\ufffd]]>&】\ufffd"
    assert root.find("testcase[@name='claim-b']/failure") is None
    assert list(tmp_path.iterdir()) == [path]
