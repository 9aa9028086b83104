"""Device numbers: found as sellers write them, printed in one way, checked as hard as each check may hit."""

from __future__ import annotations

from datetime import date

import pytest

from scanner import numbers
from scanner.model import Number

ON = date(2026, 11, 22)


def only(text: str) -> Number:
    found = numbers.find(text, on=ON)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "raw", "number"),
    [
        ("注册证号：国械注准20213149001，", "国械注准20213149001", "国械注准20213149001"),
        ("粤械注准 20212149001增值服务", "粤械注准 20212149001", "粤械注准20212149001"),
        ("（国械注进２０１６ ２７０ ９００１（更））", "国械注进２０１６ ２７０ ９００１", "国械注进20162709001"),
        ("國械註許20213169001號", "國械註許20213169001號", "国械注许20213169001"),
        ("中国械注准20213149001", "国械注准20213149001", "国械注准20213149001"),
        ("**粤械注准20212149001**", "粤械注准20212149001", "粤械注准20212149001"),
        ("演械注准20213149001", "演械注准20213149001", "演械注准20213149001"),
    ],
)
def test_registration(text: str, raw: str, number: str) -> None:
    found = only(text)
    assert (found.type, found.raw, found.number, found.valid) == ("device_reg", raw, number, True)
    assert text[found.start : found.end] == found.raw


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("国械注准20212149001", "境内第二类器械由省局注册"),
        ("粤械注准20213149001", "省份简称不能与类别3同用"),
        ("国械注准20211149001", "第一类器械实行备案"),
        ("粤械注准20214149001", "管理类别位为4"),
        ("沪械注进20212169001", "省份简称不能与“进”“许”同用"),
        ("粤械注准20222999001", "分类代码99"),
        ("国械注准2021314901", "应为11位数字，实为10位"),
        ("国械注准20293149001", "晚于核查日期"),
        ("国械注准20133149001", "2013年尚无此编号格式"),
        ("中械注准20212149001", "“中”不是国家或者省份的简称"),
        ("粤穗械注准20212149001", "不带城市简称"),
        ("械注准20212149001", "缺少发证机关简称"),
        ("国械注20213149001", "缺少“准”“进”或者“许”"),
        ("国械注准2021314xxxx", "占位符"),
    ],
)
def test_hard_checks(text: str, why: str) -> None:
    found = only(text)
    assert (found.type, found.raw, found.valid) == ("device_reg", text, False)
    assert why in found.why


@pytest.mark.parametrize(
    ("text", "valid", "strength"),
    [
        ("粤械注准20222649001", True, "strong"),  # 68xx code, first registered years after the catalogue of 2017
        ("粤械注准20192649001", True, "weak"),
        ("粤械注准20162649001", True, None),
        ("国械注进20152149001", True, None),  # a code younger than the year: renewal re-codes
        ("粤械注准20212139001", True, "weak"),
        ("国械注准20213409001", True, None),  # 40: IVD reagents of both catalogues
    ],
)
def test_softer_checks(text: str, valid: bool, strength: str | None) -> None:
    found = only(text)
    assert found.valid is valid
    assert [check.strength for check in numbers.checks(found, on=ON)] == ([strength] if strength else [])
    assert bool(found.why) == bool(strength)


def test_an_old_year_says_nothing_of_expiry() -> None:
    found = only("粤械注准20142149001")
    assert (found.valid, found.why) == (True, "")


def test_the_day_decides_what_is_future() -> None:
    number = numbers.find("国械注准20263149001", on=date(2026, 1, 1))[0]
    assert number.valid is True
    assert [c.strength for c in numbers.checks(number, on=date(2025, 12, 31))] == ["hard"]
    assert numbers.find("国械注准20993149001")[0].valid is True  # no day given


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("国械住准20213149001", "国械注准20213149001"),
        ("国戒注淮20213149001", "国械注准20213149001"),
        ("国械注准2O213149001", "国械注准20213149001"),
        ("国械注（准）字20213149001号", "国械注准20213149001"),
    ],
)
def test_misread_and_local_spellings_are_unknown(text: str, number: str) -> None:
    found = only(text)
    assert (found.type, found.raw, found.number, found.valid) == ("device_reg", text, number, "unknown")


def test_a_repair_does_not_hide_a_hard_fault() -> None:
    assert only("国械注淮20212149001").valid is False


