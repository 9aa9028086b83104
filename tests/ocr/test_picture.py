"""Pictures' bytes: formats, damage, bombs; each ends with a named state, nothing large is ever decoded."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scanner.ocr import PictureState
from scanner.ocr import picture as room
from scanner.ocr.picture import MAX_BYTES, MAX_PIXELS, Unreadable, pixels


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, "white" if mode == "RGB" else 0).save(out, kind)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int) -> bytes:
    """A small file that says it is large: a decompression bomb."""
    rows = zlib.compress(b"\0" * 100_000)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def doubt(body: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        pixels(body)
    return raised.value


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_formats(kind: str) -> None:
    assert pixels(picture(kind)).shape == (20, 40, 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_colour(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert pixels(picture(kind, mode=mode)).shape == (20, 40, 3)


def test_the_first_frame_of_several() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    blue, _, red = (int(value) for value in pixels(out.getvalue())[15, 15])
    assert red > 200 > 50 > blue


def test_transparent_ground_shows_what_is_drawn() -> None:
    for ink, ground in (((0, 0, 0, 255), 255), ((255, 255, 255, 255), 0)):
        drawn = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
        drawn.paste(ink, (20, 20, 40, 40))
        out = BytesIO()
        drawn.save(out, "PNG")
        assert int(pixels(out.getvalue())[5, 5, 0]) == ground


def test_a_picture_taken_sideways_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    assert pixels(out.getvalue()).shape == (40, 20, 3)


def test_a_bomb_is_refused_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    for size in ((20_000, 20_000), (MAX_PIXELS // 1_000 + 1, 1_000), (60_000, 60_000), (65_000, 100)):
        refused = doubt(png_of(*size))
        assert refused.state is PictureState.TOO_LARGE
    assert doubt(png_of(9_000, 9_000)).size == (9_000, 9_000)


def test_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_BYTES", 100)
    assert doubt(picture("PNG", (400, 400)) + bytes(200)).state is PictureState.TOO_LARGE
    assert MAX_BYTES > 10_000_000


@pytest.mark.parametrize(
    "body", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM" + bytes(60), b"hello", b"%PDF-1.7"]
)
def test_other_formats_are_named(body: bytes) -> None:
    assert doubt(body).state is PictureState.UNSUPPORTED


def test_an_empty_file_is_damaged() -> None:
    assert doubt(b"").state is PictureState.BROKEN


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_cut_anywhere_it_is_damaged(kind: str) -> None:
    whole = picture(kind, (300, 300))
    for end in range(1, len(whole) - 4, max(1, len(whole) // 40)):
        try:
            assert pixels(whole[:end]).shape == (300, 300, 3)  # what is missing was not needed
        except Unreadable as refused:
            assert refused.state in (PictureState.BROKEN, PictureState.UNSUPPORTED)  # noqa: PT017


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_whatever_the_bytes_nothing_but_a_named_doubt(kind: str, data: st.DataObject) -> None:
    body = bytearray(picture(kind, (64, 48)))
    for _ in range(data.draw(st.integers(1, 12))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert pixels(bytes(body)).size <= MAX_PIXELS * 3
    except Unreadable as refused:
        assert refused.state is not PictureState.READ  # noqa: PT017
