"""What comparing two names answers, and levelling a name before it is compared.

Owns: the answer's shape. Three verdicts, because accusing a shop of showing another company's number needs more than a
low similarity: ``same``, ``other``, and ``doubtful`` between them, which accuses nobody. Leaves to others: comparing
(``companies``, ``products``) and what follows from it (``standing``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

LONGEST = 200  # characters of a name that are looked at; pages put whole paragraphs into a field

BRACKETS = re.compile(r"\(([^()]{0,60})\)")
HAN = re.compile(r"[㐀-鿿]")
_WIDTHS = str.maketrans("【】〔〕[]「」", "()()()()")
_INVISIBLE = re.compile(r"[\u200b-\u200f\ufeff]")


@dataclass(frozen=True, slots=True)
class Match:
    """``score``: 1 the same … 0 nothing in common. ``because`` says in Chinese what agreed or did not."""

    score: float
    verdict: Literal["same", "doubtful", "other"]
    because: str


NOTHING = Match(0.5, "doubtful", "没有可以比对的名称")


def level(name: str) -> str:
    """Width, brackets and case made one; spaces are kept.

    >>> level("稳健医疗（黄冈）")
    '稳健医疗(黄冈)'
    """
    text = unicodedata.normalize("NFKC", name[:LONGEST]).translate(_WIDTHS).upper()
    return _INVISIBLE.sub("", text.replace("&AMP;", "&")).strip()
