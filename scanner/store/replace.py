"""A book takes another's place: all at once or not at all, and the one before is kept.

Owns: the draft's name beside the book, clearing away what a kill left of one, changing places. Leaves to others: filling
the draft (``crawl.again.rebuild``); the home's lock is held by whoever calls.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from scanner.errors import StoreError
from scanner.store.file import trouble

DRAFT, BEFORE = ".rebuilding", ".before-rebuild"
_BESIDE = ("-wal", "-shm", "-journal")


def draft_of(book: Path) -> Path:
    """Where a book is made that is to take the place of ``book``; nothing of an earlier attempt is left there."""
    draft = book.with_name(f"{book.name}{DRAFT}")
    remove(draft)
    return draft


def before_of(book: Path) -> Path:
    """Where the book lies that was replaced last."""
    return book.with_name(f"{book.name}{BEFORE}")


def remove(path: Path) -> None:
    """Delete an SQLite file with what lies beside it."""
    for name in (path, *(path.with_name(path.name + end) for end in _BESIDE)):
        name.unlink(missing_ok=True)


def replace(draft: Path, book: Path) -> None:
    """Put the finished, closed ``draft`` in the place of ``book``. Raises StoreError while another process has the book
    open, or the disk does not take it; then the old book stands as it was.

    A write-ahead log that belonged to the old file would be played into the new one, so the old book is first folded
    into one file, which only works when nobody else has it open.
    """
    _sync(draft)
    kept = before_of(book)
    if book.exists():
        _fold(book)
        remove(kept)
        os.link(book, kept)
    elif any(book.with_name(book.name + end).exists() for end in _BESIDE):
        remove(book)
    os.replace(draft, book)
    _sync(book.parent)


def _fold(book: Path) -> None:
    with trouble(book):
        connection = sqlite3.connect(book, timeout=1.0, isolation_level=None)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
                raise
            mode = "delete"  # no book any more: there is nothing to fold, and its log is of no use
        finally:
            connection.close()
    if mode != "delete":
        raise StoreError("另一个进程正打开着 book.db", where=str(book), hint="关掉工作台和其他清网进程后再试")
    for end in _BESIDE:
        book.with_name(book.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
