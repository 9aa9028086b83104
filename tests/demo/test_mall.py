"""The mall serves everything it says: pages, walls, paging, pictures and the JSON API, over real HTTP."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from lxml import html

from scanner.demo.goods import Good, stock
from scanner.demo.mall import Mall, serve

GOODS = stock().goods


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def tree(self) -> Any:
        return html.fromstring(self.body)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """One kept-alive connection to the mall."""

    def __init__(self, mall: Mall) -> None:
        self.mall = mall
        self.connection = http.client.HTTPConnection(mall.base_url.removeprefix("http://"), timeout=10)

    def get(self, target: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Got:
        self.connection.request(method, target, body=body, headers=headers)
        answer = self.connection.getresponse()
        return Got(answer.status, dict(answer.getheaders()), answer.read())


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with serve() as mall:
        yield Visitor(mall)


def product_links(page: Got) -> list[str]:
    return page.tree.xpath("//ul[@class='cards']//a/@href")


def test_home_leads_to_all_categories_and_both_sellers(visitor: Visitor) -> None:
    links = set(visitor.get("/").tree.xpath("//a/@href"))
    assert {f"/c/{name}" for name in stock().categories} | {"/shop/jia", "/shop/yi", "/deals"} <= links


@pytest.mark.parametrize("name", stock().categories)
def test_a_category_shows_each_of_its_goods_once(visitor: Visitor, name: str) -> None:
    goods = stock().within(stock().categories[name])
    last = -(-len(goods) // 6)
    shown = [link for number in range(1, last + 1) for link in product_links(visitor.get(f"/c/{name}?page={number}"))]
    assert shown == [f"/p/{good.id}" for good in goods]


def test_past_the_end_the_first_page_the_last_page_or_nothing(visitor: Visitor) -> None:
    assert visitor.get("/c/fanghu?page=3").headers["Location"] == "/c/fanghu?page=1"
    assert product_links(visitor.get("/c/jiayong?page=99")) == product_links(visitor.get("/c/jiayong?page=4"))
    assert product_links(visitor.get("/c/kouzhao?page=2")) == []


@pytest.mark.parametrize("name", ["fanghu", "jiayong", "qita"])
def test_the_last_page_still_offers_a_next_one(visitor: Visitor, name: str) -> None:
    last = -(-len(stock().within(stock().categories[name])) // 6)
    assert visitor.get(f"/c/{name}?page={last}").tree.xpath("//a[@rel='next']/@href") == [f"/c/{name}?page={last + 1}"]


def test_deals_never_end(visitor: Visitor) -> None:
    pages = [visitor.get(f"/deals?page={number}") for number in (1, 2, 12345)]
    assert [page.tree.xpath("//a[@rel='next']/@href") for page in pages] == [
        ["/deals?page=2"], ["/deals?page=3"], ["/deals?page=12346"]
    ]  # fmt: skip
    goods = [{link.partition("?")[0] for link in product_links(page)} for page in pages]
    assert goods[0] == goods[1] == goods[2] == {f"/p/{number}" for number in stock().mall.deals.goods}


@pytest.mark.parametrize("good", [g for g in GOODS.values() if g.access in ("open", "gbk")], ids=lambda g: str(g.id))
def test_a_product_page_says_all_of_its_listing(visitor: Visitor, good: Good) -> None:
    page = visitor.get(f"/p/{good.id}?utm_source=x&spm=a.b")
    text = page.body.decode("gb18030" if good.access == "gbk" else "utf-8")
    tree = html.fromstring(text)
    said = "".join(tree.xpath("//main//text()"))
    assert tree.xpath("//h1/text()") == [good.title]
    assert tree.xpath("//link[@rel='canonical']/@href") == [f"{visitor.mall.base_url}/p/{good.id}"]
    assert good.price in said
    missing = [v for pair in good.attributes.items() for v in pair if v not in said]
    assert missing == []
    assert [line for line in (*good.text, good.warning) if line not in said] == []
    assert tree.xpath("//a[@class='shop-name']/@href") == [f"/shop/{good.seller}"]


def test_product_variants_are_one_page(visitor: Visitor) -> None:
    assert visitor.get("/product?id=3").body == visitor.get("/p/3").body == visitor.get("/p/3?spm=1").body


@pytest.mark.parametrize(
    ("markup", "sign"),
    [
        ("jsonld", 'type="application/ld+json"'),
        ("microdata", 'itemtype="https://schema.org/Product"'),
        ("og_dl", 'property="og:title"'),
        ("table", 'class="Ptable"'),
        ("li", 'class="parameter"'),
    ],
)
def test_each_markup_is_on_its_pages_only(visitor: Visitor, markup: str, sign: str) -> None:
    for good in GOODS.values():
        if good.access == "open":
            assert (sign in visitor.get(f"/p/{good.id}").text) == (good.markup == markup), good.id


def test_json_ld_is_what_the_listing_says(visitor: Visitor) -> None:
    data = json.loads(visitor.get("/p/11").tree.xpath("//script[@type='application/ld+json']/text()")[0])
    good = GOODS[11]
    assert (data["name"], data["sku"], data["offers"]["price"]) == (good.title, "11", good.price)


def test_gbk_page_names_its_charset_in_the_page_only(visitor: Visitor) -> None:
    page = visitor.get("/p/37")
    assert page.headers["Content-Type"] == "text/html"
    assert b'<meta charset="gb2312">' in page.body
    assert "喆" in page.body.decode("gb18030")  # a character that GB 2312 has not
    with pytest.raises(UnicodeDecodeError):
        page.body.decode("gb2312")


def test_walls(visitor: Visitor) -> None:
    slider, login, broken, gone = (visitor.get(f"/p/{number}") for number in (38, 39, 40, 9001))
    assert (slider.status, login.status, broken.status, gone.status) == (200, 200, 500, 404)
    assert "请完成滑块验证" in slider.text
    assert "请登录后查看商品详情" in login.text
    for number, page in ((38, slider), (39, login), (40, broken)):
        assert GOODS[number].title not in page.text


def test_empty_without_javascript(visitor: Visitor) -> None:
    page = visitor.get("/p/31")
    assert page.status == 200
    assert "".join(page.tree.xpath("//body//text()[not(ancestor::script or ancestor::noscript)]")).strip() == ""
    assert GOODS[31].title not in page.text


def test_robots_allows_all_but_accounts(visitor: Visitor) -> None:
    assert visitor.get("/robots.txt").text == "User-agent: *\nDisallow: /account/\nAllow: /\n"
    assert "/account/orders" in visitor.get("/").text


def test_licences_as_text_and_as_picture(visitor: Visitor) -> None:
    text = visitor.get("/shop/jia/licence").text
    assert "演城药监械经营许20230001号" in text
    assert "91000000DEMAJAA186" in text
    picture = visitor.get("/shop/yi/licence")
    assert picture.tree.xpath("//main//img/@src") == ["/static/licence-yi.png"]
    assert "92000000DEMBYBB28G" not in picture.text
    image = visitor.get("/static/licence-yi.png")
    assert (image.headers["Content-Type"], image.body[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert len(image.body) < 20_000


def test_pictures_are_drawn(visitor: Visitor) -> None:
    for good in GOODS.values():
        picture = visitor.get(f"/picture/{good.id}.svg")
        assert (picture.status, picture.headers["Content-Type"]) == (200, "image/svg+xml")
        html.fromstring(picture.body)
        certificate = visitor.get(f"/certificate/{good.id}.svg")
        assert certificate.status == (200 if good.certificate else 404)
        assert not good.certificate or good.certificate in certificate.text


def test_search(visitor: Visitor) -> None:
    found = product_links(visitor.get("/search?q=%E8%A1%80%E7%B3%96"))  # 血糖
    assert [int(re.findall(r"/p/([0-9]+)", link)[0]) for link in found] == [11, 12, 36]


@pytest.mark.parametrize("target", ["/p/abc", "/p/1/2", "/p/", "/product?id=", "/c/none", "/c/", "/nothing", "/shop/bing",
                                    "/shop/jia/other", "/static/../goods.yaml", "/static/style.css/x", "/picture/x.svg",
                                    "/p/99999999999999999999", "/p/1%00", "//[::1", "/p/%ff%fe"])  # fmt: skip
def test_anything_else_is_missing(visitor: Visitor, target: str) -> None:
    assert visitor.get(target).status == 404


def test_html_in_a_search_is_escaped(visitor: Visitor) -> None:
    assert "<script>alert" not in visitor.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E").text


# --- the wire ----------------------------------------------------------------------------------------------------


def test_gzip_only_when_asked(visitor: Visitor) -> None:
    import gzip

    plain, packed = visitor.get("/p/1"), visitor.get("/p/1", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "Content-Encoding" not in visitor.get("/robots.txt", **{"Accept-Encoding": "gzip"}).headers


def test_head_has_the_headers_of_get(visitor: Visitor) -> None:
    head, get = visitor.get("/p/1", method="HEAD"), visitor.get("/p/1")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, get.headers["Content-Length"], b"")


def test_hits_and_cookies_are_counted() -> None:
    with serve() as mall:
        visitor = Visitor(mall)
        assert "visitor=demo" in visitor.get("/").headers["Set-Cookie"]
        visitor.get("/p/1?a=1")
        visitor.get("/p/1", Cookie="visitor=demo")
    assert dict(mall.hits) == {"/": 1, "/p/1": 2}
    assert dict(mall.targets) == {"/": 1, "/p/1?a=1": 1, "/p/1": 1}
    assert mall.cookies == 1


# --- the JSON API ------------------------------------------------------------------------------------------------


def test_api_lists_every_good_once(visitor: Visitor) -> None:
    pages = [visitor.get(f"/mp/goods/list?page={number}&size=10").json["data"] for number in range(1, 7)]
    assert [len(page["list"]) for page in pages] == [10, 10, 10, 10, 9, 0]
    assert {page["total"] for page in pages} == {len(GOODS)} == {49}
    assert [item["id"] for page in pages for item in page["list"]] == list(GOODS)


@pytest.mark.parametrize("good", GOODS.values(), ids=lambda g: str(g.id))
def test_api_detail_says_all_of_a_listing(visitor: Visitor, good: Good) -> None:
    body = json.dumps({"id": good.id}).encode()
    answer = visitor.get("/mp/goods/detail", "POST", body, **{"Content-Type": "application/json"})
    goods, shop = answer.json["data"]["goods"], answer.json["data"]["shop"]
    assert answer.json["errno"] == 0
    assert (goods["name"], goods["price"], shop["id"]) == (good.title, good.price, good.seller)
    assert [(row["name"], row["value"]) for row in goods["params"]] == list(good.attributes.items())
    detail = "".join(html.fromstring(f"<div>{goods['detail']}</div>").itertext())
    assert [line for line in (*good.text, good.warning) if line not in detail] == []


def test_api_refusals(visitor: Visitor) -> None:
    orders = visitor.get("/mp/order/list")
    assert (orders.status, orders.json) == (200, {"errno": 401, "errmsg": "请先登录"})
    assert visitor.get("/mp/goods/detail", "POST", b'{"id": 9001}').json["errno"] == 404
    assert visitor.get("/mp/goods/detail", "POST", b"no json").status == 400
    assert visitor.get("/mp/goods/detail", "POST", b"[" * 60_000).status == 400
    assert visitor.get("/mp/goods/detail").status == 404