@pytest.mark.parametrize(
    ("text", "number", "valid"),
    [
        ("粤穗械备20219001", "粤穗械备20219001", True),
        ("粤穗械备20219001号（更）", "粤穗械备20219001", True),
        ("粤穗械备 2021 9001 号", "粤穗械备20219001", True),
        ("国械备20219001号", "国械备20219001", True),
        ("京械备20219001", "京械备20219001", True),
        ("沪械备202190012", "沪械备202190012", True),
        ("粤穗械备（2021）9001", "粤穗械备20219001", "unknown"),
        ("天津械备20219001号", "津械备20219001", "unknown"),
        ("最新鲁青械备20219001", "鲁青械备20219001", True),
        ("演城械备20239001", "演城械备20239001", True),
        ("粤穗械备2021901", "粤穗械备2021901", False),
        ("粤穗械备准20219001", "粤穗械备准20219001", False),
        ("粤穗械注备20219001", "粤穗械注备20219001", False),
        ("X械备20219001", "X械备20219001", False),
        ("国穗械备20219001", "国穗械备20219001", False),
    ],
)
def test_filing(text: str, number: str, valid: object) -> None:
    found = only(text)
    assert (found.type, found.number, found.valid) == ("device_filing", number, valid)


def test_a_missing_city_is_a_weak_sign_only_where_there_are_cities() -> None:
    assert [c.strength for c in numbers.checks(only("粤械备20219001"))] == ["weak"]
    assert numbers.checks(only("渝械备20219001")) == ()


@pytest.mark.parametrize(
    ("text", "number", "valid"),
    [
        ("苏食药监械(准)字2012第2279001号", "苏食药监械(准)字2012第2279001", True),
        ("国食药监械（进）字2013第3469001号(更)", "国食药监械(进)字2013第3469001", True),
        ("国食药监械(准)字第2012第3409001号", "国食药监械(准)字2012第3409001", True),
        ("苏镇食药监械(准)字2010第1589001号", "苏镇食药监械(准)字2010第1589001", True),
        ("国药管械(准)字2002第3019001号", "国药管械(准)字2002第3019001", True),
        ("浙食药监械(准)字2013第249001(1)号", "浙食药监械(准)字2013第249001(1)", "unknown"),
        ("国食药监械准字2008第2409001号", "国食药监械(准)字2008第2409001", "unknown"),
        ("国食药监械(准)字2016第3669001号", "国食药监械(准)字2016第3669001", False),
        ("粤食药监械(准)字2012第3649001号", "粤食药监械(准)字2012第3649001", False),
        ("国食药监械(准)字2012第1649001号", "国食药监械(准)字2012第1649001", False),
        ("粤食药监械(进)字2012第2649001号", "粤食药监械(进)字2012第2649001", False),
        ("国食药监械准字20123669001", "国食药监械(准)字20123669001", False),
        ("国食药监械(准)字2012第366901号", "国食药监械(准)字2012第366901", False),
    ],
)
def test_old_registration(text: str, number: str, valid: object) -> None:
    found = only(text)
    assert (found.type, found.number, found.valid) == ("device_reg_old", number, valid)


def test_an_old_certificate_has_run_out_but_is_well_formed() -> None:
    found = only("国食药监械(准)字2013第3469001号")
    assert found.valid is True
    assert [c.strength for c in numbers.checks(found)] == ["strong"]
    assert "均已到期" in found.why


@pytest.mark.parametrize(
    "text",
    [
        "国药监械注〔2019〕23号 国食药监械[2009]833号",  # documents of the authority
        "医疗器械备注：2021年新品", "医疗器械备案20219001", "国械注准", "国械注准XXXXXXXXXXX", "国食药监械(准)字2009第qqqq",
        "YZB/苏9001-2011", "YY/T 0969-2013", "ZL202010123456.7", "某市监处罚〔2021〕901号", "沪网文[2021]9001-001号",
        "电话 02083149001 订单 20213149001 条码 6901234567892",
    ],
)  # fmt: skip
def test_distractors(text: str) -> None:
    assert numbers.find(text, on=ON) == ()


def test_class_of() -> None:
    assert [numbers.class_of(only(t)) for t in ("国械注准20213149001", "粤械注准20212149001", "粤穗械备20219001")] == [
        "III", "II", "I"
    ]  # fmt: skip
    assert numbers.class_of(only("国药准字H20049001")) == ""
