"""A frame sits on the quoted words and nowhere else; what cannot be framed says why."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import pytest
from PIL import Image

from scanner.model import Field, FieldState, Lane, SecondLook
from scanner.ocr import Line as OcrLine
from scanner.ocr import PictureState, Reading
from scanner.ocr import places as ocr_places
from scanner.report import marks
from scanner.report.marking import Marked
from scanner.report.material import Seen
from tests.report import making

WIDE, HIGH = 1280, 2000
TEXT = "颈椎病治愈率高达98%，一个疗程见效。"


def row(text: str, x: int, y: int, size: int = 20) -> list[Any]:
    return [text, y, size, [x + size * n for n in range(len(text) + 1)]]


def boxes(*rows: list[Any], moved: int = 0, cut: str = "", high: int = HIGH) -> bytes:
    count = len(rows) + moved
    given = {"format": "qingwang-boxes/1", "of": "screenshot-full", "width": WIDE, "height": high, "before": count,
             "after": count, "cut": cut, "rows": list(rows), "pictures": []}  # fmt: skip
    return json.dumps(given).encode()


def white(high: int = HIGH) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (WIDE, high), "white").save(out, "PNG")
    return out.getvalue()


def page(*rows: list[Any]) -> marks.Words:
    made = marks.words(boxes(*rows))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("quote", "rows", "wanted"),
    [
        ("治愈率", [row("颈椎病治愈率高", 100, 50)], [marks.Box(160, 50, 60, 20)]),
        ("治愈率", [row("颈椎病治", 100, 50), row("愈率高", 180, 50)], [marks.Box(160, 50, 60, 20)]),
        (
            "治愈率",
            [row("颈椎病治", 100, 50), row("愈率高", 20, 80)],
            [marks.Box(160, 50, 20, 20), marks.Box(20, 80, 40, 20)],
        ),
        ("９９％", [row("达99%", 0, 0)], [marks.Box(20, 0, 60, 20)]),
        ("99%", [row("达９９％", 0, 0)], [marks.Box(20, 0, 60, 20)]),
        ("治 愈\u200b率", [row("治愈率", 0, 0)], [marks.Box(0, 0, 60, 20)]),
        ("￥199", [row("¥199", 0, 0)], [marks.Box(0, 0, 80, 20)]),
        ("Ⅱ类", [row("II类", 0, 0)], [marks.Box(0, 0, 60, 20)]),
    ],
)
def test_a_quote_is_found_whatever_its_width_and_breaks(quote: str, rows: list[Any], wanted: list[marks.Box]) -> None:
    found = marks.find(page(*rows), "", quote, "")
    assert (list(found.places[0]), found.of) == (wanted, 1)


def test_the_words_around_tell_which_of_several_places() -> None:
    words = page(row("广告：治愈率很高", 0, 0), row("本品治愈率不详", 0, 40))
    found = marks.find(words, "本品", "治愈率", "不详")
    assert (found.sure, found.of, found.places[0][0].y) == (True, 1, 40)
    both = marks.find(words, "", "治愈率", "")
    assert (both.sure, both.of) == (False, 2)
    assert marks.find(words, "", "没有的话", "").places == ()
    assert marks.find(words, "", " \u200b", "").places == ()
    many = page(*(row("治愈率", 0, 30 * n) for n in range(20)))
    assert (len(marks.find(many, "", "治愈率", "").places), marks.find(many, "", "治愈率", "").of) == (5, 20)


@pytest.mark.parametrize(
    "data",
    [
        None, b"", b"{}", b"[]", b"\xff", b'{"rows": 1}', boxes(["字", 1, 2, [1]]), boxes(["", 1, 2, [1]]), boxes(["字", 1, 2, 3]),
        boxes(["字", "1", 2, [1, 2]]), boxes(["字", 1, 2, [1, 10**9]]), boxes(["字", 1.5, 2, [1, 2]]), b"[" * 100_000,
    ],
)  # fmt: skip
def test_positions_that_are_none_are_refused(data: bytes | None) -> None:
    assert marks.words(data) is None


def test_frames_go_round_the_words_and_leave_them_readable() -> None:
    image = Image.new("RGB", (400, 200), "white")
    box = marks.Box(100, 80, 60, 20)
    made = marks.framed(image, [(7, [box])])
    assert image.getpixel((box.x - marks.PAD, box.y)) == (255, 255, 255)  # the original is untouched
    red = {(x, y) for x in range(400) for y in range(200) if made.getpixel((x, y)) != (255, 255, 255)}
    assert {made.getpixel((box.x - marks.PAD, y)) for y in range(box.y, box.bottom)} == {marks.RED}
    assert not {(x, y) for x, y in red if box.x <= x < box.right and box.y <= y < box.bottom}
    black = marks.covered(image, [box])
    assert black.getpixel((130, 90)) == marks.GREY
    assert marks.encoded(made) == marks.encoded(made)
    assert [piece.height for piece in marks.slices(Image.new("RGB", (10, 350)), 100)] == [100, 100, 100, 50]
    for near in (marks.Box(0, 0, 30, 20), marks.Box(380, 190, 20, 10)):
        part = marks.cut_out(marks.framed(image, [(12, [near])]), [near])
        assert part.size == (400, 200)
    cut = marks.cut_out(Image.new("RGB", (1280, 16_000)), [marks.Box(600, 9_000, 100, 20)])
    assert cut.size == (800, 240)


# --- which picture, and why not ----------------------------------------------------------------------------------


def mark(
    seen: dict[str, Seen], *, quote: str = TEXT[:9], look: SecondLook = SecondLook.CONFIRMED, **more: Any
) -> Marked:
    case = making.case(TEXT)
    start = TEXT.find(quote) if quote else 0
    finding = dataclasses.replace(
        case.proofs[1].finding, **({"quote": quote, "start": start, "end": start + len(quote)} | more)
    )
    proofs = (dataclasses.replace(case.proofs[1], finding=finding, second_look=look),)
    case = dataclasses.replace(case, proofs=proofs)
    return making.views(case, seen=seen).whole().found[0].mark


def shown(*rows: list[Any], **more: Any) -> dict[str, Seen]:
    return {"e" * 20: Seen(picture=white(), full=True, boxes=boxes(*rows, **more), dom=f"<p>{TEXT}</p>".encode())}


def test_the_second_looks_picture_is_framed() -> None:
    made = mark(shown(row(TEXT, 200, 900)))
    assert (made.why, made.capture) == ("", "e" * 20)
    assert "红框 1 内是原话" in made.caption
    image = Image.open(io.BytesIO(made.picture)).convert("RGB")
    red = [(x, y) for x in range(image.width) for y in range(image.height) if image.getpixel((x, y)) == marks.RED]
    left, right = min(x for x, _ in red), max(x for x, _ in red)
    # cut out from 80 on: 140 - 60 to the left of the words; the frame stands PAD outside of them
    assert right - left >= 9 * 20 + 2 * marks.PAD
    assert image.width == 800


@pytest.mark.parametrize(
    ("seen", "more", "why"),
    [
        ({}, {}, "没有用浏览器打开"),
        ({"e" * 20: Seen(picture=white(), full=True, missing="超时")}, {}, "没有取得文字的位置（超时）"),
        ({"e" * 20: Seen(picture=white(), full=False)}, {}, "只有当前窗口的截图"),
        (shown(row("别的话", 0, 0)), {}, "截图时没有显示"),
        (shown(row("别的话", 0, 0), moved=3), {}, "截图前后页面有变动（3 行文字）"),
        (shown(row("别的话", 0, 0), cut="characters"), {}, "只记录了前一部分"),
        (shown(row(TEXT, 200, 1995)), {}, "截图范围之外"),
        (shown(row(TEXT, 200, 100)), {"quote": ""}, "页面上没有应当展示的内容"),
        (shown(row(TEXT, 200, 100)), {"field": "transcript:00:00:01"}, "口播"),
        (shown(row(TEXT, 200, 100)), {"field": "image_text"}, "图片里的文字"),
        ({"e" * 20: dataclasses.replace(shown(row("别的话", 0, 0))["e" * 20], dom=b"")}, {}, "没有这句话"),
        ({"e" * 20: dataclasses.replace(shown(row("别的话", 0, 0))["e" * 20], dom=b"")}, {"look": SecondLook.CHANGED},
         "复核时页面已经与首次取证不同"),
        ({"e" * 20: dataclasses.replace(shown(row(TEXT, 0, 0))["e" * 20], picture=white(500))}, {}, "没有取得文字的位置"),
        ({"e" * 20: Seen(picture=b"\x89PNG\r\n\x1a\nbroken", full=True, boxes=boxes(row(TEXT, 0, 0)))}, {}, "没有取得文字"),
    ],
)  # fmt: skip
def test_what_cannot_be_framed_says_why(seen: dict[str, Seen], more: dict[str, Any], why: str) -> None:
    made = mark(seen, **more)
    assert why in made.why
    assert made.picture == b""


def test_an_import_has_no_picture() -> None:
    case = making.case(TEXT)
    captures = tuple(dataclasses.replace(c, lane=Lane.IMPORT) for c in case.captures)
    found = making.views(dataclasses.replace(case, captures=captures)).whole().found
    assert {one.mark.why for one in found} == {"人工导入的页面，没有屏幕截图"}


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    """Whether a pixel of a JPEG has a colour."""
    return all(abs(a - b) <= 8 for a, b in zip(pixel, colour, strict=True))


def test_text_in_a_picture_is_framed_in_that_picture() -> None:
    line = OcrLine(text=TEXT, x=30, y=40, w=300, h=24, confidence=0.97)
    url = "http://shop.example/d.png"
    reading = Reading(state=PictureState.READ, engine="x", width=600, height=400, lines=(line,))
    text, source = ocr_places.joined([(url, reading)], of=1, most=10_000)
    case = making.case(TEXT)
    subject = dataclasses.replace(case.listings[0], image_text=Field(state=FieldState.SEEN, text=text, source=source))
    finding = dataclasses.replace(case.proofs[1].finding, field="image_text")
    case = dataclasses.replace(
        case, listings=(subject,), proofs=(dataclasses.replace(case.proofs[1], finding=finding),)
    )  # fmt: skip
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(out, "PNG")
    made = making.views(case, images={url: out.getvalue()}).whole().found[0].mark
    assert (made.why, "识别可信度 0.97" in made.caption) == ("", True)
    assert url in made.caption
    image = Image.open(io.BytesIO(made.picture)).convert("RGB")
    assert near(image.getpixel((30 - marks.PAD, 50)), marks.RED)
    assert "打不开" in making.views(case, images={url: b"<svg>"}).whole().found[0].mark.why


def test_buyers_on_the_picture_are_painted_over_before_framing() -> None:
    phone = "买家13900139000"
    seen = shown(row(TEXT, 200, 900), row(phone, 200, 960), row("客服13812345678", 200, 1000))
    views = making.views(making.case(TEXT), seen=seen)
    (picture,) = views.whole().pages[1].pictures
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    assert near(image.getpixel((300, 970)), marks.GREY)
    assert near(image.getpixel((300, 1010)), (255, 255, 255))
    assert "未改动的截图在 pages.wacz" in views.whole().pages[1].note
    assert {"capture": "e" * 20, "masked": {"phone": 1}} in views.masked["pictures"]


@pytest.mark.slow
def test_tall_pictures_are_cut_on_paper_with_a_note() -> None:
    seen = {"e" * 20: Seen(picture=white(15_900), full=True, boxes=boxes(row(TEXT, 200, 900), high=15_900))}
    views = making.views(making.case(TEXT), seen=seen)
    paper = views.paper()
    assert len(paper.pages[1].pictures) == 8
    assert paper.left_out == ("取证页 2 的截图共 10 段，此处印出 8 段", "其余见 report.html 和 pages.wacz")
    assert len(views.whole().pages[1].pictures) == 1
