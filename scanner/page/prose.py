"""The main text of a page: what its owner says of its subject, without the parts named.

Owns: leaving out parts (furniture, specification rows, cards of other goods), form controls, and blocks that are
nothing but links to elsewhere. Leaves to others: which parts those are, and what to make of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from itertools import chain

import lxml.html
from lxml import etree

from scanner.page.tree import BLOCKS, BREAK, LINK, UNSEEN

_SILENT = "silent"  # in place of a mark: what says nothing itself, nor does anything in it
_MARKS: dict[object, str] = {  # around what an element says; most stand in their line
    **dict.fromkeys(BLOCKS, BREAK),
    "br": BREAK,
    "a": LINK,
    **dict.fromkeys((*UNSEEN, "select", "option", "button", "input", "textarea"), _SILENT),
    # Comments and the like have a function for a tag.
    **dict.fromkeys((etree.Comment, etree.ProcessingInstruction, etree.Entity), _SILENT),
}
_END = etree.Element("end")  # behind a tree: stands in nothing
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
    # The element the walk is in with the mark at its end; the same of those around it; the one that is left out.
    inside, mark = None, ""
    around: list[tuple[lxml.html.HtmlElement | None, str]] = []
    left_out = None
    for element in chain(elements, (_END,)):
        above = element.getparent()
        while inside is not None and inside is not above:
            if left_out is None:
                if mark:
                    add(mark)
            elif left_out is inside:
                left_out = None
            if left_out is None and (tail := inside.tail):
                add(tail)
            inside, mark = around.pop()
        around.append((inside, mark))
        inside = element
        if left_out is not None:
            continue
        tag = element.tag
        mark = _SILENT if element in without else _MARKS.get(tag, "")
        if mark is _SILENT:
            left_out = element
            if tag != "a" and isinstance(tag, str):
                add(BREAK)
            continue
        if mark:
            if mark is LINK and not _leads_away(element):
                mark = ""
            else:
                add(mark)
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
