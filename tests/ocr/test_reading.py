"""What is read of pictures the tests draw: sizes, fonts, colours, columns, a long page; a process of its own."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

pytest.importorskip("rapidocr", reason="text in pictures needs rapidocr")

from scanner.ocr import PictureState, Reading
from scanner.ocr.engine import read
from scanner.ocr.picture import MAX_PIXELS
from scanner.ocr.process import Recogniser, decoded, encoded
from tests.ocr import drawing
from tests.ocr.drawing import Drawn
from tests.ocr.measured import exact, number_pictures

pytestmark = pytest.mark.xdist_group("ocr")  # the models are loaded once


def share(drawn: Drawn, reading: Reading) -> float:
    said = "".join(drawn.lines)
    return 1 - drawing.wrong(said, reading.text) / len(drawing.bare(said))


@pytest.mark.long
@pytest.mark.parametrize("size", [12, 16, 24, 48])
@pytest.mark.parametrize("which", [0, 2])
def test_sizes_and_fonts(size: int, which: int) -> None:
    drawn = drawing.draw(drawing.WORDS[:8], size=size, which=which)
    assert share(drawn, read(drawn.body)) >= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ink", "paper"),
    [((255, 255, 255), (200, 30, 40)), ((255, 230, 0), (30, 60, 160)), ((140, 140, 140), (255, 255, 255))],
)
def test_colours(ink: drawing.Colour, paper: drawing.Colour) -> None:
    drawn = drawing.draw(drawing.WORDS[:6], ink=ink, paper=paper)
    assert share(drawn, read(drawn.body)) >= 0.97


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_formats(kind: str) -> None:
    drawn = drawing.draw(drawing.WORDS[6:10], kind=kind)
    assert share(drawn, read(drawn.body)) >= 0.97


@pytest.mark.slow
def test_two_columns_in_order() -> None:
    drawn = drawing.columns(drawing.WORDS[:6], drawing.WORDS[6:12])
    assert share(drawn, read(drawn.body)) >= 0.97


def test_a_table_by_rows_with_its_number() -> None:
    rows = (("产品名称", "低频电子脉冲按摩仪"), ("注册证编号", "国械注准20212090001"), ("型号", "DM-200A"))
    reading = read(drawing.table(rows).body)
    assert reading.text.split("\n") == [f"{label} {value}" for label, value in rows]


@pytest.mark.long
@pytest.mark.slow
def test_a_long_detail_page() -> None:
    drawn = drawing.long()
    reading = read(drawn.body)
    assert (reading.width, reading.height) == (750, 12_000)
    assert share(drawn, reading) >= 0.97


@pytest.mark.long
def test_numbers_are_read_exactly() -> None:
    answers = [exact(number, read(drawn.body)) for _, number, drawn in number_pictures(20, seed=3)]
    assert sum(answers) / len(answers) >= 0.95


def test_boxes_lie_on_the_lines() -> None:
    drawn = drawing.draw(("第一行的文字", "第二行的文字", "第三行的文字"), size=24)
    lines = read(drawn.body).lines
    assert [line.text for line in lines] == list(drawn.lines)
    for number, line in enumerate(lines):
        middle = 20 + number * round(24 * 1.7) + 17
        assert line.y <= middle <= line.y + line.h
        assert abs(line.x - 20) <= 6
        assert abs(line.w - 6 * 24) <= 14
        assert 0.6 <= line.confidence <= 1


def test_a_picture_without_text_is_read_and_empty() -> None:
    reading = read(drawing.draw(("",)).body)
    assert (reading.state, reading.lines) == (PictureState.READ, ())


def test_importing_the_room_loads_nothing_large() -> None:
    program = "import sys, scanner.ocr.places, scanner.ocr.process; print(sorted({'cv2','onnxruntime','rapidocr','PIL','numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_process_of_its_own_reads_the_same_and_survives_damage() -> None:
    drawn = drawing.draw(drawing.WORDS[:3])
    with Recogniser() as recogniser:
        assert recogniser.read(b"\x89PNG damaged").state is PictureState.BROKEN
        assert recogniser.read(drawn.body) == read(drawn.body)
        first = recogniser._child
        assert first is not None
        first.kill()  # it dies over a picture
        first.wait()
        assert recogniser.read(drawn.body).state is PictureState.READ
        second = recogniser._child
        assert second is not None
        assert second.pid != first.pid


@pytest.mark.long
def test_the_largest_picture_fits_into_the_memory_of_the_process() -> None:
    drawn = drawing.draw(drawing.WORDS[:4], size=120, width=6_000)
    with Image.open(BytesIO(drawn.body)) as picture:
        tall = Image.new("RGB", (6_000, MAX_PIXELS // 6_000), "white")
        tall.paste(picture, (0, tall.height - picture.height))
    with Recogniser() as recogniser:
        reading = recogniser.read(drawing.encoded(tall))
    assert (reading.state, reading.width, reading.height) == (PictureState.READ, *tall.size)
    assert share(drawn, reading) >= 0.97
    assert all(line.y > tall.height - picture.height for line in reading.lines)  # in the picture's own pixels


@pytest.mark.slow
def test_nothing_is_fetched() -> None:
    program = (
        "import socket, sys\n"
        "def refused(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refused\n"
        "from scanner.ocr.engine import read\n"
        "print(read(sys.stdin.buffer.read()).text)\n"
    )
    drawn = drawing.draw(("型号规格：DM-200A",), size=24)
    done = subprocess.run([sys.executable, "-c", program], input=drawn.body, capture_output=True, check=True)
    assert done.stdout.decode().strip() == drawn.lines[0]


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.ocr.process.STARTING", 0.05)
    with Recogniser(patience=0.05) as recogniser:
        assert recogniser.read(drawing.draw(drawing.WORDS[:3]).body).state is PictureState.FAILED
        assert recogniser._child is None


def test_a_reading_goes_over_the_wire_unchanged() -> None:
    reading = read(drawing.draw(drawing.WORDS[:2]).body)
    assert decoded(encoded(reading)) == reading
    for rubbish in (b"", b"[]", b"{}", b'{"state": "sure"}'):
        with pytest.raises((ValueError, KeyError, TypeError)):
            decoded(rubbish)
