"""Where Chromium says that words stand: on the very pixels of the picture, and only where they could be seen."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from scanner.crawl.browser import boxes
from scanner.report import marks
from tests.crawl.browser.visiting import QUICK, Running, environment, page, parts, started
from tests.crawl.wire import wire

pytestmark = pytest.mark.browser

PINK = (255, 0, 255)
# Quotes on a background of their own, so that the picture itself says whether a box is right.
SHOP = """<style>body{margin:0;font:20px/1.6 sans-serif} q{quotes:none;background:#f0f;color:#000}
.full{height:100vh} .bar{position:sticky;top:0;height:40px;background:#ddd}</style><div class=bar>演示店</div>
<div class=full>首屏</div><p>颈椎病<q>治愈率高达<b>９９</b>％</q>，见效快</p>
<div style="width:150px"><q>换行的原话一直写到下面一行</q></div><div style="height:1500px"></div>
<p style="text-align:center;font-size:14px"><q>Cure rate 98%</q></p><div id=host></div>
<p style="display:none">藏起来的话</p><p style="visibility:hidden">看不见的话</p><p style="opacity:0">透明的话</p>
<div style="height:0;overflow:hidden">折叠的话</div><div style="width:60px;height:30px;overflow:auto">短<br>滚动框里的话</div>
<p style="text-indent:-9999px">移出的话</p><script>
const root=document.getElementById('host').attachShadow({mode:'open'});root.innerHTML='<span style="background:#f0f">影子里的话</span>';
document.createTreeWalker=()=>{throw 1};Range.prototype.getClientRects=()=>[{left:1,right:2,top:1,bottom:2,width:1,height:1}];
JSON.stringify=()=>'{}';Element.prototype.checkVisibility=()=>true</script>"""
MOVING = """<p id=m style="position:absolute;left:0;top:0">游走的话</p><p>不动的话</p>
<script>let x=0;setInterval(()=>{x+=7;document.getElementById('m').style.left=(x%900)+'px'},1)</script>"""


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    yield from started(QUICK)


def looked(running: Running, body: str) -> tuple[marks.Words, Image.Image, dict[str, Any]]:
    with wire({"/": page(body)}) as shop:
        visit = running.visit(f"{shop.url}/")
    found = parts(visit)
    assert environment(visit)["missing"] == {}
    words = marks.words(found["boxes"])
    assert words is not None
    return words, Image.open(io.BytesIO(found["screenshot-full"])).convert("RGB"), json.loads(found["boxes"])


def test_boxes_sit_on_the_words_of_the_picture(running: Running) -> None:
    words, image, given = looked(running, SHOP)
    assert (words.width, words.height) == image.size
    assert (given["format"], given["cut"], words.moved) == (boxes.FORMAT, "", 0)
    for quote, least in (
        ("治愈率高达99%", 1),
        ("换行的原话一直写到下面一行", 2),
        ("Cure rate 98%", 1),
        ("影子里的话", 1),
    ):
        found = marks.find(words, "", quote, "")
        assert found.of == 1, quote
        assert len(found.places[0]) >= least
        for box in found.places[0]:
            inside = [
                image.getpixel((x, y)) for x in range(box.x + 1, box.right - 1) for y in (box.y + 3, box.bottom - 4)
            ]
            dark = sum(pixel[1] < 60 for pixel in inside)  # black on pink, and nothing white
            assert dark > len(inside) * 0.95, (quote, box)
            beside = [image.getpixel((x, (box.y + box.bottom) // 2)) for x in (box.x - 2, box.right + 1) if x >= 0]
            assert PINK not in beside, (quote, box)


def test_what_could_not_be_seen_is_not_there(running: Running) -> None:
    words, _, _ = looked(running, SHOP)
    folded = marks.fold(words.text)
    for hidden in ("藏起来的话", "看不见的话", "透明的话", "折叠的话", "滚动框里的话", "移出的话"):
        assert hidden not in folded, hidden
    assert "首屏" in folded


def test_words_that_move_while_the_picture_is_taken_are_left_out(running: Running) -> None:
    words, _, given = looked(running, MOVING)
    assert marks.find(words, "", "不动的话", "").of == 1
    assert marks.find(words, "", "游走的话", "").of == 0
    assert (given["before"], words.moved) == (2, 1)


@pytest.mark.long
def test_a_page_of_too_many_words_is_cut_in_time(running: Running) -> None:
    words, _, given = looked(running, "<p>" + "字词句段" * 16_000 + "</p>")
    assert given["cut"] in ("characters", "time")
    assert len(words.text) <= boxes.MAX_CHARS * 2
