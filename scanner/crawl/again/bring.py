"""The line for what people bring: each recorded exchange is sealed, read, judged and kept like a crawled page.

Owns: the order for one imported file; pages are looked at by workers, a few at a time, and kept in the file's order,
those last whose parts or pictures may stand anywhere in the recording. Leaves to others: reading the file and scrubbing
it (``intake``), everything after the sealing (``workers``, ``pieces``, ``keep``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner import clock
from scanner.crawl.again.recorded import Recorded
from scanner.crawl.keep import Looked, keep
from scanner.crawl.reading import parts, sealed
from scanner.crawl.reading.line import Look
from scanner.crawl.reading.pictures import Sealed, sealed_answers
from scanner.crawl.reading.workers import Seen
from scanner.crawl.tally import Tally
from scanner.crawl.walk.pieces import Held
from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake.recording import Failure
from scanner.model import Listing, Outcome, Seller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta

    from scanner.crawl.reading.parts import Part
    from scanner.crawl.reading.workers import Recipe
    from scanner.crawl.session import Session
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

    held: deque[Held] = field(default_factory=deque)
    parts: dict[tuple[str, str], list[tuple[Capture, Part]]] = field(default_factory=dict)  # by family and product
    pictures: dict[str, list[tuple[datetime, Sealed]]] = field(default_factory=dict)  # by address (``picture_key``)


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

    try:
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
        await _complete(session, rest, tally)
    finally:  # interrupted: what was read is kept without what might still have come
        for held in rest.held:
            keep(session, Looked(capture=held.capture, look=held.look, pieces=held.pieces))


async def _picture(session: Session, capture: Capture, look: Look, tally: Tally) -> Look:
    """A picture that was brought for itself; where it cannot be read, the reason."""
    read = await session.pictures.brought(look, capture, clock.day(capture.time))
    if read.subject is None:
        tally.lost.append((capture.url, read.why))
    return read


async def _complete(session: Session, rest: _Rest, tally: Tally) -> None:
    """Complete the looks that waited with the parts and pictures that the recording holds, and keep them."""
    while rest.held:
        held = rest.held[0]
        subject = held.look.subject
        if isinstance(subject, Listing):
            found = rest.parts.get((subject.family, subject.product_id), [])
            for capture, part in sorted(found, key=lambda one: _away(one[0].time, held.capture.time)):
                held.came(capture, [part])
        with held.costing_only_pieces(tally):
            held.join(session.line)
            await held.read(session.pictures, _AsOf(rest.pictures, held.capture.time))
        keep(session, Looked(capture=held.capture, look=held.look, pieces=held.pieces))
        rest.held.popleft()


def _away(moment: datetime, page: datetime) -> tuple[bool, timedelta]:
    """How far an answer is from its page: the nearest after it first, for a page asks for its pieces; then the nearest before."""
    return moment < page, abs(moment - page)


class _AsOf(Mapping[str, Sealed]):
    """The pictures of a recording as a page of that moment showed them: an address may show another one later."""

    def __init__(self, pictures: Mapping[str, list[tuple[datetime, Sealed]]], page: datetime) -> None:
        self._pictures, self._page = pictures, page

    def __getitem__(self, key: str) -> Sealed:
        return min(self._pictures[key], key=lambda one: _away(one[0], self._page))[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)


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
        for place, one in sealed_answers(capture).items():
            rest.pictures.setdefault(place, []).append((capture.time, one))
    elif session.pictures.relevant(look) or (isinstance(look.subject, Listing) and parts.wants(look.subject)):
        rest.held.append(Held(capture=capture, look=look, on=clock.day(capture.time)))
        return
    keep(session, Looked(capture=capture, look=look))


async def _look(session: Session, exchange: Exchange, capture: Capture, recipe: Recipe) -> Seen:
    assert session.workers is not None  # opened apart
    try:
        answer = http.response(exchange.received, method=exchange.method)
        body = http.request(exchange.sent).body if exchange.sent else b""
    except InputError as broken:
        return Seen(look=Look(outcome=Outcome.ERROR, why=str(broken)))
    page = sealed.page(
        capture, answer.body, url=exchange.url, status=answer.status, headers=answer.headers, method=exchange.method,
        request_body=body,
    )  # fmt: skip
    return await session.workers.look(page, recipe, clock.day(capture.time))
