"""Signs that a lead is worth showing to the police, to health authorities, to customs or to discipline inspection.

Owns: finding the words of ``rules/transfers.yaml`` in what pages and reports say, folded, so that evasive spellings count too;
what covers a hit. Leaves to others: which office it is (``route``), and the decision. A sign is never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.leads.routing.tables import Sign
from scanner.leads.routing.traces import Trace
from scanner.text import Folded, fold, fold_words

MOST = 3  # quotes of one sign
LONGEST = 200_000  # characters of one text
AROUND = 12  # characters shown beside a hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A sign found: the quotes as they stand, with a little of what is around them, and where each stood."""

    sign: Sign
    quotes: tuple[Trace, ...]


def find(texts: Sequence[Trace], names: Sequence[Trace], signs: Iterable[Sign]) -> tuple[Hit, ...]:
    """The signs in ``texts``, and in how sellers are called; each sign once, in the order given."""
    folded = [(trace, fold(trace.text[:LONGEST])) for trace in dict.fromkeys(texts)]
    found = []
    for sign in signs:
        quotes = [*_named(sign, names), *_said(sign, folded)]
        if quotes:
            found.append(Hit(sign=sign, quotes=tuple(dict.fromkeys(quotes))[:MOST]))
    return tuple(found)


def _named(sign: Sign, names: Sequence[Trace]) -> Iterator[Trace]:
    return (trace for trace in names if trace.text.strip().endswith(sign.sellers)) if sign.sellers else iter(())


def _said(sign: Sign, texts: Sequence[tuple[Trace, Folded]]) -> Iterator[Trace]:
    words, also, unless = (tuple(fold_words(group).values()) for group in (sign.any, sign.also, sign.unless))
    for trace, text in texts:
        for start, end in _places(text.text, words):
            if not _covered(text.text, start, end, unless) and (
                not also or _near(text.text, start, end, also, sign.near)
            ):
                yield Trace(text=_quote(trace.text, text, start, end), where=trace.where)
                break  # one of each text: the analyst reads the page


def _places(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    found = ((at, at + len(word)) for word in words for at in _all(text, word))
    return iter(sorted(found))


def _all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _covered(text: str, start: int, end: int, unless: tuple[str, ...]) -> bool:
    for word in unless:
        low = max(0, end - len(word))
        at = text.find(word, low, start + len(word))
        if at >= 0 and at <= start and at + len(word) >= end:
            return True
    return False


def _near(text: str, start: int, end: int, also: tuple[str, ...], near: int) -> bool:
    around = text[max(0, start - near) : start] + "\n" + text[end : end + near]
    return any(word in around for word in also)


def _quote(raw: str, folded: Folded, start: int, end: int) -> str:
    low, high = folded.quote(start, end)
    return " ".join(raw[max(0, low - AROUND) : high + AROUND].split())
