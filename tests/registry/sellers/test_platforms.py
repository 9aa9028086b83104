"""Whose shop an address is: platforms told from shops of their own, and one key for all pages of a platform's shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.registry.sellers.addresses import place
from scanner.registry.sellers.platforms import load, shipped


def key(address: str) -> str:
    where = place(address)
    assert where is not None
    return shipped().shop(where)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.jd.com/index-123.html", "http://mall.jd.com/index-123.html?from=pc"),
        ("https://shop.jd.com/index-123.html", "shop.m.jd.com/?source=x&shopId=123"),
        ("shop990.taobao.com", "https://shop990.taobao.com/search.htm?spm=a1z10"),
        ("https://yanshi.tmall.com/", "https://yanshi.tmall.com/shop/view_shop.htm"),
        (
            "https://mobile.yangkeduo.com/mall_page.html?mall_id=7&refer=1",
            "mobile.pinduoduo.com/mall_page.html?mall_id=7",
        ),
        ("https://shop.suning.com/00007/index.html", "shop.suning.com/00007"),
        ("https://www.meituan.com/shop/7?utm_source=x", "www.meituan.com/shop/7/"),
        ("https://mall.example/shop/7?b=2&a=1", "mall.example/shop/7?a=1&b=2&spm=x"),
    ],
)
def test_two_addresses_of_one_shop(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.jd.com/index-123.html", "https://shop.jd.com/index-1234.html"),
        ("yanshi.taobao.com", "yanshi.tmall.com"),
        ("shop1.taobao.com", "shop1.youzan.com"),
        ("https://item.taobao.com/item.htm?id=1", "https://item.taobao.com/item.htm?id=2"),
        ("https://mall.example/shop/7", "https://mall.example/shop/7/goods"),
        ("https://h5.mall.example/#/shop/1", "https://h5.mall.example/#/shop/2"),
    ],
)
def test_other_shops(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "address",
    ["https://www.jd.com/", "https://detail.tmall.com", "https://mall.example/?spm=1", "a.example/index.html"],
)
def test_a_host_alone_tells_no_shop(address: str) -> None:
    assert key(address) == ""


def test_which_platform() -> None:
    table = shipped()
    told = {
        host: getattr(table.at(host), "id", "")
        for host in ("item.jd.com", "jd.com:8080", "notjd.com", "jd.com.example")
    }
    assert told == {"item.jd.com": "jd", "jd.com:8080": "jd", "notjd.com": "", "jd.com.example": ""}
    named = {words: getattr(table.named(words), "id", "") for words in ("京東", "天猫 商城", "某某商城")}
    assert named == {"京東": "jd", "天猫 商城": "taobao", "某某商城": ""}
    assert [words for words in ("", "/", "自建网站", "官网", "京东") if table.own(words)] == [
        "",
        "/",
        "自建网站",
        "官网",
    ]


def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "platforms.yaml"
    path.write_text(
        "tracking: []\nown: []\nplatforms:\n  - {id: x, names: [], sites: [], shops: [x.example]}\n", "utf-8"
    )
    with pytest.raises(ConfigError) as error:
        load(path)
    assert any(problem.where.endswith("platforms.yaml:4") for problem in error.value.problems)
