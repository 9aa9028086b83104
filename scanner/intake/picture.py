"""Pictures that a person brings: screenshots of shops, chats, licences.

Owns: taking them as they are. Leaves to others: the text in them; where nobody reads it, the picture is sealed and said
not to have been looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.errors import InputError
from scanner.intake import kept
from scanner.intake.brought import Brought
from scanner.intake.recorded import Recorded, Unusable

TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"BM": "image/bmp"}
AGAIN = "用 PNG、JPEG、WebP、GIF 或者 BMP 格式"


def media_type(data: bytes) -> str:
    """The media type of a picture by its first bytes, "" if it is none that we know."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in TYPES.items() if data.startswith(magic)), "")


class Picture:
    """One picture. ``url``: where it was seen, as who brings it says."""

    recorder = ""

    def __init__(self, file: Brought, url: str = "") -> None:
        self._file, self._url, self._type = file, url, media_type(file.data)
        if not self._type:
            raise InputError("这不是可以读取的图片", where=str(file.path), hint=AGAIN)

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        time, note = kept.changed(self._file)
        url = self._url or kept.address(self._file)
        try:
            yield kept.answer(url, self._type, self._file.data, time=time, remarks=(note,))
        except Unusable as failure:
            yield failure
