"""Who issued a number: the character (and city) before its fixed part, read backwards from there.

Owns: the one-character names of the country and the provinces, and choosing how much of the text before a number
belongs to it. Leaves to others: whether that authority may issue such a number (each family).

``演`` (demonstration) is not an authority of any country. The demo mall's invented register uses it, so that its
numbers read like real ones and can never be taken for one; it passes wherever a province or 国 would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanner.numbers.fold import Folded, Gap

NATION = "国"
DEMO = "演"
# Regulators write 内 黔 滇; 蒙 贵 云 are seen too.
PROVINCES = frozenset("京津冀晋蒙内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕甘青宁新")
MUNICIPALITIES = frozenset("京津沪渝")
AUTHORITIES = PROVINCES | {NATION, DEMO}

NAMES = {
    "北京": "京", "天津": "津", "河北": "冀", "山西": "晋", "内蒙古": "内", "辽宁": "辽", "吉林": "吉", "黑龙江": "黑",
    "上海": "沪", "江苏": "苏", "浙江": "浙", "安徽": "皖", "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫",
    "湖北": "鄂", "湖南": "湘", "广东": "粤", "广西": "桂", "海南": "琼", "重庆": "渝", "四川": "川", "贵州": "贵",
    "云南": "云", "西藏": "藏", "陕西": "陕", "甘肃": "甘", "青海": "青", "宁夏": "宁", "新疆": "新",
}  # fmt: skip

# Provinces by the first two digits of an area code (GB/T 2260), Taiwan and the special regions without.
AREAS = frozenset(
    f"{n}" for n in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
)

# Characters that end a label or a sentence part (号 number, 证 certificate, 为 is …) and so belong to no authority.
_BEFORE = frozenset("号证码为是的编文字和与及或由按即叫有含之另外仿第称器疗家批得")
_WORDS = frozenset(NAMES) | {"中国"}
_LOOK = 5  # characters read backwards


@dataclass(frozen=True, slots=True)
class Authority:
    """``name`` as printed, "" if missing; ``city``: what stands between it and the fixed part.

    ``flaw``: "" fine · "missing" nothing there · "unknown" characters that name no authority · "long" a full name.
    """

    name: str
    city: str
    start: int
    flaw: Literal["", "missing", "unknown", "long"] = ""
    brackets: bool = False

    @property
    def text(self) -> str:
        return self.name + self.city

    @property
    def variant(self) -> str:
        return "发证机关用了全称" if self.flaw == "long" else ""

    @property
    def is_demo(self) -> bool:
        return self.name == DEMO


def is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿" or "\U00020000" <= char <= "\U0003134f"


def authority(folded: Folded, at: int, *, city: int) -> Authority:
    """The authority before ``text[at]``, with up to ``city`` characters of a city between."""
    run, closed = _run(folded, at)
    spread = _spread(folded, at, city, len(run))
    if spread is not None:
        return spread
    if not run:
        if at > 0 and folded.text[at - 1] == "X" and folded.gap(at) is Gap.NONE:  # 某省 as a placeholder
            return Authority("X", "", at - 1, "unknown")
        return Authority("", "", at, "missing")
    name = next((run[-n:] for n in (2, 3) if run[-n:] in NAMES), "")
    if name:
        return Authority(NAMES[name], "", at - len(name), "long")
    length = _choose(run, closed, city)
    if length:
        return Authority(run[-length], run[len(run) - length + 1 :], at - length)
    return _unknown(run, closed, at)


def _spread(folded: Folded, at: int, city: int, solid: int) -> Authority | None:
    """An authority with a space or a line break inside, or one before the fixed part: 豫 合械备, 国⏎械注准.

    ``solid``: the characters that stand together right before ``at``. Where these name an authority by themselves,
    they are all of it, unless every character stands alone (沪 青 械 备).
    """
    text = folded.text
    apart = solid <= 1 and folded.gap(at) is Gap.SPACE
    if solid > 0 and text[at - solid] in AUTHORITIES and not apart:
        return None
    for length in range(city + 1, solid, -1):
        start = at - length
        if start < 0 or text[start] not in AUTHORITIES or not all(map(is_han, text[start:at])):
            continue
        if any(folded.gap(i) is Gap.FAR for i in range(start + 1, at + 1)):
            continue
        if _begins(folded, start) or (solid and text[start - 1 : start + 1] not in _WORDS):
            return Authority(text[start], text[start + 1 : at], start)
    return None


def _begins(folded: Folded, start: int) -> bool:
    before = folded.text[start - 1 : start]
    return not before or not is_han(before) or before in _BEFORE or folded.gap(start) > Gap.NONE


def bracketed(folded: Folded, at: int) -> Authority:
    """An authority printed as ``(京)`` or ``京`` before ``text[at]``, no city."""
    text = folded.text
    if at >= 3 and text[at - 1] == ")" and text[at - 3] == "(" and is_han(text[at - 2]):
        name = text[at - 2]
        return Authority(name, "", at - 3, "" if name in AUTHORITIES else "unknown", brackets=True)
    return authority(folded, at, city=0)


def _run(folded: Folded, at: int) -> tuple[str, bool]:
    """The Han characters right before ``at`` (a space may lie between), and whether they end there by themselves."""
    text = folded.text
    start = at
    while start > 0 and at - start < _LOOK and is_han(text[start - 1]):
        gap = folded.gap(start)
        if gap > (Gap.SPACE if start == at else Gap.NONE):
            break
        start -= 1
    closed = start == 0 or not is_han(text[start - 1]) or folded.gap(start) > Gap.NONE
    return text[start:at], closed


def _choose(run: str, closed: bool, city: int) -> int:
    """How many characters of ``run``'s end are authority and city; 0 if none of them names an authority."""
    fits = [n for n in range(1, min(city + 1, len(run)) + 1) if run[-n] in AUTHORITIES]
    for n in reversed(fits):
        if (n == len(run) and closed) or (n < len(run) and run[-n - 1] in _BEFORE):
            return n
    if city and fits:
        return 2 if 2 in fits else fits[0]
    if not fits and len(run) >= 2 and closed and len(run) == 2 and run[0] in AUTHORITIES:
        return 2  # a city where none belongs: the family says so
    return fits[0] if fits else 0


def _unknown(run: str, closed: bool, at: int) -> Authority:
    if run[-1] in _BEFORE:
        return Authority("", "", at, "missing")
    length = len(run) if closed and len(run) <= 3 else 1
    return Authority(run[-length:], "", at - length, "unknown")
