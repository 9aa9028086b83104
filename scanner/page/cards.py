"""Cards: the repeated blocks of a list page, each a linked picture with a name and often a price.

Owns: finding them without knowing the shop: from each linked picture upwards, as long as nothing else is linked by a
picture. Leaves to others: whether what they link to is a product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import lxml.html

from scanner.page import money
from scanner.page.anchors import Anchor

MAX_CARDS = 400
MAX_UP = 6  # levels from the linked picture to the card's border
MAX_TEXT = 600  # characters; a block that says more than this is not a card, whatever is linked in it
MAX_LONE = 200  # characters of a card that stands alone in a page's text

_BORDERS = frozenset(
    (
        "html",
        "body",
        "main",
        "section",
        "nav",
        "header",
        "footer",
        "aside",
        "form",
        "ul",
        "ol",
        "dl",
        "table",
        "tbody",
        "thead",
    )
)
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".svg")


@dataclass(frozen=True, slots=True)
class Card:
    """``alike`` counts the cards of the page with the same tag and class, this one included; ``price`` may be empty."""

    url: str
    title: str
    price: str
    alike: int
    element: lxml.html.HtmlElement


def cards(links: Sequence[Anchor]) -> tuple[Card, ...]:
    """The cards in order of the page, one for each block."""
    pictured = [a for a in links if _pictured(a.element) and not _enlarges(a.url)][:MAX_CARDS]
    targets: dict[lxml.html.HtmlElement, str] = {}  # element -> the one address under it; "" for several
    for anchor in pictured:
        up: lxml.html.HtmlElement | None = anchor.element
        for _ in range(MAX_UP + 1):
            if up is None or up.tag in _BORDERS:
                break
            targets[up] = anchor.url if targets.get(up, anchor.url) == anchor.url else ""
            up = up.getparent()
    found: dict[lxml.html.HtmlElement, Anchor] = {}
    for anchor in pictured:
        found.setdefault(_border(anchor, targets), anchor)
    kinds = Counter((e.tag, e.get("class")) for e in found)
    made = (_card(e, a, kinds[e.tag, e.get("class")]) or _lone(a, targets) for e, a in found.items())
    return tuple(card for card in made if card is not None)


def _pictured(element: lxml.html.HtmlElement) -> bool:
    return element.tag == "a" and next(element.iter("img"), None) is not None


def _enlarges(url: str) -> bool:
    return url.partition("?")[0].lower().endswith(_PICTURES)


def _border(anchor: Anchor, targets: dict[lxml.html.HtmlElement, str]) -> lxml.html.HtmlElement:
    element = anchor.element
    for _ in range(MAX_UP):
        up = element.getparent()
        if up is None or targets.get(up) != anchor.url:
            break
        element = up
    return element


def _lone(anchor: Anchor, targets: dict[lxml.html.HtmlElement, str]) -> Card | None:
    """A single card on a page of text: its block would be the whole page, so it ends before that; it has a price."""
    element = anchor.element
    for _ in range(MAX_UP):
        up = element.getparent()
        if up is None or targets.get(up) != anchor.url or not _short(up) or up.find(".//h1") is not None:
            break
        element = up
    card = _card(element, anchor, 1)
    return card if card is not None and card.price else None


def _short(element: lxml.html.HtmlElement) -> bool:
    left = MAX_LONE
    for text in element.itertext("*"):
        left -= len(text.strip())
        if left < 0:
            return False
    return True


def _card(element: lxml.html.HtmlElement, anchor: Anchor, alike: int) -> Card | None:
    if element.find(".//h1") is not None:
        return None
    text = _words(element)
    if len(text) > MAX_TEXT:
        return None
    image = anchor.element.find(".//img")
    href = anchor.element.get("href")
    names = [a.get("title") or _words(a) for a in element.iter("a") if a.get("href") == href]
    named = max(names, key=len, default="") or (image.get("alt") or "" if image is not None else "")
    return Card(anchor.url, named.strip() or anchor.text, money.first(text), alike, element)


def _words(element: lxml.html.HtmlElement) -> str:
    return " ".join("".join(element.itertext("*")).split())
