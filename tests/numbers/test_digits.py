"""Where the digits of a number end: spaces, lines, hyphens, the next field, placeholders, misread characters."""

from __future__ import annotations

import pytest

from scanner.numbers.digits import read_digits
from scanner.numbers.fold import fold


def read(text: str, *want: int) -> tuple[str, str] | None:
    """The digits and what follows them in the folded text."""
    folded = fold(text)
    run = read_digits(folded, 0, set(want))
    return None if run is None else (run.digits, folded.text[run.end :])


@pytest.mark.parametrize(
    ("text", "digits", "rest"),
    [
        ("20213149001", "20213149001", ""),
        ("2021 314 9001", "20213149001", ""),
        ("2021\n3149001", "20213149001", ""),
        ("2021-314-9001", "20213149001", ""),
        ("2 0 2 1 3 1 4 9 0 0 1", "20213149001", ""),
        ("20213149001 3L机", "20213149001", "3L机"),
        ("20213149001片", "20213149001", "片"),
        ("202131490012023年", "20213149001", "2023年"),  # a date glued on
        ("202131490012", "202131490012", ""),
        ("2021-314-90012", "202131490012", ""),
        ("20219001", "20219001", ""),
        ("20219001 123元", "20219001", "123元"),
        ("2021 9001 ", "20219001", ""),
        ("2021 年度", "2021", "年度"),
        ("2021.8.18", "2021", ".8.18"),
        ("20213149**", "20213149", ""),
        ("2021xxxx", "2021xxxx", ""),
        ("2O213I49OO1", "20213149001", ""),
        ("202131490OL码", "20213149001", "码"),
    ],
)
def test_eleven_digits(text: str, digits: str, rest: str) -> None:
    assert read(text, 11) == (digits, rest)


def test_the_first_right_count_wins() -> None:
    assert read("20219001 12片", 8, 9, 10) == ("20219001", "12片")
    assert read("2021 9001 12", 8, 9, 10) == ("20219001", "12")
    assert read("2021 051号", 8, 9, 10) == ("2021051", "号")


@pytest.mark.parametrize("text", ["", "号", "12", "XXXXXXXX", "年2021"])
def test_nothing_to_read(text: str) -> None:
    assert read(text, 11) is None


def test_a_long_run_is_read_in_bounded_steps() -> None:
    found = read("1" * 1_000_000, 11)
    assert found is not None
    assert found[0] == "1" * 24
