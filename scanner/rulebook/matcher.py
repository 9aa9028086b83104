"""Rules over a scan: which rule's pattern stands where. Position arithmetic on events, linear in their number.

Owns: patterns (seq, any, all, at_least), neutral words, ``none`` lists, one hit per place. Leaves to others: the
contexts around a hit (``context``), fields, goods and verdicts (``checks``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.rulebook.rule import NUMBER_TOKENS, DisplayRule, Gap, Pattern, RestrictedRule, TextRule
from scanner.rulebook.scan import Automaton, Event, Scan, uncovered
from scanner.rulebook.spellings import Spellings
from scanner.rulebook.tables import WordList
from scanner.text import Folded

MAX_HITS = 200  # of one rule in one text: the rest would say the same once more

WordRule = TextRule | RestrictedRule | DisplayRule


class Token(NamedTuple):
    """A word that took part in a hit, with its list."""

    list: str
    start: int
    end: int
    odd: bool


class Hit(NamedTuple):
    """A rule's pattern at ``[start, end)`` of the folded text. ``odd``: an evasive spelling took part."""

    rule: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def odd(self) -> bool:
        return any(token.odd for token in self.tokens)


class _Plan(NamedTuple):
    rule: WordRule
    pattern: Pattern
    need: frozenset[str]


