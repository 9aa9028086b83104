"""Whatever a server sends, reading it ends in bounded time, with a value, None or a PageError."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import PageError
from scanner.model import Listing, Outcome, Seller
from scanner.page import Page
from spiders import FAMILIES, family_for
from spiders.generic import GenericShop
from tests.bounded import seconds
from tests.spiders import saved
from tests.spiders.platforms import ADDRESSES, real

Shared = Callable[[str], Path]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = [
    "<div>", "</div>", "<p>", "<table><tr><td>", "</table>", "<dl><dt>注册证号<dd>", "<li>型号：", "<h1>演示", "</h1>",
    "<a href='/item/1'>", "<a href='//[x'>", "<img src=x>", "<script type='application/ld+json'>", '{"@type":"Product",',
    '"name":"x"}', "</script>", "<div itemscope itemtype='http://schema.org/Product'>", "<b itemprop=name>", "￥1,2", "元",
    "加入购物车", "<button>立即购买", "<!--", "-->", "<![CDATA[", "<title>", "<textarea>", "\x00", "\ufffd", "\u2029", "\ud7ff",
    "<meta property='og:type' content='product'>", "<meta property='og:title' content='演示'>", "：", "演械注准20212140001",
    "<svg>", "<style>", "<input type=password>", "<base href='http://['>", "<link rel=canonical href='http://x:y/'>", "<nav>",
]  # fmt: skip
JSON_PIECES = ['{"errno":0,', '"data":{', '"goods":{', '"id":1,', '"id":', '"name":"演示",', '"price":', "1e999", "-1", '"x"',
               "[", "]", "{", "}", ",", "null", "true", '"params":[{"name":3,"value":[1]}],', '"detail":"<p>', '"', "\\ud800"]  # fmt: skip


Became = Outcome | Listing | Seller | PageError | None


def look(page: Page) -> Became:
    """Everything the line does with a page, as it does it: what the page became. None: no product's."""
    family = family_for(page)
    for part in family.parts(page):
        part.description.text.encode("utf-8")
        assert part.family == family.name
        assert part.product
    became = family.outcome(page)
    family.stated(page)
    links = list(family.products(page))
    assert all(offer.id and offer.url.startswith("https://") for offer in family.offers(page))
    assert all(len(one.title) <= 500 and len(one.text) <= 300 for one in family.named(page))
    assert all(link.url.startswith(("http://", "https://")) for link in links)
    if became is not None:
        return became
    try:
        read = family.read(page)
    except PageError as error:
        return error
    if isinstance(read, Listing):
        read.description.text.encode("utf-8")  # a database can keep it
        assert read.title.text.strip()
    return read


def page(body: bytes, kind: str = "text/html", url: str = "http://shop.example/goods/1") -> Page:
    return Page(url, 200, [(b"Content-Type", kind.encode())], body, "0" * 20, saved.WHEN)


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=120))
def test_soup(pieces: list[str]) -> None:
    assert isinstance(look(page("".join(pieces).encode("utf-8", "replace"))), Became)


@QUICK
@given(
    st.lists(st.sampled_from(JSON_PIECES), max_size=60),
    st.sampled_from(["goods/detail", "goods/list?page=1", "shop/detail"]),
)
def test_json_soup(pieces: list[str], asked: str) -> None:
    body = ("{" + "".join(pieces)).encode("utf-8", "replace")
    assert isinstance(look(page(body, "application/json", f"http://mp.example/mp/{asked}")), Became)


STATES = {
    "https://mobile.yangkeduo.com/goods.html?goods_id=1": "rawData",
    "https://shop1.youzan.com/v2/goods/x": "_global",
    "https://www.xiaohongshu.com/explore/64aa00000000000012345678": "__INITIAL_STATE__",
    "https://www.baidu.com/s?wd=x": "x",
}
KEYS = [
    "store", "initDataObj", "goods", "mall", "goodsName", "minGroupPrice", "goodsProperty", "values", "key", "skus", "specs",
    "spec_key", "topGallery", "url", "goodsData", "title", "shop", "skuInfo", "skuPrices", "price", "props", "v", "k", "name",
    "pictures", "soldStatus", "note", "noteDetailMap", "64aa00000000000012345678", "desc", "user", "nickname", "userId",
    "imageList", "tagList", "goodsInfo", "link", "isGoodsOnSale", "mallID", "noteData", "data",
]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["//[x", "http://["]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=40,
)


@QUICK
@given(VALUES, st.sampled_from(sorted(STATES)), st.booleans())
def test_states_of_any_shape(value: object, url: str, bare: bool) -> None:
    inside = value
    for key in reversed({"rawData": ["store", "initDataObj"], "_global": ["goodsData"]}.get(STATES[url], [])):
        inside = {key: inside}
    spelled = json.dumps(inside)
    if bare:
        assert isinstance(look(page(spelled.encode(), "application/json", url)), Became)
    else:
        body = f"<p>x</p><script>window.{STATES[url]} = {spelled}</script>".encode()
        assert isinstance(look(page(body, "text/html", url)), Became)


@QUICK
@given(st.binary(max_size=4000))
def test_noise(body: bytes) -> None:
    assert isinstance(look(page(body, "")), Became)


