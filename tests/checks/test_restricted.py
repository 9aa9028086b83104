"""Goods that may not be sold like this: who may buy, the button, the page's own gate."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.making import found, page, verdicts

PLATE = {"注册证编号": "国械注准20203130001", "产品名称": "金属接骨板内固定系统"}
RULE = "restricted-implant-to-individuals"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"buyable": "加入购物车"}, "violation"),
        ({"text": "个人可购，货到付款"}, "violation"),
        ({}, "suspect"),
        ({"text": "仅限医疗机构采购，个人请勿下单", "buyable": "加入购物车"}, None),
        ({"buyable": "已下架"}, None),
        ({"buyable": "请先询价"}, None),
    ],
)
def test_an_implant_for_private_buyers(more: dict[str, Any], verdict: str | None) -> None:
    assert verdicts(page("金属接骨板 8孔", attributes=PLATE, **more)).get(RULE) == verdict


def test_what_makes_it_worse_is_said() -> None:
    finding = found(page("金属接骨板", "个人可购，送教程", attributes=PLATE))[RULE]
    assert finding.beside[0] == "页面还写着：个人可购、送教程"
    assert finding.unchecked == ("能不能直接下单没有看到",)
    assert (finding.field, finding.quote) == ("attribute:产品名称", "金属接骨板")


@pytest.mark.parametrize(
    "title", ["桌面手机支架", "人工关节 教学模型", "血管支架 标本挂图", "线雕画 装饰画", "导尿管 医用"]
)
def test_false_friends(title: str) -> None:
    assert [r for r in found(page(title, buyable="加入购物车")) if r.startswith("restricted")] == []


@pytest.mark.parametrize(
    ("title", "rule"),
    [("头孢地尼分散片 0.1g", "drug-ban-anti-infective"), ("华法林钠片", "drug-online-ban-list"),
     ("注射用头孢曲松钠", "drug-injection-online"), ("维生素C注射液", "drug-injection-online")],
)  # fmt: skip
def test_drugs_that_may_not_be_sold_online(title: str, rule: str) -> None:
    listing = page(title, attributes={"批准文号": "国药准字H20041126"}, buyable="加入购物车")
    assert found(listing)[rule].verdict == "violation"


@pytest.mark.parametrize(
    "title", ["夫西地酸乳膏", "甘精胰岛素注射液", "复方甘草酸苷片", "肾上腺素笔收纳包", "阿莫西林胶囊"]
)
def test_drugs_that_may(title: str) -> None:
    listing = page(title, attributes={"批准文号": "国药准字H20041126"}, buyable="加入购物车")
    assert [r for r in found(listing) if r in ("drug-online-ban-list", "drug-injection-online")] == []
