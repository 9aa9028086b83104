"""The main text of a page: what its owner says of its subject, without the parts named.

Owns: leaving out parts (furniture, specification rows, cards of other goods), form controls, and blocks that are
nothing but links to elsewhere. Leaves to others: which parts those are, and what to make of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from itertools import chain

import lxml.html

from scanner.page.tree import BLOCKS, BREAK, LINK, UNSEEN

_SILENT = frozenset((*UNSEEN, "select", "option", "button", "input", "textarea"))
_BLOCKS = frozenset(BLOCKS) - _SILENT
_WORD = re.compile(r"\w")


def prose(elements: Iterable[lxml.html.HtmlElement], without: Set[lxml.html.HtmlElement]) -> tuple[str, ...]:
    """The blocks of main text in order, the parts of ``without`` left out. ``elements``: all of a tree in document order.
    The page has them at hand; a transform in C copies the tree first, and takes twice as long."""
    lines = "".join(_said(elements, without)).split(BREAK)
    return tuple(" ".join(words) for line in lines if (words := (_own(line) if LINK in line else line).split()))


def _said(elements: Iterable[lxml.html.HtmlElement], without: Set[lxml.html.HtmlElement]) -> list[str]:
    """The text in pieces, with marks around blocks and links."""
    said: list[str] = []
    add = said.append
    # The element the walk is in, the mark at its end, whether it says nothing; and the same of those around it.
    inside, mark, silent = None, "", False
    around: list[tuple[lxml.html.HtmlElement | None, str, bool]] = []
    for element in chain(elements, (None,)):
        above = None if element is None else element.getparent()
        while inside is not None and inside is not above:
            if mark and not silent:
                add(mark)
            left, (inside, mark, silent) = inside, around.pop()
            if not silent and (tail := left.tail):
                add(tail)
        if element is None:
            break
        around.append((inside, mark, silent))
        inside = element
        if silent:
            continue
        tag = element.tag
        if tag in _SILENT or element in without or not isinstance(tag, str):  # comments have no tag
            if tag != "a" and isinstance(tag, str):
                add(BREAK)
            mark, silent = "", True
            continue
        mark = BREAK if tag in _BLOCKS else LINK if tag == "a" and _leads_away(element) else ""
        if mark:
            add(mark)
        elif tag == "br":
            add(BREAK)
        if text := element.text:
            add(text)
    return said


def _leads_away(a: lxml.html.HtmlElement) -> bool:
    href = a.get("href")
    return href is not None and not href.startswith(("#", "javascript:"))


def _own(line: str) -> str:
    """A block without its marks; empty when all it says is links."""
    pieces = line.split(LINK)
    return "".join(pieces) if any(_WORD.search(outside) for outside in pieces[::2]) else ""
