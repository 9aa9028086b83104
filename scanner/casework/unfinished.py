"""What a kill left between the journal and the book: noted before, mended at the next opening.

Owns: the note ``unfinished.json`` of a home (the journal's length before a batch of steps), and booking what the journal
got after it. Leaves to others: making lines and booking one (``lines``).

The journal is the truth and the book follows it. A note lies in the home while a batch is on its way; a home opened with
one there has been killed, and every line behind the noted length that the book may lack is booked (booking is idempotent).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scanner.casework import lines
from scanner.errors import StoreError
from scanner.evidence import disk
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store.book import Book

NAME = "unfinished.json"


@contextmanager
def together(home: Home, book: Book, journal: Journal) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """A batch: what is done to the book inside, and the lines given to the function (event, data), are kept both or neither
    for good when the block ends, the lines first. The home's lock is held. Raises SealError or StoreError."""
    waiting: list[Future[int]] = []
    begin(home)
    with book.write(durable=True):
        yield lambda event, data: waiting.append(journal.append(event, data))
        for line in waiting:
            line.result()  # every line is on disk before the book is
    end(home)


def begin(home: Home) -> None:
    """Note how long the journal is. The home's lock is held."""
    length = home.journal.stat().st_size if home.journal.exists() else 0
    disk.put(home.root / NAME, json.dumps({"journal": length}).encode("ascii"))


def end(home: Home) -> None:
    """The batch is in the book, or nowhere."""
    (home.root / NAME).unlink(missing_ok=True)
    disk.sync_folder(home.root)


def mend(home: Home, book: Book) -> int:
    """Book what a killed process had written into the journal only; how many lines that were."""
    path = home.root / NAME
    if not path.exists():
        return 0
    booked = 0
    if home.journal.exists():
        with home.journal.open("rb") as file, book.write():
            file.seek(_length(path))
            for raw in chain.raw_lines(file):
                line = chain.sound(raw)
                booked += line is not None and lines.book(book, line)
    end(home)
    return booked


def _length(path: Path) -> int:
    try:
        return int(json.loads(path.read_bytes())["journal"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        hint = "运行 rebuild 由日志重建数据库，再删除这个文件"
        raise StoreError("办理中断时留下的记录读不出来", where=str(path), hint=hint) from error
