"""Identifiers: who is behind a page. USCCs here are invented (area 000000 is no place) with right check digits."""

from __future__ import annotations

import pytest

from scanner import numbers

GOOD = "91000000DEMAJAA186"  # an invented company of the demo mall
SPACED = "9100 0000 DEMA JAA1 86"


def found(text: str) -> list[tuple[str, str, str, object]]:
    return [(n.type, n.number, n.raw, n.valid) for n in numbers.find(text)]


def test_uscc_needs_both_check_digits_or_its_label() -> None:
    assert found(f"演示公司 {GOOD}，") == [("uscc", GOOD, GOOD, True)]
    assert found(f"社会信用代码：{SPACED} 电话 13800000000") == [("uscc", GOOD, SPACED, True)]
    wrong_last = GOOD[:-1] + "7"
    assert found(f"编码 {wrong_last}") == []
    assert found(f"统一社会信用代码：{wrong_last}") == [("uscc", wrong_last, wrong_last, False)]


def test_a_bare_code_in_pieces_is_plainly_one_or_none() -> None:
    zero_width = "\u200b".join(GOOD)
    assert found(f"公司{zero_width}。") == [("uscc", GOOD, zero_width, True)]
    assert found(SPACED) == [("uscc", GOOD, SPACED, True)]
    assert found(f"{GOOD}2026-01-01") == [("uscc", GOOD, GOOD, True)]
    assert found(f"X{GOOD}") == found(f"{GOOD}9") == []


@pytest.mark.parametrize("code", ["440301103097413", f"{GOOD[:9]}O{GOOD[10:]}", f"{GOOD[:-1]}I"])
def test_behind_its_label_a_code_of_another_form_is_wrong(code: str) -> None:
    assert [(n[0], n[1], n[3]) for n in found(f"统一社会信用代码：{code}")] == [("uscc", code, False)]


def test_a_wrong_organisation_code_is_seen_even_when_the_last_digit_fits() -> None:
    # the body's check character 8 -> 9, then the last character recomputed by the standard's own weights
    from stdnum.cn import uscc

    body = GOOD[:16] + "9"
    forged = body + uscc.calc_check_digit(body)
    number = numbers.find(f"社会信用代码：{forged}")[0]
    assert uscc.is_valid(forged)
    assert (number.valid, number.why) == (False, "组织机构代码校验码不符")


@pytest.mark.parametrize("text", ["110105199001010012", "ABCDEFGHJKLMNPQRTU", "2024010100000000001234", "91" * 9])
def test_other_long_codes_are_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("京ICP备12345678号-1｜", ("icp", "京ICP备12345678号-1", "京ICP备12345678号-1", True)),
        ("粤icp备 12345678 号", ("icp", "粤ICP备12345678", "粤icp备 12345678 号", True)),
        ("蜀ICP备12345678号", ("icp", "蜀ICP备12345678", "蜀ICP备12345678号", True)),
        ("ICP备12345678号", ("icp", "ICP备12345678", "ICP备12345678号", False)),
        ("京ICP证123456号", ("icp", "京ICP证123456", "京ICP证123456号", True)),
        ("京B2-20189001 ", ("icp", "京B2-20189001", "京B2-20189001", True)),
        ("合字B1.B2-20139001", ("icp", "合字B1.B2-20139001", "合字B1.B2-20139001", True)),
        (
            "京公网安备 11010802099999号",
            ("police_filing", "京公网安备11010802099999", "京公网安备 11010802099999号", True),
        ),
        ("UDI-DI：06901234567892", ("udi_di", "06901234567892", "06901234567892", True)),
        ("(01)06901234567892(17)270101", ("udi_di", "06901234567892", "06901234567892", True)),
        ("UDI-DI【06901234567892】", ("udi_di", "06901234567892", "06901234567892", True)),
        ("京ICP备12345678号-1 3L机", ("icp", "京ICP备12345678号-1", "京ICP备12345678号-1", True)),
        ("UDI 06901234567893", ("udi_di", "06901234567893", "06901234567893", False)),
        ("MA.156.M0.100001.12345678", ("udi_di", "MA.156.M0.100001.12345678", "MA.156.M0.100001.12345678", "unknown")),
        (
            "医疗器械网络销售备案：粤穗网销备20219001号，地址",
            ("net_sales", "粤穗网销备20219001", "粤穗网销备20219001号", "unknown"),
        ),
    ],
)
def test_identifiers(text: str, expected: tuple[str, str, str, object]) -> None:
    assert found(text) == [expected]
    assert expected[0] in numbers.IDENTIFIERS


def test_a_bare_bar_code_is_no_device_identifier() -> None:
    assert found("条码 6901234567892") == []


def test_a_known_kind_behind_the_label_of_network_sales_keeps_its_kind() -> None:
    assert [n[0] for n in found("医疗器械网络销售备案 粤穗食药监械经营备20219001号")] == ["device_biz_filing"]
