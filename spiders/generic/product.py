"""A product's page read as a listing: structured data first, then specification tables, then labelled text, then text.

Whether the page is a product's at all is decided in ``evidence``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import lxml.html

from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, fields, listing, seen
from scanner.crawl.reading.links import Kind, canonical, shape
from scanner.model import Attribute, Field, Listing
from scanner.page import Page, money
from scanner.page.specs import said
from spiders.generic.evidence import Evidence

MAX_CRUMBS = 8
LITTLE = 60  # characters of real sentences; with less, and a text still loading, the description was not seen

# 加载中 loading: the text comes later, by script
_LATER = re.compile(r"加载中|loading\.{2,3}", re.IGNORECASE)
_LABELLED = re.compile(r"([^:：，。；！？,;!?]{2,30}?)\s{0,4}[:：]\s{0,4}(\S.{0,4000})")
_DIGIT = re.compile("[0-9]")
_SOURCES = ("data-original", "data-src", "data-lazy-img", "src")


def product(page: Page) -> Listing | None:
    """The listing of a product's page; None for any other page."""
    if page.tree is None:
        return None
    evidence = Evidence(page, page.tree)
    return _listing(evidence) if evidence.enough() else None


def _listing(evidence: Evidence) -> Listing:
    page, told = evidence.page, evidence.told
    address = _address(page)
    described = [r for r in evidence.rows if fields().describes(r.name) in ("product", "")]
    lines, labelled = _labelled(page.prose(evidence.cards | {e for r in evidence.rows for e in r.elements}))
    rows = [*(Attribute(name=r.name, value=r.value, source=r.source) for r in described), *labelled]
    names = {row.name for row in rows}
    if told is not None:
        rows += [Attribute(name=n, value=v, source=s) for n, v, s in told.properties if n not in names]
    seller, seller_url = _seller(evidence)
    return listing(
        storefront=page.storefront,
        family="generic",
        url=address.url,
        product_id=address.id or (told.texts.get("sku", "") if told is not None else ""),
        title=seen(*evidence.heading),
        price=evidence.price,
        description=_description(evidence, lines),
        attributes=rows,
        pictures=_pictures(evidence),
        seller=seller,
        seller_url=seller_url,
        breadcrumbs=_crumbs(page),
        buyable=_buyable(evidence),
    )


# --- which product -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Address:
    """The page's address without its variants, and the product's id in it."""

    url: str
    id: str


def _address(page: Page) -> _Address:
    """``rel=canonical``, then ``og:url``, where they may be believed, else the address itself.

    Many shops say that every page is their home page; a declared address counts only if it looks like a product's or
    is this very path.
    """
    own = canonical(page.url)
    for declared in (page.canonical, page.absolute(page.meta.get("og:url", ""))):
        other = canonical(declared) if declared else ""
        if other and other.split("/")[2] == own.split("/")[2] and (
            shape(other).kind is Kind.PRODUCT or other.partition("?")[0] == own.partition("?")[0]
        ):  # fmt: skip
            return _Address(other, shape(other).id)
    return _Address(own, shape(own).id)


# --- what is said of it ------------------------------------------------------------------------------------------


def _labelled(lines: Iterable[str]) -> tuple[list[str], list[Attribute]]:
    """Lines of text that are a known label with its value become attributes; the rest stays text."""
    rest, rows = [], []
    for line in lines:
        match = _LABELLED.fullmatch(line) if "：" in line or ":" in line else None
        if match is not None and fields().describes(match[1]) == "product":
            rows.append(Attribute(name=match[1].strip(), value=match[2].strip(), source="text"))
        else:
            rest.append(line)
    return rest, rows


def _description(evidence: Evidence, lines: list[str]) -> Field:
    """The main text, and before it what structured data says beyond it."""
    known, price = {evidence.heading[0], *evidence.buys}, evidence.price.text
    own = [line for line in lines if line not in known and not (len(line) < 24 and _is_price(line, price))]
    main, told = "\n".join(own), evidence.told
    if told is not None and (text := told.texts.get("description", "")):
        flat = "".join(main.split())
        missing = [b for block in text.splitlines() if (b := block.strip()) and "".join(b.split()) not in flat]
        if missing:
            source = told.sources["description"] + ("+text" if own else "")
            return seen("\n".join([*missing, *own]), source)
    if _LATER.search(main) and sum(len(line) for line in own if len(line) > 12) < LITTLE:
        return NOT_SEEN  # nothing but labels of the page's own, and a place where the text will be loaded
    return seen(main, "text")


def _is_price(line: str, price: str) -> bool:
    if not _DIGIT.search(line):
        return False  # most lines of most pages
    if price and money.amount(line) == price:
        return True
    return bool(money.first(line)) and not any("\u4e00" <= c <= "\u9fff" and c != "元" for c in line)


def _seller(evidence: Evidence) -> tuple[Field, str]:
    """Who sells, and the address of their page: as structured data, a label or a class name says."""
    page, told = evidence.page, evidence.told
    places = [e for e in page.names.shop[:5] if evidence.own(e)]
    if told is not None and "seller" in told.texts:
        said_url = page.absolute(told.texts.get("seller_url", ""))
        return seen(told.texts["seller"], told.sources["seller"]), said_url or _way(page, places)
    for row in page.specs:
        if fields().id(row.name) == "seller" and row.value and evidence.own(row.elements[0]):
            return seen(row.value, f"{row.source}:{row.name}"), _way(page, [*row.elements, *places])
    for element in places:
        if text := said(element):
            return seen(text[:100], "css:shop-name"), _way(page, places)
    return ABSENT, ""


def _way(page: Page, places: list[lxml.html.HtmlElement]) -> str:
    """The first address in, or around, the places that name the seller."""
    for place in places:
        link = place if place.tag == "a" else next(place.iter("a"), None)
        link = place.getparent() if link is None else link
        if link is not None and (address := page.absolute(link.get("href") or "")):
            return address
    return ""


def _pictures(evidence: Evidence) -> list[str]:
    page, told = evidence.page, evidence.told
    parts = [*evidence.cards, *(e for tag in ("header", "footer", "nav", "aside") for e in page.tagged.get(tag, ()))]
    others = {page.absolute(s) for part in parts for i in part.iter("img") for k in _SOURCES if (s := i.get(k))}
    named = [page.absolute(image) for image in told.images] if told is not None else []
    return [p for p in [*named, *(url for url, _ in page.images if url not in others)] if p]


def _crumbs(page: Page) -> list[str]:
    for item in page.structured["json-ld"]:
        if isinstance(item, dict) and item.get("@type") == "BreadcrumbList":
            steps = item.get("itemListElement")
            names = [_crumb(s) for s in steps if isinstance(s, dict)] if isinstance(steps, list) else []
            return [n for n in names if n][:MAX_CRUMBS]
    for element in page.names.crumbs[:3]:
        if steps := [t for a in element.iter("a") if (t := said(a)) and len(t) <= 40]:
            return steps[:MAX_CRUMBS]
    return []


def _crumb(step: dict[str, object]) -> str:
    item = step.get("item")
    name = step.get("name") or (item.get("name") if isinstance(item, dict) else "")
    return name.strip() if isinstance(name, str) else ""


def _buyable(evidence: Evidence) -> Field:
    if evidence.buys:
        return seen("；".join(evidence.buys), "button")
    for row in evidence.rows:
        if fields().id(row.name) == "stock" and row.value:
            return seen(row.value, f"{row.source}:{row.name}")
    return ABSENT
