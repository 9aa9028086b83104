"""What a written number amounts to: 98.5, 九十八, 百分之九十八点五's 九十八点五, 半, 七八.

Owns: reading Arabic and Chinese numerals as sellers write them. Leaves to others: finding them and their units
(``tokens``). Where nobody can say how many (几, 数, 多), there is no value.
"""

from __future__ import annotations

_ONES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

Amount = tuple[float, float]  # from, to; both the same where one number is meant


def amount(text: str) -> Amount | None:
    """The lowest and the highest number that ``text`` (folded, digits or Chinese numerals) can mean: 七八 is 7 to 8,
    半 is 0.5. None where it names no number."""
    if not text:
        return None
    if text[0] in "0123456789.":
        return _decimal(text)
    whole, point, rest = text.partition("点")
    if point:
        figures = [_ONES.get(c) for c in rest]
        low = _chinese(whole)
        if low is None or low[0] != low[1] or not figures or None in figures:
            return None
        number = low[0] + float("0." + "".join(map(str, figures)))
        return number, number
    return _chinese(whole)


def _decimal(text: str) -> Amount | None:
    """A number of digits; 1.5.3 is none, and neither is one no float holds."""
    try:
        number = float(text) if len(text) <= 15 else None
    except ValueError:
        return None
    return None if number is None else (number, number)


def _chinese(text: str) -> Amount | None:
    if text == "半":
        return 0.5, 0.5
    if not all(c in _ONES or c in _TENS for c in text):
        return None
    if len(text) >= 2 and text[-1] in _ONES and text[-2] in _ONES:
        low, high = _ONES[text[-2]], _ONES[text[-1]]
        if high == low + 1 and low and (len(text) == 2 or text[-3] in _TENS):
            base = _places(text[:-2]) if text[:-2] else 0  # 七八, 二十七八
            return None if base is None else (base + low, base + high)
        if not any(c in _TENS for c in text):  # 二〇二六, figure by figure
            number = float("".join(str(_ONES[c]) for c in text))
            return number, number
    if len(text) >= 3 and text[-1] in _TENS and text[-2] in _ONES and text[-3] in _ONES:
        low, high = _ONES[text[-3]], _ONES[text[-2]]  # 八九十
        return (low * _TENS[text[-1]], high * _TENS[text[-1]]) if len(text) == 3 and high == low + 1 else None
    found = _places(text)
    return None if found is None else (found, found)


def _places(text: str) -> float | None:
    """三百二十五, 十二, 一百二 (120)."""
    total, figure, unit, zero = 0, -1, 0, False
    for char in text:
        if char in _TENS:
            if unit and _TENS[char] >= unit:
                return None
            unit = _TENS[char]
            total, figure, zero = total + (1 if figure < 0 else figure) * unit, -1, False
        elif char in "零〇" and len(text) > 1:
            zero = True
        elif figure >= 0:
            return None
        else:
            figure = _ONES[char]
    if figure >= 0:
        total += figure * (unit // 10 if unit > 10 and not zero else 1)
    return float(total)
