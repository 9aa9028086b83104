"""Taobao and Tmall (淘宝、天猫): item pages (often GBK), result lists (``g_page_config``), mobile items (``_DATA_Detail``).

An item's page has its name, its tables and its shop; price and description come by further requests and are
``not_seen``, never ``absent``, until the description's is there (``later``). The price's wants a login. ``reservePrice`` in the page's state is a list price that no buyer is shown and is not
taken for one. Mobile items are read as publicly described; none was at hand when this was written (unverified).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from scanner.crawl.reading.dotted import first_text, found, texts
from scanner.crawl.reading.fields import NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link, canonical
from scanner.crawl.reading.offers import Offer, distinct
from scanner.crawl.reading.parts import Part
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Field, Listing, Seller
from scanner.page import Page, money, query, specs
from scanner.page.specs import said
from scanner.page.tree import blocks
from spiders.generic import GenericShop
from spiders.later import taobao_links, taobao_parts

TMALL = "https://detail.tmall.com/item.htm?id={id}"
TAOBAO = "https://item.taobao.com/item.htm?id={id}"
SEARCH = "https://s.taobao.com/search?q={words}"
MAX_PAGES = 100  # of one list
MAX_CARDS = 400  # of one page
_CUT_SHORT, _AGAIN = "淘宝天猫商品页不完整，没有收到结尾", "重新抓取，或者重新保存整个网页"

_ITEM_URL = re.compile(
    r"//(?:item\.taobao|detail\.tmall|detail\.m\.tmall|chaoshi\.detail\.tmall|detail\.liangxinyao|h5\.m\.taobao|world\.taobao"
    r"|detail\.yao\.95095)\.com/[^?#]{0,60}"
)
_ID = re.compile(r"[0-9]{6,20}")

_TITLE = query.elements("//div[contains(@class, 'tb-detail-hd')]//h1 | //*[@id='J_Title']//h3")
_SLOGAN = query.elements("//div[contains(@class, 'tb-detail-hd')]/p | //*[@id='J_Title']//p")
_LIST = query.elements("//ul[@id='J_AttrUL']/li | //ul[contains(@class, 'attributes-list')]/li")
_TABLE = query.elements("//*[@id='J_Attrs']")
_PAPERS = query.elements("//ul[contains(@class, 'auth-list')]/li")
_SHOP = query.elements("//a[contains(@class, 'slogo-shopname')] | //div[contains(@class, 'tb-shop-name')]//a")
_NICK = query.text("string(//input[@name='seller_nickname']/@value)")
# In a template that scripts show; 亮照 licences shown
_LICENCES = re.compile(r"//zhaoshang\.tmall\.com/maintaininfo/liangzhao\.htm\?xid=[0-9a-zA-Z]{1,64}")
_PRICE = query.elements("//*[@id='J_PromoPrice'] | //*[@id='J_StrPriceModBox'] | //*[@id='J_StrPrice']")
_DETAIL = query.elements("//*[@id='description']//*[contains(@class, 'content')]")
_BUY = query.elements("//a[@id='J_LinkBuy'] | //a[@id='J_LinkBasket']")
_OFF = query.elements("//*[contains(@class, 'sold-out-tit') or contains(@class, 'tb-hint')]")
_THUMBS = query.texts("//*[@id='J_UlThumb']//img/@src")
_LATER = "加载中"  # loading
_GLYPH = re.compile("[\ue000-\uf8ff]")  # the icons of the platform's font
_CUT = ("...", "…")


class TaobaoShop(Storefront):
    """Everything under taobao.com and tmall.com, and the pages of it that people bring."""

    name = "taobao"
    sites: ClassVar[tuple[str, ...]] = ("taobao.com", "tmall.com", "tmall.hk", "liangxinyao.com", "95095.com")

    @staticmethod
    def recognises(page: Page) -> bool:
        """An item's page with its name and number, a list with its cards, or an item's description."""
        if page.tree is None:
            return bool(taobao_parts(page))
        if TaobaoShop.at(page.url):
            return bool(_address(page.url)) or _is_item(page) or _is_mobile(page) or _is_list(page)
        # Elsewhere whoever bears the platform's marks must bear all of them, or a shop could so leave its own page unread.
        if _is_item(page):
            return bool(_address(page.canonical)) and not _doubt(page)
        return bool(_cards(page)) and GenericShop.read(page) is None

    @staticmethod
    def search(url: str, words: str = "") -> Iterator[Link]:
        """The item, the list, or for words the search for them."""
        if item := _address(url):
            yield Link(item, Kind.PRODUCT)
        elif words:
            yield Link(SEARCH.format(words=quote(words)), Kind.LIST)
        else:
            yield Link(url, Kind.LIST)

    @staticmethod
    def products(page: Page) -> Iterator[Link]:
        """Of a list its items and its next page; of an item the shop that sells it and the shop's licences."""
        if page.tree is None:
            return
        if _is_item(page):
            yield from taobao_links(page)
            yield from _sellers(page)
        elif _is_mobile(page):
            return
        elif cards := _cards(page):
            yield from (one.link for one in cards)
            yield from _next(page)
        elif TaobaoShop.at(page.url):
            items = dict.fromkeys(address for a in page.links if (address := _address(a.url)))
            yield from (Link(address, Kind.PRODUCT) for address in items)

    @staticmethod
    def offers(page: Page) -> tuple[Offer, ...]:
        """The cards of a result list, each item once."""
        return _cards(page)

    @staticmethod
    def parts(page: Page) -> tuple[Part, ...]:
        """An item's description, as scripts fetch it."""
        return taobao_parts(page)

    @staticmethod
    def read(page: Page) -> Listing | Seller | None:
        """An item's page as listing; shop and licence pages as any shop's; lists as None."""
        if page.tree is None:
            return None
        if _is_item(page):
            return _item(page)
        if _is_list(page):
            if page.state("g_page_config") is None:
                raise PageError("淘宝天猫列表页的数据不完整", where=page.url, hint=_AGAIN)
            return None
        if TaobaoShop.at(page.url) and _address(page.url) and not page.whole:  # cut before anything could be told
            raise PageError(_CUT_SHORT, where=page.url, hint=_AGAIN)
        return _mobile(page) if _is_mobile(page) else GenericShop.read(page)


