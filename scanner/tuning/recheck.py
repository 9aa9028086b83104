"""Stored pages judged again with today's rules and register, as of the day of their capture.

Owns: which versions are judged again, what becomes of findings that are new, gone or changed, and the order journal
then book. Leaves to others: judging (``judge``), comparing (``difference``), SQL (``store``).

Judged are the latest version of every listing and seller's page, as of the day it was last seen so, and older versions
that have findings; of an older one nothing new is noted, for the page says something else today. What is new is kept with
the capture that showed it last, and gathered into leads as a crawl does. What says the same stays as it was first judged,
whatever the version of its rule: a lead a person has dealt with is not opened again because a rule was tidied up. What is
gone is noted as no longer standing; it is never deleted, so a lead keeps all it was decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, islice
from typing import Any

from scanner import clock
from scanner.checks.case import Standings
from scanner.crawl.keep import judged
from scanner.crawl.session import keep_rulebook, register_state, software
from scanner.evidence import digest, rehearsal
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.judge import judge
from scanner.leads.same.book import drafts
from scanner.model import Finding, Listing, Seller, content_id
from scanner.registry import Register
from scanner.rulebook import Rulebook
from scanner.store.book import Book
from scanner.store.subjects import Stored
from scanner.tuning.backtest import SHOWN, Report, narrow, note
from scanner.tuning.corpus import Item
from scanner.tuning.difference import Difference, difference

BATCH = 200  # pages between two transactions


@dataclass(slots=True, kw_only=True)
class Rechecked:
    """``leads``: live ones that hold something new or changed (none on a dry run); ``decided``: leads a person has
    decided on of which something no longer stands, or would no longer; ``emptied``: leads that wait for a decision and of
    which nothing stands any more (not told on a dry run)."""

    listings: int = 0
    sellers: int = 0
    report: Report = field(default_factory=Report)
    leads: set[int] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)
    emptied: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Again:
    """One page judged again. ``now``: its findings; ``capture``: the last that showed it so."""

    subject: Listing | Seller
    capture: str
    now: tuple[Finding, ...]
    what: Difference

    @property
    def fresh(self) -> tuple[Finding, ...]:
        """What the book does not hold like this: new, and what quotes other words or weighs otherwise now."""
        return (*self.what.appeared, *(pair.now for pair in self.what.changed))

    @property
    def gone(self) -> tuple[str, ...]:
        return tuple(finding.id for finding in self.what.disappeared)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Those a changed finding of another id takes the place of, and what merely repeats another."""
        pairs = [pair.before.id for pair in self.what.changed if pair.before.id != pair.now.id]
        return (*pairs, *(finding.id for finding in self.what.doubled))


def dry(
    book: Book,
    rulebook: Rulebook,
    register: Standings | None,
    *,
    only: Collection[str] = (),
    shown: int = SHOWN,
    tick: Callable[[], None] | None = None,
) -> Rechecked:
    """What :func:`recheck` would do; nothing is written."""
    done = Rechecked()
    for again in _again(book, rulebook, register, done, only, shown, tick):
        done.decided |= book.decided([*again.gone, *again.replaced])
    return done


