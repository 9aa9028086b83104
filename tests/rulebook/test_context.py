"""What stands around a hit: negations, questions, labels, laws, page-wide gates, and a registered scope."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.rulebook import load
from scanner.rulebook.context import COVER, beyond_scope, cover, in_scope
from scanner.text import fold
from tests.rulebook.making import LISTS, book, write

ALL = ("negated", "warned", "asked", "law", "gated")


@pytest.mark.parametrize(
    ("text", "label", "held"),
    [
        ("治疗鼻炎", "", ""),
        ("不能治疗鼻炎", "", "negated"),
        ("治疗不能根除的鼻炎", "", "negated"),  # between the words of the hit
        ("不能，治疗鼻炎", "", ""),  # another clause
        ("不得不治疗鼻炎", "", ""),  # covered: not a negation
        ("药物不能，但可以治疗鼻炎", "", ""),
        ("不能吃药但可以治疗鼻炎", "", ""),  # broken by 但
        ("不能吃药吃药吃药吃药吃药吃药治疗鼻炎", "", ""),  # out of reach
        ("治疗鼻炎", "禁忌症", "warned"),
        ("能治疗鼻炎吗？", "", "asked"),
        ("能治疗鼻炎吗？能", "", "asked"),
        ("真的吗？治疗鼻炎。", "", ""),
        ("（三）宣称治疗鼻炎的；", "", "law"),
        ("（三）治疗鼻炎", "", ""),
        ("（赠品）治疗鼻炎的", "", ""),
        ("治疗鼻炎。本品仅限医院采购", "", "gated"),
    ],
)
def test_contexts(tmp_path: Path, text: str, label: str, held: str) -> None:
    rules = book(tmp_path, "  - seq: [效, {gap: 0-8}, 病]", f"unless: [{', '.join(ALL)}]")
    scan = rules.matcher.scan(fold(text))
    hit = rules.matcher.hits(scan)["r"][0]
    assert rules.around.holding(ALL, scan, hit, label) == held


def test_a_claim_owns_its_own_negation(tmp_path: Path) -> None:
    lists = "lists:\n  断: {words: [不得复发]}\n  否: {words: [不得]}\n"
    contexts = "contexts:\n  negated: {place: before, within: clause, lists: [否]}\n"
    folder = tmp_path / "rules"
    from tests.rulebook.making import write

    write(folder, ("r", "  - any: [断]", "unless: [negated]"), lists=lists, contexts=contexts)
    path = folder / "claim" / "r.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("不能治疗鼻炎", "没说不得复发"), encoding="utf-8")
    from scanner.rulebook import load

    rules = load(folder)
    scan = rules.matcher.scan(fold("用后不得复发"))
    assert rules.around.holding(["negated"], scan, rules.matcher.hits(scan)["r"][0]) == ""


SCOPE = "用于缓解肌肉疲劳和高血压引起的失眠。"


@pytest.mark.parametrize(
    ("text", "inside", "beyond"),
    [
        ("用于缓解肌肉疲劳和高血压引起的失眠", True, ()),
        ("治疗鼻炎", False, ("鼻炎",)),
        ("用于缓解肌肉疲劳和高血压引起的失眠治疗鼻炎", False, ("鼻炎",)),
        ("治疗失眠", False, ()),
    ],
)
def test_claims_are_held_against_the_registered_scope(
    tmp_path: Path, text: str, inside: bool, beyond: tuple[str, ...]
) -> None:
    rules = book(tmp_path, "  - seq: [效, {gap: 0-8}, 病]\n  - any: [病]")
    scan = rules.matcher.scan(fold(text))
    hit = rules.matcher.hits(scan)["r"][-1]
    assert in_scope(scan, hit, ["病"], SCOPE) is inside
    assert beyond_scope(scan, hit, ["病"], SCOPE) == beyond


def test_cover_is_the_share_of_pairs() -> None:
    assert cover("缓解肌肉", "缓解肌肉疲劳") == 1.0
    assert cover("治疗", "缓解") == 0.0
    assert cover("98%", "98%") == 0.0
    assert cover("缓解肌肉疼", "缓解肌肉疲劳") == 0.75 < COVER


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("不得治疗鼻炎", True),  # the clause
        ("不得，治疗鼻炎", False),  # another clause: an everyday word does not reach so far
        ("仅限医院，治疗鼻炎", True),  # a word that reaches across does
        ("仅限医院。治疗鼻炎", False),  # but not into another sentence
        ("没治疗鼻炎", False),
        ("不治疗鼻炎", True),  # right before the hit
        ("不用就治疗鼻炎", False),
    ],
)
def test_some_words_reach_further_and_some_only_touch(tmp_path: Path, text: str, held: bool) -> None:
    lists = LISTS + "  不: {words: [不]}\n"
    contexts = "contexts:\n  near: {within: clause, reach: 30, lists: [否], across: [专], touching: [不]}\n"
    rules = load(
        write(tmp_path, ("r", "  - seq: [效, {gap: 0-8}, 病]", "unless: [near]"), lists=lists, contexts=contexts)
    )
    scan = rules.matcher.scan(fold(text))
    assert bool(rules.around.holding(["near"], scan, rules.matcher.hits(scan)["r"][0])) is held
