"""A product's page read as a listing: structured data first, then specification tables, then labelled text, then text.

A page is a product's when its own structured data says so, or when enough signs agree: an address of that shape, a
price, something to buy with, labels that describe goods, a heading that is the title. What stands in cards of other
goods counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.crawl.fields import ABSENT, NOT_SEEN, Fields, fields, listing, seen
from scanner.crawl.links import Kind, canonical, shape
from scanner.model import Attribute, Field, Listing
from scanner.page import Page, Row, money, query
from scanner.page.goods import Goods, goods
from scanner.page.names import within
from scanner.page.specs import said

if TYPE_CHECKING:
    import lxml.html

ENOUGH = 4  # signs; see _signs
MAX_BUY = 6  # more things to buy with, outside cards, are a list without pictures
MAX_CRUMBS = 8
MAX_PRICES = 40  # elements named after prices that are looked at

# 立即购买 buy now, 加入购物车 add to cart, 抢购 rush to buy, 下单 place an order
_BUY = re.compile(
    r"(?:立即|马上|立刻|现在|直接|一键|我要|放心)?(?:购买|抢购|下单|订购)|(?:加入|放入|添加[到至]?)(?:购物|購物)[车車袋篮籃]|加购|我要买|立即購買"
    r"|add to (?:shopping )?(?:cart|basket|bag)|buy(?: it)? now|buy",
    re.IGNORECASE,
)
_CONTROLS = query.elements("//button | //input[@type='submit' or @type='button'] | //*[@onclick]")
# 加载中 loading: the text comes later, by script
_LATER = re.compile(r"加载中|loading\.{2,3}", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:[|_—–]|\s-\s|-(?=[^-]{0,20}(?:商城|官网|网|店|京东|tmall)))\s*", re.IGNORECASE)
_LABELLED = re.compile(r"([^:：，。；！？,;!?]{2,30}?)\s{0,4}[:：]\s{0,4}(\S.{0,4000})")


def product(page: Page) -> Listing | None:
    """The listing of a product's page; None for any other page."""
    return _Reading(page).listing() if page.tree is not None else None


@dataclass(frozen=True, slots=True)
class _Address:
    """The page's address without its variants, and the product's id in it."""

    url: str
    id: str