def recheck(
    home: Home,
    rulebook: Rulebook,
    *,
    now: datetime,
    only: Collection[str] = (),
    shown: int = SHOWN,
    tick: Callable[[], None] | None = None,
) -> Rechecked:
    """Judge again and keep what follows; ``now`` is when. Raises StoreError where another process holds the home."""
    with ExitStack() as stack:
        stack.enter_context(home.lock())
        book = stack.enter_context(Book.open(home.book))
        register = stack.enter_context(Register.open(home.register))
        keep_rulebook(home.rulebooks, rulebook.hash, rulebook.files())
        journal = stack.enter_context(Journal.open(home.journal, mark=rehearsal.mark_of(home)))
        name = content_id("recheck", clock.stamp(now), rulebook.hash)
        journal.append("recheck_began", _begin(home, rulebook, register, name, only, now)).result()
        done = Rechecked()
        pages = _again(book, rulebook, register, done, only, shown, tick)
        sources = [digest.plain(source) for source in register.sources()]
        as_of = [{"id": source["id"], "as_of": source["as_of"]} for source in sources]
        for number in count(1):
            if not (batch := list(islice(pages, BATCH))):
                break
            moved = [again for again in batch if again.fresh or again.gone or again.replaced]
            under = {"recheck": name, "rulebook": rulebook.hash, "register": register_state(sources), "sources": as_of,
                     "at": now, "batch": number}  # fmt: skip
            _journal(journal, moved, under)
            _keep(book, moved, rulebook.hash, now, done)
        done.emptied = set(book.emptied())
        ended = {"recheck": name, "listings": done.listings, "sellers": done.sellers, **_counts(done.report),
                 "leads": sorted(done.leads)}  # fmt: skip
        journal.append("recheck_ended", ended).result()
        return done


def _again(
    book: Book, rulebook: Rulebook, register: Standings | None, done: Rechecked, only: Collection[str], shown: int,
    tick: Callable[[], None] | None,
) -> Iterator[_Again]:  # fmt: skip
    for one in _pages(book):
        subject, day = one.subject, clock.day(one.time)
        found = narrow(judge(subject, rulebook, register, on=day), only)
        what = difference(narrow(book.standing(subject.id, subject.version), only), found)
        if not one.latest:
            what = what._replace(appeared=())
        elif isinstance(subject, Listing):
            done.listings += 1
        else:
            done.sellers += 1
        note(done.report, Item(name=subject.id, subject=subject, on=day), what, shown)
        if tick is not None and one.latest:
            tick()
        yield _Again(subject=subject, capture=one.capture, now=found, what=what)


def _pages(book: Book) -> Iterator[Stored[Listing] | Stored[Seller]]:
    yield from book.stored(Listing, older=True)
    yield from book.stored(Seller, older=True)


def _journal(journal: Journal, moved: Iterable[_Again], under: Mapping[str, Any]) -> None:
    """A line for each page whose findings are not what they were; on disk when this returns. Of every other page the
    lines that begin and end the recheck say that it was judged and came out as before."""
    waiting = [journal.append("judgement", {**under, **_line(again)}) for again in moved]
    for future in waiting:
        future.result()


def _line(again: _Again) -> dict[str, Any]:
    kind = "listing" if isinstance(again.subject, Listing) else "seller"
    return {
        "outcome": "read", "capture": again.capture, "subject": kind, "id": again.subject.id,
        "version": again.subject.version, **judged(again.fresh), "gone": list(again.gone),
        "replaced": list(again.replaced),
    }  # fmt: skip


def _keep(book: Book, moved: list[_Again], rulebook: str, now: datetime, done: Rechecked) -> None:
    with book.write():
        for again in moved:
            book.save_findings(again.fresh, again.capture, now, rulebook=rulebook)
            book.fell(again.gone, "gone", now, rulebook=rulebook)
            book.fell(again.replaced, "replaced", now, rulebook=rulebook)
            done.decided |= book.decided([*again.gone, *again.replaced])
        found = [(finding, again.subject) for again in moved for finding in again.fresh]
        done.leads |= book.attach_leads(drafts(book, found), opened=now)


def _begin(
    home: Home, rulebook: Rulebook, register: Register, name: str, only: Collection[str], now: datetime
) -> dict[str, Any]:
    config = home.config()
    return {
        "recheck": name, "at": now, "rulebook": rulebook.hash, "rules": sorted(only), "unit": config.unit,
        "operator": config.operator, "sources": [digest.plain(source) for source in register.sources()],
        "software": software(),
    }  # fmt: skip


def _counts(report: Report) -> dict[str, int]:
    total = report.total
    return {"appeared": total.appeared, "disappeared": total.disappeared, "kept": total.kept, "changed": total.changed}
