"""What stands behind a rule: laws that say too little or are past, owners nobody can ask, examples that prove nothing.

Owns: opinions about legal basis, owner and examples. Leaves to others: words and patterns (``lint.lists``,
``lint.rules``), whether examples hold (``tuning``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from scanner.rulebook.lint.opinion import Opinion, error, info, warning
from scanner.rulebook.rule import Sample
from scanner.text import fold

if TYPE_CHECKING:
    from scanner.rulebook.book import Rulebook
    from scanner.rulebook.rule import Rule

NOBODY = frozenset(
    ("", "todo", "待定", "无", "未定", "暂无", "x", "xx", "xxx", "owner", "none", "n/a", "tbd", "某人", "测试人", "-")
)


def ownerless(rule: Rule) -> bool:
    """Whether the rule's owner is nobody one can ask."""
    return fold(rule.owner).text.strip() in NOBODY


def opinions(rulebook: Rulebook, on: date) -> Iterator[Opinion]:
    for rule in rulebook.rules.values():
        if rule.status != "retired":
            yield from _law(rulebook, rule, on)
            yield from _owner(rulebook, rule)
            yield from _examples(rulebook, rule)


def _law(rulebook: Rulebook, rule: Rule, on: date) -> Iterator[Opinion]:
    lines = rulebook.lines[f"rule {rule.id}"]
    for i, law in enumerate(rule.basis):
        where, called = lines.where("basis", i), f"{law.law}{law.article}"
        if not law.liability:
            yield error(where, f"{called} 没有写法律责任条款", "补上 liability")
        if law.since is None:
            yield error(where, f"{called} 没有写施行日期", "补上 since")
        if law.until is not None and law.since is not None and law.until <= law.since:
            yield error(where, f"{called} 的失效日期 {law.until} 不晚于施行日期 {law.since}", "改 since 或 until")
        if not law.verified:
            yield info(where, f"{called} 的条文待核（verified: false）", "对照原文后删掉 verified")
    if not any(law.holds(on) for law in rule.basis):
        ended = [law.until for law in rule.basis if law.until is not None and law.until <= on]
        why = f"都已失效（最晚 {max(ended)}）" if len(ended) == len(rule.basis) else "没有一条正在施行"
        yield error(
            lines.where("basis"),
            f"规则 {rule.id} 的依据到 {on} {why}，不会再命中",
            "换成现行条文，或把 status 改成 retired",
        )


def _owner(rulebook: Rulebook, rule: Rule) -> Iterator[Opinion]:
    if ownerless(rule):
        where = rulebook.lines[f"rule {rule.id}"].where("owner")
        yield warning(where, f"owner 写的是 {rule.owner}，出了问题不知道问谁", "写负责的人或小组")


def _examples(rulebook: Rulebook, rule: Rule) -> Iterator[Opinion]:
    lines = rulebook.lines[f"rule {rule.id}"]
    seen: dict[str, str] = {}
    for key in ("hits", "misses", "todo"):
        for i, example in enumerate(getattr(rule.examples, key)):
            said = _said(example)
            where, told = lines.where("examples", key, i), f"例子“{_short(example)}”"
            if said not in seen:
                seen[said] = key
            elif seen[said] != key:
                yield error(where, f"{told}同时写在 {seen[said]} 和 {key} 里", "从一处删掉")
            else:
                yield warning(where, f"{told}写了两次", "换成不一样的例子")


def _said(example: str | Sample) -> str:
    if isinstance(example, str):
        return fold(example).text
    return json.dumps(example.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, sort_keys=True)


def _short(example: str | Sample) -> str:
    text = example if isinstance(example, str) else example.title or example.text
    return text if len(text) <= 30 else f"{text[:30]}…"
