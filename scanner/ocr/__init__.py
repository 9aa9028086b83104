"""Text in pictures: what a picture says, line by line, each with its box and how sure the recognition was.

Owns: opening a picture safely (``picture``), recognising it tile by tile (``engine``, ``tiles``), the order people read
it in (``order``), a process of its own for all of that (``process``), and how the places of lines travel with a listing's
text (``places``). Leaves to others: which pictures are looked at, when and how many (``crawl.reading.pictures``), keeping what was
read (``store.pictures``), what the text means (``judge``).

RapidOCR with PP-OCR models that lie in its wheel: nothing is fetched when it runs. Only the process that recognises loads
it; importing this room costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, version

LAYOUT = 1  # of our own steps (tiles, order, joining); goes up when they read the same picture differently


class PictureState(StrEnum):
    """What became of a picture (图片结果). All but ``read`` are reasons why nothing is known of its text."""

    READ = "read"  # 已识别, also when it holds no text
    BROKEN = "broken"  # 图片已损坏
    TOO_LARGE = "too_large"  # 像素或者字节过多
    UNSUPPORTED = "unsupported"  # not a PNG, JPEG, WebP or GIF
    FAILED = "failed"  # the recognition itself did not end, or died; may be tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text. The box is in pixels of the picture, from its upper left corner; ``confidence`` 0..1.
    ``before`` stands between it and the line before: a line end, a space (the same row of a table), or nothing (a
    sentence that goes on)."""

    text: str
    x: int
    y: int
    w: int
    h: int
    confidence: float
    before: str = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a picture says. ``width`` and ``height`` in pixels, 0 where not known; lines in reading order."""

    state: PictureState
    engine: str
    width: int = 0
    height: int = 0
    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """The lines joined; the first one's ``before`` does not count."""
        return "".join(line.before + line.text if at else line.text for at, line in enumerate(self.lines))


@cache
def program() -> str:
    """Name and version of what reads: two readings under one name are the same. "" where it is not installed."""
    try:
        return f"rapidocr-{version('rapidocr')}+{LAYOUT}"
    except PackageNotFoundError:
        return ""