class Matcher:
    """All rules and lists, compiled into one automaton. ``extra`` lists are scanned for others to look up."""

    def __init__(
        self, rules: Iterable[WordRule], lists: Mapping[str, WordList], extra: Iterable[str], spellings: Spellings
    ) -> None:
        rules = tuple(rules)
        used = {name: lists[name] for name in sorted({*extra, *(n for r in rules for n in r.lists() if n in lists)})}
        plain: dict[str, Iterable[str]] = {name: words.words for name, words in used.items()}
        plain |= {f"covers/{name}": words.covers for name, words in used.items() if words.covers}
        plain |= {f"neutral/{rule.id}": rule.neutral for rule in rules if rule.neutral}
        self._automaton = Automaton(plain, {name: spellings.of(words) for name, words in used.items()})
        self._plans: dict[str, list[_Plan]] = {}
        for rule in rules:
            for pattern in rule.patterns:
                # A plan waits for the list it cannot do without; an ``any`` waits for each of its lists.
                need = (
                    frozenset(n for n in pattern.lists() if n not in NUMBER_TOKENS) if not pattern.any else frozenset()
                )
                plan = _Plan(rule, pattern, need)
                for name in pattern.any or [next(n for n in pattern.lists() if n not in NUMBER_TOKENS)]:
                    self._plans.setdefault(name, []).append(plan)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All words and spellings it looks for, folded."""
        return self._automaton.vocabulary

    def scan(self, folded: Folded) -> Scan:
        return Scan(folded, self._automaton.run(folded))

    def hits(self, scan: Scan) -> dict[str, list[Hit]]:
        """Rule id -> its hits by place, overlapping ones reduced to the longest; at most MAX_HITS each."""
        present = set(scan.lists)
        raw: dict[str, list[Hit]] = {}
        rules: dict[str, WordRule] = {}
        for name in sorted(present & self._plans.keys()):
            for plan in self._plans[name]:
                if plan.need <= present:
                    only = (name,) if plan.pattern.any else ()
                    raw.setdefault(plan.rule.id, []).extend(_Run(scan, plan.rule).hits(plan.pattern, only))
                    rules[plan.rule.id] = plan.rule
        return {rule: kept for rule in sorted(raw) if (kept := _reduce(raw[rule], rules[rule], scan))}


def _reduce(hits: list[Hit], rule: WordRule, scan: Scan) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if kept and hit.start < kept[-1].end:
            if hit.end - hit.start > kept[-1].end - kept[-1].start:
                kept[-1] = hit
            continue
        if len(kept) == MAX_HITS:
            break
        if rule.none and _any_in(scan, rule.none, *scan.unit(hit.start, rule.within)):
            continue
        kept.append(hit)
    return kept


def _any_in(scan: Scan, lists: Iterable[str], start: int, end: int) -> bool:
    for name in lists:
        events = scan.events(name)
        i = bisect_left(events, (start,))
        if i < len(events) and events[i].end <= end:
            return True
    return False


class _Run:
    """One rule over one scan."""

    def __init__(self, scan: Scan, rule: WordRule) -> None:
        self._scan, self._rule = scan, rule
        self._neutral = scan.events(f"neutral/{rule.id}")

    def hits(self, pattern: Pattern, only: tuple[str, ...]) -> Iterator[Hit]:
        if pattern.seq:
            return self._sequence(pattern)
        if pattern.any:
            return (self._hit([Token(name, *e)]) for name in only for e in self._events(name))
        if pattern.all:
            return self._all(pattern.all)
        assert pattern.at_least is not None
        return self._at_least(pattern.at_least.list, pattern.at_least.n)

    def _hit(self, tokens: list[Token]) -> Hit:
        return Hit(self._rule.id, min(t.start for t in tokens), max(t.end for t in tokens), tuple(tokens))

    def _events(self, name: str) -> list[Event]:
        events = self._scan.events(name)
        if self._neutral:
            events = uncovered(events, self._neutral)
        return [e for e in events if not e.odd] if self._rule.evasion == "off" else events

    def _sequence(self, pattern: Pattern) -> Iterator[Hit]:
        # For each place a partial match can end, the one that began last: bounds the work to events × gap, and
        # keeps the shortest hit, which is the one to quote.
        ends: dict[int, list[Token]] = {}
        gap, first = (0, 0), True
        for step in pattern.seq:
            if isinstance(step, Gap):
                gap = step.bounds
                continue
            events = self._events(step)
            ends = {e.end: [Token(step, *e)] for e in events} if first else self._extend(ends, step, events, gap)
            gap, first = (0, 0), False
            if not ends:
                return
        for tokens in ends.values():
            yield self._hit(tokens)

    def _extend(
        self, ends: dict[int, list[Token]], step: str, events: list[Event], gap: tuple[int, int]
    ) -> dict[int, list[Token]]:
        starts = [e.start for e in events]
        longer: dict[int, list[Token]] = {}
        for end, tokens in ends.items():
            limit = self._scan.unit(tokens[0].start, self._rule.within)[1]
            for i in range(bisect_left(starts, end + gap[0]), bisect_right(starts, end + gap[1])):
                event = events[i]
                if event.end > limit:
                    break
                known = longer.get(event.end)
                if known is None or known[0].start < tokens[0].start:
                    longer[event.end] = [*tokens, Token(step, *event)]
        return longer

    def _all(self, names: tuple[str, ...]) -> Iterator[Hit]:
        """For each unit that holds a word of every list: the span from the first to the last, one word of each."""
        for e in self._events(names[0]):
            start, end = self._scan.unit(e.start, self._rule.within)
            tokens = [Token(names[0], *e)]
            for name in names[1:]:
                near = _nearest(self._events(name), e, start, end)
                if near is None:
                    break
                tokens.append(Token(name, *near))
            else:
                yield self._hit(sorted(tokens, key=lambda t: t.start))

    def _at_least(self, name: str, n: int) -> Iterator[Hit]:
        text, last = self._scan.folded.text, -1
        for e in self._events(name):
            if e.start < last:
                continue
            start, last = self._scan.unit(e.start, self._rule.within)
            words: dict[str, Token] = {}
            for x in _between(self._events(name), start, last):
                words.setdefault(text[x.start : x.end], Token(name, *x))
            if len(words) >= n:
                yield self._hit(list(words.values()))


def _nearest(events: list[Event], to: Event, start: int, end: int) -> Event | None:
    """The event nearest to ``to`` in ``[start, end)`` that does not overlap it; only its few neighbours are looked at."""
    i = bisect_left(events, to)
    around = [x for x in events[max(0, i - 2) : i + 3] if start <= x.start and x.end <= end]
    free = [x for x in around if x.start >= to.end or x.end <= to.start]
    return min(free, key=lambda x: (abs(x.start - to.start), x.start), default=None)


def _between(events: list[Event], start: int, end: int) -> list[Event]:
    return events[bisect_left(events, (start,)) : bisect_left(events, (end,))]
