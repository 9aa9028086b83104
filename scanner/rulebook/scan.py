"""One folded text scanned once: where the words of which lists stand, where clauses and sentences end.

Owns: the automaton over all words of all lists (``Automaton``) and the result of running it (``Scan``), with word
boundaries, covering words and lazily found number tokens; and the bounds of both: a text is read until MAX_EVENTS words
were found in it, and ``Scan.until`` says how far that was. Leaves to others: what the words mean together (``matcher``,
``context``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ahocorasick_rs
import numpy as np

from scanner.rulebook import tokens
from scanner.text import FILLED, SPACED, Folded, fold_words

MAX_EVENTS = 200_000  # words found in one text; a page of a hundred thousand characters holds some three thousand
_PIECE = (
    65_536  # characters given to the automaton at a time: its answer for a whole hostile text would fill the memory
)
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_DIGITS = frozenset("0123456789")
_SENTENCE, _CLAUSE, _DIGIT = 1, 2, 4
_ENDS = np.zeros(0x110000, dtype=np.uint8)  # what a character is to clauses and sentences
_ENDS[[ord(c) for c in "\n\r\v\f\x85\u2028\u2029。!?;…"]] = _SENTENCE
_ENDS[[ord(c) for c in ",:"]] = _CLAUSE
_ENDS[48:58] = _DIGIT


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


def _end(event: Event) -> int:
    return event.end


class Found(NamedTuple):
    """List name -> events by start, in the text up to ``until``."""

    events: dict[str, list[Event]]
    until: int


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
        self._owners = [tuple(o) for o in owners.values()]
        self._edges = [_edges(word) for word in owners]
        self.vocabulary = tuple(owners)
        self._longest = max(map(len, owners), default=0)
        self._find = ahocorasick_rs.AhoCorasick(
            self.vocabulary, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ).find_matches_as_indexes  # fmt: skip

    def run(self, folded: Folded, start: int = 0, end: int | None = None) -> Found:
        """The words within ``[start, end)`` of the text; places count from the text's beginning."""
        text = folded.text if start == 0 and end is None else folded.text[start:end]
        spaces = _Spaces(folded, start, end)
        found: dict[str, list[Event]] = {}
        left = MAX_EVENTS
        for word, a, b in self._matches(text):
            a, b = a + start, b + start
            if self._edges[word] and not _bounded(folded.text, a, b, self._edges[word]):
                continue
            if spaces.any and spaces.torn(folded, a, b):
                continue
            for name, odd in self._owners[word]:
                if name in found:
                    found[name].append(Event(a, b, odd))
                else:
                    found[name] = [Event(a, b, odd)]
            left -= 1
            if not left:
                # Longer words than the last one may not have been met: they all end after this place.
                return Found({name: sorted(events) for name, events in found.items()}, max(start, b - self._longest))
        for events in found.values():
            events.sort()
        return Found(found, start + len(text))

    def _matches(self, text: str) -> Iterable[tuple[int, int, int]]:
        """(word, start, end) of every word; long texts piece by piece, each word in the piece where it starts."""
        if len(text) <= 2 * _PIECE:
            return self._find(text, overlapping=True)
        return (
            (word, at + a, at + b)
            for at in range(0, len(text), _PIECE)
            for word, a, b in self._find(text[at : at + _PIECE + self._longest], overlapping=True)
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
    (#百分)."""

    def __init__(self, folded: Folded, found: Found) -> None:
        self.folded, self.until = folded, found.until
        events = found.events
        for name in [n for n in events if n.startswith("covers/")]:
            inner = name.removeprefix("covers/")
            if inner in events:
                events[inner] = uncovered(events[inner], events[name])
        self._events = {name: found for name, found in events.items() if found}
        self.windows: dict[tuple[int, int], Scan] = {}  # pieces scanned once more, for what stands around hits
        self._ordered: dict[str, Ordered] = {}
        self._ends: dict[str, list[int]] = {}

    @property
    def lists(self) -> Iterable[str]:
        """The lists of which something stands in the text."""
        return self._events.keys()

    @property
    def whole(self) -> bool:
        """Whether all of the text was read."""
        return self.until >= len(self.folded.text)

    def events(self, name: str) -> list[Event]:
        """The events of a list or number token, by start."""
        return self.ordered(name).events if name[0] == "#" else self._events.get(name, [])

    def ordered(self, name: str) -> Ordered:
        """The same, in both orders; made once for all rules."""
        if name not in self._ordered:
            numbers = name[0] == "#"
            events = [Event(a, b, False) for a, b in self._numbers(name)] if numbers else self.events(name)
            self._ordered[name] = ordered(events)
        return self._ordered[name]

    def _numbers(self, name: str) -> list[tuple[int, int]]:
        text = self.folded.text
        return tokens.find(text if self.whole else text[: self.until], name)

    def unit(self, place: int, within: str) -> tuple[int, int]:
        """``[start, end)`` of the clause or sentence that holds ``place``; its end mark stands at ``end``."""
        ends = self.unit_ends(within)
        i = bisect_left(ends, place)
        start = ends[i - 1] + 1 if i else 0
        return start, ends[i] if i < len(ends) else len(self.folded.text)

    def unit_ends(self, within: str) -> list[int]:
        """Where the end marks of clauses or sentences stand."""
        if not self._ends:
            what = _ENDS.take(np.frombuffer(self.folded.text.encode("utf-32-le"), np.uint32))
            sentence, clause, digit = what == _SENTENCE, what == _CLAUSE, what == _DIGIT
            if len(what) > 2:  # 1,000 and 3:30 are one thing
                clause[1:-1] &= ~(digit[:-2] & digit[2:])
            self._ends = {
                "sentence": np.flatnonzero(sentence).tolist(),
                "clause": np.flatnonzero(sentence | clause).tolist(),
            }
        return self._ends[within]
