"""Words that would say who told something, covered before anything of a report is kept where others read it.

Owns: covering the reporter's own name, numbers and address where the text repeats them, and every mobile and identity number,
order and labelled name beside. Leaves to others: keeping what was covered (``store.protected``), what counts as personal
data (``report.masking``). What a text says of its writer in other words ("I am the shop's warehouse keeper") no program
finds; whoever hands a text on must read it.
"""

from __future__ import annotations

import re

from scanner.model import Reporter
from scanner.report.masking import COVER, hits

WORD = "〔举报人〕"
_DIGIT = re.compile(r"[0-9]")
_PIECES = re.compile(r"[\s,，;；、/|]+")


def cover(text: str, reporter: Reporter) -> str:
    """``text`` without the reporter's words and without personal data.

    >>> cover("我是王小明，电话 138 0013 8000，买到假货", Reporter(name="王小明", phone="13800138000"))
    '我是〔举报人〕，电话 〔举报人〕，买到假货'
    """
    if not text:
        return text
    for pattern in _patterns(reporter):
        text = pattern.sub(WORD, text)
    chars = list(text)
    for hit in hits(text):
        if not hit.kept:
            chars[hit.start : hit.end] = COVER * (hit.end - hit.start)
    return "".join(chars)


def _patterns(reporter: Reporter) -> list[re.Pattern[str]]:
    words = {one for one in (reporter.name, reporter.address) if len(one) >= 2}
    words |= {one for one in _PIECES.split(reporter.other) if len(one) >= 4}
    numbers = {one for one in _PIECES.split(reporter.phone) if len(_DIGIT.findall(one)) >= 7}
    spelt = [r"[\s-]{0,2}".join(_DIGIT.findall(number)) for number in numbers]
    return [re.compile(one) for one in (*map(re.escape, sorted(words, key=len, reverse=True)), *sorted(spelt))]
