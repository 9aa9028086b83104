"""What the files of a rulebook say of each other: names that must exist, examples that must prove something.

Owns: the checks that need more than one file. Leaves to others: reading (``load``), a single file's shape (``rule``,
``tables``), opinions (``lint``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner import yamlfile
from scanner.errors import Problem
from scanner.numbers import TITLES
from scanner.numbers.authority import NAMES as PROVINCES
from scanner.rulebook.rule import (
    NUMBER_TOKENS,
    DisplayRule,
    Pattern,
    RestrictedRule,
    Rule,
    Sample,
    Shown,
    TextRule,
)
from scanner.rulebook.tables import Category, Context, WordList
from scanner.text import fold, fold_words


def problems(
    rules: Mapping[str, Rule],
    lists: Mapping[str, WordList],
    categories: Mapping[str, Category],
    contexts: Mapping[str, Context],
    lines: Mapping[str, yamlfile.Lines],
) -> list[Problem]:
    """Every name that does not exist, and rules whose examples prove nothing. ``lines``: "rule x", "context y" -> lines."""
    return _Check(rules, lists, categories, contexts, lines).problems()


@dataclass(frozen=True)
class _Check:
    rules: Mapping[str, Rule]
    lists: Mapping[str, WordList]
    categories: Mapping[str, Category]
    contexts: Mapping[str, Context]
    lines: Mapping[str, yamlfile.Lines]
    folded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        found = [p for rule in self.rules.values() for p in self._rule(rule)]
        for name, context in self.contexts.items():
            for listed in (*context.named(), *context.broken_by):
                found += self._known(listed, self.lists, "词表", self._where(f"context {name}", "contexts", name))
        return found

    def _where(self, thing: str, *place: int | str) -> str:
        return self.lines[thing].where(*place)

    def _known(self, name: str, known: Iterable[str], what: str, where: str) -> list[Problem]:
        if name in known:
            return []
        return [Problem(where=where, message=f"没有{what} {name}", hint=yamlfile.nearest(name, known))]

    def _rule(self, rule: Rule) -> list[Problem]:
        me, found = f"rule {rule.id}", []
        if rule.applies_to.categories != "all":
            for i, name in enumerate(rule.applies_to.categories):
                where = self._where(me, "applies_to", "categories", i)
                found += self._known(name, self.categories, "品种", where)
        if rule.applies_to.regions != "all":
            for i, name in enumerate(rule.applies_to.regions):
                found += self._known(name, PROVINCES, "地区", self._where(me, "applies_to", "regions", i))
        for key in ("none", "page_has", "page_lacks", "raised_by", "noted", "terms", "words"):
            for i, name in enumerate(getattr(rule, key, ())):
                found += self._known(name, self.lists, "词表", self._where(me, key, i))
        if isinstance(rule, (TextRule, RestrictedRule)):
            for i, name in enumerate(rule.unless):
                found += self._known(name, self.contexts, "语境", self._where(me, "unless", i))
            for i, condition in enumerate(rule.when):
                for key in ("label", "has", "lacks"):
                    for j, name in enumerate(getattr(condition, key, None) or ()):
                        found += self._known(name, self.lists, "词表", self._where(me, "when", i, key, j))
            found += self._patterns(rule, "any_of", rule.any_of)
            found += self._examples(rule) if not found else []
        elif isinstance(rule, DisplayRule):
            found += self._patterns(rule, "only_if", rule.only_if)
            found += self._display(rule)
        return found

    def _display(self, rule: DisplayRule) -> list[Problem]:
        me, found = f"rule {rule.id}", []
        for key in ("must_show", "only_with"):
            for i, shown in enumerate(getattr(rule, key)):
                where = self._where(me, key, i)
                if isinstance(shown, Shown):
                    found += self._known(shown.list, self.lists, "词表", where)
                elif shown.startswith("#"):
                    found += self._known(shown[1:], TITLES, "编号种类", where)
        for i, name in enumerate(rule.sells.exempt if rule.sells else ()):
            found += self._known(name, self.categories, "品种", self._where(me, "sells", "exempt", i))
        if rule.reported_by:
            found += self._known(rule.reported_by, self.rules, "规则", self._where(me, "reported_by"))
        return found

    def _patterns(self, rule: Rule, key: str, patterns: tuple[Pattern, ...]) -> list[Problem]:
        me, found = f"rule {rule.id}", []
        for i, pattern in enumerate(patterns):
            where = self._where(me, key, i)
            known = (*self.lists, *NUMBER_TOKENS) if pattern.seq else tuple(self.lists)
            for name in pattern.lists():
                found += self._known(name, known, "词表", where)
            if all(name in NUMBER_TOKENS for name in pattern.lists()):
                found.append(Problem(where=where, message="至少要有一个词表", hint="只有数字会命中所有页面"))
        return found

    def _folded(self, name: str) -> Iterable[str]:
        """The words of a list, folded; once for all rules."""
        if name not in self.folded:
            self.folded[name] = tuple(fold_words(self.lists[name].words).values())
        return self.folded[name]

    def _examples(self, rule: TextRule | RestrictedRule) -> list[Problem]:
        """One miss must hold a word of the rule: a look-alike, not just any text."""
        names = [n for pattern in rule.any_of for n in pattern.lists() if n in self.lists]
        if not names or not rule.any_of:
            return []
        texts = "\n".join(fold(e if isinstance(e, str) else _said(e)).text for e in rule.examples.misses)
        if any(word in texts for name in names for word in self._folded(name)):
            return []
        where = self._where(f"rule {rule.id}", "examples", "misses")
        return [Problem(where=where, message="misses 里没有一条带有本规则的词", hint="写一条看起来像但不违规的")]


def _said(sample: Sample) -> str:
    return "\n".join((sample.title, sample.text, sample.image_text or "", *sample.attributes.values()))
