"""Number tokens in folded text, found by looking left from a unit (right from a word for ranks), each with its value.

``#百分`` shares in per cent (97%, 九成, 百分之九十), ``#时长`` times in days (7天, 三个月, 两周), ``#次数`` counts (一次, 两盒),
``#名次`` ranks (第一, NO.1, TOP1), ``#金额`` money in yuan (99元, 三百块). Owns: what counts as one, where it begins and
ends, what it amounts to. Leaves to others: what it means beside other words (``matcher``). No regular expression: units
are looked up for all characters at once, only next to a numeral, and the look to the left is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanner.rulebook import marks
from scanner.rulebook.numerals import Amount, amount

_DIGITS = frozenset("0123456789.")
_NUMERALS = marks.NUMERALS
_RANGES = frozenset("-~至到")
_WORDLIKE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_MAX_LEFT = 14  # characters a number may take before its unit
_MAX_RIGHT = 6  # characters a number may take after 第, NO., 百分之

LONGEST = 24  # characters of a number token at most, its unit included

Follow = tuple[str, ...]  # what may not stand after a unit or rank, because then it is part of another word


class _Unit(NamedTuple):
    size: float | None  # what one of it amounts to; None where nobody can say (疗程)
    not_before: Follow = ()


def _units(sizes: Mapping[str, float | None], not_before: Mapping[str, str]) -> dict[str, _Unit]:
    return {unit: _Unit(size, tuple(not_before.get(unit, ""))) for unit, size in sizes.items()}


_SHARES = _units({"%": 1, "成": 10, "个百分点": 1}, {"成": "分人年功立长本品套为就员像交熟因型绩果都效"})
_TIMES = _units(
    {"天": 1, "日": 1, "周": 7, "个月": 30, "月": 30, "年": 365, "疗程": None, "小时": 1 / 24, "分钟": 1 / 1440, "秒": 1 / 86400,
     "星期": 7, "礼拜": 7, "晚": 1, "夜": 1},
    {"天": "然生气使津", "日": "常用期本元历", "周": "边围岁期", "月": "经子球饼亮光份", "年": "龄级代轻糕货", "晚": "上会", "夜": "间"},
)  # fmt: skip
_COUNTS = _units(
    dict.fromkeys("次贴盒瓶支片粒针副剂袋喷抹敷滴", 1),
    {"次": "性要元品数日氯", "贴": "片合身近", "盒": "子装", "瓶": "子装", "支": "付持架", "片": "状剂", "粒": "子", "针": "对",
     "副": "作", "剂": "量型", "袋": "装", "喷": "雾剂", "敷": "料贴", "滴": "管眼"},
)  # fmt: skip
_MONEY = _units(
    {"元": 1, "块钱": 1, "块": 1, "万元": 10_000, "毛": 0.1}, {"元": "素件旦气音", "块": "状根茎", "毛": "发囊巾孔刷利"}
)
_UNITS = {"#百分": _SHARES, "#时长": _TIMES, "#次数": _COUNTS, "#金额": _MONEY}
BY_UNIT = frozenset(("#时长", "#次数"))  # those found by nothing else
_HUNDREDTHS = "百分之"
_YEN = "¥"
# A rank is first among others; 第一次, 第二类, 第一人民医院 only count or name.
_NO_RANK = (
    *"次步方类天条款项章页周月年代期批届件种点季遍回部段阶单时手线眼",
    "人民",
    "医院",
    "附属",
    "个疗程",
    "个月",
    "小节",
    "三共",
)
_RANKS: Mapping[str, Follow] = {"第": _NO_RANK, "no.": (), "no": (), "top": ()}

NAMES: tuple[str, ...] = ("#百分", "#时长", "#次数", "#名次", "#金额")


def find(text: str, name: str, at: list[int] | None = None) -> list[tuple[int, int]]:
    """The places of the number token ``name`` in folded ``text``, as ``(start, end)``, by start. Linear. ``at``: what
    ``units`` says of the text, where it is known."""
    return sorted(set(_FINDERS[name](text, name, units(marks.of(text)) if at is None else at)))


def units(marked: NDArray[np.uint8]) -> list[int]:
    """Where a unit may begin: at its first character, behind a numeral. For all tokens at once."""
    if len(marked) < 2:
        return []
    at: list[int] = (np.flatnonzero((marked[1:] & marks.UNIT) & ((marked[:-1] & marks.NUMERAL) << 1)) + 1).tolist()
    return at


def value(name: str, written: str) -> Amount | None:
    """What the number token ``name`` that reads ``written`` amounts to, from and to: per cent, days, times, rank or yuan.
    None where the page leaves it open (几天, 三个疗程)."""
    if name == "#名次":
        return amount(written.removeprefix("第").lstrip("notp .:"))
    if written.startswith(_HUNDREDTHS):
        written = written.removeprefix(_HUNDREDTHS)
        return (100.0, 100.0) if written == "百" else amount(written.rstrip("点"))
    if written.startswith(_YEN):
        return amount(written.removeprefix(_YEN))
    unit = max((unit for unit in _UNITS[name] if written.endswith(unit)), key=len)
    size, number = _UNITS[name][unit].size, written.removesuffix(unit).rstrip(" ").removesuffix("个")
    if size is None:
        return None
    split = next((i for i, c in enumerate(number) if c in _RANGES), -1)
    low = high = _number_or_half(number[split + 1 :])
    if split >= 0:
        low = _number_or_half(number[:split])
    if low is None or high is None:
        return None
    return min(low[0], high[0]) * size, max(low[1], high[1]) * size


def _number_or_half(written: str) -> Amount | None:
    whole = amount(written.removesuffix("个半")) if written.endswith("个半") else None  # 一个半月
    return (whole[0] + 0.5, whole[1] + 0.5) if whole is not None else amount(written)


@cache
def _heads(name: str) -> dict[str, list[tuple[str, Follow]]]:
    """First character -> the units of ``name``."""
    found: dict[str, list[tuple[str, Follow]]] = {}
    for unit, (_, not_before) in _UNITS[name].items():
        assert unit[0] in marks.UNIT_HEADS
        found.setdefault(unit[0], []).append((unit, not_before))
    return found


def _before_units(text: str, name: str, at: list[int]) -> Iterator[tuple[int, int]]:
    heads = _heads(name)
    for place in at:
        for unit, not_before in heads.get(text[place], ()):
            end = place + len(unit)
            if (end == place + 1 or text.startswith(unit, place)) and not (
                not_before and text.startswith(not_before, end)
            ):
                start = _left(text, place)
                if start < place:
                    yield start, end


def _shares(text: str, name: str, units: list[int]) -> Iterator[tuple[int, int]]:
    yield from _before_units(text, name, units)
    at = text.find(_HUNDREDTHS)
    while at >= 0:
        end = at + len(_HUNDREDTHS)
        stop = _right(text, end, more="点")
        if stop > end:
            yield at, stop
        at = text.find(_HUNDREDTHS, end)


def _ranks(text: str, name: str, units: list[int]) -> Iterator[tuple[int, int]]:
    for word, not_before in _RANKS.items():
        at = text.find(word)
        while at >= 0:
            begin = at + len(word)
            while begin < len(text) and begin < at + len(word) + 2 and text[begin] in " .:":
                begin += 1  # NO. 1, TOP 1
            end = _right(text, begin)
            alone = word == "第" or not ((at and text[at - 1] in _WORDLIKE) or text[end : end + 1] in _WORDLIKE)
            if begin < end and alone and not (not_before and text.startswith(not_before, end)):
                yield at, end
            at = text.find(word, at + len(word))


def _money(text: str, name: str, units: list[int]) -> Iterator[tuple[int, int]]:
    yield from _before_units(text, name, units)
    at = text.find(_YEN)
    while at >= 0:
        end = at + 1
        while end < len(text) and end <= at + _MAX_LEFT and text[end] in _DIGITS:
            end += 1
        if end > at + 1:
            yield at, end
        at = text.find(_YEN, end)


_FINDERS: Mapping[str, Callable[[str, str, list[int]], Iterator[tuple[int, int]]]] = {
    "#百分": _shares, "#时长": _before_units, "#次数": _before_units, "#名次": _ranks, "#金额": _money,
}  # fmt: skip


def _right(text: str, begin: int, more: str = "") -> int:
    """Where the number that begins at ``begin`` ends; ``begin`` itself when there is none."""
    if begin >= len(text):
        return begin
    kind = _DIGITS if text[begin] in _DIGITS and text[begin] != "." else _NUMERALS
    end = begin
    while end < len(text) and end < begin + _MAX_RIGHT and (text[end] in kind or text[end] in more):
        end += 1
    while end > begin and text[end - 1] == ".":  # a full stop after a number is no part of it
        end -= 1
    return end


def _left(text: str, end: int) -> int:
    """Where the number that ends at ``end`` begins; ``end`` itself when there is none."""
    stop, at = max(0, end - _MAX_LEFT), end
    if at - 1 > stop and text[at - 1] == " " and text[at - 2] in _DIGITS:
        at -= 1  # 98 %: folding drops spaces before Han units only
    if at > stop and text[at - 1] == "个":
        at -= 1  # 三个疗程
    start = _number(text, at, stop)
    if start == at:
        return end
    if start == at - 1 and text[start] == "半" and start - 1 > stop and text[start - 1] == "个":  # 一个半月
        whole = _number(text, start - 1, stop)
        start = whole if whole < start - 1 else start
    if start - 1 > stop and text[start - 1] in _RANGES:
        low = _number(text, start - 1, stop)
        start = low if low < start - 1 else start
    return start


def _number(text: str, end: int, stop: int) -> int:
    """Start of the run of digits, else of Chinese numerals, that ends at ``end``."""
    start = end
    kind = _DIGITS if start > stop and text[start - 1] in _DIGITS else _NUMERALS
    while start > stop and text[start - 1] in kind:
        start -= 1
    while start < end and text[start] == ".":  # a full stop before a number is no part of it
        start += 1
    return start
