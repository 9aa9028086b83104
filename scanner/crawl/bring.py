"""The line for what people bring: each recorded exchange is sealed, read, judged and kept like a crawled page.

Owns: the order for one imported file; pages are looked at by workers, a few at a time, and kept in the file's order.
Leaves to others: reading the file and scrubbing it (``intake``), everything after the sealing (``workers``, ``keep``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner import clock
from scanner.crawl.keep import Looked, keep
from scanner.crawl.line import Look
from scanner.crawl.tally import Tally
from scanner.crawl.workers import Seen
from scanner.errors import InputError
from scanner.evidence import http
from scanner.intake.recording import Failure
from scanner.model import Listing, Outcome, Seller
from scanner.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scanner.crawl.session import Session
    from scanner.crawl.workers import Recipe
    from scanner.model import Capture, Exchange, Visit

AHEAD = 8  # pages sealed and not yet kept
PICTURE = "图片已封存；图片里的文字没有检查"  # sealed; the text in it was not looked at


@dataclass(frozen=True, slots=True)
class _Sealed:
    capture: Capture
    seen: asyncio.Task[Seen]


def bring(
    session: Session,
    items: Iterable[Visit | Failure],
    recipe: Recipe,
    tell: Callable[[Sequence[Tally]], None] | None = None,
    *,
    pictures: bool = False,
) -> Tally:
    """Take every recorded exchange of one file, read by the family that ``recipe`` makes. A failed answer is counted and
    kept, it stops nothing. ``pictures``: they are what was brought, not what a page is illustrated with, so one that
    nobody reads is missing."""
    tally = Tally()
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

    async def settle(most: int) -> None:
        while len(waiting) > most:
            first = waiting.popleft()
            _keep(session, first.capture, await first.seen, tally, pictures)
            if tell is not None:
                tell([tally])

    for item in items:
        if isinstance(item, Failure):
            tally.lose(item.url, Outcome.ERROR, item.why)
            session.journal.append("not_readable", {"crawl": session.crawl, "url": item.url, "why": item.why})
            continue
        visit = replace(item, note=(("crawl", session.crawl), *item.note))
        capture = await asyncio.wrap_future(session.archive.seal(visit))
        waiting.append(_Sealed(capture, asyncio.ensure_future(_look(session, visit.exchanges[0], capture, recipe))))
        await settle(AHEAD)
    await settle(0)


def _keep(session: Session, capture: Capture, seen: Seen, tally: Tally, pictures: bool) -> None:
    look = seen.look
    if pictures and look.outcome is Outcome.NOT_HTML and capture.media_type.startswith("image/"):
        look = replace(look, why=PICTURE)
        tally.lost.append((capture.url, PICTURE))
    if seen.fault:
        tally.lost.append((capture.url, seen.fault))
    tally.count(look.outcome)
    if isinstance(look.subject, Listing):
        tally.listings.add(look.subject.id)
    elif isinstance(look.subject, Seller):
        tally.sellers.add(look.subject.id)
    keep(session, Looked(capture=capture, look=look))


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
    return await session.workers.look(page, recipe, capture.time.astimezone(clock.BEIJING).date())
