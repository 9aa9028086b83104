"""What a character is to clauses, sentences and numbers: one table over all code points, one look at a text.

Owns: the end marks, and which characters can stand before and at a unit. Leaves to others: what is made of them
(``scan`` for clauses and sentences, ``tokens`` for numbers).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SENTENCE, CLAUSE, DIGIT = 1, 2, 4
NUMERAL = 8  # may stand just before a unit
UNIT = 16  # the first character of one
COLON, SPACE = 32, 64
NUMERALS = frozenset("零〇一二两三四五六七八九十百千半几数多")
UNIT_HEADS = "%成个天日周月年疗小分秒星礼晚夜次贴盒瓶支片粒针副剂袋喷抹敷滴元块万毛"

_TABLE = np.zeros(0x110000, dtype=np.uint8)
_TABLE[[ord(c) for c in "\n\r\v\f\x85\u2028\u2029。！？!?…"]] |= SENTENCE
_TABLE[[ord(c) for c in ",:;"]] |= CLAUSE
_TABLE[48:58] |= DIGIT
_TABLE[ord(":")] |= COLON
_TABLE[ord(" ")] |= SPACE
_TABLE[[ord(c) for c in (*NUMERALS, *"0123456789.个 ")]] |= NUMERAL
_TABLE[[ord(c) for c in UNIT_HEADS]] |= UNIT


def of(text: str) -> NDArray[np.uint8]:
    """The marks of each character of folded ``text``."""
    return _TABLE.take(np.frombuffer(text.encode("utf-32-le"), np.uint32))
