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
from itertools import islice

import lxml.html

from scanner.page import query

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|topbar|header|footer|foot|copyright|sidebar|aside"
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
_TAGS = ("nav", "footer", "aside")
_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "dialog"})
_CLASSED = query.elements("//*[@class]")
_WITH_ID = query.elements("//*[@id]")
_TAGGED = query.elements("//nav | //footer | //aside | //*[@role]")
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


def names(root: lxml.html.HtmlElement) -> Names:
    """All named elements of the page, sorted."""
    found: dict[str, dict[lxml.html.HtmlElement, None]] = {meaning: {} for meaning in _MEANINGS}
    for attribute, elements in (("class", _CLASSED(root)), ("id", _WITH_ID(root))):
        known: dict[str, tuple[str, ...]] = {}
        for element in elements:
            name = element.get(attribute) or ""
            meanings = known.get(name)
            if meanings is None:
                meanings = known[name] = _meanings(name)
            for meaning in meanings:
                found[meaning][element] = None
    furniture = [*found.pop("furniture"), *(e for e in _TAGGED(root) if e.tag in _TAGS or e.get("role") in _ROLES)]
    headings = islice(root.iter("h1"), MAX_HEADINGS)
    never = {e for h1 in headings for e in (h1, *h1.iterancestors())}
    kept = {e for e in furniture if e.tag not in ("html", "body", "a") and e not in never}
    return Names(furniture=kept, **{meaning: list(elements) for meaning, elements in found.items()})


def within(element: lxml.html.HtmlElement, parts: Set[lxml.html.HtmlElement]) -> bool:
    """Whether the element is, or stands in, one of ``parts``."""
    up: lxml.html.HtmlElement | None = element
    while up is not None:
        if up in parts:
            return True
        up = up.getparent()
    return False
