"""JD (京东): item pages, result and category lists, the second half of a list that scripts fetch, item answers in JSON.

An item's page has its names, its tables and its shop; price and description come by further requests (``later``) and
are ``not_seen`` until these are there, never ``absent``. The mobile pages (item.m.jd.com) are not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import lxml.html

from scanner.crawl.reading.dotted import first_text, found, texts
from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link, canonical
from scanner.crawl.reading.offers import Offer, distinct
from scanner.crawl.reading.parts import Part
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Field, Listing, Seller
from scanner.page import Page, fragment, money, query
from scanner.page.specs import said
from scanner.page.tree import blocks
from spiders.generic import GenericShop
from spiders.later import jd_links, jd_parts

ITEM = "https://item.jd.com/{sku}.html"
SEARCH = "https://search.jd.com/Search?keyword={words}&enc=utf-8"
HALF = "https://search.jd.com/s_new.php"
MAX_PAGES = 200  # half pages of one list
MAX_CARDS = 400  # of one page
_CUT_SHORT, _AGAIN = "京东商品页不完整，没有收到结尾", "重新抓取，或者重新保存整个网页"
_LIST_HOSTS = frozenset(("www", "search", "list", "so"))

_ITEM_URL = re.compile(r"//item\.(?:m\.|)(?:jd|yiyaojd|jkcsjd)\.(?:com|hk)/(?:product/)?([0-9]{3,20})\.html")
_SKU = re.compile(r"\bskuid\s{0,4}:\s{0,4}'?([0-9]{3,20})")
_NAME = re.compile(r"""\bname\s{0,4}:\s{0,4}'((?:\\u[0-9a-fA-F]{4}|[^'\\<>\n]){1,500})'""")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PARAM = re.compile(r"""\bSEARCH\.adv_param\s{0,4}=\s{0,4}\{page:"([0-9]{1,4})",page_count:"([0-9]{1,4})\"""")

_TITLE = query.elements("//div[contains(concat(' ', normalize-space(@class), ' '), ' sku-name ')]")
_ROWS = query.elements(
    "//ul[@id='parameter-brand' or contains(@class, 'p-parameter-list')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' parameter2 ')]/li"
)
_TABLE = query.elements("//div[contains(concat(' ', normalize-space(@class), ' '), ' Ptable-item ')]//dt")
_SLOGAN = query.elements("//*[@id='p-ad' or @id='p-ad-phone']")
_PRICE = query.texts("//*[contains(@class, 'summary-price')]//*[contains(concat(' ', @class, ' '), ' price ')]//text()")
_DETAIL = query.elements("//*[@id='J-detail-content']")
_PICTURED = query.elements("//*[@id='J-detail-pop-tpl-top-new' or @id='J-detail-content']")
_SHOP_LINK = query.elements(
    "//ul[contains(@class, 'parameter2')]/li[contains(., '店铺')]//a[@href]"  # 店铺 shop
    " | //div[contains(@class, 'J-hove-wrap')]//div[@class='name']/a[@href]"
    " | //*[@id='popbox']//h3/a[@href]"
)
_CRUMBS = query.texts("//*[@id='crumb-wrap']//div[contains(@class, 'item')]/a/text()")
_BUTTON = query.text("string(//a[@id='InitCartUrl'])")
_OFF = query.elements("//*[contains(@class, 'itemover-tip')]")
_THUMBS = query.texts("//*[@id='spec-list']//img/@data-url")
_LARGE = query.text("string(//img[@id='spec-img']/@data-origin)")
_LIST = query.elements("//li[contains(concat(' ', normalize-space(@class), ' '), ' gl-item ')]")
_LATER = "加载中"  # loading

_CARD_SKU = query.text("string((.//@data-sku | @data-sku)[1])")
_CARD_NAME = query.elements(".//div[contains(@class, 'p-name')]//em")
_CARD_PRICE = query.text("string(.//div[contains(@class, 'p-price')])")
_CARD_SHOP = query.elements(".//div[contains(@class, 'p-shop')]//a")
_CARD_AD = query.truth("boolean(.//*[contains(@class, 'p-promo-flag')])")


