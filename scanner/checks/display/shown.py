"""The ways in which a page shows something: a sentence, a number, a labelled row, words, a picture, a link.

Owns: looking for each of them, and the better of several. Leaves to others: comparing sentences (``sentence``), what
follows when nothing is found (``duty``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from scanner.checks.case import Case
from scanner.checks.display.sentence import Bare, bare, find
from scanner.checks.document import NOWHERE, PICTURE_TEXT, Quote, Span
from scanner.checks.facts import category_of
from scanner.checks.labels import called, under
from scanner.model import DutyState, Listing, Seller
from scanner.rulebook.rule import ProvenAs, Shown
from scanner.rulebook.scan import Event

MAX_LABEL_GAP = 4  # characters between a label and its colon in running text: 型号规格：, 禁忌症:
MAX_LINES = 1_000  # of a seller's page that are read as names of goods
MAX_NAME = 120  # characters of such a line
MAX_ADDRESS = 300  # characters of a picture's address that are looked at


class Way(NamedTuple):
    """How the page shows one of the things asked for: the state, where, and of a link its address."""

    state: DutyState
    quote: Quote
    link: str = ""


@dataclass(frozen=True)
class Reading:
    """A case read for its duties: what is written, and what was read in pictures."""

    case: Case

    @cached_property
    def written(self) -> Bare:
        return bare(self.case.document.folded.text, 0, self._pictures_from)

    @cached_property
    def pictured(self) -> Bare:
        return bare(self.case.document.folded.text, self._pictures_from)

    @cached_property
    def _pictures_from(self) -> int:
        """Where in the folded text the text of pictures begins: it is the last field."""
        document = self.case.document
        if not document.spans or document.spans[-1].field != PICTURE_TEXT:
            return len(document.folded.text)
        return bisect_left(document.folded.start, document.spans[-1].start)

    @property
    def cut(self) -> bool:
        """Whether the page says more than sentences are looked for in."""
        return self.written.cut or self.pictured.cut

    @cached_property
    def offered(self) -> Mapping[str, str]:
        """The lines of a seller's page that name goods of a category, each once, with the category's id."""
        if isinstance(self.case.subject, Listing):
            return {}
        lines = dict.fromkeys(line[:MAX_NAME] for line in self.case.subject.text.text.splitlines()[:MAX_LINES])
        named = ((line, category_of(line, self.case.rulebook)) for line in lines)
        return {line: category for line, category in named if category}

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """What the pictures are called: alternative texts, where a seller's page has them, and addresses."""
        subject = self.case.subject
        pairs = subject.pictures if isinstance(subject, Seller) else ((url, "") for url in subject.pictures)
        return tuple(said for url, alt in pairs for said in (alt, unquote(url[:MAX_ADDRESS])) if said)

    @cached_property
    def spelt(self) -> str:
        """Those of ASCII alone, in small letters and in one text: a page has hundreds of addresses, and few say anything."""
        return "\n".join(said for said in self.pictures if said.isascii()).lower()

    @cached_property
    def worded(self) -> tuple[str, ...]:
        """Those that are not of ASCII alone."""
        return tuple(said for said in self.pictures if not said.isascii())

    def quote(self, start: int, end: int) -> Quote:
        """The original words of a folded span; nowhere where it lies across two fields."""
        span = self.case.document.span(start, end)
        return NOWHERE if span is None else self.case.document.quote(span, start, end)


def ways(reading: Reading, wanted: Iterable[ProvenAs]) -> Iterator[Way]:
    """Every way in which the page shows one of ``wanted``; of each its first or best place."""
    for one in wanted:
        if not isinstance(one, Shown):
            yield from _number(reading, one[1:]) if one.startswith("#") else _sentence(reading, one)
        elif one.label:
            yield from _label(reading, one.label)
        elif one.words:
            yield from _words(reading, one.words)
        elif one.picture:
            yield from _picture(reading, one.picture)
        else:
            yield from _link(reading.case, one.link)


def _text_or_picture(quote: Quote) -> DutyState:
    return DutyState.PICTURE if quote.field == PICTURE_TEXT else DutyState.SEEN


def _sentence(reading: Reading, sentence: str) -> Iterator[Way]:
    for text, same in ((reading.written, DutyState.SEEN), (reading.pictured, DutyState.PICTURE)):
        found = find(text, sentence)
        if found is not None:
            quote = reading.quote(found.start, found.end)
            yield Way(same if found.how == "same" else DutyState.SIMILAR, quote)


def _number(reading: Reading, kind: str) -> Iterator[Way]:
    for seen in reading.case.subject.numbers:
        if seen.number.type == kind:
            quote = Quote(field=seen.field, text=seen.number.raw, start=seen.number.start, end=seen.number.end)
            yield Way(_text_or_picture(quote), quote)


def _label(reading: Reading, name: str) -> Iterator[Way]:
    case = reading.case
    if isinstance(case.subject, Listing):
        row = next(under(case.rulebook, name, case.subject), None)
        if row is not None:
            quote = Quote(field=f"attribute:{row.name}", text=row.value, start=0, end=len(row.value))
            yield Way(DutyState.SEEN, quote)
            return
    text = case.document.folded.text
    for event, span in _events(case, name):
        if span.field.startswith("attribute:"):
            continue
        colon = text.find(":", event.end, event.end + MAX_LABEL_GAP + 1)
        between = text[event.end : max(colon, event.end)]
        if colon >= 0 and (not between or between.isalnum()) and text[colon + 1 : colon + 5].strip():
            quote = reading.quote(event.start, event.end)
            yield Way(_text_or_picture(quote), quote)
            return


def _words(reading: Reading, name: str) -> Iterator[Way]:
    seen: set[bool] = set()
    for event, span in _events(reading.case, name):
        pictured = span.field == PICTURE_TEXT
        if pictured not in seen:
            seen.add(pictured)
            quote = reading.quote(event.start, event.end)
            yield Way(_text_or_picture(quote), quote)


def _picture(reading: Reading, name: str) -> Iterator[Way]:
    case, subject = reading.case, reading.case.subject
    spelt = any(word in reading.spelt for word in case.rulebook.words(name) if word.isascii())
    for said in reading.pictures if spelt else reading.worded:
        if _called(case, name, said):
            yield Way(DutyState.PICTURE, Quote(field="pictures", text=said, start=0, end=len(said)))
            return
    # A picture on a seller's page says itself what it is of; a listing's may speak of a paper without showing it.
    for event, span in _events(case, name) if isinstance(subject, Seller) else ():
        if span.field == PICTURE_TEXT:
            yield Way(DutyState.PICTURE, case.document.quote(span, event.start, event.end))
            return


def _link(case: Case, name: str) -> Iterator[Way]:
    subject = case.subject
    for url, text in subject.links if isinstance(subject, Seller) else ():
        if url != subject.url and _called(case, name, text):
            yield Way(DutyState.LINK, Quote(field="links", text=text, start=0, end=len(text)), url)


def _called(case: Case, name: str, said: str) -> bool:
    """Whether a picture or link is called so; one that names goods is a product's (额温计 证照见详情图)."""
    if said.isascii():  # an address: a page has dozens, each another one, and folding them took most of the judgement
        plain = said.lower()
        if not any(word in plain for word in case.rulebook.words(name) if word.isascii()):
            return False
    return bool(said) and called(case.rulebook, name, said) and not category_of(said, case.rulebook)


def _events(case: Case, name: str) -> Iterator[tuple[Event, Span]]:
    for event in case.scan.events(name):
        span = case.document.span(event.start, event.end)
        if span is not None:
            yield event, span
