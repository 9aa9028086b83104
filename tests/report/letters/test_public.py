"""What is covered for the public, and what is not: innocent look-alikes stay."""

from __future__ import annotations

import time

import pytest

from scanner.report.letters.public import person, text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            "负责人：张小三，电话0791-88123456，微信 abc12345",
            "负责人：张某，电话＊＊＊＊＊＊＊＊＊＊＊＊＊，微信 ＊＊＊＊＊＊＊＊",
        ),
        ("经营场所：江西省南昌市演示路1号\n每天发货", "经营场所：＊＊＊＊＊＊＊＊\n每天发货"),
        ("南昌市东湖区演示路12号3栋502室到店自提", "＊＊＊＊＊＊＊＊到店自提"),
        ("热线400-123-4567，客服QQ：12345678", "热线＊＊＊＊＊＊＊＊＊＊＊＊，客服QQ：＊＊＊＊＊＊＊＊"),
        ("加薇yanshi_jia88领券", "加薇＊＊＊＊＊＊＊＊＊＊＊＊领券"),
        (
            "请发 a.b@shop.example 或看 https://shop.example/u?id=7 。",
            "请发 ＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊ 或看 （网址略） 。",
        ),
        ("店主：李四（本人）", "店主：李某（本人）"),
    ],
)
def test_people_and_places_are_covered(given: str, told: str) -> None:
    assert text(given) == told


@pytest.mark.parametrize(
    "given",
    [
        "演械注准20162140003 有效期至2021-06-14",
        "国药准字Z20123456 第10至18号口罩 98.5%",
        "《医疗器械监督管理条例》第五十五条；法律责任：第八十六条（2021-06-01起施行）",
        "赣洪药监械经营备20230001号",
        "颈椎病治愈率高达98%，12号色号，三甲医院主任推荐",
    ],
)
def test_look_alikes_stay(given: str) -> None:
    assert text(given) == given


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("张三", "张某"), ("欧阳小明", "欧某"), ("李小明的小店", "李某的小店"), ("王五（个体工商户）", "王某"), ("阿依·买买提", "阿某"),
        ("演示甲医疗器械有限公司", "演示甲医疗器械有限公司"), ("演示药店", "演示药店"), ("东湖药房", "东湖药房"), ("", ""),
    ],
)  # fmt: skip
def test_enterprises_are_named_and_people_are_not(name: str, told: str) -> None:
    assert person(name) == told


def test_time_is_linear_in_the_length() -> None:
    for piece in ("一", "12345路", "@", "a.", "经营者：张", "0791-", "地址：", "的小店", "号栋"):
        before = time.process_time()
        text(piece * (4000 // len(piece)))
        assert time.process_time() - before < 0.5, piece
