"""Structured data: dirty JSON-LD repaired, hostile microdata bounded, the page's own product told from others."""

from __future__ import annotations

import json

import pytest

from scanner.page.goods import goods
from scanner.page.structured import repaired
from tests.bounded import seconds
from tests.page.making import html

PRODUCT = {"@type": "Product", "name": "演示绷带", "sku": "1"}


def ld(*scripts: str, kind: str = "application/ld+json") -> str:
    return "".join(f'<script type="{kind}">{s}</script>' for s in scripts)


@pytest.mark.parametrize(
    "dirty",
    [
        '{"@type":"Product","name":"演示绷带","sku":"1"}',
        '<!-- {"@type":"Product","name":"演示绷带","sku":"1"} -->',
        '//<![CDATA[\n{"@type":"Product","name":"演示绷带","sku":"1"}\n//]]>',
        '/*<![CDATA[*/{"@type":"Product","name":"演示绷带","sku":"1"}/*]]>*/',
        '{"@type":"Product",// 名称\n"name":"演示绷带",/* x */"sku":"1",};',
        '[{"@type":"Product","name":"演示绷带","sku":"1"},]',
        '{"@context":"x","@graph":[{"@type":"Product","name":"演示绷带","sku":"1"}]}',
    ],
)
def test_dirty_json_ld_is_repaired(dirty: str) -> None:
    assert html(ld(dirty)).structured["json-ld"] == [PRODUCT]


def test_control_characters_and_line_breaks_in_strings_are_kept() -> None:
    assert html(ld('{"name":"一\n二\t三"}')).structured["json-ld"] == [{"name": "一\n二\t三"}]


@pytest.mark.parametrize("between", ["", "\n", ",", ";\n", " , // next\n"])
def test_several_objects_in_one_script_are_all_read(between: str) -> None:
    one = json.dumps(PRODUCT, ensure_ascii=False)
    assert html(ld(f'{one}{between}{{"@type": "Offer",}}')).structured["json-ld"] == [PRODUCT, {"@type": "Offer"}]
    assert html(ld(f"{one}{between}{{oops")).structured["json-ld"] == [PRODUCT]


def test_one_hopeless_script_does_not_take_the_others_along() -> None:
    page = html(
        ld("{oops", json.dumps(PRODUCT), "") + ld(json.dumps(PRODUCT), kind="Application/LD+JSON; charset=utf-8")
    )
    assert page.structured["json-ld"] == [PRODUCT, PRODUCT]


def test_repair_leaves_strings_alone() -> None:
    assert json.loads(repaired('{"a": "http://x/*y*/,}", "b": "\\"//", }')) == {"a": "http://x/*y*/,}", "b": '"//'}


@pytest.mark.parametrize(
    ("piece", "left"),
    [("/*", 66_666), ('"', 400_000), (",", 400_000), ("<!--", 0), ('\\"', 400_000), (", " * 50, 399_999)],
)
def test_repair_is_linear(piece: str, left: int) -> None:
    with seconds(2):
        assert len(repaired(piece * (400_000 // len(piece)))) == left


def test_deep_json_ld_is_left_out() -> None:
    assert html(ld("[" * 70 + "]" * 70)).structured["json-ld"] == []


def test_microdata_is_read_when_there_is_some() -> None:
    page = html("<div itemscope itemtype='http://schema.org/Product'><b itemprop=name>演示</b></div>")
    assert page.structured["microdata"] == [{"type": "http://schema.org/Product", "properties": {"name": "演示"}}]
    assert html("<p>itemscope</p>").structured == {"json-ld": [], "microdata": [], "opengraph": []}


@pytest.mark.parametrize(
    "hostile",
    [
        "<div itemscope><b itemprop=a>x</b>" * 3000,
        "<div itemscope itemprop=a>" * 500,
        "<p itemscope><b itemprop=a></b></p>" * 9000,
    ],
)
def test_hostile_microdata_is_bounded(hostile: str) -> None:
    with seconds(3):
        assert html(hostile).structured["microdata"] == []


def test_the_pages_own_product_among_several() -> None:
    page = html(
        ld(
            json.dumps(
                [{"@type": "Product", "name": f"演示{n}", "url": f"http://shop.example/x/{n}"} for n in (2, 1, 3)]
            )
        )
    )
    told = goods(page.structured, (page.url,), ("",))
    assert told is not None
    assert told.texts["name"] == "演示1"


@pytest.mark.parametrize(
    "items",
    [
        [{"@type": "Product", "name": f"演示{n}"} for n in (1, 2)],  # a list, no sign which is meant
        [{"@type": "Product", "name": "别处", "url": "http://shop.example/x/9"}],  # a card of another page
        [{"@type": "ItemList", "itemListElement": [{"@type": "Product", "name": "演示"}]}],
        [{"@type": "Article", "name": "演示"}],
        ["text", 3, None, [], {"@type": 5}],
    ],
)
def test_no_product_of_its_own(items: list[object]) -> None:
    page = html(ld(json.dumps(items)))
    assert goods(page.structured, (page.url,), ("标题",)) is None


def test_offers_in_all_their_shapes() -> None:
    for offers, price in (
        ({"price": 9.9, "priceCurrency": "CNY"}, "9.9"),
        ([{"price": ""}, {"price": "8"}], "8"),
        ({"@type": "AggregateOffer", "lowPrice": "7", "highPrice": "9"}, "7"),
        ({"priceSpecification": [{"price": 6}]}, "6"),
        ({"offers": [{"price": 5}]}, "5"),
    ):
        told = goods(html(ld(json.dumps({**PRODUCT, "offers": offers}))).structured, ("http://shop.example/x/1",), ())
        assert told is not None
        assert told.texts["price"] == price


@pytest.mark.parametrize(
    ("named", "page", "own"),
    [
        ("https://www.shop.example/x/1", "http://shop.example/x/1?spm=2", True),
        ("http://shop.example/item?id=5", "http://shop.example/item?from=a&id=5", True),
        ("http://shop.example/item?id=5", "http://shop.example/item?id=6", False),
        ("http://shop.example/x/2", "http://shop.example/x/1", False),
        ("http://shop.example/", "http://shop.example/x/1", False),
        ("http://[bad", "http://shop.example/x/1", False),
    ],
)
def test_a_product_with_an_address_is_the_pages_or_not(named: str, page: str, own: bool) -> None:
    read = html(ld(json.dumps({**PRODUCT, "url": named})), url=page)
    assert (goods(read.structured, (page,), ("演示绷带",)) is not None) is own
