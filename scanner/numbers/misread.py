"""Characters that recognition of text in pictures confuses, put right for a second, less certain reading.

Owns: which characters these are. Leaves to others: what is made of a number read so (``search`` marks it, ``valid`` is
unknown), evasive spellings on purpose (``scanner.text``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.numbers.fold import Folded

# What recognition of characters in pictures confuses: 戒 read for 械, 淮 for 准, 住 for 注, 各 for 备.
CONFUSED = {"戒": "械", "诫": "械", "淮": "准", "住": "注", "往": "注", "各": "备", "宇": "字"}
# … and O Q for 0, I l | for 1, where digits stand around them.
_MISREAD = re.compile(r"[OQIL|]{1,3}(?:(?=[0-9])|(?=[)第年-]))")
_MEANT = str.maketrans("OQIL|", "00111")


def put_right(text: str) -> str:
    """Folded text with confused Han characters put right; the same object if there are none."""
    for wrong, right in CONFUSED.items():
        text = text.replace(wrong, right)
    return text


def repaired(folded: Folded) -> Folded | None:
    """The same text with all confused characters put right; None if there are none."""
    text = put_right(folded.text)
    if any(letter in text for letter in "OQIL|"):
        text = _MISREAD.sub(_as_digits, text)
    return None if text == folded.text else replace(folded, text=text)


def _as_digits(seen: re.Match[str]) -> str:
    before = seen.string[max(0, seen.start() - 1) : seen.start()]
    after = seen.string[seen.end() : seen.end() + 1]
    among_digits = before.isdigit() or (before != "" and before in "(第-" and after.isdigit())
    return seen.group().translate(_MEANT) if among_digits else seen.group()
