"""Buyers' data is covered wherever people read, the seller's own contact and the archive are not."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.report import masking
from scanner.report.masking import COVER, Ledger, hits
from tests.report import making

ID = "11010519491231002X"  # the example of GB 11643


def covered(text: str, *published: str) -> str:
    return Ledger(published=set(published)).cover(text, "description")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("评价：用户13812345678说好", f"评价：用户138{COVER * 6}78说好"),
        ("收货人：王小明 １３８ １２３４ ５６７８", f"收货人：王{COVER * 2} １３８ {COVER * 7}７８"),
        (f"身份证{ID}", f"身份证11{COVER * 14}2X"),
        ("订单编号：2026112212345678已发货", f"订单编号：20{COVER * 12}78已发货"),
        ("收货地址：演城市演示路1号\n好", f"收货地址：{COVER * 8}\n好"),
        ("买家: a***b（匿名）", f"买家: a{COVER * 4}（匿名）"),
    ],
)
def test_what_is_a_buyers_is_covered(text: str, wanted: str) -> None:
    assert covered(text) == wanted
    assert len(covered(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "客服电话：13812345678",
        "加V信13812345678领取",
        "联系人 张经理 13812345678",
        "演械注准20162140003",
        "统一社会信用代码 91110105194912310X",
        "110105194912310021",  # no check digit of an identity card
        "商品编号 113812345678",
        "6901234567892",
        "订单量大，从速",
        "用户好评如潮",
    ],
)
def test_what_is_not_is_left(text: str) -> None:
    assert covered(text) == text


def test_a_number_on_the_sellers_own_page_is_the_sellers_everywhere() -> None:
    text = "评价里也写着 13812345678，和 13900000000"
    assert covered(text) == f"评价里也写着 138{COVER * 6}78，和 139{COVER * 6}00"
    assert covered(text, "13812345678") == f"评价里也写着 13812345678，和 139{COVER * 6}00"
    assert [(h.kind, h.kept) for h in hits(text, {"13812345678"})] == [("phone", True), ("phone", False)]


def test_a_case_is_covered_and_its_quotes_stay_in_place() -> None:
    text = "颈椎病治愈率高达98%，买家：王小明，13900139000都说好。"
    case = making.case(text)
    quoted = dataclasses.replace(
        case.proofs[1].finding, quote=text[12:], start=12, end=len(text)
    )  # the whole of the testimony is the quote
    case = dataclasses.replace(
        case, proofs=(case.proofs[0], dataclasses.replace(case.proofs[1], finding=quoted)),
        decisions=(dataclasses.replace(case.decisions[0], note="投诉人订单号：20261122123456"),),
    )  # fmt: skip
    ledger = Ledger()
    read = masking.masked(case, ledger)
    finding, subject = read.proofs[1].finding, read.listings[0]
    assert finding.quote == f"买家：王{COVER * 2}，139{COVER * 6}00都说好。"
    assert subject.description.text[finding.start : finding.end] == finding.quote
    assert "20261122123456" not in read.decisions[0].note
    assert dict(ledger.masked) == {
        ("name", "description"): 1, ("phone", "description"): 1, ("order", "decision"): 1,
    }  # fmt: skip
    assert case.proofs[1].finding.quote == text[12:]  # the case itself is as it was
    views = making.views(case)
    for said in (making.page.html(views.whole()).decode(), str(views.paper())):
        assert "13900139000" not in said
        assert "王小明" not in said
    record = views.masked
    assert record["masked"] == [
        {"kind": "name", "where": "description", "count": 1}, {"kind": "order", "where": "decision", "count": 1},
        {"kind": "phone", "where": "description", "count": 1},
    ]  # fmt: skip
    assert "pages.wacz" in record["unchanged"]
    assert any("手机号码 1 处" in line for line in views.paper().masking)
    assert any("原始档案" in line and "没有改动" in line for line in views.paper().masking)


def test_it_is_linear() -> None:
    text = "1381234567" * 20_000 + "买家：" * 20_000
    assert len(covered(text)) == len(text)
