"""Rules over a scan: which rule's pattern stands where. Position arithmetic on events, linear in their number.

A pattern is looked at only where every list it needs stands on the page; of two neighbouring steps the one with fewer
events is walked through, so that a common number (7天) before a rare word costs nothing.

Owns: patterns (seq, any, all, at_least), neutral words, ``none`` lists, one hit per place. Leaves to others: the
contexts around a hit (``context``), fields, goods and verdicts (``checks``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.rulebook import tokens
from scanner.rulebook.rule import NUMBER_TOKENS, Amount, DisplayRule, Gap, Pattern, RestrictedRule, TextRule
from scanner.rulebook.scan import Automaton, Event, Ordered, Scan, between, ordered, uncovered
from scanner.rulebook.sounds import Sounds
from scanner.rulebook.tables import FoldingFile, WordList
from scanner.text import Folded

MAX_HITS = 2_000  # of one rule in one text; one more is kept, so that those who judge can say that there are more
MANY = 40  # events of a list, from which numbers are better looked for on the whole page than near each of them

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


class _Step(NamedTuple):
    """One list or number token of a sequence, ``gap`` characters after the one before. ``amount``: the size wanted."""

    name: str
    gap: tuple[int, int]
    amount: Amount | None


class _Plan(NamedTuple):
    rule: WordRule
    pattern: Pattern
    need: frozenset[str]
    steps: tuple[_Step, ...]  # of a sequence
    near: bool  # a step is a number that is found by its unit
    reach: int  # characters the gaps and numbers of the sequence span at most


class _Chain(NamedTuple):
    """The last word of a partial sequence, and what stands before it: a chain, or the event of the first step.
    ``start``: where its first word starts."""

    start: int
    end: int
    token: Token
    before: _Chain | Event


class Matcher:
    """All rules and lists, compiled into one automaton. ``extra`` lists are scanned for others to look up."""

    def __init__(
        self,
        rules: Iterable[WordRule],
        lists: Mapping[str, WordList],
        extra: Iterable[str],
        folding: FoldingFile | None,
    ) -> None:
        rules = tuple(rules)
        used = {name: lists[name] for name in sorted({*extra, *(n for r in rules for n in r.lists() if n in lists)})}
        plain: dict[str, Iterable[str]] = {name: words.words for name, words in used.items()}
        plain |= {f"covers/{name}": words.covers for name, words in used.items() if words.covers}
        plain |= {f"neutral/{rule.id}": rule.neutral for rule in rules if rule.neutral}
        self._automaton = Automaton(plain, {name: words.spellings for name, words in used.items()})
        self._sounds = Sounds(folding, used)
        self._plans: dict[str, list[_Plan]] = {}
        for rule in rules:
            for pattern in rule.patterns:
                # A plan waits for the list it cannot do without; an ``any`` waits for each of its lists.
                words = [n for n in pattern.lists() if n not in NUMBER_TOKENS]
                need = frozenset(words) if not pattern.any else frozenset()
                steps = tuple(_steps(pattern))
                near = any(step.name in tokens.BY_UNIT for step in steps)
                reach = sum(step.gap[1] + (tokens.LONGEST if step.name[0] == "#" else 0) for step in steps)
                plan = _Plan(rule, pattern, need, steps, near, reach)
                for name in pattern.any or words[:1]:
                    self._plans.setdefault(name, []).append(plan)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All words and spellings it looks for, folded."""
        return self._automaton.vocabulary

    def scan(self, folded: Folded) -> Scan:
        return Scan(folded, self._automaton.run(folded), self._sounds.find(folded))

    def hits(self, scan: Scan) -> Hits:
        """The hits of all rules."""
        present = scan.named
        awake: dict[str, list[tuple[_Plan, str]]] = {}
        for name in sorted(self._plans.keys() & present):
            for plan in self._plans[name]:
                if plan.need <= present:
                    awake.setdefault(plan.rule.id, []).append((plan, name))
        return Hits(scan, awake)


