"""The template's signature: goods do not change it, another template does."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.page import Page
from scanner.page.skeleton import BITS, NEAR, apart, signature

T0 = datetime(2026, 11, 22, tzinfo=UTC)


def page(goods: int, *, prefix: str = "shop", extra: str = "") -> Page:
    cards = "".join(
        f'<li class="{prefix}-card card-{n}"><a class="{prefix}-name"><b>口罩{n}</b></a><i class="{prefix}-price">{n}</i></li>'
        for n in range(goods)
    )
    parts = "".join(
        f'<div class="{prefix}-{part}"><p class="{prefix}-text"><span class="{part}">字</span></p></div>'
        for part in ("head", "nav", "search", "banner", "menu", "side", "foot", "help", "about", "terms")
    )
    html = f"<html><body>{parts}<ul class='{prefix}-list'>{cards}</ul>{extra}</body></html>"
    return Page("https://shop.example/", 200, [(b"content-type", b"text/html")], html.encode(), "c", T0)


def test_the_same_template_with_other_goods_is_near() -> None:
    one = signature(page(3))
    assert len(one) == BITS // 4
    assert signature(page(3)) == one
    assert apart(one, signature(page(200))) <= NEAR
    assert apart(one, signature(page(3, extra="<p class='notice'>公告</p>"))) <= 8


def test_another_template_is_far() -> None:
    assert apart(signature(page(3)), signature(page(3, prefix="mall"))) > 12


def test_what_has_no_template() -> None:
    assert signature(Page("https://a.example/", 200, [], b"{}", "c", T0)) == ""
    assert signature(Page("https://a.example/", 200, [(b"content-type", b"text/html")], b"<p>x</p>", "c", T0)) == ""
    deep = b"<div class='x'>" * 50_000
    assert len(signature(Page("https://a.example/", 200, [(b"content-type", b"text/html")], deep, "c", T0))) in (0, 16)
