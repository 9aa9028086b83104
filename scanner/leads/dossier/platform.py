"""One platform's file (平台档案): its hosts, its own filings over time, the shops and leads seen on it, its card.

Owns: which platform is meant, what of an open book belongs to it. Leaves to others: which storefronts are one platform and its
figures (``platforms``), credentials (``credentials``), what a lead came to (``history``).

Its own filings are those that only who runs a site has (第三方平台备案, 互联网药品信息服务、药品医疗器械网络信息服务, 网络交易), on whatever page
of its hosts they stood; a shop's licences are in the shop's file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner import clock
from scanner.leads import states
from scanner.leads.dossier.cards import Card
from scanner.leads.dossier.credentials import Alert, Ask, Credential, alerts, credentials
from scanner.leads.dossier.history import History, histories
from scanner.leads.dossier.platforms import Links, platform_of, scorecard
from scanner.registry.sellers.platforms import shipped
from scanner.rulebook import Rulebook
from scanner.store.book import Book
from scanner.store.draft import seller_key
from scanner.store.sighted import Host

OWN = frozenset(("platform_filing", "net_drug_info", "net_info_filing", "net_drug_trade"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Which platform: ``id``, all its names, and its hosts of which the book knows something."""

    id: str
    names: tuple[str, ...]
    hosts: tuple[Host, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopHere:
    """A shop on the platform that has leads, by the key of its seller: how many, how many of them go on, how many are confirmed."""

    key: str
    leads: int
    live: int
    confirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFile:
    """A platform's file as of ``made``. ``leads``: the newest first; ``overdue``: the numbers of those whose result is owed and
    late; ``card``: its figures since ``since`` (None: nothing was seen in that time nor in as long before)."""

    platform: Platform
    made: datetime
    since: datetime
    credentials: tuple[Credential, ...]
    alerts: tuple[Alert, ...]
    shops: tuple[ShopHere, ...]
    leads: tuple[History, ...]
    overdue: tuple[int, ...]
    card: Card | None


def known(book: Book) -> dict[str, Platform]:
    """Every platform of the table, seen or not, and every other site of which the book knows something, by id."""
    hosts: dict[str, list[Host]] = defaultdict(list)
    for host in book.hosts():
        hosts[platform_of(host.storefront)[0]].append(host)
    listed = {one.id: one.names for one in shipped().all}
    return {
        one: Platform(id=one, names=tuple(listed.get(one, (one,))), hosts=tuple(hosts.get(one, ())))
        for one in (*listed, *(site for site in hosts if site not in listed))
    }


def meant(platforms: Mapping[str, Platform], asked: str) -> Platform | None:
    """The platform of that id, name or host; None where there is none."""
    asked = asked.strip()
    if asked in platforms:
        return platforms[asked]
    named = shipped().named(asked) if asked else None
    if named is not None:
        return platforms.get(named.id)
    return next((one for one in platforms.values() if any(host.storefront == asked for host in one.hosts)), None)


def dossier(
    book: Book, platform: Platform, rulebook: Rulebook, ask: Ask, *, since: datetime, now: datetime, within: int,
    links: Links | None = None,
) -> PlatformFile:  # fmt: skip
    """The file of ``platform``. ``within``: days before the end of a term from which it is said."""
    today = clock.day(now)
    pages = (page for page in book.pages_then() if platform_of(page.page.storefront)[0] == platform.id)
    own = tuple(one for one in credentials(pages, ask, on=today, within=within) if one.type in OWN)
    leads = [one for one in histories(book).values() if platform_of(one.storefront)[0] == platform.id]
    late = (
        one.lead for host in platform.hosts for one in book.counted_leads(storefront=host.storefront, due=today)
        if one.lead.state in states.WAITING and one.lead.due is not None and one.lead.due < today
    )  # fmt: skip
    cards = scorecard(book, rulebook, ask, start=since, end=now, links=links, only=platform.id).cards
    return PlatformFile(
        platform=platform, made=now, since=since, credentials=own, alerts=alerts(own, on=today), shops=_shops(leads),
        leads=tuple(sorted(leads, key=lambda one: (one.opened, one.lead), reverse=True)),
        overdue=tuple(sorted(one.number for one in late)), card=next((one for one in cards if one.id == platform.id), None),
    )  # fmt: skip


def _shops(leads: Iterable[History]) -> tuple[ShopHere, ...]:
    """Those with leads that go on first, then those with most confirmed ones."""
    by_shop: dict[str, list[History]] = defaultdict(list)
    for one in leads:
        by_shop[seller_key(one.storefront, one.seller)].append(one)
    found = [
        ShopHere(
            key=key, leads=len(own), live=sum(one.state in states.LIVE for one in own),
            confirmed=sum(one.counts for one in own),
        )
        for key, own in by_shop.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.live, -one.confirmed, one.key)))
