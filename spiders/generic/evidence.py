"""What shows that a page is a product's: its own structured data, or enough signs that agree.

Signs are an address of that shape, a price, something to buy with, labels that describe goods, a heading that is the
title. What stands in cards of other goods, or in the page's furniture, counts for nothing. Costly things are looked at
only while the page may still be a product's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import lxml.html

from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, fields, seen
from scanner.crawl.reading.links import Kind, canonical, shape
from scanner.model import Field
from scanner.page import Page, Row, money, query
from scanner.page.goods import Goods, goods
from scanner.page.names import within
from scanner.page.specs import said

ENOUGH = 4  # signs that make a product's page; structured data is worth three of them
MAX_BUY = 6  # more things to buy with, outside cards, are a list without pictures
MAX_PRICES = 40  # elements named after prices that are looked at
MAX_TITLES = 20

# 立即购买 buy now, 加入购物车 add to cart, 抢购 rush to buy, 下单 place an order
_BUY = re.compile(
    r"(?:立即|马上|立刻|现在|直接|一键|我要|放心)?(?:购买|抢购|下单|订购)|(?:加入|放入|添加[到至]?)(?:购物|購物)[车車袋篮籃]|加购|我要买|立即購買"
    r"|add to (?:shopping )?(?:cart|basket|bag)|buy(?: it)? now|buy",
    re.IGNORECASE,
)
_CONTROLS = query.elements("//button | //input[@type='submit' or @type='button'] | //*[@onclick]")
_UNSTRUCK = query.texts(
    "descendant::text()[not(ancestor::script or ancestor::style or ancestor::del or ancestor::s or ancestor::strike)]"
)
_HEADINGS = query.elements("//h2 | //h3 | //h4")  # a price may be one (OpenCart)
_PRICE_ALONE = re.compile(r"[¥￥]\s?[0-9][0-9,]{0,12}(?:\.[0-9]{1,2})?|[0-9][0-9,]{0,12}(?:\.[0-9]{1,2})?\s?元")
_SEPARATOR = re.compile(r"\s*(?:[|_—–]|\s-\s|-(?=[^-]{0,20}(?:商城|官网|网|店|京东|tmall)))\s*", re.IGNORECASE)


class Evidence:
    """One page (with a tree) under the question whether it is a product's."""

    def __init__(self, page: Page, tree: lxml.html.HtmlElement) -> None:
        self.page = page
        self.tree = tree
        self.titles = (page.title, page.meta.get("og:title", ""))
        own = (page.url, page.canonical, page.meta.get("og:url", ""))
        self.told: Goods | None = goods(page.structured, own, self.titles)
        addresses = {canonical(address) for address in own if address}
        self.cards = {card.element for card in page.cards if canonical(card.url) not in addresses}
        self.others = self.cards | page.names.furniture

    def own(self, element: lxml.html.HtmlElement) -> bool:
        """Whether the element belongs to the page itself and not to a card of other goods."""
        return not within(element, self.cards)

    def enough(self) -> bool:
        """Whether the page is a product's."""
        hint = shape(self.page.url)
        worth = 0 if self.told is None else 3
        if self.told is None and (hint.article or hint.never):
            return False
        if self.told is not None and not (hint.root or hint.article or hint.kind is Kind.LIST):
            return True
        if not self.heading[0] or self._cheap_signs + worth + 2 < ENOUGH:
            return False
        labels = {fields().id(r.name) for r in self.rows if fields().describes(r.name) == "product"}
        return self._cheap_signs + worth + (len(labels) >= 2) + (len(labels) >= 4) >= ENOUGH

    @cached_property
    def _cheap_signs(self) -> int:
        hint = shape(self.page.url)
        signs = 2 * (hint.kind is Kind.PRODUCT) - 2 * (hint.kind is Kind.LIST) - 2 * hint.root
        signs += 2 * (0 < len(self.buys) <= MAX_BUY)
        return signs + (self.price is not ABSENT) + (self.heading[0][:40] in self.page.title)

    @cached_property
    def heading(self) -> tuple[str, str]:
        """The product's name and where it stands: structured data, the heading that is the title, any heading."""
        if self.told is not None:
            return self.told.texts["name"], self.told.sources["name"]
        found = [(t, "h1") for h in self.page.tagged.get("h1", ()) if (t := said(h)) and self.own(h)]
        if not found:
            titles = self.page.names.title[:MAX_TITLES]
            found = [(t, "css:title") for e in titles if (t := said(e)) and self.own(e)]
        best = next((h for h in found if any(h[0][:40] in t for t in self.titles)), None)
        if best is not None or found:
            return best or found[0]
        if og := self.page.meta.get("og:title"):
            return og, "opengraph:og:title"
        return _SEPARATOR.split(self.page.title)[0].partition("【")[0] or self.page.title, "title"

    @cached_property
    def buys(self) -> list[str]:
        """What the page's own buttons say, in order, each once."""
        controls = dict.fromkeys([*self._controls(), *self.page.names.button])
        return self._buying(controls) or self._buying(self.page.tagged.get("a", ()))

    def _controls(self) -> Sequence[lxml.html.HtmlElement]:
        """Buttons, and whatever else does something when it is clicked."""
        if self.page.mentions("onclick") or self.page.tagged.get("input"):
            return _CONTROLS(self.tree)
        return self.page.tagged.get("button", ())

    def _buying(self, controls: Iterable[lxml.html.HtmlElement]) -> list[str]:
        found: dict[str, None] = {}
        for control in controls:
            words = (control.get("value") or "" if control.tag == "input" else _short(control)).strip()
            if 2 < len(words) <= 20 and _BUY.fullmatch(words) and self.own(control):
                found.setdefault(words)
        return list(found)

    @cached_property
    def price(self) -> Field:
        """The price; ``not_seen`` where there is a place for one that scripts fill later."""
        if self.told is not None and "price" in self.told.texts:
            told = money.amount(self.told.texts["price"], currency=self.told.texts.get("currency", ""))
            if told:
                return seen(told, self.told.sources["price"])
        waiting, old = False, set(self.page.names.old)
        for element in self.page.names.price[:MAX_PRICES]:
            if element.tag in ("del", "s", "input", "script", "style", "body") or element in old:
                continue
            text = " ".join("".join(_UNSTRUCK(element)).split())[:200]
            if not text and said(element):
                continue  # all of it is struck through: the price of before
            price = money.first(text) or (money.amount(text) if len(text) < 16 else "")
            if (price or not waiting) and not within(element, self.others):
                if price:
                    return seen(price, "css:price")
                waiting = not any(c.isdigit() for c in text)
        return self._labelled_price() or self._price_as_heading() or (NOT_SEEN if waiting else ABSENT)

    def _price_as_heading(self) -> Field | None:
        """A heading that is a price and nothing else."""
        for heading in _HEADINGS(self.tree)[:MAX_PRICES]:
            text = " ".join("".join(_UNSTRUCK(heading)).split())
            if len(text) < 24 and _PRICE_ALONE.fullmatch(text) and not within(heading, self.others):
                return seen(money.first(text), f"css:{heading.tag}")
        return None

    def _labelled_price(self) -> Field | None:
        """``售价：12.80元`` in a table or a line of text; a price label without a value is a price that comes later."""
        waiting = None
        for row in self.page.specs:
            if fields().id(row.name) == "price" and self.own(row.elements[0]):
                if price := money.amount(row.value[:60]) or money.first(row.value[:60]):
                    return seen(price, f"{row.source}:{row.name}")
                waiting = NOT_SEEN if not row.value else waiting
        return waiting

    @cached_property
    def rows(self) -> list[Row]:
        """The rows that describe these goods: known labels, and unknown ones that stand with known ones.

        A table of contents, of services or of delivery has the same form as a specification; it has no label in
        common with one.
        """
        groups: dict[lxml.html.HtmlElement | None, list[Row]] = {}
        for row in self.page.specs:
            groups.setdefault(row.place, []).append(row)
        kept = []
        for place, rows in groups.items():
            kinds = [fields().describes(r.name) for r in rows]
            if not {"product", "offer"}.intersection(kinds) or (place is not None and within(place, self.others)):
                continue
            whole = "product" in kinds and all(r.source in ("dl", "table", "li") or len(rows) > 2 for r in rows)
            kept += [
                r for r, k in zip(rows, kinds, strict=True) if k not in ("noise", "") or (whole and not k and r.value)
            ]
        return kept


def _short(control: lxml.html.HtmlElement) -> str:
    """What a control says, if that is short; a link around half a page is no button."""
    words = ""
    for text in control.itertext():
        words += text
        if len(words) > 200:
            return ""
    return words
