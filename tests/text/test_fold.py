"""Folding: what becomes what, and that every folded character leads back to exactly its original."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.text import FILLED, HIDDEN, LOOK, PICTURE, SPACED, SPLIT, fold
from tests.bounded import seconds

WORDLIKE = st.text(
    st.sampled_from("治疗疒了氵台木艮根愈俞心病第一冶 ··.-\u200b\u0301　\n。9８①a啊💉🥇…㎏\ud800"), max_size=24
)
ANY = st.one_of(WORDLIKE, st.text(max_size=40))


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("治﹒療１００％", "治疗100%"),
        ("根·治 近&视&治&愈", "根治近视治愈"),
        ("药~到~病~除", "药到病除"),
        ("氵台疗 木艮治", "治疗根治"),
        ("冶愈", "治愈"),
        ("治\u200b疗 治҉疗 0️⃣", "治疗治疗0"),
        ("💉🥇💯", "针第一100"),
        ("薬・藥", "药药"),
        ("ＡＢＣ㎏", "abckg"),
        ("治丨愈", "治愈"),
    ],
)
def test_evasions_become_plain(raw: str, folded: str) -> None:
    assert fold(raw).text == folded


@pytest.mark.parametrize(
    "raw",
    ["a-b", "x-100", "5-10天", "1.5*2m", "¥99.5", "①30天", "10⁵", "1½", "37℃", "根    治", "根。治", "根…治", "根,治",
     "公斤", "病了", "月中", "ﷺ"],
)  # fmt: skip
def test_innocent_text_stays(raw: str) -> None:
    assert fold(raw).text == raw


def test_lines_never_join() -> None:
    assert fold("根\n治").text == "根\n治"


@pytest.mark.parametrize(
    ("raw", "word", "flags"),
    [("根治", "根治", 0), ("根 治", "根治", SPACED), ("根*治", "根治", FILLED), ("根\u200b治", "根治", HIDDEN),
     ("根冶", "根治", LOOK), ("木艮治", "根治", SPLIT), ("💉", "针", PICTURE), ("根 *治", "根治", FILLED),
     ("第 根治", "根治", 0), ("治療", "治疗", 0)],
)  # fmt: skip
def test_flags_say_what_was_done_inside_a_word(raw: str, word: str, flags: int) -> None:
    folded = fold(raw)
    i = folded.text.index(word)
    assert folded.done(i, i + len(word)) == flags


def test_quotes_are_the_original() -> None:
    raw = "本品可根·\u200b治 高血ya，氵台疗糖尿病"
    folded = fold(raw)
    for word, quote in (("根治", "根·\u200b治"), ("治疗", "氵台疗"), ("糖尿病", "糖尿病")):
        i = folded.text.index(word)
        start, end = folded.quote(i, i + len(word))
        assert raw[start:end] == quote


@given(ANY)
@settings(max_examples=400)
def test_offsets_agree_and_run_upwards(raw: str) -> None:
    folded = fold(raw)
    assert len(folded.text) == len(folded.start) == len(folded.end) == len(folded.flags)
    assert (np.diff(folded.start) >= 0).all()
    assert (folded.end > folded.start).all()
    assert all(0 <= place <= len(raw) for place in (*folded.start.tolist(), *folded.end.tolist()))
    folded.text.encode("utf-8")  # no lone surrogate is left: the matcher refuses them


@pytest.mark.slow
@given(ANY)
@settings(max_examples=400)
def test_folding_twice_changes_nothing(raw: str) -> None:
    once = fold(raw).text
    assert fold(once).text == once


@given(ANY)
@settings(max_examples=400)
@example("ᬆ")
def test_composed_and_decomposed_fold_alike(raw: str) -> None:
    assert (
        fold(unicodedata.normalize("NFC", raw)).text == fold(unicodedata.normalize("NFD", raw)).text == fold(raw).text
    )


@given(WORDLIKE, st.text(st.sampled_from("ab，,"), max_size=3), WORDLIKE)
def test_folding_is_local_across_letters_and_commas(left: str, middle: str, right: str) -> None:
    if middle:
        assert fold(left + middle + right).text == fold(left).text + fold(middle).text + fold(right).text


@given(WORDLIKE)
def test_a_quote_folds_to_what_was_quoted(raw: str) -> None:
    folded = fold(raw)
    for i in range(len(folded.text)):
        start, end = folded.quote(i, i + 1)
        assert folded.text[i] in fold(raw[start:end]).text


@pytest.mark.slow
def test_every_code_point_reaches_its_fixed_point_at_once() -> None:
    once = fold("\n".join(chr(p) for p in range(0x110000) if not 0xD800 <= p < 0xE000)).text
    assert fold(once).text == once


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "becomes"),
    [("治", "治"), ("· ", "· "), ("氵台", "治"), ("\u0301", ""), ("㎏", "kg"), ("根 治", "根治")],
)
def test_hostile_texts_take_linear_time(piece: str, becomes: str) -> None:
    count = 1_000_000 // len(piece)
    fold("x")
    with seconds(5):
        folded = fold(piece * count)
    assert folded.text == becomes * count
    assert len(folded.start) == len(folded.end) == len(folded.flags) == len(folded.text)


@pytest.mark.slow
def test_every_character_that_unicode_takes_apart_folds_as_its_parts() -> None:
    told = []
    for point in (*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20)):
        char = chr(point)
        parts = unicodedata.normalize("NFD", char)
        if parts != char and fold(f"根{char}治").text != fold(f"根{parts}治").text:
            told.append(f"{point:04X}")
    assert told == []
