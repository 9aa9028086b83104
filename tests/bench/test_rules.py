"""The rules bench measures what it says it measures: enough words, claims that are found, copies that find nothing."""

from __future__ import annotations

from typing import Any

import pytest

from scanner import rulebook
from scanner.bench import rules as bench
from scanner.home import shipped_rules
from scanner.rulebook import Rulebook


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return rulebook.load(shipped_rules())


def said(found: list[Any]) -> set[tuple[str, int, int]]:
    return {(f.rule, f.start, f.end) for f in found if hasattr(f, "rule")}


@pytest.mark.slow
def test_the_pages_say_what_they_are_called(shipped: Rulebook) -> None:
    book = rulebook.from_files(bench.grown(shipped, 1))
    ordinary, stuffed = bench.ordinary(book), bench.stuffed(book)
    assert all(3_000 <= len(page.description.text) <= 5_500 for page in ordinary)
    assert sum(len(said(bench.read(book, page))) for page in ordinary) <= len(ordinary) / 2
    assert sum(len(said(bench.read(book, page))) for page in stuffed) >= 4 * len(stuffed)


@pytest.mark.slow
def test_the_rulebook_is_filled_and_multiplied_without_saying_more(shipped: Rulebook) -> None:
    once, many = (rulebook.from_files(bench.grown(shipped, times)) for times in (1, 3))
    assert sum(len(words.words) for words in once.lists.values()) >= bench.WORDS
    assert len(many.matcher.vocabulary) > 2.3 * len(once.matcher.vocabulary)
    chance = 0
    for page in bench.stuffed(once)[:20]:
        more = said(bench.read(many, page))
        by_chance = {one for one in more if "-copy-" in one[0]}  # an invented word that sounds like one of the page
        assert more - by_chance == said(bench.read(once, page)) != set()
        chance += len(by_chance)
    assert chance <= 5
