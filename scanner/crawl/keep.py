"""The one item pipeline: what was looked at goes into the journal, the book and the leads.

Owns: the order journal line on the disk, then book, for one look: after a kill the book never knows more than the
journal. Leaves to others: judging before it (``line``), all SQL (``store``), gathering (``leads``). A look carries no page text but what its listing and findings quote.
"""

from __future__ import annotations

import asyncio
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, cast

from scanner.crawl.reading.line import Look
from scanner.evidence import digest
from scanner.leads.gather import Owner, slim
from scanner.leads.same.fading import pictures_of
from scanner.leads.same.reading import key_of, traits_of
from scanner.model import Capture, FieldState, Finding, Listing, SecondLook, Seller, content_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from scrapy.crawler import Crawler

    from scanner.crawl.reading.workers import Recipe
    from scanner.crawl.session import Session
    from scanner.crawl.walk.looking import Looking
    from scanner.model import Named
    from scanner.store.book import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The item a storefront yields: a capture and what it came to; for a second look also the first one. ``told``: the
    findings of the same page that lead already, so that what says the same again joins no lead twice. ``pieces``: further
    captures (ids) that what was looked at was read from: answers with parts of it, pictures."""

    capture: Capture | None
    look: Look
    first: Look | None = None
    second_look: SecondLook = SecondLook.NONE
    told: tuple[Finding, ...] = ()
    pieces: tuple[str, ...] = ()


class Keep:
    """Scrapy's item pipeline; the work is :func:`keep`, which the import uses too."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Keep:
        return cls(crawler)

    async def process_item(self, item: Looked) -> Looked:
        spider = cast("Looking", self._crawler.spider)
        session = cast("Session", spider.session)
        await asyncio.wrap_future(_journaled(session, item, spider.recipe))
        _booked(session, item)
        return item


def keep(session: Session, item: Looked, recipe: Recipe | None = None) -> None:
    """Journal and book one look; ``recipe``: the family that read it, None where each page said itself whose it is. Raises
    StoreError or SealError when it cannot be kept."""
    _journaled(session, item, recipe).result()
    _booked(session, item)


def _journaled(session: Session, item: Looked, recipe: Recipe | None) -> Future[int]:
    return session.journal.append("judgement", _line(session, item, recipe))


def _booked(session: Session, item: Looked) -> None:
    with session.book.write():  # one transaction for all that one look says
        _book(session, item)


def _book(session: Session, item: Looked) -> None:
    look, capture, book = item.look, item.capture, session.book
    if capture is not None:
        book.save_capture(capture, look.outcome, session.crawl)
        if look.named:
            book.save_named(capture.id, look.named)
            results = ((capture.id, at, one) for at, one in enumerate(look.named, 1) if one.kind == "result")
            session.results.extend(results)
    if item.first is not None:
        for finding in item.first.findings:
            book.set_second_look(finding.id, item.second_look, capture.id if capture is not None else "")
        return
    if capture is None or look.subject is None:
        return
    save(
        book,
        look.subject,
        capture,
        item.pieces,
        look.findings,
        rulebook=session.line.rulebook.hash,
        template=look.template,
    )
    session.found.extend(leading(look.findings, look.subject, item.told))


def save(
    book: Book, subject: Listing | Seller, capture: Capture, pieces: Iterable[str], findings: Sequence[Finding], *,
    rulebook: str, template: str = "",
) -> None:  # fmt: skip
    """Book what a capture was read as, with the ``pieces`` it was read from and what was found in it; of a version that no
    capture shows (any more) but this one also what it shows of its seller, the ``template`` of its page included."""
    pieces = list(pieces)
    if isinstance(subject, Listing):
        saved = book.save_listing(subject, capture.id, capture.time)
    else:
        saved = book.save_seller(subject, capture.id, capture.time, template=template)
    book.save_pieces(subject, capture.id, pieces)
    if saved != "sighting" or not book.still_shown(subject, but=capture.id):
        pictures = pictures_of(book, subject, pieces)
        book.save_traits(key_of(subject), traits_of(subject, capture.id, pictures=pictures, template=template))
    if findings:
        book.save_findings(findings, capture.id, capture.time, rulebook=rulebook)


def leading(
    findings: Iterable[Finding], subject: Listing | Seller, told: Iterable[Finding]
) -> Iterator[tuple[Finding, Owner]]:
    """The findings that are to lead, to be gathered: not what says the same as one that leads already (``told``)."""
    led = {words(finding) for finding in told}
    return (slim(finding, subject) for finding in findings if words(finding) not in led)


def words(finding: Finding) -> tuple[str, str, str]:
    """What a finding says: two of the same words say the same."""
    return finding.rule, finding.field, finding.quote


def judged(findings: Iterable[Finding]) -> dict[str, Any]:
    """What a judgement's line says of its findings: their ids (none: it was judged, and nothing was found), and the hash
    of all they say, verdicts and the register's answers included."""
    found = list(findings)
    line: dict[str, Any] = {"findings": [finding.id for finding in found]}
    return {**line, "judged": digest.sha256(digest.line(digest.plain(found)))} if found else line


def version_of(named: Sequence[Named]) -> str:
    """The hash of all that a list names."""
    return content_id(*(str(part) for one in named for part in astuple(one)))


def _line(session: Session, item: Looked, recipe: Recipe | None) -> dict[str, Any]:
    """The journal line of a look: which capture, who read it, what it came to, which findings by id, under which rules and
    on which state of the register. ``rebuild`` makes the look again from it."""
    look = item.look
    line: dict[str, Any] = {
        "crawl": session.crawl, "outcome": look.outcome.value, "rulebook": session.line.rulebook.hash,
        "register": session.register,
    }  # fmt: skip
    if item.capture is not None:
        line["capture"] = item.capture.id
    if recipe is not None:
        line["reader"] = recipe.said()
    if look.subject is not None:
        line |= {"subject": _kind(look.subject), "id": look.subject.id, "version": look.subject.version}
        line |= judged(look.findings)
        # Recognised text is an observation: another program, or another day's time limit, recognises something else.
        if look.subject.image_text.state is not FieldState.NOT_LOOKED_AT:
            line["image_text"] = digest.plain(look.subject.image_text)
    if item.pieces:
        line["pieces"] = list(item.pieces)
    if item.told:
        line["told"] = [finding.id for finding in item.told]
    if look.named:  # what they are is read from the capture again; the hash says that it is the same
        line["named"] = {"count": len(look.named), "version": version_of(look.named)}
    if look.why:
        line["why"] = look.why
    if item.first is not None:
        line |= {"second_look": item.second_look.value, "of": [finding.id for finding in item.first.findings]}
    return line


def _kind(subject: Listing | Seller) -> str:
    return "listing" if isinstance(subject, Listing) else "seller"
