"""Blind samples and their reviews as the journal has them.

Owns: the lines ``sample_drawn`` and ``sample_reviewed`` (every field of the value), booking such a line. Leaves to others:
drawing (``tuning.quality``), which answer may be given (there too), keeping them (``reviewing``).

A line says which pages the rules found something on: whoever reviews is shown neither the journal nor the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from scanner.evidence import restore
from scanner.evidence.journal.chain import Line
from scanner.store.book import Book
from scanner.store.samples import BlindSample, Review

DRAWN, REVIEWED = "sample_drawn", "sample_reviewed"


def book(opened: Book, line: Line) -> bool:
    """Put into the book what a line says; whether it was one of these. Raises InputError where it is none."""
    if line.event == DRAWN:
        save(opened, _value(BlindSample, line.data))
    elif line.event == REVIEWED:
        save(opened, _value(Review, line.data))
    else:
        return False
    return True


def save(opened: Book, one: BlindSample | Review) -> None:
    """Put one into the book."""
    if isinstance(one, BlindSample):
        opened.save_sample(one)
    else:
        opened.save_review(one)


def _value(kind: type[BlindSample] | type[Review], data: Mapping[str, Any]) -> BlindSample | Review:
    names = {field.name for field in fields(kind)}
    made: BlindSample | Review = restore.value(kind, {name: data[name] for name in names & set(data)})
    return made
