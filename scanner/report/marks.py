"""Where a quote stands on the picture of its page, and the picture with frames around it.

Owns: reading the resource ``boxes`` (text positions asked of the browser at the moment of the shot, see
``crawl.browser.boxes``), finding a quote in it (without spaces and shapeless characters, width and case folded by NFKC),
frames and numbers on a **copy** of the picture, cutting tall pictures. Leaves to others: which findings are marked and
what is said where that cannot be (``marking``), what is covered for privacy (``masking``).
"""

from __future__ import annotations

import io
import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from scanner.report.excerpt import shapeless

if TYPE_CHECKING:
    from PIL import Image

MAX_PLACES = 5  # places of one quote that are framed
MAX_JSON = 32 * 1024 * 1024
CONTEXT = 12  # characters on either side that make a quote's place its own
RED, WHITE, GREY = (200, 0, 0), (255, 255, 255), (150, 150, 150)
PAD, LINE, LABEL = 4, 3, 20  # pixels: between words and frame, of the frame, of its number
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of a picture, from its upper left corner."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Characters side by side: ``edges`` are the left edge of the first and the right edge of each."""

    text: str
    top: int
    height: int
    edges: tuple[int, ...]

    def box(self, start: int, end: int) -> Box:
        left, right = self.edges[start], self.edges[end]
        return Box(left, self.top, max(1, right - left), self.height)


@dataclass(frozen=True, kw_only=True)
class Words:
    """All visible words of a page at the moment of its picture. ``moved``: rows that were not at the same place before and
    after it; ``cut``: why not all were taken down."""

    width: int
    height: int
    rows: tuple[Row, ...]
    moved: int
    cut: str

    @cached_property
    def text(self) -> str:
        """The rows, a line each."""
        return "\n".join(row.text for row in self.rows)

    @cached_property
    def folded(self) -> tuple[str, list[tuple[int, int]]]:
        """All characters folded, and of each the row and the place in it: made once, searched for every quote."""
        chars: list[str] = []
        places: list[tuple[int, int]] = []
        for number, row in enumerate(self.rows):
            for at, char in enumerate(row.text):
                folded = _char(char)
                chars.append(folded)
                places += [(number, at)] * len(folded)
        return "".join(chars), places

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """The boxes of ``text[start:end]``."""
        found = []
        for number in range(max(0, bisect_right(self._starts, start) - 1), len(self.rows)):
            at, row = self._starts[number], self.rows[number]
            if at >= end:
                break
            low, high = max(start - at, 0), min(end - at, len(row.text))
            if low < high:
                found.append(row.box(low, high))
        return tuple(found)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each row begins in ``text``."""
        return list(accumulate((len(row.text) + 1 for row in self.rows[:-1]), initial=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The places of a quote, each with its boxes, at most :data:`MAX_PLACES` of ``of``. ``sure``: the words around it are
    those of the finding too, so that it is this very place."""

    places: tuple[tuple[Box, ...], ...]
    of: int
    sure: bool


