"""Labels are understood however they are spelled; values get ids, versions and numbers, and can always be kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import yamlfile
from scanner.crawl.reading import fields as room
from scanner.crawl.reading import tables
from scanner.crawl.reading.fields import NOT_SEEN, fields, listing, seen, seller
from scanner.errors import ConfigError
from scanner.home import shipped_rules
from scanner.model import Attribute, FieldState, Listing, content_id

TITLE = seen("演示口罩", "h1")


def made(**kwargs: object) -> Listing:
    return listing(**{"storefront": "shop.example", "family": "generic", "url": "http://shop.example/item/1?spm=2",
                      "title": TITLE, **kwargs})  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "field", "of"),
    [
        ("注册证号", "number", "product"),
        ("医疗器械注册证编号或者备案凭证编号", "number", "product"),
        ("医疗器械注册证编号 / 备案凭证编号：", "number", "product"),
        ("【注册证编号】", "number", "product"),
        ("批准文号", "approval", "product"),
        ("执行标准号", "standard", "product"),
        ("生产许可证或者备案凭证编号", "production_licence", "product"),
        ("注册人或者备案人信息", "holder", "product"),
        ("医疗器械名称", "product", "product"),
        ("禁忌症", "contraindications", "product"),
        ("医疗器械注册证名称", "product", "product"),
        ("医疗器械注册人／备案人名称", "holder", "product"),
        ("医疗器械生产企业", "maker", "product"),
        ("净含量（kg）", "spec", "product"),
        ("证书编号", "certificate", "product"),
        ("商品产地", "origin", "product"),
        ("京 东 价", "price", "offer"),
        ("ＵＰＣ", "sku", "product"),
        ("店铺", "seller", "offer"),
        ("统一社会信用代码", "uscc", "shop"),
        ("服务承诺", "", "noise"),
        ("随便什么", "", ""),
        ("", "", ""),
    ],
)
def test_labels(label: str, field: str, of: str) -> None:
    assert (fields().id(label), fields().describes(label)) == (field, of)


def test_a_label_stands_once(tmp_path: object) -> None:
    wrong = b"fields:\n  - {id: a, says: A, of: product, labels: [x, y]}\n  - {id: b, says: B, of: shop, labels: [' X:']}\nnoise: [z]\n"
    value, _, problems = yamlfile.parse(wrong, "fields.yaml", room._File)
    assert value is None
    assert "标签 x" in problems[0].message


def test_wrong_file_says_where(tmp_path: Path) -> None:
    wrong = tmp_path / "fields.yaml"
    wrong.write_text("fields:\n  - {id: number, says: 编号, of: nobody, labels: [x]}\n", encoding="utf-8")
    tables.use(tmp_path)
    try:
        with pytest.raises(ConfigError) as raised:
            fields()
    finally:
        tables.use(shipped_rules())
    assert [problem.where for problem in raised.value.problems] == [f"{wrong}:2"]


# --- listings ----------------------------------------------------------------------------------------------------


def test_the_id_is_the_products_not_the_pages() -> None:
    assert made(product_id="7").id == made(product_id="7", url="http://shop.example/m/item?id=7").id
    assert made(product_id="7").id != made(product_id="7", storefront="other.example").id
    assert (
        made().id
        == made(url="http://shop.example/item/1#x").id
        == content_id("shop.example", "http://shop.example/item/1")
    )


def test_two_listings_that_say_the_same_are_two() -> None:
    assert made().version != made(storefront="other.example").version
    assert made(product_id="7").version != made(product_id="8").version


def test_the_version_is_what_is_said_not_where_it_was_read() -> None:
    first = made(description=seen("一", "text"))
    assert (
        first.version == made(description=seen("一", "json-ld:description"), url="http://shop.example/item/1").version
    )
    assert first.version != made(description=seen("二", "text")).version
    assert first.version != made(description=NOT_SEEN).version


def test_rows_with_one_label_become_one_attribute() -> None:
    rows = [("注册证号", "甲"), ("注册证号", "乙"), ("注册证号", "甲"), ("型号", ""), ("备案号", ""), ("", "x")]
    one = made(attributes=[Attribute(name=n, value=v, source="li") for n, v in rows])
    assert [(a.name, a.value) for a in one.attributes] == [("注册证号", "甲\n乙"), ("备案号", "")]


def test_numbers_name_their_fields_and_quote_them() -> None:
    one = made(
        title=seen("口罩 演械注准20212140001", "h1"),
        attributes=[Attribute(name="批准文号", value="演械注准 20212140002号")],
        description=seen("备案：演城械备20230003", "text"),
    )
    assert [(n.field, n.number.number) for n in one.numbers] == [
        ("title", "演械注准20212140001"),
        ("attribute:批准文号", "演械注准20212140002"),
        ("description", "演城械备20230003"),
    ]
    texts = {
        "title": one.title.text,
        "attribute:批准文号": one.attributes[0].value,
        "description": one.description.text,
    }
    assert all(texts[n.field][n.number.start : n.number.end] == n.number.raw for n in one.numbers)


def test_a_bare_number_is_read_where_the_label_says_what_it_is() -> None:
    one = made(attributes=[Attribute(name="批准文号", value="H20140344"), Attribute(name="货号", value="H20140344")])
    assert [(n.field, n.number.type) for n in one.numbers] == [("attribute:批准文号", "drug_import")]


def test_states() -> None:
    assert seen(" ", "x").state is FieldState.ABSENT
    assert seen("", "x", otherwise=NOT_SEEN).state is FieldState.NOT_SEEN
    assert seen("注\ufffd\ufffd证", "x").state is FieldState.UNREADABLE
    assert seen("注册证号有一个坏字\ufffd", "x").state is FieldState.SEEN


@given(st.text(st.characters(), max_size=400), st.text(st.characters(), min_size=1, max_size=40))
def test_anything_can_be_kept(text: str, label: str) -> None:
    one = made(description=seen(text, "text"), attributes=[Attribute(name=label, value=text)], pictures=[text])
    for kept in (
        one.description.text,
        *(a.value for a in one.attributes),
        *(a.name for a in one.attributes),
        *one.pictures,
    ):
        assert "\x00" not in kept
        kept.encode("utf-8")


# --- sellers -----------------------------------------------------------------------------------------------------


def test_a_sellers_uscc_is_the_given_one_else_the_first_in_the_text() -> None:
    text = seen(
        "演示甲医疗器械有限公司 统一社会信用代码 91000000DEMAJAA186 医疗器械经营许可证编号：演城药监械经营许20230001号",
        "text",
    )
    one = seller(storefront="s", family="generic", url="http://s.example/zizhi", page="licence", name=TITLE, text=text)
    assert (one.uscc.text, [n.number.type for n in one.numbers]) == (
        "91000000DEMAJAA186",
        ["uscc", "device_biz_license"],
    )
    given_one = seller(storefront="s", family="generic", url="http://s.example/zizhi", page="licence", name=TITLE, text=text,
                       uscc=seen("X", "table"))  # fmt: skip
    assert (given_one.uscc.text, given_one.id) == ("X", one.id)
    assert given_one.version != one.version
    home = seller(storefront="s", family="generic", url="http://s.example/zizhi", page="home", name=TITLE, text=text)
    assert home.id != one.id
    assert replace(one, page="home").text == home.text


def test_debris_hides_a_number_and_makes_no_other() -> None:
    whole = made(attributes=[Attribute(name="注册证号", value="演械注准20212070001\ufffd号")])
    assert [n.number.number for n in whole.numbers] == ["演械注准20212070001"]
    cut = made(attributes=[Attribute(name="注册证号", value="国械注准2021307\ufffd\ufffd12")])
    assert cut.numbers == ()
    assert made(attributes=[Attribute(name="注册证号", value="国械注准2021307")]).numbers[0].number.valid is False
