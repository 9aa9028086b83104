"""The platforms' own families: real pages say what is true of them; whose page it is; what is not half read."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from scanner.crawl.reading.line import Look
from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.outcome import outcome
from scanner.crawl.reading.workers import Seen
from scanner.errors import PageError
from scanner.judge import judge
from scanner.model import Capture, FieldState, Lane, Listing, Outcome, Verdict
from scanner.page import Page
from spiders import FAMILIES, family_for, walks
from spiders.generic import GenericShop
from spiders.jd import JdShop
from spiders.taobao import TaobaoShop
from tests.checks.making import DAY
from tests.rulebook.making import shipped
from tests.spiders import saved
from tests.spiders.platforms import ADDRESSES, ITEMS, Shared, real, truth

FAMILY = {name: "taobao" if "tmall" in name or "taobao" in name else "jd" for name in ADDRESSES}


def read(page: Page) -> Listing:
    assert outcome(page) is None
    listing = family_for(page).read(page)
    assert isinstance(listing, Listing)
    return listing


# --- what is true of real pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_says_what_is_true_of_it(shared: Shared, name: str) -> None:
    page, true = real(shared, name), truth(shared, name)
    assert family_for(page).name == FAMILY[name]
    listing = read(page)
    assert listing.title.state is FieldState.SEEN
    assert listing.title.text == true.get("title", listing.title.text)
    assert listing.product_id == true.get("item", listing.product_id)
    assert listing.seller.text == true.get("seller", listing.seller.text)
    for field in ("price", "description"):
        if field in true:
            assert getattr(listing, field).state.value == true[field]
    kinds, numbers = {n.number.type for n in listing.numbers}, {n.number.number for n in listing.numbers}
    if "expect" in true:
        expect = true["expect"]
        assert (expect["number"] in numbers) if expect["number"] else not kinds & {"device_reg", "device_filing"}
        assert (expect["type"] in kinds) if expect["type"] else not numbers


def test_the_rows_of_the_real_items_are_all_there(shared: Shared) -> None:
    jd, tmall = "pages/jd_item_2018_songzi.html", "pages/tmall_item_609353516840_gbk.html"
    assert len(read(real(shared, jd)).attributes) == truth(shared, jd)["attributes"]
    listed = [a for a in read(real(shared, tmall)).attributes if a.source == "css:#J_AttrUL li"]
    # two labels stand there twice, with different values
    assert sum(len(a.value.split("\n")) for a in listed) == truth(shared, tmall)["attributes"]


def test_seeded_listings_have_the_attributes_that_were_put_in(shared: Shared) -> None:
    seeded = {row["key"]: row for row in json.loads(shared("cases/listings_truth.json").read_text(encoding="utf-8"))}
    for name in ITEMS:
        if key := truth(shared, name).get("listing"):
            values = {v for a in read(real(shared, name)).attributes for v in a.value.split("\n")}
            assert {value for _, value in seeded[key]["attributes"]} <= values


@pytest.mark.parametrize("name", ["pages/jd_search_2020_gaoxueya.html", "pages/taobao_search_2018.html"])
def test_a_list_shows_its_cards(shared: Shared, name: str) -> None:
    page = real(shared, name)
    family = family_for(page)
    assert (family.name, family.read(page)) == (FAMILY[name], None)
    cards = truth(shared, name)["cards"]
    shown: list[dict[str, Any]] = [
        {"sku": o.id, "item": o.id, "title": o.title.text, "price": o.price.text,
         "seller": o.seller.text or o.seller.state.value, "group": o.group}
        for o in family.offers(page)
    ]  # fmt: skip
    assert [{key: one[key] for key in card} for one, card in zip(shown, cards, strict=True)] == cards


def test_a_list_leads_to_its_items_and_on(shared: Shared) -> None:
    page = real(shared, "pages/jd_search_2020_gaoxueya.html")
    links = list(JdShop.products(page))
    items = [link.url for link in links if link.kind is Kind.PRODUCT]
    assert len(items) == len(set(items)) == 30
    assert all(url.startswith("https://item.jd.com/") and url.endswith(".html") for url in items)
    half, following = [link.url for link in links if link.kind is Kind.LIST]
    assert "s_new.php" in half
    assert {"page=2", "s=31", "scrolling=y"} <= set(half.split("&"))
    assert half.partition("show_items=")[2].split(",") == [one.id for one in JdShop.offers(page)]
    assert following.partition("&")[2] == "enc=utf-8&page=3&s=61"
    (more,) = [x for x in TaobaoShop.products(real(shared, "pages/taobao_search_2018.html")) if x.kind is Kind.LIST]
    assert more.url.endswith("&cat=16&s=60")


@pytest.mark.parametrize(
    "name", ["pages/tmall_m02_gbk.html", "pages/jd_m01.html", "pages/jd_search_2020_gaoxueya.html"]
)
@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
@pytest.mark.parametrize("said", ["gbk", "utf-8", "iso-8859-1", ""])
def test_whatever_is_said_of_the_encoding(shared: Shared, name: str, codec: str, said: str) -> None:
    asked = real(shared, name)
    body = asked.text.encode(codec)
    kind = f"text/html; charset={said}" if said else "text/html"
    page = Page(asked.url, 200, [(b"Content-Type", kind.encode())], body, "0" * 20, saved.WHEN)
    family = family_for(page)
    assert family.offers(page) == family.offers(asked)
    assert family.read(page) == family.read(asked)


# --- whose page it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ITEMS)
def test_a_page_is_known_by_what_it_shows(shared: Shared, name: str) -> None:
    page = real(shared, name, url="http://127.0.0.1:8000/saved/page.html")
    assert family_for(page).name == FAMILY[name]
    assert read(page).product_id == read(real(shared, name)).product_id


def test_marks_of_a_platform_on_another_shop_hide_nothing() -> None:
    """A shop that bears JD's marks on a page it never ends is read as any shop, not left unread as a broken JD page."""
    body = (saved.PAGES / "jd" / "item_cut.html").read_bytes()
    assert family_for(Page("https://item.jd.com/990000000104.html", 200, [], body, "", saved.WHEN)).name == "jd"
    assert family_for(Page("https://shop.example/goods/1", 200, [], body, "", saved.WHEN)).name == "generic"


