"""Label and value pairs as HTML lays them out: ``dl``, ``table``, ``li``, and rows of two elements.

Owns: finding the pairs, without knowing any label. Leaves to others: which labels mean something (``crawl.reading.fields``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import lxml.html

from scanner.page import query

MAX_ROWS = 600
MAX_LABEL = 30  # characters
MAX_VALUE = 4000
MAX_CELL = 20_000  # characters of source a value may stand in; a layout table's cell holds half the page

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


def rows(elements: Iterable[lxml.html.HtmlElement]) -> tuple[Row, ...]:
    """The pairs that ``elements`` hold, in order, furniture included; values may be empty, labels not."""
    found: list[Row] = []
    for place in elements:
        if (reader := _READERS.get(place.tag)) is None:
            continue
        if len(found) >= MAX_ROWS:
            break
        count = len(place)
        if place.tag == "div" and (count != 2 or not _two_parts(place)):
            continue
        if not count and not ((text := place.text) and ("：" in text or ":" in text)):
            continue  # most paragraphs of most pages
        found += reader(place)
    return tuple(found)


def _two_parts(div: lxml.html.HtmlElement) -> bool:
    """Whether a ``div`` of two elements may be label and value: the first a leaf, the second shallow."""
    if len(div[0]):
        return False
    return not any(len(inner) for part in div[1] for inner in part)


def said(element: lxml.html.HtmlElement) -> str:
    """The visible text in an element, white space collapsed."""
    return " ".join("".join(_VISIBLE(element)).split())


def _within(element: lxml.html.HtmlElement, limit: int) -> bool:
    """Whether all text of the element is no longer than ``limit``; looks no further than that."""
    for text in element.itertext():
        limit -= len(text)
        if limit < 0:
            return False
    return True


def _cells(
    label: lxml.html.HtmlElement, value: lxml.html.HtmlElement, source: str, place: lxml.html.HtmlElement | None
) -> Iterator[Row]:
    if _within(label, 200) and _within(value, MAX_CELL):
        yield from _pair(said(label), said(value), source, place, label, value)


def _pair(
    name: str, value: str, source: str, place: lxml.html.HtmlElement | None, *elements: lxml.html.HtmlElement
) -> Iterator[Row]:
    label = name.strip().rstrip(":：").strip()
    if 0 < len(label) <= MAX_LABEL and len(value) <= MAX_VALUE and any(c.isalpha() for c in label):
        yield Row(label, value, source, elements, place)


def _dl(dl: lxml.html.HtmlElement) -> Iterator[Row]:
    """dt and the dd after it; pairs may be wrapped one level deep (``<div><dt><dd></div>``)."""
    cells = [c for e in dl for c in ([e] if e.tag in ("dt", "dd") else e) if c.tag in ("dt", "dd")]
    for label, value in pairwise(cells):
        if label.tag == "dt" and value.tag == "dd":
            yield from _cells(label, value, "dl", dl)


def _tr(tr: lxml.html.HtmlElement) -> Iterator[Row]:
    """Rows of two cells, or of label and value in turn; a row of heads above a single row of values."""
    cells, place = [c for c in tr if c.tag in ("th", "td")], tr.getparent()
    heads = _heads(tr)
    if heads:
        if len(heads) == len(cells) and _only_row_below(heads[0].getparent(), tr):
            for head, cell in zip(heads, cells, strict=True):
                yield from _cells(head, cell, "table", place)
    elif len(cells) == 2 or (len(cells) in (4, 6) and _alternate(cells)):
        for label, value in zip(cells[::2], cells[1::2], strict=True):
            yield from _cells(label, value, "table", place)
    elif len(cells) == 1:
        yield from _one_cell(cells[0], "table", place)


def _heads(tr: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The cells of the table's first row, if they are all heads (two or more); empty otherwise."""
    table = next(tr.iterancestors("table"), None)
    first = next(table.iter("tr"), None) if table is not None else None
    cells = [] if first is None else [c for c in first if c.tag in ("th", "td")]
    return cells if len(cells) > 1 and all(c.tag == "th" for c in cells) else []


def _only_row_below(first: lxml.html.HtmlElement | None, tr: lxml.html.HtmlElement) -> bool:
    """A table of many rows lists things; it does not describe one."""
    if first is None or first is tr:
        return False
    under = first.getnext()
    if under is None:  # heads in a thead, values in the tbody after it
        part = first.getparent()
        body = part.getnext() if part is not None else None
        under = body[0] if body is not None and len(body) == 1 else None
    return under is tr and tr.getnext() is None


def _alternate(cells: list[lxml.html.HtmlElement]) -> bool:
    labels = cells[::2]
    if all(c.tag == "th" for c in labels) and all(c.tag == "td" for c in cells[1::2]):
        return True
    return all(said(c).endswith(_COLONS) for c in labels)


def _two(element: lxml.html.HtmlElement) -> Iterator[Row]:
    """``<li><span>label:</span><span>value</span></li>``, ``<p><label>label</label>value</p>``, ``<li>label: value</li>``."""
    source = "li" if element.tag == "li" else "row"
    if not len(element):
        text = element.text
        if text and ("：" in text or ":" in text):
            yield from _one_cell(element, source, element.getparent())
        return
    parts = [c for c in element if c.tag not in _NO_PART]
    before, after = (element.text or "").strip(), [(c.tail or "").strip() for c in parts]
    if parts and not before and parts[0].tag in _LABELS:
        if len(parts) == 2 and not any(after):
            if not _within(element, MAX_CELL):
                return
            yield from _pair(said(parts[0]), said(parts[1]), source, element.getparent(), element)
            return
        if len(parts) == 1 and after[0] and parts[0].tag in ("label", "b", "strong", "span", "em"):
            yield from _pair(said(parts[0]), after[0], source, element.getparent(), element)
            return
    if element.tag != "div" and _early_colon(element):
        yield from _one_cell(element, source, element.getparent())


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


def _one_cell(element: lxml.html.HtmlElement, source: str, place: lxml.html.HtmlElement | None) -> Iterator[Row]:
    text = said(element) if _within(element, MAX_CELL) else ""
    if len(text) <= MAX_VALUE + MAX_LABEL and (match := _ONE_CELL_PAIR.fullmatch(text)):
        yield from _pair(match[1], match[2], source, place, element)


_NO_PART = frozenset(("script", "style", "br"))
_LABELS = frozenset(("span", "em", "b", "strong", "label", "i", "div", "p"))
_READERS = {"dl": _dl, "tr": _tr, "li": _two, "p": _two, "div": _two}
