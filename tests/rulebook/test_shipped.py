"""The rules that come with the program: they load, lint is silent, each is complete, each kind has its share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scanner.numbers import TITLES
from scanner.rulebook import DisplayRule, lint
from scanner.text import fold
from tests.rulebook.making import RULES, shipped

DAY = date(2026, 1, 5)  # lint of another day may say that a law has ended
KEY = [  # 通知点名的重点品种 (domain.md 2.3, notices)
    "新冠病毒抗原检测试剂盒", "医用防护服", "医用外科口罩", "红外额温计", "彩色隐形眼镜", "血糖仪", "避孕套", "中频治疗仪", "根管锉",
    "光固化复合树脂", "注射用交联透明质酸钠凝胶", "射频皮肤治疗仪", "角膜塑形镜", "助听器", "无创呼吸机", "ECMO", "人工授精导管", "制氧机",
    "强脉冲光脱毛仪", "接骨板", "宫内节育器", "医用退热贴", "穴位压力刺激贴", "轮椅", "雾化器", "皮秒激光", "微针滚轮", "人工晶状体",
]  # fmt: skip


def test_lint_is_silent() -> None:
    assert [opinion.message for opinion in lint(shipped(), on=DAY) if opinion.level != "info"] == []


def test_each_kind_of_the_mission_has_at_least_three_rules() -> None:
    kinds = Counter(rule.kind for rule in shipped().rules.values() if rule.status == "active")
    assert {kind for kind, n in kinds.items() if n >= 3} >= {"registration", "display", "restricted", "claim"}


def test_each_rule_names_law_liability_owner_and_says_something() -> None:
    for rule in shipped().rules.values():
        assert rule.says.endswith("。"), rule.id
        assert all(law.liability and law.since for law in rule.basis), rule.id
        assert len(rule.examples.hits) >= 2, rule.id
        assert len(rule.examples.misses) >= 2, rule.id


@pytest.mark.parametrize("name", KEY)
def test_key_products_are_known(name: str) -> None:
    from scanner.checks.facts import category_of

    assert category_of(name, shipped())


def test_display_rules_name_number_types_that_exist() -> None:
    for rule in shipped().rules.values():
        if isinstance(rule, DisplayRule):
            assert set(rule.number_types) <= TITLES.keys()


def test_spellings_are_not_words_of_other_lists() -> None:
    rules = shipped()
    plain = {word for name in rules.lists for word in rules.words(name)}
    for name, words in rules.lists.items():
        assert {fold(s).text for s in words.spellings} & plain <= set(rules.words(name)), name


def test_nothing_of_the_labelled_texts_stands_in_a_rule(shared: Callable[[str], Path]) -> None:
    """What is measured on may not be learnt by heart: no row of the dev set, nor a long piece of one, is in rules/."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in sorted(RULES.rglob("*.yaml")))
    rows = [
        json.loads(line)["text"] for line in shared("cases/claims_dev.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    pieces = {row[i : i + 10] for row in rows for i in range(max(1, len(row) - 9))}
    law = (
        "“请仔细阅读产品说明书或者在医务人员的指导下购买和使用”。说明治愈率或者有效率"  # words of 广告法第十六条 itself
    )
    assert [piece for piece in sorted(pieces) if piece in rules and piece not in law] == []