GOODS = (
    "<html><head><title>演示血压计</title></head><body><h1>演示血压计</h1><p>价格：￥99</p><table><tr><th>品牌</th><td>演示</td></tr>"
    "<tr><th>型号</th><td>A1</td></tr></table><p>根治高血压，三天见效。</p><button>立即购买</button>%s</body></html>"
)


@pytest.mark.parametrize(
    "mark",
    [
        "<div class='sku-name'>x</div><script>var pageConfig = {skuid: 990000000101}</script>",
        "<ul hidden><li class='gl-item' data-sku='990000000101'><div class='p-name'><em>x</em></div></li></ul>",
        '<script>g_page_config = {"mods":{"itemlist":{"data":{"auctions":[{"nid":"990000000201","raw_title":"x"}]}}}}</script>',
        "<div class='tb-detail-hd'><h1>x</h1></div><ul id='J_AttrUL'></ul><script>g={itemId:'990000000201'}</script>",
        '<script>var _DATA_Detail = {"item":{"title":"x","itemId":990000000201}}</script>',
    ],
)
def test_a_shop_that_bears_marks_of_a_platform_is_still_read(mark: str) -> None:
    page = Page("https://shop.example/goods/1", 200, [], (GOODS % mark).encode(), "", saved.WHEN)
    listing = family_for(page).read(page)
    assert isinstance(listing, Listing)
    assert "根治高血压" in listing.description.text


@pytest.mark.parametrize("name", ["jd/item_rendered", "taobao/taobao_item"])
@pytest.mark.parametrize(
    "mark", ["<i>g_page_config</i>", "<li class='gl-item' data-sku='1'></li>", "<i>_DATA_Detail</i>"]
)
def test_what_a_seller_writes_into_a_description_makes_no_list_of_an_item(name: str, mark: str) -> None:
    page = saved.page(name, saved.expectation(name))
    marked = Page(page.url, 200, page.headers, page.body.replace(b"</p>", f"{mark}</p>".encode(), 1), "", saved.WHEN)
    assert isinstance(family_for(marked).read(marked), Listing)


