"""Reading Chinese the way sellers write it: one folded text, with the way back to every original character.

``fold("治﹒療１００％").text == "治疗100%"``. Owns: width, case, traditional characters, look-alikes, split characters,
invisible characters, and symbols or spaces put inside words; exact offsets back; and, for each character, what was
done to it (a spelling that hides is a sign by itself). Leaves to others: homophones and pinyin, which destroy text when
folded and are matched as words of their own (``rulebook``).

Fold once a page: the call costs about 60 µs before the first character, then 20 million characters a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scanner.text import table as _t
from scanner.text.table import FILLED, HIDDEN, LOOK, PICTURE, SPACED, SPLIT

__all__ = ["FILLED", "HIDDEN", "LOOK", "PICTURE", "SPACED", "SPLIT", "Folded", "fold", "fold_words"]

SHORT = 40  # characters; longer texts are seldom seen twice
MAX_GAP = 3  # symbols or spaces in a row that may stand inside a word

# Halves that sellers write side by side for one character. Left out: pairs that stand next to each other in honest
# text (病了, 月中, 车专). 疒 and 氵 are rare enough to be safe with almost any partner.
_SPLIT = {
    "氵台": "治", "疒了": "疗", "木艮": "根", "俞心": "愈", "米唐": "糖", "疒侖": "瘤", "疒留": "瘤", "疒仑": "瘤",
    "疒岩": "癌", "疒帚": "痛", "疒甬": "痛", "疒丙": "病", "疒只": "疮", "疒羊": "痒", "疒炎": "痰", "疒全": "痊", "月旁": "膀",
    "月叐": "肤", "火尧": "烧", "火暴": "爆", "扌丁": "打", "讠正": "证", "氵肖": "消", "氵咸": "减", "彳复": "复",
    "木戒": "械", "纟色": "绝", "阝余": "除", "木几": "机", "亻呆": "保", "月巴": "肥", "月革": "脾",
}  # fmt: skip
_SPLIT_PAIR = re.compile("|".join(map(re.escape, _SPLIT)))
_SPLIT_HEADS = np.zeros(0x110000, dtype=np.bool_)  # looked up per character: far quicker than np.isin
_SPLIT_HEADS[[ord(pair[0]) for pair in _SPLIT]] = True


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. For each of its characters: ``start``/``end`` in the original (code points, end exclusive),
    ``flags`` (LOOK, SPACED … or 0) saying what was done to it or dropped before it."""

    text: str
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    flags: NDArray[np.uint8]

    def quote(self, i: int, j: int) -> tuple[int, int]:
        """The original's span of the folded span ``[i, j)``, which may not be empty."""
        return int(self.start[i]), int(self.end[j - 1])

    def done(self, i: int, j: int) -> int:
        """The flags inside ``[i, j)``: what hides this very word. What was dropped before its first character is not
        inside, unless it was read out of a look-alike, a picture or two halves."""
        inside = int(np.bitwise_or.reduce(self.flags[i + 1 : j])) if j > i + 1 else 0
        return inside | int(self.flags[i]) & (LOOK | SPLIT | PICTURE)


def fold(raw: str) -> Folded:
    """``raw`` folded. Takes anything a str can hold, lone surrogates too; linear in its length."""
    return _remembered(raw) if len(raw) <= SHORT else _fold(raw)


def fold_words(words: Iterable[str]) -> dict[str, str]:
    """Each word with what it folds to; all in one call, for long lists. A line end joins nothing, so it parts them."""
    wanted = list(dict.fromkeys(words))
    folded = fold("\n".join(wanted)).text.split("\n")
    if len(folded) != len(wanted):  # a word with a line end in it
        return {word: fold(word).text for word in wanted}
    return dict(zip(wanted, folded, strict=True))


def _fold(raw: str) -> Folded:
    table = _t.table()
    points = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), np.uint32)
    table.cover(points)
    meta = table.meta.take(points)
    kind = (meta & 7).astype(np.uint8)
    flags = (meta >> 6).astype(np.uint8)
    keep = kind != _t.DROP
    _join(kind, keep, flags)
    at = np.flatnonzero(keep).astype(np.int32)
    code, flags, length = table.code.take(points[at]), flags[at], (meta[at] >> 3) & 7
    end = at + 1
    if at.size and int(length.max()) > 1:
        code, at, end, flags = _lengthen(points, code, at, flags, length.astype(np.int64), table.long)
    text = code.tobytes().decode("utf-32-le")
    if _SPLIT_HEADS.take(code).any():
        text, at, end, flags = _mend(text, at, end, flags)
    return Folded(text, at, end, flags)


# Words and labels are folded over and over, by every rule on every page; what a short text folds to is remembered.
_remembered = lru_cache(maxsize=65536)(_fold)


def _join(kind: NDArray[np.uint8], keep: NDArray[np.bool_], flags: NDArray[np.uint8]) -> None:
    """Take out of ``keep`` up to three spaces or symbols between two characters that could make one word, and note on
    the second one what was dropped. Between two digits nothing is dropped: 5-10天, 1.5."""
    gone = ~keep
    between = (kind == _t.SPACE) | (kind == _t.FILL)
    solid = np.flatnonzero(~(between | gone))
    gaps = np.flatnonzero(np.diff(solid) > 1)
    if not gaps.size:
        return
    left, right = solid[gaps], solid[gaps + 1]
    dropped = _count(gone, left, right)
    flags[right[dropped > 0]] |= HIDDEN
    a, b = kind[left], kind[right]
    wordlike = ((a == _t.HAN) | (a == _t.DIGIT)) & ((b == _t.HAN) | (b == _t.DIGIT)) & ((a == _t.HAN) | (b == _t.HAN))
    held = _count(between, left, right)
    joins = np.flatnonzero(wordlike & (held > 0) & (held <= MAX_GAP))
    if not joins.size:
        return
    filled = _count(kind == _t.FILL, left[joins], right[joins]) > 0
    flags[right[joins]] |= np.where(filled, FILLED, SPACED).astype(np.uint8)
    for x, y in zip(left[joins].tolist(), right[joins].tolist(), strict=True):
        keep[x + 1 : y] = False


def _count(what: NDArray[np.bool_], left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of ``what`` stand strictly between each ``left`` and ``right``."""
    sums = np.cumsum(what, dtype=np.int64)
    return sums[right - 1] - sums[left]


def _lengthen(
    points: NDArray[np.uint32],
    code: NDArray[np.uint32],
    at: NDArray[np.int32],
    flags: NDArray[np.uint8],
    length: NDArray[np.int64],
    long: dict[int, str],
) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Write out the characters that become several (㎏ -> kg); each of the several points to the one original."""
    first = np.cumsum(length) - length
    code, where, flags = np.repeat(code, length), np.repeat(at, length), np.repeat(flags, length)
    for i in np.flatnonzero(length > 1).tolist():
        text = long[int(points[at[i]])]
        code[first[i] : first[i] + len(text)] = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return code, where, where + 1, flags


def _mend(
    text: str, at: NDArray[np.int32], end: NDArray[np.int32], flags: NDArray[np.uint8]
) -> tuple[str, NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Put split characters together; the one points to both its halves."""
    places = [m.start() for m in _SPLIT_PAIR.finditer(text)]
    if not places:
        return text, at, end, flags
    second = np.array(places) + 1
    end, flags = end.copy(), flags.copy()
    end[second - 1] = end[second]
    flags[second - 1] |= SPLIT
    text = _SPLIT_PAIR.sub(lambda m: _SPLIT[m.group()], text)
    return text, np.delete(at, second), np.delete(end, second), np.delete(flags, second)
