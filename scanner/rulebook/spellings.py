"""Evasive spellings of a word, generated: mixed pinyin (zhi疗, 治liao, zhiliao) and one character that sounds alike.

Owns: the generation, from the syllable table of ``rules/folding.yaml``. Leaves to others: symbols, split characters and
look-alikes (``text.fold`` undoes those) and matching. Homophones of two-character words are never generated: too many
of them are honest words; an analyst writes those by hand (``spellings`` of a list).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.rulebook.tables import FoldingFile, WordList

MAX_PINYIN = 4  # characters of a word that is spelt in pinyin; 2^4 mixtures
MIN_LATIN = 6  # letters of a word spelt wholly in pinyin: shorter ones are English words and model codes
MIN_HOMOPHONE = 3  # characters of a word that is spelt with one sounding alike


class Spellings:
    """Generator for one syllable table."""

    def __init__(self, folding: FoldingFile | None) -> None:
        self._same = dict(folding.homophones) if folding else {}
        self._innocent = frozenset(folding.innocent) if folding else frozenset()
        self._sounds: dict[str, str] = {}
        for syllable, chars in self._same.items():
            for char in chars:
                self._sounds.setdefault(char, syllable)

    def of(self, words: WordList) -> frozenset[str]:
        """The spellings of a list: those written by hand and those its ``evasion`` asks for."""
        made = set(words.spellings)
        for word in words.words if words.evasion != "off" else ():
            made.update(self._pinyin(word))
            if words.evasion == "on":
                made.update(self._homophones(word))
        return frozenset(made - self._innocent - set(words.words) - set(words.covers))

    def _pinyin(self, word: str) -> Iterator[str]:
        if not 2 <= len(word) <= MAX_PINYIN:
            return
        for mask in range(1, 2 ** len(word)):
            spelt = [self._sounds.get(c, "") if mask >> i & 1 else c for i, c in enumerate(word)]
            whole = "".join(spelt)
            if all(spelt) and (mask + 1 < 2 ** len(word) or len(whole) >= MIN_LATIN):
                yield whole

    def _homophones(self, word: str) -> Iterator[str]:
        if len(word) < MIN_HOMOPHONE:
            return
        for i, char in enumerate(word):
            for other in self._same.get(self._sounds.get(char, ""), ""):
                if other != char:
                    yield word[:i] + other + word[i + 1 :]