@QUICK
@given(st.data())
def test_cut_and_shuffled(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(saved.names()))
    asked = saved.expectation(name)
    whole = saved.page(name, asked)
    body = bytearray(whole.body)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(body)))
        match data.draw(st.sampled_from(["cut", "flip", "twice", "drop"])):
            case "cut":
                del body[at:]
            case "flip" if at < len(body):
                body[at] ^= 1 << data.draw(st.integers(0, 7))
            case "twice":
                body[at:at] = body[at : at + 400]
            case _:
                del body[at : at + 60]
    cut = Page(whole.url, whole.status, whole.headers, bytes(body), "", saved.WHEN, whole.method, whole.request_body)
    assert isinstance(look(cut), Became)


@pytest.mark.slow
@settings(QUICK, max_examples=60)
@given(data=st.data())
def test_pages_of_the_platforms_cut_and_shuffled(shared: Shared, data: st.DataObject) -> None:
    """At their own addresses: whatever is left of a real page, it is read whole, or doubted, or no product's."""
    name = data.draw(st.sampled_from(sorted(ADDRESSES)))
    body = shared(f"cases/{name}").read_bytes()
    places = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=5)))
    parts = [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
    match data.draw(st.sampled_from(["cut", "shuffle", "drop", "twice"])):
        case "cut":
            parts = parts[:1]
        case "shuffle":
            parts = data.draw(st.permutations(parts))
        case "drop":
            del parts[len(parts) // 2]
        case _:
            parts = [*parts, *parts]
    assert isinstance(look(real(shared, name, body=b"".join(parts))), Became)


LISTED = ['{"mods":{"itemlist":{"data":{"auctions":[', '{"nid":"990000000201",', '"raw_title":', '"演示",', "null", "[", "]", "{", "}", ",",
          "g_page_config = ", "_DATA_Detail = ", "TShop.Setup(", '{"item":{"itemId":990000000201,"title":"演示"},', '"props":{"groupProps":[',
          '{"itemDO":{"itemId":"990000000201"}}', '"seller":{"shopUrl":"//[x"}', "<h3>", "<div class='tb-detail-hd'><h1>演示</h1>", "<div id=J_Title>",
          "<ul id=J_AttrUL><li title='&nbsp;x'>注册证号:", "</html>", "<div class='sku-name'>演示", "skuid: 990000000101,",
          "<li class='gl-item' data-sku='1'>", "<li class='gl-item' data-sku='x\\u0663'>", '"view_price":1e999', "<dt>", "<dd>", "\ufffd"]  # fmt: skip


@QUICK
@given(
    st.lists(st.sampled_from(LISTED), max_size=40),
    st.sampled_from(["https://item.jd.com/990000000101.html", "https://detail.tmall.com/item.htm?id=990000000201",
                     "https://s.taobao.com/search?q=x", "https://search.jd.com/Search?keyword=x", "https://a.example/goods/1"]),
)  # fmt: skip
def test_soup_of_the_platforms(pieces: list[str], url: str) -> None:
    body = "<html><body><h2>x</h2><script>" + "".join(pieces)
    assert isinstance(look(page(body.encode("utf-8", "replace"), url=url)), Became)


@pytest.mark.parametrize("name", ["pages/jd_m01.html", "pages/tmall_m02_gbk.html", "pages/shopxo_list_9001.html"])
def test_real_pages_cut_and_shuffled(shared: Shared, name: str) -> None:
    body, dice = shared(f"cases/{name}").read_bytes(), random.Random(1)
    for _ in range(6):
        cut = body[: dice.randrange(len(body))]
        places = sorted(dice.randrange(len(body)) for _ in range(4))
        parts = [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
        dice.shuffle(parts)
        assert isinstance(look(page(cut)), Became)
        assert isinstance(look(page(b"".join(parts))), Became)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<li class='gl-item' data-sku={n}>", "g_page_config = {", "<div class=sku-name>", "skuid: 1", "location.href='", "TShop.Setup({\"a\":[",
        "<div>", "<table><tr><td>x</td><td>", "<div class=nav>", "<h1>", "<a href='/goods/{n}'><img src=x>", "<li><b>型号</b>x",
        "<p>型号：", "<dl><dt>型号<dd>", "<div class=price>￥", "<div itemscope itemprop=a itemtype='http://schema.org/Product'>",
        "<form><input type=password>", "<span>1,", "<script>", "<button>立即购买", "<meta name=a{n} content=b>", "<div class='shop-name'>",
        "<nav><h1>", "<a href='/list?page={n}'>{n}", "<img src=/{n}.jpg>", "<title>", "<style>", "123456789", "：", "有限公司", "<b>加入购物车",
        "<article class='price nav menu'>", "&#x", "&amp", "<!--", "]]>",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read_in_bounded_time(piece: str) -> None:
    count = 1_000_000 // len(piece)
    body = "<html><body>" + "".join(piece.replace("{n}", str(n)) for n in range(count))
    with seconds(10):
        assert look(page(body.encode())) in (Outcome.EMPTY, None)  # of one piece alone nobody makes a product


def test_families_import_and_have_their_three_methods() -> None:
    for name, family in FAMILIES.items():
        assert family.name == name
        assert all(callable(getattr(family, method)) for method in ("search", "products", "read"))
    assert isinstance(family_for(page(b"<p>x</p>")), GenericShop)
