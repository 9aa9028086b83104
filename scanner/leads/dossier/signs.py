"""What the book and the register know of every seller that bears on its risk grade: one pass over listings, one over pages.

Owns: gathering. Leaves to others: points (``risk``), goods and categories (``checks.facts``), groups of shops (``leads.same``).
Of goods examples are kept, not all. The leads of a seller's other shops are its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from scanner import clock
from scanner.checks.facts import PRODUCT_NUMBERS, derive
from scanner.leads.dossier.credentials import Ask, credentials
from scanner.leads.dossier.history import History, histories
from scanner.leads.dossier.relisted import once, relisted
from scanner.leads.dossier.risk import BAD, Dated, Signs
from scanner.leads.same.book import recognise
from scanner.leads.same.reading import key_of
from scanner.model import LeadSource, Listing, Number, Standing
from scanner.numbers import class_of
from scanner.rulebook import Rulebook
from scanner.rulebook.tables import Group
from scanner.store.book import Book
from scanner.store.draft import ENDED, seller_key

EXAMPLES = 10  # titles kept of a sign
ADDRESSES = 20  # addresses kept of a seller's listings
TOLD = frozenset((LeadSource.COMPLAINT, LeadSource.TIP, LeadSource.OPINION))


@dataclass(slots=True)
class _Seller:
    class_iii: dict[str, None] = field(default_factory=dict)
    restricted: dict[str, None] = field(default_factory=dict)
    groups: dict[Group, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    bad: dict[str, Standing] = field(default_factory=dict)
    paged: bool = False
    credentials: int = 0
    last_seen: datetime | None = None
    home: dict[str, None] = field(default_factory=dict)
    shops: dict[str, None] = field(default_factory=dict)
    goods: dict[str, None] = field(default_factory=dict)

    def seen(self, when: datetime) -> None:
        self.last_seen = when if self.last_seen is None else max(self.last_seen, when)


def signs(book: Book, rulebook: Rulebook, ask: Ask, *, now: datetime) -> list[Signs]:
    """The signs of every seller in the book, by key."""
    today = clock.day(now)
    found: dict[str, _Seller] = defaultdict(_Seller)
    for one in book.stored(Listing):
        seller = found[key_of(one.subject)]
        seller.seen(one.time)
        _goods(seller, one.subject, rulebook)
    _pages(book, found, ask, today)
    for seller in found.values():
        _stand(seller, ((number.number, ask(number, "", today).standing) for number in seller.numbers.values()))
    leads = _leads(book)
    back: dict[str, list[Dated]] = defaultdict(list)
    for again in once(one for one in relisted(book) if one.again != "still"):
        back[again.seller].append(Dated(what=f"{again.lead} 号线索：{again.again_title}", when=again.seen))
    return [
        _signs(key, found[key], leads.get(key, ()), back.get(key, ()))
        for key in sorted({*found, *leads})
    ]  # fmt: skip


def _goods(seller: _Seller, listing: Listing, rulebook: Rulebook) -> None:
    title = " ".join(listing.title.text.split())[:80]
    own = [one.number for one in listing.numbers if one.number.type in PRODUCT_NUMBERS]
    category = rulebook.categories.get(derive(listing, rulebook).facts.category)
    if any(class_of(number) == "III" for number in own) or (category is not None and category.classes == ("III",)):
        _keep(seller.class_iii, title)
    if category is not None:
        if category.buyers in ("institutions", "nobody"):
            _keep(seller.restricted, title)
        for group in category.groups:
            seller.groups.setdefault(group, title)
    for number in own:
        seller.numbers.setdefault(number.number, number)
    _keep(seller.shops, listing.seller_url)
    if len(seller.goods) < ADDRESSES:
        _keep(seller.goods, listing.url, most=ADDRESSES)


def _keep(kept: dict[str, None], value: str, *, most: int = EXAMPLES) -> None:
    if value and len(kept) < most:
        kept[value] = None


def _pages(book: Book, found: Mapping[str, _Seller], ask: Ask, today: date) -> None:
    for key, group in groupby(book.pages_then(), key=attrgetter("key")):
        seller, pages = found[key], list(group)
        seller.paged = True
        for page in pages:
            seller.seen(page.last_seen)
            if page.latest:
                _keep(seller.home, page.page.url)
        shown = [one for one in credentials(pages, ask, on=today, within=1) if one.shown != "gone"]
        seller.credentials = len(shown)
        _stand(seller, ((one.number, one.answer.standing) for one in shown if one.answer is not None))


def _stand(seller: _Seller, answers: Iterable[tuple[str, tuple[Standing, ...]]]) -> None:
    for number, standing in answers:
        worst = next((one for one in BAD if one in standing), None)
        if worst is not None:
            seller.bad[number] = worst


def _leads(book: Book) -> dict[str, tuple[History, ...]]:
    """The leads of every seller that has any, by key; those of its other shops are its own."""
    own: dict[str, list[History]] = defaultdict(list)
    for one in histories(book).values():
        own[seller_key(one.storefront, one.seller)].append(one)
    whole: dict[str, tuple[History, ...]] = {key: tuple(found) for key, found in own.items()}
    for group in recognise(book).groups.groups if own else ():
        shared = tuple(one for key in group.members for one in own.get(key, ()))
        if shared:
            whole |= dict.fromkeys(group.members, shared)
    return whole


def _signs(key: str, seller: _Seller, leads: Iterable[History], back: Iterable[Dated]) -> Signs:
    leads = list(leads)
    addresses = {**seller.home, **seller.shops} or seller.goods
    return Signs(
        key=key, class_iii=tuple(seller.class_iii), restricted=tuple(seller.restricted),
        groups=tuple(sorted(seller.groups.items())), bad=tuple(sorted(seller.bad.items())), paged=seller.paged,
        credentials=seller.credentials, last_seen=seller.last_seen, relisted=tuple(back),
        confirmed=tuple(_dated(one, one.judged_at or one.opened) for one in leads if one.counts),
        open=tuple(_dated(one, one.opened) for one in leads if not one.judged and one.state not in ENDED),
        complaints=tuple(_dated(one, one.opened) for one in leads if one.source in TOLD and one.judged != "dismissed"),
        urls=tuple(url for url in addresses if url.startswith(("http://", "https://"))),
    )  # fmt: skip


def _dated(one: History, when: datetime) -> Dated:
    return Dated(what=f"{one.lead} 号线索", when=when)
