"""Number tokens: shares, times and counts, and the words that only look like them."""

from __future__ import annotations

import time

import pytest

from scanner.rulebook.tokens import find


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("#百分", "有效率98.5%", ["98.5%"]),
        ("#百分", "九成患者，八九成，百分之九十八", ["九成", "八九成", "百分之九十八"]),
        ("#百分", "成分，九成分，完成100件", []),
        ("#百分", "含水量38%-42%", ["38%", "42%"]),
        ("#时长", "7天，三个疗程，半个月，24小时，一周", ["7天", "三个疗程", "半个月", "24小时", "一周"]),
        ("#时长", "5-10天见效", ["5-10天"]),
        ("#时长", "今天，每天，天然，周围，三天然", []),
        ("#次数", "一次见效，两盒，三贴", ["一次", "两盒", "三贴"]),
        ("#次数", "一次性使用，一片状，次要", []),
        ("#时长", "。3天", ["3天"]),
        ("#时长", "1.5.3天", ["1.5.3天"]),
    ],
)
def test_tokens(name: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in find(text, name)] == found


def test_long_runs_of_numerals_are_bounded() -> None:
    began = time.process_time()
    for text in ("9" * 1_000_000 + "天", "一天" * 200_000, "百分之" * 200_000, "成" * 1_000_000):
        for name in ("#百分", "#时长", "#次数"):
            find(text, name)
    assert time.process_time() - began < 10
