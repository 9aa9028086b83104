"""A seller's page: the home page of a shop, and the page that shows its licences.

A licence page is told by what it calls itself and by a licence on it, in text or as picture; a home page by goods with
prices, or a way to buy, at the top of a site, or by a block that names the company. Anything less is no seller's page:
"no licence shown" about a news site would be a false finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from scanner.crawl.reading.fields import ABSENT, fields, seen, seller
from scanner.crawl.reading.links import Kind, shape
from scanner.crawl.reading.papers import PAPERS
from scanner.model import Field, FieldState, Seller
from scanner.page import Page

_ABOUT = re.compile(r"关于我们|公司简介|公司介绍|about us", re.IGNORECASE)
_HEADINGS = ("h1", "h2")
_COMPANY = re.compile(
    r"[\u4e00-\u9fff（）()·]{2,40}?(?:有限责任公司|股份有限公司|有限公司|大药房|药店|商行|经营部|门市部|商贸行|医疗器械店)"
)
_CART = re.compile(r"购物车|加入购物|shopping ?(?:cart|bag)|basket", re.IGNORECASE)
_LICENCES = ("device_biz", "device_prod", "drug_biz", "platform", "net_")
MIN_CARDS = 2  # with a price, for a home page


def licence(page: Page) -> Seller | None:
    """The page that shows who sells and with which licences; None if it is none."""
    hint = shape(page.url)
    if hint.kind is Kind.PRODUCT or hint.root:
        return None
    named = f"{page.title}\n{_headings(page)}"
    if not (PAPERS.search(named) or hint.kind is Kind.SELLER or _ABOUT.search(named)):
        return None
    made = _made(page, "licence")
    shown = made.uscc.state is FieldState.SEEN or any(n.number.type.startswith(_LICENCES) for n in made.numbers)
    pictured = any(PAPERS.search(f"{alt} {url}") for url, alt in made.pictures)
    rows = {fields().id(r.name) for r in page.specs}
    if shown or pictured or not rows.isdisjoint({"company", "uscc", "operating_licence"}):
        return made
    return None


def home(page: Page) -> Seller | None:
    """The front page of a shop, or of one seller in a mall; None if the page is neither."""
    hint = shape(page.url)
    if hint.article or hint.kind is Kind.PRODUCT:
        return None
    priced = sum(1 for card in page.cards if card.price)
    if hint.root:
        goods = sum(1 for a in page.links if shape(a.url).kind is Kind.PRODUCT)
        sells = priced >= MIN_CARDS or (goods >= MIN_CARDS and _CART.search(page.text) is not None)
        return _made(page, "home") if sells else None
    company = any(fields().describes(r.name) == "shop" and r.value for r in page.specs)
    papers = any(PAPERS.search(a.text) for a in page.links if shape(a.url).kind in (Kind.SELLER, Kind.LIST, None))
    return _made(page, "home") if company and papers and priced else None


def _headings(page: Page) -> str:
    headings = (e for e in page.elements if e.tag in _HEADINGS)
    return "\n".join("".join(h.itertext())[:100] for h in islice(headings, 4))


def _made(page: Page, kind: Literal["home", "licence"]) -> Seller:
    """At the top of a site everything counts, the footer most; below it, furniture is the mall's and not the seller's."""
    top = shape(page.url).root
    blocks = page.blocks if top else page.prose()
    return seller(
        storefront=page.storefront,
        family="generic",
        url=page.url,
        page=kind,
        name=_name(page, blocks, last=top),
        uscc=_row(page, "uscc") or ABSENT,
        text=seen("\n".join(blocks), "text"),
        pictures=page.images,
        links=[(a.url, a.text[:80]) for a in page.links if PAPERS.search(a.text[:80])],
    )


def _name(page: Page, blocks: Sequence[str], *, last: bool) -> Field:
    """The company as a label names it, else a company in the text (in a footer, so the last, at the top of a site),
    else what the site calls itself."""
    if named := _row(page, "company") or _row(page, "seller"):
        return named
    companies = [m[0] for block in blocks for m in _COMPANY.finditer(block[:1000])]
    companies = [c for c in companies if c.endswith("公司")] or companies
    if companies:
        return seen(companies[-1 if last else 0], "text")
    return seen(page.meta.get("og:site_name", "") or page.title, "title")


def _row(page: Page, field: str) -> Field | None:
    for row in page.specs:
        if fields().id(row.name) == field and row.value:
            return seen(row.value[:200], f"{row.source}:{row.name}")
    return None
