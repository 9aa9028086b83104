"""State in scripts: JSON and the data part of JavaScript, read without executing, in linear time, nothing guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.page.state import BUDGET, assigned, unescaped
from tests.bounded import seconds
from tests.page.making import html


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ('window._global = {"a": [1, {"b": null}]};', {"_global": {"a": [1, {"b": None}]}}),
        ("var rawData={'a':'x',b:[1,2,],};", {"rawData": {"a": "x", "b": [1, 2]}}),
        ('window["__INITIAL_STATE__"]={"a":undefined,"b":"undefined"}', {"__INITIAL_STATE__": {"a": None, "b": "undefined"}}),
        ("self.x = {on: !0, off: !1, none: void 0, n: NaN, h: 0x1F, f: -.5, e: 1e3}",
         {"x": {"on": True, "off": False, "none": None, "n": None, "h": 31, "f": -0.5, "e": 1000.0}}),
        ("x = {/* one */ a: 1, // two\n b: 2}", {"x": {"a": 1, "b": 2}}),
        (r"x = {t: '\u8840\u538b\u8ba1 \x3cb\x3e', s: 'it\'s'}", {"x": {"t": "血压计 <b>", "s": "it's"}}),
        (r'x = JSON.parse("{\"a\":\"\\u8840\",\"b\":[1]}")', {"x": {"a": "血", "b": [1]}}),
        ("x = JSON.parse(decodeURIComponent('%7B%22a%22%3A%22%E8%A1%80%22%7D'));", {"x": {"a": "血"}}),
        ("x = {a: {1: 'one', 'two': 2}}", {"x": {"a": {"1": "one", "two": 2}}}),
        ('x = {"a": 1}; x = {"a": 2}', {"x": {"a": 1}}),
        ('a.b.c = {"d": 1}', {"c": {"d": 1}}),
        ("x = {t: `line\none`}", {"x": {"t": "line\none"}}),
    ],
)  # fmt: skip
def test_data_is_read(script: str, wanted: dict[str, Any]) -> None:
    assert assigned([script]) == wanted


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("x = {a: now(), b: 1}", {"b": 1}),
        ("x = {a: 1 + 2, b: 'p' + q, c: 3}", {"c": 3}),
        ("x = {f(a, b) { return {c: [a, b]} }, g: function () { return '}' }, c: 3}", {"c": 3}),
        ("x = {...other, c: 3}", {"c": 3}),
        ("x = {a: [new Date(2020, 1), 2], c: 3}", {"a": [2], "c": 3}),
        ("x = {a: y ? {b: 1} : [], c: 3}", {"c": 3}),
        ("x = {price: `${cents}`, c: 3}", {"c": 3}),
    ],
)
def test_what_is_no_data_is_left_out_and_the_rest_stays(script: str, wanted: dict[str, Any]) -> None:
    assert assigned([script]) == {"x": wanted}


@pytest.mark.parametrize(
    "script", ["", "x == {a: 1}", "if (a!={}) b()", "x = {a: 1", "x = {a: 'b}", "={a:1}", "x = )", "x={a)}"]
)
def test_what_is_no_assignment_of_data_gives_nothing(script: str) -> None:
    assert assigned([script]) in ({}, {"x": {}})


@given(st.recursive(st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)))  # fmt: skip
def test_json_comes_back_as_it_went(value: Any) -> None:
    spelled = json.dumps(value)
    assert assigned([f"window.x = {{v: {spelled}, }};"]) == {"x": {"v": value}} or "\\ud" in spelled
    assert assigned([f'window.x = {{"v": {spelled}}};']) == {"x": {"v": value}}


@given(st.text(alphabet="{}[]()\"'`,:=/*\\x1 .u", max_size=200))
def test_any_text_ends_without_a_traceback(text: str) -> None:
    assert isinstance(assigned([f"x = {text}", text]), dict)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        'x=["',
        "x={a:",
        "x=[",
        "x={'",
        "x={a:f(",
        "/*",
        "x=/*",
        "=",
        "x={`",
        "x={a:1+",
        "aaaa",
        "x=JSON.parse('",
        "{a:[",
        "x={a:b/",
    ],
)
def test_hostile_scripts_take_linear_time(piece: str) -> None:
    with seconds(8):
        assert assigned(["x={a:" + piece * (1_500_000 // len(piece))]) == {}  # none of them ends


def test_deep_and_large_states_are_bounded() -> None:
    assert assigned(["x = " + "[" * 5000 + "]" * 5000]) == {}
    assert assigned(["x = {a: " + "[" * 70 + "]" * 70 + "}"]) == {}
    assert assigned(["x = {a: '" + "y" * BUDGET + "'}"]) == {}
    assert assigned(['x = {"a": "' + "y" * BUDGET + '"}'])["x"]["a"].startswith("yyy")  # plain JSON costs nothing


def test_halves_of_characters() -> None:
    assert unescaped(r"\ud83d\ude00") == "\U0001f600"
    assert unescaped(r"a\ud83d") == "a\N{REPLACEMENT CHARACTER}"


def test_a_page_gives_its_scripts_state_and_its_named_json() -> None:
    page = html(
        "<script>window._global = {id: 1}</script><script src=x.js>_other = {}</script>"
        '<script id="__NEXT_DATA__" type="application/json">{"props": {}}</script>'
        '<script type="application/ld+json">{"@type": "Product"}</script><script>y = [</script>'
    )
    assert (page.state("_global"), page.state("__NEXT_DATA__")) == ({"id": 1}, {"props": {}})
    assert not page.state("nothing-of-this-name")
    assert html('{"a": 1}', kind="application/json").state("a") is None
