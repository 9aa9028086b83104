"""Text as numbers are looked for in it: the way sellers write, levelled, with exact places in the original.

Owns: width and compatibility forms, brackets and dashes of all kinds, traditional characters that occur in numbers,
upper-case Latin, spaces and invisible characters taken out, and the way back to raw offsets. Leaves to others: what a
number is (the family modules) and folding for claims (``scanner.text``, whose evasive spellings have no place here).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Traditional and variant characters that occur in numbers, their authorities and cities -> simplified.
_VARIANTS = str.maketrans(
    "進準凖註許備號証證國囯圀藥葯監檢營産產務廣審聲視衛經網臺妝粧糚資質雲內貴遼魯蘇贛陝寧甯瓊滬閩粵"
    "錫鎮揚鹽連長東陽濟煙濰萊濱澤鄭開漢荊門黃鶴慶瀘樂達銅義麗臨滄齊鷄雞馬蕪寶興",
    "进准准注许备号证证国国国药药监检营产产务广审声视卫经网台妆妆妆资质云内贵辽鲁苏赣陕宁宁琼沪闽粤"
    "锡镇扬盐连长东阳济烟潍莱滨泽郑开汉荆门黄鹤庆泸乐达铜义丽临沧齐鸡鸡马芜宝兴",
)
_BRACKETS = str.maketrans("【〔［[「『〖〘{《〈﹝⟨⦅", "((((((((((((((") | str.maketrans(
    "】〕］]」』〗〙}》〉﹞⟩⦆", "))))))))))))))"
)
_SIGNS = str.maketrans("—–‐‑‒―−﹘﹣－ー∶﹕〇", "-----------::0")

# What recognition of characters in pictures confuses: 戒 read for 械, 淮 for 准, 住 for 注, 各 for 备.
_CONFUSED = str.maketrans("戒诫淮住往各宇", "械械准注注备字")
_CONFUSING = re.compile("[戒诫淮住往各宇]")

_SPACES = (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
           0x205F, 0x3000)  # fmt: skip
_INVISIBLE = (*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x34F, 0x61C,
              0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
              *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFC),
              *range(0xE0000, 0xE0080))  # fmt: skip
# Blocks whose characters are other forms of one plain character: circled, radicals, compatibility, width, mathematical.
_FORMS = (range(0x2460, 0x2474), range(0x24B6, 0x24EB), range(0x2E80, 0x2FE0), range(0xF900, 0xFB00),
          range(0xFE10, 0xFE70), range(0xFF01, 0xFFA0), range(0x1D400, 0x1D800), range(0x2F800, 0x2FA20))  # fmt: skip

_ONE_GAP = r"(?:&(?:NBSP|ENSP|EMSP|THINSP|ZWNJ|#160|#XA0);| )"
_GAP = re.compile(f"{_ONE_GAP}{_ONE_GAP}*")  # not (…)+: only with the first one apart does re jump from gap to gap
_LINES = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
_SPACED = re.compile(r"[\s&]")
_LONG = 200  # characters from which an array is quicker than str.translate
_FAR = 16  # characters; a longer gap separates two things


class Gap(IntEnum):
    """What lies in the original between two neighbours of the folded text."""

    NONE = 0  # nothing, or only invisible characters
    SPACE = 1
    LINE = 2
    FAR = 3


@cache
def _table() -> dict[int, str]:
    """One character -> one character, so that offsets stay; gaps become a space."""
    table: dict[int, str] = {}
    for block in _FORMS:
        for code in block:
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1:
                table[code] = plain
    for mapping in (_VARIANTS, _BRACKETS, _SIGNS):
        table.update((code, chr(plain)) for code, plain in mapping.items())
    for code, plain in list(table.items()):  # a full-width bracket is first narrowed, then a bracket
        table[code] = table.get(ord(plain), plain)
    upper = {code: chr(code - 32) for code in range(ord("a"), ord("z") + 1)}
    table = {code: upper.get(ord(plain), plain) for code, plain in table.items()} | upper
    return table | dict.fromkeys((*_SPACES, *_INVISIBLE), " ")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain. ``plain`` has the raw text's length and offsets, gaps as spaces; ``text`` has no gaps.

    ``starts[k]`` is where the k-th run of ``text`` without a gap begins, ``places[k]`` where it begins in ``raw``.
    """

    raw: str
    plain: str
    text: str
    starts: list[int]
    places: list[int]

    def place(self, at: int) -> int:
        """The raw offset of ``text[at]``."""
        run = bisect_right(self.starts, at) - 1
        return self.places[run] + at - self.starts[run]

    def index(self, place: int) -> int:
        """The inverse of :meth:`place`, for the raw offset of a character that is no gap."""
        run = bisect_right(self.places, place) - 1
        return self.starts[run] + place - self.places[run]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw offsets of ``text[start:end]`` (not empty), end exclusive."""
        return self.place(start), self.place(end - 1) + 1

    def run_end(self, at: int) -> int:
        """Where the run without a gap that holds ``at`` ends in ``text``."""
        following = bisect_right(self.starts, at)
        return self.starts[following] if following < len(self.starts) else len(self.text)

    def gap(self, at: int) -> Gap:
        """What lies before ``text[at]`` and after its neighbour on the left."""
        run = bisect_right(self.starts, at) - 1
        if at <= 0 or at >= len(self.text) or self.starts[run] != at:
            return Gap.NONE
        between = self.raw[self.places[run - 1] + at - self.starts[run - 1] : self.places[run]]
        if len(between) > _FAR:
            return Gap.FAR
        if _LINES.search(between):
            return Gap.LINE
        return Gap.SPACE if _SPACED.search(between) else Gap.NONE

    def as_written(self, start: int, end: int) -> str:
        """``text[start:end]`` with the case of the original, for placeholders such as ``xxx``."""
        return "".join(unicodedata.normalize("NFKC", self.raw[self.place(i)]) for i in range(start, end))


@cache
def _points() -> NDArray[np.uint32]:
    """The table once more, as an array over all code points: a long text is levelled by one gather."""
    points = np.arange(0x110000, dtype=np.uint32)
    for code, plain in _table().items():
        points[code] = ord(plain)
    return points


def _plain(raw: str) -> str:
    if len(raw) < _LONG:
        return raw.translate(_table())
    codes = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _points().take(codes).tobytes().decode("utf-32-le", "surrogatepass")


def fold(raw: str) -> Folded:
    """``raw`` made plain; linear in its length.

    >>> fold("粵械註准 ２０１９【２】").text
    '粤械注准2019(2)'
    """
    plain = _plain(raw)
    parts: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    at = length = 0
    for gap in _GAP.finditer(plain):
        if gap.start() > at:
            parts.append(plain[at : gap.start()])
            starts.append(length)
            places.append(at)
            length += gap.start() - at
        at = gap.end()
    if at < len(plain) or not parts:
        parts.append(plain[at:])
        starts.append(length)
        places.append(at)
    return Folded(raw, plain, "".join(parts), starts, places)


@cache
def _telling() -> re.Pattern[str]:
    codes = [code for code, plain in _table().items() if plain in "0123456789码号"]
    return re.compile(f"[0-9码号{re.escape(''.join(map(chr, codes)))}]")


def may_hold(raw: str) -> bool:
    """Whether there can be a number in ``raw`` at all: each has digits, or stands behind a label that ends in 码 or 号.
    Asked before folding, of the characters that become one of these; most attributes of most goods have none."""
    return _telling().search(raw) is not None


def repaired(folded: Folded) -> Folded | None:
    """The same text with characters that picture recognition confuses put right; None if there are none."""
    if not _CONFUSING.search(folded.text):
        return None
    return replace(folded, text=folded.text.translate(_CONFUSED))
