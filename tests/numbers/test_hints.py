"""The first look: no hint is overlooked, however it is written, in short texts and in long ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.numbers.families import FAMILIES
from scanner.numbers.hints import has_code, present, zones
from scanner.numbers.misread import CONFUSED

HINTS = tuple(hint for family in FAMILIES for hint in family.hints)
LONG = "一二三四五" * 100


@pytest.mark.parametrize("hint", HINTS)
def test_every_hint_is_seen(hint: str) -> None:
    misread = hint.translate(str.maketrans({right: wrong for wrong, right in CONFUSED.items()}))
    for text in (hint, misread):
        for around in ("", LONG):
            assert hint in present(around + text + around, HINTS)
            assert hint not in present(around + text[:-1], (hint,))


@given(st.text(st.sampled_from("械注备药准监经营0A(")), st.sampled_from(["", LONG]))
def test_it_sees_what_a_plain_search_sees(text: str, around: str) -> None:
    text = around + text
    assert present(text, HINTS) == {hint for hint in HINTS if hint in text}


def test_zones_reach_around_each_hint_and_do_not_meet() -> None:
    text = "一" * 500 + "械备" + "二" * 100 + "戒各" + "三" * 900 + "药准"
    assert zones(text, ("械备", "药准")) == [(460, 842), (1464, 1506)]
    assert zones(text, ()) == []


@given(st.text(st.characters(codec="utf-16", categories=None), max_size=300))
def test_any_unicode_text(text: str) -> None:
    assert present(text + LONG, HINTS) >= present(text, HINTS)


@pytest.mark.parametrize("around", ["", LONG])
@pytest.mark.parametrize(
    ("text", "there"),
    [("91000000DEMAJAA186", True), ("911" * 6, True), ("91000000DEMAJAA18", False), ("9100000XDEMAJAA186", False), ("ABCDEF" * 4, False)],
)  # fmt: skip
def test_a_code_of_eighteen_characters(around: str, text: str, there: bool) -> None:
    assert has_code(around + text + around) is there
