"""What a script of a page is given to start from is found whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.page.state import named
from tests.bounded import seconds
from tests.page.making import html


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('var s = {"a": 1};', {"a": 1}),
        ('s={"a":{"b":"}"}} ; s.a', {"a": {"b": "}"}}),
        ("s(\n\t [1, 2] \n)", [1, 2]),
        ('{"s": {"a": 1}}', None),  # a key in quotes is another matter
        ('s.load(); s = {"a": 1}', {"a": 1}),
        ("s = {'a': 1}", None),
        ('s = {"a": 1', None),
        ('s = "text"', None),
        ('x = {"a": 1}', None),
        ("s = " + "[" * 5000, None),
        ('s = {"a": "line\nbreak"}', {"a": "line\nbreak"}),
    ],
)
def test_named(text: str, value: Any) -> None:
    assert named(text, "s") == value


def test_a_page_finds_it_once() -> None:
    page = html('<p>x</p><script>window.data = {"id": 1};</script>')
    assert page.state("window.data") == {"id": 1}
    assert page.state("window.data") is page.state("window.data")
    assert page.state("other") is None


@given(st.text(alphabet='s={}[]()":,\\1a \n', max_size=200))
def test_anything(text: str) -> None:
    assert isinstance(named(text, "s"), dict | list | None)


def test_many_beginnings_cost_little() -> None:
    with seconds(2):
        assert named('s={"a":[' * 200_000, "s") is None
