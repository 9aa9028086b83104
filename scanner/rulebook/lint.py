"""Opinions about a rulebook that loads: words that do nothing, laws that say too little, lists nobody uses.

Owns: the opinions. Leaves to others: what makes a rulebook not load at all (``load``), whether examples hold
(``tuning``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.errors import Problem
from scanner.rulebook.rule import NUMBER_TOKENS, RestrictedRule, TextRule
from scanner.rulebook.tables import READ_BY_CHECKS
from scanner.text import fold

if TYPE_CHECKING:
    from scanner.rulebook.book import Rulebook
    from scanner.rulebook.rule import Rule


def lint(rulebook: Rulebook) -> tuple[Problem, ...]:
    """Every opinion, by place."""
    found = [*rulebook.warnings, *_lists(rulebook), *_unused(rulebook), *_categories(rulebook)]
    for rule in rulebook.rules.values():
        if rule.status != "retired":
            found += _law(rulebook, rule)
            if isinstance(rule, (TextRule, RestrictedRule)):
                found += _neutral(rulebook, rule)
    return tuple(sorted(set(found), key=lambda p: (p.where, p.message)))


def _lists(rulebook: Rulebook) -> Iterator[Problem]:
    for name, words in rulebook.lists.items():
        where = rulebook.lines[f"list {name}"].where("lists", name, "words")
        seen: dict[str, str] = {}
        for word in words.words:
            folded = fold(word).text
            if folded in seen:
                yield Problem(
                    where=where, message=f"词表 {name} 里 {word} 和 {seen[folded]} 是同一个词", hint="删掉一个"
                )
            seen[folded] = word
        for cover in words.covers:
            folded = fold(cover).text
            if folded in seen:
                yield Problem(
                    where=where, message=f"词表 {name} 的 covers 里 {cover} 本身就是词表的词", hint="只留一处"
                )
            elif name not in READ_BY_CHECKS and not any(word in folded for word in seen):
                yield Problem(
                    where=where, message=f"词表 {name} 的 covers 里 {cover} 盖不住任何词", hint="删掉，或补上词"
                )


def _unused(rulebook: Rulebook) -> Iterator[Problem]:
    used = {n for rule in rulebook.rules.values() for n in rule.lists()}
    used |= {n for c in rulebook.contexts.values() for n in (*c.lists, *c.labels, *c.broken_by)}
    for name in rulebook.lists:
        if name not in used and name not in READ_BY_CHECKS:
            yield Problem(where=rulebook.lines[f"list {name}"].where("lists", name), message=f"没有规则用词表 {name}",
                          hint="删掉，或写进规则")  # fmt: skip


def _categories(rulebook: Rulebook) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for category in rulebook.categories.values():
        for name in category.names:
            folded = fold(name).text
            if folded in owner:
                lines = rulebook.lines[f"category {category.id}"]
                yield Problem(where=lines.where("categories"), message=f"品名 {name} 同时在 {owner[folded]} 和 {category.id}",
                              hint="只留一处")  # fmt: skip
            owner[folded] = category.id


def _law(rulebook: Rulebook, rule: Rule) -> Iterator[Problem]:
    lines = rulebook.lines[f"rule {rule.id}"]
    for i, law in enumerate(rule.basis):
        if not law.liability:
            yield Problem(
                where=lines.where("basis", i),
                message=f"{law.law}{law.article} 没有写法律责任条款",
                hint="补上 liability",
            )
        if law.since is None:
            yield Problem(
                where=lines.where("basis", i), message=f"{law.law}{law.article} 没有写施行日期", hint="补上 since"
            )


def _neutral(rulebook: Rulebook, rule: TextRule | RestrictedRule) -> Iterator[Problem]:
    """A neutral word that holds no word of the rule covers nothing."""
    lists = [rulebook.lists[n] for n in rule.lists() if n not in NUMBER_TOKENS]
    words = {fold(w).text for words in lists for w in words.words}
    numbers = any(n in NUMBER_TOKENS for n in rule.lists())
    for i, neutral in enumerate(rule.neutral):
        if not numbers and not any(word in fold(neutral).text for word in words):
            where = rulebook.lines[f"rule {rule.id}"].where("neutral", i)
            yield Problem(
                where=where, message=f"neutral 里 {neutral} 盖不住任何词", hint="删掉，或写成包含规则词的长词"
            )