def _address(url: str) -> str:
    """The canonical address of an item, without where one came from; empty for any other address."""
    if not _ITEM_URL.search(url):
        return ""
    key = next((v for v in parse_qs(urlsplit(url).query).get("id", []) if _ID.fullmatch(v)), "")
    tmall = "tmall." in urlsplit(url).netloc or "95095" in url or "liangxinyao" in url
    return (TMALL if tmall else TAOBAO).format(id=key) if key else ""


# --- an item's page ----------------------------------------------------------------------------------------------


def _is_item(page: Page) -> bool:
    if page.tree is None or not ("J_AttrUL" in page.text or "TShop.Setup" in page.text or "J_Title" in page.text):
        return False
    return bool(_TITLE(page.tree))


def _doubt(page: Page) -> str:
    """Why the page of an item cannot be read whole, in Chinese; empty when it can."""
    if not page.whole:
        return _CUT_SHORT
    keys = _ids(page)
    if len(keys) > 1:
        return f"淘宝天猫商品页自相矛盾，商品编号有{'、'.join(keys)}"
    if not keys:
        return "淘宝天猫商品页里没有商品编号"
    return "" if _title(page).text else "淘宝天猫商品页里没有商品名称"


_CONFIG_ID = re.compile(r"""\bitemId\s{0,4}:\s{0,4}["']([0-9]{6,20})["']""")


def _ids(page: Page) -> list[str]:
    """The item's number, which the page says in several places; a page put together from two says two."""
    canon = parse_qs(urlsplit(page.canonical).query).get("id", []) if _ITEM_URL.search(page.canonical) else []
    given = [*canon, first_text(page.state("TShop.Setup"), "itemDO.itemId")]
    if config := _CONFIG_ID.search(page.text):
        given.append(config[1])
    return list(dict.fromkeys(key for key in given if _ID.fullmatch(key)))


def _item(page: Page) -> Listing:
    assert page.tree is not None
    if doubt := _doubt(page):
        raise PageError(doubt, where=page.url, hint=_AGAIN)
    (key,), setup = _ids(page), page.state("TShop.Setup")
    tmall = setup is not None or "tmall." in urlsplit(page.canonical or page.url).netloc
    shop, shop_url = _shop(page, setup)
    return listing(
        storefront=page.storefront,
        family=TaobaoShop.name,
        url=(TMALL if tmall else TAOBAO).format(id=key),
        product_id=key,
        title=_title(page),
        price=_price(page),
        description=_description(page),
        attributes=_attributes(page),
        pictures=_pictures(page, setup),
        seller=shop,
        seller_url=shop_url,
        buyable=_buyable(page, setup),
    )


