"""The places of lines travel with the text of a listing's pictures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.ocr import Line, PictureState, Reading
from scanner.ocr.places import joined, places, said, whole

FIRST = Reading(
    state=PictureState.READ, engine="e", width=750, height=300,
    lines=(
        Line(text="产品名称", x=20, y=10, w=80, h=20, confidence=0.98),
        Line(text="按摩仪", x=200, y=10, w=60, h=20, confidence=0.97, before=" "),
        Line(text="根治颈椎病", x=20, y=50, w=100, h=20, confidence=0.9),
    ),
)  # fmt: skip
SECOND = Reading(state=PictureState.READ, engine="e", lines=(Line(text="治愈率", x=1, y=2, w=30, h=4, confidence=1.0),))
EMPTY = Reading(state=PictureState.READ, engine="e")
BROKEN = Reading(state=PictureState.BROKEN, engine="e")
A, B, C = "https://shop.example/1.jpg", "https://shop.example/2.jpg", "https://shop.example/3.jpg"


def test_the_text_and_the_boxes_of_its_parts() -> None:
    text, source = joined([(A, FIRST), (B, SECOND)], of=2, most=1_000)
    assert text == "产品名称 按摩仪\n根治颈椎病\n\n治愈率"
    start = text.index("颈椎病")
    (place,) = places(source, start, start + 3)
    assert (place.picture, place.x, place.y, place.w, place.h, place.confidence) == (A, 20, 50, 100, 20, 0.9)
    assert text[place.start : place.end] == "根治颈椎病"
    (place,) = places(source, text.index("治愈率"), len(text))
    assert (place.picture, text[place.start : place.end]) == (B, "治愈率")
    assert whole(source)


def test_a_quote_over_two_lines_names_both() -> None:
    text, source = joined([(A, FIRST)], of=1, most=1_000)
    rows = said(source, 0, text.index("根治"))
    assert len(rows) == 2
    assert A in rows[0]
    assert "x=20 y=10 宽=80 高=20" in rows[0]


def test_unread_pictures_are_told() -> None:
    assert not whole(joined([(A, FIRST), (B, BROKEN)], of=2, most=1_000)[1])
    assert not whole(joined([(A, FIRST)], of=2, most=1_000)[1])
    assert whole(joined([(A, FIRST), (C, EMPTY)], of=2, most=1_000)[1])


def test_a_text_too_long_is_cut_between_pictures_and_told() -> None:
    text, source = joined([(A, FIRST), (B, SECOND)], of=2, most=18)
    assert text == FIRST.text
    assert not whole(source)


def test_a_source_of_another_make_has_no_places_and_is_whole() -> None:
    assert places("path:data.pictures", 0, 10) == ()
    assert whole("")


@given(st.lists(st.tuples(st.text("字母A1 ", min_size=1, max_size=9), st.sampled_from(["\n", " ", ""])), min_size=1))
def test_every_line_is_found_at_its_place(rows: list[tuple[str, str]]) -> None:
    lines = tuple(
        Line(text=text, x=at, y=at, w=1, h=1, confidence=0.5, before=before) for at, (text, before) in enumerate(rows)
    )
    text, source = joined([(A, Reading(state=PictureState.READ, engine="e", lines=lines))], of=1, most=10_000)
    found = places(source, 0, len(text))
    assert [text[one.start : one.end] for one in found] == [one.text for one in lines]
    assert [one.x for one in found] == list(range(len(lines)))
