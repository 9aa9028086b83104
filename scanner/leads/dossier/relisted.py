"""Goods that were dealt with and are there again (重新上架): the same page, or another of the same seller that may be the same.

Owns: when a listing of a lead came to its end, and what was seen after it. Leaves to others: which listings are alike
(``leads.alike``), who is the same seller (``leads.same``), what follows. Facts only: no lead is opened or changed here.

An end is a revisit that found the page gone, the first measure against the seller, or the closing of the lead: what comes after
the first of them may be the goods again. The page itself is the ``same`` again once a revisit has found it gone. Without that, after
a measure a page may lawfully stay, put right: it is told only while words of the lead still stand on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal, NamedTuple

from scanner.leads.alike import because
from scanner.leads.dossier.history import History, histories
from scanner.leads.same.book import kin
from scanner.leads.same.reading import key_of
from scanner.model import Listing, Matter, RevisitResult
from scanner.store.book import Book
from scanner.store.subjects import Known

MANY = 2_000  # listings of one seller looked through

Ended = Literal["gone", "acted", "closed"]
Again = Literal["same", "still", "similar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relisted:
    """A listing of a lead that was ``ended`` at a time, and what was seen after it: the ``same`` page again after it was gone,
    the page ``still`` with words of the lead after a measure or the closing, or a ``similar`` one that came later.
    ``times``: captures that showed it since, ``seen`` the first of them; ``words``: how many of the lead's quotes stand on it
    in its newest version; ``because``: why it may be the same goods, in Chinese."""

    lead: int
    matter: Matter
    seller: str
    listing: str
    url: str
    title: str
    ended: Ended
    at: datetime
    again: Again
    again_listing: str
    again_url: str
    again_title: str
    again_seller: str
    seen: datetime
    capture: str
    times: int
    words: int
    because: tuple[str, ...]


def once(found: Iterable[Relisted]) -> list[Relisted]:
    """Each pair of listings once, by what was seen first: a listing may be in leads of several matters."""
    first: dict[tuple[str, str], Relisted] = {}
    for one in sorted(found, key=lambda one: (one.seen, one.lead)):
        first.setdefault((one.listing, one.again_listing), one)
    return list(first.values())


class _End(NamedTuple):
    at: datetime
    why: Ended


def relisted(book: Book, *, since: datetime | None = None, leads: Collection[int] | None = None) -> list[Relisted]:
    """All of them (of these leads) that were seen again ``since`` a time, the newest first."""
    found = [one for one in _found(book, leads) if since is None or one.seen >= since]
    return sorted(found, key=lambda one: (one.seen, one.lead, one.again_listing), reverse=True)


def _found(book: Book, leads: Collection[int] | None) -> Iterator[Relisted]:
    gone: dict[tuple[int, str], datetime] = {}
    for pair in book.all_revisits():
        if pair.result is RevisitResult.GONE:
            gone.setdefault((pair.lead, pair.subject_id), pair.time)
    known = histories(book)

    @cache
    def goods(key: str) -> tuple[Known[Listing], ...]:
        """The listings of a seller and of the others that are the same one."""
        keys = (key, *(one.key for one in kin(book, key)))
        return tuple(one for each in keys for one in book.listings(key=each, limit=MANY))

    for held in list(book.held_listings()):
        if leads is not None and held.lead not in leads:
            continue
        history, when = known[held.lead], gone.get((held.lead, held.listing))
        left = _End(when, "gone") if when is not None else None
        end = _end(left, _dealt_with(history))
        before = book.listing(held.listing) if end is not None else None
        if end is None or before is None:
            continue
        same = _same(book, history, before, left)
        if same is not None:
            yield same
        for other in goods(key_of(before.subject)):
            if other.first_seen > end.at and other.subject.id != held.listing:
                yield from _similar(book, history, before.subject, other, end)


def _end(*ends: _End | None) -> _End | None:
    return min((one for one in ends if one is not None), default=None)


def _dealt_with(history: History) -> _End | None:
    """The first measure or the closing, whichever came first."""
    acted = _End(history.acted, "acted") if history.acted is not None else None
    return _end(acted, _End(history.closed, "closed") if history.closed is not None else None)


def _same(book: Book, history: History, before: Known[Listing], gone: _End | None) -> Relisted | None:
    """The page itself: again after it was gone, whatever was done first; else still there after it was dealt with."""
    end = gone or _dealt_with(history)
    after = [one for one in book.sightings("listing", before.subject.id) if end is not None and one.time > end.at]
    if end is None or not after:
        return None
    words = _words(book, history.lead, before.subject)
    if gone is None and not words:
        return None
    why = "同一商品页，复查时已经没有，后来又见到" if gone else "同一商品页，处置或者销号以后线索里的原文还在"
    return _made(
        history, before.subject, end, before.subject, "same" if gone else "still", words, (why,), after[0].time,
        after[0].capture, len(after),
    )  # fmt: skip


def _similar(book: Book, history: History, before: Listing, other: Known[Listing], end: _End) -> Iterator[Relisted]:
    why = tuple(because(before, other.subject, book.pictures_of(before.id), book.pictures_of(other.subject.id)))
    if not why:
        return
    if key_of(other.subject) != key_of(before):
        why = (*why, "在同一经营者的另一个店铺")
    seen = book.sightings("listing", other.subject.id)
    words = _words(book, history.lead, other.subject)
    yield _made(
        history, before, end, other.subject, "similar", words, why, seen[0].time, seen[0].capture, len(seen)
    )  # fmt: skip


def _words(book: Book, number: int, now: Listing) -> int:
    """How many quotes of the lead are found in a listing's newest version too, by the same rule in the same field."""
    held = {(one.rule, one.field, one.quote) for one in book.lead(number).findings}
    return len(held & {(one.rule, one.field, one.quote) for one in book.standing(now.id, now.version)})


def _made(
    history: History, before: Listing, end: _End, other: Listing, again: Again, words: int, why: tuple[str, ...],
    seen: datetime, capture: str, times: int,
) -> Relisted:  # fmt: skip
    return Relisted(
        lead=history.lead, matter=history.matter, seller=key_of(before), listing=before.id, url=before.url,
        title=before.title.text, ended=end.why, at=end.at, again=again, again_listing=other.id, again_url=other.url,
        again_title=other.title.text, again_seller=key_of(other), seen=seen, capture=capture, times=times, words=words,
        because=why,
    )  # fmt: skip
