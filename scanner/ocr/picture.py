"""A picture's bytes into pixels, with every doubt about them settled before anything large is made.

Owns: which formats are read, caps on bytes and pixels (from the header, before decoding), the first frame, transparency,
orientation, and the name of what is wrong. Leaves to others: recognising.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scanner.ocr import PictureState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Pixels = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 48_000_000  # a full-page screenshot of 2,560 x 16,000 is 41 million; three bytes each
MAX_RATIO = 200  # of the sides: nothing people read is longer
LEAST = 8  # pixels of a side; smaller are spacers and counters

# What Pillow's decoders raise over damaged files.
_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, KeyError, TypeError,
    OverflowError, ZeroDivisionError, AttributeError, NotImplementedError,
)  # fmt: skip


class Unreadable(Exception):
    """Why a picture cannot be looked at; its size in pixels as far as its header tells."""

    def __init__(self, state: PictureState, size: tuple[int, int] = (0, 0)) -> None:
        super().__init__(state)
        self.state, self.size = state, size


def pixels(body: bytes) -> Pixels:
    """The first frame as rows of (blue, green, red) bytes, upright. Raises Unreadable."""
    import numpy as np

    rgb = np.asarray(upright(body), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def upright(body: bytes) -> Image.Image:
    """The first frame as people see it, RGB without transparency. Raises Unreadable."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(body) > MAX_BYTES:
        raise Unreadable(PictureState.TOO_LARGE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of many pixels and of odd metadata; we count for ourselves
        try:
            picture: Image.Image = Image.open(BytesIO(body), formats=FORMATS)
        except Image.DecompressionBombError:
            raise Unreadable(PictureState.TOO_LARGE) from None
        except UnidentifiedImageError:
            raise Unreadable(_unidentified(body)) from None
        except _DAMAGE:
            raise Unreadable(PictureState.BROKEN) from None
        size = width, height = picture.size
        if width * height > MAX_PIXELS or max(size) > MAX_RATIO * max(min(size), LEAST):
            raise Unreadable(PictureState.TOO_LARGE, size)
        try:
            picture.seek(0)
            picture.load()
            return ImageOps.exif_transpose(_opaque(picture)).convert("RGB")
        except Image.DecompressionBombError:
            raise Unreadable(PictureState.TOO_LARGE, size) from None
        except _DAMAGE:
            raise Unreadable(PictureState.BROKEN, size) from None


def _unidentified(body: bytes) -> PictureState:
    """A file that begins like one of ours is damaged; anything else is another format."""
    heads = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
    ours = body.startswith(heads) or (body[:4] == b"RIFF" and body[8:12] == b"WEBP")
    return PictureState.BROKEN if ours or not body else PictureState.UNSUPPORTED


def _opaque(picture: Image.Image) -> Image.Image:
    """Without transparency: on black where what is drawn is bright, else on white, as it would be shown."""
    from PIL import Image, ImageStat

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture
    exif: Any = picture.info.get("exif")
    layered = picture.convert("RGBA")
    alpha = layered.getchannel("A")
    drawn = ImageStat.Stat(layered.convert("L"), mask=alpha.point(lambda a: 255 if a > 127 else 0))
    bright = bool(drawn.count[0]) and drawn.mean[0] > 200 and alpha.histogram()[0] > 0
    ground = Image.new("RGBA", layered.size, "black" if bright else "white")
    ground.alpha_composite(layered)
    flat = ground.convert("RGB")
    if exif:
        flat.info["exif"] = exif
    return flat
