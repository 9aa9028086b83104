"""The one item pipeline: what was looked at goes into the journal, the book and the leads.

Owns: the order journal line on the disk, then book, for one look: after a kill the book never knows more than the
journal. Leaves to others: judging before it (``line``), all SQL (``store``), gathering (``leads``). A look carries no page text but what its listing and findings quote.
"""

from __future__ import annotations

import asyncio
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, cast

from scanner.crawl.line import Look
from scanner.leads.gather import slim
from scanner.model import Capture, Finding, Listing, SecondLook, Seller, content_id

if TYPE_CHECKING:
    from concurrent.futures import Future

    from scrapy.crawler import Crawler

    from scanner.crawl.session import Session


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
        session = cast("Session", cast("Any", self._crawler.spider).session)
        await asyncio.wrap_future(_journaled(session, item))
        _booked(session, item)
        return item


def keep(session: Session, item: Looked) -> None:
    """Journal and book one look. Raises StoreError or SealError when it cannot be kept."""
    _journaled(session, item).result()
    _booked(session, item)


def _journaled(session: Session, item: Looked) -> Future[int]:
    return session.journal.append("judgement", _line(item, session.line.rulebook.hash))


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
    if isinstance(look.subject, Listing):
        book.save_listing(look.subject, capture.id, capture.time)
    else:
        book.save_seller(look.subject, capture.id, capture.time)
    book.save_pieces(look.subject, capture.id, item.pieces)
    if look.findings:
        rules = session.line.rulebook.hash
        book.save_findings(look.findings, capture.id, capture.time, rulebook=rules)
        told = {_words(finding) for finding in item.told}
        session.found.extend(slim(finding, look.subject) for finding in look.findings if _words(finding) not in told)


def _words(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.field, finding.quote


def _line(item: Looked, rulebook: str) -> dict[str, Any]:
    """The journal line of a look: which capture, what it came to, which findings by id, under which rules."""
    look = item.look
    line: dict[str, Any] = {"outcome": look.outcome.value, "rulebook": rulebook}
    if item.capture is not None:
        line["capture"] = item.capture.id
    if look.subject is not None:
        line |= {"subject": _kind(look.subject), "id": look.subject.id, "version": look.subject.version}
    if look.findings:
        line["findings"] = [finding.id for finding in look.findings]
    if item.pieces:
        line["pieces"] = list(item.pieces)
    if look.named:  # what they are is read from the capture again; the hash says that it is the same
        digest = content_id(*(str(part) for one in look.named for part in astuple(one)))
        line["named"] = {"count": len(look.named), "version": digest}
    if look.why:
        line["why"] = look.why
    if item.first is not None:
        line |= {"second_look": item.second_look.value, "of": [finding.id for finding in item.first.findings]}
    return line


def _kind(subject: Listing | Seller) -> str:
    return "listing" if isinstance(subject, Listing) else "seller"
