"""The product's number: missing, malformed, of the wrong kind or class, in bad standing, and how far each may go."""

from __future__ import annotations

import pytest

from scanner.model import FieldState, Standing
from tests.checks.making import NUMBER, Register, found, page, verdicts, with_state

ROWS = {"注册证编号": NUMBER, "产品名称": "医用外科口罩", "注册人": "甲公司"}


def only(kind: str, findings: dict[str, str]) -> dict[str, str]:
    return {rule: verdict for rule, verdict in findings.items() if rule.startswith((kind, "class"))}


def test_a_device_without_any_number_is_a_suspicion_that_quotes_its_name() -> None:
    finding = found(page("射频美容仪 家用", "紧致提拉"))["number-missing"]
    assert (finding.verdict, finding.quote, finding.unchecked) == ("suspect", "射频美容仪", ())


def test_what_was_not_looked_at_is_never_absent() -> None:
    listing = page("射频美容仪", "紧致", image_text=None, pictures=("a.jpg",))
    assert found(listing)["number-missing"].unchecked == ("图片里的文字没有检查",)
    later = with_state(listing, description=FieldState.NOT_SEEN)
    assert found(later)["number-missing"].verdict == "unverified"
    assert "商品详情没有取到" in found(later)["number-missing"].unchecked


@pytest.mark.parametrize(
    "more",
    [{"attributes": {"注册证编号": NUMBER}}, {"text": "注册证编号请看下方图片"}, {"text": f"证号{NUMBER}"},
     {"attributes": {"注册证编号": "国械注准2020"}}, {"title": "美容仪收纳包 射频美容仪收纳盒"}],
)  # fmt: skip
def test_a_number_or_something_in_its_place_is_not_missing(more: dict[str, object]) -> None:
    assert "number-missing" not in found(page(**{"title": "射频美容仪", **more}))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["国械注准2023314001", "沪械注进20192160001", "国械注进20231090042", "械注准丢了"])
def test_a_number_that_cannot_be_is_a_violation(value: str) -> None:
    finding = found(page("强脉冲光脱毛仪", attributes={"注册证编号": value}))["number-malformed"]
    assert (finding.verdict, finding.field) == ("violation", "attribute:注册证编号")
    assert finding.quote == value[finding.start : finding.end]


@pytest.mark.parametrize("value", [NUMBER, "粤械注准２０２０２１４０００１", f"{NUMBER}号", "详见包装", ""])
def test_a_well_formed_number_is_not(value: str) -> None:
    assert "number-malformed" not in found(page("医用外科口罩", attributes={"注册证编号": value}))


def test_a_licence_in_the_place_of_the_number() -> None:
    finding = found(page("电动轮椅", attributes={"注册证编号": "粤食药监械生产许20132464号"}))["number-wrong-kind"]
    assert (finding.verdict, finding.quote[:8]) == ("suspect", "粤食药监械生产许")
    rows = {"注册证编号": NUMBER, "生产许可证或者备案凭证编号": "粤食药监械生产许20132464号"}
    assert "number-wrong-kind" not in found(page("电动轮椅", attributes=rows))


@pytest.mark.parametrize(
    "value",
    ["粤穗食药监械经营备20179001号", "粤惠药监械生产备20239001", "粤卫消证字(2025)第9001号", "粤G妆网备字2022909001", "国妆特字G20209001",
     "国药准字H20049001", "国食健注G20199001", "粤械广审(文)第270917-90001号", "GB 2626-2019", "YZB/粤 0123-2011", "20202199001"],
)  # fmt: skip
@pytest.mark.parametrize("label", ["注册证号", "医疗器械注册证编号或者备案凭证编号"])
def test_a_number_of_another_kind_in_the_place_of_the_number(label: str, value: str) -> None:
    findings = found(page("电动轮椅", attributes={label: value}))
    finding = findings["number-wrong-kind"]
    assert (finding.verdict, finding.field, finding.quote) == ("suspect", f"attribute:{label}", value)
    assert "number-missing" not in findings


def test_numbers_of_other_goods_are_out_of_place_only_on_a_device() -> None:
    for title, value in (
        ("氨溴索口服溶液", "国药准字H20049001"),
        ("保湿面膜", "粤G妆网备字2022909001"),
        ("一次性餐盒", "Q/ABC 001-2020"),
    ):
        assert "number-wrong-kind" not in found(page(title, attributes={"备案号": value}))


def test_a_misplaced_number_is_still_the_products_own() -> None:
    rows = {"注册证号": "粤食药监械生产许20139001号", "执行标准号": NUMBER}
    finding = found(page("医用外科口罩", attributes=rows))["number-wrong-kind"]
    assert f"产品编号{NUMBER}写在“执行标准号”一栏" in finding.beside
    for label in ("执行标准号", "批准文号"):
        register = Register({NUMBER: (Standing.LAPSED,)})
        findings = found(page("医用外科口罩", attributes={label: NUMBER}), register)
        assert findings["number-lapsed"].field == f"attribute:{label}"
        assert "number-missing" not in findings


