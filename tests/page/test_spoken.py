"""Subtitles and transcripts: times, voices, utterances."""

from __future__ import annotations

import pytest

from scanner.page.spoken import spoken
from tests.bounded import seconds
from tests.intake.making import SRT


def said(text: str) -> list[tuple[str, str, str]]:
    return [(u.at, u.speaker, u.text) for u in spoken(text).utterances]


def test_srt() -> None:
    assert said(SRT) == [
        ("00:12:03", "", "这款治疗仪治愈率高达百分之九十八"),
        ("00:12:09", "", "想要的家人加V咨询，由演示医院提供服务"),
    ]
    assert spoken(SRT).head == {
        "account": "演示养生堂", "title": "颈椎治疗仪专场", "url": "https://live.example/room/1", "time": "2026-11-20 20:00",
    }  # fmt: skip


def test_webvtt() -> None:
    text = (
        "WEBVTT - 演示\n\nNOTE 这里不是话\n还是不是\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start\n"
        "<v.loud 主播>三天<b>见效</b></v>\n\n01:00:02.000 --> 01:00:03.500\n不见效退款\n第二行\n"
    )
    assert said(text) == [("00:00:01", "主播", "三天见效"), ("01:00:02", "", "不见效退款\n第二行")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[00:12:03] 三天见效", ("00:12:03", "", "三天见效")),
        ("00:12:03,500 三天见效", ("00:12:03", "", "三天见效")),
        ("【12:03】三天见效", ("00:12:03", "", "三天见效")),
        ("(1:12:03)：三天见效", ("01:12:03", "", "三天见效")),
        ("12:03 主播：三天见效", ("00:12:03", "主播", "三天见效")),
        ("发言人1 00:12:03\n三天见效\n真的", ("00:12:03", "发言人1", "三天见效\n真的")),
        ("说话人 2  12:03\n三天见效", ("00:12:03", "说话人 2", "三天见效")),
        ("00:12:03 价格：99元", ("00:12:03", "", "价格：99元")),
    ],
)
def test_lines_that_begin_with_a_time(line: str, expected: tuple[str, str, str]) -> None:
    assert said(line) == [expected]


@pytest.mark.parametrize("text", ["", "没有时间的文字", "比例 1:1000 稀释", "12:3 不是时间"])
def test_without_times_nothing_was_said(text: str) -> None:
    assert said(text) == []


def test_pauses_ends_and_other_voices_part_utterances() -> None:
    def cue(start: str, end: str, text: str) -> str:
        return f"1\n00:00:{start} --> 00:00:{end}\n{text}\n\n"

    assert len(said(cue("01,0", "02,0", "一句") + cue("02,2", "03,0", "接着说"))) == 1
    assert len(said(cue("01,0", "02,0", "一句") + cue("02,9", "03,0", "停了"))) == 2
    assert len(said(cue("01,0", "02,0", "完了。") + cue("02,0", "03,0", "另一句"))) == 2
    assert len(said(cue("01,0", "02,0", "主播：好") + cue("02,0", "03,0", "观众：好吗"))) == 2
    assert (
        len(said("".join(cue(f"{n:02},0", f"{n + 1:02},0", "长" * 50) for n in range(6)))) == 3
    )  # no quote far from its time


def test_two_in_one_second_are_one() -> None:
    assert said("00:01 一\n00:01 二") == [("00:00:01", "", "一\n二")]


def test_the_audience_is_told_apart() -> None:
    speakers = spoken("00:01 观众：治好了\n00:02 主播：谢谢").utterances
    assert [u.audience for u in speakers] == [True, False]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [("1\n" * 300_000, []), ("00:00:01 --> " * 100_000, []), ("<" * 400_000, []), ("00:01 " + " " * 400_000, []),
     ("发" * 400_000 + " 00:01", []), ("00:01 x\n" * 60_000, [2 * 60_000 - 1])],
)  # fmt: skip
def test_hostile_files_cost_linear_time(text: str, lengths: list[int]) -> None:
    with seconds(5):
        assert [len(one.text) for one in spoken(text).utterances] == lengths
