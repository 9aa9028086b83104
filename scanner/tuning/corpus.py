"""What rules are tried on beside their own examples: stored listings, sealed captures read again.

Owns: turning each into an item that can be judged as of its day. Leaves to others: rows of a file (``cli``), reading a
sealed page (``crawl.reading.sealed``), judging (``judge``). Everything streams: memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from scanner import clock
from scanner.errors import InputError
from scanner.evidence.archive.shelf import Shelf
from scanner.model import Facts, Listing, Outcome, Seller
from scanner.page import Page
from scanner.store.book import Book

if TYPE_CHECKING:
    from scanner.crawl.reading.line import Reader

Label = Literal["", "ok", "violation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A text to judge as of ``on``. ``name`` is what people call it (a listing's id, a row's). ``facts``: given ones, None
    to derive them from the page."""

    name: str
    subject: Listing | Seller
    on: date
    facts: Facts | None = None
    label: Label = ""


def stored(book: Book) -> Iterator[Item]:
    """Every listing and seller's page of the book as it said last, as of the day it last said so (Beijing time)."""
    for listing in book.stored(Listing):
        yield Item(name=listing.subject.id, subject=listing.subject, on=clock.day(listing.time))
    for seller in book.stored(Seller):
        yield Item(name=seller.subject.id, subject=seller.subject, on=clock.day(seller.time))


def sealed(book: Book, shelf: Shelf, family_for: Callable[[Page], Reader], damaged: list[str]) -> Iterator[Item]:
    """Every capture that was read, read again from the archive by the code that reads a crawl; left out is what says the
    same as one before it, and second looks. Captures that cannot be read any more are named in ``damaged``."""
    from scanner.crawl.reading.line import read  # Scrapy comes with it, which stored listings and files do not need
    from scanner.crawl.reading.sealed import page_of

    seen, second = set[str](), book.second_captures()
    for one in book.captures(outcome=Outcome.READ):
        if one.capture.id in second:
            continue
        try:
            page = page_of(shelf, one.capture)
        except InputError as error:
            damaged.append(f"{one.capture.id}：{error}")
            continue
        subject = read(page, family_for(page)).subject
        if subject is not None and subject.version not in seen:
            seen.add(subject.version)
            yield Item(name=subject.id, subject=subject, on=clock.day(one.capture.time))
