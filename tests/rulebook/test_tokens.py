"""Number tokens: shares, times and counts, and the words that only look like them."""

from __future__ import annotations

import time

import pytest

from scanner.rulebook.tokens import NAMES, find, value


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("#百分", "有效率98.5%", ["98.5%"]),
        ("#百分", "九成患者，八九成，百分之九十八", ["九成", "八九成", "百分之九十八"]),
        ("#百分", "98 %，a 98  %，第 %", ["98 %"]),
        ("#百分", "成分，九成分，完成100件", []),
        ("#百分", "含水量38%-42%", ["38%", "42%"]),
        ("#时长", "7天，三个疗程，半个月，24小时，一周", ["7天", "三个疗程", "半个月", "24小时", "一周"]),
        ("#时长", "5-10天见效", ["5-10天"]),
        ("#时长", "今天，每天，天然，周围，三天然", []),
        ("#次数", "一次见效，两盒，三贴", ["一次", "两盒", "三贴"]),
        ("#次数", "一次性使用，一片状，次要", []),
        ("#时长", "。3天", ["3天"]),
        ("#时长", "1.5.3天", ["1.5.3天"]),
        ("#时长", "一个半月，2个半月", ["一个半月", "2个半月"]),
        ("#名次", "全国第一，第1品牌，no.1，no. 1，top10", ["第一", "第1", "no.1", "no. 1", "top10"]),
        ("#名次", "第一次，第二类，第一人民医院，首位，no1x，desktop1", []),
        ("#金额", "99元，¥1299，三百块，3万元，元素，第3块", ["99元", "¥1299", "三百块", "3万元", "3块"]),
    ],
)
def test_tokens(name: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in find(text, name)] == found


@pytest.mark.parametrize(
    ("name", "text", "worth"),
    [
        ("#百分", "97.5%", (97.5, 97.5)),
        ("#百分", "98 %", (98, 98)),
        ("#百分", "九成", (90, 90)),
        ("#百分", "八九成", (80, 90)),
        ("#百分", "百分之九十八点五", (98.5, 98.5)),
        ("#百分", "百分之百", (100, 100)),
        ("#时长", "三个疗程", None),
        ("#时长", "几天", None),
        ("#时长", "十几天", None),
        ("#时长", "半个月", (15, 15)),
        ("#时长", "一个半月", (45, 45)),
        ("#时长", "2个半月", (75, 75)),
        ("#时长", "两周", (14, 14)),
        ("#时长", "5-10天", (5, 10)),
        ("#时长", "二十七八天", (27, 28)),
        ("#时长", "12小时", (0.5, 0.5)),
        ("#时长", "1.5.3天", None),
        ("#时长", "一百二十天", (120, 120)),
        ("#次数", "一百零二次", (102, 102)),
        ("#名次", "第十二", (12, 12)),
        ("#名次", "no.1", (1, 1)),
        ("#金额", "¥1299.5", (1299.5, 1299.5)),
        ("#金额", "3万元", (30_000, 30_000)),
    ],
)
def test_what_tokens_amount_to(name: str, text: str, worth: tuple[float, float] | None) -> None:
    places = find(text, name)
    assert (0, len(text)) in places
    assert value(name, text[slice(*places[0])]) == worth


@pytest.mark.slow
def test_long_runs_of_numerals_are_bounded() -> None:
    began = time.process_time()
    for text in (
        "9" * 1_000_000 + "天",
        "一天" * 200_000,
        "百分之" * 200_000,
        "成" * 1_000_000,
        "第" * 1_000_000,
        "第9" * 300_000,
        "¥1" * 300_000,
    ):
        for name in NAMES:
            find(text, name)
    assert time.process_time() - began < 10
