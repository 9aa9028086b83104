"""Small rulebooks written to disk as an analyst would, and the shipped one, loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scanner.rulebook import Rulebook, load
from scanner.text import fold

RULES = Path(__file__).resolve().parents[2] / "rules"

LISTS = """
lists:
  效: {words: [治疗, 治愈], covers: [治疗仪], evasion: "on"}
  病: {words: [鼻炎, 高血压, 糖尿病, 失眠]}
  率: {words: [有效率], evasion: pinyin}
  断: {words: [药到病除], evasion: "on"}
  无: {words: [没有]}
  否: {words: [不能, 不得], covers: [不得不]}
  转: {words: [但]}
  禁: {words: [禁忌]}
  专: {words: [仅限医院]}
"""
CONTEXTS = """
contexts:
  negated: {place: before, within: clause, reach: 10, lists: [否], broken_by: [转]}
  warned: {labels: [禁]}
  asked: {asked: true}
  law: {item: true}
  gated: {within: page, lists: [专]}
"""
FOLDING = """
homophones: {"zhi": 治制智, "liao": 疗料, "yao": 药要, "dao": 到道, "bing": 病并, "chu": 除处, "yu": 愈遇}
innocent: [要到病除]
"""
RULE = """
id: {id}
title: 试
kind: claim
severity: high
owner: 测试
basis: [{{law: 广告法, article: 第十六条, liability: 第五十八条, since: 2015-09-01}}]
any_of:
{patterns}
{more}
says: 试。
examples: {{hits: [治疗鼻炎, 治愈鼻炎], misses: [不能治疗鼻炎, 有效率不明, 高血压患者, 没有药到病除的药]}}
"""


def write(folder: Path, *rules: tuple[str, str, str], lists: str = LISTS, contexts: str = CONTEXTS) -> Path:
    """A rules folder. Each rule: its id, its patterns (YAML list items, indented by two), more keys."""
    (folder / "lists").mkdir(parents=True, exist_ok=True)
    (folder / "claim").mkdir(exist_ok=True)
    (folder / "lists" / "all.yaml").write_text(lists, encoding="utf-8")
    (folder / "contexts.yaml").write_text(contexts, encoding="utf-8")
    (folder / "folding.yaml").write_text(FOLDING, encoding="utf-8")
    for name, patterns, more in rules:
        text = RULE.format(id=name, patterns=patterns, more=more or "unless: []")
        (folder / "claim" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def book(folder: Path, patterns: str, more: str = "") -> Rulebook:
    """A rulebook with the one rule ``r``."""
    return load(write(folder, ("r", patterns, more)))


def hits(rules: Rulebook, text: str, rule: str = "r") -> list[str]:
    """The original words that ``rule`` hits in ``text``, contexts not asked."""
    folded = fold(text)
    found = rules.matcher.hits(rules.matcher.scan(folded)).get(rule, [])
    return [text[slice(*folded.quote(h.start, h.end))] for h in found]


@cache
def shipped() -> Rulebook:
    return load(RULES)
