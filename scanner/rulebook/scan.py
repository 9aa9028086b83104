"""One folded text scanned once: where the words of which lists stand, where clauses and sentences end.

Owns: the automaton over all words of all lists (``Automaton``) and the result of running it (``Scan``), with word
boundaries, covering words and lazily found number tokens. Leaves to others: what the words mean together (``matcher``,
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
        self._find = ahocorasick_rs.AhoCorasick(
            list(owners), implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ).find_matches_as_indexes  # fmt: skip

    def run(self, folded: Folded, start: int = 0, end: int | None = None) -> dict[str, list[Event]]:
        """List name -> events by start, within ``[start, end)`` of the text; places count from the text's beginning."""
        text = folded.text if start == 0 and end is None else folded.text[start:end]
        spaces = _Spaces(folded)
        found: dict[str, list[Event]] = {}
        for word, a, b in self._find(text, overlapping=True):
            a, b = a + start, b + start
            if self._edges[word] and not _bounded(folded.text, a, b, self._edges[word]):
                continue
            if spaces.any and spaces.torn(folded, a, b):
                continue
            for name, odd in self._owners[word]:
                found.setdefault(name, []).append(Event(a, b, odd))
        for events in found.values():
            events.sort()
        return found


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

    def __init__(self, folded: Folded) -> None:
        at = (folded.flags & SPACED) != 0
        self.any = bool(at.any())
        self._sums = np.concatenate(([0], np.cumsum(at))).tolist() if self.any else []

    def torn(self, folded: Folded, a: int, b: int) -> bool:
        if self._sums[b] == self._sums[a + 1]:
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
    """What stands in one text. Events of a list are looked up by its name, number tokens by theirs (#百分)."""

    def __init__(self, folded: Folded, events: dict[str, list[Event]]) -> None:
        self.folded = folded
        for name in [n for n in events if n.startswith("covers/")]:
            inner = name.removeprefix("covers/")
            if inner in events:
                events[inner] = uncovered(events[inner], events[name])
        self._events = {name: found for name, found in events.items() if found}
        self._ends: dict[str, list[int]] = {}

    @property
    def lists(self) -> Iterable[str]:
        """The lists of which something stands in the text."""
        return self._events.keys()

    def events(self, name: str) -> list[Event]:
        if name not in self._events and name.startswith("#"):
            self._events[name] = [Event(a, b, False) for a, b in tokens.find(self.folded.text, name)]
        return self._events.get(name, [])

    def unit(self, place: int, within: str) -> tuple[int, int]:
        """``[start, end)`` of the clause or sentence that holds ``place``; its end mark stands at ``end``."""
        ends = self._unit_ends(within)
        i = bisect_left(ends, place)
        start = ends[i - 1] + 1 if i else 0
        return start, ends[i] if i < len(ends) else len(self.folded.text)

    def _unit_ends(self, within: str) -> list[int]:
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
