"""Bytes into text, once, whatever the page claims about itself.

Owns: which encoding a page really has. Declarations lie both ways (meta says GBK over UTF-8 bytes, HTTP says
ISO-8859-1 over GBK), so they only decide where the bytes allow more than one reading. Order: byte-order mark; strictly
valid UTF-8; mostly valid UTF-8 with debris; a declared Chinese, Japanese or Korean encoding that fits; GB18030 (the
superset of GBK and GB2312); what was declared. Leaves to others: what debris (U+FFFD) means for a field.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Names in the wild -> Python codecs. Everything else is ignored: a page must not choose ``utf-7`` or ``zlib``.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb-2312", "gb_2312-80", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "windows-1252", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    "euc-jp": "euc_jp",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""charset\s{0,8}=\s{0,8}["']?\s{0,8}([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_META_WITHIN = 4096  # bytes; browsers look at 1024, real pages put scripts first
_BEYOND_TWO_BYTES = re.compile("[\u0800-\uffff]")  # written with three bytes in UTF-8: all Chinese
_HAN = re.compile("[\u3400-\u9fff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a", "application/vnd.rar"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` holds no NUL and no byte-order mark; ``debris`` counts the U+FFFD in it; ``as_it_came``: the bytes are just
    this text in UTF-8."""

    text: str
    encoding: str
    debris: int
    as_it_came: bool = False


def decode(body: bytes, charset: str = "") -> Decoded:
    """``body`` as text; ``charset`` is what HTTP said. Never raises.

    >>> decode("注册证".encode("gbk"), "iso-8859-1").text
    '注册证'
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _made(body[len(mark) :].decode(codec, "replace"), codec)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_quite_utf8(body, _declared(body, charset))
    if not body.isascii() and not _BEYOND_TWO_BYTES.search(text) and "gb18030" in _declared(body, charset):
        # Short GBK texts can be valid UTF-8 by accident (联通), but then hold two-byte characters only.
        return _strictly(body, "gb18030") or _made(text, "utf-8")
    made = _made(text, "utf-8")
    return replace(made, as_it_came=True) if made.text is text else made


def _declared(body: bytes, charset: str) -> list[str]:
    names = [charset, *(m.decode("ascii") for m in _META.findall(body, 0, _META_WITHIN))]
    return [codec for name in names if (codec := _CODECS.get(name.strip().lower()))]


def _not_quite_utf8(body: bytes, declared: list[str]) -> Decoded:
    if declared[:1] == ["gb18030"] and (fit := _strictly(body, "gb18030")):
        return fit
    loose = body.decode("utf-8", "replace")
    bad, good = loose.count(REPLACEMENT), len(_BEYOND_TWO_BYTES.findall(loose))
    if good - bad > 4 * bad:  # U+FFFD counts as beyond two bytes itself
        return _made(loose, "utf-8")
    for codec in declared:
        if codec not in ("utf-8", "cp1252") and (fit := _strictly(body, codec)):
            return fit
    chinese = body.decode("gb18030", "replace")
    debris, foreign = chinese.count(REPLACEMENT), len(_NOT_ASCII.findall(chinese))
    if "gb18030" in declared or (debris * 10 <= foreign and len(_HAN.findall(chinese)) * 2 >= foreign):
        return _made(chinese, "gb18030")
    if "utf-8" in declared:
        return _made(loose, "utf-8")
    return _made(body.decode("cp1252", "replace"), "cp1252")


def _strictly(body: bytes, codec: str) -> Decoded | None:
    try:
        return _made(body.decode(codec), codec)
    except UnicodeDecodeError:
        return None


def _made(text: str, codec: str) -> Decoded:
    if "\x00" in text:
        text = text.replace("\x00", REPLACEMENT)  # an HTML parser may end at a NUL
    # Looking for one costs a tenth of counting them, and most pages have none.
    return Decoded(text, codec, text.count(REPLACEMENT) if REPLACEMENT in text else 0)


def media_type(body: bytes, declared: str) -> str:
    """The media type the bytes have, else the declared one (lower case, no parameters), else a guess.

    >>> media_type(b"%PDF-1.7", "text/html")
    'application/pdf'
    """
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return kind
    if declared and declared != "application/octet-stream":
        return declared
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "text/html", b"{": "application/json", b"[": "application/json"}.get(head, declared or "text/plain")
