"""What comparing two names answers, and levelling a name before it is compared.

Owns: the answer's shape. Three verdicts, because accusing a shop of showing another company's number needs more than a
low similarity: ``same``, ``other``, and ``doubtful`` between them, which accuses nobody. Leaves to others: comparing
(``company``, ``products``), what follows from it (``standing``), and folding running text (``scanner.text``, whose
table of traditional characters, accents and invisible ones is used here too). A name is no claim: what ``fold`` does
against hiding (look-alikes, symbols inside words) would make one company of 中冶 and 中治.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scanner.text.table import DROP, LETTER, LOOK, table
from scanner.text.table import HAN as HAN_KIND

LONGEST = 200  # characters of a name that are looked at; pages put whole paragraphs into a field

BRACKETS = re.compile(r"\(([^()]{0,60})\)")
HAN = re.compile(r"[㐀-鿿]")
_PRIVATE = 0xF0000  # the private planes behind it are empty in any name
_WIDTHS = str.maketrans("【】〔〕[]「」『』〖〗{}《》〈〉<>", "()()()()()()()()()()")


@dataclass(frozen=True, slots=True)
class Match:
    """``score``: 1 the same … 0 nothing in common. ``because`` says in Chinese what agreed or did not."""

    score: float
    verdict: Literal["same", "doubtful", "other"]
    because: str


NOTHING = Match(0.5, "doubtful", "没有可以比对的名称")


class _Levels(dict[int, int | None]):
    """What becomes of a character, looked up when a name first has it: letters and Han characters to their plain forms,
    invisible characters to nothing; look-alikes stay themselves."""

    def __missing__(self, point: int) -> int | None:
        known = table()
        known.cover(np.array([point], dtype=np.uint32))
        code, meta = int(known.code[point]), int(known.meta[point])
        kind, length, flags = meta & 7, meta >> 3 & 7, meta >> 6
        plain: int | None = point
        if kind == DROP and point < _PRIVATE:
            plain = None
        elif kind in (HAN_KIND, LETTER) and length == 1 and not flags & LOOK and not 65 <= point <= 90:
            plain = code  # A to Z stay: all is upper case in the end
        self[point] = plain
        if plain == point:
            _same.add(chr(point))
        return plain


_levels = _Levels(_WIDTHS)
_same: set[str] = set()  # characters known to stay: most names are made of these, and translating is slower


def level(name: str) -> str:
    """Width, brackets, case, accents and traditional characters made one; spaces are kept.

    >>> level("穩健醫療（黄冈）")
    '稳健医疗(黄冈)'
    """
    text = unicodedata.normalize("NFKC", name[:LONGEST])[:LONGEST]
    if not _same.issuperset(text):
        text = text.translate(_levels)
    return text.upper().replace("&AMP;", "&").strip()
