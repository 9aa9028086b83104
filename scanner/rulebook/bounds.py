"""How large a rulebook may be, and which words can never be found: what would make a page cost more than a page may.

Owns: the bound on words and spellings of all lists together, and the refusal of words that fold to nothing or hold
a line end. Leaves to others: the bounds of one file (``yamlfile``: bytes, nodes, depth) and of one rule (``rule``: gaps,
steps) and of a text (``scan``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from scanner import yamlfile
from scanner.errors import Problem
from scanner.rulebook.book import Overridden, neutral_at
from scanner.rulebook.rule import Rule
from scanner.rulebook.tables import Category, WordList
from scanner.text import fold_words

MAX_WORDS = 1_000_000  # of all lists; a million take about a gigabyte and ten seconds to compile


def problems(
    rules: Mapping[str, Rule],
    lists: Mapping[str, WordList],
    categories: Mapping[str, Category],
    overrides: Mapping[str, tuple[Overridden, ...]],
    lines: Mapping[str, yamlfile.Lines],
) -> list[Problem]:
    """Every word that can never be found, and the lists that are too long. ``overrides``: rule id -> local changes;
    ``lines``: "list x", "rule x" -> lines."""
    found = list(_too_many(lists, lines))
    given = list(_words(rules, lists, categories, overrides, lines))
    plain = fold_words(word for word, _ in given)
    for word, where in given:
        if not any(char.isalnum() for char in plain[word]):
            found.append(Problem(where=where(), message=f"词 {word!r} 只有空格和符号，找不到任何文字",
                                 hint="删掉，或写成有字的词"))  # fmt: skip
        elif "\n" in plain[word]:
            found.append(Problem(where=where(), message=f"词 {word[:20]!r} 里有换行，页面上找不到", hint="写成一行"))
    return found


def _words(
    rules: Mapping[str, Rule],
    lists: Mapping[str, WordList],
    categories: Mapping[str, Category],
    overrides: Mapping[str, tuple[Overridden, ...]],
    lines: Mapping[str, yamlfile.Lines],
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Every word with what says its ``file:line`` if asked."""
    for name, listed in lists.items():
        for key in ("words", "covers", "spellings"):
            for i, word in enumerate(getattr(listed, key)):
                yield word, partial(lines[f"list {name}"].where, "lists", name, key, i)
    for rule in rules.values():
        for i, word in enumerate(getattr(rule, "neutral", ())):
            yield word, partial(neutral_at, rule, i, lines, overrides)
    for category in categories.values():
        for word in (*category.names, *category.covers, *category.coded):
            yield word, partial(lines[f"category {category.id}"].where, "categories")


def _too_many(lists: Mapping[str, WordList], lines: Mapping[str, yamlfile.Lines]) -> Iterator[Problem]:
    counts = {name: len(w.words) + len(w.covers) + len(w.spellings) for name, w in lists.items()}
    if sum(counts.values()) <= MAX_WORDS:
        return
    name = max(counts, key=lambda n: counts[n])
    yield Problem(
        where=lines[f"list {name}"].where("lists", name),
        message=f"词表的词一共 {sum(counts.values())} 个，超过 {MAX_WORDS} 个；最多的是 {name}，{counts[name]} 个",
        hint="减少词",
    )