def _title(page: Page) -> Field:
    assert page.tree is not None
    shown = next((t for e in _TITLE(page.tree) if (t := said(e))), "")
    if shown:
        return seen(shown, "css:.tb-detail-hd h1")
    return seen(first_text(page.state("TShop.Setup"), "itemDO.title"), "path:TShop.Setup.itemDO.title")


def _price(page: Page) -> Field:
    """Scripts fill it in; a page saved from a browser may have it."""
    assert page.tree is not None
    given = (p for e in _PRICE(page.tree) if (p := money.first(said(e)[:200])))
    return seen(next(given, ""), "css:#J_StrPrice", otherwise=NOT_SEEN)


def _description(page: Page) -> Field:
    assert page.tree is not None
    text = "\n".join(line for e in _DETAIL(page.tree) for line in blocks(e))
    if not text or (_LATER in text and len(text) < 30):
        return NOT_SEEN
    return seen(text, "css:#description")


def _attributes(page: Page) -> Iterator[Attribute]:
    """The line under the name, the list under the pictures (certificates first), the specification, and what the
    platform certifies. Two of these have no labels of their own; ours say what they are."""
    assert page.tree is not None
    for line in _SLOGAN(page.tree):
        yield Attribute(name="副标题", value=said(line), source="css:.tb-detail-hd p")
    for li in _LIST(page.tree):
        label, value = _pair(said(li))
        if label:
            # the list cuts long values short; the title has them whole
            whole = " ".join((li.get("title") or "").split())
            cut = value.endswith(_CUT) and whole
            yield Attribute(name=label, value=whole if cut else value, source="css:#J_AttrUL li")
    for part in _TABLE(page.tree)[:1]:
        for row in specs.rows(part.iter()):
            yield Attribute(name=row.name, value=row.value, source="css:#J_Attrs table")
    for li in _PAPERS(page.tree):
        yield Attribute(name="认证信息", value=said(li), source="css:.auth-list li")


def _pair(text: str) -> tuple[str, str]:
    at = min((i for i in (text.find("："), text.find(":")) if i > 0), default=-1)
    return (text[:at].strip(), text[at + 1 :].strip()) if at > 0 else ("", "")


def _shop(page: Page, setup: Any) -> tuple[Field, str]:
    assert page.tree is not None
    link = next((a for a in _SHOP(page.tree) if said(a)), None)
    if link is not None:
        return seen(said(link), "css:.slogo-shopname"), page.absolute(link.get("href") or "")
    if nick := _NICK(page.tree).strip():
        return seen(nick, "css:input[name=seller_nickname]"), ""
    nick = unquote(first_text(setup, "itemDO.sellerNickName"))
    return seen(nick, "path:TShop.Setup.itemDO.sellerNickName", otherwise=NOT_SEEN), ""


def _sellers(page: Page) -> Iterator[Link]:
    """The shop's licence page before its front page: it says who sells."""
    assert page.tree is not None
    addresses = [page.absolute(href) for href in _LICENCES.findall(page.text)[:1]]
    addresses.append(_shop(page, None)[1])
    yield from (Link(address, Kind.SELLER) for address in dict.fromkeys(addresses) if address)


def _buyable(page: Page, setup: Any) -> Field:
    assert page.tree is not None
    off = next((t for e in _OFF(page.tree) if (t := said(e))), "")
    if off:
        return seen(off, "css:.sold-out-tit")
    if found(setup, "detail.isDownShelf") == [True]:
        return seen("已下架", "path:TShop.Setup.detail.isDownShelf")
    buttons = (_GLYPH.sub("", said(e)).strip() for e in _BUY(page.tree))
    return seen("；".join(dict.fromkeys(w for w in buttons if w)), "css:#J_LinkBuy")


def _pictures(page: Page, setup: Any) -> Iterator[str]:
    """The gallery in full size where the page's state has it, else the thumbnails; then those of the description."""
    assert page.tree is not None
    given = list(texts(setup, "propertyPics.default[]")) or _THUMBS(page.tree)
    yield from (address for src in given if (address := page.absolute(src)))
    for part in _DETAIL(page.tree):
        for image in part.iter("img"):
            sources = (image.get(name) for name in ("data-ks-lazyload", "data-src", "src"))
            yield from [u for s in sources if s and (u := page.absolute(s))][:1]


