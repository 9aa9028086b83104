"""One seller's file (经营者档案): its shops, pages, credentials over time, leads with outcomes, revisits.

Owns: what of an open book belongs to a seller, the other shops that are recognised as its own included. Leaves to others: who
is the same seller (``leads.same``), what a lead came to (``history``), credentials (``credentials``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scanner import clock
from scanner.leads.dossier.credentials import Alert, Ask, Credential, alerts, credentials
from scanner.leads.dossier.history import History, history
from scanner.leads.same.book import kin
from scanner.model import Revisit
from scanner.store.book import Book
from scanner.store.dossiers import PageThen

WITHIN = 90  # days before the end of a term from which it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One shop of the seller: its key, why it is the seller's ("": the one asked for), its listings and when they were seen."""

    key: str
    because: str
    listings: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPage:
    """A page that says who sells, in its newest version. ``names``: all names it ever gave, the first first."""

    id: str
    key: str
    url: str
    page: str
    names: tuple[str, ...]
    versions: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A seller's file as of ``made``."""

    key: str
    made: datetime
    shops: tuple[Shop, ...]
    pages: tuple[ShopPage, ...]
    credentials: tuple[Credential, ...]
    alerts: tuple[Alert, ...]
    leads: tuple[History, ...]
    revisits: tuple[Revisit, ...]


def dossier(book: Book, key: str, ask: Ask | None, *, now: datetime, within: int = WITHIN) -> Dossier:
    """The file of the seller of ``key``. ``ask``: the register, None where there is none."""
    same = kin(book, key)
    keys = (key, *(one.key for one in same))
    reasons = {one.key: one.because for one in same}
    pages = [page for one in keys for page in book.pages_then(one)]
    numbers = book.leads_of(keys)
    today = clock.day(now)
    found = credentials(pages, ask, on=today, within=within)
    return Dossier(
        key=key, made=now, shops=tuple(_shop(book, one, reasons.get(one, "")) for one in keys),
        pages=tuple(_pages(pages)), credentials=found, alerts=alerts(found, on=today),
        leads=tuple(history(book.lead(number), book.decisions(number)) for number in numbers),
        revisits=tuple(pair for number in numbers for pair in book.revisits(number)),
    )  # fmt: skip


def _shop(book: Book, key: str, because: str) -> Shop:
    goods = book.goods_of(key)
    return Shop(
        key=key, because=because, listings=goods.listings, first_seen=goods.first_seen, last_seen=goods.last_seen
    )


def _pages(versions: list[PageThen]) -> Iterator[ShopPage]:
    by_page: dict[str, list[PageThen]] = {}
    for one in versions:
        by_page.setdefault(one.page.id, []).append(one)
    for group in by_page.values():
        newest = next((one for one in group if one.latest), group[-1])
        names = dict.fromkeys(one.page.name.text.strip() for one in group if one.page.name.state == "seen")
        yield ShopPage(
            id=newest.page.id, key=newest.key, url=newest.page.url, page=newest.page.page, names=tuple(names),
            versions=len(group), first_seen=min(one.first_seen for one in group),
            last_seen=max(one.last_seen for one in group),
        )  # fmt: skip
