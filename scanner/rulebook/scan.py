"""One folded text scanned once: where the words of which lists stand, where clauses and sentences end.

Owns: the automaton over all words of all lists (``Automaton``) and the result of running it (``Scan``), with word
boundaries, covering words and lazily found number tokens; and the bounds of both: a text is read until MAX_EVENTS words
were found in it, and ``Scan.until`` says how far that was. Leaves to others: what the words mean together (``matcher``,
``context``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from scanner.rulebook import marks, tokens
from scanner.text import FILLED, SPACED, Folded, fold_words

MAX_EVENTS = 200_000  # words found in one text; a page of a hundred thousand characters holds some three thousand
_PIECE = 65_536  # characters scanned at a time: the answer for a whole hostile text would fill the memory
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_DIGITS = frozenset("0123456789")


class Event(NamedTuple):
    """A word of a list (or a number token) at ``[start, end)`` of the folded text. ``odd``: an evasive spelling."""

    start: int
    end: int
    odd: bool


class Ordered(NamedTuple):
    """Events with the orders they are searched by: ``events`` by start, ``ending`` by end."""

    events: list[Event]
    starts: list[int]
    ending: list[Event]
    ends: list[int]


def ordered(events: list[Event]) -> Ordered:
    """``events`` (by start) in both orders."""
    ending = sorted(events, key=_end)
    return Ordered(events, [e.start for e in events], ending, [e.end for e in ending])


def between(events: list[Event], start: int, end: int) -> list[Event]:
    """Those of ``events`` (by start) that begin in ``[start, end)``."""
    return events[bisect_left(events, (start,)) : bisect_left(events, (end,))]


def _end(event: Event) -> int:
    return event.end


Owners = tuple[tuple[str, bool], ...]  # the lists a word stands in, and whether as an evasive spelling


class Found(NamedTuple):
    """Word -> where it starts, in the text up to ``until``. ``owners`` and ``lengths`` tell of each word."""

    places: dict[int, list[int]]
    owners: list[Owners]
    lengths: list[int]
    until: int


NOTHING = Found({}, [], [], 0)  # of a text in which no word was looked for


class Automaton:
    """All words of all lists, compiled once. Words are folded here, by the same table as the text."""

    def __init__(self, lists: Mapping[str, Iterable[str]], odd: Mapping[str, Iterable[str]]) -> None:
        tables = [(is_odd, name, list(words)) for is_odd, table in ((False, lists), (True, odd))
                  for name, words in table.items()]  # fmt: skip
        plain = fold_words(word for _, _, words in tables for word in words)
        owners: dict[str, dict[tuple[str, bool], None]] = {}
        for is_odd, name, words in tables:
            for word in words:
                folded = plain[word]
                if folded.strip() and (name, False) not in owners.get(folded, {}):
                    owners.setdefault(folded, {})[name, is_odd] = None
        self._owners: list[Owners] = [tuple(o) for o in owners.values()]
        self._edges = [_edges(word) for word in owners]
        self.vocabulary = tuple(owners)
        self._lengths = list(map(len, owners))
        self._longest = max(self._lengths, default=0)
        self._find = ahocorasick_rs.AhoCorasick(
            self.vocabulary, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ).find_matches_as_indexes  # fmt: skip

    def run(self, folded: Folded, start: int = 0, end: int | None = None) -> Found:
        """The words within ``[start, end)`` of the text; places count from the text's beginning."""
        text = folded.text if start == 0 and end is None else folded.text[start:end]
        spaces = _Spaces(folded, start, end)
        edges, torn = self._edges, spaces.torn if spaces.any else None
        found: dict[int, list[int]] = {}
        b, found_all = start, matches(self._find, text, self._longest)
        for word, a, b in islice(found_all, MAX_EVENTS):
            if start:
                a, b = a + start, b + start
            if edges[word] and not _bounded(folded.text, a, b, edges[word]):
                continue
            if torn is not None and torn(folded, a, b):
                continue
            if word in found:
                found[word].append(a)
            else:
                found[word] = [a]
        whole = next(found_all, None) is None
        # Longer words than the last one may not have been met: they all end after this place.
        until = start + len(text) if whole else max(start, b - self._longest)
        return Found(found, self._owners, self._lengths, until)


Find = Callable[..., Iterable[tuple[int, int, int]]]  # of an automaton: (word, start, end) of every word in a text


def matches(find: Find, text: str, longest: int) -> Iterator[tuple[int, int, int]]:
    """(word, start, end) of every word, at most ``longest`` characters long; in long texts piece by piece, each word in
    the piece where it starts."""
    if len(text) <= 2 * _PIECE:
        return iter(find(text, overlapping=True))
    return (
        (word, at + a, at + b)
        for at in range(0, len(text), _PIECE)
        for word, a, b in find(text[at : at + _PIECE + longest], overlapping=True)
        if a < _PIECE
    )


def _edges(word: str) -> int:
    """Bit 0: the word begins with a Latin letter or digit, bit 1: it ends with one. Those need a boundary there."""
    return (word[0] in _ALNUM) | (word[-1] in _ALNUM) << 1


def _bounded(text: str, a: int, b: int, edges: int) -> bool:
    """Whether a word with Latin letters or digits at its edges stands by itself: not tnb in a model code, not 100% in
    3100%, not 第1 in 第10."""
    if edges & 1 and a and (text[a - 1] in _ALNUM or (text[a - 1] == "." and text[a] in _DIGITS)):
        return False
    if edges & 2 and b < len(text) and text[b] in _ALNUM:
        return text[b - 1] in _DIGITS and text[b] not in _DIGITS  # a unit may follow a number
    return True


