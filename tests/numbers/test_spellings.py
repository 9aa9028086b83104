"""Every family in every writing: the exact raw text, the canonical number, the right type, well formed, nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import numbers
from scanner.numbers.families import FAMILY_OF
from tests.numbers import making
from tests.numbers.making import Made

ON = date(2026, 11, 22)


def found(text: str) -> list[tuple[str, str, str, object]]:
    return [(n.type, n.raw, n.number, n.valid) for n in numbers.find(text, on=ON)]


def test_every_type_is_made() -> None:
    made = {name.split(" ")[0] for name in making.FAMILIES}
    rare = {"net_drug_trade", "ad_approval_decision", "cosmetic_license_old", "net_sales"}  # free or abolished forms
    assert made | rare == set(FAMILY_OF)


@pytest.mark.parametrize("family", making.FAMILIES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_found_as_sellers_write_it(family: str, data: st.DataObject) -> None:
    made, write = data.draw(making.FAMILIES[family]), data.draw(st.sampled_from(making.WRITINGS))
    text, start, raw = data.draw(making.standing(made, write))
    assert found(text) == [(made.type, raw, made.number, True)], text
    assert numbers.find(text)[0].start == start


@settings(max_examples=200, deadline=None)
@given(making.EVERY, st.data())
def test_a_date_glued_on_is_not_its_tail(made: Made, data: st.DataObject) -> None:
    text, _, raw = data.draw(making.standing(made, making.as_it_is, after=making.GLUED_DATES))
    assert found(text) == [(made.type, raw, made.number, True)]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(making.EVERY.filter(lambda made: made.closes), st.sampled_from(making.SUFFIXES))
def test_a_note_of_change_is_no_part_of_it(made: Made, suffix: str) -> None:
    for closed in ("", "号"):
        assert found(f"{made.number}{closed}{suffix}") == [(made.type, made.number + closed, made.number, True)]


@settings(max_examples=300, deadline=None)
@given(making.EVERY, making.EVERY, st.sampled_from(["", "号", "、", "；", "\n", " "]))
def test_two_run_together(one: Made, other: Made, between: str) -> None:
    digits_meet = between == "" and other.number[0].isdigit()
    if one.number == other.number or other.label or digits_meet or (between in ("", "号") and not one.closes):
        return
    first = one.number + (between if between == "号" else "")
    text = (f"{one.label}：" if one.label else "") + one.number + between + other.number
    assert found(text) == [(one.type, first, one.number, True), (other.type, other.number, other.number, True)]


@settings(max_examples=200, deadline=None)
@given(making.EVERY, st.data())
def test_misread_characters_are_put_right_and_leave_a_doubt(made: Made, data: st.DataObject) -> None:
    wrong = {"械": "戒", "准": "淮", "注": "住", "备": "各", "字": "宇"}
    places = [i for i, char in enumerate(made.number) if char in wrong]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    raw = made.number[:at] + wrong[made.number[at]] + made.number[at + 1 :]
    assert found(f"{made.label}：{raw}" if made.label else raw) == [(made.type, raw, made.number, "unknown")]


@settings(max_examples=200, deadline=None)
@given(making.EVERY)
def test_printing_and_parsing_round_trip(made: Made) -> None:
    first = numbers.parse(made.number, on=ON)
    assert first is not None
    assert (first.type, first.number, first.valid) == (made.type, made.number, True)
    assert numbers.parse(first.number, on=ON) == first


@pytest.mark.parametrize(
    "text",
    [
        "电话：13800138000 座机 020-83149001 转 8001", "订单号：20211234567890123456", "货号 20213149001", "条形码：6901234567892",
        "专利号 ZL201920123456.7 CN201920123456U CN112345678A", "GB 2626-2019", "YY/T 0969-2013", "YY 0469—2011",
        "Q/ABC 001-2020 YZB/国 1234-2013 T/CAMDI 001-2020", "国药监械注〔2022〕12号", "国食药监械〔2012〕123号", "国食药监办〔2012〕 280号",
        "食药监械管〔2014〕 143号", "食药监办械监〔2013〕37号", "国卫办医发〔2021〕10号", "卫办监督发〔2020〕23号", "粤药监办械〔2021〕123号",
        "（2019）京73行初1234号", "账号 6222021234567890123", "邮编 510000", "型号：KF-94 2021款", "批号：20210314 有效期至2023-03-13",
        "生产日期20210314", "LOT 20213149001 REF 123456", "医疗器械经营备案 2021年办理", "具有医疗器械经营许可证（2019年取得）",
        "本品非国药准字，编号20210001", "械字号产品 二类医疗器械2021", "身份证 110105199001010012", "粤B20201", "版权所有 2010-2020",
        "ISO 13485:2016 FDA 510(k) K123456", "UDI系统于2021年1月1日实施", "MA认证 MA.2021", "广审部门2021", "(京)经营场所2021",
        "非经营性互联网信息服务", "注册证有效期2021-03-14至2026-03-13", "网络销售备案2021年起实行", "医疗器械注册证(2021)第1234号",
        "JY14403001234567 SC10144030012345 XK16-114-00123", "国械注准+4位年份+1位类别", "国药准字H（Z、S）+4位年号", "×械备××××××××号",
        "×1械注×2××××3×4××5××6", "农药登记证号 PD20123456", "兽药字 090012345", "粤卫食证字[2008]第440104-000123号", "苏卫消证字号",
    ],
)  # fmt: skip
def test_numbers_of_other_kinds_are_left_alone(text: str) -> None:
    assert found(text) == []
