"""A look at a page that was purged since, taken over from the home's book and held against its line of the journal.

Owns: which looks cannot be made again because a capture they need is gone by its term, what the book before still says of
them, and whether that is what the line says. Leaves to others: making all other looks again (``replay``), keeping what comes
out (``rebuild``).

The line has the hash of what was read and of all that was found, so what the book before says is believed no further than
the journal goes. Where there is no such book, nothing knows what stood on the page, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scanner.crawl.again.replay import Again, differs
from scanner.crawl.reading.fields import version_of
from scanner.errors import StoreError
from scanner.evidence.keeping import holds
from scanner.home import Home
from scanner.model import Capture, Finding, Listing, Seller
from scanner.store.book import Book

LOST = "网页已按保存期限清除，原来的数据库里也没有与日志相符的内容"


class Kept:
    """What the book before knows of purged pages; ``before`` is None where there is none to be read."""

    def __init__(self, gone: frozenset[str], before: Book | None) -> None:
        self._gone = gone
        self._before = before

    def has(self, line: Mapping[str, Any], capture: Capture) -> bool:
        """Whether the look of this line cannot be made again: its page, or a piece of it, was purged."""
        return capture.id in self._gone or any(str(piece) in self._gone for piece in line.get("pieces", ()))

    def look(self, line: Mapping[str, Any], book: Book) -> Again:
        """The look of a line, for ``book``, which holds what lines before it came to. What a list named is gone."""
        if "subject" not in line:
            return Again()
        subject = self._subject(line)
        found = [self._finding(str(name)) for name in line.get("findings", ())]
        if subject is None or None in found:
            return Again(otherwise=LOST)
        findings = tuple(finding for finding in found if finding is not None)
        template = "" if self._before is None else self._before.template(subject.id, subject.version)
        # The book keeps a finding as it was made first: a later line that makes it again may weigh it otherwise.
        again = any(book.finding(finding.id) is not None for finding in findings)
        wrong, weighed = ("", False) if again else differs(line, findings)
        return Again(subject=subject, findings=findings, otherwise=wrong, weighed=weighed, template=template)

    def _subject(self, line: Mapping[str, Any]) -> Listing | Seller | None:
        if self._before is None:
            return None
        read = self._before.listing_version if line["subject"] == "listing" else self._before.seller_version
        found: Listing | Seller | None = read(str(line["id"]), str(line["version"]))
        if found is None or (found.id, version_of(found)) != (line["id"], line["version"]):
            return None
        return found

    def _finding(self, name: str) -> Finding | None:
        proof = None if self._before is None else self._before.finding(name)
        return None if proof is None else proof.finding


@contextmanager
def kept(home: Home) -> Iterator[Kept]:
    """For a home whose lock is held. Its book is opened only where something was purged. InputError where the journal is
    damaged."""
    gone = holds.told(home.journal).purged
    before = None
    if gone and home.book.exists():
        try:
            before = Book.open(home.book)
        except StoreError:
            before = None  # a damaged one; what it would have told is named look by look
    try:
        yield Kept(gone, before)
    finally:
        if before is not None:
            before.close()
