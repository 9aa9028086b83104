"""What item pages of JD and Taobao load by further requests: the description, the price (JD).

The addresses stand in the pages themselves. The answers are read as publicly described, none was at hand when this was
written (unverified): JD's ``description/channel`` and ``desc`` (JSON or a callback with ``content``), JD's
``prices/mgets`` (``[{"id": "J_…", "p": "66.00"}]``), Taobao's ``….desc`` (``var desc='…';``, often GBK). An answer that
looks otherwise is no part of anything: the field stays ``not_seen``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from scanner.crawl.reading.dotted import first_text
from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, seen
from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.parts import Part
from scanner.page import Page, fragment, money
from scanner.page.state import unescaped

PRICE = "https://p.3.cn/prices/mgets?skuIds=J_{sku}"
MAX_PRICES = 100  # of one answer

_JD_PLACE = re.compile(r"""\bdesc\s{0,4}:\s{0,4}'((?:https?:)?//(?:cd\.jd\.com|dx\.3\.cn)/[^'\s<>]{1,300})'""")
_TAOBAO_PLACE = re.compile(
    r"""\b(?:httpsD|d)escUrl["']?\s{0,4}:\s{0,4}["']((?:https?:)?//[a-z0-9.]{1,40}\.taobao(?:cdn)?\.com/[^"'\s<>]{1,500})"""
)
_JD_DESCRIPTION = re.compile(r"/(?:description/|desc/[0-9])")
_JD_SKU = re.compile(r"/desc/([0-9]{3,20})")
_TAOBAO_ITEM = re.compile(r"/i[0-9]{1,2}/[0-9]{1,6}/[0-9]{1,6}/([0-9]{6,20})/[^/?]{1,400}\.desc")
_TAOBAO_TEXT = re.compile(r"\s{0,64}var\s{1,8}desc\s{0,8}=\s{0,8}(['\"])")
_ID = re.compile(r"[0-9]{3,20}")


def jd_links(page: Page, sku: str) -> Iterator[Link]:
    """Where the item's description and price are."""
    place = _JD_PLACE.search(page.text)
    if place is not None and (address := page.absolute(place[1])):
        yield Link(address, Kind.PART)
    yield Link(PRICE.format(sku=sku), Kind.PART)


def taobao_links(page: Page) -> Iterator[Link]:
    """Where the item's description is."""
    place = _TAOBAO_PLACE.search(page.text)
    if place is not None and _TAOBAO_ITEM.search(place[1]) and (address := page.absolute(place[1])):
        yield Link(address, Kind.PART)


def jd_parts(page: Page) -> tuple[Part, ...]:
    """The parts that an answer at one of JD's addresses holds."""
    parts = urlsplit(page.url)
    if page.status != 200:
        return ()
    if parts.hostname == "p.3.cn" and parts.path.startswith("/prices/"):
        return tuple(_prices(page))
    if parts.hostname not in ("cd.jd.com", "dx.3.cn") or not _JD_DESCRIPTION.match(parts.path):
        return ()
    content = page.json.get("content") if isinstance(page.json, dict) else None
    named = _JD_SKU.match(parts.path)
    sku = named[1] if named else next(iter(parse_qs(parts.query).get("skuId", [])), "")
    if not isinstance(content, str) or not _ID.fullmatch(sku):
        return ()
    return (_described("jd", sku, content, page, "path:content"),)


def taobao_parts(page: Page) -> tuple[Part, ...]:
    """The part that an answer at a Taobao description's address holds."""
    parts = urlsplit(page.url)
    item = _TAOBAO_ITEM.match(parts.path)
    begins = _TAOBAO_TEXT.match(page.text[:200])
    if (
        page.status != 200
        or item is None
        or begins is None
        or not (parts.hostname or "").endswith((".taobao.com", ".taobaocdn.com"))
    ):
        return ()
    end = page.text.rfind(begins[1])
    if end < begins.end():  # cut short: half a description is none
        return ()
    return (_described("taobao", item[1], unescaped(page.text[begins.end() : end]), page, "script:desc"),)


def _described(family: str, product: str, html: str, page: Page, source: str) -> Part:
    text, pictures = fragment(html, page.url)
    # An answer that holds nothing at all may as well be a refusal.
    nothing = ABSENT if pictures else NOT_SEEN
    return Part(family=family, product=product, description=seen(text, source, otherwise=nothing), pictures=pictures)


def _prices(page: Page) -> Iterator[Part]:
    for row in page.json[:MAX_PRICES] if isinstance(page.json, list) else []:
        sku = first_text(row, "id").removeprefix("J_")
        price = money.amount(first_text(row, "p"))
        if _ID.fullmatch(sku) and price:
            yield Part(family="jd", product=sku, price=seen(price, "path:p", otherwise=NOT_SEEN))
