"""Several rules at one place become one finding that says all of it."""

from __future__ import annotations

from scanner.judge import judge
from scanner.model import Verdict
from tests.checks.making import DAY, page
from tests.rulebook.making import shipped


def test_a_lesser_finding_inside_a_graver_one_stands_beside_it() -> None:
    found = judge(page("保暖护膝 加绒", "专治老寒腿"), shipped(), None, on=DAY)
    claims = [f for f in found if f.kind == "claim"]
    assert [(f.rule, f.verdict) for f in claims] == [("goods-medical-claim", Verdict.VIOLATION)]
    assert any("提到了疾病" in note for note in claims[0].beside)


def test_findings_at_different_places_all_stand() -> None:
    found = judge(page("保暖护膝 加绒", "专治老寒腿。无效退款，送义诊"), shipped(), None, on=DAY)
    assert {f.rule for f in found} >= {"goods-medical-claim", "claim-refund-promise", "claim-free-clinic"}


def test_nothing_said_is_lost() -> None:
    """Every rule that hit is a finding or stands beside one."""
    rules = shipped()
    text = "三个疗程根治糖尿病，无效退款，专家推荐，一贴见效，永不复发"
    found = judge(page("降糖贴", text), rules, None, on=DAY)
    told = {f.says for f in found} | {note.removeprefix("同一处还：") for f in found for note in f.beside}
    assert {rules.rules["claim-refund-promise"].says, rules.rules["claim-cure-assertion"].says} <= told
