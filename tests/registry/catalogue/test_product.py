"""The shortlist: official rows only, likeliest first; what was learnt is kept, and never believed for other rows."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.registry import import_source
from scanner.registry.catalogue import kept
from scanner.registry.catalogue.calibration import LEAST, NEVER_SURE, Calibration
from scanner.registry.catalogue.features import Weights, joined, runs
from scanner.registry.catalogue.learning import group, learn
from scanner.registry.catalogue.nearest import Postings
from scanner.registry.catalogue.product import Products
from tests.registry.catalogue.making import NOW, determined, filled, lines, row

# Two kinds that anybody can tell apart, over two years, and one exact official name.
ROWS = tuple(
    [
        row(f"演示超声诊断探头{n}型", "II", "06-07", "2020", description="由换能器组成，用于超声成像。")
        for n in range(30)
    ]
    + [
        row(f"演示超声诊断探头{n}号", "II", "06-07", "2021", description="由换能器组成，用于超声成像。")
        for n in range(40)
    ]
    + [row(f"演示按摩靠枕{n}型", "not_device", "", "2020", description="用于放松。") for n in range(30)]
    + [row(f"演示按摩靠枕{n}号", "not_device", "", "2021", description="用于放松。") for n in range(40)]
    + [row("演示退热贴", "I", "09-02-03", "2021", source="class1")]
    + [row("演示穿刺导管", "III", "03-13", "2021")]
)


@pytest.fixture(scope="module")
def products() -> Products:
    return Products(ROWS, learn(ROWS))


def test_the_likeliest_class_and_code_come_first(products: Products) -> None:
    answer = products.ask("便携超声诊断探头", "由换能器组成")
    first = answer.matches[0]
    assert (first.code, first.device_class, first.source) == ("06-07", "II", "determinations")
    assert (answer.abstains, first.score == answer.confidence) == (False, True)
    assert products.ask("颈部按摩靠枕").matches[0].device_class == "not_device"


def test_scores_fall_and_a_group_comes_once_but_for_exact_names(products: Products) -> None:
    matches = products.ask("演示退热贴 额头降温 6贴").matches
    assert (matches[0].name, matches[0].exact) == ("演示退热贴", True)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    inexact = [group(match.code) for match in matches if not match.exact and match.code]
    assert len(inexact) == len(set(inexact))


def test_of_a_name_like_none_nothing_is_said(products: Products) -> None:
    for name in ("qqqq", "", "\ud800", "🙂"):
        assert products.ask(name).matches == ()
        assert products.ask(name).abstains


def test_one_year_alone_can_calibrate_nothing() -> None:
    only = tuple(r for r in ROWS if r.year == "2021")
    answer = Products(only, learn(only)).ask("演示超声诊断探头")
    assert (answer.confidence, answer.abstains, answer.matches[0].device_class) == (0.0, True, "II")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_is_answered_with_official_rows(products: Products, name: str, description: str) -> None:
    official = {(r.name, r.code, r.device_class) for r in ROWS}
    for match in products.ask(name, description).matches:
        assert (match.name, match.code, match.device_class) in official
        assert 0 <= match.score <= 1


def test_the_same_rows_give_the_same_models() -> None:
    one, two = learn(ROWS), learn(ROWS)
    assert np.array_equal(one.class_by_both.weights, two.class_by_both.weights)
    assert np.array_equal(one.code_by_name.weights, two.code_by_name.weights)


# --- kept --------------------------------------------------------------------------------------------------------


def test_what_was_learnt_is_read_again_and_says_the_same(tmp_path: Path) -> None:
    learnt: list[str] = []
    with filled(tmp_path) as register:
        first, second = (register.products(lambda: learnt.append("once")) for _ in range(2))
    assert first is not None
    assert second is not None
    assert learnt == ["once"]
    assert first.ask("脑电波监测帽 现货") == second.ask("脑电波监测帽 现货")
    assert kept.place_of(tmp_path / "register.db").exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x80\x05pickle", None])
def test_a_damaged_or_foreign_file_is_learnt_anew(tmp_path: Path, damage: bytes | None) -> None:
    with filled(tmp_path) as register:
        register.products()
        place = kept.place_of(register.store.path)
        if damage is None:
            np.savez(place, mark=np.array("1 other"))
        else:
            place.write_bytes(damage)
        learnt: list[str] = []
        assert register.products(lambda: learnt.append("again")) is not None
    assert learnt == ["again"]


def test_rows_changed_are_learnt_anew(tmp_path: Path) -> None:
    with filled(tmp_path) as register:
        register.products()
        import_source(
            register, "determinations", [lines(tmp_path, "more.jsonl", [determined("演示新产品", "二类")])], now=NOW
        )
        learnt: list[str] = []
        found = register.products(lambda: learnt.append("again"))
    assert learnt == ["again"]
    assert found is not None
    assert found.ask("演示新产品").matches[0].name == "演示新产品"


# --- pieces ------------------------------------------------------------------------------------------------------


def test_runs_of_a_short_name() -> None:
    hashes, values = runs("甲甲", 2)
    assert len(hashes) == 4  # 甲 twice, and three pairs with the ends
    assert sorted(values.tolist()) == pytest.approx([1.0, 1.0, 1.0, 1 + math.log(2)])


def test_only_runs_of_several_texts_are_known() -> None:
    weights = Weights.learn([runs(text, 2) for text in ("甲乙", "甲丙")], longest=2, least=2)
    places, values = weights.features("甲丁")
    assert len(weights.known) == 2  # 甲, and 甲 at the beginning
    assert len(places) == 2
    assert float(values @ values) == pytest.approx(1)
    assert len(weights.features("")[0]) == 0


def test_likeness_is_the_cosine() -> None:
    texts = [runs(text, 3) for text in ("甲乙丙", "甲乙丁", "戊己庚", "戊己辛")]
    weights = Weights.learn(texts, longest=3, least=2)
    rows = [weights.weigh(text) for text in texts]
    likeness = Postings.of(rows, len(weights.known)).likeness(rows[0])
    assert likeness[0] == pytest.approx(1)
    assert likeness[1] == pytest.approx(1)
    assert likeness[2] < 0.5
    both = joined(rows[0], rows[2], 2.0, 1000)
    assert float(both[1] @ both[1]) == pytest.approx(1)
    assert both[0].max() >= 1000


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=400))
def test_a_surer_answer_is_never_less_often_right(seen: list[tuple[float, bool]]) -> None:
    curve = Calibration.learn([sure for sure, _ in seen], [right for _, right in seen])
    stated = [curve.probability(step / 20) for step in range(21)]
    assert stated == sorted(stated)
    assert all(0 <= value < 1 for value in stated)


def test_few_rows_are_no_proof() -> None:
    assert NEVER_SURE.probability(1.0) == 0.0
    always = Calibration.learn([0.9] * LEAST, [True] * LEAST)
    assert 0.9 < always.probability(0.95) < 1
    never = Calibration.learn([0.9] * LEAST, [False] * LEAST)
    assert never.probability(0.95) == 0.0


@pytest.mark.parametrize(
    ("code", "expected"), [("09-02-03", "09-02"), ("6840", "6840"), ("09-00", ""), ("02", ""), ("", "")]
)
def test_group(code: str, expected: str) -> None:
    assert group(code) == expected