class JdShop(Storefront):
    """Everything under jd.com, and the pages of it that people bring."""

    name = "jd"
    sites: ClassVar[tuple[str, ...]] = ("jd.com", "jd.hk", "yiyaojd.com", "jkcsjd.com", "3.cn")

    @staticmethod
    def recognises(page: Page) -> bool:
        """An item's page with its name, a list with its cards, an item's JSON answer, or a part of an item."""
        if page.json is not None:
            return _is_answer(page.json) or bool(jd_parts(page))
        if page.tree is None:
            return False
        if JdShop.at(page.url):
            return bool(_ITEM_URL.search(page.url)) or _is_item(page) or bool(_cards(page))
        # Elsewhere whoever bears JD's marks must bear all of them, or a shop could so leave its own page unread.
        if _is_item(page):
            return _ITEM_URL.search(page.canonical) is not None and not _doubt(page)
        return bool(_cards(page)) and GenericShop.read(page) is None

    @staticmethod
    def search(url: str, words: str = "") -> Iterator[Link]:
        """The item, the list, or for words the search for them."""
        item = _ITEM_URL.search(url)
        if item:
            yield Link(ITEM.format(sku=item[1]), Kind.PRODUCT)
        elif words:
            yield Link(SEARCH.format(words=quote(words)), Kind.LIST)
        else:
            yield Link(url, Kind.LIST)

    @staticmethod
    def products(page: Page) -> Iterator[Link]:
        """Of a list its items, its second half and its next page; of an item its parts and the shop that sells it."""
        if page.tree is None:
            return
        if _is_item(page):
            if len(own := _skus(page)) == 1:
                yield from jd_links(page, own[0])
            if shop := _shop(page)[1]:
                yield Link(shop, Kind.SELLER)
        elif cards := _cards(page):
            yield from (one.link for one in cards)
            yield from _more(page, cards)
        elif JdShop.at(page.url) and not _of_platform(page):  # a shop's own page
            skus = dict.fromkeys(m[1] for a in page.links if (m := _ITEM_URL.search(a.url)))
            yield from (Link(ITEM.format(sku=sku), Kind.PRODUCT) for sku in skus)

    @staticmethod
    def offers(page: Page) -> tuple[Offer, ...]:
        """The cards of a result list, a category list or the fragment with a list's second half; each item once."""
        return _cards(page)

    @staticmethod
    def parts(page: Page) -> tuple[Part, ...]:
        """An item's description or price, as scripts fetch it."""
        return jd_parts(page)

    @staticmethod
    def read(page: Page) -> Listing | Seller | None:
        """An item's page or answer as listing; shop and licence pages as any shop's; lists as None."""
        if page.json is not None:
            return _answer(page) if _is_answer(page.json) else None
        if page.tree is None:
            return None
        if _is_item(page):
            return _item(page)
        if _cards(page):
            return None
        if JdShop.at(page.url) and _ITEM_URL.search(page.url) and not page.whole:  # cut before anything could be told
            raise PageError(_CUT_SHORT, where=page.url, hint=_AGAIN)
        return None if _of_platform(page) else GenericShop.read(page)


# --- an item's page ----------------------------------------------------------------------------------------------


def _is_item(page: Page) -> bool:
    return page.tree is not None and "sku-name" in page.text and bool(_TITLE(page.tree))


def _of_platform(page: Page) -> bool:
    """Whether the page is the platform's own (front page, lists) and no seller's."""
    return JdShop.at(page.url) and urlsplit(page.url).netloc.partition(".")[0] in _LIST_HOSTS


def _doubt(page: Page) -> str:
    """Why the page of an item cannot be read whole, in Chinese; empty when it can."""
    if not page.whole:
        return _CUT_SHORT
    said_skus = _skus(page)
    if len(said_skus) > 1:
        return f"京东商品页自相矛盾，商品编号有{'、'.join(said_skus)}"
    if not said_skus:
        return "京东商品页里没有商品编号"
    return "" if _title(page).text else "京东商品页里没有商品名称"


def _skus(page: Page) -> list[str]:
    """The item's number, which the page says in several places; a page put together from two says two."""
    given = [m[1] for pattern, text in ((_ITEM_URL, page.canonical), (_SKU, page.text)) if (m := pattern.search(text))]
    return list(dict.fromkeys(given))


def _item(page: Page) -> Listing:
    assert page.tree is not None
    if doubt := _doubt(page):
        raise PageError(doubt, where=page.url, hint=_AGAIN)
    (sku,), (shop, shop_url) = _skus(page), _shop(page)
    return listing(
        storefront=page.storefront,
        family=JdShop.name,
        url=ITEM.format(sku=sku),
        product_id=sku,
        title=_title(page),
        price=_price(page),
        description=_description(page),
        attributes=_attributes(page),
        pictures=_pictures(page),
        seller=shop,
        seller_url=shop_url,
        breadcrumbs=[c for t in _CRUMBS(page.tree) if (c := t.strip())],
        buyable=_buyable(page),
    )