@pytest.mark.parametrize(
    ("url", "family"),
    [
        ("https://item.jd.com/1.html", "jd"), ("https://mall.jd.com/index-1.html", "jd"), ("https://www.jd.com/", "jd"),
        ("https://item.yiyaojd.com/1.html", "jd"), ("https://detail.tmall.com/item.htm?id=600000001", "taobao"),
        ("https://yanshi.tmall.com/", "taobao"), ("https://s.taobao.com/search?q=x", "taobao"),
        ("https://jd.com.shop.example/", "generic"), ("https://notjd.com/1.html", "generic"), ("http://127.0.0.1:8000/", "generic"),
    ],
)  # fmt: skip
def test_the_address_decides_who_walks(url: str, family: str) -> None:
    (walk,) = walks([url])
    assert (walk.family, walk.urls) == (FAMILIES[family], (url,))


def test_addresses_of_several_families_are_several_walks() -> None:
    found = walks(["https://item.jd.com/1.html", "https://a.example/", "https://search.jd.com/Search?keyword=x"])
    assert [(walk.family.name, len(walk.urls)) for walk in found] == [("jd", 2), ("generic", 1)]


@pytest.mark.parametrize(
    ("family", "url", "words", "link"),
    [
        (JdShop, "https://item.m.jd.com/product/1020565583.html?x=1", "", ("https://item.jd.com/1020565583.html", Kind.PRODUCT)),
        (JdShop, "https://www.jd.com/", "血压计", ("https://search.jd.com/Search?keyword=%E8%A1%80%E5%8E%8B%E8%AE%A1&enc=utf-8", Kind.LIST)),
        (JdShop, "https://list.jd.com/list.html?cat=1", "", ("https://list.jd.com/list.html?cat=1", Kind.LIST)),
        (TaobaoShop, "https://detail.tmall.com/item.htm?spm=a&id=600000001", "", ("https://detail.tmall.com/item.htm?id=600000001", Kind.PRODUCT)),
        (TaobaoShop, "https://item.taobao.com/item.htm?id=600000001", "", ("https://item.taobao.com/item.htm?id=600000001", Kind.PRODUCT)),
        (TaobaoShop, "https://www.taobao.com/", "额温", ("https://s.taobao.com/search?q=%E9%A2%9D%E6%B8%A9", Kind.LIST)),
    ],
)  # fmt: skip
def test_where_a_walk_begins(family: Any, url: str, words: str, link: tuple[str, Kind]) -> None:
    assert [(one.url, one.kind) for one in family.search(url, words)] == [link]


def test_a_shops_own_page_leads_to_its_items() -> None:
    body = (
        "<h1>演示店</h1><a href='//item.jd.com/990000000101.html?x=1'>一</a><a href='//item.yiyaojd.com/990000000111.html'>二</a>"
        "<a href='//item.jd.com/990000000101.html'>一</a><a href='//passport.jd.com/new/login.aspx'>登录</a>"
    )
    page = Page("https://mall.jd.com/index-990001.html", 200, [], body.encode(), "", saved.WHEN)
    assert [link.url for link in JdShop.products(page)] == [
        "https://item.jd.com/990000000101.html", "https://item.jd.com/990000000111.html",
    ]  # fmt: skip


# --- what becomes of it ------------------------------------------------------------------------------------------


