"""The second reading: characters that picture recognition confuses are put right, and nothing else."""

from __future__ import annotations

from scanner.numbers.fold import fold
from scanner.numbers.misread import repaired


def test_only_confusable_characters_make_a_second_reading() -> None:
    assert repaired(fold("国械注准")) is None
    second = repaired(fold("国戒住淮"))
    assert second is not None
    assert second.text == "国械注准"


def test_digits_are_put_right_only_among_digits() -> None:
    second = repaired(fold("械准字2O13第O12l 10L IL"))
    assert second is not None
    assert second.text == "械准字2013第0121" + "10LIL"
