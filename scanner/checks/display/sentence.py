"""A prescribed sentence held against what a page says: the same words, words that come near, or neither.

Owns: comparing without punctuation, spaces and line ends; how near is the same; sentences turned into their opposite.
Leaves to others: folding (``text``), which part of the page is looked at (``shown``). Linear in the text, which is cut
at ``MAX_TEXT``: whoever asks must say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from scanner.text import fold

SAME = 82  # per cent of a sentence that must be there; other punctuation and a changed word still show it
NEAR = 60  # per cent from which the page says something like it, which makes its absence doubtful
MAX_TEXT = 200_000  # characters of a page held against a sentence
_DENIES = "不无勿免未非"  # a sentence with one of these more says the opposite
_DENIED_BEFORE = (  # ... and so does one right behind one of these: 无需 + the sentence
    "不", "不必", "不用", "不需", "不需要", "不须", "不要", "不再", "不能", "不得", "不会", "无需", "无须", "勿", "未", "免", "非", "没有", "取消",
)  # fmt: skip


class Alike(NamedTuple):
    """Where a text says a sentence, ``[start, end)`` of the folded text."""

    how: Literal["same", "near"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bare:
    """Letters, digits and Han of a piece of a folded text, each with its place in it; ``cut``: there was more."""

    text: str
    at: NDArray[np.intp]
    folded: str
    cut: bool


def bare(folded: str, start: int = 0, end: int | None = None) -> Bare:
    """``folded[start:end]`` without what differs from page to page: punctuation, spaces, line ends."""
    stop = len(folded) if end is None else end
    last = min(stop, start + MAX_TEXT)
    code = np.frombuffer(folded[start:last].encode("utf-32-le", "surrogatepass"), np.uint32)
    at = np.flatnonzero(_words().take(code, mode="clip"))
    return Bare(code[at].tobytes().decode("utf-32-le", "surrogatepass"), at + start, folded, last < stop)


@cache
def _words() -> NDArray[np.bool_]:
    """Which characters are letters, digits or Han. Beyond the basic plane (rare Han) the last one stands for all."""
    table = np.fromiter((chr(point).isalnum() for point in range(0x10000)), np.bool_, 0x10000)
    table[-1] = True
    return table


def find(text: Bare, sentence: str) -> Alike | None:
    """Where ``text`` says ``sentence``, best place first; None where it says nothing like it."""
    wanted = bare(fold(sentence).text).text
    if not wanted or not text.text:
        return None
    if len(text.text) < len(wanted):  # the shorter one is looked for in the longer: a lone 助听器 would show all of it
        score, start, end = fuzz.ratio(wanted, text.text), 0, len(text.text)
    else:
        found = fuzz.partial_ratio_alignment(wanted, text.text, score_cutoff=NEAR)
        if found is None:
            return None
        score, start, end = found.score, found.dest_start, found.dest_end
    if score < NEAR or start >= end:
        return None
    i, j = int(text.at[start]), int(text.at[end - 1]) + 1
    said = text.text[start:end]
    denied = any(said.count(char) > wanted.count(char) for char in _DENIES) or text.folded.endswith(
        _DENIED_BEFORE, 0, i
    )
    return Alike("same" if score >= SAME and not denied else "near", i, j)
