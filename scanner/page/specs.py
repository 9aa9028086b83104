"""Label and value pairs as HTML lays them out: ``dl``, ``table``, ``li``, and rows of two elements.

Owns: finding the pairs, without knowing any label. Leaves to others: which labels mean something (``crawl.fields``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import lxml.html

from scanner.page import query

MAX_ROWS = 600
MAX_LABEL = 30  # characters
MAX_VALUE = 4000

_PLACES = query.elements("//dl | //tr | //li | //p | //div[count(*) = 2 and not(*/*/*/*)]")
_VISIBLE = query.texts(
    "descendant-or-self::*[not(self::script or self::style or self::noscript or self::template)]/text()"
)
_COLONS = (":", "：")
_ONE_CELL_PAIR = re.compile(r"([^:：，。；！？,;!?]{2,30}?)\s{0,4}[:：]\s{0,4}(\S.{0,4000})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One pair, its source (``dl``, ``table``, ``li``, ``row``), the elements it stands in, and the element whose rows
    belong together."""

    name: str
    value: str
    source: str
    elements: tuple[lxml.html.HtmlElement, ...]
    place: lxml.html.HtmlElement | None


def rows(root: lxml.html.HtmlElement) -> tuple[Row, ...]:
    """The pairs of the page in order, furniture included; values may be empty, labels not."""
    found: list[Row] = []
    for place in _PLACES(root):
        if len(found) >= MAX_ROWS:
            break
        if not len(place) and not ((text := place.text) and ("：" in text or ":" in text)):
            continue  # most paragraphs of most pages
        found += _READERS[place.tag](place)
    return tuple(found)


def said(element: lxml.html.HtmlElement) -> str:
    """The visible text in an element, white space collapsed."""
    return " ".join("".join(_VISIBLE(element)).split())


def _pair(name: str, value: str, source: str, *elements: lxml.html.HtmlElement) -> Iterator[Row]:
    label = name.strip().rstrip(":：").strip()
    if 0 < len(label) <= MAX_LABEL and len(value) <= MAX_VALUE and any(c.isalpha() for c in label):
        place = elements[0].getparent()
        if source == "table" and place is not None:
            place = place.getparent()
        yield Row(label, value, source, elements, place)


def _dl(dl: lxml.html.HtmlElement) -> Iterator[Row]:
    """dt and the dd after it; pairs may be wrapped one level deep (``<div><dt><dd></div>``)."""
    cells = [c for e in dl for c in ([e] if e.tag in ("dt", "dd") else e) if c.tag in ("dt", "dd")]
    for label, value in pairwise(cells):
        if label.tag == "dt" and value.tag == "dd":
            yield from _pair(said(label), said(value), "dl", label, value)


def _tr(tr: lxml.html.HtmlElement) -> Iterator[Row]:
    """Rows of two cells, or of th-td-th-td; a header row above one row of values is told by its th cells."""
    cells = [c for c in tr if c.tag in ("th", "td")]
    if len(cells) >= 2 and all(c.tag == "th" for c in cells):
        yield from _columns(tr, cells)
    elif len(cells) == 2 or (len(cells) in (4, 6) and _alternate(cells)):
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            yield from _pair(said(label), said(value), "table", label, value)
    elif len(cells) == 1:
        yield from _one_cell(cells[0], "table")


def _alternate(cells: list[lxml.html.HtmlElement]) -> bool:
    labels = cells[::2]
    if all(c.tag == "th" for c in labels) and all(c.tag == "td" for c in cells[1::2]):
        return True
    return all(said(c).endswith(_COLONS) for c in labels)


def _columns(tr: lxml.html.HtmlElement, heads: list[lxml.html.HtmlElement]) -> Iterator[Row]:
    under = tr.getnext()
    if under is None and tr.getparent() is not None and tr.getparent().tag == "thead":
        body = tr.getparent().getnext()
        under = body[0] if body is not None and len(body) == 1 else None
    elif under is not None and under.getnext() is not None:
        return  # a table of many rows lists things; it does not describe one
    values = [] if under is None else [c for c in under if c.tag == "td"]
    if len(values) == len(heads):
        for head, value in zip(heads, values, strict=True):
            yield from _pair(said(head), said(value), "table", head, value)


def _two(element: lxml.html.HtmlElement) -> Iterator[Row]:
    """``<li><span>label:</span><span>value</span></li>``, ``<p><label>label</label>value</p>``, ``<li>label: value</li>``."""
    source = "li" if element.tag == "li" else "row"
    if not len(element):
        text = element.text
        if text and ("：" in text or ":" in text):
            yield from _one_cell(element, source)
        return
    parts = [c for c in element if c.tag not in _NO_PART]
    before, after = (element.text or "").strip(), [(c.tail or "").strip() for c in parts]
    if parts and not before and parts[0].tag in _LABELS:
        if len(parts) == 2 and not any(after):
            yield from _pair(said(parts[0]), said(parts[1]), source, element)
            return
        if len(parts) == 1 and after[0] and parts[0].tag in ("label", "b", "strong", "span", "em"):
            yield from _pair(said(parts[0]), after[0], source, element)
            return
    if element.tag != "div" and _early_colon(element):
        yield from _one_cell(element, source)


def _early_colon(element: lxml.html.HtmlElement) -> bool:
    """Whether a colon stands where a label would end; a list item may hold half a page."""
    head = ""
    for text in element.itertext():
        head += text.strip()
        if "：" in head or ":" in head:
            return True
        if len(head) > MAX_LABEL + 2:
            return False
    return False


def _one_cell(element: lxml.html.HtmlElement, source: str) -> Iterator[Row]:
    text = said(element)
    if len(text) <= MAX_VALUE + MAX_LABEL and (match := _ONE_CELL_PAIR.fullmatch(text)):
        yield from _pair(match[1], match[2], source, element)


_NO_PART = frozenset(("script", "style", "br"))
_LABELS = frozenset(("span", "em", "b", "strong", "label", "i", "div", "dt", "p"))
_READERS = {"dl": _dl, "tr": _tr, "li": _two, "p": _two, "div": _two}
