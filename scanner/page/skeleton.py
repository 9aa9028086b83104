"""The template of a page: what remains when its words are taken away.

Owns: a signature of a page's skeleton that two pages of one template share though their goods differ, and how far two
signatures lie apart. Leaves to others: what a shared template is worth (``leads.same``: little, for shops of one platform or
one software all share it).

The skeleton is the set of short paths of the tree, three elements with the classes they bear: how often a path comes up
depends on how many goods a shop has, that it comes up does not. Digits in class names are dropped, they are made by tools anew at
every build. The set is folded into 64 bits by SimHash (Charikar 2002, "Similarity estimation techniques from rounding
algorithms"), so that sets with much in common lie few bits apart.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scanner.page import Page

BITS = 64
NEAR = 3  # bits apart: the same template (Manku and others 2007, "Detecting near-duplicates for web crawling")
ELEMENTS = 20_000  # of a page that are looked at
FEWEST = 20  # paths; a page with fewer has no template to speak of
CLASSES = 6  # of an element
LONGEST = 40  # characters of a class

_DIGITS = re.compile(r"\d+")


def signature(page: Page) -> str:
    """16 hex digits; "" where there is no HTML, or hardly any."""
    paths: set[str] = set()
    words: dict[object, str] = {}
    for element in page.elements[:ELEMENTS]:
        if not isinstance(element.tag, str):
            continue
        word = words[element] = _word(element.tag, element.get("class") or "")
        parent = element.getparent()
        above = parent.getparent() if parent is not None else None
        paths.add(f"{words.get(above, '')}>{words.get(parent, '')}>{word}")
    if len(paths) < FEWEST:
        return ""
    hashes = b"".join(hashlib.blake2b(path.encode("utf-8", "replace"), digest_size=8).digest() for path in paths)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(len(paths), 8), axis=1)
    return bytes(np.packbits(bits.sum(axis=0, dtype=np.int64) * 2 > len(paths))).hex()


def apart(a: str, b: str) -> int:
    """In how many bits two signatures differ, 0 to 64.

    >>> apart("00000000000000ff", "000000000000000f")
    4
    """
    return (int(a, 16) ^ int(b, 16)).bit_count()


def _word(tag: str, classes: str) -> str:
    named = sorted({_DIGITS.sub("", one[:LONGEST]) for one in classes[:1000].split()[:CLASSES]})
    return ".".join((tag, *named))