def test_two_different_numbers_are_a_weak_sign_beside_a_finding() -> None:
    rows = {"注册证号": NUMBER, "执行标准号": "粤械注准20202149002"}
    said = "注册证编号一栏之外的另一栏写着另一个注册证或者备案编号，两个编号不同。"
    assert only("number", verdicts(page("医用外科口罩", attributes=rows))) == {}
    lapsed = Register({NUMBER: (Standing.LAPSED,)})
    assert said in found(page("医用外科口罩", attributes=rows), lapsed)["number-lapsed"].beside
    same = {"注册证号": NUMBER, "执行标准号": f"{NUMBER}号"}
    assert said not in found(page("医用外科口罩", attributes=same), lapsed)["number-lapsed"].beside


@pytest.mark.parametrize("value", ["无", "/", "暂无"])
def test_a_label_with_nothing_behind_it_is_no_number(value: str) -> None:
    assert "number-missing" in found(page("射频美容仪", "紧致提拉", attributes={"注册证编号": value}))


def test_a_class_one_number_on_a_kind_of_a_higher_class() -> None:
    finding = found(page("儿童医用口罩", attributes={"备案号": "鲁青械备20219001"}))["class-one-number-on-higher-class"]
    assert (finding.verdict, finding.beside[0]) == ("suspect", "医用口罩按第二类管理")
    assert "class-one-number-on-higher-class" not in found(
        page("医用退热贴", attributes={"备案号": "鲁青械备20219001"})
    )


@pytest.mark.parametrize(
    ("standing", "hard", "expected"),
    [
        (Standing.LAPSED, True, {"number-lapsed": "violation"}),
        (Standing.LAPSED, False, {"number-lapsed": "suspect"}),
        (Standing.WITHDRAWN, True, {"number-lapsed": "violation"}),
        (Standing.OTHER_HOLDER, True, {"number-of-other-holder": "violation"}),
        (Standing.OTHER_HOLDER, False, {"number-of-other-holder": "suspect"}),
        (Standing.OTHER_PRODUCT, True, {"number-of-other-product": "violation"}),
        (Standing.NOT_LISTED, True, {"number-not-listed": "violation"}),
        (Standing.NOT_LISTED, False, {"number-not-listed": "unverified"}),
        (Standing.IN_FORCE, True, {}),
        (Standing.REGISTERED_TERM_UNKNOWN, True, {}),
        (Standing.CANNOT_SAY, True, {}),
    ],
)
def test_the_register_decides_only_where_its_answer_is_hard(
    standing: Standing, hard: bool, expected: dict[str, str]
) -> None:
    register = Register({NUMBER: (standing,)}, hard=hard)
    assert only("number", verdicts(page("医用外科口罩", attributes=ROWS), register)) == expected
    assert register.asked[0] == (NUMBER, "医用外科口罩", "甲公司")
    assert len(register.asked) == 1


def test_a_finding_carries_the_registers_answer() -> None:
    finding = found(page("医用外科口罩", attributes=ROWS), Register({NUMBER: (Standing.LAPSED,)}))["number-lapsed"]
    assert finding.standing is not None
    assert finding.standing.standing == (Standing.LAPSED,)
    assert finding.quote == NUMBER


def test_a_title_is_not_the_products_name() -> None:
    register = Register({NUMBER: (Standing.OTHER_PRODUCT,)})
    listing = page("爆款口罩 闪电发货", attributes={"注册证编号": NUMBER})
    assert found(listing, register)["number-of-other-product"].verdict == "suspect"


def test_without_a_register_nothing_is_said_of_standing() -> None:
    assert only("number", verdicts(page("医用外科口罩", attributes=ROWS))) == {}


def test_a_malformed_number_is_not_looked_up() -> None:
    register = Register()
    found(page("医用口罩", attributes={"注册证编号": "国械注准2023314001"}), register)
    assert register.asked == []


@pytest.mark.parametrize(
    "value", ["国械注准2021307\ufffd\ufffd12", "\ufffd\ufffd\ufffd\ufffd2021\ufffd07", "\ufffd\ufffd械注准"]
)
def test_debris_where_the_number_belongs_is_neither_missing_nor_malformed(value: str) -> None:
    findings = verdicts(page("射频美容仪 家用", "紧致", attributes={"注册证编号": value, "型号": "A1"}))
    assert not {"number-missing", "number-malformed", "wrong-kind-in-field"} & set(findings)


def test_debris_where_the_number_belongs_is_said() -> None:
    spoilt = found(page("射频美容仪 家用", "根治皱纹", attributes={"批准文号": "无", "备案号": "\ufffd\ufffd1"}))
    assert spoilt["approval-missing"].unchecked == ("编号一栏有无法辨认的字",)
    assert "number-missing" not in spoilt
    sound = found(page("射频美容仪 家用", "根治皱纹", attributes={"批准文号": "无", "备案号": "无"}))
    assert sound["approval-missing"].unchecked == ()
    assert "number-missing" in sound