class _Reading:
    """One page being read. Costly things are looked at only while the page may still be a product's."""

    def __init__(self, page: Page) -> None:
        assert page.tree is not None
        self.page = page
        self.tree: lxml.html.HtmlElement = page.tree
        self.known: Fields = fields()
        self.address = _address(page)
        self.titles = (page.title, page.meta.get("og:title", ""))
        addresses = (page.url, page.canonical, page.meta.get("og:url", ""))
        self.told: Goods | None = goods(page.structured, addresses, self.titles)
        self.cards = {card.element for card in page.cards if canonical(card.url) not in map(canonical, addresses)}

    # --- is it one? ---

    def listing(self) -> Listing | None:
        hint = shape(self.page.url)
        if self.told is None and (hint.article or hint.never):
            return None
        self.heading, heading_source = self._heading()
        if not self.heading:
            return None
        self.buys = self._buys()
        self.price = self._price()
        if self.told is None and self._signs(rows=False) + 2 < ENOUGH:
            return None
        self.rows = self._rows()
        if self.told is None and self._signs(rows=True) < ENOUGH:
            return None
        return self._made(seen(self.heading, heading_source))

    def _signs(self, *, rows: bool) -> int:
        hint = shape(self.page.url)
        signs = 2 * (hint.kind is Kind.PRODUCT) - 2 * (hint.kind is Kind.LIST) - 2 * hint.root
        signs += 2 * (0 < len(self.buys) <= MAX_BUY)
        signs += self.price is not ABSENT
        signs += self.heading[:40] in self.page.title
        if rows:
            labels = {self.known.id(r.name) for r in self.rows if self.known.describes(r.name) == "product"}
            signs += (len(labels) >= 2) + (len(labels) >= 4)
        return signs

    def _buys(self) -> list[str]:
        """What the page's own buttons say, in order, each once."""
        controls = dict.fromkeys([*_CONTROLS(self.tree), *self.page.names.button])
        return self._buying(controls) or self._buying(self.tree.iter("a"))

    def _buying(self, controls: Iterable[lxml.html.HtmlElement]) -> list[str]:
        found: dict[str, None] = {}
        for control in controls:
            words = (control.get("value") or "" if control.tag == "input" else _short(control)).strip()
            if 2 < len(words) <= 20 and _BUY.fullmatch(words) and self._own(control):
                found.setdefault(words)
        return list(found)

    def _own(self, element: lxml.html.HtmlElement) -> bool:
        """Whether the element belongs to the page itself: not to a card of other goods."""
        up: lxml.html.HtmlElement | None = element
        while up is not None:
            if up in self.cards:
                return False
            up = up.getparent()
        return True

    # --- what does it say? ---

    def _heading(self) -> tuple[str, str]:
        if self.told is not None:
            return self.told.texts["name"], self.told.sources["name"]
        headings = [(t, "h1") for h in self.tree.iter("h1") if (t := said(h)) and self._own(h)]
        if not headings:
            headings = [(t, "css:title") for e in self.page.names.title[:20] if (t := said(e)) and self._own(e)]
        best = next((h for h in headings if any(h[0][:40] in t for t in self.titles)), None)
        if best is not None or headings:
            return best or headings[0]
        if og := self.page.meta.get("og:title"):
            return og, "opengraph:og:title"
        return _SEPARATOR.split(self.page.title)[0].partition("【")[0] or self.page.title, "title"

    def _price(self) -> Field:
        told = self.told
        if told is not None and "price" in told.texts:
            text = money.amount(told.texts["price"], currency=told.texts.get("currency", ""))
            if text:
                return seen(text, told.sources["price"])
        waiting = False
        old, skip = set(self.page.names.old), self.cards | self.page.names.furniture
        for element in self.page.names.price[:MAX_PRICES]:
            if element.tag in ("del", "s", "input", "script", "style", "body") or element in old:
                continue
            text = said(element)[:200]
            price = money.first(text) or (money.amount(text) if len(text) < 16 else "")
            if (price or not waiting) and not within(element, skip):
                if price:
                    return seen(price, "css:price")
                waiting = waiting or not any(c.isdigit() for c in text)
        return self._price_by_label() or (NOT_SEEN if waiting else ABSENT)

    def _price_by_label(self) -> Field | None:
        """``售价：12.80元`` in a table or a line of text; a price label without a value is a price that comes later."""
        waiting = None
        for row in self.page.specs:
            if self.known.id(row.name) == "price" and self._own(row.elements[0]):
                if price := money.amount(row.value[:60]) or money.first(row.value[:60]):
                    return seen(price, f"{row.source}:{row.name}")
                waiting = NOT_SEEN if not row.value else waiting
        return waiting

    def _rows(self) -> list[Row]:
        """The rows that describe these goods: known labels, and unknown ones that stand with known ones.

        A table of contents, of services or of delivery has the same form as a specification; it has no label in
        common with one.
        """
        skip = self.cards | self.page.names.furniture
        groups: dict[lxml.html.HtmlElement | None, list[Row]] = {}
        for row in self.page.specs:
            groups.setdefault(row.place, []).append(row)
        kept = []
        for place, rows in groups.items():
            kinds = [self.known.describes(r.name) for r in rows]
            if not any(k in ("product", "offer") for k in kinds) or (place is not None and within(place, skip)):
                continue
            whole = "product" in kinds and all(r.source in ("dl", "table", "li") or len(rows) > 2 for r in rows)
            kept += [r for r, k in zip(rows, kinds, strict=True) if k not in ("noise", "") or (whole and k == "" and r.value)]
        return kept

    def _made(self, title: Field) -> Listing:
        rows = [r for r in self.rows if self.known.describes(r.name) == "product" or not self.known.describes(r.name)]
        attributes = [Attribute(name=r.name, value=r.value, source=r.source) for r in rows]
        told = [Attribute(name=n, value=v, source=s) for n, v, s in self.told.properties] if self.told else []
        prose = self.page.prose(self.cards | {e for r in self.rows for e in r.elements})
        lines, labelled = self._labelled(prose)
        names = {a.name for a in attributes}
        seller, seller_url = self._seller()
        return listing(
            storefront=self.page.storefront,
            family="generic",
            url=self.address.url,
            product_id=self.address.id or (self.told.texts.get("sku", "") if self.told else ""),
            title=title,
            price=self.price,
            description=self._description(lines),
            attributes=[*attributes, *labelled, *(a for a in told if a.name not in names)],
            pictures=self._pictures(),
            seller=seller,
            seller_url=seller_url,
            breadcrumbs=self._crumbs(),
            buyable=self._buyable(),
        )

    def _labelled(self, lines: Iterable[str]) -> tuple[list[str], list[Attribute]]:
        """Lines of text that are a known label with its value become attributes; the rest stays text."""
        rest, rows = [], []
        for line in lines:
            match = _LABELLED.fullmatch(line) if "：" in line or ":" in line else None
            if match is not None and self.known.describes(match[1]) == "product":
                rows.append(Attribute(name=match[1].strip(), value=match[2].strip(), source="text"))
            else:
                rest.append(line)
        return rest, rows

    def _description(self, lines: list[str]) -> Field:
        known = {self.heading, *self.buys}
        own = [line for line in lines if line not in known and not (len(line) < 24 and self._is_price(line))]
        main = "\n".join(own)
        told = self.told.texts.get("description", "") if self.told is not None else ""
        flat = "".join(main.split())
        missing = [block for block in told.splitlines() if "".join(block.split()) not in flat]
        if missing and self.told is not None:
            source = self.told.sources["description"]
            return seen("\n".join([*(b.strip() for b in missing if b.strip()), *own]), f"{source}+text" if own else source)
        if _LATER.search(main) and sum(len(line) for line in own if len(line) > 12) < 60:
            return NOT_SEEN  # nothing but labels of the page's own, and a place where the text will be loaded
        return seen(main, "text")

    def _is_price(self, line: str) -> bool:
        if self.price.text and money.amount(line) == self.price.text:
            return True
        return bool(money.first(line)) and not any("\u4e00" <= c <= "\u9fff" and c != "元" for c in line)

    def _seller(self) -> tuple[Field, str]:
        """Who sells, and the address of their page: as structured data, a label or a class name says."""
        places = [e for e in self.page.names.shop[:5] if self._own(e)]
        if self.told is not None and "seller" in self.told.texts:
            told = self.page.absolute(self.told.texts.get("seller_url", ""))
            return seen(self.told.texts["seller"], self.told.sources["seller"]), told or self._way(places)
        for row in self.page.specs:
            if self.known.id(row.name) == "seller" and row.value and self._own(row.elements[0]):
                return seen(row.value, f"{row.source}:{row.name}"), self._way([*row.elements, *places])
        for element in places:
            if text := said(element):
                return seen(text[:100], "css:shop-name"), self._way(places)
        return ABSENT, ""

    def _way(self, places: list[lxml.html.HtmlElement]) -> str:
        """The first address in, or around, the places that name the seller."""
        for place in places:
            link = place if place.tag == "a" else next(place.iter("a"), None)
            link = place.getparent() if link is None else link
            if link is not None and (address := self.page.absolute(link.get("href") or "")):
                return address
        return ""

    def _pictures(self) -> list[str]:
        absolute = self.page.absolute
        told = [absolute(i) for i in self.told.images] if self.told is not None else []
        others = {src for card in self.page.cards if card.element in self.cards for src in _sources(card.element)}
        others |= {src for part in self.tree.iter("header", "footer", "nav", "aside") for src in _sources(part)}
        shown = [url for url, _ in self.page.images]
        hidden = {absolute(src) for src in others}
        return [p for p in [*told, *(u for u in shown if u not in hidden)] if p]

    def _crumbs(self) -> list[str]:
        for item in self.page.structured["json-ld"]:
            if isinstance(item, dict) and item.get("@type") == "BreadcrumbList":
                steps = item.get("itemListElement")
                names = [_crumb(s) for s in steps if isinstance(s, dict)] if isinstance(steps, list) else []
                return [n for n in names if n][:MAX_CRUMBS]
        for element in self.page.names.crumbs[:3]:
            if steps := [t for a in element.iter("a") if (t := said(a)) and len(t) <= 40]:
                return steps[:MAX_CRUMBS]
        return []

    def _buyable(self) -> Field:
        if self.buys:
            return seen("；".join(self.buys), "button")
        for row in self.rows:
            if self.known.id(row.name) == "stock" and row.value:
                return seen(row.value, f"{row.source}:{row.name}")
        return ABSENT


