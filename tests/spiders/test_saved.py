"""Every saved page of our own making is read field by field as its expectation says; one test a field."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from spiders import FAMILIES
from tests.spiders import saved


@cache
def read(name: str) -> dict[str, Any]:
    return saved.view(saved.page(name, saved.expectation(name)))


def cases() -> list[tuple[str, str]]:
    """(page, field), those of a page without an expectation as one case that fails."""
    found = []
    for name in saved.names():
        expected = saved.PAGES / f"{name}.json"
        fields = saved.expectation(name)["expect"] if expected.exists() else {"": None}
        found += [(name, field) for field in fields]
    return found


@pytest.mark.parametrize(("name", "field"), cases())
def test_field(name: str, field: str) -> None:
    assert field, f"{name} has no expectation: review `python -m tests.spiders.saved {name}` and write {name}.json"
    assert read(name)[field] == saved.expectation(name)["expect"][field]


@pytest.mark.parametrize("name", saved.names())
def test_nothing_more_is_read(name: str) -> None:
    assert set(read(name)) == set(saved.expectation(name)["expect"])


def test_there_are_pages_of_every_family() -> None:
    assert {name.split("/")[0] for name in saved.names()} == set(FAMILIES)
    assert len(saved.names()) >= 60
