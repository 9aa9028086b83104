"""Codes before names: one code is one company, but for the agents of foreign ones."""

from __future__ import annotations

import pytest

from scanner.registry.company.codes import code_in, compare_with_codes, without_code, wrong_code
from tests.registry.company.pairs import code

A, B = code("A"), code("B")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (A, A),
        (f"苏州演康医疗器械有限公司（统一社会信用代码：{A}）", A),
        (f"{A} {A}", A),
        (f"{A} {B}", ""),
        (A[:-1] + ("1" if A[-1] != "1" else "2"), ""),
        ("", ""),
        ("x" * 10**6, ""),
    ],
)
def test_the_one_code_in_a_text(text: str, found: str) -> None:
    assert code_in(text) == found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [(A, ""), ("苏州演康医疗器械有限公司", ""), ("Yansurgical", ""), ("", ""), (f"{A[:-2]}", "应为18位"), ("I" + A[1:], "不含字母")],
)  # fmt: skip
def test_what_is_wrong_with_a_code(text: str, wrong: str) -> None:
    assert bool(wrong_code(text)) == bool(wrong)
    assert wrong in wrong_code(text)


def test_a_name_without_its_code() -> None:
    assert without_code(f"苏州演康医疗器械有限公司 {A}") == "苏州演康医疗器械有限公司"
    assert without_code(A) == ""


@pytest.mark.parametrize(
    ("page", "register", "ours", "theirs", "domestic", "verdict"),
    [
        ("青岛演海生物工程有限公司", "演海演诺健康科技股份有限公司", A, A, True, "same"),
        ("青岛演海生物工程有限公司", "演海演诺健康科技股份有限公司", A, A, None, "doubtful"),
        ("青岛演海生物工程有限公司", "演海演诺健康科技股份有限公司", A, A, False, "doubtful"),
        ("苏州望岳光学有限公司", "苏州演康医疗器械有限公司", A, A, None, "same"),
        ("苏州演康医疗器械有限公司", "苏州演康医疗器械有限公司", A, B, True, "doubtful"),
        ("苏州演康医疗器械有限公司", "苏州演健医疗器械有限公司", A, B, True, "other"),
        ("苏州演康医疗器械有限公司", "苏州演健医疗器械有限公司", A, B, False, "doubtful"),
        ("苏州演康医疗器械有限公司", "苏州演健医疗器械有限公司", A, "", True, "doubtful"),
        ("苏州演康医疗器械有限公司", "苏州演健医疗器械有限公司", A[:-1], B, True, "doubtful"),
        ("", "苏州演康医疗器械有限公司", A, A, True, "same"),
        ("", "苏州演康医疗器械有限公司", A, B, True, "other"),
    ],
)
def test_what_codes_decide(
    page: str, register: str, ours: str, theirs: str, domestic: bool | None, verdict: str
) -> None:
    match = compare_with_codes(page, register, page_code=ours, register_code=theirs, domestic=domestic)
    assert match.verdict == verdict, match
    assert match.because
