"""Word lists and categories: words that stand twice, words inside words, covers that cover nothing, lists nobody uses.

Owns: opinions about words as such. Leaves to others: what rules make of them (``lint.rules``). One automaton a list, so a
list of a hundred thousand words is looked at in its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.rulebook.lint.opinion import Opinion, info, warning
from scanner.rulebook.scan import Automaton
from scanner.rulebook.tables import READ_BY_CHECKS, WordList
from scanner.text import fold, fold_words

if TYPE_CHECKING:
    from scanner.rulebook.book import Rulebook


def opinions(rulebook: Rulebook) -> Iterator[Opinion]:
    for name, words in rulebook.lists.items():
        yield from _words(rulebook, name, words)
        if name not in READ_BY_CHECKS:
            yield from _covers(rulebook, name, words)
            yield from _inside(rulebook, name)
    yield from _unused(rulebook)
    yield from _categories(rulebook)


def _at(rulebook: Rulebook, name: str, *place: int | str) -> str:
    return rulebook.lines[f"list {name}"].where("lists", name, *place)


def _words(rulebook: Rulebook, name: str, words: WordList) -> Iterator[Opinion]:
    seen: dict[str, str] = {}
    for key in ("words", "covers", "spellings"):
        given = getattr(words, key)
        plain = fold_words(given)
        for i, word in enumerate(given):
            if plain[word] not in seen:
                seen[plain[word]] = word
                continue
            known, where = seen[plain[word]], _at(rulebook, name, key, i)
            if key == "covers" and known in words.words:
                yield warning(where, f"词表 {name} 的 covers 里 {word} 本身就是词表的词", "只留一处")
            else:
                yield warning(where, f"词表 {name} 里 {word} 和 {known} 是同一个词", "删掉一个")


def _covers(rulebook: Rulebook, name: str, words: WordList) -> Iterator[Opinion]:
    """A cover that holds no word of its list covers nothing."""
    plain = Automaton({"word": words.words}, {"word": words.spellings})
    for i, cover in enumerate(words.covers):
        if not plain.run(fold(cover)).places:
            where = _at(rulebook, name, "covers", i)
            yield warning(where, f"词表 {name} 的 covers 里 {cover} 盖不住任何词", "删掉，或补上词")


def _inside(rulebook: Rulebook, name: str) -> Iterator[Opinion]:
    """Words that hold another word of the same list find no more places than that one does: they only make quotes longer
    (and own what stands in them: 不复发 is no negated 复发), which may be wanted, so this is only said."""
    words = dict.fromkeys(rulebook.words(name))
    text = "\n".join(words)
    found = Automaton({"word": words}, {}).run(fold(text))
    vocabulary, longer = list(words), {}
    for word, places in found.places.items():
        for start in places:
            end = start + found.lengths[word]
            if text[start - 1 : start] not in ("", "\n") or text[end : end + 1] not in ("", "\n"):
                begin = text.rfind("\n", 0, start) + 1
                longer[text[begin : (text.find("\n", end) + 1 or len(text) + 1) - 1]] = vocabulary[word]
    if longer:
        some = "、".join(f"{word}（含 {inner}）" for word, inner in list(longer.items())[:3])
        yield info(_at(rulebook, name, "words"), f"词表 {name} 有 {len(longer)} 个词含有表里别的词：{some}",
                   "它们只让引文更长，不会多找到地方")  # fmt: skip


def _unused(rulebook: Rulebook) -> Iterator[Opinion]:
    used = {n for rule in rulebook.rules.values() for n in rule.lists()}
    used |= {n for c in rulebook.contexts.values() for n in (*c.named(), *c.broken_by)}
    for name in rulebook.lists:
        if name not in used and name not in READ_BY_CHECKS:
            yield warning(_at(rulebook, name), f"没有规则用词表 {name}", "删掉，或写进规则")


def _categories(rulebook: Rulebook) -> Iterator[Opinion]:
    owner: dict[str, str] = {}
    for category in rulebook.categories.values():
        where = rulebook.lines[f"category {category.id}"].where("categories")
        for name in category.names:
            known = owner.setdefault(fold(name).text, category.id)
            if known != category.id:
                yield warning(where, f"品名 {name} 同时在 {known} 和 {category.id}", "只留一处")
