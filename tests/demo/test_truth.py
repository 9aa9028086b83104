"""The truth table agrees with the goods and the register, so that what the line finds can be measured by it."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from scanner import numbers
from scanner.demo.goods import REGISTER, Good, stock
from scanner.model import Matter, Outcome, Verdict

STOCK = stock()
GOODS = STOCK.goods
FOUR = {Matter.REGISTRATION, Matter.DISPLAY, Matter.RESTRICTED, Matter.CLAIM}
LABELS = ("注册证编号", "医疗器械注册证编号", "备案号", "备案凭证编号")  # what sellers call the number's field


def register() -> dict[str, dict[str, str]]:
    with REGISTER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["注册证编号"] for row in rows}) == len(rows)
    return {row["注册证编号"]: row for row in rows}


ROWS = register()


def number_of(good: Good) -> str:
    return next((good.attributes[label] for label in LABELS if label in good.attributes), "")


def holder_of(good: Good) -> str:
    return good.attributes.get("注册人") or good.attributes.get("备案人") or ""


def matters(good: Good) -> set[Matter]:
    return {found.matter for found in good.yields}


def test_enough_of_everything() -> None:
    assert len(GOODS) == 49
    assert Counter(good.seller for good in GOODS.values()) == {"jia": 24, "yi": 25}
    assert len({good.category for good in GOODS.values()}) == 14
    assert sum(good.yields == () for good in GOODS.values()) >= 15
    assert {good.markup for good in GOODS.values()} == {"jsonld", "microdata", "og_dl", "table", "li", "text"}
    assert {good.outcome for good in GOODS.values()} == {
        Outcome.READ, Outcome.EMPTY, Outcome.CAPTCHA, Outcome.LOGIN, Outcome.ERROR
    }  # fmt: skip


@pytest.mark.parametrize("seller", STOCK.sellers)
def test_each_seller_breaks_a_rule_of_each_matter(seller: str) -> None:
    assert set().union(*(matters(good) for good in STOCK.of(seller))) >= FOUR


def test_register_rows_are_whole_and_their_numbers_are_of_nobody() -> None:
    for number, row in ROWS.items():
        parsed = numbers.parse(number)
        assert parsed is not None, number
        assert (parsed.number, parsed.valid) == (number, True)
        assert number.startswith("演")
        assert "演示" in row["注册人名称"]
        assert row["产品名称"]
        assert row["适用范围/预期用途"]
        filing = "械备" in number
        assert row["管理类别"] == {"1": "第一类", "2": "第二类", "3": "第三类"}["1" if filing else number[8]]
        assert date.fromisoformat(row["批准日期"])
        assert bool(row["有效期至"]) == (not filing)


def test_category_digits_agree_with_the_catalogue_code_noted() -> None:
    for number, row in ROWS.items():
        code = row["备注"].rpartition("类别代码")[2]
        if "械备" not in number:
            assert number[9:11] == ("40" if code == "6840" else code[:2]), number


@pytest.mark.parametrize(
    "good", [g for g in GOODS.values() if Matter.REGISTRATION not in matters(g)], ids=lambda g: str(g.id)
)
def test_where_registration_is_in_order_the_register_says_so(good: Good) -> None:
    number = number_of(good) or good.certificate
    if not number:
        assert not good.device or Matter.RESTRICTED in matters(good)
        return
    row = ROWS[number]
    assert row["有效期至"] == "" or row["有效期至"] > "2090"
    assert row["注册人名称"] == (holder_of(good) or row["注册人名称"])
    assert row["产品名称"] == good.attributes.get("产品名称", row["产品名称"])


WRONG = {
    3: "lapsed", 4: "class_one_number", 6: "other_holder", 7: "no_number", 12: "malformed", 20: "not_listed",
    22: "field_mismatch", 24: "no_number", 26: "deleted_name", 27: "other_product", 29: "no_number", 36: "no_number", 37: "lapsed",
    42: "malformed", 49: "malformed",
}  # fmt: skip


def test_every_registration_fault_is_named_here() -> None:
    assert {good.id for good in GOODS.values() if Matter.REGISTRATION in matters(good)} == set(WRONG)


@pytest.mark.parametrize(("number", "fault"), WRONG.items())
def test_where_registration_is_not_in_order_the_register_and_the_grammar_say_why(number: int, fault: str) -> None:
    good = GOODS[number]
    shown, row = number_of(good), ROWS.get(number_of(good))
    parsed = numbers.parse(shown)
    if fault == "no_number":
        assert not shown
        assert numbers.find(f"{good.title}\n{good.attributes}\n{good.text}") == ()
    elif fault == "malformed":
        assert parsed is not None
        assert (parsed.valid, row) == (False, None)
    elif fault == "not_listed":
        assert parsed is not None
        assert (parsed.valid, row) == (True, None)
    elif fault == "field_mismatch":
        assert parsed is not None
        assert parsed.type == "device_prod_license"
    elif fault == "class_one_number":
        assert row is not None
        assert (row["管理类别"], "口罩" in row["产品名称"]) == ("第一类", False)
    elif fault == "deleted_name":  # the filing itself is in order
        assert row is not None
        assert (row["管理类别"], good.attributes["产品名称"]) == ("第一类", "医用冷敷贴")
    elif fault == "lapsed":
        assert row is not None
        assert row["有效期至"] < "2023"
        assert row["注册人名称"] == holder_of(good)
    elif fault == "other_holder":
        assert row is not None
        assert row["注册人名称"] != holder_of(good)
    else:
        assert fault == "other_product"
        assert row is not None
        assert row["产品名称"] != good.attributes["产品名称"]


def test_a_wall_in_front_yields_nothing_from_the_page() -> None:
    walled = {Outcome.CAPTCHA, Outcome.LOGIN, Outcome.ERROR}
    assert [good.id for good in GOODS.values() if good.outcome in walled and good.yields] == []


def test_verdicts_asked_for_are_ones_the_page_or_the_register_can_bear() -> None:
    wanted = [found for good in GOODS.values() for found in good.yields]
    assert {found.verdict for found in wanted} == set(Verdict)
    # Pictures are not read on a quick visit, and an approval number may stand in one.
    assert {found.matter for found in wanted if found.verdict is Verdict.UNVERIFIED} == {Matter.ADVERT}


def test_sellers_identities_pass_their_check_digits_and_belong_to_no_place() -> None:
    from stdnum.cn import uscc

    for code in (STOCK.mall.uscc, *(seller.uscc for seller in STOCK.sellers.values())):
        assert uscc.is_valid(code)
        assert code[2:8] == "000000"


def test_invented_names_say_so() -> None:
    for seller in STOCK.sellers.values():
        assert "演示" in seller.name
        assert "虚构" in seller.company
    for good in GOODS.values():
        assert good.brand.startswith("演示")
        holders = [v for k, v in good.attributes.items() if v.endswith("公司")]
        assert [name for name in holders if not name.startswith("演示")] == []
