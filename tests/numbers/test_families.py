"""The other families: one table a family of (text, type, number, valid), and what each must leave alone."""

from __future__ import annotations

from datetime import date

import pytest

from scanner import numbers

ON = date(2026, 11, 22)


def check(text: str, kind: str, number: str, valid: object) -> None:
    found = numbers.find(text, on=ON)
    assert [(n.type, n.number, n.valid) for n in found] == [(kind, number, valid)]
    assert text[found[0].start : found[0].end] == found[0].raw


@pytest.mark.parametrize(
    ("text", "kind", "number", "valid"),
    [
        ("粤穗食药监械经营许20179001号", "device_biz_license", "粤穗食药监械经营许20179001", True),
        ("京丰食药监械经营备20159001", "device_biz_filing", "京丰食药监械经营备20159001", True),
        ("浙舟药监械经营许 20239001 号", "device_biz_license", "浙舟药监械经营许20239001", True),
        ("鄂汉食药监械经营备2018H901号", "device_biz_filing", "鄂汉食药监械经营备2018H901", "unknown"),
        ("演城药监械经营许20239001号", "device_biz_license", "演城药监械经营许20239001", True),
        ("浙杭食药监械经营备20139001号", "device_biz_filing", "浙杭食药监械经营备20139001", False),
        ("国食药监械经营许20219001号", "device_biz_license", "国食药监械经营许20219001", False),
        ("粤食药监械生产许20139001号", "device_prod_license", "粤食药监械生产许20139001", True),
        ("苏食药监械生产许2010-9001号", "device_prod_license", "苏食药监械生产许20109001", True),
        ("粤惠食药监械生产备20239001号", "device_prod_filing", "粤惠食药监械生产备20239001", True),
        ("定西食药监械生产备20159001号", "device_prod_filing", "定西食药监械生产备20159001", "unknown"),
        ("沪械生产许20XXXXXXXX号", "device_prod_license", "沪械生产许20XXXXXXXX", False),
        ("粤穗食药监械生产许20219001号", "device_prod_license", "粤穗食药监械生产许20219001", False),
        ("国食药监械生产许20219001号", "device_prod_license", "国食药监械生产许20219001", False),
    ],
)
def test_licences(text: str, kind: str, number: str, valid: object) -> None:
    check(text, kind, number, valid)


@pytest.mark.parametrize(
    ("text", "kind", "number", "valid"),
    [
        ("（京）网械平台备字（2018）第90001号", "platform_filing", "(京)网械平台备字(2018)第90001", True),
        ("(沪)网械平台备字[2019]第90001号", "platform_filing", "(沪)网械平台备字(2019)第90001", True),
        ("京网械平台备字2018第90001号", "platform_filing", "(京)网械平台备字(2018)第90001", "unknown"),
        ("(国)网械平台备字(2018)第90001号", "platform_filing", "(国)网械平台备字(2018)第90001", False),
        ("(粤)网械平台备字(2016)第90001号", "platform_filing", "(粤)网械平台备字(2016)第90001", False),
        ("(粤)网械平台备字(2019)第123号", "platform_filing", "(粤)网械平台备字(2019)第123", False),
        ("(京)网药械信息备字（2025）第 90001 号", "net_info_filing", "(京)网药械信息备字(2025)第90001", True),
        ("(京)-非经营性-2024-9001", "net_drug_info", "(京)-非经营性-2024-9001", True),
        ("(京) -经营性-2024-9001 2025年", "net_drug_info", "(京)-经营性-2024-9001", True),
        ("浙-（经营性）-2024-9001", "net_drug_info", "浙-(经营性)-2024-9001", True),
        ("信息服务资格证书编号（浙）-2024-9001", "net_drug_info", "(浙)-2024-9001", "unknown"),
        ("(京)-经营-2024-9001", "net_drug_info", "(京)-经营-2024-9001", False),
        ("(国)-经营性-2024-9001", "net_drug_info", "(国)-经营性-2024-9001", False),
        ("互联网药品交易服务资格证（粤C20149001）", "net_drug_trade", "粤C20149001", True),
    ],
)
def test_platforms(text: str, kind: str, number: str, valid: object) -> None:
    check(text, kind, number, valid)


@pytest.mark.parametrize(
    ("text", "kind", "number", "valid"),
    [
        ("粤械广审（文）第270917-90001号", "ad_approval", "粤械广审(文)第270917-90001", True),
        ("粤食健广审(视)第270917-90001号", "ad_approval", "粤食健广审(视)第270917-90001", True),
        ("苏医械广审(文)第2012129001号", "ad_approval", "苏医械广审(文)第2012129001", True),
        ("粤械广审(文)第261301-90001号", "ad_approval", "粤械广审(文)第261301-90001", False),
        ("粤械广审(图)第270917-90001号", "ad_approval", "粤械广审(图)第270917-90001", False),
        ("国械广审(文)第270917-90001号", "ad_approval", "国械广审(文)第270917-90001", False),
        ("国药广审(视)第2024019001号", "ad_approval", "国药广审(视)第2024019001", False),
        ("沪市监械广审〔2021〕第90001号", "ad_approval_decision", "沪市监械广审(2021)第90001", "unknown"),
    ],
)
def test_adverts(text: str, kind: str, number: str, valid: object) -> None:
    check(text, kind, number, valid)


