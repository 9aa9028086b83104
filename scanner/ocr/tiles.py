"""Long pictures cut into tiles that overlap, and the lines of all tiles put together, each once.

Owns: where the cuts are and which of two sightings of a line counts. Leaves to others: recognising a tile (``engine``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scanner.ocr import Line

SIDE = 1_280  # pixels of a tile's height; the detection's cost and memory grow with it
OVERLAP = 160  # pixels that neighbours share: more than the height of any line but the largest headings
EDGE = 3  # pixels; a line this near to a cut may have lost a part
SAME = 0.5  # share of the smaller box that two sightings of a line have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A rectangle of a picture in pixels, ends exclusive."""

    x: int
    y: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A line of one tile, in the picture's pixels; ``cut``: it touches a side of the tile that is not the picture's."""

    line: Line
    cut: bool


def tiles(width: int, height: int) -> Iterator[Tile]:
    """The tiles of a picture from top to bottom, alike in height. It is never cut from top to bottom: that would cut
    lines in two."""
    if height <= SIDE:
        yield Tile(x=0, y=0, right=width, bottom=height)
        return
    count = -(-(height - OVERLAP) // (SIDE - OVERLAP))
    step = (height - OVERLAP) / count
    for number in range(count):
        bottom = min(height, round((number + 1) * step) + OVERLAP)
        yield Tile(x=0, y=round(number * step), right=width, bottom=bottom)


def placed(tile: Tile, lines: Iterable[Line], width: int, height: int) -> Iterator[Seen]:
    """Lines of a tile, in its own pixels, as they lie in the picture of ``width`` x ``height``."""
    for line in lines:
        moved = replace(line, x=line.x + tile.x, y=line.y + tile.y)
        cut = (
            (tile.x > 0 and line.x < EDGE)
            or (tile.y > 0 and line.y < EDGE)
            or (tile.right < width and moved.x + moved.w > tile.right - EDGE)
            or (tile.bottom < height and moved.y + moved.h > tile.bottom - EDGE)
        )
        yield Seen(line=moved, cut=cut)


def merged(seen: Iterable[Seen]) -> list[Line]:
    """Every line once: whole sightings before cut ones, then the surer. By rows of the picture, so linear in practice."""
    ranked = sorted(seen, key=lambda s: (s.cut, -s.line.confidence * s.line.w, s.line.y, s.line.x))
    rows: dict[int, list[Line]] = {}
    kept: list[Line] = []
    for one in ranked:
        line = one.line
        near = range(line.y // OVERLAP, (line.y + line.h) // OVERLAP + 1)
        if any(_same(line, other) for row in near for other in rows.get(row, ())):
            continue
        kept.append(line)
        for row in near:
            rows.setdefault(row, []).append(line)
    return kept


def _same(a: Line, b: Line) -> bool:
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if across <= 0 or down <= 0:
        return False
    return across * down >= SAME * min(a.w * a.h, b.w * b.h)
