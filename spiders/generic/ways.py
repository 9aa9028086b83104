"""Which links of a page lead on: to the next page, to products, to sellers' pages, to further lists.

Told first by the address (``links.shape``), then by what the link says, then by where it stands. The text of a link is
only looked at where the address leaves it open: most links of a page are navigation that was seen before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.crawl.reading.links import Kind, Link, Shape, Stated, canonical, page_number, same_site, shape, unpaged
from scanner.page import Anchor, Page, query
from scanner.page.names import within

MAX_WAYS = 600
ALIKE = 3  # cards without price count from this many of a kind

# 下一页 next page, 尾页 last page
_NEXT = re.compile(r"(?:下一?页|后一?页|下页|next(?: page)?|more)?\s?[>›»→▶]{0,2}", re.IGNORECASE)
_NEXT_PAGE = re.compile(
    r"(?:下一?页|后一?页|next page)\s?[>›»→▶]{0,2}", re.IGNORECASE
)  # whatever its address looks like
# 登录 log in, 注册 register, 退出 log out, 购物车 cart, 结算 check out, 订单 order, 删除 delete, 收藏 keep, 支付 pay
_NEVER = re.compile(
    r"登[录入]|注册(?!证|信息)|退出|注销|购物车|购物袋|结算|结账|订单|删除|移除|收藏|支付|付款|我的|立即购买|领券|投诉|举报"
    r"|log ?(?:in|out)|sign ?(?:in|out|up)|register|cart|basket|checkout|wishlist|delete|remove",
    re.IGNORECASE,
)
# 营业执照 business licence, 资质 qualification, 证照 licences, 经营许可 operating licence, 关于我们 about us, 进店 to the shop
_SELLER = re.compile(
    r"营业执照|资质|证照|亮照|经营许可|备案凭证|备案信息|许可证|关于我们|公司简介|公司介绍|企业信息|商家信息|店铺信息|卖家信息|经营者信息"
    r"|联系我们|进店|进入店铺|店铺首页|licen[cs]e|about us|qualification",
    re.IGNORECASE,
)
# 共 in all, 件个款种 measure words, 商品产品宝贝结果 goods; WooCommerce's and OpenCart's own sentences. Never 共10万+件, for
# that is no count, nor what a cart, an order or reviews have.
_TOTALS = (  # the plainest first; a later one only where no block says an earlier one
    re.compile(
        r"(?:共有?|总共|合计|找到|搜索到|全部)(?:了|约)?[\s(（]{0,4}([0-9]{1,7})\s{0,4}(?:[件个款种]|条(?=\s{0,4}(?:商品|产品|结果|$)))"
    ),
    re.compile(
        r"(?:显示|showing)\s{1,4}[0-9]{1,7}\s{0,4}(?:[-–—至到]|to)\s{0,4}[0-9]{1,7}\s{0,4}(?:/|of|，?共)\s{0,4}([0-9]{1,7})",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![-–—至到0-9])([0-9]{1,7})\s{0,4}[件个款种条]\s{0,2}(?:商品|产品|宝贝|结果)"),
)
_OF_OTHERS = re.compile(r"购物车|订单|评[价论]|收藏|库存|已[选售]|销量|每[包盒箱袋]|满|买|送|起")
_HINTS = ("共", "合计", "找到", "搜索到", "全部", "件", "个", "款", "种", "条", "显示", "Showing", "showing")
MAX_SAID = 60  # characters of a block that may state a total
_LINK_NEXT = query.text("string((//link[@rel='next']/@href)[1])")


def ways(page: Page) -> Iterator[Link]:
    """The links worth following, each address once, the most certain of each kind first."""
    if page.tree is None:
        return
    sorted_out = _Sorted(page)
    sorted_out.declared(page.absolute(_LINK_NEXT(page.tree)))
    for anchor in page.links:
        sorted_out.add(anchor)
    yield from sorted_out.links()


def stated(page: Page) -> Stated | None:
    """The total that a list of goods states of itself; None where none does, or two say different things."""
    if page.tree is None or not any(word in page.text for word in _HINTS):
        return None
    blocks = [b for b in page.prose() if len(b) <= MAX_SAID and any(map(str.isdigit, b)) and not _OF_OTHERS.search(b)]
    for form in _TOTALS:
        said = {int(match[1]) for block in blocks if (match := form.search(block))} - {0}
        if said:
            return Stated(f"GET {unpaged(page.url)}", said.pop()) if len(said) == 1 else None
    return None


class _Sorted:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.list = unpaged(page.url)
        self.origin = "/".join(page.url.split("/", 3)[:3]) + "/"
        self.known = {canonical(page.url), _same_product(page.url, shape(page.url))}
        self.cards = {card.url: card for card in page.cards}
        self.shops = set(page.names.shop)
        self.in_cards = {card.element for card in page.cards}
        self.following: list[Link] = []
        self.by_kind: dict[Kind, list[Link]] = {Kind.PRODUCT: [], Kind.SELLER: [], Kind.LIST: []}
        self.doubtful: list[Link] = []

    def declared(self, url: str) -> None:
        """The next page as ``<link rel=next>`` names it."""
        if url and canonical(url) not in self.known and same_site(url, self.page.url):
            self.known.add(canonical(url))
            self.following.append(Link(url, Kind.LIST, text="next", follows=True))

    def links(self) -> Iterator[Link]:
        if "ItemList" in self.page.text:
            self.by_kind[Kind.PRODUCT] += [u for u in _item_lists(self.page) if canonical(u.url) not in self.known]
        order = [
            *self.following,
            *(link for kind, links in self.by_kind.items() if kind is not Kind.LIST for link in links),
        ]
        yield from [*order, *self.by_kind[Kind.LIST], *self.doubtful][:MAX_WAYS]

    def add(self, anchor: Anchor) -> None:
        key = canonical(anchor.url)
        if key in self.known or not (key.startswith(self.origin) or same_site(key, self.page.url)):
            return
        self.known.add(key)
        seen = shape(anchor.url)
        if seen.never or seen.root:
            return
        if seen.kind is Kind.PRODUCT:
            if (same := _same_product(anchor.url, seen)) not in self.known:
                self.known.add(same)
                self._keep(anchor, Kind.PRODUCT)
        elif not _NEVER.search(anchor.text[:40]):
            self._by_text(anchor, seen)

    def _keep(self, anchor: Anchor, kind: Kind) -> None:
        self.by_kind[kind].append(Link(anchor.url, kind, text=anchor.text[:80] if kind is not Kind.PRODUCT else ""))

    def _by_text(self, anchor: Anchor, seen: Shape) -> None:
        text = anchor.text[:40]
        if self._pages(anchor, text):
            self.following.append(Link(anchor.url, Kind.LIST, text=text, follows=True))
        elif seen.variant:
            return
        elif seen.kind is Kind.SELLER or _SELLER.search(text) or self._names_shop(anchor):
            self._keep(anchor, Kind.SELLER)
        elif seen.article:
            return
        elif seen.kind is Kind.LIST:
            self._keep(anchor, Kind.LIST)
        else:
            self._by_place(anchor, text)

    def _pages(self, anchor: Anchor, text: str) -> bool:
        """Whether the link leads to another page of this very list."""
        if "next" in anchor.rel.split() or _NEXT_PAGE.fullmatch(text):
            return True
        if page_number(anchor.url) is None or unpaged(anchor.url) != self.list:
            return False
        return text.isdigit() or (text != "" and _NEXT.fullmatch(text) is not None) or "page" in anchor.url.lower()

    def _names_shop(self, anchor: Anchor) -> bool:
        """Whether the link is the name of this page's seller (not of the seller of one card of many)."""
        near = anchor.element, anchor.element.getparent()
        return not self.shops.isdisjoint(near) and not within(anchor.element, self.in_cards)

    def _by_place(self, anchor: Anchor, text: str) -> None:
        card = self.cards.get(anchor.url)
        if card is not None and card.price:
            self._keep(anchor, Kind.PRODUCT)
        elif card is not None and card.alike >= ALIKE and len(card.title) >= 4:
            self.doubtful.append(Link(anchor.url, Kind.PRODUCT, text=text))
        elif 0 < len(text) <= 12 and within(anchor.element, self.page.names.furniture):
            self.doubtful.append(Link(anchor.url, Kind.LIST, text=text))


def _same_product(url: str, seen: Shape) -> str:
    """One product under one path is one product, whatever else its query says."""
    return f"{url.partition('?')[0]}#{seen.id}"


def _item_lists(page: Page) -> Iterator[Link]:
    """The products of a JSON-LD ``ItemList``: often the only links of a list that scripts draw."""
    for item in page.structured["json-ld"]:
        elements: Any = item.get("itemListElement") if isinstance(item, dict) else None
        if not isinstance(elements, list) or "ItemList" not in str(item.get("@type")):
            continue
        for element in elements[:MAX_WAYS]:
            inner = element.get("item") if isinstance(element, dict) else None
            url = inner.get("url") or inner.get("@id") if isinstance(inner, dict) else inner
            url = url or (element.get("url") if isinstance(element, dict) else None)
            target = page.absolute(url) if isinstance(url, str) else ""
            if target and same_site(target, page.url) and not shape(target).never:
                yield Link(target, Kind.PRODUCT)
