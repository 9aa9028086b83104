"""What the parts of a page are called: tags, roles, classes and ids, sorted into a few parts of speech of shop pages.

Owns: one pass over the named elements, and what their names mean: furniture (navigation, footers, reviews, neighbours'
goods), prices, titles, breadcrumbs, shop names, buttons. Leaves to others: believing it. A part that holds the page's
``<h1>`` is never furniture, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import lxml.html

if TYPE_CHECKING:
    from scanner.page import Page

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?![a-z0-9_-]*[_-](?:detail|desc))|navbar|navigation|menu|breadcrumbs?|crumbs?|topbar|header|footer|foot|copyright|sidebar|aside"
    r"|login|search|pager|pagination|comments?|reviews?|recommend|recommended|recommends|recommendations|related"
    r"|similar|guess|recently|history|modal|dialog|popup|popbox|share|toolbar|cookie|qrcode)(?:$|[\s_-])"
)
_MEANINGS = {
    "furniture": _FURNITURE,
    "price": re.compile(r"price|jiage"),
    "old": re.compile(r"market|original|(?:^|[\s_-])(?:old|del|was|plus|member|vip)|list-?price|through|reference"),
    "title": re.compile(r"sku-name|(?:product|goods|item|detail)[-_]?(?:name|title)"),
    "crumbs": re.compile(r"(?:^|[\s_-])(?:bread)?crumbs?(?:\s|$)"),
    "shop": re.compile(r"(?:shop|store|seller)[-_]?name"),
    "button": re.compile(r"btn|button|buy|cart|basket"),
}
_TAGS = frozenset({"nav", "footer", "aside"})
_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "dialog"})
_CLASS, _ID = b"class", b"id"  # lxml would make bytes of them anew for each of a page's thousands of elements
MAX_HEADINGS = 50


@dataclass(frozen=True, slots=True)
class Names:
    """Elements by what their names say, in document order; ``furniture`` without those that hold the heading."""

    furniture: Set[lxml.html.HtmlElement]
    price: list[lxml.html.HtmlElement] = field(default_factory=list)
    old: list[lxml.html.HtmlElement] = field(default_factory=list)
    title: list[lxml.html.HtmlElement] = field(default_factory=list)
    crumbs: list[lxml.html.HtmlElement] = field(default_factory=list)
    shop: list[lxml.html.HtmlElement] = field(default_factory=list)
    button: list[lxml.html.HtmlElement] = field(default_factory=list)


@lru_cache(maxsize=16384)  # a shop's pages repeat their class names
def _meanings(names: str) -> tuple[str, ...]:
    lower = names[:300].lower()
    return tuple(meaning for meaning, words in _MEANINGS.items() if words.search(lower))


def _of_both(cls: str | None, id_: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_meanings(cls or ""), *_meanings(id_))))


def names(page: Page) -> Names:
    """All named elements of the page, sorted."""
    found: dict[str, list[lxml.html.HtmlElement]] = {meaning: [] for meaning in _MEANINGS}
    furniture = found["furniture"]
    for element in page.elements:
        cls, id_ = element.get(_CLASS), element.get(_ID)
        if id_ is not None:
            meanings = _of_both(cls, id_)
        elif cls is not None:
            meanings = _meanings(cls)
        else:
            continue
        for meaning in meanings:
            found[meaning].append(element)
    furniture += (element for tag in _TAGS for element in page.tagged.get(tag, ()))
    if page.mentions("role"):
        furniture += (element for element in page.elements if element.get("role") in _ROLES)
    headings = page.tagged.get("h1", ())[:MAX_HEADINGS]
    never = {e for h1 in headings for e in (h1, *h1.iterancestors())}
    kept = {e for e in found.pop("furniture") if e.tag not in ("html", "body", "a") and e not in never}
    return Names(furniture=kept, **found)


def within(element: lxml.html.HtmlElement, parts: Set[lxml.html.HtmlElement]) -> bool:
    """Whether the element is, or stands in, one of ``parts``."""
    up: lxml.html.HtmlElement | None = element
    while up is not None:
        if up in parts:
            return True
        up = up.getparent()
    return False
