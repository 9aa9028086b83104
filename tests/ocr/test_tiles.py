"""Tiles cover a picture, overlap, and give every line once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scanner.ocr import Line
from scanner.ocr.tiles import OVERLAP, SIDE, Seen, Tile, merged, placed, tiles


def line(text: str, x: int, y: int, w: int = 200, h: int = 24, confidence: float = 0.9) -> Line:
    return Line(text=text, x=x, y=y, w=w, h=h, confidence=confidence)


@given(st.integers(1, 2_600), st.integers(1, 60_000))
def test_every_pixel_lies_in_a_tile_and_no_tile_is_too_high(width: int, height: int) -> None:
    found = list(tiles(width, height))
    assert (found[0].y, found[-1].bottom) == (0, height)
    assert all(later.y <= earlier.bottom - OVERLAP for earlier, later in pairwise(found))
    assert all((tile.x, tile.right) == (0, width) for tile in found)
    assert all(0 < tile.bottom - tile.y <= SIDE for tile in found)


def test_a_line_in_two_tiles_comes_once() -> None:
    upper, lower = Tile(x=0, y=0, right=750, bottom=1_280), Tile(x=0, y=1_120, right=750, bottom=2_400)
    seen = [
        *placed(upper, [line("重叠处的一行", 20, 1_180)], 750, 2_400),
        *placed(lower, [line("重叠处的一行", 21, 61, confidence=0.8)], 750, 2_400),
    ]
    assert [(one.text, one.y) for one in merged(seen)] == [("重叠处的一行", 1_180)]


def test_a_line_that_a_cut_goes_through_gives_way_to_the_whole_one() -> None:
    upper, lower = Tile(x=0, y=0, right=750, bottom=1_280), Tile(x=0, y=1_120, right=750, bottom=2_400)
    half = line("丰行", 20, 1_268, h=12, confidence=0.99)
    seen = [*placed(upper, [half], 750, 2_400), *placed(lower, [line("半行", 20, 147)], 750, 2_400)]
    assert [one.text for one in merged(seen)] == ["半行"]
    assert [one.cut for one in seen] == [True, False]


def test_the_sides_of_the_picture_cut_nothing() -> None:
    whole = Tile(x=0, y=0, right=750, bottom=300)
    assert [one.cut for one in placed(whole, [line("顶格", 0, 0), line("到底", 0, 276)], 750, 300)] == [False, False]


def test_lines_beside_each_other_stay_two() -> None:
    seen = [Seen(line=line("左", 0, 0), cut=False), Seen(line=line("右", 210, 0), cut=False)]
    assert {one.text for one in merged(seen)} == {"左", "右"}