def _address(page: Page) -> _Address:
    """``rel=canonical``, then ``og:url``, where they may be believed, else the address itself.

    Many shops say that every page is their home page; a declared address counts only if it looks like a product's or
    is this very path.
    """
    own = canonical(page.url)
    for declared in (page.canonical, page.absolute(page.meta.get("og:url", ""))):
        if not declared:
            continue
        other = canonical(declared)
        same_host = other.split("/")[2] == own.split("/")[2]
        if same_host and (shape(other).kind is Kind.PRODUCT or other.partition("?")[0] == own.partition("?")[0]):
            return _Address(other, shape(other).id)
    return _Address(own, shape(own).id)


def _short(control: lxml.html.HtmlElement) -> str:
    """What a control says, if that is short; a link around half a page is no button."""
    words = ""
    for text in control.itertext():
        words += text
        if len(words) > 200:
            return ""
    return words


def _sources(part: lxml.html.HtmlElement) -> list[str]:
    return [s for i in part.iter("img") for k in ("data-original", "data-src", "data-lazy-img", "src") if (s := i.get(k))]


def _crumb(step: dict[str, object]) -> str:
    item = step.get("item")
    name = step.get("name") or (item.get("name") if isinstance(item, dict) else "")
    return name.strip() if isinstance(name, str) else ""