def _title(page: Page) -> Field:
    assert page.tree is not None
    shown = next((t for e in _TITLE(page.tree) if (t := said(e))), "")
    if shown:
        return seen(shown, "css:.sku-name")
    named = _NAME.search(page.text)
    return seen(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), named[1]) if named else "", "script:pageConfig.product.name")


def _price(page: Page) -> Field:
    """Scripts fill it in; a page saved from a browser may have it."""
    assert page.tree is not None
    shown = next((p for t in _PRICE(page.tree) if (p := money.amount(t.strip()))), "")
    return seen(shown, "css:.summary-price .price", otherwise=NOT_SEEN)


def _description(page: Page) -> Field:
    """The item's own text, once it is there; until then it is loading."""
    assert page.tree is not None
    text = "\n".join(line for e in _DETAIL(page.tree) for line in blocks(e))
    if not text or (_LATER in text and len(text) < 30):
        return NOT_SEEN
    return seen(text, "css:#J-detail-content")


def _attributes(page: Page) -> Iterator[Attribute]:
    """The line under the name, the short list under the pictures, the specification. Who sells (店铺) is a field."""
    assert page.tree is not None
    for line in _SLOGAN(page.tree):
        yield Attribute(name="副标题", value=said(line), source="css:#p-ad")  # a line without a label of its own
    for li in _ROWS(page.tree):
        label, colon, value = said(li).partition("：")
        if colon and label.strip() != "店铺":
            # the list cuts long values short; the title has them whole
            whole = (li.get("title") or "").strip()
            yield Attribute(name=label.strip(), value=whole or value.strip(), source="css:ul.parameter2 li")
    for dt in _TABLE(page.tree):
        dd = dt.getnext()
        while dd is not None and dd.tag == "dd" and "Ptable-tips" in (dd.get("class") or ""):
            dd = dd.getnext()  # what the label means
        if dd is not None and dd.tag == "dd":
            yield Attribute(name=said(dt), value=said(dd), source="css:div.Ptable-item dl")


def _shop(page: Page) -> tuple[Field, str]:
    """Who sells, and the shop's address. JD's own goods name no shop: not seen, because it is said elsewhere."""
    assert page.tree is not None
    links = [a for a in _SHOP_LINK(page.tree) if said(a)]
    address = next((u for a in links if (u := page.absolute(a.get("href") or ""))), "")
    for li in _ROWS(page.tree):
        label, colon, value = said(li).partition("：")
        if colon and label.strip() == "店铺" and value.strip():
            return seen(value.strip(), "css:ul.parameter2 li"), address
    return seen(said(links[0]) if links else "", "css:.J-hove-wrap .name", otherwise=NOT_SEEN), address


def _buyable(page: Page) -> Field:
    """The word that it is off sale, else the button."""
    assert page.tree is not None
    off = next((t for e in _OFF(page.tree) if (t := said(e))), "")
    return seen(off, "css:.itemover-tip") if off else seen(_BUTTON(page.tree).strip(), "css:#InitCartUrl")


def _pictures(page: Page) -> Iterator[str]:
    """The gallery in the size of its large picture, then those of the description."""
    assert page.tree is not None
    large = _LARGE(page.tree)
    before, jfs, _ = large.partition("jfs/")
    if jfs:
        yield page.absolute(large)
        yield from (page.absolute(before + thumb) for thumb in _THUMBS(page.tree) if thumb.startswith("jfs/"))
    for part in _PICTURED(page.tree):
        yield from (address for image in part.iter("img") if (address := _source(page, image)))


def _source(page: Page, image: lxml.html.HtmlElement) -> str:
    return next((u for n in ("data-lazyload", "src") if (v := image.get(n)) and (u := page.absolute(v))), "")


# --- lists -------------------------------------------------------------------------------------------------------


def _cards(page: Page) -> tuple[Offer, ...]:
    if page.tree is None or "gl-item" not in page.text:
        return ()
    cards = _LIST(page.tree)[:MAX_CARDS]
    if cards and not _closed(page):
        cards = cards[:-1]  # cut within its last card, of which half may be missing
    return distinct(one for card in cards if (one := _offer(page, card)) is not None)


