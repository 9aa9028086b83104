"""The line for what people bring: each recorded exchange is sealed, read, judged and kept like a crawled page.

Owns: the order for one imported file. Leaves to others: reading the file and scrubbing it (``intake``), everything
after the sealing (``line``, ``keep``). The family that reads a page is found by the caller's ``family_for``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner import clock
from scanner.crawl.keep import Looked, keep
from scanner.crawl.line import Look
from scanner.crawl.pictures import sealed_answers
from scanner.crawl.tally import Tally
from scanner.errors import InputError
from scanner.evidence import http
from scanner.intake.har import Failure
from scanner.model import Listing, Outcome, Seller
from scanner.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scanner.crawl.line import Reader
    from scanner.crawl.session import Session
    from scanner.model import Capture, Exchange, RecordRef, Visit


def bring(
    session: Session,
    items: Iterable[Visit | Failure],
    family_for: Callable[[Page], Reader],
    tell: Callable[[Sequence[Tally]], None] | None = None,
) -> Tally:
    """Take every recorded exchange of one file. A failed answer is counted and kept, it stops nothing."""
    tally, pictured = Tally(), Pictured()
    for item in items:
        if isinstance(item, Failure):
            tally.lose(item.url, Outcome.ERROR, item.why)
            session.journal.append("not_readable", {"crawl": session.crawl, "url": item.url, "why": item.why})
        else:
            _take(session, item, family_for, tally, pictured)
        if tell is not None:
            tell([tally])
    _read_pictures(session, pictured)
    tally.findings = len({finding.id for finding, _ in session.found})
    return tally


@dataclass(slots=True)
class Pictured:
    """What is kept until the recording has ended, for a picture may come after the page that shows it: listings whose
    pictures matter, and the pictures by address."""

    looked: list[Looked] = field(default_factory=list)
    sealed: dict[str, RecordRef] = field(default_factory=dict)


def _read_pictures(session: Session, pictured: Pictured) -> None:
    """Read the pictures of listings among those the recording holds; what they say makes a version of its own."""
    for item in pictured.looked:
        assert item.capture is not None
        day = item.capture.time.astimezone(clock.BEIJING).date()
        look = session.pictures.look(item.look, pictured.sealed, day)
        if look is not None:
            keep(session, Looked(capture=item.capture, look=look, told=item.look.findings))


def _take(
    session: Session, visit: Visit, family_for: Callable[[Page], Reader], tally: Tally, pictured: Pictured
) -> None:
    visit = replace(visit, note=(("crawl", session.crawl), *visit.note))
    capture = session.archive.seal(visit).result()
    look = _look(session, visit.exchanges[0], capture, family_for)
    tally.count(look.outcome)
    if isinstance(look.subject, Listing):
        tally.listings.add(look.subject.id)
    elif isinstance(look.subject, Seller):
        tally.sellers.add(look.subject.id)
    item = Looked(capture=capture, look=look)
    keep(session, item)
    if capture.media_type.startswith("image/"):
        pictured.sealed |= sealed_answers(capture)
    elif session.pictures.relevant(look):
        pictured.looked.append(item)


def _look(session: Session, exchange: Exchange, capture: Capture, family_for: Callable[[Page], Reader]) -> Look:
    try:
        answer = http.response(exchange.received)
        asked = http.request(exchange.sent)
    except InputError as broken:
        return Look(outcome=Outcome.ERROR, why=str(broken))
    page = Page(
        url=exchange.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        capture=capture.id,
        time=capture.time,
        method=exchange.method,
        request_body=asked.body,
        storefront=capture.storefront,
    )
    return session.line.look(page, family_for(page), on=capture.time.astimezone(clock.BEIJING).date())
