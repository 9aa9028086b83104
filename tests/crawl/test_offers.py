"""Cards of lists: which goods a title names, and each product once."""

from __future__ import annotations

import pytest

from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, seen
from scanner.crawl.reading.links import Kind
from scanner.crawl.reading.offers import Group, Offer, distinct, group
from scanner.model import Field, FieldState


def offer(key: str = "1", title: str = "演示", *, sponsored: bool = False) -> Offer:
    return Offer(id=key, url=f"https://item.jd.com/{key}.html", title=seen(title, "x"), price=NOT_SEEN, seller=ABSENT,
                 sponsored=sponsored)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("演示牌 家用血糖仪 糖尿病人测血糖 可搭配二甲双胍", "device"),
        ("演示牌 ＫＮ９５医用口罩", "device"),
        ("演示盐酸二甲双胍缓释片 0.5g*30片 血糖仪伴侣", "drug"),
        ("演示阿莫西林胶囊 24粒", "drug"),
        ("国药准字H20009999 演示胶囊", "drug"),
        ("演械注准20212070001 家用款", "device"),
        ("演示深海鱼油软胶囊 200粒 辅助降血脂", "food"),
        ("演示罗布麻茶 高血压人群 可搭配降压药", "food"),
        ("演示牌 玻璃茶具套装 泡茶壶", "unclear"),
        ("演示非医用口罩 防尘", "unclear"),
        ("演示连衣裙 女 夏", "other"),
        ("限时直降 语音充电背光 旗舰机皇", "unclear"),
        ("", "unclear"),
    ],
)
def test_goods_are_what_the_title_names_first(title: str, expected: Group) -> None:
    assert group(title) == expected


def test_a_title_that_names_nothing_goes_by_who_sells_nothing_else() -> None:
    assert group("名家谈血压", "演示出版社") == "other"
    assert group("名家谈血压", "演示大药房") == "unclear"
    assert group("演示血压计", "演示出版社") == "device"


def test_a_title_that_could_not_be_read_is_unclear() -> None:
    spoilt = Field(state=FieldState.UNREADABLE, text="\ufffd\ufffd\ufffd血压计")
    assert Offer(id="1", url="https://a.example/1", title=spoilt, price=NOT_SEEN, seller=ABSENT).group == "unclear"


def test_each_product_once_and_sponsored_only_if_always() -> None:
    found = distinct(
        [offer("1", sponsored=True), offer("2"), offer("1"), offer("3", sponsored=True), offer("2", sponsored=True)]
    )
    assert [(one.id, one.sponsored) for one in found] == [("1", False), ("2", False), ("3", True)]


def test_a_card_leads_to_its_product() -> None:
    link = offer("12", "演示" * 100).link
    assert (link.url, link.kind, len(link.text)) == ("https://item.jd.com/12.html", Kind.PRODUCT, 80)
