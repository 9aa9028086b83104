"""Folding keeps every place: whatever a text is made of, each folded character leads back to its own in the original."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.numbers.fold import Gap, fold, level, squeeze


def test_width_brackets_dashes_and_traditional_characters() -> None:
    assert fold("粵械註准２０２１３１４９００１號").text == "粤械注准20213149001号"
    assert fold("（京）【京】〔京〕［京］").text == "(京)(京)(京)(京)"
    assert fold("第２８—９–１−２").text == "第28-9-1-2"
    assert fold("ｇ妆网备 字ａb").text == "G妆网备字AB"


def test_gaps_are_told_apart() -> None:
    folded = fold("a b\nc\u200bd" + " " * 40 + "e&nbsp;f")
    assert folded.text == "ABCDEF"
    assert [folded.gap(i) for i in range(6)] == [
        Gap.NONE, Gap.SPACE, Gap.LINE, Gap.NONE, Gap.FAR, Gap.SPACE
    ]  # fmt: skip


def test_entities_and_tags_are_gaps() -> None:
    folded = fold("国<b>械</b>注<br/>准&#12288;2&NBSP;0<td class='a b'>2")
    assert folded.text == "国械注准202"
    assert [folded.gap(i) for i in range(7)] == [
        Gap.NONE, Gap.NONE, Gap.NONE, Gap.LINE, Gap.SPACE, Gap.SPACE, Gap.LINE
    ]  # fmt: skip
    assert fold("1<2 3>1 &amp; <x>").text == "1<23>1&AMP;<X>"


def test_span() -> None:
    raw = "号：\u200b国 械\n注"
    folded = fold(raw)
    start, end = folded.span(2, 5)
    assert raw[start:end] == "国 械\n注"


@given(st.text(st.characters(codec="utf-16", categories=None), max_size=200))
def test_every_place_leads_back(raw: str) -> None:
    folded = fold(raw)
    places = [folded.place(i) for i in range(len(folded.text))]
    assert places == sorted(set(places))
    assert all(0 <= place < len(raw) for place in places)
    assert folded.text == squeeze(level(raw))
    assert len(level(raw)) == len(raw)