def _closed(page: Page) -> bool:
    return page.whole or page.text.rstrip().endswith(("</li>", "</ul>", "</script>"))


def _offer(page: Page, card: lxml.html.HtmlElement) -> Offer | None:
    sku = _CARD_SKU(card).strip()
    if not (sku.isascii() and sku.isdigit()):
        return None
    names, shops = _CARD_NAME(card), _CARD_SHOP(card)
    price = money.first(_CARD_PRICE(card)[:100])
    return Offer(
        id=sku,
        url=ITEM.format(sku=sku),
        title=seen(" ".join("".join(names[0].itertext()).split()) if names else "", "css:.p-name em"),
        price=seen(price, "css:.p-price", otherwise=NOT_SEEN),
        seller=seen(said(shops[0]) if shops else "", "css:.p-shop a", otherwise=NOT_SEEN),
        seller_url=canonical(page.absolute(shops[0].get("href") or "") or "") if shops else "",
        sponsored=_CARD_AD(card),
    )


def _more(page: Page, cards: tuple[Offer, ...]) -> Iterator[Link]:
    """A screen has two half pages: the odd one comes as page, the even one as fragment when one scrolls."""
    asked = dict(parse_qsl(urlsplit(page.url).query))
    told = _PARAM.search(page.text)
    if asked.get("scrolling") == "y" or told is None:
        return
    now, last = int(told[1]), min(int(told[2]), MAX_PAGES)
    kept = {k: v for k, v in asked.items() if k not in ("page", "s", "scrolling", "show_items", "click", "pvid")}
    if "keyword" in kept and now + 1 <= last:
        half = {**kept, "page": str(now + 1), "s": str(now * 30 + 1), "scrolling": "y", "tpl": "1_M"}
        half["show_items"] = ",".join(one.id for one in cards)
        yield Link(f"{HALF}?{urlencode(half, safe=',')}", Kind.LIST, headers=(("Referer", page.url),))
    if now + 2 <= last:
        following = {**kept, "page": str(now + 2), "s": str((now + 1) * 30 + 1)}
        yield Link(urlsplit(page.url)._replace(query=urlencode(following, safe=","), fragment="").geturl(), Kind.LIST)


# --- an item as JSON ---------------------------------------------------------------------------------------------


def _is_answer(answer: Any) -> bool:
    """The answer for one item: its own marks, or its name; not merely an object with ``data``."""
    if not isinstance(answer, dict):
        return False
    return answer.get("appCode") == "jdGoodsDetail" or bool(found(answer, "data.item.pcAttributes"))


def _answer(page: Page) -> Listing:
    answer = page.json
    code = first_text(answer, "retcode")
    title, sku = first_text(answer, "data.item.name"), first_text(answer, "data.item.itemId")
    if code not in ("", "0000") or not title or not sku:
        why = first_text(answer, "message") or f"应答码 {code}" if code not in ("", "0000") else "没有商品名称或者编号"
        raise PageError(f"京东商品接口的应答不成功：{why}", where=page.url)
    text, inside = fragment(first_text(answer, "data.item.desc"), page.url)
    return listing(
        storefront=page.storefront,
        family=JdShop.name,
        url=ITEM.format(sku=sku),
        product_id=sku,
        title=seen(title, "path:data.item.name"),
        price=seen(money.amount(first_text(answer, "data.item.price")), "path:data.item.price"),
        description=seen(
            text, "path:data.item.desc", otherwise=ABSENT if "desc" in answer["data"]["item"] else NOT_SEEN
        ),
        attributes=_answered(answer),
        pictures=[
            *(page.absolute(u) for path in ("data.item.images[]", "data.item.descImgs[]") for u in texts(answer, path)),
            *inside,
        ],
        seller=seen(first_text(answer, "data.seller.shopName"), "path:data.seller.shopName", otherwise=NOT_SEEN),
        seller_url=first_text(answer, "data.seller.shopUrl"),
        buyable=NOT_SEEN,
    )


def _answered(answer: Any) -> Iterator[Attribute]:
    for row in texts(answer, "data.item.pcAttributes[]"):
        label, _, value = row.partition("：")
        yield Attribute(name=label.strip(), value=value.strip(), source="path:data.item.pcAttributes")
    where = "data.item.attributes.propGroups[].atts[]"
    for row in found(answer, where):
        yield Attribute(name=first_text(row, "attName"), value=" ".join(texts(row, "vals[]")), source=f"path:{where}")
