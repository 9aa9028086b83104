"""Blind samples and their reviews: into the journal, then into the book, and back from the journal.

Owns: the lines ``sample_drawn`` and ``sample_reviewed`` (every field of the value), keeping one or many at a time, booking such
a line. Leaves to others: drawing (``tuning.quality``), which answer may be given (there too), what a kill left
(``unfinished``).

A line says which pages the rules found something on: whoever reviews is shown neither the journal nor the book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from scanner.casework import unfinished
from scanner.evidence import digest, restore
from scanner.evidence.journal.chain import Line
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store.book import Book
from scanner.store.samples import BlindSample, Review

DRAWN, REVIEWED = "sample_drawn", "sample_reviewed"


def keep(home: Home, book: Book, journal: Journal, made: Sequence[BlindSample | Review]) -> None:
    """Keep all of these or none; for good when this returns. The home's lock is held. Raises SealError or StoreError."""
    with unfinished.together(home, book, journal) as tell:
        for one in made:
            _save(book, one)
            tell(DRAWN if isinstance(one, BlindSample) else REVIEWED, digest.plain(one))


def book(opened: Book, line: Line) -> bool:
    """Put into the book what a line says; whether it was one of these. Raises InputError where it is none."""
    if line.event == DRAWN:
        _save(opened, _value(BlindSample, line.data))
    elif line.event == REVIEWED:
        _save(opened, _value(Review, line.data))
    else:
        return False
    return True


def _save(opened: Book, one: BlindSample | Review) -> None:
    if isinstance(one, BlindSample):
        opened.save_sample(one)
    else:
        opened.save_review(one)


def _value(kind: type[BlindSample] | type[Review], data: Mapping[str, Any]) -> BlindSample | Review:
    names = {field.name for field in fields(kind)}
    made: BlindSample | Review = restore.value(kind, {name: data[name] for name in names & set(data)})
    return made
