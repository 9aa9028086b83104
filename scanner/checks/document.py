"""What a listing or a seller's page says, as one text that is folded and scanned once, with the way back to its fields.

Owns: joining fields (a line end between them, which nothing matches across) and finding the field of a place. Leaves to
others: folding (``text``), matching (``rulebook``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.model import FieldState, Listing, Seller
from scanner.text import Folded, fold

TRANSCRIPT = "transcript:"  # begins the field of something said, its time follows
PICTURE_TEXT = "image_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A field at ``[start, end)`` of the document. ``label``: an attribute's label, folded."""

    field: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An exact piece of a field: ``text == field[start:end]``; all empty for something that is not there."""

    field: str = ""
    text: str = ""
    start: int = 0
    end: int = 0


NOWHERE = Quote()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    raw: str
    spans: tuple[Span, ...]
    folded: Folded

    def span(self, i: int, j: int) -> Span | None:
        """The field that holds the folded span ``[i, j)`` wholly."""
        start, end = self.folded.quote(i, j)
        at = bisect_right(self.spans, start, key=lambda s: s.start) - 1
        return self.spans[at] if at >= 0 and end <= self.spans[at].end else None

    def quote(self, span: Span, i: int, j: int) -> Quote:
        """The original words of the folded span ``[i, j)`` inside ``span``."""
        start, end = self.folded.quote(i, j)
        return Quote(field=span.field, text=self.raw[start:end], start=start - span.start, end=end - span.start)


def document(subject: Listing | Seller) -> Document:
    """The document of a listing (title, attributes, description, text in pictures, what was said) or of a seller's page
    (name, text, text in pictures of licences)."""
    return _joined(_listing(subject) if isinstance(subject, Listing) else _seller(subject))


def _seller(seller: Seller) -> Iterator[tuple[str, str, str]]:
    yield "seller", "", seller.name.text
    yield "text", "", seller.text.text
    if seller.image_text.state is FieldState.SEEN:
        yield PICTURE_TEXT, "", seller.image_text.text


def _listing(listing: Listing) -> Iterator[tuple[str, str, str]]:
    yield "title", "", listing.title.text
    for row in listing.attributes:
        yield f"attribute:{row.name}", fold(row.name).text, row.value
    yield "description", "", listing.description.text
    if listing.image_text.state is FieldState.SEEN:
        yield PICTURE_TEXT, "", listing.image_text.text
    for said in listing.transcript:
        yield f"{TRANSCRIPT}{said.at}", "", said.text


def _joined(fields: Iterable[tuple[str, str, str]]) -> Document:
    pieces: list[str] = []
    spans: list[Span] = []
    at = 0
    for field, label, text in fields:
        if not text:
            continue
        spans.append(Span(field=field, label=label, start=at, end=at + len(text)))
        pieces.append(text)
        at += len(text) + 1
    raw = "\n".join(pieces)
    return Document(raw=raw, spans=tuple(spans), folded=fold(raw))