def without_number(name: str, row: bytes) -> Listing:
    """A saved page without the row that holds its number."""
    whole = saved.page(name, saved.expectation(name))
    assert row in whole.body
    return read(Page(whole.url, 200, whole.headers, whole.body.replace(row, b""), "0" * 20, saved.WHEN))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("jd/item", "<dd>演械注准２０２１２０７０００１</dd>".encode()),
        (
            "taobao/tmall_item",
            '<li title="&nbsp;演械注准20212070002">批准文号:&nbsp;演械注准20212070002</li>'.encode("gbk"),
        ),
    ],
)
def test_what_was_not_seen_is_said_in_the_findings(name: str, row: bytes) -> None:
    """The description comes later, so nothing is said to be missing of which it may speak."""
    findings = {f.rule: f for f in judge(without_number(name, row), shipped(), None, on=DAY)}
    missing = findings["number-missing"]
    assert missing.verdict is Verdict.UNVERIFIED
    assert {"商品详情没有取到", "图片里的文字没有检查"} <= set(missing.unchecked)


def test_a_walk_goes_from_a_list_to_items_on_another_host_and_nowhere_else() -> None:
    start = "https://search.jd.com/Search?keyword=x"
    capture = Capture(id="0" * 20, url=start, storefront="search.jd.com", lane=Lane.HTTP, time=saved.WHEN, status=200,
                      media_type="text/html", digest="", size=0, records=(), journal=1)  # fmt: skip
    request = Request(start, meta={"capture": capture, "start": start, "storefront": "search.jd.com"})
    response = HtmlResponse(start, body=b"", request=request)
    page = saved.page("jd/list", saved.expectation("jd/list"))
    away = Link("https://shop.example/goods/1", Kind.PRODUCT)
    look = Seen(look=Look(outcome=Outcome.NOT_A_PRODUCT), links=(*JdShop.products(page), away))
    asked = [one.url for one in JdShop()._follow(look, response)]
    assert [url for url in asked if url.startswith("https://item.jd.com/")] == [o.url for o in JdShop.offers(page)]
    assert sum("s_new.php" in url for url in asked) == 1
    assert away.url not in asked
    assert [one.url for one in GenericShop()._follow(look, response)] == [
        url for url in asked if url.startswith("https://search.jd.com/Search")
    ]


# --- what is not half read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ITEMS)
def test_a_real_item_cut_short_is_no_listing(shared: Shared, name: str) -> None:
    body, dice = shared(f"cases/{name}").read_bytes(), random.Random(7)
    whole = read(real(shared, name))
    for at in sorted(dice.randrange(len(body)) for _ in range(16)):
        page = real(shared, name, body=body[:at])
        if outcome(page) is not None:
            continue
        family = family_for(page)
        try:
            subject = family.read(page)
        except PageError:
            continue
        assert subject is None or subject == whole


@pytest.mark.parametrize("name", ["pages/jd_search_2020_gaoxueya.html", "pages/taobao_search_2018.html"])
def test_cards_of_a_list_cut_short_are_whole(shared: Shared, name: str) -> None:
    body, dice = shared(f"cases/{name}").read_bytes(), random.Random(3)
    whole = {one.id: one for one in family_for(real(shared, name)).offers(real(shared, name))}
    for at in (dice.randrange(len(body)) for _ in range(12)):
        page = real(shared, name, body=body[:at])
        for one in FAMILIES[FAMILY[name]].offers(page):
            assert replace(one, sponsored=False) == replace(whole[one.id], sponsored=False)


def test_a_name_shown_only_as_a_picture_is_taken_from_the_pages_state() -> None:
    page = saved.page("jd/item", saved.expectation("jd/item"))
    bare = page.body.replace(
        ' 演示牌 上臂式电子血压计 语音款 </div>\n<div class="news">'.encode(), b'</div><div class="news">'
    )
    assert bare != page.body
    title = read(Page(page.url, 200, page.headers, bare, "", saved.WHEN)).title
    assert (title.text, title.source) == ("演示牌 上臂式", "script:pageConfig.product.name")


def test_a_name_that_is_debris_is_unreadable() -> None:
    page = saved.page("jd/item", saved.expectation("jd/item"))
    spoilt = page.body.replace("演示牌 上臂式电子血压计 语音款 </div>".encode(), "��牌�����计 </div>".encode())
    assert spoilt != page.body
    assert read(Page(page.url, 200, page.headers, spoilt, "", saved.WHEN)).title.state is FieldState.UNREADABLE
