"""One platform's file (平台档案): its hosts, own credentials, shops, leads with outcomes, listings known to be bad, figures.

Owns: what of an open book belongs to a platform. Leaves to others: which platform is meant (``named``), which storefronts are one
(``platforms``, its figures too), credentials (``papers``), what a lead came to (``history``), whether in time (``leads.handling``), which
listings are known to be bad (``stays``).

Who only the platform's own pages name is no shop; it is one where listings name it too (自营). A lead belongs to every platform on
which one of its sellers was seen: a shop's lead takes in what its other shops show. A listing belongs where it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Literal

from scanner import clock
from scanner.leads.clocks import Terms
from scanner.leads.dossier.cards import Card
from scanner.leads.dossier.credentials import Ask
from scanner.leads.dossier.history import History, history
from scanner.leads.dossier.named import Named
from scanner.leads.dossier.papers import Papers, papers
from scanner.leads.dossier.platforms import Links, platform_of, scorecard
from scanner.leads.dossier.stays import Stayed, Stays
from scanner.leads.dossier.takedown import TakenDown, taken_down
from scanner.leads.handling import Stands, turns
from scanner.leads.states import WAITING
from scanner.model import Act, Decision, Lead
from scanner.rulebook import Rulebook
from scanner.store.book import Book
from scanner.store.draft import ENDED

Late = Literal["", "sign", "result"]
Where = Literal["gone", "back", "up", "not_looked_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSeen:
    """A host of the platform, its captures, how many of them were read, and the last."""

    host: str
    captures: int
    read: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """A shop on the platform. ``leads``, ``open`` and ``overdue``: how many it has."""

    key: str
    listings: int
    pages: int
    first_seen: datetime
    last_seen: datetime
    leads: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadThere:
    """A lead and what came of it. ``open``: it has not ended; ``handled``: how the last unit's turn with it stands ("": no unit
    ever had it); ``due``: the last day for a result; ``late``: what is overdue, the signature or the result ("": nothing)."""

    history: History
    open: bool
    handled: Stands | Literal[""]
    due: date | None
    late: Late


@dataclass(frozen=True, slots=True, kw_only=True)
class BadListing:
    """A listing known to be bad. ``state``: found gone, seen again ``back`` after that, still up, or not looked at since; ``days``:
    those it was up: at most, where it was found gone, at least where it was up; None where nobody looked."""

    listing: str
    url: str
    title: str
    lead: int
    known: datetime
    gone: datetime | None
    up: datetime | None
    state: Where
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFile:
    """A platform's file as of ``made``. ``shops_seen``: how many shops, of which ``nameless`` have no name that was seen; ``shops``:
    those with overdue and open leads first. ``start``, ``end``: the period of ``card``, None where nothing was seen in it or before."""

    id: str
    names: tuple[str, ...]
    sites: tuple[str, ...]
    made: datetime
    hosts: tuple[HostSeen, ...]
    papers: Papers
    shops_seen: int
    nameless: int
    shops: tuple[Stall, ...]
    leads: tuple[LeadThere, ...]
    open: tuple[int, ...]
    overdue: tuple[int, ...]
    listings: tuple[BadListing, ...]
    taken_down: TakenDown
    start: datetime
    end: datetime
    card: Card | None


def platform_file(
    book: Book, named: Named, rulebook: Rulebook, ask: Ask, terms: Terms, *, now: datetime, period: timedelta, within: int,
    links: Links | None = None,
) -> PlatformFile:  # fmt: skip
    """The file of a platform. ``period``: how long that of its figures is, up to ``now``; ``links``: as for the scorecard."""
    hosts = [one for one in book.hosts() if platform_of(one.storefront)[0] == named.id]
    storefronts = [one.storefront for one in hosts]
    today = clock.day(now)
    credentials = papers(
        book.pages_at(storefronts), rulebook, ask, listed=bool(named.sites), on=today, within=within
    )  # fmt: skip
    itself = {one.key for one in credentials.own_pages}
    seen = [one for one in book.shops_at(storefronts) if one.listings or one.key not in itself]
    by_shop = {one.key: book.leads_of([one.key]) for one in seen}
    histories, leads = _leads(book, named.id, {number for one in by_shop.values() for number in one}, terms, today)
    stayed = [one for one in Stays(book, histories).before(now) if platform_of(one.storefront)[0] == named.id]
    there = {one.history.lead: one for one in leads}
    shops = [
        Stall(
            **one._asdict(), leads=len(by_shop[one.key]), open=sum(there[n].open for n in by_shop[one.key]),
            overdue=sum(there[n].late != "" for n in by_shop[one.key]),
        )
        for one in seen
    ]  # fmt: skip
    cards = scorecard(book, rulebook, ask, start=now - period, end=now, links=links, only=named.id).cards
    return PlatformFile(
        id=named.id, names=named.names, sites=named.sites, made=now, hosts=tuple(
            HostSeen(host=one.storefront, captures=one.captures, read=one.read, last=one.last) for one in hosts
        ),
        papers=credentials, shops_seen=len(shops), nameless=sum(one.key.endswith("\n") for one in shops),
        shops=tuple(sorted(shops, key=lambda one: (-one.overdue, -one.open, -one.leads, one.key))),
        leads=leads, open=tuple(one.history.lead for one in leads if one.open),
        overdue=tuple(one.history.lead for one in leads if one.late),
        listings=tuple(sorted((_bad(book, one) for one in stayed), key=_longest)),
        taken_down=taken_down(one.stay for one in stayed), start=now - period, end=now,
        card=next((one for one in cards if one.id == named.id), None),
    )  # fmt: skip


def _leads(
    book: Book, platform: str, of_shops: set[int], terms: Terms, today: date
) -> tuple[Mapping[int, History], tuple[LeadThere, ...]]:
    """What came of all leads of the book, by number; and those of the platform."""
    steps: dict[int, list[Decision]] = defaultdict(list)
    for number, group in groupby(book.steps(), key=attrgetter("lead")):
        steps[number] += group
    histories: dict[int, History] = {}
    there: list[LeadThere] = []
    for counted in book.counted_leads():
        lead, mine = counted.lead, steps[counted.lead.number]
        histories[lead.number] = history(lead, mine)
        if lead.number in of_shops or platform_of(lead.storefront)[0] == platform:
            there.append(_there(lead, histories[lead.number], mine, terms, today))
    return histories, tuple(there)


def _there(lead: Lead, told: History, steps: Iterable[Decision], terms: Terms, today: date) -> LeadThere:
    steps = list(steps)
    last = next(reversed(list(turns(steps))), None)
    given = next((step.when for step in reversed(steps) if step.act is Act.ASSIGN), None)
    late: Late = ""
    if lead.state in WAITING and lead.due is not None and today > lead.due:
        late = "result"
    elif lead.state == "assigned" and given is not None and terms.unsigned(given, today):
        late = "sign"
    return LeadThere(
        history=told, open=lead.state not in ENDED, handled=last.stands(today) if last is not None else "", due=lead.due,
        late=late,
    )  # fmt: skip


def _bad(book: Book, one: Stayed) -> BadListing:
    page, stay = book.listing(one.listing), one.stay
    end = stay.gone or stay.up
    state: Where = "up" if stay.up is not None else "not_looked_at"
    if stay.gone is not None:
        state = "back" if stay.up is not None and stay.up > stay.gone else "gone"
    return BadListing(
        listing=one.listing, url=page.subject.url if page is not None else "",
        title=page.subject.title.text if page is not None else "", lead=one.lead, known=stay.known, gone=stay.gone, up=stay.up,
        state=state, days=(end - stay.known).days if end is not None else None,
    )  # fmt: skip


def _longest(one: BadListing) -> tuple[int, int, str]:
    """Those still up first, and of these the longest."""
    return ("back", "up", "not_looked_at", "gone").index(one.state), -(one.days or 0), one.listing
