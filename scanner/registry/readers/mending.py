"""XML that is almost XML: what the official files get wrong, put right without touching what they say.

Owns: characters that XML 1.0 forbids (taken out) and ``&`` that begins no entity (written as ``&amp;``), both counted.
Leaves to others: everything else that is wrong; that is no longer mending but guessing.
"""

from __future__ import annotations

import re

_FORBIDDEN = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE, U+FFFF in UTF-8
_REFERENCE = re.compile(rb"&#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}));")
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")


def mend(text: bytes) -> tuple[bytes, int, int]:
    """UTF-8 ``text`` mended, how many forbidden characters were taken out, how many ``&`` put right.

    >>> mend(b"A\\x02B & C&amp;D &nbsp; &#1;")
    (b'AB &amp; C&amp;D &amp;nbsp; ', 2, 2)
    """
    plain = text.translate(None, _FORBIDDEN)
    removed = len(text) - len(plain)
    plain, nonchars = _NONCHARACTERS.subn(b"", plain)
    forbidden = sum(not _allowed(match) for match in _REFERENCE.finditer(plain))
    if forbidden:
        plain = _REFERENCE.sub(lambda match: match[0] if _allowed(match) else b"", plain)
    plain, escaped = _BARE.subn(b"&amp;", plain)
    return plain, removed + nonchars + forbidden, escaped


def _allowed(match: re.Match[bytes]) -> bool:
    """Whether XML 1.0 allows the character that a reference names."""
    code = int(match[1]) if match[1] is not None else int(match[2], 16)
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
