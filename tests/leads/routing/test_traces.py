"""Traces out of what the book and the register hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner import numbers
from scanner.leads.routing.traces import Known, Trace, labelled, of_case
from scanner.model import (
    Attribute,
    CaseFile,
    Field,
    FieldState,
    Lane,
    Lead,
    Matter,
    NumberSeen,
    Record,
    Seller,
    Severity,
    Verdict,
)
from tests.leads.routing.making import code, routed
from tests.store.making import T0, capture, listing, said, seller

SHOP = "shop.example"
TEXT = """演示医疗器械店
经营场所：浙江省杭州市西湖区演示路1号
生产地址：江苏省苏州市演示路2号
浙杭食药监械经营备20219001号
浙ICP备19900001号"""


def page(text: str, *, kind: Any = "home", name: str = "演示医疗器械店") -> Seller:
    found = tuple(NumberSeen(field="text", number=number) for number in numbers.find(text))
    return replace(seller(name, page=kind, shop=SHOP), text=said(text), numbers=found)


def case(
    *sellers: Seller, name: str = "演示医疗器械店", listings: Any = (), lane: Lane = Lane.HTTP, shop: str = SHOP
) -> CaseFile:
    lead = Lead(
        number=1, storefront=shop, seller=name, matter=Matter.CLAIM, severity=Severity.HIGH, verdict=Verdict.SUSPECT,
        state="open", opened=T0,
    )  # fmt: skip
    captures = tuple(replace(capture(at), url=one.url, lane=lane) for at, one in enumerate(sellers))
    return CaseFile(
        lead=lead, proofs=(), listings=tuple(listings), sellers=sellers, captures=captures, outcomes=(), decisions=(),
        sources=(), rulebook="", unit="", operator="", made=T0,
    )  # fmt: skip


def test_a_sellers_page() -> None:
    found = of_case(case(page(TEXT)))
    assert [(one.field, one.number.type) for one in found.numbers] == [
        ("首页·文字", "device_biz_filing"), ("首页·文字", "icp"),
    ]  # fmt: skip
    assert found.addresses == (Trace(text="浙江省杭州市西湖区演示路1号", where="首页·经营场所"),)
    assert found.names == (Trace(text="演示医疗器械店", where="线索的经营者"),)
    assert (found.is_platform, found.on_platform, found.icp) == (False, "", FieldState.SEEN)
    unit = routed(found).unit
    assert unit is not None
    assert unit.id == "330100"


def test_of_product_pages_only_the_sellers_own_rows() -> None:
    goods = replace(
        listing(shop=SHOP), description=said("生产企业地址：江苏省苏州市"),
        attributes=(Attribute(name="生产地址", value="苏州市"), Attribute(name="经营场所", value="杭州市西湖区")),
    )  # fmt: skip
    assert of_case(case(listings=[goods])).addresses == (Trace(text="杭州市西湖区", where="商品页·经营场所"),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("住所：杭州市西湖区演示路1号", [("住所", "杭州市西湖区演示路1号")]),
        ("公司地址: 广州市天河区演示路", [("公司地址", "广州市天河区演示路")]),
        ("注册人住所：北京市海淀区演示路", []),
        ("受托生产企业地址：上海市徐汇区演示路", []),
        ("退货地址：南京市鼓楼区演示路", []),
        ("邮箱地址：someone at example", []),
        ("地址：", []),
        ("地址：" * 50_000, []),
    ],
)
def test_labelled_addresses(text: str, found: list[tuple[str, str]]) -> None:
    assert list(labelled(text)) == found


@pytest.mark.parametrize(
    ("pages", "lane", "state"),
    [
        ([page("没有编号的首页")], Lane.BROWSER, FieldState.ABSENT),
        ([page("没有编号的首页")], Lane.HTTP, FieldState.NOT_SEEN),  # scripts may put it there
        ([page("没有编号的证照页", kind="licence")], Lane.BROWSER, FieldState.NOT_LOOKED_AT),
        ([replace(page(""), text=Field(state=FieldState.NOT_SEEN))], Lane.BROWSER, FieldState.NOT_LOOKED_AT),
        ([page("浙ICP备19900001号", kind="licence")], Lane.HTTP, FieldState.SEEN),
        ([], Lane.BROWSER, FieldState.NOT_LOOKED_AT),
    ],
)
def test_a_filing_that_was_not_seen_is_not_absent(pages: list[Seller], lane: Lane, state: FieldState) -> None:
    assert of_case(case(*pages, lane=lane)).icp is state


FILING = "(浙)网械平台备字(2018)第99002号 浙ICP备19900001号"


def test_who_is_a_platform() -> None:
    itself = of_case(case(page(FILING), name=""))
    assert (itself.is_platform, itself.on_platform) == (True, "")
    shop = of_case(case(page(FILING)))  # a named seller on a site that shows a platform's filing
    assert shop.is_platform is False
    assert shop.on_platform
    assert routed(shop).outcome == "unknown"
    assert of_case(case(page(FILING), name=""), known=Known(is_platform=False)).is_platform is False
    told = of_case(case(page("演示")), known=Known(is_platform=True))
    assert (told.is_platform, told.on_platform) == (True, "")


def test_known_platforms_are_told_by_their_address() -> None:
    assert of_case(case(page(TEXT), shop="演示.taobao.com")).on_platform == "淘宝"
    assert of_case(case(page(TEXT), shop="演示.taobao.com", name="")).is_platform is False


def record(holder: str, uscc: str) -> Record:
    return Record(
        number="浙杭食药监械经营备20219001",
        type="device_biz_filing",
        product="",
        holder=holder,
        uscc=uscc,
        source="nmpa-operating",
    )


def test_rows_of_the_seller_and_of_nobody_else() -> None:
    own, other = record("演示医疗器械店", code("330106")), record("别家医疗器械有限公司", code("440106"))
    found = of_case(case(page(TEXT)), [own, other])
    assert [(one.text, one.where) for one in found.usccs] == [
        (code("330106"), "登记资料浙杭食药监械经营备20219001（nmpa-operating）")
    ]
    nameless = replace(page(TEXT), name=Field(state=FieldState.NOT_SEEN))
    assert len(of_case(case(nameless, name=""), [own, other]).usccs) == 2


def test_what_a_person_knows() -> None:
    known = Known(
        server="abroad", unreachable=True, registered=(Trace(text="杭州市", where="查得"),),
        texts=(Trace(text="保护伞", where="举报"),), usccs=(Trace(text=code("330106"), where="查得"),),
    )  # fmt: skip
    found = of_case(case(), known=known)
    assert (found.server, found.unreachable, found.registered, found.texts, found.usccs) == (
        "abroad", True, known.registered, known.texts, known.usccs,
    )  # fmt: skip
    assert {one.kind for one in routed(found).proposals} == {"abnormal_list", "discipline"}


def test_the_makers_numbers_outweigh_nothing() -> None:
    """On a product's page stand the maker's production licence and code beside the seller's own filing."""
    text = f"粤食药监械生产许20209001号 统一社会信用代码：{code('440106')}"
    goods = replace(
        listing(shop=SHOP), numbers=tuple(NumberSeen(field="description", number=n) for n in numbers.find(text))
    )
    alone, both = (routed(of_case(case(*pages, listings=[goods]))) for pages in ((), (page(TEXT),)))
    assert {(vote.kind, vote.sure) for vote in alone.votes} == {("producer", "weak"), ("uscc", "weak")}
    assert (alone.outcome, alone.sure) == ("unit", "weak")
    assert both.unit is not None
    assert both.unit.id == "330100"
    assert {vote.kind for vote in both.against} == {"producer", "uscc"}


def test_an_address_ends_before_the_next_label() -> None:
    said = dict(labelled("经营场所：演示市演示路1号502室　联系人：某某\n住所：演示市演示路2号 东塔\n"))
    assert said == {"经营场所": "演示市演示路1号502室", "住所": "演示市演示路2号 东塔"}
