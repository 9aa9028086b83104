"""The rulebook: everything a judgement is made with, and its compiled forms, made on first use.

Owns: the value. Leaves to others: reading it from files (``load``), matching (``matcher``, ``context``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from scanner.errors import Problem
from scanner.model import Severity
from scanner.rulebook.context import Contexts
from scanner.rulebook.matcher import Matcher
from scanner.rulebook.rule import AdvertRule, RegistrationRule, Rule
from scanner.rulebook.scan import Automaton
from scanner.rulebook.tables import Category, Context, FoldingFile, Override, WordList
from scanner.text import fold, fold_words
from scanner.yamlfile import Lines

SHORT = 60  # characters of a label worth remembering


@dataclass(frozen=True, slots=True)
class Overridden:
    """A local change to a rule, where it stands, and what the rule said before it."""

    change: Override
    where: str
    severity: Severity
    status: str


def neutral_at(rule: Rule, i: int, lines: Mapping[str, Lines], overrides: Mapping[str, tuple[Overridden, ...]]) -> str:
    """``file:line`` of the rule's neutral word ``i``: in its own file, or in the override that added it."""
    added = [one.where for one in overrides.get(rule.id, ()) for _ in one.change.except_]
    own = len(getattr(rule, "neutral", ())) - len(added)
    return lines[f"rule {rule.id}"].where("neutral", i) if i < own else added[i - own]


@dataclass(frozen=True)
class Rulebook:
    """Everything a judgement is made with. ``hash`` names it; ``files()`` are the bytes it was made of, so that a
    package can carry them and ``load.from_files`` can make the same rulebook again."""

    rules: Mapping[str, Rule]
    lists: Mapping[str, WordList]
    categories: Mapping[str, Category]
    contexts: Mapping[str, Context]
    folding: FoldingFile | None
    hash: str
    versions: Mapping[str, str]  # rule id -> hash of the rule and of everything it uses
    lines: Mapping[str, Lines] = field(repr=False)  # rule id, list name -> where it stands
    _files: Mapping[str, bytes] = field(repr=False)
    overrides: Mapping[str, tuple[Overridden, ...]] = field(default_factory=dict)  # rule id -> local changes to it
    warnings: tuple[Problem, ...] = ()  # what does nothing but stops nothing: a file nobody reads

    def files(self) -> dict[str, bytes]:
        """Name -> bytes of every file read, replaced ones included."""
        return dict(self._files)

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a list, folded; none where the rulebook has no such list."""
        return self._folded.get(name, ())

    def covers(self, name: str) -> tuple[str, ...]:
        """The covering words of a list, folded."""
        return self._folded.get(f"covers/{name}", ())

    def names_so(self, label_list: str, label: str) -> bool:
        """Whether a label (as a page writes it) holds a word of the list and none of its covers. A shop's pages repeat their
        labels, and a dozen rules ask for each."""
        return self._names_so(label_list, label) if len(label) <= SHORT else self._holds(label_list, label)

    @cached_property
    def _names_so(self) -> Callable[[str, str], bool]:
        return lru_cache(maxsize=16384)(self._holds)

    def _holds(self, label_list: str, label: str) -> bool:
        folded = fold(label).text
        said = any(word in folded for word in self.words(label_list))
        return said and not any(cover in folded for cover in self.covers(label_list))

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        """The active rules of a kind, by id."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Rule, ...]]:
        active = [rule for rule in self.rules.values() if rule.status == "active"]
        return {kind: tuple(r for r in active if r.kind == kind) for kind in {r.kind for r in active}}

    @cached_property
    def _folded(self) -> dict[str, tuple[str, ...]]:
        tables = {name: words.words for name, words in self.lists.items()}
        tables |= {f"covers/{name}": words.covers for name, words in self.lists.items()}
        plain = fold_words(word for words in tables.values() for word in words)
        return {name: tuple(plain[word] for word in words) for name, words in tables.items()}

    @cached_property
    def matcher(self) -> Matcher:
        wordless = (AdvertRule, RegistrationRule)
        rules = [r for r in self.rules.values() if not isinstance(r, wordless) and r.status != "retired"]
        wide = {name for c in self.contexts.values() if c.within == "page" for name in c.lists}
        return Matcher(rules, self.lists, wide, self.folding)

    @cached_property
    def around(self) -> Contexts:
        return Contexts(self.contexts, self.lists)

    @cached_property
    def names(self) -> Automaton:
        """The names of all categories, for short texts (title, product name, breadcrumbs)."""
        plain: dict[str, Iterable[str]] = {c.id: c.names for c in self.categories.values()}
        covers = {f"covers/{c.id}": c.covers for c in self.categories.values() if c.covers}
        return Automaton(plain | covers, {c.id: c.coded for c in self.categories.values() if c.coded})
