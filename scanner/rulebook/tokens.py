"""Number tokens in folded text: shares (#百分), times (#时长) and counts (#次数), found by looking left from a unit.

Owns: what counts as a share, a time, a count, and where it begins and ends. Leaves to others: what it means beside other
words (``matcher``). No regular expression: units are found by ``str.find``, and the look to the left is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator

_DIGITS = frozenset("0123456789.")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千半几数多")
_RANGES = frozenset("-~至到")
_MAX_LEFT = 14  # characters a number may take before its unit

# Unit -> what may not follow it, because then it is part of another word (九成 but 成分).
_SHARES = {"%": "", "成": "分人年功立长本品套为就员像交熟因型绩果都效", "个百分点": ""}
_TIMES = {
    "天": "然生气使津", "日": "常用期本元历", "周": "边围岁期", "个月": "", "月": "经子球饼亮光份", "年": "龄级代轻糕货",
    "疗程": "", "小时": "", "分钟": "", "秒": "", "星期": "", "礼拜": "", "晚": "上会", "夜": "间",
}  # fmt: skip
_COUNTS = {
    "次": "性要元品数日氯", "贴": "片合身近", "盒": "子装", "瓶": "子装", "支": "付持架", "片": "状剂", "粒": "子", "针": "对",
    "副": "作", "剂": "量型", "袋": "装", "喷": "雾剂", "抹": "", "敷": "料贴", "滴": "管眼",
}  # fmt: skip
_UNITS = {"#百分": _SHARES, "#时长": _TIMES, "#次数": _COUNTS}
_HUNDREDTHS = "百分之"


def find(text: str, name: str) -> list[tuple[int, int]]:
    """The places of the number token ``name`` in folded ``text``, as ``(start, end)``, by start."""
    found = {(start, end) for unit, not_before in _UNITS[name].items() for start, end in _units(text, unit, not_before)}
    if name == "#百分":
        found.update(_hundredths(text))
    return sorted(found)


def _units(text: str, unit: str, not_before: str) -> Iterator[tuple[int, int]]:
    at = text.find(unit)
    while at >= 0:
        end = at + len(unit)
        if not (not_before and end < len(text) and text[end] in not_before):
            start = _left(text, at)
            if start < at:
                yield start, end
        at = text.find(unit, end)


def _left(text: str, end: int) -> int:
    """Where the number that ends at ``end`` begins; ``end`` itself when there is none."""
    stop, at = max(0, end - _MAX_LEFT), end
    if at > stop and text[at - 1] == "个":
        at -= 1  # 三个疗程
    start = _number(text, at, stop)
    if start == at:
        return end
    if start - 1 > stop and text[start - 1] in _RANGES:
        start = min(start, _number(text, start - 1, stop)) if _number(text, start - 1, stop) < start - 1 else start
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


def _hundredths(text: str) -> Iterator[tuple[int, int]]:
    at = text.find(_HUNDREDTHS)
    while at >= 0:
        end = at + len(_HUNDREDTHS)
        stop = min(len(text), end + 6)
        while end < stop and (text[end] in _NUMERALS or text[end] in _DIGITS or text[end] == "点"):
            end += 1
        if end > at + len(_HUNDREDTHS):
            yield at, end
        at = text.find(_HUNDREDTHS, end)
