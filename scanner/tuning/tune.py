"""An exception proposed from findings that people dismissed, proved to cost no finding that they confirmed.

Owns: cutting candidates out of dismissed sentences, choosing few, and the proof by the real judge. Leaves to others: what
was decided (``store``), judging (``judge``), pasting the lines into ``overrides.yaml`` (a person).

An exception is a longer word that holds a word of the rule (细菌过滤有效率 around 有效率): where it stands, the word inside it
counts as nothing. It is cut from the clause around a dismissed quote, must stand in the dismissed sentences of at least two
products, and in no confirmed sentence and no ``hits`` example. What is proposed was tried: the whole rulebook with the
exception in an ``overrides.yaml`` judged every confirmed page and every example, and lost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scanner import clock
from scanner.checks.case import Standings
from scanner.errors import UsageError
from scanner.judge import judge
from scanner.model import Finding, Listing, Seller
from scanner.report.excerpt import field_texts
from scanner.rulebook import RestrictedRule, Rule, Rulebook, TextRule, from_files
from scanner.rulebook.rule import NUMBER_TOKENS
from scanner.rulebook.scan import Automaton, Scan
from scanner.store.book import Book
from scanner.text import fold
from scanner.tuning.draft import quoted
from scanner.tuning.examples import found

FOLDER = "rules-local-tuned"  # where the exception lies among a rulebook's files: after all others
ENOUGH = 2  # products whose dismissed sentences an exception must stand in
MOST = 5  # exceptions proposed at a time: a rule that needs more is for a person to rewrite
AROUND = 8  # characters an exception may reach beyond a word, on either side
TRIED = 40  # candidates tried by the judge
SHOWN = 3  # sentences told for each exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``word`` covers the dismissed findings of ``exemplars`` products; some of their sentences, folded."""

    word: str
    exemplars: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """``confirmed``, ``dismissed``, ``open``: findings of the rule, as it stands today, in leads so decided.
    ``silenced`` dismissed ones the exceptions would silence, ``left`` others; ``open_silenced`` undecided ones that would
    go too. ``by_examples``: nothing was confirmed, the proof rests on the rule's own examples."""

    rule: str
    confirmed: int
    dismissed: int
    open: int
    by_examples: bool
    exceptions: tuple[Proposal, ...]
    silenced: int
    left: int
    open_silenced: int
    overrides: str


@dataclass(frozen=True, slots=True)
class _Page:
    """A stored page with findings of the rule, those that the rule makes today, by what people decided of them."""

    subject: Listing | Seller
    on: date
    states: dict[tuple[str, str], str] = field(default_factory=dict)  # (field, quote) -> confirmed | dismissed | open


def tune(
    book: Book, rulebook: Rulebook, register: Standings | None, name: str, *, by_examples: bool = False,
    tick: Callable[[], None] | None = None,
) -> Tuned:  # fmt: skip
    """Exceptions for the rule ``name``. Raises UsageError for a rule without words, for fewer than two dismissed
    findings, and where nothing was confirmed unless ``by_examples`` allows the rule's examples to be the whole proof."""
    rule = rulebook.rules[name]
    if not isinstance(rule, TextRule | RestrictedRule) or not rule.any_of:
        raise UsageError(f"规则 {name} 不看词语，没有例外可加", where="RULE", hint="改 applies_to 或者规则本身")
    pages = _Pages(book, rulebook, register, rule, tick)
    counts = pages.counts()
    if counts["dismissed"] < ENOUGH:
        why = f"规则 {name} 现在还会有的发现里，被认定不属实的只有 {counts['dismissed']} 条"
        raise UsageError(why, where="RULE", hint=f"至少 {ENOUGH} 条才能看出共同点；用 leads decide 处理线索")
    if not counts["confirmed"] and not by_examples:
        why = f"规则 {name} 没有一条属实的发现，没法证明例外不会误伤"
        raise UsageError(why, where="RULE", hint="先处理几条属实的线索；只用规则自带的例子证明，加 --by-examples")
    chosen = _choose(pages, rule)
    trial = _with(rulebook, rule, chosen)
    gone = pages.gone(trial)
    if gone["confirmed"] or _lost(trial, rule):  # the parts were tried, the whole is what will be pasted
        raise AssertionError(f"the exceptions {chosen} together lose what each of them keeps")
    return Tuned(
        rule=name, confirmed=counts["confirmed"], dismissed=counts["dismissed"], open=counts["open"],
        by_examples=not counts["confirmed"], exceptions=tuple(_told(pages, word) for word in chosen),
        silenced=gone["dismissed"], left=counts["dismissed"] - gone["dismissed"], open_silenced=gone["open"],
        overrides=_overrides(name, chosen) if chosen else "",
    )  # fmt: skip


