"""Finding and reading as a whole: order, repetition, round trips, and any text in linear time without an exception."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import numbers
from scanner.numbers.families import FAMILIES, FAMILY_OF

ON = date(2026, 11, 22)

PIECES = [
    "国", "粤", "演", "穗", "械", "注", "准", "进", "许", "备", "食药监", "药监", "经营", "生产", "字", "第", "号", "(", ")", "（", "【", "】",
    "-", "—", " ", "\n", "\u200b", "&nbsp;", "2021", "20213149001", "１", "0", "O", "x", "*", "网械平台备字", "网药械信息备字",
    "非经营性", "广审", "(文)", "医械", "国药准字", "H", "HJ", "注册证号", "食健备", "G", "卫消证字", "妆网备字", "卫妆准字", "ICP备",
    "公网安备", "社会信用代码", "91", "UDI", "(01)", "MA.156.M0.", "网络销售备案", "戒", "淮", "住", "各", "互联网药品交易服务资格证",
]  # fmt: skip


def test_by_place_and_each_once() -> None:
    text = "粤穗械备20219001号 国械注准 20213149001 国药准字H20049001 国械注准20213149001"
    found = numbers.find(text, on=ON)
    assert [n.number for n in found] == ["粤穗械备20219001", "国械注准20213149001", "国药准字H20049001"]
    assert found[1].raw == "国械注准 20213149001"


def test_numbers_run_together() -> None:
    text = "苏械注准20162649001苏械注准20152649002号鲁青械备20219001"
    assert [n.number for n in numbers.find(text)] == ["苏械注准20162649001", "苏械注准20152649002", "鲁青械备20219001"]


def test_malformed_spellings_stay_apart() -> None:
    assert [n.raw for n in numbers.find("国械注准2023 9001、国械注准２０２３９００１")] == [
        "国械注准2023 9001", "国械注准２０２３９００１"
    ]  # fmt: skip


def test_parse_takes_the_whole_text_only() -> None:
    number = numbers.parse(" 国械注准20213149001号（更）")
    assert number is not None
    assert (number.number, number.start, number.end) == ("国械注准20213149001", 1, 17)
    assert numbers.parse("编号：国械注准20213149001") is None
    assert numbers.parse("国械注准20213149001 国械注准20213149002") is None
    assert numbers.parse("") is None
    assert numbers.parse("x" * 10_000) is None


def test_parse_reads_bare_values_of_labelled_kinds() -> None:
    for text, kind in (
        ("H20149001", "drug_import"),
        ("琼AA898900001", "drug_biz_license"),
        ("06901234567892", "udi_di"),
    ):
        number = numbers.parse(text)
        assert number is not None
        assert (number.type, number.start, number.end) == (kind, 0, len(text))


def test_every_type_has_one_family_and_a_title() -> None:
    types = [kind for family in FAMILIES for kind in family.types]
    assert sorted(types) == sorted(set(types)) == sorted(FAMILY_OF) == sorted(numbers.TITLES)
    assert set(types) >= numbers.IDENTIFIERS


def digits(n: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=n, max_size=n)


WELL_FORMED = st.one_of(
    st.builds(
        "国械注准20{}3{}{}".format, st.sampled_from(["15", "21"]), st.sampled_from(["01", "14", "22", "40"]), digits(4)
    ),
    st.builds("{}械注准2021214{}".format, st.sampled_from("京粤内蒙黔贵滇云演"), digits(4)),
    st.builds("{}械备2021{}".format, st.sampled_from(["粤穗", "国", "京海", "演城"]), digits(4)),
    st.builds("苏食药监械(准)字2012第264{}".format, digits(4)),
    st.builds("粤穗食药监械经营{}2021{}".format, st.sampled_from("许备"), digits(4)),
    st.builds("({})网械平台备字(2021)第{}".format, st.sampled_from("京沪演"), digits(5)),
    st.builds("(沪)-经营性-2021-{}".format, digits(4)),
    st.builds("粤械广审(文)第270917-{}".format, digits(5)),
    st.builds("国药准字{}2021{}".format, st.sampled_from(["H", "Z", "S", "HJ", "ZC"]), digits(4)),
    st.builds("食健备G202144{}".format, digits(6)),
    st.builds("鲁卫消证字(2024)第{}".format, digits(4)),
    st.builds("沪G妆网备字2025{}".format, digits(6)),
    st.builds("京ICP备{}".format, digits(8)),
)


@given(WELL_FORMED)
def test_printing_and_parsing_round_trip(number: str) -> None:
    first = numbers.parse(number)
    assert first is not None
    assert (first.number, first.valid) == (number, True)
    assert numbers.parse(first.number) == first


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_pieces_of_numbers_in_any_order(text: str) -> None:
    found = numbers.find(text, on=ON)
    assert [n.start for n in found] == sorted(n.start for n in found)
    for number in found:
        assert text[number.start : number.end] == number.raw
        assert number.raw.strip() == number.raw
        assert number.type in FAMILY_OF
        again = numbers.checks(number, on=ON)
        assert (number.valid is False) == any(c.strength == "hard" for c in again)
    for one, following in itertools.pairwise(found):
        assert one.end <= following.start


@given(st.text(st.characters(codec="utf-16", categories=None), max_size=300))
def test_any_unicode_text(text: str) -> None:
    for number in numbers.find(text):
        assert text[number.start : number.end] == number.raw


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-16", categories=None), min_size=1, max_size=6))
def test_a_megabyte_of_anything_takes_linear_time(parts: list[str]) -> None:
    unit = "".join(parts)
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    began = time.process_time()
    numbers.find(text[:250_000])
    quarter = time.process_time() - began
    began = time.process_time()
    numbers.find(text)
    whole = time.process_time() - began
    assert whole < 12 * max(quarter, 0.02)  # 4 is linear, 16 is quadratic


def test_development_cases(shared: Callable[[str], Path]) -> None:
    """Measured, not copied: extraction F1 on exact raw and type, and validity, over the labelled strings."""
    import json

    right = wrong = missed = valid = judged = 0
    for line in shared("cases/numbers_dev.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        got = {(n.type, n.raw): n for n in numbers.find(case["text"], on=ON) if n.type not in numbers.IDENTIFIERS}
        want = {(e["type"], e["raw"]): e for e in case["expected"]}
        both = got.keys() & want.keys()
        right, wrong, missed = right + len(both), wrong + len(got.keys() - both), missed + len(want.keys() - both)
        judged += len(both)
        valid += sum(got[key].valid == want[key]["valid"] and got[key].number == want[key]["number"] for key in both)
    assert 2 * right / (2 * right + wrong + missed) >= 0.99
    assert valid / judged >= 0.97


@pytest.mark.parametrize("name", ["data/devices_real.jsonl", "data/drug_codes_2025.jsonl"])
def test_real_numbers_are_well_formed(shared: Callable[[str], Path], name: str) -> None:
    """Of numbers quoted from registers, ≥ 0.97 are read and pass every hard check (one printed with a digit less)."""
    import json

    rows = [json.loads(line) for line in shared(name).read_text(encoding="utf-8").splitlines()]
    texts = [row.get("number") or row["approval_no"] for row in rows]
    parsed = [numbers.parse(text, on=ON) for text in texts]
    assert sum(number is not None and number.valid is not False for number in parsed) / len(parsed) >= 0.97