class _Spaces:
    """Where spaces were dropped. A word over such a place counts only if it is bounded by more of them, or by anything
    that is not Han: 根 治 does, 止 血站 does not hold 止血."""

    def __init__(self, folded: Folded, start: int, end: int | None) -> None:
        at = (folded.flags[start:end] & SPACED) != 0
        self.any, self._start = bool(at.any()), start
        self._sums = np.concatenate(([0], np.cumsum(at))).tolist() if self.any else []

    def torn(self, folded: Folded, a: int, b: int) -> bool:
        if self._sums[b - self._start] == self._sums[a + 1 - self._start]:
            return False  # no dropped space inside
        text, flags = folded.text, folded.flags
        left = a == 0 or not _han(text[a - 1]) or bool(flags[a] & (SPACED | FILLED))
        right = b == len(text) or not _han(text[b]) or bool(flags[b] & (SPACED | FILLED))
        return not (left and right)


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def uncovered(events: list[Event], covers: list[Event]) -> list[Event]:
    """The events that no cover holds wholly. Both by start; n log n."""
    starts = [c.start for c in covers]
    reach, furthest = [], 0
    for cover in covers:
        furthest = max(furthest, cover.end)
        reach.append(furthest)
    kept = []
    for event in events:
        i = bisect_right(starts, event.start)
        if not i or reach[i - 1] < event.end:
            kept.append(event)
    return kept


class Scan:
    """What stands in one text, up to ``until``. Events of a list are looked up by its name, number tokens by theirs
    (#百分). Most lists are never asked for, so their events are put together when they are. ``odd``: evasive spellings
    found in other ways, as (list, start, end)."""

    def __init__(self, folded: Folded, found: Found, odd: Iterable[tuple[str, int, int]] = ()) -> None:
        self.folded, self.until = folded, found.until
        self._found = found
        self._words: dict[str, list[tuple[int, bool]]] = {}  # list -> its words in the text, and whether they are odd
        for word in found.places:
            for name, is_odd in found.owners[word]:
                if name in self._words:
                    self._words[name].append((word, is_odd))
                else:
                    self._words[name] = [(word, is_odd)]
        self._odd: dict[str, list[tuple[int, int]]] = {}
        for name, a, b in odd:
            self._odd.setdefault(name, []).append((a, b))
        # The lists of which something may stand in the text, if it is not covered.
        self.named = self._words.keys() | self._odd.keys()
        self._events: dict[str, list[Event]] = {}
        self.windows: dict[tuple[int, int], Scan] = {}  # pieces scanned once more, for what stands around hits
        self._ordered: dict[str, Ordered] = {}
        self._ends: dict[str, list[int]] = {}

    @property
    def lists(self) -> Iterable[str]:
        """The lists of which something stands in the text."""
        return [name for name in self.named if self.events(name)]

    @property
    def whole(self) -> bool:
        """Whether all of the text was read."""
        return self.until >= len(self.folded.text)

    def events(self, name: str) -> list[Event]:
        """The events of a list or number token, by start."""
        if name[0] == "#":
            return self.ordered(name).events
        if name not in self._events:
            self._events[name] = self._of(name)
        return self._events[name]

    def _of(self, name: str) -> list[Event]:
        events = []
        for word, odd in self._words.get(name, ()):
            length = self._found.lengths[word]
            events += [Event(a, a + length, odd) for a in self._found.places[word]]
        if name in self._odd:
            plain = {(event.start, event.end) for event in events}
            events += [Event(a, b, True) for a, b in self._odd[name] if (a, b) not in plain]
        events.sort()
        return uncovered(events, self.events(f"covers/{name}")) if f"covers/{name}" in self._words else events

    def ordered(self, name: str) -> Ordered:
        """The same, in both orders; made once for all rules."""
        if name not in self._ordered:
            numbers = name[0] == "#"
            events = [Event(a, b, False) for a, b in self._numbers(name)] if numbers else self.events(name)
            self._ordered[name] = ordered(events)
        return self._ordered[name]

    def _numbers(self, name: str) -> list[tuple[int, int]]:
        return tokens.find(self.folded.text[: self.until], name, self.units)

    @cached_property
    def units(self) -> list[int]:
        """Where units of number tokens may begin."""
        return tokens.units(self._marks[: self.until])

    def longest(self, name: str) -> int:
        """Characters of the longest word of the list in the text."""
        plain = (self._found.lengths[word] for word, _ in self._words.get(name, ()))
        return max((*plain, *(b - a for a, b in self._odd.get(name, ()))), default=0)

    @cached_property
    def _marks(self) -> NDArray[np.uint8]:
        return marks.of(self.folded.text)

    def unit(self, place: int, within: str) -> tuple[int, int]:
        """``[start, end)`` of the clause or sentence that holds ``place``; its end mark stands at ``end``."""
        ends = self.unit_ends(within)
        i = bisect_left(ends, place)
        start = ends[i - 1] + 1 if i else 0
        return start, ends[i] if i < len(ends) else len(self.folded.text)

    def unit_ends(self, within: str) -> list[int]:
        """Where the end marks of clauses or sentences stand."""
        if not self._ends:
            sentence, clause, digit, colon, space = (
                self._marks & bit != 0 for bit in (marks.SENTENCE, marks.CLAUSE, marks.DIGIT, marks.COLON, marks.SPACE)
            )
            if len(clause) > 2:  # 1,000 and 3:30 are one thing; so are 有效率：98% and 有效率: 98%
                clause[1:-1] &= ~(digit[:-2] & digit[2:])
                clause[:-1] &= ~(colon[:-1] & digit[1:])
                clause[:-2] &= ~(colon[:-2] & space[1:-1] & digit[2:])
            self._ends = {
                "sentence": np.flatnonzero(sentence).tolist(),
                "clause": np.flatnonzero(sentence | clause).tolist(),
            }
        return self._ends[within]