class Hits(Mapping[str, list[Hit]]):
    """Rule id -> its hits by place, overlapping ones reduced to the longest; at most MAX_HITS + 1 each; rules without hits
    are not in it. They are looked for when a rule is asked for: most pages are about goods of one kind, and most rules about
    others."""

    def __init__(self, scan: Scan, awake: dict[str, list[tuple[_Plan, str]]]) -> None:
        self._scan, self._awake = scan, awake
        self._found: dict[str, list[Hit]] = {}

    def may(self, rule: str) -> bool:
        """Whether the words that ``rule`` needs stand in the text; cheap, and most rules need not be asked further."""
        return rule in self._awake

    def __getitem__(self, rule: str) -> list[Hit]:
        if rule not in self._found:
            plans = self._awake[rule]
            run = _Run(self._scan, plans[0][0].rule)
            hits = [hit for plan, name in plans for hit in run.hits(plan, name)]
            self._found[rule] = _reduce(hits, run.rule, self._scan)
        if not self._found[rule]:
            raise KeyError(rule)
        return self._found[rule]

    def __iter__(self) -> Iterator[str]:
        return (rule for rule in sorted(self._awake) if rule in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _steps(pattern: Pattern) -> Iterator[_Step]:
    gap = (0, 0)
    for step in pattern.seq:
        if isinstance(step, Gap):
            gap = step.bounds
            continue
        yield _Step(step, gap, None) if isinstance(step, str) else _Step(step.number, gap, step)
        gap = (0, 0)


def _reduce(hits: list[Hit], rule: WordRule, scan: Scan) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if kept and hit.start < kept[-1].end:
            if hit.end - hit.start > kept[-1].end - kept[-1].start:
                kept[-1] = hit
            continue
        if len(kept) > MAX_HITS:
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
        self.rule, self._scan = rule, scan
        self._neutral = scan.events(f"neutral/{rule.id}") if rule.neutral else []
        self._as_is = not self._neutral and rule.evasion == "on"
        self._kept: dict[str, Ordered] = {}

    def hits(self, plan: _Plan, name: str) -> Iterable[Hit]:
        """The plan's hits; of an ``any`` those of the list ``name``."""
        pattern = plan.pattern
        if plan.steps:
            return self._sequence(plan)
        if pattern.any:
            return [Hit(self.rule.id, e.start, e.end, (Token(name, *e),)) for e in self._events(name)]
        if pattern.all:
            return self._all(pattern.all)
        assert pattern.at_least is not None
        return self._at_least(pattern.at_least.list, pattern.at_least.n)

    def _hit(self, words: list[Token]) -> Hit:
        return Hit(self.rule.id, min(t.start for t in words), max(t.end for t in words), tuple(words))

    def _events(self, name: str) -> list[Event]:
        return self._scan.events(name) if self._as_is else self._ordered(name).events

    def _ordered(self, name: str) -> Ordered:
        """What the rule sees of a list or number token: not what its neutral words cover, nor spellings it refuses."""
        if self._as_is:
            return self._scan.ordered(name)
        if name not in self._kept:
            self._kept[name] = ordered(self._seen(self._scan.events(name)))
        return self._kept[name]

    def _seen(self, events: list[Event]) -> list[Event]:
        kept = uncovered(events, self._neutral) if self._neutral else events
        return kept if self.rule.evasion == "on" else [e for e in kept if not e.odd]

    def _of(self, step: _Step, units: list[int] | None) -> Ordered:
        """The events of a step: those of its list, or its number tokens (at ``units`` only) of the size it wants."""
        if step.name[0] != "#":
            return self._scan.ordered(step.name) if self._as_is else self._ordered(step.name)
        near = units is not None and step.name in tokens.BY_UNIT
        if not near and step.amount is None:
            return self._ordered(step.name)
        text, events = self._scan.folded.text, [] if near else self._scan.events(step.name)
        if near:
            events = [Event(a, b, False) for a, b in tokens.find(text, step.name, units)]
        if step.amount is not None:
            sizes = ((event, tokens.value(step.name, text[event.start : event.end])) for event in events)
            events = [event for event, size in sizes if size is not None and step.amount.holds(*size)]
        return ordered(self._seen(events))

    def _units(self, plan: _Plan) -> list[int] | None:
        """Where units stand that numbers of the sequence can have: within its reach of its rarest words. None: anywhere.
        A page is full of numbers, and few of them stand near a word that makes them interesting."""
        rarest = min(map(self._events, plan.need), key=len)
        if len(rarest) > MANY:
            return None
        reach, units = plan.reach + sum(map(self._scan.longest, plan.need)), self._scan.units
        near: set[int] = set()
        for event in rarest:
            near.update(units[bisect_left(units, event.start - reach) : bisect_right(units, event.end + reach)])
        return sorted(near)

    def _sequence(self, plan: _Plan) -> Iterable[Hit]:
        # For each place a partial match can end, the one that began last: bounds the work to events × gap, and
        # keeps the shortest hit, which is the one to quote. Number tokens are looked for last, only if all lists stand.
        if not all(map(self._events, plan.need)):
            return ()
        steps, units = plan.steps, self._units(plan) if plan.near else None
        first = self._of(steps[0], units)
        chains: list[Event] | list[_Chain] = first.ending
        ends = first.ends
        for step in steps[1:]:
            chains = self._extended(chains, ends, step.name, step.gap, self._of(step, units))
            if not chains:
                return ()
            ends = [chain.end for chain in chains]
        return [self._linked(chain, steps[0].name) for chain in chains]

    def _extended(
        self, chains: list[Event] | list[_Chain], ends: list[int], name: str, gap: tuple[int, int], added: Ordered
    ) -> list[_Chain]:
        """The chains, which are by end, with an event of ``added`` put to each that has one within reach."""
        (low, high), events = gap, added.events
        longer: dict[int, _Chain] = {}
        if len(events) <= len(chains):
            for event in events:
                i, j = bisect_left(ends, event.start - high), bisect_right(ends, event.start - low)
                if i < j:
                    self._add(longer, chains[i] if j == i + 1 else max(chains[i:j], key=_begun), name, event)
        else:
            starts = added.starts
            for chain in chains:
                for i in range(bisect_left(starts, chain.end + low), bisect_right(starts, chain.end + high)):
                    self._add(longer, chain, name, events[i])
        return sorted(longer.values(), key=_ended) if longer else []

    def _add(self, longer: dict[int, _Chain], chain: Event | _Chain, name: str, event: Event) -> None:
        known = longer.get(event.end)
        if (known is None or known.start < chain.start) and event.end <= self._limit(chain.start):
            longer[event.end] = _Chain(chain.start, event.end, Token(name, *event), chain)

    def _limit(self, place: int) -> int:
        """Where the clause or sentence of ``place`` ends."""
        ends = self._scan.unit_ends(self.rule.within)
        i = bisect_left(ends, place)
        return ends[i] if i < len(ends) else len(self._scan.folded.text)

    def _linked(self, chain: Event | _Chain, first: str) -> Hit:
        words = []
        while isinstance(chain, _Chain):
            words.append(chain.token)
            chain = chain.before
        words.append(Token(first, *chain))
        return self._hit(words[::-1])

    def _all(self, names: tuple[str, ...]) -> Iterator[Hit]:
        """For each unit that holds a word of every list: the span from the first to the last, one word of each."""
        for e in self._events(names[0]):
            start, end = self._scan.unit(e.start, self.rule.within)
            words = [Token(names[0], *e)]
            for name in names[1:]:
                near = _nearest(self._ordered(name), e, start, end)
                if near is None:
                    break
                words.append(Token(name, *near))
            else:
                yield self._hit(sorted(words, key=lambda t: t.start))

    def _at_least(self, name: str, n: int) -> Iterator[Hit]:
        text, last = self._scan.folded.text, -1
        for e in self._events(name):
            if e.start < last:
                continue
            start, last = self._scan.unit(e.start, self.rule.within)
            words: dict[str, Token] = {}
            reach = -1  # 类风湿性关节炎 is one word, though 风湿 and 关节炎 stand in it
            for x in sorted(between(self._events(name), start, last), key=lambda x: (x.start, -x.end)):
                if x.end > reach:
                    reach = x.end
                    words.setdefault(text[x.start : x.end], Token(name, *x))
            if len(words) >= n:
                yield self._hit(list(words.values()))


def _begun(chain: Event | _Chain) -> int:
    return chain.start


def _ended(chain: _Chain) -> int:
    return chain.end


def _nearest(events: Ordered, to: Event, start: int, end: int) -> Event | None:
    """The event in ``[start, end)`` with the fewest characters between it and ``to``; the one before, of two as near."""
    i, before = bisect_right(events.ends, to.start), None
    while before is None and i and events.ends[i - 1] > start:  # ends once: only words over the unit's edge are passed
        i -= 1
        before = events.ending[i] if events.ending[i].start >= start else None
    j, after = bisect_left(events.starts, to.end), None
    while after is None and j < len(events.starts) and events.starts[j] < end:
        after = events.events[j] if events.events[j].end <= end else None
        j += 1
    if before is None or after is None:
        return before or after
    return before if to.start - before.end <= after.start - to.end else after
