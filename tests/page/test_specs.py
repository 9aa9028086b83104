"""Labels and values in every layout; prices in every spelling; cards told from what is around them."""

from __future__ import annotations

import pytest

from scanner.page import money
from tests.page.making import html


@pytest.mark.parametrize(
    ("layout", "source"),
    [
        ("<dl><dt>注册证号</dt><dd>甲1</dd><dt>型号：</dt><dd>乙2</dd></dl>", "dl"),
        ("<dl><div><dt>注册证号</dt><dd>甲1</dd></div><div><dt>型号</dt><dd>乙2</dd></div></dl>", "dl"),
        ("<table><tr><th>注册证号</th><td>甲1</td></tr><tr><th>型号</th><td>乙2</td></tr></table>", "table"),
        ("<table><tr><td>注册证号</td><td>甲1</td></tr><tr><td>型号</td><td>乙2</td></tr></table>", "table"),
        ("<table><tr><td>注册证号：</td><td>甲1</td><td>型号：</td><td>乙2</td></tr></table>", "table"),
        ("<table><tr><th>注册证号</th><td>甲1</td><th>型号</th><td>乙2</td></tr></table>", "table"),
        ("<table><tr><th>注册证号</th><th>型号</th></tr><tr><td>甲1</td><td>乙2</td></tr></table>", "table"),
        ("<table><thead><tr><th>注册证号</th><th>型号</th></tr></thead><tbody><tr><td>甲1</td><td>乙2</td></tr></tbody></table>", "table"),
        ("<table><tr><td>注册证号：甲1</td></tr><tr><td>型号:乙2</td></tr></table>", "table"),
        ("<ul><li>注册证号：甲1</li><li title='乙2'>型号: 乙2</li></ul>", "li"),
        ("<ul><li><span>注册证号:</span><span>甲1</span></li><li><em>型号</em><b>乙2</b></li></ul>", "li"),
        ("<ul><li><b>注册证号</b>甲1</li><li><strong>型号：</strong>乙2</li></ul>", "li"),
        ("<p>注册证号：甲1</p><p>型号：乙2</p>", "row"),
        ("<p><label>注册证号</label>甲1</p><p><label>型号</label><span>乙2</span></p>", "row"),
        ("<div><div><div class=l>注册证号</div><div class=v>甲1</div></div><div><div>型号</div><div>乙2</div></div></div>", "row"),
    ],
)  # fmt: skip
def test_layouts(layout: str, source: str) -> None:
    rows = html(f"<html><body>{layout}</body></html>").specs
    assert [(r.name, r.value, r.source) for r in rows] == [("注册证号", "甲1", source), ("型号", "乙2", source)]
    assert len({r.place for r in rows}) == 1


def test_a_table_of_many_goods_describes_none() -> None:
    table = "<tr><th>名称</th><th>价格</th></tr>" + "<tr><td>甲</td><td>￥1</td></tr><tr><td>乙</td><td>￥2</td></tr>"
    assert [r for r in html(f"<table>{table}</table>").specs if r.name == "名称"] == []


def test_a_sentence_is_no_label() -> None:
    assert html("<p>每日一次，每次一贴：根治颈椎病</p><p>提示，请看：x</p>").specs == ()


def test_empty_values_stay() -> None:
    assert [(r.name, r.value) for r in html("<dl><dt>注册证号</dt><dd> </dd></dl>").specs] == [("注册证号", "")]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("￥12.8", "12.80"),
        ("售价 ¥ 1,299.00 元", "1299.00"),
        ("19.9元", "19.90"),
        ("￥12.8 - ￥29.9", "12.80-29.90"),
        ("99-199元", "99.00-199.00"),
        ("£51.77", "GBP 51.77"),
        ("HK$8", "HKD 8.00"),
        ("RMB 5", "5.00"),
        ("型号 12.8", ""),
        ("￥", ""),
        ("", ""),
    ],
)
def test_prices_in_text(text: str, price: str) -> None:
    assert money.first(text) == price


@pytest.mark.parametrize(
    ("value", "unit", "currency", "price"),
    [
        (12.8, "yuan", "", "12.80"),
        (99, "yuan", "CNY", "99.00"),
        (119900, "fen", "", "1199.00"),
        ("5", "fen", "", "0.05"),
        ("12.80", "yuan", "cny", "12.80"),
        ("￥12.80起", "yuan", "", "12.80"),
        ("8", "yuan", "usd", "USD 8.00"),
        (float("nan"), "yuan", "", ""),
        (float("inf"), "yuan", "", ""),
        (-1, "yuan", "", ""),
        (10**12, "yuan", "", ""),
        (True, "yuan", "", ""),
        (None, "yuan", "", ""),
        ([1], "yuan", "", ""),
        ("面议", "yuan", "", ""),
        ("9" * 5000, "yuan", "", ""),
    ],
)
def test_amounts(value: object, unit: str, currency: str, price: str) -> None:
    assert money.amount(value, unit, currency) == price


@pytest.mark.parametrize(
    ("prices", "price"),
    [
        ([], ""),
        (["18.50"], "18.50"),
        (["33.00", "18.50", "20.00"], "18.50-33.00"),
        (["9.00", "10.00"], "9.00-10.00"),
        (["9.00", "9.00"], "9.00"),
        (["12.00-15.00", "14.00-20.00"], "12.00-20.00"),
        (["GBP 8.00", "GBP 12.50"], "GBP 8.00-12.50"),
        (["8.00", "USD 1.00"], "8.00"),
    ],
)
def test_prices_of_variants(prices: list[str], price: str) -> None:
    assert money.span(prices) == price


def test_cards() -> None:
    card = "<li class=c><div><a href='/{0}'><img src='/{0}.jpg' alt='图{0}'></a></div><b>￥{0}.5</b><a href='/{0}'>商品名{0}</a><a href='/cart?{0}'>加</a></li>"
    page = html(
        "<h1>类目</h1><ul>"
        + "".join(card.format(n) for n in (1, 2, 3))
        + "</ul><a href='/big.jpg'><img src='/s.jpg'></a>"
    )
    assert [(c.url, c.title, c.price, c.alike) for c in page.cards] == [
        (f"http://shop.example/{n}", f"商品名{n}", f"{n}.50", 3) for n in (1, 2, 3)
    ]
    assert [c.element.tag for c in page.cards] == ["li"] * 3


def test_a_block_with_the_heading_or_with_much_text_is_no_card() -> None:
    assert html("<div><h1>商品</h1><a href='/z'><img src='/z.jpg'></a></div>").cards == ()
    assert html(f"<div><a href='/z'><img src='/z.jpg'></a><p>{'长' * 700}</p></div>").cards == ()
