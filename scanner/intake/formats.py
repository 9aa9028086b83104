"""Which format a file has, by its name and, where that says nothing, by its first bytes.

Owns: the table of formats. Leaves to others: reading them (one module each). To add a format: a module with a source of
exchanges (``recording.Source``), and its line here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path

from scanner.errors import InputError
from scanner.intake import brought, harfile, picture, warcfile
from scanner.intake.brought import Brought
from scanner.intake.har import Har
from scanner.intake.mitm import Mitm
from scanner.intake.picture import Picture
from scanner.intake.recording import Recording, Source
from scanner.intake.saz import Saz
from scanner.intake.transcript import Transcript
from scanner.intake.warcfile import Warc
from scanner.intake.webpage import Html, Mhtml

KNOWN = "HAR、.mitm、.saz、WARC、WACZ、HTML、MHTML、图片、字幕（SRT、VTT）或者带时间的文字稿（TXT）"
Open = Callable[[Brought, str, str], Source]  # file, address and account as who brings it says


def _warc(file: Brought) -> Source:
    return Warc(file, [file.data])


FORMATS: dict[str, Open] = {
    "har": lambda file, url, account: Har(file),
    "mitm": lambda file, url, account: Mitm(file),
    "saz": lambda file, url, account: Saz(file),
    "warc": lambda file, url, account: _warc(file),
    "wacz": lambda file, url, account: warcfile.wacz(file),
    "html": lambda file, url, account: Html(file, url),
    "mhtml": lambda file, url, account: Mhtml(file),
    "picture": lambda file, url, account: Picture(file, url),
    "srt": lambda file, url, account: Transcript(file, "application/x-subrip", url=url, account=account),
    "vtt": lambda file, url, account: Transcript(file, "text/vtt", url=url, account=account),
    "txt": lambda file, url, account: Transcript(file, "text/x-transcript", url=url, account=account),
}
ENDINGS = {
    ".har": "har", ".json": "har", ".mitm": "mitm", ".flow": "mitm", ".flows": "mitm", ".saz": "saz",
    ".warc": "warc", ".warc.gz": "warc", ".wacz": "wacz", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".mhtml": "mhtml", ".mht": "mhtml", ".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".webp": "picture",
    ".gif": "picture", ".bmp": "picture", ".srt": "srt", ".vtt": "vtt", ".txt": "txt",
}  # fmt: skip
_MITM = re.compile(rb"\d{1,12}:\d{1,12}:")
_MHTML = re.compile(rb"^(?:MIME-Version|Snapshot-Content-Location):", re.MULTILINE | re.IGNORECASE)


def read(path: Path, *, url: str = "", account: str = "") -> Recording:
    """The recording in the file at ``path``; ``url`` and ``account`` say where it is from, for files that cannot.
    Raises InputError when the file is damaged or of no format that we read."""
    named = _named(path)
    file = brought.opened(path, cap=harfile.MAX_BYTES if named == "har" else None)
    form = named or _sniffed(file.data)
    if not form:
        raise InputError("认不出文件的格式", where=str(path), hint=f"可以导入 {KNOWN}")
    return Recording(FORMATS[form](file, url, account), file, pictures=form == "picture")


def _named(path: Path) -> str:
    name = path.name.lower()
    return next((form for ending, form in ENDINGS.items() if name.endswith(ending)), "")


def _sniffed(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"PK\x03\x04"):
        return "saz" if b"raw/" in data[:65_536] or b"raw\\" in data[:65_536] else "wacz"
    if data.startswith(b"\x1f\x8b"):
        return "warc" if _unpacks_to(data, b"WARC/") else ""
    if data.startswith(b"WARC/"):
        return "warc"
    if picture.media_type(data):
        return "picture"
    if _MITM.match(data):
        return "mitm"
    if head.startswith(b"WEBVTT"):
        return "vtt"
    if _MHTML.search(data[:16_384]) and b"multipart/" in data[:16_384]:
        return "mhtml"
    return {b"{": "har", b"<": "html"}.get(head[:1], "")


def _unpacks_to(data: bytes, start: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data[:4096], len(start)) == start
    except zlib.error:
        return False
