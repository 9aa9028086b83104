"""Addresses in the cells of a list: whatever stands around them, each is found once and in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.registry.sellers.addresses import MAX_FOUND, found, place

JD = "https://shop.jd.com/index-123.html"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (JD, (JD,)),
        (f"京东：{JD}；官网 www.shop.example/", (JD, "www.shop.example")),
        ("HTTP://Shop.Example:80/，https://shop.example:8443/x?", ("http://shop.example", "https://shop.example:8443/x")),
        ("ｈｔｔｐｓ：／／ｗｗｗ．shop.example／店", ("https://www.shop.example",)),
        ("http://a.example,http://b.example/x?c=1,2;d.example", ("http://a.example", "http://b.example/x?c=1,2", "d.example")),
        ("https://a.examplehttps://b.example", ("https://a.example", "https://b.example")),
        ("https://a.example/?to=https://b.example/", ("https://a.example/?to=https://b.example",)),
        (f'=HYPERLINK("{JD}","店铺")', (JD,)),
        ("https://www.shop.example（官网）", ("https://www.shop.example",)),
        ("https://www.shop.example官网", ("https://www.shop.example",)),
        ("(see https://a.example/x(1))", ("https://a.example/x(1)",)),
        ("https://健康.中国/店", ("https://健康.中国",)),
        ("https://a.example/#/shop/1 https://a.example/x#top", ("https://a.example/#/shop/1", "https://a.example/x")),
        ("127.0.0.1:8000/shop/jia、10.0.0.300", ("127.0.0.1:8000/shop/jia",)),
        (f"{JD}\n{JD}", (JD,)),
        ("shop.example:0 https://shop.example:99999/", ()),
        ("邮箱 a@b.example，index.html，V2.0，无，400-000-0000", ()),
        ("微信小程序：演示商城", ()),
    ],
)  # fmt: skip
def test_cells(cell: str, told: tuple[str, ...]) -> None:
    assert found(cell) == told


def test_spellings_of_one_place() -> None:
    for one, other in (
        ("https://Shop.example/", "shop.example"), ("shop.example/a/index.php", "shop.example/a"), ("http://shop.example:80/a/", "https://shop.example/a"),
        ("https://健康.中国/", "xn--nyqy26a.xn--fiqs8s"),
    ):  # fmt: skip
        assert [place(a) for a in found(one)] == [place(other)]
    www, mobile = place("https://www.shop.example"), place("m.shop.example")
    assert www is not None
    assert mobile is not None
    assert (www.site, mobile.site, www == mobile) == ("shop.example", "shop.example", False)
    assert place("address-unknown") != place("shop.example")
    assert place("https://a.example:port/") is None


HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?(\.[a-z]{2,8}){1,2}", fullmatch=True).filter(
    lambda host: host.rpartition(".")[2] not in ("html", "htm", "php", "jsp", "aspx", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "pdf")
)  # fmt: skip
PATHS = st.from_regex(r"(/[A-Za-z0-9_~%-]{1,8}){0,3}(\?[a-z]{1,5}=[A-Za-z0-9_,=-]{1,8}[a-z0-9])?", fullmatch=True)
SCHEMES = st.sampled_from(["https://", "http://"])
BETWEEN = st.sampled_from(
    ["；", ";\n", "、", "，", " ", "\n", "；店铺：", " ／ ", "\t", "（", "）", '"', "。", "|", "\x1b", "\u202e"]
)
QUICK = settings(max_examples=150, deadline=None)


@pytest.mark.slow
@QUICK
@given(st.lists(st.tuples(SCHEMES, HOSTS, PATHS).map("".join), min_size=1, max_size=4, unique=True), BETWEEN)
def test_all_addresses_of_a_cell_are_found(told: list[str], between: str) -> None:
    assert found(between.join(told)) == tuple(told)
    assert found(between + between.join(told) + between) == tuple(told)


@QUICK
@given(HOSTS, PATHS)
def test_an_address_needs_no_scheme(host: str, path: str) -> None:
    assert found(f"{host}{path}") == (f"{host}{path}",)
    assert place(f"{host}{path}") == place(f"https://{host}{path}")


@QUICK
@given(st.text(max_size=200) | st.text("htps:/.ac0,;@#?=（）%[]", max_size=80))
def test_any_cell_gives_addresses_that_are_found_again(cell: str) -> None:
    told = found(cell)
    assert len(set(told)) == len(told)
    for address in told:
        assert address.isprintable()
        assert " " not in address
        assert found(address) == (address,)
        assert place(address) is not None


def test_a_cell_may_be_hostile() -> None:
    assert len(found(" ".join(f"a{n}.example" for n in range(5_000)))) <= MAX_FOUND
    assert found("http://" + "a" * 100_000) == ()
    assert found("a." * 10_000) == ()
    assert found("https://" * 5_000) == ()
