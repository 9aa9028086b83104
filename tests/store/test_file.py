"""Trouble with the file, made for real: SQLite itself says no each time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.model import Outcome
from scanner.store.book import Book
from tests.store.making import T0, capture


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.db"


@pytest.fixture
def book(path: Path) -> Iterator[Book]:
    with Book.open(path) as opened:
        yield opened


def count(book: Book) -> int:
    return sum(1 for _ in book.captures())


def test_settings(book: Book) -> None:
    def pragma(name: str) -> object:
        return book.db.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 1, 1)
    assert pragma("busy_timeout") == 10_000
    listed = list(book.db.execute("PRAGMA table_list"))
    strict = {name: strict for _, name, kind, _, _, strict in listed if kind == "table"}
    ours = [n for n in strict if not n.startswith(("sqlite_", "_sqlite"))]
    assert len(ours) == 26
    assert all(strict[name] for name in ours)


def test_a_write_is_all_or_nothing(book: Book) -> None:
    with pytest.raises(ValueError, match="zone"), book.write():  # noqa: PT012 - what the transaction is about
        book.save_capture(capture(1), Outcome.READ)
        book.save_capture(capture(2, time=T0.replace(tzinfo=None)), Outcome.READ)
    assert count(book) == 0
    with book.write():
        book.save_capture(capture(1), Outcome.READ)
        with book.write():
            book.save_capture(capture(2), Outcome.READ)
    assert count(book) == 2


def test_locked(book: Book, path: Path) -> None:
    with Book.open(path, patience=0.05) as other, book.write():
        with pytest.raises(StoreError) as caught:
            other.save_capture(capture(1), Outcome.READ)
        assert caught.value.message == "数据库正被另一个进程占用"
        assert caught.value.where == str(path)
        assert caught.value.hint
        assert count(other) == 0  # reading goes on
    assert count(book) == 0


def test_two_processes_write_and_lose_nothing(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from scanner.store.book import Book; from scanner.model import Outcome\n"
        "from tests.store.making import capture\n"
        "with Book.open(Path(sys.argv[1])) as book:\n"
        " for n in range(int(sys.argv[2]), int(sys.argv[2]) + 150): book.save_capture(capture(n), Outcome.READ)"
    )
    root = Path(__file__).resolve().parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], cwd=root) for n in (0, 1000)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with Book.open(path) as book:
        assert count(book) == 300


def test_damaged_from_the_start(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 500)
    with pytest.raises(StoreError) as caught:
        Book.open(path)
    assert "已损坏" in caught.value.message
    assert caught.value.where == str(path)


def test_damaged_in_the_middle(path: Path) -> None:
    with Book.open(path) as book, book.write():
        for number in range(300):
            book.save_capture(capture(number), Outcome.READ)
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="已损坏"), Book.open(path) as book:
        count(book)


def test_a_broken_constraint_is_our_own_fault(book: Book) -> None:
    sql = "INSERT INTO crawls (id, kind, subjects, started, finished, state, rulebook, ended) VALUES ('c', '', '', '', '', '', '', '')"
    book.all(sql)
    for ask in (book.all, book.one, lambda again: list(book.rows(again))):
        with pytest.raises(sqlite3.IntegrityError):
            ask(sql)


def test_what_else_goes_wrong_keeps_its_cause(book: Book, path: Path) -> None:
    for ask in (book.all, book.one, lambda sql: list(book.rows(sql))):
        with pytest.raises(StoreError, match="no such table") as caught:
            ask("SELECT 1 FROM nowhere")
        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        assert caught.value.where == str(path)


def test_read_only(book: Book) -> None:
    book.db.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match="只读"):
        book.save_capture(capture(1), Outcome.READ)


def test_full(book: Book) -> None:
    pages = book.db.execute("PRAGMA page_count").fetchone()[0]
    book.save_capture(capture(0), Outcome.READ)
    book.db.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreError, match="磁盘满了"):  # noqa: PT012 - how many fit does not matter
        for number in range(1, 1000):
            book.save_capture(capture(number), Outcome.READ)
    kept = count(book)
    book.db.execute(f"PRAGMA max_page_count={pages + 1000}")
    book.save_capture(capture(2000), Outcome.READ)
    assert count(book) == kept + 1


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="打不开"):
        Book.open(tmp_path / "nowhere" / "book.db")


def test_a_book_of_a_newer_program_is_not_touched(path: Path) -> None:
    Book.open(path).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('book', 'returns', '2030')"
        )
    connection.close()
    with pytest.raises(StoreError, match="returns"):
        Book.open(path)


def test_opening_twice_changes_nothing(path: Path) -> None:
    def tables() -> list[tuple[str, str]]:
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        connection.close()
        return rows

    Book.open(path).close()
    before = tables()
    with Book.open(path) as book:
        book.start_crawl("c1", "scan", ("https://shop.example/",), T0)
    assert tables() == before
