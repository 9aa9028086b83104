from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from scanner.bench import leads
from scanner.store.book import Book

LEADS = 200


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench") / "book.db"
    leads.make(made, listings=LEADS * leads.FOUND, leads=LEADS)
    return made


@pytest.mark.parametrize("name", leads.QUESTIONS)
def test_every_question_finds_something_that_the_reference_fetches_too(path: Path, name: str) -> None:
    found, sent = 0, []
    with Book.open(path) as book:
        for seed in range(20):
            ask = leads.QUESTIONS[name](book, random.Random(seed), LEADS)
            book.db.conn.set_trace_callback(sent.append)
            answer = ask()
            book.db.conn.set_trace_callback(None)
            found += len(answer) if isinstance(answer, list) else 1
    bare = sqlite3.connect(path)
    fetched = sum(map(len, leads._fetched(bare, sent)))
    bare.close()
    assert found > 0
    assert fetched >= found


def test_drawing_a_question_asks_nothing(path: Path) -> None:
    sent: list[str] = []
    with Book.open(path) as book:
        book.db.conn.set_trace_callback(sent.append)
        for question in leads.QUESTIONS.values():
            question(book, random.Random(1), LEADS)
        book.db.conn.set_trace_callback(None)
    assert sent == []


def test_every_question_is_measured_on_both_sides(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "ASKED", 3)
    figures = leads.measure(path, LEADS)
    assert list(figures) == list(leads.QUESTIONS)
    assert all(ours > 0 and bare > 0 for ours, bare in figures.values())