def _choose(pages: _Pages, rule: TextRule | RestrictedRule) -> list[str]:
    """Greedy: the word that silences most products not silenced yet, each tried before it is taken."""
    chosen: list[str] = []
    ranked = _candidates(pages, rule)
    tried = 0
    while ranked and len(chosen) < MOST and tried < TRIED:
        word, held = max(ranked.items(), key=lambda item: (len(item[1]), len(item[0]), item[0]))
        del ranked[word]
        if len(held) < ENOUGH:
            break
        tried += 1
        trial = _alone(pages.rulebook, rule, [*chosen, word])
        silenced = pages.silenced(trial, held)
        if len(silenced) < ENOUGH or _lost(trial, rule) or pages.gone(trial)["confirmed"]:
            continue
        chosen.append(word)
        ranked = {other: left for other, those in ranked.items() if (left := those - silenced)}
    return chosen


def _candidates(pages: _Pages, rule: TextRule | RestrictedRule) -> dict[str, frozenset[str]]:
    """Words around the rule's words in dismissed sentences -> the products they stand in; none that also stands in a
    confirmed sentence or an example that must be hit."""
    lists = {n: pages.rulebook.lists[n].words for n in rule.lists() if n not in NUMBER_TOKENS}
    words = Automaton(lists, {})
    held: dict[str, set[str]] = {}
    for product, sentence in pages.sentences("dismissed"):
        for word in _around(sentence, words):
            held.setdefault(word, set()).add(product)
    kept = {word: those for word, those in held.items() if len(those) >= ENOUGH}
    taken = [sentence for _, sentence in pages.sentences("confirmed")]
    taken += [fold(example).text for example in rule.examples.hits if isinstance(example, str)]
    struck = Automaton({word: (word,) for word in kept}, {}) if kept else None
    for sentence in taken if struck is not None else ():
        assert struck is not None
        folded = fold(sentence)
        for word in Scan(folded, struck.run(folded)).lists:
            kept.pop(word, None)
    return {word: frozenset(those) for word, those in kept.items()}


def _around(sentence: str, words: Automaton) -> Iterator[str]:
    """Every longer word around a word of the rule, of letters and Han characters, within the clause."""
    folded = fold(sentence)
    scan = Scan(folded, words.run(folded))
    for name in scan.lists:
        for event in scan.events(name):
            left, right = event.start, event.end
            while left and event.start - left < AROUND and sentence[left - 1].isalpha():
                left -= 1
            while right < len(sentence) and right - event.end < AROUND and sentence[right].isalpha():
                right += 1
            for start in range(left, event.start + 1):
                for end in range(event.end, right + 1):
                    if end - start > event.end - event.start:
                        yield sentence[start:end]


