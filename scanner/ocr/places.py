"""Where the text of a listing's pictures stood: which picture, which box, how sure.

Owns: one compact text that travels as the source of the field ``image_text`` (``Field.source``), so that whoever judges a
stored listing again knows the places too. Leaves to others: which pictures were looked at.

    ocr rapidocr-3.10.0+1 read=2 of=3 budget=1
    0 https://shop.example/d1.jpg
    0 25 20 118 430 26 98
    26 40 20 160 300 26 99
    41 https://shop.example/d2.jpg
    ...

First line: what read it, how many of the pictures, and why not the others (``budget``: too many or too long; ``missing``:
not in the recording, not fetched, or it did not come; ``other``: not called a licence; else the picture's state). Then for each picture, from which offset its text stands and its
address; for each of its lines: start, end, x, y, width, height, confidence in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from scanner.ocr import PictureState, Reading, program

BETWEEN = "\n\n"  # between the texts of two pictures
PREFIX = "ocr "
MAX_SAID = 3  # places named of one quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of text in a picture: ``[start, end)`` of the field, the picture's address, the box in pixels."""

    start: int
    end: int
    picture: str
    x: int
    y: int
    w: int
    h: int
    confidence: float


def joined(
    readings: Sequence[tuple[str, Reading]], *, of: int, most: int, unread: Mapping[str, int] | None = None
) -> tuple[str, str]:
    """The text of pictures, by address, of at most ``most`` characters, and its source. ``of``: how many pictures the
    page has; ``unread``: how many were not read, by reason, beside those that say so themselves."""
    why: dict[str, int] = dict(unread or {})
    text: list[str] = []
    rows: list[str] = []
    at = 0
    done = 0
    for url, reading in readings:
        reason = "" if reading.state is PictureState.READ else reading.state.value
        if not reason and len(reading.text) > most - at - len(BETWEEN):
            reason = "budget"
        if reason:
            why[reason] = why.get(reason, 0) + 1
            continue
        done += 1
        if not reading.lines:
            continue
        if text:
            text.append(BETWEEN)
            at += len(BETWEEN)
        rows.append(f"{at} {_one_word(url)}")
        for number, line in enumerate(reading.lines):
            before = line.before if number else ""
            text.append(before + line.text)
            start = at + len(before)
            at = start + len(line.text)
            rows.append(f"{start} {at} {line.x} {line.y} {line.w} {line.h} {round(line.confidence * 100)}")
    head = " ".join([f"{PREFIX}{program()} read={done} of={of}", *(f"{name}={n}" for name, n in sorted(why.items()))])
    return "".join(text), "\n".join([head, *rows])


def _one_word(url: str) -> str:
    """An address without the spaces and line ends that part the words and rows of a source."""
    return "".join(quote(char) if char.isspace() else char for char in url)


def whole(source: str) -> bool:
    """Whether all pictures of the page were read. A source that is none of ours (an example, a test) is whole."""
    if not source.startswith(PREFIX):
        return True
    said = dict(part.partition("=")[::2] for part in source.partition("\n")[0].split() if "=" in part)
    return said.get("read") == said.get("of")


def places(source: str, start: int, end: int) -> tuple[Place, ...]:
    """The lines that hold a part of ``[start, end)`` of the field. A source that is none of ours has none."""
    if not source.startswith(PREFIX):
        return ()
    found: list[Place] = []
    picture = ""
    for row in source.split("\n")[1:]:
        parts = row.split(" ")
        if len(parts) == 2:
            picture = parts[1]
        elif len(parts) == 7:
            first, last, x, y, w, h, sure = map(int, parts)
            if first < end and start < last:
                found.append(Place(start=first, end=last, picture=picture, x=x, y=y, w=w, h=h, confidence=sure / 100))
    return tuple(found)


def said(source: str, start: int, end: int) -> tuple[str, ...]:
    """The places of a quote, in Chinese, a line each."""
    found = places(source, start, end)
    rows = [
        f"见于图片 {one.picture}，位置 x={one.x} y={one.y} 宽={one.w} 高={one.h}（像素），识别可信度 {one.confidence:.2f}"
        for one in found[:MAX_SAID]
    ]
    return (*rows, f"另有 {len(found) - MAX_SAID} 行") if len(found) > MAX_SAID else tuple(rows)
