"""What rules make of their words: exceptions that can never apply, rules that hit the name of a product or nothing at
all, patterns that cost much.

Owns: opinions about patterns and what surrounds them. Leaves to others: words as such (``lint.lists``), laws, owners and
examples (``lint.papers``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.rulebook.book import neutral_at
from scanner.rulebook.lint.opinion import Opinion, error, info, warning
from scanner.rulebook.rule import NUMBER_TOKENS, Gap, Pattern, RestrictedRule, TextRule
from scanner.rulebook.scan import Automaton
from scanner.text import fold

if TYPE_CHECKING:
    from scanner.rulebook.book import Rulebook

WIDE = 30  # characters of a gap that lets one-character words meet by chance
# Characters of which a page holds dozens; 癌 alone is an honest word of a list.
COMMON = frozenset(
    "的一是不了有和人这中大为上个用我以要他时来们生到作地于出就分对成会可主年动同工也能下过子说产种面而方后多定行所得"
    "三之进等部度家力里如水高自二理起小现实加量都两体机当使点从业本去把性好应开它合还前外天日社事形相全间与关各重新"
    "线内数正心你明看么比或但质气第向此变只没解问通并提题料员常文次品式设及管特件长老头路级少图接知较号非很包清无减"
)
LARGE = 2_000  # words of a list of which several are asked for

WordRule = TextRule | RestrictedRule


def opinions(rulebook: Rulebook) -> Iterator[Opinion]:
    rules = [r for r in rulebook.rules.values() if isinstance(r, (TextRule, RestrictedRule)) and r.status != "retired"]
    for rule in rules:
        yield from _neutral(rulebook, rule)
        yield from _contexts(rulebook, rule)
        for i, pattern in enumerate(rule.any_of):
            where = rulebook.lines[f"rule {rule.id}"].where("any_of", i)
            yield from _never(rule, pattern, where)
            yield from _twice(rulebook, pattern, where)
            yield from _slow(rulebook, pattern, where)
    yield from _names(rulebook)


def _neutral(rulebook: Rulebook, rule: WordRule) -> Iterator[Opinion]:
    """A neutral word that holds no word of the rule covers nothing; one that is a word of the rule switches it off."""
    names = [n for pattern in rule.any_of for n in pattern.lists()]
    lists = [rulebook.lists[n] for n in names if n not in NUMBER_TOKENS]
    words = Automaton({"word": [w for listed in lists for w in (*listed.words, *listed.spellings)]}, {})
    numbers = any(n in NUMBER_TOKENS for n in names)
    for i, neutral in enumerate(rule.neutral):
        folded = fold(neutral)
        found, where = words.run(folded), neutral_at(rule, i, rulebook.lines, rulebook.overrides)
        if not numbers and not found.places:
            yield warning(where, f"规则 {rule.id} 的例外 {neutral} 盖不住任何词", "删掉，或写成包含规则词的长词")
        elif any(found.lengths[word] == len(folded.text) for word in found.places):
            why = f"规则 {rule.id} 的例外 {neutral} 就是规则的词，它永远不会命中"
            yield warning(where, why, "从词表删掉，或写成更长的词")


def _contexts(rulebook: Rulebook, rule: WordRule) -> Iterator[Opinion]:
    """A context made of labels alone says nothing where the rule reads no attributes."""
    lines = rulebook.lines[f"rule {rule.id}"]
    for i, name in enumerate(rule.unless):
        context = rulebook.contexts[name]
        if name in rule.unless[:i]:
            yield warning(lines.where("unless", i), f"unless 里 {name} 写了两次", "删掉一个")
        elif not (context.named() or context.asked or context.item):
            yield warning(
                lines.where("unless", i), f"语境 {name} 什么也没写，永远不成立", "删掉，或在 contexts.yaml 里补上"
            )
        elif (
            context.labels and context.named() == context.labels and not (context.asked or context.item)
            and not {"attributes", "product_name"} & set(rule.look_in)
        ):  # fmt: skip
            yield warning(
                lines.where("unless", i), f"语境 {name} 只看栏目名，而规则不看栏目（look_in），永远不成立", "删掉"
            )


def _never(rule: WordRule, pattern: Pattern, where: str) -> Iterator[Opinion]:
    """A list that must stand and must not stand in the same clause."""
    needed = set(pattern.any if len(pattern.any) == 1 else () if pattern.any else pattern.lists())
    for name in sorted(needed & set(rule.none)):
        yield error(where, f"词表 {name} 既要出现又写在 none 里，永远不会命中", "从一处删掉")


def _twice(rulebook: Rulebook, pattern: Pattern, where: str) -> Iterator[Opinion]:
    """Words that stand in two lists of one ``any``, or hold a word of another of them."""
    for i, name in enumerate(pattern.any):
        others = {word: n for n in pattern.any[:i] for word in rulebook.words(n)}
        same = [word for word in dict.fromkeys(rulebook.words(name)) if word in others]
        if same:
            yield info(where, f"词表 {name} 和 {others[same[0]]} 都有 {'、'.join(same[:5])}", "同一处不会算两次")
        rest = [n for n in pattern.any if n != name]
        inner = Automaton({n: rulebook.words(n) for n in rest}, {})
        longer = [w for w in rulebook.words(name) if w not in others and inner.run(fold(w)).places] if rest else []
        if longer:
            yield info(where, f"词表 {name} 有 {len(longer)} 个词含有同一项里别的词表的词，例如 {longer[0]}",
                       "它们只让引文更长，不会多找到地方")  # fmt: skip


def _slow(rulebook: Rulebook, pattern: Pattern, where: str) -> Iterator[Opinion]:
    """What meets by chance everywhere costs time and makes false alarms."""
    single = {n: w for n in pattern.lists() for w in rulebook.words(n) if w in COMMON}
    for name in pattern.any:
        if name in single:
            yield warning(
                where,
                f"any 里词表 {name} 有一个字的常用词 {single[name]}，几乎每页都会命中",
                "改用 seq，或写成更长的词",
            )
    steps = [step for step in pattern.seq if isinstance(step, str)]
    wide = [step.gap for step in pattern.seq if isinstance(step, Gap) and step.bounds[1] > WIDE]
    if wide and len(steps) > 1 and all(step in single for step in steps):
        words = "、".join(single[step] for step in steps)
        yield warning(
            where, f"间隔 {wide[0]} 两边都有一个字的常用词（{words}），碰巧就会命中，也慢", "缩小 gap，或写成更长的词"
        )
    if pattern.at_least is not None and len(rulebook.words(pattern.at_least.list)) > LARGE:
        yield warning(where, f"at_least 的词表 {pattern.at_least.list} 超过 {LARGE} 个词，容易凑够", "用小一些的词表")


def _names(rulebook: Rulebook) -> Iterator[Opinion]:
    """A registered generic name on the page is no claim: 中频治疗仪 must not hit because 治疗 is in it. Names of other goods
    (降压茶) may well be one."""
    for category in rulebook.categories.values():
        for name in category.names if category.goods in ("device", "drug") else ():
            found = rulebook.matcher.hits(rulebook.matcher.scan(fold(name)))
            for rule in (rulebook.rules[n] for n in found):
                to = rule.applies_to
                if not isinstance(rule, TextRule) or rule.scope != "none" or category.goods not in to.goods:
                    continue
                if to.categories == "all" or category.id in to.categories:
                    where = rulebook.lines[f"rule {rule.id}"].where("any_of")
                    yield warning(
                        where,
                        f"规则 {rule.id} 会命中品名 {name}（{category.id}）本身",
                        "把品名写进词表的 covers 或规则的 neutral",
                    )
