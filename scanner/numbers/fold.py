"""Text as numbers are looked for in it: the way sellers write, levelled, with exact places in the original.

Owns: width and compatibility forms, brackets and dashes of all kinds, traditional characters that occur in numbers,
upper-case Latin, spaces and invisible characters taken out, and the way back to raw offsets. Leaves to others: what a
number is (the family modules) and folding for claims (``scanner.text``, whose evasive spellings have no place here).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Traditional and variant characters that occur in numbers, their labels, authorities and cities -> simplified.
_VARIANTS = str.maketrans(
    "進準凖註許備號証證国囯國圀藥葯監檢營產産務廣審聲視衛經網臺妝粧糚資質雲內貴遼魯蘇贛陝寧甯瓊滬閩粵晉製試決"
    "錫鎮揚鹽連長東陽濟煙濰萊濱澤鄭開漢荊門黃鶴慶瀘樂達銅義麗臨滄齊鷄雞馬蕪寶興瀋蘭烏紹溫龍莊棗陰運綿遵廈"
    "冊書編碼機構會稅納識別標銷絡",
    "进准准注许备号证证国国国国药药监检营产产务广审声视卫经网台妆妆妆资质云内贵辽鲁苏赣陕宁宁琼沪闽粤晋制试决"
    "锡镇扬盐连长东阳济烟潍莱滨泽郑开汉荆门黄鹤庆泸乐达铜义丽临沧齐鸡鸡马芜宝兴沈兰乌绍温龙庄枣阴运绵遵厦"
    "册书编码机构会税纳识别标销络",
)
_BRACKETS = str.maketrans("【〔［[「『〖〘{《〈﹝⟨⦅", "((((((((((((((") | str.maketrans(
    "】〕］]」』〗〙}》〉﹞⟩⦆", "))))))))))))))"
)
_SIGNS = str.maketrans("—–‐‑‒―−﹘﹣－ー─━⁃•‧∙⋅・∶﹕〇", "--------------·····::0")

_SPACES = (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
           0x205F, 0x3000)  # fmt: skip
_INVISIBLE = (*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x34F, 0x61C,
              0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
              *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFC),
              *range(0xE0000, 0xE0080))  # fmt: skip
# Blocks whose characters are other forms of one plain character: circled, radicals, compatibility, width, mathematical.
_FORMS = (range(0x2460, 0x2474), range(0x24B6, 0x24EB), range(0x2E80, 0x2FE0), range(0xF900, 0xFB00),
          range(0xFE10, 0xFE70), range(0xFF01, 0xFFA0), range(0x1D400, 0x1D800), range(0x2F800, 0x2FA20))  # fmt: skip

# Written out by page makers: entities for spaces and invisible characters, and the tags that set words in bold.
_ENTITY = (
    r"&(?:NBSP|ENSP|EMSP|THINSP|ZWNJ|ZWJ|SHY|#160|#XA0|#173|#820[0-7]|#8288|#12288|#X3000|#X200[0-9A-F]|#65279|#XFEFF);"
)
_INLINE = r"</?(?:A|B|I|U|S|EM|FONT|MARK|SMALL|SPAN|STRONG|SUB|SUP|TT)(?: [^<>]{0,160})?/?>"
_BLOCK = r"</?(?:BR|DD|DIV|DL|DT|H[1-6]|LI|OL|P|SECTION|TABLE|TBODY|TD|TH|TR|UL)(?: [^<>]{0,160})?/?>"
_MARKUP = re.compile(f"{_ENTITY}|{_INLINE}|{_BLOCK}")
_ONE_GAP = f"(?:{_ENTITY}|{_INLINE}|{_BLOCK}| )"
_GAP = re.compile(f"{_ONE_GAP}{_ONE_GAP}*")  # not (…)+: only with the first one apart does re jump from gap to gap
_ENTITIES = re.compile(_ENTITY, re.I)
_TAGS = re.compile(_INLINE, re.I)
_BREAKS = re.compile(_BLOCK, re.I)
_LINES = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
_SPACED = re.compile(r"\s")
LONG = 200  # characters from which an array is quicker than str.translate
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
    """A text made plain: ``text`` has no gaps, ``raw`` is the original.

    ``starts[k]`` is where the k-th run of ``text`` without a gap begins, ``places[k]`` where it begins in ``raw``.
    """

    raw: str
    text: str
    starts: list[int]
    places: list[int]

    def part(self, start: int, end: int) -> Folded:
        """``text[start:end]`` by itself, with the way back to all of ``raw``."""
        if start == 0 and end == len(self.text):
            return self
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)
        starts = [max(0, run - start) for run in self.starts[first:last]]
        places = self.places[first:last]
        places[0] += max(0, start - self.starts[first])
        return Folded(self.raw, self.text[start:end], starts, places)

    def place(self, at: int) -> int:
        """The raw offset of ``text[at]``."""
        run = bisect_right(self.starts, at) - 1
        return self.places[run] + at - self.starts[run]

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
        if "<" in between or "&" in between:
            between = _BREAKS.sub("\n", _TAGS.sub("", _ENTITIES.sub(" ", between)))
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


def codes_of(text: str) -> NDArray[np.uint32]:
    """The code points of ``text``."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def level(raw: str) -> str:
    """``raw`` with every character made plain, in place: same length, gaps as spaces (entities and tags stay)."""
    if len(raw) < LONG:
        return raw.translate(_table())
    return _points().take(codes_of(raw)).tobytes().decode("utf-32-le", "surrogatepass")


def squeeze(plain: str) -> str:
    """A levelled text without its gaps."""
    if "&" in plain or "<" in plain:
        plain = _MARKUP.sub("", plain)
    return plain.replace(" ", "")


def fold(raw: str) -> Folded:
    """``raw`` made plain; linear in its length.

    >>> fold("粵械註准 ２０１９【２】").text
    '粤械注准2019(2)'
    """
    plain = level(raw)
    return placed(raw, plain, squeeze(plain))


def placed(raw: str, plain: str, text: str) -> Folded:
    """``text`` (levelled and squeezed) with the way back to ``raw``."""
    if len(plain) < LONG or len(text) + plain.count(" ") < len(plain):  # short, or entities and tags in it
        starts, places = _runs(plain)
    else:
        starts, places = _runs_of_long(plain)
    return Folded(raw, text, starts, places)


def _runs(plain: str) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    places: list[int] = []
    at = length = 0
    for gap in _GAP.finditer(plain):
        if gap.start() > at:
            starts.append(length)
            places.append(at)
            length += gap.start() - at
        at = gap.end()
    if at < len(plain) or not starts:
        starts.append(length)
        places.append(at)
    return starts, places


def _runs_of_long(plain: str) -> tuple[list[int], list[int]]:
    edges = np.flatnonzero(np.diff(codes_of(plain) != 32, prepend=False, append=False))
    begins, ends = edges[0::2], edges[1::2]
    if not len(begins):
        return [0], [len(plain)]
    starts = np.zeros(len(begins), np.int64)
    np.cumsum((ends - begins)[:-1], out=starts[1:])
    return starts.tolist(), begins.tolist()


@cache
def _telling() -> re.Pattern[str]:
    codes = [code for code, plain in _table().items() if plain in "0123456789码号"]
    return re.compile(f"[0-9码号{re.escape(''.join(map(chr, codes)))}]")


def may_hold(raw: str) -> bool:
    """Whether there can be a number in ``raw`` at all: each has digits, or stands behind a label that ends in 码 or 号.
    Asked of short texts before folding, of the characters that become one of these; most attributes have none."""
    return len(raw) >= LONG or _telling().search(raw) is not None
