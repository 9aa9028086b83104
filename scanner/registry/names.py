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
from functools import cache
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


@cache
def _levels() -> tuple[re.Pattern[str], dict[int, int | None]]:
    """Letters and Han characters to their plain forms, invisible characters to nothing; look-alikes stay themselves.

    With a pattern that finds whether there is anything to do: most names are plain, and translating is ten times slower.
    """
    known = table().whole()
    kind, length, flags = known.meta & 7, known.meta >> 3 & 7, known.meta >> 6
    moved = (known.code != np.arange(known.code.size)) & (length == 1) & (flags & LOOK == 0)
    moved &= (kind == HAN_KIND) | (kind == LETTER)
    plain: dict[int, int | None] = {int(point): int(known.code[point]) for point in np.flatnonzero(moved)}
    plain |= dict.fromkeys(np.flatnonzero(kind[:_PRIVATE] == DROP).tolist()) | _WIDTHS
    odd = "".join(chr(point) for point in plain if point < 0x10000 and not 65 <= point <= 90)  # but A to Z are plain
    return re.compile(f"[{re.escape(odd)}\U00010000-\U0010ffff]"), plain


def level(name: str) -> str:
    """Width, brackets, case, accents and traditional characters made one; spaces are kept.

    >>> level("穩健醫療（黄冈）")
    '稳健医疗(黄冈)'
    """
    text = unicodedata.normalize("NFKC", name[:LONGEST])[:LONGEST]
    odd, plain = _levels()
    if odd.search(text):
        text = text.translate(plain)
    return text.upper().replace("&AMP;", "&").strip()
