"""Words that set some texts apart from others: n-grams by log-odds, the fewest that cover them.

Owns: cutting folded texts into candidates, counting them in the background, choosing greedily. Leaves to others: what is
made of the words (``draft``) and whether they do what they should (the judge). Nothing is learnt from elsewhere.

A candidate is 2 to 8 neighbouring characters of one clause, no digits among them. How well it stands out is the log-odds
of a text that holds it, here against the background, half a text added to each count (Monroe, Colaresi and Quinn 2008).
Whether it is a word is guessed from its neighbours: a word meets many different ones (accessor variety; Feng, Chen, Deng
and Zheng 2004), and every edge of a clause counts as one more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

from scanner.rulebook.scan import Automaton, Scan
from scanner.text import Folded, fold

SHORTEST, LONGEST = 2, 8
LIKELY = 4  # characters of a typical phrase; among equals the nearest to it
MOST = 20_000  # candidates that are counted in the background, those of most texts first
REACH = 8  # characters between the two words of a pair, at most
FINALISTS = 24  # words of a text that are tried in pairs
MOST_WORDS = 40  # chosen in all: a list that needs more is for a person to think about


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A candidate: in which texts (by index) it stands, in how many of the background, and how it stands out."""

    text: str
    texts: frozenset[int]
    background: int
    odds: float
    variety: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two words in order, at most ``gap`` characters apart, within a clause."""

    first: str
    second: str
    gap: int
    texts: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """``words`` and ``pairs`` in the order chosen; ``uncovered``: texts, by index, that nothing sets apart."""

    words: tuple[Word, ...]
    pairs: tuple[Pair, ...]
    uncovered: tuple[int, ...]


Excused = Callable[[Folded, int, int], bool]


def choose(texts: Sequence[str], background: Sequence[str], excused: Excused) -> Chosen:
    """Few words that every one of ``texts`` holds one of and no text of the ``background`` does; where no word will do,
    two in order. ``excused`` says of a place in the background that a rule would let it pass (a negation, a quoted law).
    """
    plain = [fold(text).text for text in texts]
    words = _weighed(plain, background, excused)
    left = set(range(len(plain)))
    single = tuple(_cover((w for w in words.values() if not w.background), left))
    pairs = _pairs(plain, words, left)
    _strike(pairs, background)
    double = tuple(_cover_in_pairs(pairs, words, left, MOST_WORDS - len(single)))
    return Chosen(words=single, pairs=double, uncovered=tuple(sorted(left)))


def _weighed(plain: Sequence[str], background: Sequence[str], excused: Excused) -> dict[str, Word]:
    """The candidates, counted in the background."""
    found = _candidates(plain)
    if not found:
        return {}
    automaton = Automaton({word: (word,) for word in found}, {})
    counts = dict.fromkeys(found, 0)
    for text in background:
        folded = fold(text)
        scan = Scan(folded, automaton.run(folded))
        for word in scan.lists:
            places = scan.events(word)
            # Asked only until a word is known not to be excused everywhere: that is what matters, and it is costly.
            if counts[word] or not all(excused(folded, place.start, place.end) for place in places):
                counts[word] += 1
    return {
        word: Word(text=word, texts=held, background=counts[word], variety=variety,
                   odds=_odds(len(held), len(plain)) - _odds(counts[word], len(background)))
        for word, (held, variety) in found.items()
    }  # fmt: skip


def clauses(folded: str) -> Iterator[str]:
    """The runs of letters and Han characters between anything else; digits end one too."""
    run: list[str] = []
    for char in folded:
        if char.isalpha():
            run.append(char)
        elif run:
            yield "".join(run)
            run = []
    if run:
        yield "".join(run)


def _candidates(plain: Sequence[str]) -> dict[str, tuple[frozenset[int], int]]:
    """Candidate -> (texts that hold it, its variety of neighbours)."""
    texts: dict[str, set[int]] = {}
    left: dict[str, set[str]] = {}
    right: dict[str, set[str]] = {}
    for index, text in enumerate(plain):
        for number, clause in enumerate(clauses(text)):
            edge = f"{index}/{number}"
            for start, word in _grams(clause):
                texts.setdefault(word, set()).add(index)
                end = start + len(word)
                left.setdefault(word, set()).add(clause[start - 1] if start else edge)
                right.setdefault(word, set()).add(clause[end] if end < len(clause) else edge)
    most = sorted(texts, key=lambda word: (-len(texts[word]), abs(len(word) - LIKELY), word))[:MOST]
    return {word: (frozenset(texts[word]), min(len(left[word]), len(right[word]))) for word in most}


def _grams(clause: str) -> Iterator[tuple[int, str]]:
    for start in range(len(clause)):
        for size in range(SHORTEST, min(LONGEST, len(clause) - start) + 1):
            word = clause[start : start + size]
            if not word.isascii():  # a few Latin letters say nothing
                yield start, word


def _odds(held: int, of: int) -> float:
    return log((held + 0.5) / (of - held + 0.5))


def _cover(words: Iterable[Word], left: set[int]) -> Iterator[Word]:
    """Greedy set cover; takes what it covers out of ``left``."""
    rest, chosen = list(words), 0
    while left and chosen < MOST_WORDS:
        best = max(rest, key=lambda w: (len(w.texts & left), w.variety, w.odds, -abs(len(w.text) - LIKELY), w.text),
                   default=None)  # fmt: skip
        if best is None or not best.texts & left:
            return
        yield best
        left.difference_update(best.texts)
        rest = [word for word in rest if word.texts & left]
        chosen += 1


Places = dict[int, int]  # index of a text -> characters between the two words there
Pairs = dict[tuple[str, str], Places]


def _pairs(plain: Sequence[str], words: dict[str, Word], left: set[int]) -> Pairs:
    """Two short words in order within a clause, of the texts in ``left``: of each text the words that stand out most."""
    pairs: Pairs = {}
    for index in sorted(left):
        held = [
            [g for g in _grams(clause) if g[1] in words and len(g[1]) <= LIKELY] for clause in clauses(plain[index])
        ]
        ranked = sorted({word for clause in held for _, word in clause}, key=lambda w: (-words[w].odds, w))
        finalists = frozenset(ranked[:FINALISTS])
        for clause in held:
            places = [g for g in clause if g[1] in finalists]
            for start, first in places:
                for other, second in places:
                    gap = other - start - len(first)
                    if 0 < gap <= REACH:
                        texts = pairs.setdefault((first, second), {})
                        texts[index] = min(gap, texts.get(index, REACH))
    return pairs


def _strike(pairs: Pairs, background: Sequence[str]) -> None:
    """Take out the pairs that a background text holds, wherever its clauses end."""
    if not pairs:
        return
    automaton = Automaton({word: (word,) for pair in pairs for word in pair}, {})
    for text in background:
        folded = fold(text)
        scan = Scan(folded, automaton.run(folded))
        events = {word: [(e.start, e.end) for e in scan.events(word)] for word in scan.lists}
        for first, second in [p for p in pairs if p[0] in events and p[1] in events]:
            if _near(events[first], events[second]):
                del pairs[first, second]


def _cover_in_pairs(pairs: Pairs, words: dict[str, Word], left: set[int], most: int) -> Iterator[Pair]:
    """Greedy set cover; takes what it covers out of ``left``."""
    while left and pairs and most > 0:
        best = max(pairs, key=lambda p: (len(pairs[p].keys() & left), words[p[0]].odds + words[p[1]].odds, p))
        texts = pairs.pop(best)
        if not texts.keys() & left:
            return
        yield Pair(first=best[0], second=best[1], gap=max(texts.values()), texts=frozenset(texts))
        left.difference_update(texts)
        most -= 1


def _near(firsts: list[tuple[int, int]], seconds: list[tuple[int, int]]) -> bool:
    """Whether a second stands within reach after a first; both by start."""
    at = 0
    for _, end in firsts:
        while at < len(seconds) and seconds[at][0] < end:
            at += 1
        if at == len(seconds):
            return False
        if seconds[at][0] - end <= REACH:
            return True
    return False