class _Pages:
    """The stored pages with findings of one rule, read from the book whenever they are judged: not held in memory."""

    def __init__(
        self, book: Book, rulebook: Rulebook, register: Standings | None, rule: Rule, tick: Callable[[], None] | None
    ) -> None:
        self.rulebook = rulebook
        self._book, self._register, self._rule, self._tick = book, register, rule, tick
        self._states = _states(book, rule.id)
        self._today: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        self._sentences: dict[str, list[tuple[str, str]]] = {"confirmed": [], "dismissed": [], "open": []}
        alone = _alone(rulebook, rule, [])
        for page in self._pages():
            key = page.subject.id, page.subject.version
            now = self._judged(alone, page)
            self._today[key] = {place: page.states[place] for place in now if place in page.states}
            for place, state in self._today[key].items():
                self._sentences[state] += [(page.subject.id, s) for s in _sentence(page.subject, now[place])]

    def counts(self) -> dict[str, int]:
        """How many findings that the rule makes today people confirmed, dismissed, or left open."""
        return self._count(lambda key, place: True)

    def sentences(self, state: str) -> list[tuple[str, str]]:
        """(product, what stands around the quote, folded) of the findings so decided."""
        return self._sentences[state]

    def gone(self, trial: Rulebook) -> dict[str, int]:
        """How many of those findings ``trial`` no longer makes."""
        stands = {(p.subject.id, p.subject.version): set(self._judged(trial, p)) for p in self._pages()}
        return self._count(lambda key, place: place not in stands.get(key, ()))

    def silenced(self, trial: Rulebook, products: frozenset[str]) -> frozenset[str]:
        """Those of ``products`` of which ``trial`` makes none of the dismissed findings any more."""
        left: set[str] = set()
        for page in self._pages(products):
            places = self._today[page.subject.id, page.subject.version]
            if any(places.get(place) == "dismissed" for place in self._judged(trial, page)):
                left.add(page.subject.id)
        return products - left

    def _count(self, wanted: Callable[[tuple[str, str], tuple[str, str]], bool]) -> dict[str, int]:
        counts = {"confirmed": 0, "dismissed": 0, "open": 0}
        for key, places in self._today.items():
            for place, state in places.items():
                counts[state] += wanted(key, place)
        return counts

    def _pages(self, products: frozenset[str] | None = None) -> Iterator[_Page]:
        for (kind, subject_id, version), (on, states) in self._states.items():
            if products is not None and subject_id not in products:
                continue
            subject: Listing | Seller | None = (
                self._book.listing_version(subject_id, version)
                if kind == "listing"
                else self._book.seller_version(subject_id, version)
            )
            if subject is not None:
                if self._tick is not None:
                    self._tick()
                yield _Page(subject, on, states)

    def _judged(self, trial: Rulebook, page: _Page) -> dict[tuple[str, str], Finding]:
        made = judge(page.subject, trial, self._register, on=page.on)
        return {(f.field, f.quote): f for f in made if f.rule == self._rule.id}


States = dict[tuple[str, str], str]


def _states(book: Book, rule: str) -> dict[tuple[str, str, str], tuple[date, States]]:
    """(kind, subject, version) -> the day it was captured, and of each finding what was decided of its lead."""
    found: dict[tuple[str, str, str], tuple[date, States]] = {}
    for one in book.decided_findings(rule):
        key = one.finding.subject, one.finding.subject_id, one.finding.version
        _, states = found.setdefault(key, (clock.day(one.captured), {}))
        states[one.finding.field, one.finding.quote] = one.state
    return found


def _sentence(subject: Listing | Seller, finding: Finding) -> Iterator[str]:
    """What stands around the quote, folded, from line end to line end and no further than an exception reaches."""
    for text in field_texts(subject, finding.field):
        if text[finding.start : finding.end] == finding.quote:
            before = text[max(0, finding.start - 3 * AROUND) : finding.start].rpartition("\n")[2]
            after = text[finding.end : finding.end + 3 * AROUND].partition("\n")[0]
            yield fold(before + finding.quote + after).text


def _alone(rulebook: Rulebook, rule: Rule, words: Sequence[str]) -> Rulebook:
    """The rulebook with this rule only, and these exceptions: what the others say does not matter, and costs."""
    assert isinstance(rule, TextRule | RestrictedRule)
    changed = rule.model_copy(update={"neutral": (*rule.neutral, *words), "status": "active"})
    return replace(rulebook, rules={rule.id: changed})


def _with(rulebook: Rulebook, rule: Rule, words: Sequence[str]) -> Rulebook:
    """The rulebook as it will be when the exceptions stand in ``overrides.yaml``."""
    if not words:
        return rulebook
    lines = _overrides(rule.id, words)
    return from_files({**rulebook.files(), f"{FOLDER}/overrides.yaml": lines.encode()})


def _overrides(rule: str, words: Iterable[str]) -> str:
    """The lines of ``overrides.yaml``."""
    return f"overrides:\n  - rule: {rule}\n    except: [{', '.join(quoted(word) for word in words)}]\n"


def _lost(trial: Rulebook, rule: Rule) -> bool:
    """Whether a ``hits`` example is no longer found."""
    return not all(found(trial, trial.rules[rule.id], example) for example in rule.examples.hits)


def _told(pages: _Pages, word: str) -> Proposal:
    held: dict[str, str] = {}
    for product, sentence in pages.sentences("dismissed"):
        if word in sentence:
            held.setdefault(product, sentence)
    return Proposal(word=word, exemplars=len(held), texts=tuple(list(dict.fromkeys(held.values()))[:SHOWN]))
