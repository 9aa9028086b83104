"""Words that are spelt by their sound: mixed pinyin (zhi疗, 治liao, xueguan斑块), initials (y岛素, cf药), characters that
sound alike (通风石 for 痛风石).

Owns: the syllable table of ``rules/folding.yaml`` and the search by sound. Leaves to others: symbols, split characters
and look-alikes (``text.fold`` undoes those), spellings that an analyst writes into a list, and matching of plain words
(``scan``). Nothing is generated: a text is read as syllables once and the words are looked up in that reading, so any
mixture of the three is found and more words cost hardly more.

Two looks. Over the whole text, in characters alone: words of three and more characters, of which one (in words of four
and more: two) sounds alike and the rest is written as it should be. Around Latin letters that touch Han: words of two to
eight characters, spelt partly in pinyin or initials. Near a place where something hides (one of these, an invisible, split
or look-alike character, a pictograph) words of two characters that sound alike count too; elsewhere too many of them are
honest words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from scanner.rulebook.scan import MAX_EVENTS, matches
from scanner.rulebook.tables import FoldingFile, WordList
from scanner.text import HIDDEN, LOOK, PICTURE, SPLIT, Folded, fold_words

MAX_WORD = 8  # characters of a word that is looked for by its sound
MIN_HOMOPHONE = 3  # characters of a word that may sound alike anywhere
MIN_LATIN = 6  # letters of a word spelt wholly in pinyin: shorter ones are English words and model codes
MAX_RUN = 24  # letters in a row that can be pinyin; longer runs are codes and foreign words
MIN_INITIALS = 3  # characters of a word of which some are initials: 化t and C盘 are honest
MAX_INITIALS = 4  # letters in a row that can be initials
MAX_HIDING = 500  # places in one text around which short words are looked for
MAX_RUNS = 2_000  # runs of letters looked at in one text; a page in Chinese has dozens
_BASE = 0x100  # one code point a syllable, two bytes of UTF-8 each, so that a reading is a short str for an automaton
_LIMIT = 0x110000

_HIDES = LOOK | HIDDEN | SPLIT | PICTURE  # no honest word needs these; symbols and spaces do stand in honest text

_FUNCTION = frozenset("不无没未")  # 部手术 (腹部手术) is no 不手术: too short to be told apart by sound

_Found = tuple[str, int, int]  # list, start, end


class _Word(NamedTuple):
    text: str
    sounds: tuple[str, ...]
    lists: tuple[str, ...]
    alike: bool  # characters that sound alike count


class _Token(NamedTuple):
    """One step of a reading: a Han character, a syllable in letters, or one letter."""

    start: int
    end: int
    char: str  # the Han character, or ""
    sound: str  # its syllable, or the letters


class Sounds:
    """The words of all lists that may be spelt by sound, by their sounds."""

    def __init__(self, folding: FoldingFile | None, lists: Mapping[str, WordList]) -> None:
        self._sounds: dict[str, str] = {}
        same = folding.homophones if folding else {}
        for syllable, chars in same.items():
            for char in chars:
                self._sounds.setdefault(char, syllable)
        self._innocent = frozenset(folding.innocent) if folding else frozenset()
        self._syllables = {syllable: i + 1 for i, syllable in enumerate(same)}
        self._table = np.zeros(_LIMIT, dtype=np.uint32)
        for char, syllable in self._sounds.items():
            self._table[ord(char)] = _BASE + self._syllables[syllable]
        self._words = self._spelt(lists)
        self._by_initials: dict[str, list[_Word]] = {}
        for word in self._words:
            self._by_initials.setdefault("".join(s[0] for s in word.sounds), []).append(word)
        self._short: dict[tuple[str, ...], list[_Word]] = {}
        for word in self._words:
            if len(word.text) <= MIN_HOMOPHONE:
                self._short.setdefault(word.sounds, []).append(word)
        self._alike: dict[str, list[_Word]] = {}
        for word in self._words:
            short = len(word.text) == MIN_HOMOPHONE and word.text[0] in _FUNCTION
            if word.alike and len(word.text) >= MIN_HOMOPHONE and not short:
                key = "".join(chr(_BASE + self._syllables[s]) for s in word.sounds)
                self._alike.setdefault(key, []).append(word)
        self._keys = list(self._alike.values())
        self._find = ahocorasick_rs.AhoCorasick(
            list(self._alike), implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ).find_matches_as_indexes if self._alike else None  # fmt: skip

    def _spelt(self, lists: Mapping[str, WordList]) -> list[_Word]:
        wanted: dict[str, dict[str, bool]] = {}
        plain = fold_words(word for listed in lists.values() if listed.evasion != "off" for word in listed.words)
        for name, listed in lists.items():
            for word in listed.words if listed.evasion != "off" else ():
                wanted.setdefault(plain[word], {})[name] = listed.evasion == "on"
        words = []
        for text, owners in wanted.items():
            sounds = tuple(self._sounds.get(char, "") for char in text)
            if 2 <= len(text) <= MAX_WORD and all(sounds):
                words.append(_Word(text, sounds, tuple(owners), any(owners.values())))
        return words

    def find(self, folded: Folded) -> list[_Found]:
        """The words spelt by sound in ``folded``, as ``(list, start, end)``, each place once a list."""
        if not self._words:
            return []
        points = np.frombuffer(folded.text.encode("utf-32-le"), np.uint32)
        found = dict.fromkeys((*self._anywhere(folded.text, points), *self._around_letters(folded.text, points)))
        hiding = {(a, b) for _, a, b in found}
        hiding |= {(i, i + 1) for i in np.flatnonzero(folded.flags & _HIDES)[:MAX_HIDING].tolist()}
        if hiding:
            found |= dict.fromkeys(self._beside(folded.text, sorted(hiding)))
        return list(found)

    def _anywhere(self, text: str, points: NDArray[np.uint32]) -> Iterator[_Found]:
        """Words of three and more characters, one of which (two of four and more) sounds alike."""
        if self._find is None:
            return
        reading = self._table.take(points).tobytes().decode("utf-32-le")
        for key, a, b in islice(matches(self._find, reading, MAX_WORD), MAX_EVENTS):
            written = text[a:b]
            for word in self._keys[key]:
                if written == word.text or written in self._innocent:
                    continue
                if _differ(written, word.text) <= (1 if b - a == MIN_HOMOPHONE else 2):
                    yield from ((name, a, b) for name in word.lists)

    def _around_letters(self, text: str, points: NDArray[np.uint32]) -> Iterator[_Found]:
        """Words that lie over letters which touch Han, spelt partly in pinyin or initials."""
        for a, b in _runs(points):
            for tokens in self._readings(text, a, b):
                yield from self._over(tokens, a, b)

    def _readings(self, text: str, a: int, b: int) -> Iterator[list[_Token]]:
        """The letters of ``[a, b)`` as syllables, and as initials, with the Han around them."""
        before = list(self._side(text, range(a - 1, max(-1, a - MAX_WORD), -1)))[::-1]
        after = list(self._side(text, range(b, min(len(text), b + MAX_WORD))))
        letters = text[a:b]
        if syllables := self._split(letters):
            tokens, at = [], a
            for syllable in syllables:
                tokens.append(_Token(at, at + len(syllable), "", syllable))
                at += len(syllable)
            yield [*before, *tokens, *after]
        if b - a <= MAX_INITIALS:
            yield [*before, *(_Token(a + i, a + i + 1, "", c) for i, c in enumerate(letters)), *after]

    def _side(self, text: str, places: range) -> Iterator[_Token]:
        """Han characters from the letters outwards; other runs of letters between them as one syllable or letter."""
        at = iter(places)
        for i in at:
            char = text[i]
            sound = self._sounds.get(char, "")
            if sound:
                yield _Token(i, i + 1, char, sound)
            elif "a" <= char <= "z":
                j = i
                step = places.step
                while 0 <= j + step < len(text) and "a" <= text[j + step] <= "z" and abs(j - i) < MAX_RUN:
                    j += step
                low, high = min(i, j), max(i, j) + 1
                letters = text[low:high]
                if letters in self._syllables or len(letters) == 1:
                    yield _Token(low, high, "", letters)
                    for _ in range(high - low - 1):
                        next(at, None)
                else:
                    return
            else:
                return

    def _split(self, letters: str) -> list[str]:
        """The letters as syllables, the longest first; empty where they are none."""
        ways: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 6), end):  # the longest syllable has six letters
                before = ways[start]
                if before is not None and letters[start:end] in self._syllables:
                    ways[end] = [*before, letters[start:end]]
                    break
        return ways[-1] or []

    def _over(self, tokens: list[_Token], a: int, b: int) -> Iterator[_Found]:
        initials = "".join(token.sound[0] for token in tokens)
        for i in range(len(tokens)):
            for n in range(2, min(MAX_WORD, len(tokens) - i) + 1):
                first, last = tokens[i], tokens[i + n - 1]
                if first.start >= b or last.end <= a:
                    continue
                for word in self._by_initials.get(initials[i : i + n], ()):
                    if _says(tokens[i : i + n], word):
                        yield from ((name, first.start, last.end) for name in word.lists)

    def _beside(self, text: str, hiding: list[tuple[int, int]]) -> Iterator[_Found]:
        """Words of two and three characters, one of which sounds alike, near a place where another word hides."""
        for low, high in _windows(hiding, len(text)):
            sounds = [self._sounds.get(char, "") for char in text[low:high]]
            for i in range(high - low - 1):
                for n in (2, 3):
                    for word in self._short.get(tuple(sounds[i : i + n]), ()):
                        written = text[low + i : low + i + n]
                        if len(word.text) == n and written not in self._innocent and _differ(written, word.text) == 1:
                            yield from ((name, low + i, low + i + n) for name in word.lists)


def _windows(hiding: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What is near the places (by start), as ``[start, end)``; windows that overlap are one."""
    start = end = 0
    for a, b in hiding:
        low, high = max(0, a - 2 * MAX_WORD), min(length, b + 2 * MAX_WORD)
        if low < end - 1:
            end = max(end, high)
            continue
        if end:
            yield start, end
        start, end = low, high
    if end:
        yield start, end


