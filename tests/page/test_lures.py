"""Contacts that lead a buyer away are found in the spellings sellers use; what only looks alike is not. All invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.page import lures as room
from scanner.page.lures import lures, providers
from tests.bounded import seconds


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.contact) for one in lures([("description", text)])]


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("详情➕V：Demo-886_x", "Demo-886_x"), ("➕微❤ demo-8866", "demo-8866"), ("薇❤:demo_8866", "demo_8866"),
        ("wei信 demo8866", "demo8866"), ("wei xin：demo8866", "demo8866"), ("微.信.号:demo_88-6", "demo_88-6"),
        ("威信：demo8866", "demo8866"), ("加卫星 demo8866", "demo8866"), ("🛰️：demo8866", "demo8866"),
        ("加我wx：demo8866", "demo8866"), ("vx demo8866", "demo8866"), ("VX:demo8866备注演示", "demo8866"),
        ("加Ｖ：１９９００００００００", "19900000000"), ("客服微信 demo8866", "demo8866"), ("添加微信号是Demo8866咨询", "Demo8866"),
        ("199 0000 0000（微信同号）", "19900000000"), ("加薇 de\u200bmo8866", "demo8866"), ("微信：demo8866。谢谢", "demo8866"),
    ],
)  # fmt: skip
def test_wechat(text: str, contact: str) -> None:
    assert found(text) == [("wechat", contact)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("扣扣群100 000 001", ("qq_group", "100000001")), ("Q群：100000001", ("qq_group", "100000001")),
        ("粉丝群号100000001", ("qq_group", "100000001")), ("QQ：10000001", ("qq", "10000001")), ("加Q10000001", ("qq", "10000001")),
        ("私聊店主19900000000", ("phone", "19900000000")), ("关注公众号：演示健康", ("account", "演示健康")),
        ("搜“演示健康”公众号领取", ("account", "演示健康")), ("进“演示交流”群", ("group", "演示交流")), ("群名：演示病友", ("group", "演示病友")),
        ("加V看价格", ("way", "")), ("扫码进群", ("way", "")), ("关注公众号领取说明书", ("way", "")), ("想要的私信我", ("way", "")),
        ("➕薇了解", ("way", "")), ("拉你进群", ("way", "")),
    ],
)  # fmt: skip
def test_other_contacts_and_ways(text: str, wanted: tuple[str, str]) -> None:
    assert found(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "微信支付", "支持微信 alipay付款", "扫码支付", "微信扫码支付更快", "微信小程序 demo8866", "维生素C/VC", "维生素E+VC片",
        "售后电话 400-000-0000，手机19900000000", "客服热线：19900000000", "北斗卫星 demo8866", "增加卫星定位", "加微量元素",
        "型号WX-1000B", "辅酶Q10 添加Q10", "适用人群10000例", "QQ糖10000袋", "220+V", "V领T恤", "加V领带", "介入群体研究",
        "薇诺娜 demo8866", "请勿加微信付款，谨防诈骗", "不要相信私聊", "地址 https://v.example/watch?v=demo8866", "邮箱wx:demo8866@a.example",
        "微信 pay.example.com", "",
    ],
)  # fmt: skip
def test_what_only_looks_alike(text: str) -> None:
    assert found(text) == []


def test_a_quote_is_the_clause_in_the_text_itself() -> None:
    text = "正品保证。想要的➕V：demo8866，备注口罩。七天退换"
    (one,) = lures([("title", "口罩"), ("description", text)])
    assert (one.field, one.quote) == ("description", "想要的➕V：demo8866")
    assert text[one.start : one.end] == one.quote


def test_each_contact_once_and_no_way_beside_a_contact_of_the_field() -> None:
    texts = [("title", "加V：demo8866"), ("description", "微信demo8866，加V看价格，私聊"), ("attribute:备注", "私聊")]
    assert [(one.kind, one.field) for one in lures(texts)] == [("wechat", "title"), ("way", "attribute:备注")]


@pytest.mark.parametrize(
    ("text", "written", "spoken"),
    [
        ("由演示医院提供服务", ["演示医院"], ["演示医院"]), ("由演示门诊部的医生为您操作", ["演示门诊部"], ["演示门诊部"]),
        ("服务机构：演示美容院", ["演示美容院"], []), ("在演示诊所做", [], ["演示诊所"]), ("本产品由演示医疗器械有限公司生产", [], []),
        ("由演示公司负责售后服务", [], ["演示公司"]), ("由三甲医院提供服务", [], ["三甲医院"]), ("由演示物流公司提供配送", [], ["演示物流公司"]),
    ],
)  # fmt: skip
def test_providers(text: str, written: list[str], spoken: list[str]) -> None:
    assert [one.name for one in providers("description", text)] == written
    assert [one.name for one in providers("transcript:00:00:01", text, spoken=True)] == spoken


@pytest.mark.parametrize(
    "piece", ["由", "由演示公司", "加我", "微信:abc", "加微信 a-", "公众号“", "私聊1", "13800138000", "1 ", "+v", "q群"]
)
def test_hostile_texts_cost_no_more_than_their_length(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    with seconds(3):
        assert len(lures([("description", text)])) <= room.MOST
        list(providers("description", text))


@given(st.text(st.sampled_from("加➕vV薇❤微信:：qQ群号由演示医院公司提供1380 -_ax\u200b，。“”\ud800"), max_size=60))
def test_any_text_is_quoted_as_it_stands(text: str) -> None:
    for one in (*lures([("f", text)]), *providers("f", text)):
        assert text[one.start : one.end] == one.quote
