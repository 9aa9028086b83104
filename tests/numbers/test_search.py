"""Finding and reading as a whole: order, repetition, round trips, and any text in linear time without an exception."""

from __future__ import annotations

import itertools
import sys
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


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.integers(0, 400))
def test_the_text_around_does_not_matter(text: str, length: int) -> None:
    around = "\n" + "一二三四。" * length + "\n"
    alone = [(n.type, n.raw, n.start, n.valid) for n in numbers.find(text, on=ON)]
    within = [(n.type, n.raw, n.start - len(around), n.valid) for n in numbers.find(around + text + around, on=ON)]
    assert within == alone


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


def test_parse_does_not_guess_what_only_a_label_can_tell() -> None:
    for text in ("2026年1月1日", "12345678", "某公司2021", "AB-200型 12片装", "粤穗网销备20219001"):
        assert numbers.parse(text) is None


def test_a_tag_or_a_hyphen_on_the_next_line_is_told_from_the_number() -> None:
    text = "<b>国械注准</b>2021<em>314</em>9001</td><td>2"
    assert [n.raw for n in numbers.find(text)] == ["国械注准</b>2021<em>314</em>9001"]


def test_every_type_has_one_family_and_a_title() -> None:
    types = [kind for family in FAMILIES for kind in family.types]
    assert sorted(types) == sorted(set(types)) == sorted(FAMILY_OF) == sorted(numbers.TITLES)
    assert set(types) >= numbers.IDENTIFIERS


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


NASTY = [
    "国械注准", "械备", "国械注准2", "国械注准2*", "械经营许20", "国食药监械(准)字2013第", "国药准字H", "广审(文)第", "卫消证字(", "-经营性-", "ICP备",
    "公网安备1", "信用代码9", "UDI", "(01)", "MA.156.M0.", "网络销售备案", "注册证号H20149001、", "A2-20", "1", "9", "91", "2 0 ", "1\n", "1-", "(",
    "】【", "<", "<b ", "<b>", "&nbsp;", "&nbsp", "\u200b", " ", "国 ", "国\n", "O0", "戒注淮", "第", "粤穗械备20219001", "91000000DEMAJAA186 ",
]  # fmt: skip


def work(text: str) -> int:
    """How many calls, of Python and of C, reading ``text`` takes."""
    count = 0

    def tally(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tally)
    try:
        numbers.find(text, on=ON)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", NASTY)
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    once = unit * (4_000 // len(unit))
    numbers.find(once)  # tables are made at the first use
    assert work(once * 2) <= 2.2 * work(once) + 200


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-16", categories=None), min_size=1, max_size=6))
def test_a_megabyte_of_anything_comes_to_an_end(parts: list[str]) -> None:
    unit = "".join(parts)
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    for number in numbers.find(text):
        assert text[number.start : number.end] == number.raw


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
