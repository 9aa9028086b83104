"""Claims on a page: fields, goods, contexts, evasions, scope; every quote is the page's own words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.judge import judge
from scanner.model import Facts, Verdict
from tests.checks.making import DAY, NUMBER, found, page, verdicts
from tests.rulebook.making import book

DEVICE = {"注册证编号": NUMBER, "产品名称": "中频治疗仪"}


def claims(text: str, **facts: object) -> dict[str, str]:
    given = Facts(**{"goods": "device", "fragment": True, **facts})  # type: ignore[arg-type]
    return verdicts(page(text=text), facts=given)


def test_a_claim_on_a_device_is_a_violation_and_quoted_exactly() -> None:
    raw = "本品专业。颈椎病治﹒愈率高达９８％，放心。"
    finding = found(page("中频治疗仪", raw, attributes=DEVICE))["claim-cure-rate"]
    assert (finding.verdict, finding.field) == ("violation", "description")
    assert finding.quote == raw[finding.start : finding.end] == "治﹒愈率高达９８％"
    assert finding.beside[0] == "规避写法：字间夹符号"
    assert finding.basis[0].article == "第十六条"


@pytest.mark.parametrize("text", ["治愈率：98%", "治愈率: 98 %", "治愈率 98%", "治愈率　98％", "九成 患者一个月痊愈"])
def test_a_number_behind_a_colon_or_a_space_is_spelt_as_everybody_does(text: str) -> None:
    finding = found(page(text=text), facts=Facts(goods="device", fragment=True))["claim-cure-rate"]
    assert (finding.verdict, finding.beside) == ("violation", ())


def test_words_in_attributes_and_pictures_are_read_too() -> None:
    listing = page("中频治疗仪", "好用", attributes={**DEVICE, "卖点": "三天断根"}, image_text="无任何副作用")
    assert found(listing)["claim-cure-assertion"].field == "attribute:卖点"
    assert found(listing)["claim-safety-guarantee"].field == "image_text"


def test_nothing_matches_across_fields() -> None:
    assert claims("治愈") == {"claim-cure-assertion": "violation"}
    listing = page("中频治疗仪 治", "愈", attributes=DEVICE)
    assert "claim-cure-assertion" not in found(listing)


def test_of_unknown_goods_words_alone_are_only_a_suspicion() -> None:
    assert claims("三天断根", goods="unknown")["claim-cure-assertion"] == "suspect"


def test_ordinary_goods_may_not_speak_of_treatment() -> None:
    assert verdicts(page("保暖护膝 加绒", "专治老寒腿")) == {
        "goods-medical-claim": "violation", "goods-names-disease": "suspect",
    }  # fmt: skip
    assert verdicts(page("保暖护膝 加绒", "不具有治疗作用，关节不适请就医")) == {}
    assert verdicts(page("不锈钢保温杯", "双层真空，保温十二小时")) == {}


@pytest.mark.parametrize(
    "text",
    ["本品不能根治疾病", "请勿相信根治的宣传", "能根治吗？", "行根治术后的患者遵医嘱使用", "（二）宣称根治的；", "根治是不可能的",
     "违反广告法，宣称根治的，由市场监管部门处罚", "有效期两年，有效像素500万"],
)  # fmt: skip
def test_look_alikes_are_left_alone(text: str) -> None:
    assert claims(text) == {}


@pytest.mark.parametrize("text", ["不打针不吃药，彻底断根", "不仅不能拖，更要根治", "绝不复发", "不得不说，真的断根了"])
def test_a_claim_with_a_negation_in_it_stays_a_claim(text: str) -> None:
    assert "claim-cure-assertion" in claims(text) or "claim-substitute" in claims(text)


def test_a_claim_beyond_the_registered_scope_names_both_sides() -> None:
    given = Facts(goods="device", registered_scope="用于缓解颈肩部软组织疼痛。")
    finding = found(page("中频治疗仪", "治疗鼻炎，缓解颈肩部软组织疼痛", attributes=DEVICE), facts=given)[
        "scope-beyond-registered"
    ]
    assert (finding.quote, finding.verdict) == ("治疗鼻炎", "suspect")
    assert finding.beside[:2] == ("登记的适用范围里没有：鼻炎", "登记的适用范围：用于缓解颈肩部软组织疼痛。")


def test_without_a_scope_nothing_is_beyond_it() -> None:
    assert "scope-beyond-registered" not in claims("治疗鼻炎")


def test_a_kind_of_goods_with_one_use_only_has_a_scope_of_its_own() -> None:
    finding = found(page("医用冷敷贴", "治疗颈椎病", attributes={"备案号": "鲁青械备20219001"}))[
        "scope-beyond-registered"
    ]
    assert finding.beside[0] == "退热贴、冷敷贴的预期用途里没有：颈椎病"


def test_one_quote_once_and_not_more_than_five() -> None:
    text = "。".join(["断根"] * 9 + [f"{i}天断根" for i in range(1, 9)])
    quotes = [f.quote for f in found_all(text)]
    assert len(quotes) == len(set(quotes)) <= 5


def found_all(text: str) -> list[object]:
    from scanner.judge import judge
    from tests.checks.making import DAY
    from tests.rulebook.making import shipped

    findings = judge(page(text=text), shipped(), None, on=DAY, facts=Facts(goods="device", fragment=True))
    return [f for f in findings if f.rule == "claim-quick-effect"]


def test_a_rule_rests_on_law_in_force_that_day() -> None:
    old = found(page(text="三天断根"), facts=Facts(goods="device", fragment=True), on=date(2014, 1, 1))
    assert old == {}


def test_what_a_buyer_says_weighs_less_and_the_finding_says_why() -> None:
    given = Facts(goods="device", fragment=True)
    said = found(page(text="买家评价：用了三天断根"), facts=given)["claim-cure-assertion"]
    assert said.verdict is Verdict.SUSPECT
    assert "这句话写在买家评价里" in said.beside
    assert found(page(text="用了三天断根"), facts=given)["claim-cure-assertion"].verdict is Verdict.VIOLATION


@pytest.mark.parametrize(
    ("licences", "hits"),
    [
        ("粤穗食药监械经营许20171161号", True),
        ("浙杭食药监械经营备20171029号", False),
        ("粤穗食药监械经营许20171161号 浙杭食药监械经营备20171029号", False),  # whose page is it? Nobody knows
        ("粤械注准20202090001", False),  # the registrant's province is not the seller's
        ("", False),
    ],
)
def test_a_rule_of_one_province_speaks_of_sellers_known_to_be_there(tmp_path: Path, licences: str, hits: bool) -> None:
    more = "applies_to: {goods: [device, unknown], regions: [广东, 内蒙古]}\nunless: []"
    rules = book(tmp_path, "  - any: [断]", more)
    said = judge(page("理疗仪", f"药到病除。{licences}"), rules, None, on=DAY)
    assert bool(said) is hits


def test_a_province_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="没有地区 广东省"):
        book(tmp_path, "  - any: [断]", "applies_to: {goods: [device], regions: [广东省]}\nunless: []")
