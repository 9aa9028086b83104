"""Platforms told by address or state; the recorded states of real products, put into a page, read as they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scanner import rulebook
from scanner.errors import PageError
from scanner.home import shipped_rules
from scanner.judge import judge
from scanner.model import FieldState, Listing, Matter, Outcome
from scanner.registry import Register
from spiders import FAMILIES, family_for, walks
from spiders.pdd import Pdd
from spiders.post import Post
from spiders.searchpage import Result, SearchPage, results
from spiders.youzan import Youzan
from tests.page.making import html
from tests.spiders import saved

Shared = Callable[[str], Path]


def scripted(name: str, state: str, url: str) -> Listing:
    page = html(f"<html><body><div id=app></div><script>window.{name} = {state};</script></body></html>", url=url)
    family = family_for(page)
    assert family.outcome(page) is None
    read = family.read(page)
    assert isinstance(read, Listing)
    return read


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_recorded_product_of_pinduoduo(shared: Shared, wrapped: bool) -> None:
    text = shared("cases/api/pdd_item.json").read_text(encoding="utf-8")
    url = "https://mobile.yangkeduo.com/goods.html?goods_id=5914165983"
    if wrapped:
        read = scripted("rawData", text, url)
    else:
        page = html(text, url=url, kind="application/json")
        one = family_for(page).read(page)
        assert isinstance(one, Listing)
        read = one
    assert (read.family, read.product_id) == ("pdd", "5914165983")
    assert read.title.text == "【特惠省300】vivo X30 新品128g智能5g手机x23 x27 vivox30pro"
    assert read.price.text == "2998.00-3997.00"
    assert read.seller.text == "vivo旗舰店"
    assert read.seller_url == "https://mobile.yangkeduo.com/mall_page.html?mall_id=354267"
    assert read.description.text.startswith("【vivo旗舰店】【原装正品】")
    assert len(read.pictures) == 9 + 38 + 2
    given = json.loads(text)["data"]["item"]["goodsProperty"]
    assert {row["key"] for row in given} <= {a.name for a in read.attributes}
    assert read.numbers == ()


def test_the_real_state_of_youzan(shared: Shared) -> None:
    text = shared("cases/api/youzan_window_global.json").read_text(encoding="utf-8")
    read = scripted("_global", text, "https://shop.example/wscgoods/detail/2osy35s5abbdhtd")
    assert (read.family, read.product_id) == ("youzan", "2osy35s5abbdhtd")
    assert (read.title.text, read.price.text) == ("Anker AeroClip 2 张凌赫 联名 礼盒", "1199.00")
    assert (read.seller.text, read.buyable.text) == ("Anker安克官方商城", "在售")
    assert read.description.state is FieldState.NOT_SEEN
    assert [(a.name, a.value) for a in read.attributes] == [
        ("副标题", "新品完整礼盒"),
        ("颜色", "【凌赫同款白】「声声有赫」限定礼盒，【凌赫红】「声声有赫」限定礼盒"),
    ]


def test_prices_in_fen_and_in_yuan_are_told_apart() -> None:
    url = "https://mobile.yangkeduo.com/goods.html?goods_id=1"
    for prices, wanted in (
        ('"minGroupPrice":"22.9","maxGroupPrice":"22.9","minOnSaleGroupPriceInCent":2290', "22.90"),
        ('"minGroupPrice":"22.9"', "22.90"),
        ('"min_group_price":2290,"max_group_price":3000', "22.90-30.00"),
    ):
        state = '{"store":{"initDataObj":{"goods":{"goodsName":"演示",' + prices + "}}}}"
        assert scripted("rawData", state, url).price.text == wanted


def test_walls_are_told_by_address_and_nothing_is_read_without_a_state() -> None:
    family = Pdd()
    empty = "<html><body><div id=main></div><script src=x.js></script></body></html>"
    for path, wanted in (
        ("login.html?x=1", Outcome.LOGIN), ("psnl_verification.html", Outcome.CAPTCHA), ("goods.html?goods_id=1", Outcome.EMPTY),
    ):  # fmt: skip
        assert family.outcome(html(empty, url=f"https://mobile.yangkeduo.com/{path}")) is wanted
    assert Youzan().outcome(html(empty, url="https://shop1.youzan.com/v2/goods/x")) is Outcome.EMPTY
    told = "<script>window._global={goodsData:{goods:{title:'x'}}}</script>"
    assert Youzan().outcome(html(told, url="https://shop1.youzan.com/v2/goods/x", status=403)) is Outcome.BLOCKED


def test_addresses_lead_to_their_platform() -> None:
    found = {walk.family.name: walk.urls for walk in walks([
        "https://mobile.yangkeduo.com/goods.html?goods_id=1", "https://shop1.youzan.com/v2/goods/x",
        "https://notyoukeduo.example/goods/1", "https://yangkeduo.com.shop.example/",
    ])}  # fmt: skip
    assert found == {
        "generic": ("https://notyoukeduo.example/goods/1", "https://yangkeduo.com.shop.example/"),
        "pdd": ("https://mobile.yangkeduo.com/goods.html?goods_id=1",),
        "youzan": ("https://shop1.youzan.com/v2/goods/x",),
    }


URLS = {"_global": "https://shop1.youzan.com/v2/goods/x", "rawData": "https://mobile.yangkeduo.com/goods.html"}


@pytest.mark.parametrize(
    "state", ['"x"', "[]", '{"goodsData":[]}', '{"store":{"initDataObj":{"goods":[]}}}', '{"data":1}']
)
@pytest.mark.parametrize("name", sorted(URLS))
def test_states_of_other_shapes_are_no_products(name: str, state: str) -> None:
    page = html(f"<p>x</p><script>window.{name}={state}</script>", url=URLS[name])
    assert family_for(page).read(page) is None


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("_global", '{"goodsData":{"goods":{"title":[]}}}'),
        ("rawData", '{"store":{"initDataObj":{"goods":{"goodsName":{}}}}}'),
    ],
)
def test_a_product_without_a_name_is_a_doubt(name: str, state: str) -> None:
    page = html(f"<p>x</p><script>window.{name}={state}</script>", url=URLS[name])
    with pytest.raises(PageError, match="没有商品名称"):
        family_for(page).read(page)


# --- built from public descriptions ------------------------------------------------------------------------------------


def test_what_was_never_seen_at_work_says_so() -> None:
    assert {name for name, family in FAMILIES.items() if not family.verified} == {"pdd", "youzan", "searchpage", "post"}


def test_results_of_a_search_engine_have_address_title_and_snippet() -> None:
    page = saved.page("searchpage/results", saved.expectation("searchpage/results"))
    assert results(page) == [
        Result("https://shop.qingzhu.example/goods/301.html", "演示青竹血糖仪套装_演示商城",
               "居家测血糖，送试纸50片，演示青竹商城现货供应。", forwards=False),
        Result("http://www.baidu.com/link?url=bbb", "血糖仪怎么选 - 演示问答", "选购时先看注册证。", forwards=True),
        Result("https://news.qingzhu.example/article/9", "演示新闻：血糖仪", "", forwards=False),
    ]  # fmt: skip
    found = {link.url: link.text for link in SearchPage().products(page)}
    assert found["https://shop.qingzhu.example/goods/301.html"].startswith("演示青竹血糖仪套装_演示商城\n居家测血糖")
    assert not any("/link?" in url for url in found)  # the engine would lead off to wherever it says


def test_a_search_asks_for_words_at_the_engine() -> None:
    family = SearchPage()
    (desktop,), (mobile,), (given,) = (
        list(family.search(url, "血糖仪 根治")) for url in
        ("https://www.baidu.com/", "https://m.baidu.com/", "https://www.baidu.com/s?wd=x&pn=10")
    )  # fmt: skip
    assert desktop.url == "https://www.baidu.com/s?wd=%E8%A1%80%E7%B3%96%E4%BB%AA%20%E6%A0%B9%E6%B2%BB"
    assert mobile.url.startswith("https://m.baidu.com/s?word=%E8%A1%80")
    assert given.url == "https://www.baidu.com/s?wd=x&pn=10"


def test_a_result_page_in_a_loop_ends() -> None:
    page = html(
        '<html><body><div id=page><a href="/s?wd=x&pn=0">下一页</a></div></body></html>',
        url="https://www.baidu.com/s?wd=x&pn=10",
    )
    assert list(SearchPage().products(page)) == []


def test_comments_under_a_post_are_not_its_words() -> None:
    page = saved.page("post/note", saved.expectation("post/note"))
    read = Post().read(page)
    assert read is not None
    assert "买家说的话" not in f"{read.title}{read.description}{read.attributes}"


def test_only_the_post_of_the_address_is_read() -> None:
    page = saved.page(
        "post/note",
        saved.expectation("post/note") | {"url": "https://www.xiaohongshu.com/explore/64aa000000000000aaaaaaaa"},
    )
    assert Post().read(page) is None
    assert Post().outcome(page) is Outcome.EMPTY


@pytest.mark.slow
def test_a_post_may_claim_nothing_false_but_need_not_show_what_a_shop_must(tmp_path: Path) -> None:
    note = {"noteId": "64aa00000000000012345678", "title": "家用电子血压计用了三天", "desc": "测量血压，治愈率高达99%。",
            "user": {"nickname": "演示养生小铺"}}  # fmt: skip
    state = json.dumps({"note": {"noteDetailMap": {note["noteId"]: {"note": note}}}})
    post = scripted("__INITIAL_STATE__", state, f"https://www.xiaohongshu.com/explore/{note['noteId']}")
    rules = rulebook.load(shipped_rules(), tmp_path / "rules")
    with Register.open(tmp_path / "register.db") as register:
        said, sold = (
            {(f.kind, f.rule) for f in judge(one, rules, register, on=date(2026, 11, 22))}
            for one in (post, replace(post, family="generic"))
        )
    assert (Matter.REGISTRATION, "number-missing") in sold - said
    assert (Matter.CLAIM, "claim-cure-rate") in said & sold
    assert {kind for kind, _ in said} <= {Matter.CLAIM, Matter.SCOPE, Matter.ADVERT, Matter.RESTRICTED}
