"""The report says everything of the case, proves no more than it can, and lets nothing from a page act in it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parser

from scanner.model import FieldState, Outcome, SecondLook
from tests.report import making
from tests.report.making import html

SHOT = making.png(8, 8)


def read(report: bytes) -> Any:
    return parser.fromstring(report.decode("utf-8"))


def words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


@pytest.fixture
def tree() -> Any:
    return read(html(making.case(), {"e" * 20: SHOT}, titles=making.RULES))


def test_head_names_lead_unit_operator_and_times_in_beijing(tree: Any) -> None:
    said = words(tree.xpath("//header")[0])
    for part in ("第 12 号", "演示甲医疗器械店", "shop.example", "注册备案", "待初筛", "违规", "严重",
                 "演示市市场监督管理局", "演示员", "2026-11-22 11:04:05", "2026-11-22 12:04:05"):  # fmt: skip
        assert part in said


def test_the_mark_is_big_and_everywhere(tree: Any) -> None:
    assert words(tree.xpath("//p[@class='mark']")[0]) == "演示数据"
    assert "演示数据" in tree.xpath("//title/text()")[0]
    assert 'content: "演示数据"' in tree.xpath("//style/text()")[0]
    assert "不是证据" in words(tree.xpath("//ol")[0])


def test_without_a_mark_there_is_none() -> None:
    report = html(making.case(mark=""), {}).decode()
    assert "演示数据" not in report
    assert 'class="mark"' not in report


def test_changed_comes_first(tree: Any) -> None:
    heads = [words(h) for h in tree.xpath("//article[@class='finding']/h3")]
    assert [head.split()[:3] for head in heads] == [
        ["发现", "1", "说明治愈率或者有效率"], ["发现", "2", "注册证已过有效期"]
    ]  # fmt: skip
    assert "复核时已有变化" in heads[0]
    assert "复核一致" in heads[1]
    assert "第 1 项发现在浏览器复核时" in words(tree.xpath("//p[@class='alert']")[0])


def test_quotes_are_marked_in_their_fields(tree: Any) -> None:
    quotes = [(words(b), words(b.find("mark"))) for b in tree.xpath("//blockquote")]
    assert quotes == [
        ("颈椎病治愈率高达98%，一个疗程见效。", "颈椎病治愈率高达9"),
        (f"{making.NUMBER}（演示）", making.NUMBER),
    ]
    fields = [words(b.getprevious()) for b in tree.xpath("//blockquote")]
    assert fields == ["商品详情 第 1 至 9 字", "规格参数“注册证编号” 第 1 至 15 字"]


def test_basis_says_what_was_not_read_in_the_original(tree: Any) -> None:
    said = words(tree.xpath("//article[@class='finding']")[1])
    assert "《医疗器械监督管理条例》第五十五条；法律责任：第八十六条（2021-06-01起施行）" in said
    assert "《医疗器械网络销售监督管理办法》第十条第一款；法律责任：第四十条 未核原文" in said
    assert said.count("未核原文") == 1


def test_standing_stands_beside_the_register_row(tree: Any) -> None:
    said = words(tree.xpath("//article[@class='finding']")[1])
    for part in ("已过有效期", "有效期至2021-06-14", "依据权威来源", "演示云帆医疗用品有限公司", "2021-06-14", "2016-06-15",
                 "完全相同", "数据截至 2026-11-01", "demo（截至 2026-11-01，权威来源）", "registration-lapsed", "3f9c2a",
                 "商品页没有写明生产日期"):  # fmt: skip
        assert part in said


def test_captures_have_time_address_hashes_and_place(tree: Any) -> None:
    first, second = (words(p) for p in tree.xpath("//article[@class='page']"))
    for part in ("http://shop.example/p/3?utm_source=home", "2026-11-22 11:04:05（北京时间）", "2026-11-22T03:04:05.678Z",
                 "c" * 64, "d" * 20, "日志第 40 行", "qingwang-20261122-000001.warc.gz", "第 1024 字节起，901 字节",
                 "1a" * 32, "1b" * 32, "HTTP 200", "192.0.2.7"):  # fmt: skip
        assert part in first
    assert "浏览器访问 要求滑块或者验证码" in second
    assert "屏幕截图" in second


def test_a_visit_of_many_records_lists_the_telling_ones() -> None:
    case = making.case()
    request, response, shot = case.captures[1].records
    many = dataclasses.replace(case.captures[1], records=(request, response, *[request, response] * 40, shot))
    page = read(html(dataclasses.replace(case, captures=(case.captures[0], many)), {})).xpath(
        "//article[@class='page'][2]"
    )
    rows = [words(td) for td in page[0].xpath(".//table[contains(@class,'records')]//tr/td[1]")]
    assert rows == ["请求", "应答", "屏幕截图"]
    assert "另有 80 条记录" in words(page[0])


def test_screenshot_is_inside(tree: Any) -> None:
    assert tree.xpath("//article[@class='page'][2]//img/@src") == [
        f"data:image/png;base64,{base64.b64encode(SHOT).decode()}"
    ]
    assert tree.xpath("//img/@src") == tree.xpath("//article[@class='page'][2]//img/@src")


def test_a_picture_that_is_no_png_is_left_out() -> None:
    assert b"<img" not in html(making.case(), {"e" * 20: b"<svg onload='alert(1)'/>"})


def test_what_was_not_checked_is_listed_once(tree: Any) -> None:
    items = [words(li) for li in tree.xpath("//h2[starts-with(., '七')]/following-sibling::ul/li")]
    assert items == [
        f"{making.COUNTED}（发现 1、2）", "图片文字：未检查（1 个商品页）",
        "1 个取证页没有读到内容：要求滑块或者验证码。不能当作没有问题。",
    ]  # fmt: skip


def test_what_was_not_measured_is_said() -> None:
    assert "没有测量：出口 IP 地址" in html(making.case(), {}, not_measured=["出口 IP 地址"]).decode()


def test_limits_follow_the_case() -> None:
    case = making.case()
    source = dataclasses.replace(making.STAMP, authoritative=False, sample=True)
    proofs = tuple(dataclasses.replace(p, second_look=SecondLook.NONE) for p in case.proofs)
    report = html(dataclasses.replace(case, sources=(source,), proofs=proofs), {}).decode()
    for part in ("不是权威来源", "只是样本", "标明“未复核”的发现只看过一次"):
        assert part in report
        assert part not in html(case, {}).decode()


def test_decisions_and_seller(tree: Any) -> None:
    said = words(tree)
    for part in (
        "91000000DEMAJAA186",
        "演城药监械经营备20230001",
        "第二类医疗器械经营备案编号",
        "属实",
        "已电话核对",
    ):
        assert part in said


def test_empty_case_still_reads() -> None:
    case = making.case()
    empty = dataclasses.replace(case, proofs=(), listings=(), sellers=(), captures=(), decisions=(), sources=())
    said = words(read(html(empty, {})))
    for part in ("共有 0 项发现", "没有发现", "没有取证页", "尚无处理", "没有取得经营者"):
        assert part in said


def test_an_absence_is_told_as_one() -> None:
    case = making.case()
    gone = dataclasses.replace(case.proofs[0].finding, field="", quote="", start=0, end=0)
    proofs = (dataclasses.replace(case.proofs[0], finding=gone),)
    said = words(read(html(dataclasses.replace(case, proofs=proofs), {})).xpath("//blockquote")[0])
    assert said == "页面上没有应当展示的内容"


def test_a_version_not_in_the_file_shows_only_the_quote() -> None:
    case = dataclasses.replace(making.case(), listings=())
    tree = read(html(case, {}))
    assert [words(b) for b in tree.xpath("//blockquote")] == ["颈椎病治愈率高达9", making.NUMBER]
    assert "该字段的全文不在本报告中" in words(tree)


def test_same_case_same_bytes() -> None:
    assert html(making.case(), {"e" * 20: SHOT}) == html(making.case(), {"e" * 20: SHOT})


# --- nothing from a page acts ------------------------------------------------------------------------------------


def test_policy_forbids_all_but_our_style_and_inline_pictures(tree: Any) -> None:
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    style = re.findall(r"<style>(.*?)</style>", html(making.case(), {}).decode(), re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@given(st.text(st.characters(codec=None), min_size=9, max_size=300))
@settings(max_examples=60, deadline=None)
def test_hostile_text_stays_text(text: str) -> None:
    case = making.case(text + "<script>alert(1)</script><img src=x onerror=alert(1)>\"'</style>&#x3c;")
    report = html(case, {})
    tree = parser.fromstring(report.decode("utf-8"))
    assert tree.xpath("//script | //img | //a | //iframe | //object | //form | //link | //base") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')] | //@style") == []
    assert len(tree.xpath("//style")) == 1


def test_hostile_everywhere() -> None:
    evil = "<script>x</script>\u202e\ud800"
    case = making.case()
    subject = dataclasses.replace(
        case.listings[0], url=f"javascript:{evil}", title=making.said(evil), price=making.said(evil),
        seller=making.said(evil), product_id=evil,
    )  # fmt: skip
    who = dataclasses.replace(case.sellers[0], url=evil, name=making.said(evil), uscc=making.said(evil))
    lead = dataclasses.replace(case.lead, seller=evil, storefront=evil)
    captures = tuple(dataclasses.replace(c, url=evil, media_type=evil, note=((evil, evil),)) for c in case.captures)
    report = html(dataclasses.replace(case, listings=(subject,), sellers=(who,), lead=lead, captures=captures), {})
    text = report.decode("utf-8")
    assert "<script" not in text
    assert "\u202e" not in text
    assert '<span class="code">U+202E</span>' in text
    assert '<span class="code">U+D800</span>' in text
    assert "<a " not in text


def test_hidden_characters_are_shown() -> None:
    said = words(read(html(making.case("治\u200b愈\ufeff率 100% 有效\ue614，放心"), {})).xpath("//blockquote")[0])
    assert said == "治U+200B愈U+FEFF率 100% 有效U+E614，放心"


def test_fields_without_a_value_say_why() -> None:
    case = making.case()
    subject = dataclasses.replace(case.listings[0], price=making.Field(state=FieldState.NOT_SEEN))
    report = html(dataclasses.replace(case, listings=(subject,)), {}).decode()
    assert '<span class="none">未取到</span>' in report
    assert "价格：未取到（1 个商品页）" in report


def test_outcomes_of_captures_are_named() -> None:
    case = making.case()
    blocked = tuple((c.id, Outcome.BLOCKED) for c in case.captures)
    assert "2 个取证页没有读到内容：被网站拦截" in html(dataclasses.replace(case, outcomes=blocked), {}).decode()
