"""What kind of goods a listing offers: from numbers, product name, title, the shop's categories; never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.checks.facts import derive
from tests.checks.making import NUMBER, page
from tests.rulebook.making import shipped


@pytest.mark.parametrize(
    ("listing", "goods", "category"),
    [
        ({"title": "家用电子血压计 上臂式"}, "device", "blood-pressure-monitor"),
        ({"title": "神器 老人送礼", "attributes": {"产品名称": "耳背式助听器"}}, "device", "hearing-aid"),
        ({"title": "新款包邮", "breadcrumbs": ("首页", "避孕套")}, "device", "condom"),
        ({"title": "冷敷凝胶", "attributes": {"注册证编号": NUMBER}}, "device", "cooling-patch"),
        ({"title": "好东西", "attributes": {"批准文号": "国药准字H20041126"}}, "drug", ""),
        ({"title": "玻尿酸面膜 补水"}, "cosmetic", "cosmetic"),
        ({"title": "量子能量护腰带"}, "goods", "wellness-goods"),
        ({"title": "不锈钢保温杯"}, "unknown", ""),
        ({"title": "血压计收纳盒"}, "unknown", ""),
        ({"title": "手机支架 桌面"}, "unknown", ""),
        ({"title": "宠物猫用体温计"}, "unknown", ""),
        ({"title": "人工晶状体推注器"}, "unknown", ""),
        ({"title": "麻醉机用呼吸管路"}, "unknown", ""),
        ({"title": "适用欧姆龙HEM7 血压计 电源线"}, "unknown", ""),
        ({"title": "智能手表 支持连接血糖仪"}, "unknown", ""),
        ({"title": "适用老人 血压计 大屏"}, "device", "blood-pressure-monitor"),
        ({"title": "血压计 适用成人"}, "device", "blood-pressure-monitor"),
        ({"title": "适用于家庭和诊所使用的电子血压计"}, "device", "blood-pressure-monitor"),
        ({"title": "皮秒激光 体验券 到店核销"}, "unknown", ""),
        ({"title": "新款 日抛彩片"}, "device", "contact-lens"),
        ({"title": "隐形眼镜护理液 360ml"}, "device", "lens-care"),
        ({"title": "隐形眼镜 送护理盒", "attributes": {}}, "device", "contact-lens"),
        ({"title": ""}, "unknown", ""),
    ],
)
def test_goods_and_category(listing: dict[str, Any], goods: str, category: str) -> None:
    facts = derive(page(**listing), shipped()).facts
    assert (facts.goods, facts.category) == (goods, category)


def test_the_place_that_names_the_category_is_quoted_exactly() -> None:
    known = derive(page(title="【正品】医 用外科口罩 30只"), shipped())
    assert (known.category.field, known.category.text, known.category.start, known.category.end) == (
        "title", "医 用外科口罩", 4, 11,
    )  # fmt: skip


def test_breadcrumbs_name_a_category_but_are_no_quote_of_the_page() -> None:
    assert derive(page(title="新款", breadcrumbs=("口罩", "医用口罩")), shipped()).category.field == ""


def test_registrant_and_product_come_from_their_own_fields() -> None:
    rows = {"产品名称": "医用外科口罩", "注册人": " 甲公司 ", "生产企业": "乙公司", "注册人住所": "丙地"}
    known = derive(page(title="口罩", attributes=rows), shipped())
    assert (known.product.field, known.product.text, known.holder) == ("attribute:产品名称", "医用外科口罩", "甲公司")
