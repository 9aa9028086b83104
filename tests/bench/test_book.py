"""The large book of ``bench leads`` is written straight into the tables: it must know every column of theirs."""

from __future__ import annotations

from pathlib import Path

from scanner.bench.leads import FOUND, make
from scanner.store.book import Book


def test_the_book_is_made_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    make(path, listings=60, leads=20)
    with Book.open(path) as book:
        assert book.count("listing") == 60
        assert len(list(book.listings())) == 60
        assert [len(one.findings) for one in book.leads()] == [FOUND] * 20