def test_an_advert_approval_says_its_last_day() -> None:
    number = numbers.find("粤械广审(文)第250101-90001号", on=ON)[0]
    assert (number.valid, [c.strength for c in numbers.checks(number, on=ON)]) == (True, ["strong"])
    assert numbers.checks(number, on=date(2025, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "kind", "number", "valid"),
    [
        ("国药准字Z20059001", "drug_approval", "国药准字Z20059001", True),
        ("国药准字 ｚ１１０２９００１", "drug_approval", "国药准字Z11029001", True),
        ("国药准字HJ20149001", "drug_approval", "国药准字HJ20149001", True),
        ("国药准字HC20219001", "drug_approval", "国药准字HC20219001", True),
        ("国药淮字H11029001", "drug_approval", "国药准字H11029001", "unknown"),
        ("国药准字K20219001", "drug_approval", "国药准字K20219001", False),
        ("国药准字H2021901", "drug_approval", "国药准字H2021901", False),
        ("国药准字H98009001", "drug_approval", "国药准字H98009001", False),
        ("国药准字20049001", "drug_approval", "国药准字20049001", False),
        ("国药准字H20299001", "drug_approval", "国药准字H20299001", False),
        ("进口药品注册证号：H20149001 拜", "drug_import", "H20149001", True),
        ("医药产品注册证号HC20159001", "drug_hmt", "HC20159001", True),
        ("药品经营许可证编号：琼AA898900001", "drug_biz_license", "琼AA898900001", True),
        ("药品经营许可证：琼EA898900001", "drug_biz_license", "琼EA898900001", False),
        ("药品经营许可证：琼AC898900001", "drug_biz_license", "琼AC898900001", False),
        ("药品经营许可证号【琼DA89890001】", "drug_biz_license", "琼DA89890001", "unknown"),
        ("药品经营许可证号：琼AA8989000", "drug_biz_license", "琼AA8989000", False),
        ("进口药品注册证号（BH20149001）", "drug_import", "BH20149001", True),
    ],
)
def test_drugs(text: str, kind: str, number: str, valid: object) -> None:
    check(text, kind, number, valid)


@pytest.mark.parametrize(
    ("text", "kind", "number", "valid"),
    [
        ("国食健字G20119001", "health_food", "国食健字G20119001", True),
        ("国食健注J20199001", "health_food", "国食健注J20199001", True),
        ("食健备G201934909001", "health_food", "食健备G201934909001", True),
        ("卫食健字（1999）第901号", "health_food", "卫食健字(1999)第901", True),
        ("食健备G202199901", "health_food", "食健备G202199901", False),
        ("食健备G201999909001", "health_food", "食健备G201999909001", False),
        ("国食健备字G20219001", "health_food", "国食健备字G20219001", False),
        ("鲁卫消证字【2024】第9001号", "disinfectant_license", "鲁卫消证字(2024)第9001", True),
        ("赣卫消证字(2024)第A9001号", "disinfectant_license", "赣卫消证字(2024)第A9001", True),
        ("卫消字2010第9001号", "disinfectant_license", "卫消字(2010)第9001", "unknown"),
        ("粤卫消证字[2024]-01-第9001号", "disinfectant_license", "粤卫消证字(2024)第01-9001", "unknown"),
        ("国卫消证字(2024)第9001号", "disinfectant_license", "国卫消证字(2024)第9001", False),
        ("卫消证字(2024)第9001号", "disinfectant_license", "卫消证字(2024)第9001", False),
        ("沪G妆网备字2025909001", "cosmetic_filing", "沪G妆网备字2025909001", True),
        ("国妆网备进字（沪）2026909001", "cosmetic_filing", "国妆网备进字(沪)2026909001", True),
        ("国妆备进字J20189001", "cosmetic_filing", "国妆备进字J20189001", True),
        ("国妆特字G20209001", "cosmetic_special", "国妆特字G20209001", True),
        ("国妆特进字20229001", "cosmetic_special", "国妆特进字20229001", True),
        ("卫妆准字29-XK-9001号", "cosmetic_license_old", "卫妆准字29-XK-9001", True),
        ("粤妆网备字2022909001", "cosmetic_filing", "粤妆网备字2022909001", False),
        ("国G妆网备字2022909001", "cosmetic_filing", "国G妆网备字2022909001", False),
        ("粤G妆网备字2026XXXX", "cosmetic_filing", "粤G妆网备字2026XXXX", False),
    ],
)
def test_food_disinfectants_cosmetics(text: str, kind: str, number: str, valid: object) -> None:
    check(text, kind, number, valid)


def test_several_imported_drugs_behind_one_label() -> None:
    found = numbers.find("进口药品注册证号：H20149001、H20149002/HC20149003", on=ON)
    assert [(n.type, n.raw) for n in found] == [
        ("drug_import", "H20149001"), ("drug_import", "H20149002"), ("drug_hmt", "HC20149003")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "粤农药广审（视）01269001号", "皖医广审字2026第901号", "京C20149001", "H20149001", "非经营性活动 2024 年 9001 人",
        "卫消字号产品", "国妆特字号", "药品经营许可证", "国药准字Z，甲类",
    ],
)  # fmt: skip
def test_distractors(text: str) -> None:
    assert numbers.find(text, on=ON) == ()
