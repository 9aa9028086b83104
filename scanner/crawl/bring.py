"""The line for what people bring: each recorded exchange is sealed, read, judged and kept like a crawled page.

Owns: the order for one imported file; pages are looked at by workers, a few at a time, and kept in the file's order,
those last whose parts or pictures may stand anywhere in the recording. Leaves to others: reading the file and scrubbing
it (``intake``), everything after the sealing (``workers``, ``pieces``, ``keep``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner import clock
from scanner.crawl import parts
from scanner.crawl.keep import Looked, keep
from scanner.crawl.line import Look
from scanner.crawl.pictures import Sealed, sealed_answers
from scanner.crawl.pieces import Held
from scanner.crawl.recorded import Recorded
from scanner.crawl.tally import Tally
from scanner.crawl.workers import Seen
from scanner.errors import InputError
from scanner.evidence import http
from scanner.intake.recording import Failure
from scanner.model import Listing, Outcome, Seller
from scanner.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from scanner.crawl.parts import Part
    from scanner.crawl.session import Session
    from scanner.crawl.workers import Recipe
    from scanner.model import Capture, Exchange, Visit

AHEAD = 8  # pages sealed and not yet kept


@dataclass(frozen=True, slots=True)
class _Sealed:
    capture: Capture
    exchange: Exchange
    seen: asyncio.Task[Seen]


@dataclass(slots=True)
class _Rest:
    """What waits until the recording has ended: looks that parts or pictures may complete, and these by whose they are."""

    held: list[Held] = field(default_factory=list)
    parts: dict[tuple[str, str], list[tuple[Capture, Part]]] = field(default_factory=dict)  # by family and product
    pictures: dict[str, Sealed] = field(default_factory=dict)  # by canonical address


def bring(
    session: Session,
    items: Iterable[Visit | Failure],
    recipe: Recipe,
    tell: Callable[[Sequence[Tally]], None] | None = None,
    *,
    pictures: bool = False,
) -> Tally:
    """Take every recorded exchange of one file, read by the family that ``recipe`` makes. A failed answer is counted and
    kept, it stops nothing. ``pictures``: they are what was brought, not what a page is illustrated with, so each is
    read by itself, and one that cannot be is missing."""
    tally = Tally(walked=False)
    asyncio.run(_all(session, items, recipe, tally, tell, pictures))
    tally.findings = len({finding.id for finding, _ in session.found})
    return tally


async def _all(
    session: Session,
    items: Iterable[Visit | Failure],
    recipe: Recipe,
    tally: Tally,
    tell: Callable[[Sequence[Tally]], None] | None,
    pictures: bool,
) -> None:
    waiting: deque[_Sealed] = deque()
    rest, recorded = _Rest(), Recorded()

    async def settle(most: int) -> None:
        while len(waiting) > most:
            first = waiting.popleft()
            seen = await first.seen
            if pictures and first.capture.media_type.startswith("image/"):
                seen = replace(seen, look=await _picture(session, first.capture, seen.look, tally))
            _take(session, first.capture, seen, tally, rest)
            recorded.page(first.exchange, seen)
            if tell is not None:
                tell([tally])

    for item in items:
        if isinstance(item, Failure):
            tally.lose(item.url, Outcome.ERROR, item.why)
            session.journal.append("not_readable", {"crawl": session.crawl, "url": item.url, "why": item.why})
            continue
        visit = replace(item, note=(("crawl", session.crawl), *item.note))
        capture = await asyncio.wrap_future(session.archive.seal(visit))
        exchange = visit.exchanges[0]
        waiting.append(_Sealed(capture, exchange, asyncio.ensure_future(_look(session, exchange, capture, recipe))))
        await settle(AHEAD)
    await settle(0)
    tally.lists = recorded.counted()
    await _complete(session, rest)


async def _picture(session: Session, capture: Capture, look: Look, tally: Tally) -> Look:
    """A picture that was brought for itself; where it cannot be read, the reason."""
    read = await session.pictures.brought(look, capture, _day(capture))
    if read.subject is None:
        tally.lost.append((capture.url, read.why))
    return read


async def _complete(session: Session, rest: _Rest) -> None:
    """Complete the looks that waited with the parts and pictures that the recording holds, and keep them."""
    for held in rest.held:
        subject = held.look.subject
        if isinstance(subject, Listing):
            for capture, part in rest.parts.get((subject.family, subject.product_id), ()):
                held.came(capture, [part])
        held.join(session.line)
        await held.read(session.pictures, rest.pictures)
        keep(session, Looked(capture=held.capture, look=held.look, pieces=held.pieces))


def _take(session: Session, capture: Capture, seen: Seen, tally: Tally, rest: _Rest) -> None:
    """Count one page, and keep it or let it wait."""
    look = seen.look
    if seen.fault:
        tally.lost.append((capture.url, seen.fault))
    tally.count(look.outcome)
    if isinstance(look.subject, Listing):
        tally.listings.add(look.subject.id)
    elif isinstance(look.subject, Seller):
        tally.sellers.add(look.subject.id)
    for part in look.parts:
        rest.parts.setdefault((part.family, part.product), []).append((capture, part))
    if capture.media_type.startswith("image/"):
        rest.pictures |= sealed_answers(capture)
    elif session.pictures.relevant(look) or (isinstance(look.subject, Listing) and parts.wants(look.subject)):
        rest.held.append(Held(capture=capture, look=look, on=_day(capture)))
        return
    keep(session, Looked(capture=capture, look=look))


def _day(capture: Capture) -> date:
    return capture.time.astimezone(clock.BEIJING).date()


async def _look(session: Session, exchange: Exchange, capture: Capture, recipe: Recipe) -> Seen:
    assert session.workers is not None  # opened apart
    try:
        answer = http.response(exchange.received, method=exchange.method)
        body = http.request(exchange.sent).body if exchange.sent else b""
    except InputError as broken:
        return Seen(look=Look(outcome=Outcome.ERROR, why=str(broken)))
    page = Page(
        url=exchange.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        capture=capture.id,
        time=capture.time,
        method=exchange.method,
        request_body=body,
        storefront=capture.storefront,
    )
    return await session.workers.look(page, recipe, _day(capture))