# --- lists -------------------------------------------------------------------------------------------------------

_AUCTIONS = "mods.itemlist.data.auctions[]"


def _is_list(page: Page) -> bool:
    return "g_page_config" in page.text


def _cards(page: Page) -> tuple[Offer, ...]:
    config = page.state("g_page_config")
    return distinct(one for item in found(config, _AUCTIONS)[:MAX_CARDS] if (one := _offer(page, item)) is not None)


def _offer(page: Page, item: Any) -> Offer | None:
    key = first_text(item, "nid")
    if not _ID.fullmatch(key):
        return None
    address = page.absolute(first_text(item, "detail_url"))
    title = first_text(item, "raw_title")
    shop = page.absolute(first_text(item, "shopLink"))
    tmall = found(item, "shopcard.isTmall") == [True]
    return Offer(
        id=key,
        url=_address(address) or (TMALL if tmall else TAOBAO).format(id=key),
        title=seen(title, f"path:{_AUCTIONS}.raw_title"),
        price=seen(money.amount(first_text(item, "view_price")), f"path:{_AUCTIONS}.view_price", otherwise=NOT_SEEN),
        seller=seen(first_text(item, "nick"), f"path:{_AUCTIONS}.nick", otherwise=NOT_SEEN),
        seller_url=canonical(shop) if shop else "",
        sponsored="click.simba" in address or "isP4p" in item,
    )


def _next(page: Page) -> Iterator[Link]:
    pager = "mods.pager.data"
    state = page.state("g_page_config")
    size, now, last = (_number(first_text(state, f"{pager}.{k}")) for k in ("pageSize", "currentPage", "totalPage"))
    asked = [(k, v) for k, v in parse_qsl(urlsplit(page.url).query) if k != "s"]
    if asked and 0 < now < min(last, MAX_PAGES) and size > 0:
        query_text = urlencode([*asked, ("s", str(now * size))])
        yield Link(urlsplit(page.url)._replace(query=query_text, fragment="").geturl(), Kind.LIST)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


# --- a mobile item -----------------------------------------------------------------------------------------------


def _is_mobile(page: Page) -> bool:
    return "_DATA_Detail" in page.text


def _mobile_doubt(page: Page) -> str:
    state = page.state("_DATA_Detail")
    if state is None:
        return "天猫手机商品页的数据不完整"
    named = first_text(state, "item.title") and first_text(state, "item.itemId")
    return "" if named else "天猫手机商品页里没有商品名称或者编号"


def _mobile(page: Page) -> Listing:
    if doubt := _mobile_doubt(page):
        raise PageError(doubt, where=page.url, hint=_AGAIN)
    state = page.state("_DATA_Detail")
    key, shop = first_text(state, "item.itemId"), page.absolute(first_text(state, "seller.shopUrl"))
    price = next((p for path in _PRICES for t in texts(state, path) if (p := money.amount(t))), "")
    return listing(
        storefront=page.storefront,
        family=TaobaoShop.name,
        url=TMALL.format(id=key),
        product_id=key,
        title=seen(first_text(state, "item.title"), "path:_DATA_Detail.item.title"),
        price=seen(price, "path:_DATA_Detail.price", otherwise=NOT_SEEN),
        description=NOT_SEEN,
        attributes=_grouped(state),
        pictures=[u for src in texts(state, "item.images[]") if (u := page.absolute(src))],
        seller=seen(first_text(state, "seller.shopName"), "path:_DATA_Detail.seller.shopName", otherwise=NOT_SEEN),
        seller_url=shop,
        buyable=seen(first_text(state, "trade.buyText"), "path:_DATA_Detail.trade.buyText", otherwise=NOT_SEEN),
    )


_PRICES = ("price.price.priceText", "mock.price.price.priceText")


def _grouped(state: Any) -> Iterator[Attribute]:
    """``groupProps: [{"基本信息": [{"品牌": "…"}, …]}]``: groups of one-key objects."""
    if slogan := first_text(state, "item.subtitle"):
        yield Attribute(name="副标题", value=slogan, source="path:_DATA_Detail.item.subtitle")
    for group in found(state, "props.groupProps[]"):
        for rows in group.values() if isinstance(group, dict) else ():
            for row in rows if isinstance(rows, list) else ():
                for label, value in row.items() if isinstance(row, dict) else ():
                    if isinstance(value, str | int | float):
                        yield Attribute(name=str(label), value=str(value), source="path:_DATA_Detail.props.groupProps")