def words(data: bytes | None) -> Words | None:
    """The resource ``boxes``; None where there is none, or where it is not what it should be."""
    if data is None or len(data) > MAX_JSON:
        return None
    try:
        given = json.loads(data)
        rows = tuple(_row(*row) for row in given["rows"])
        return Words(
            width=_whole(given["width"]), height=_whole(given["height"]), rows=rows, cut=str(given["cut"])[:50],
            moved=max(_whole(given["before"]), _whole(given["after"])) - len(rows),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def find(page: Words, before: str, quote: str, after: str) -> Found:
    """Where ``quote`` stands on the page; the place between ``before`` and ``after`` rather than others."""
    hay, places = page.folded
    needle = fold(quote)
    if not needle:
        return Found(places=(), of=0, sure=False)
    left, right = fold(before)[-CONTEXT:], fold(after)[:CONTEXT]
    for ahead, behind in ((left, right), (left, ""), ("", right)):
        if ahead or behind:
            starts = [at + len(ahead) for at in _all(hay, ahead + needle + behind)]
            if starts:
                return _found(page, places, starts, len(needle), sure=True)
    return _found(page, places, _all(hay, needle), len(needle), sure=False)


def fold(text: str) -> str:
    """Characters as they are compared: NFKC and lower case a character, without spaces and shapeless ones.

    >>> fold("治愈率 高达９９％")
    '治愈率高达99%'
    """
    return "".join(_char(char) for char in text)


@cache
def _char(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower()
    return "".join(c for c in folded if not c.isspace() and not shapeless(c))


def _all(hay: str, needle: str) -> list[int]:
    found, at = [], hay.find(needle)
    while at >= 0:
        found.append(at)
        at = hay.find(needle, at + len(needle))
    return found


def _found(page: Words, places: Sequence[tuple[int, int]], starts: Sequence[int], length: int, *, sure: bool) -> Found:
    made = []
    for start in starts[:MAX_PLACES]:
        rows: dict[int, list[int]] = {}
        for number, at in places[start : start + length]:
            rows.setdefault(number, []).append(at)
        made.append(_joined(page.rows[n].box(min(ats), max(ats) + 1) for n, ats in rows.items()))
    return Found(places=tuple(made), of=len(starts), sure=sure)


def _joined(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Boxes of one line that touch (words with a space between, a link within a sentence) as one."""
    made: list[Box] = []
    for box in boxes:
        last = made[-1] if made else None
        if last and abs(last.y - box.y) <= 2 and abs(last.h - box.h) <= 4 and -2 <= box.x - last.right <= box.h:
            top, bottom = min(last.y, box.y), max(last.bottom, box.bottom)
            made[-1] = Box(last.x, top, box.right - last.x, bottom - top)
        else:
            made.append(box)
    return tuple(made)


def _row(text: Any, top: Any, height: Any, edges: Any) -> Row:
    if not isinstance(text, str) or not text:
        raise TypeError("a row without text")
    # JavaScript counts a character beyond the BMP once here too: the walk goes by code points.
    made = Row(text=text, top=_whole(top), height=_whole(height), edges=tuple(_whole(edge) for edge in edges))
    if len(made.edges) != len(text) + 1:
        raise ValueError("a row whose edges do not fit its text")
    return made


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10_000_000:
        raise TypeError("not a whole number")
    return value


# --- drawing -----------------------------------------------------------------------------------------------------


def opened(picture: bytes) -> Image.Image | None:
    """The first frame of a picture, upright, RGB; None where it is broken, too large or no picture."""
    from scanner.ocr.picture import Unreadable, upright

    try:
        return upright(picture)
    except Unreadable:
        return None


def covered(picture: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy with what lies under ``boxes`` painted over."""
    from PIL import ImageDraw

    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for box in boxes:
        draw.rectangle((box.x - 1, box.y - 1, box.right + 1, box.bottom + 1), fill=GREY)
    return copy


def framed(picture: Image.Image, marks: Iterable[tuple[int, Sequence[Box]]]) -> Image.Image:
    """A copy with frames around boxes, each first one with its number."""
    from PIL import ImageDraw, ImageFont

    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    font = ImageFont.load_default(size=16)
    for number, boxes in marks:
        for nth, box in enumerate(boxes):
            around = (box.x - PAD, box.y - PAD, box.right + PAD, box.bottom + PAD)
            draw.rectangle(around, outline=RED, width=LINE)
            if nth == 0:
                wide = 10 * len(str(number)) + 8
                left, top = _label(picture, around, wide)
                draw.rectangle((left, top, left + wide, top + LABEL), fill=RED)
                draw.text((left + 4, top + 1), str(number), fill=WHITE, font=font)
    return copy


def _label(picture: Image.Image, around: tuple[int, int, int, int], wide: int) -> tuple[int, int]:
    """Where a frame's number hides least: the plainest place beside the frame."""
    x0, y0, x1, y1 = around
    tried = [(x0 - wide, y0), (x0, y0 - LABEL), (x1, y0), (x1 - wide, y0 - LABEL), (x0, y1), (x1 - wide, y1)]
    inside = [(x, y) for x, y in tried if x >= 0 and x + wide < picture.width and y >= 0 and y + LABEL < picture.height]

    def unrest(place: tuple[int, int]) -> int:
        x, y = place
        low, high = picture.crop((x, y, x + wide, y + LABEL)).convert("L").getextrema()
        return int(high) - int(low)  # type: ignore[arg-type]

    return min(inside, key=unrest, default=(max(0, x0), max(0, y0)))


def cut_out(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The part of a picture around boxes: at least 800 x 240 pixels where there are so many, at most 1,000 high."""
    left, right = min(b.x for b in boxes), max(b.right for b in boxes)
    top, bottom = min(b.y for b in boxes), max(b.bottom for b in boxes)
    x0, x1 = _span(left - 60, right + 60, 800, picture.width)
    y0, y1 = _span(top - 100, min(bottom, top + 780) + 100, 240, picture.height)
    return picture.crop((x0, y0, x1, y1))


def _span(low: int, high: int, least: int, most: int) -> tuple[int, int]:
    missing = max(0, least - (high - low))
    low, high = low - missing // 2, high + missing - missing // 2
    if low < 0:
        low, high = 0, high - low
    if high > most:
        low, high = low - (high - most), most
    return max(0, low), max(1, high)


def slices(picture: Image.Image, height: int) -> list[Image.Image]:
    """A tall picture as pieces of at most ``height`` pixels, from the top."""
    return [
        picture.crop((0, top, picture.width, min(top + height, picture.height)))
        for top in range(0, picture.height, height)
    ]


def media_type(picture: bytes) -> str:
    """That of a picture in a document: PNG or JPEG."""
    return "image/png" if picture.startswith(PNG) else "image/jpeg"


def encoded(picture: Image.Image) -> bytes:
    """JPEG, every pixel with its own colour, so that a thin red frame stays red: a tenth of the time of PNG and not larger.
    The same picture gives the same bytes with the same Pillow."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, subsampling=0)
    return out.getvalue()
