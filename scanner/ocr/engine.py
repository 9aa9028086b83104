"""RapidOCR, loaded at its first picture: pixels in, lines out.

Owns: the settings of detection and recognition, one thread, and turning what they find into lines. Leaves to others:
opening a picture (``picture``), tiles, the order of lines.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from scanner.ocr import Line, PictureState, Reading, program
from scanner.ocr.order import ordered
from scanner.ocr.picture import LEAST, Unreadable, pixels
from scanner.ocr.tiles import Seen, merged, placed, tiles

if TYPE_CHECKING:
    from scanner.ocr.picture import Pixels

SURE = 0.6  # confidence below which what was recognised is a pattern or a logo rather than text
MAX_LINES = 2_000  # of one picture
MAX_LINE = 500  # characters
MAX_WIDTH = 2_600  # pixels beyond which a picture is shrunk: a camera's, whose letters are large

_SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": SURE,
    "Global.use_cls": False,  # it turns lines upside down that are not, and detail pictures stand upright
    "Global.max_side_len": 2_700,  # a tile is never larger, so nothing is shrunk
    "Det.limit_side_len": 64,  # tiles as they are: enlarging a flat banner to 736 costs four times the time, for nothing
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def read(body: bytes) -> Reading:
    """What a picture says. Never raises over what the bytes are."""
    try:
        image = pixels(body)
    except Unreadable as doubt:
        return Reading(state=doubt.state, engine=program(), width=doubt.size[0], height=doubt.size[1])
    height, width = image.shape[:2]
    if min(width, height) < LEAST:
        return Reading(state=PictureState.READ, engine=program(), width=width, height=height)
    small, scale = _shrunk(image)
    rows, columns = small.shape[:2]
    seen: list[Seen] = []
    for tile in tiles(columns, rows):
        part = small[tile.y : tile.bottom, tile.x : tile.right]
        seen.extend(placed(tile, _lines(part), columns, rows))
        if len(seen) > MAX_LINES * 2:
            break
    lines = ordered(merged(seen)[:MAX_LINES], columns)
    return Reading(
        state=PictureState.READ, engine=program(), width=width, height=height,
        lines=tuple(_enlarged(line, scale) for line in lines),
    )  # fmt: skip


def _shrunk(image: Pixels) -> tuple[Pixels, float]:
    height, width = image.shape[:2]
    if width <= MAX_WIDTH:
        return image, 1.0
    import cv2

    scale = width / MAX_WIDTH
    size = (MAX_WIDTH, max(1, round(height / scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype, copy=False), scale


def _enlarged(line: Line, scale: float) -> Line:
    if scale == 1.0:
        return line
    x, y, w, h = (round(side * scale) for side in (line.x, line.y, line.w, line.h))
    return Line(text=line.text, x=x, y=y, w=w, h=h, confidence=line.confidence, before=line.before)


def _lines(image: Pixels) -> list[Line]:
    """The lines of one tile, in its pixels."""
    if not image.size or int(image.max()) - int(image.min()) < 8:
        return []  # one colour: nothing to detect
    found = _rapid()(image)
    if found.boxes is None or not found.txts:
        return []
    lines = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        said = " ".join(text.split())[:MAX_LINE]
        xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
        x, y = max(0, round(min(xs))), max(0, round(min(ys)))
        w, h = round(max(xs)) - x, round(max(ys)) - y
        if said and w > 0 and h > 0:
            lines.append(Line(text=said, x=x, y=y, w=w, h=h, confidence=round(float(score), 3)))
    return lines


@cache
def _rapid() -> Any:
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    return RapidOCR(params=dict(_SETTINGS))