def _differ(written: str, word: str) -> int:
    return sum(x != y for x, y in zip(written, word, strict=True))


def _says(tokens: list[_Token], word: _Word) -> bool:
    """Whether the reading spells the word: each step by its character, sound or initial, one character truly written
    (or the whole in enough letters), and at most one that only sounds alike."""
    written = alike = latin = initials = 0
    for token, char, sound in zip(tokens, word.text, word.sounds, strict=True):
        if token.char:
            if token.char == char:
                written += 1
            elif token.sound == sound:
                alike += 1
            else:
                return False
        elif token.sound == sound:
            latin += len(sound)
        elif len(token.sound) == 1 and sound[0] == token.sound:
            initials += 1
        else:
            return False
    if alike > 1 or (initials and (alike or len(word.text) < MIN_INITIALS)):
        return False
    return (written > 0 and latin + initials > 0) or (latin >= MIN_LATIN and not alike and not initials)


def _runs(points: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """The runs of Latin letters that touch a Han character or are long enough for a word, as ``[start, end)``."""
    letter = (points >= 97) & (points <= 122)
    if not letter.any():
        return []
    edge = np.flatnonzero(np.diff(np.concatenate(([0], letter.view(np.int8), [0]))))
    start, end = edge[::2], edge[1::2]
    han = (points >= 0x3400) & (points <= 0x9FFF)
    left = np.zeros(len(start), dtype=np.bool_)
    left[start > 0] = han[start[start > 0] - 1]
    right = np.zeros(len(start), dtype=np.bool_)
    inside = end < len(points)
    right[inside] = han[end[inside]]
    digit = (points >= 48) & (points <= 57)
    glued = np.zeros(len(start), dtype=np.bool_)  # a letter after a digit is a unit or part of a code: 5g, 30d
    glued[start > 0] = digit[start[start > 0] - 1]
    long = end - start
    keep = np.flatnonzero((left | right | (long >= MIN_LATIN)) & ~glued & (long <= MAX_RUN))[:MAX_RUNS]
    return list(zip(start[keep].tolist(), end[keep].tolist(), strict=True))
