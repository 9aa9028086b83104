"""Addresses: which are one page, what they promise, which are never asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.crawl.reading.links import (
    Kind,
    _storefront,
    canonical,
    page_number,
    picture_key,
    same_site,
    shape,
    site,
    spelt_plainly,
    storefront_of,
    unpaged,
)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTP://Shop.Example/A?id=5", "http://shop.example/A?id=5"),
        ("http://shop.example:80/a#top", "http://shop.example/a"),
        ("https://shop.example:443", "https://shop.example/"),
        ("http://shop.example:8080/", "http://shop.example:8080/"),
        ("http://user:pw@shop.example/", "http://shop.example/"),
        ("http://shop.example/a?", "http://shop.example/a"),
        ("http://shop.example/a?utm_source=x&id=5&spm=1.2&from=y&scene=3&b=2", "http://shop.example/a?id=5&b=2"),
        ("http://shop.example/a?b=2&a=1", "http://shop.example/a?b=2&a=1"),  # order is kept
        ("http://shop.example/a;jsessionid=1F?id=1", "http://shop.example/a?id=1"),
        ("http://shop.example/?s=goods/index/id/4.html", "http://shop.example/?s=goods/index/id/4.html"),
    ],
)
def test_canonical(url: str, same: str) -> None:
    assert canonical(url) == same
    assert canonical(same) == same


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/item/5", "5"), ("/item/5.html?x=1", "5"), ("/goods-12.html", "12"), ("/goods_12.html", "12"), ("/p/5", "5"),
        ("/item.htm?id=609", "609"), ("/goods.php?id=3", "3"), ("/m/item?id=5", "5"), ("/product?id=5", "5"),
        ("/?s=goods/index/id/9004.html", "9004"), ("/index.php?route=product/product&path=20&product_id=43", "43"),
        ("/index.php?m=shop&c=goods&a=detail&goods_id=8", "8"), ("/products/blue-Thing", "blue-Thing"),
        ("/catalogue/%E5%8F%A3%E7%BD%A9-50_12/", "口罩-50_12"), ("/product/2024/05/name", "2024/05/name"),
        ("/api/goods/detail?id=3", "3"),
    ],
)  # fmt: skip
def test_product_addresses(path: str, identity: str) -> None:
    seen = shape(f"http://shop.example{path}")
    assert (seen.kind, seen.id, seen.never) == (Kind.PRODUCT, identity, False)


def test_two_names_that_end_alike_are_two_products() -> None:
    assert shape("http://s.example/products/tiwenji-2024").id != shape("http://s.example/products/xueyaji-2024").id


def test_a_product_host_counts() -> None:
    assert shape("https://item.shop.example/100.html").id == "100"


@pytest.mark.parametrize(
    "path",
    ["/category/3", "/c/kouzhao", "/list-3-2.html", "/?s=search/index/cid/9.html", "/catalogue/", "/catalogue/?page=2",
     "/catalogue/category/a_1/", "/search?q=x", "/goods?cat=3&page=2", "/shop/page/2/", "/category.php?id=3", "/products",
     "/index.php?route=product/category&path=20"],
)  # fmt: skip
def test_list_addresses(path: str) -> None:
    assert shape(f"http://shop.example{path}").kind is Kind.LIST


@pytest.mark.parametrize(
    "path",
    ["/cart", "/cart/add?id=1", "/basket/add/12/", "/checkout/", "/login?next=/item/5", "/user/logout", "/my-account/",
     "/order/delete?id=3", "/goods/delete/5", "/goods/5/buy", "/?s=cart/index.html", "/index.php?route=account/login",
     "/wishlist", "/item/5/reviews", "/password-reset/", "/a.jpg", "/file.pdf", "/admin/", "/i18n/setlang", "/compare?id=1"],
)  # fmt: skip
def test_addresses_never_asked_for(path: str) -> None:
    assert shape(f"http://shop.example{path}").never
    assert shape(f"http://shop.example{path}").kind is None


@pytest.mark.parametrize("url", ["https://cart.shop.example/gate?pid=1", "https://passport.shop.example/new"])
def test_hosts_never_asked(url: str) -> None:
    assert shape(url).never


def test_the_other_shapes() -> None:
    assert shape("http://shop.example/?utm_source=x").root
    assert shape("http://shop.example/index.html").root
    assert not shape("http://shop.example/?id=5").root
    assert shape("http://shop.example/about.html").kind is Kind.SELLER
    assert shape("http://shop.example/zizhi").kind is Kind.SELLER
    assert shape("http://shop.example/news/12.html").article
    assert shape("http://shop.example/category/3?sort=price").variant
    assert shape("http://shop.example/abc") == type(shape("http://shop.example/abc"))()


def test_paging() -> None:
    numbers = {"/c/a?page=3": 3, "/list_4.html": 4, "/shop/page/2/": 2, "/c/a": None, "/c/a?page=x": None}
    assert {path: page_number(f"http://s.example{path}") for path in numbers} == numbers
    assert unpaged("http://s.example/c/a?page=3&x=1") == unpaged("http://s.example/c/a?x=1&page=9&spm=2")
    assert unpaged("http://s.example/shop/page/2/") == unpaged("http://s.example/shop/")
    assert unpaged("http://s.example/c/a?page=3") != unpaged("http://s.example/c/b?page=3")


def test_sites() -> None:
    assert [site(s) for s in ("item.jd.example", "a.b.com.cn", "127.0.0.1:80", "localhost:9", "[::1]:8", "x")] == [
        "jd.example", "b.com.cn", "127.0.0.1:80", "localhost:9", "[::1]:8", "x",
    ]  # fmt: skip
    assert not same_site("http://127.0.0.1:1/", "http://127.0.0.1:2/")


@given(st.text(max_size=300), st.sampled_from(["http://h.example/", "http://h.example/?", "https://h.example/a#"]))
def test_any_address_has_a_shape(rest: str, start: str) -> None:
    url = start + rest.replace("\n", "")
    assert canonical(canonical(url)) == canonical(url)
    shape(url), page_number(url), unpaged(url)


@pytest.mark.parametrize("port", ["y", "99999", "-1"])
def test_an_address_with_an_impossible_port_is_no_known_storefront(port: str) -> None:
    assert storefront_of(f"http://shop.example:{port}/") == f"shop.example:{port}"
    assert storefront_of("http://shop.example:80/") == "shop.example"


@given(st.from_regex(r"https?://[a-zA-Z0-9.-]{1,70}(/[a-zA-Z0-9/._~;%-]{0,40})?", fullmatch=True))
def test_a_picture_has_one_key_however_quickly_it_is_told(url: str) -> None:
    assert picture_key(url) == spelt_plainly(url)


@given(st.from_regex(r"(https?|HTTP|ftp)://[A-Za-z0-9.:@\[\]-]{0,12}[/?#\\\n]?[a-z?/#:.]{0,6}", fullmatch=True))
def test_the_short_way_to_a_storefront_comes_to_what_the_whole_address_does(url: str) -> None:
    def told(ask: Callable[[str], str]) -> str:
        try:
            return ask(url)
        except ValueError as error:  # a bracket that is no IPv6 address
            return str(error)

    assert told(storefront_of) == told(_storefront.__wrapped__)
