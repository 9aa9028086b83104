"""What a page's HTML gives: visible text, links, pictures, JSON; hostile ones within bounds."""

from __future__ import annotations

import pytest

from scanner.page import Page, fragment
from tests.bounded import seconds
from tests.page.making import WHEN, html


def test_blocks_are_what_a_reader_sees_and_what_css_hides() -> None:
    page = html(
        "<head><title>t</title></head><body><p>一<b>二</b>\n三</p><div style='display:none'>藏起来</div>"
        "<script>no()</script><style>no</style><noscript>no</noscript><template>no</template>"
        "<ul><li>甲</li><li>乙</li></ul>左<br>右<input type=submit value=购买><input value=no><button>按</button></body>"
    )
    assert page.blocks == ("一二 三", "藏起来", "甲", "乙", "左", "右", "购买", "按")
    assert page.visible_text == "\n".join(page.blocks)
    assert page.title == "t"


def test_prose_leaves_out_furniture_and_what_is_only_links_to_elsewhere() -> None:
    page = html(
        "<nav>首页</nav><div class='site-header'>欢迎</div><main><h1>标题</h1><p>正文<a href='/a'>链接</a></p>"
        "<p><a href='/b'>别的商品</a></p><p><a href='#x'>本页的话</a></p><select><option>选</option></select></main>"
        "<div class='comments'>买家说好</div><footer>版权</footer>"
    )
    assert page.prose() == ("标题", "正文链接", "本页的话")
    assert page.prose() == page.prose()
    assert "qingwang" not in str(page.blocks)


def test_a_heading_is_never_furniture() -> None:
    assert html("<header class='header'><h1>商品</h1><p>说明</p></header>").prose() == ("商品", "说明")


def test_prose_keeps_what_stands_between_and_behind_elements() -> None:
    page = html(
        "<div>甲<b>乙</b>丙<script>x</script>丁<select><option>无</option></select>戊<a href='/x'>链接</a></div>己"
    )
    assert page.prose() == ("甲乙丙", "丁", "戊链接", "己")


def test_a_page_cannot_hide_its_words_from_prose_by_an_attribute() -> None:
    assert html("<p qingwang-out=''>根治</p><p hidden>永不复发</p>").prose() == ("根治", "永不复发")


def test_a_word_is_found_in_any_case() -> None:
    assert html("<p oNcLiCk='buy()'>甲</p>").mentions("onclick")
    assert not html("<p>甲</p>").mentions("onclick")


def test_links_are_absolute_and_of_the_web() -> None:
    page = html(
        "<a href='/p/1'>一</a><a href='p/2'>二</a><a href='//h.example/3'>三</a><a href='?q=4'>四</a><a href='#x'>五</a>"
        "<a href='javascript:f()'>六</a><a href='mailto:a@b'>七</a><a href='http://[bad'>八</a><a href='http:'>九</a>"
        "<a href='../10' rel='Next nofollow'><img src='a.jpg' alt='图'></a><a href=' \n/11\n '>x</a><a>无</a>",
        url="https://shop.example/a/b?c=d",
    )
    assert [(link.url, link.text) for link in page.links] == [
        ("https://shop.example/p/1", "一"),
        ("https://shop.example/a/p/2", "二"),
        ("https://h.example/3", "三"),
        ("https://shop.example/a/b?q=4", "四"),
        ("https://shop.example/10", "图"),
        ("https://shop.example/11", "x"),
    ]
    assert page.links[4].rel == "next nofollow"


def test_base_href_counts() -> None:
    page = html("<base href='http://other.example/d/'><a href='e'>x</a><img src='f.png'>")
    assert page.links[0].url == "http://other.example/d/e"
    assert page.images == (("http://other.example/d/f.png", ""),)


def test_images_are_the_real_ones_once() -> None:
    page = html(
        "<img data-original='/real.jpg' src='/blank.gif' alt=' 证 '><img src='/real.jpg'><img src='data:x'><img>"
    )
    assert page.images == (("http://shop.example/real.jpg", "证"),)


def test_meta_and_canonical() -> None:
    page = html(
        "<head><meta name=Description content=' 说明 '><meta property='og:title' content='题'><link rel=canonical href='/c'>"
    )
    assert (page.meta["description"], page.meta["og:title"]) == ("说明", "题")
    assert page.canonical == "http://shop.example/c"


@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        ("application/json", '{"a":[1,2]}', {"a": [1, 2]}),
        ("text/html", ' \ufeff{"code":-400}', {"code": -400}),
        ("application/javascript", 'cb_1({"a":1});', {"a": 1}),
        ("text/plain", ")]}'\n[1]", None),  # a guard counts only where JSON was announced
        ("application/json", ")]}'\n[1]", [1]),
        ("application/json", "null", None),
        ("application/json", '{"a":', None),
        ("application/json", "[" * 100_000, None),
        ("application/json", "[" * 65 + "]" * 65, None),
        ("application/json", "[" * 64 + "]" * 64, "deep"),
        ("application/json", '{"a": 1' + "0" * 5000 + "}", None),  # more digits than Python converts
        ("text/html", "<p>{}</p>", None),
    ],
)
def test_json(kind: str, body: str, value: object) -> None:
    read = html(body, kind=kind).json
    assert (read is not None) if value == "deep" else (read == value)


def test_embedded_json() -> None:
    page = html("<script type='application/json'>{\"a\":1}</script><script type='application/json'>bad</script>")
    assert page.embedded_json == ({"a": 1},)


def test_json_and_binary_pages_have_no_tree() -> None:
    assert html('{"a":"<p>x</p>"}', kind="application/json").tree is None
    assert html(b"%PDF-1.7 <p>x</p>").tree is None
    assert html("").tree is None
    assert html(" \n ").blocks == ()


def test_headers_and_storefront() -> None:
    page = Page("http://user@Shop.Example:8080/a", 200, [(b"X-A", b"1"), (b"x-a", b"2")], b"", "", WHEN)
    assert (page.header(b"X-a"), page.storefront) == ("1", "shop.example:8080")


@pytest.mark.parametrize("depth", [300, 2500, 30_000])
def test_nothing_hides_below_deep_nesting(depth: int) -> None:
    page = html("<html><body>" + "<div>" * depth + "<a href='/x'>藏</a>" + "</div>" * depth + "<p>后</p></body></html>")
    with seconds(2):
        assert page.blocks == ("藏", "后")
        assert [link.url for link in page.links] == ["http://shop.example/x"]


@pytest.mark.parametrize("opening", ["<title>t", "<textarea>t", "<!-- t"])
def test_nothing_hides_behind_an_element_left_open(opening: str) -> None:
    page = html(f"<html><body>{opening}<div>根治颈椎病</div>" + "<p>字</p>" * 30)
    assert any("根治颈椎病" in block for block in page.blocks)


def test_private_marks_of_the_transform_cannot_be_smuggled_in() -> None:
    page = html("<p>\u2029根治\u2029</p><p>甲\u2028乙</p>")
    assert page.prose() == ("根治", "甲 乙")


def test_fragment() -> None:
    assert fragment("<p>一</p><p>二<img src='/a.jpg'></p>", "http://h.example/") == (
        "一\n二",
        ("http://h.example/a.jpg",),
    )
    assert fragment("只有\n\n 文字", "http://h.example/") == ("只有\n文字", ())
    assert fragment("", "http://h.example/") == ("", ())
