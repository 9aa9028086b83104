"""Blind samples and their reviews kept: into the journal, then into the book.

Owns: keeping one or many at a time, all or none. Leaves to others: what their lines hold (``blind``), what a kill left
(``unfinished``).
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.casework import blind, unfinished
from scanner.evidence import digest
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store.book import Book
from scanner.store.samples import BlindSample, Review


def keep(home: Home, book: Book, journal: Journal, made: Sequence[BlindSample | Review]) -> None:
    """Keep all of these or none; for good when this returns. The home's lock is held. Raises SealError or StoreError."""
    with unfinished.together(home, book, journal) as tell:
        for one in made:
            blind.save(book, one)
            tell(blind.DRAWN if isinstance(one, BlindSample) else blind.REVIEWED, digest.plain(one))
