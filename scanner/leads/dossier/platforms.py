"""The scorecard of platforms (平台记分): what was seen of each in a period, beside the period before.

Owns: which storefronts are one platform, what is counted, shares with their intervals. Leaves to others: what a page does
about a duty (``checks.display``), the shapes (``cards``), how a number stands (``registry``), which listings are known to be bad (``stays``)
and how long they stay up (``takedown``), SQL (``store.sighted``), the sheet (``report.scorecard``).

Counted is what was looked at: pages that were not seen, unreadable or not looked at are told apart and are in no share. Nothing
here says what a platform did inside; that its own half-yearly re-check (每半年至少核验更新1次) took place is not seen from outside,
only when we last looked at the credentials its shops show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner import clock
from scanner.checks import display
from scanner.checks.facts import PRODUCT_NUMBERS
from scanner.judge import make_case
from scanner.leads.dossier.cards import Card, DutyCount, Figures, NumberCount, Recheck, Scorecard
from scanner.leads.dossier.credentials import Ask
from scanner.leads.dossier.history import histories
from scanner.leads.dossier.relisted import Relisted, once, relisted
from scanner.leads.dossier.stays import Stays
from scanner.leads.dossier.takedown import Stay, taken_down
from scanner.leads.interval import share
from scanner.leads.same.reading import key_of
from scanner.model import DutyState, Listing, Seller, Standing, StandingAnswer
from scanner.registry.sellers import addresses
from scanner.registry.sellers.platforms import shipped
from scanner.rulebook import DisplayRule, Rule, Rulebook
from scanner.store.book import Book

HALF_YEAR = timedelta(days=183)
OF_SHOPS = ("shop-licence-shown", "business-licence-shown")
OF_LISTINGS = ("registration-number-shown",)
UNREGISTERED = (Standing.MALFORMED, Standing.WITHDRAWN, Standing.NOT_LISTED)
FORM = "form"  # what a malformed number is told by: its own form, no source

_SHOWN = (DutyState.SEEN, DutyState.LINK_ALIVE, DutyState.LINK, DutyState.PICTURE)
_LACKING = (DutyState.ABSENT, DutyState.SIMILAR, DutyState.LINK_DEAD)
Links = Callable[[Listing | Seller], Mapping[str, DutyState]]


@dataclass(slots=True)
class _Place:
    shops: set[str] = field(default_factory=set)
    listings: int = 0
    hosts: set[str] = field(default_factory=set)
    shop_duties: dict[str, dict[str, DutyState]] = field(default_factory=lambda: defaultdict(dict))  # duty -> shop
    listing_duties: dict[str, Counter[DutyState]] = field(default_factory=lambda: defaultdict(Counter))
    said: int = 0
    cannot_say: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    unregistered: int = 0
    stays: list[Stay] = field(default_factory=list)
    relisted: Counter[str] = field(default_factory=Counter)
    looked: dict[str, datetime] = field(default_factory=dict)


def platform_of(storefront: str) -> tuple[str, str]:
    """(id, name) of the platform that a storefront belongs to; a site of its own is one by its host."""
    where = addresses.place(storefront)
    site = where.site if where is not None else storefront
    known = shipped().at(site)
    return (known.id, known.names[0]) if known is not None else (site, site)


def scorecard(
    book: Book, rulebook: Rulebook, ask: Ask, *, start: datetime, end: datetime, links: Links | None = None, only: str = "",
) -> Scorecard:  # fmt: skip
    """The cards of all platforms of which something was seen in either period, by listings seen. ``links``: what became of the
    links of a page; ``only``: count the platform of this id alone."""
    earlier = start - (end - start)
    work = _Counting(book, rulebook, ask, links, only)
    now, before = work.period(start, end), work.period(earlier, start)
    hosts = {one: found.hosts for one, found in (before | now).items()}
    cards = [
        Card(
            id=place, name=work.names[place], hosts=tuple(sorted(found)), now=work.figures(now.get(place), end),
            earlier=work.figures(before.get(place), start),
        )
        for place, found in hosts.items()
    ]  # fmt: skip
    cards.sort(key=lambda one: (-one.now.listings, -one.now.shops, one.id))
    return Scorecard(start=start, end=end, earlier=earlier, cards=tuple(cards))


class _Counting:
    """Both periods counted by the same rules; what does not change between them is asked once."""

    def __init__(self, book: Book, rulebook: Rulebook, ask: Ask, links: Links | None, only: str) -> None:
        self._book, self._rulebook, self._ask, self._links = book, rulebook, ask, links
        self._only = only
        self.names: dict[str, str] = {}
        rules = [rule for rule in rulebook.rules.values() if isinstance(rule, DisplayRule) and rule.status == "active"]
        self._shop_rules: list[Rule] = [rule for duty in OF_SHOPS for rule in rules if rule.duty == duty]
        self._listing_rules: list[Rule] = [rule for duty in OF_LISTINGS for rule in rules if rule.duty == duty]
        self._stays = Stays(book, histories(book))
        self._relisted = once(relisted(book))

    def period(self, start: datetime, end: datetime) -> dict[str, _Place]:
        places: dict[str, _Place] = defaultdict(_Place)
        for listing in self._book.seen_between(Listing, start, end):
            if self._counted(listing):
                self._listing(self._place(places, listing), listing, end)
        for seller in self._book.seen_between(Seller, start, end):
            if self._counted(seller):
                self._seller(self._place(places, seller), seller, end)
        for looked in self._book.sellers_looked_at(end):
            if (place := places.get(platform_of(looked.storefront)[0])) is not None:
                place.looked[looked.key] = looked.last
        for stayed in self._stays.before(end, start=start):
            if (place := places.get(platform_of(stayed.storefront)[0])) is not None:
                place.stays.append(stayed.stay)
        for back in self._relisted:
            self._back(places, back, start, end)
        return dict(places)

    def _counted(self, page: Listing | Seller) -> bool:
        return not self._only or platform_of(page.storefront)[0] == self._only

    def _place(self, places: dict[str, _Place], page: Listing | Seller) -> _Place:
        place, name = platform_of(page.storefront)
        self.names.setdefault(place, name)
        places[place].hosts.add(page.storefront)
        places[place].shops.add(key_of(page))
        return places[place]

    def _listing(self, place: _Place, listing: Listing, end: datetime) -> None:
        place.listings += 1
        for duty, state in self._answers(listing, self._listing_rules, end):
            place.listing_duties[duty][state] += 1
        own = {s.number.number: s.number for s in listing.numbers if s.number.type in PRODUCT_NUMBERS}
        day = clock.day(end - timedelta(microseconds=1))
        answers = [self._ask(number, "", day) for number in own.values()]
        if answers:
            _stands(place, answers)

    def _seller(self, place: _Place, page: Seller, end: datetime) -> None:
        key = key_of(page)
        for duty, state in self._answers(page, self._shop_rules, end):
            shops = place.shop_duties[duty]
            shops[key] = state if key not in shops else min(shops[key], state, key=_merit)

    def _answers(self, page: Listing | Seller, rules: Iterable[Rule], end: datetime) -> Iterator[tuple[str, DutyState]]:
        """The page's answer to each duty that it has for certain."""
        case = make_case(page, self._rulebook, None, on=clock.day(end - timedelta(microseconds=1)))
        for looked in display.answers(case, rules, self._links(page) if self._links is not None else None):
            if looked.sure:
                state = looked.answer.state
                # A number that must stand as text and stands only in a picture is not shown as it must be.
                as_picture = state is DutyState.PICTURE and looked.rule.as_text
                yield looked.answer.duty, DutyState.ABSENT if as_picture else state

    def _back(self, places: Mapping[str, _Place], back: Relisted, start: datetime, end: datetime) -> None:
        storefront = back.again_seller.partition("\n")[0]
        place = places.get(platform_of(storefront)[0])
        if place is not None and start <= back.seen < end and back.again != "still":
            place.relisted[back.again] += 1

    def figures(self, place: _Place | None, end: datetime) -> Figures:
        place = place or _Place()
        late = [key for key, last in sorted(place.looked.items()) if end - last > HALF_YEAR]
        return Figures(
            shops=len(place.shops), listings=place.listings,
            duties=(
                *(self._duty(rule, Counter(place.shop_duties[rule.duty].values())) for rule in _shown(self._shop_rules)),
                *(self._duty(rule, place.listing_duties[rule.duty]) for rule in _shown(self._listing_rules)),
            ),
            numbers=NumberCount(
                unregistered=share(place.unregistered, place.said), cannot_say=place.cannot_say,
                standings=dict(place.standings), sources=dict(place.sources),
            ),
            taken_down=taken_down(place.stays), relisted_same=place.relisted["same"],
            relisted_similar=place.relisted["similar"],
            recheck=Recheck(
                within=share(len(place.looked) - len(late), len(place.looked)), late=tuple(late),
                never=len(place.shops - set(place.looked)),
            ),
        )  # fmt: skip

    def _duty(self, rule: DisplayRule, states: Counter[DutyState]) -> DutyCount:
        shown, lacking = sum(states[one] for one in _SHOWN), sum(states[one] for one in _LACKING)
        untold = {one.value: states[one] for one in DutyState if states[one] and one not in (*_SHOWN, *_LACKING)}
        return DutyCount(duty=rule.duty, what=rule.what, shown=share(shown, shown + lacking), untold=untold)


def _shown(rules: Iterable[Rule]) -> Iterator[DisplayRule]:
    return (rule for rule in rules if isinstance(rule, DisplayRule))


def _merit(state: DutyState) -> int:
    """Of a shop's pages the best counts: shown, then what could not be told, then lacking."""
    return 0 if state in _SHOWN else 2 if state in _LACKING else 1


def _stands(place: _Place, answers: list[StandingAnswer]) -> None:
    worst = [(a, next((one for one in UNREGISTERED if one in a.standing), None)) for a in answers]
    bad = [(answer, standing) for answer, standing in worst if standing is not None]
    if not bad and all(a.standing == (Standing.CANNOT_SAY,) for a in answers):
        place.cannot_say += 1
        return
    place.said += 1
    if bad:
        place.unregistered += 1
        place.standings.update({standing.value for _, standing in bad})
        told = {FORM if standing is Standing.MALFORMED else source for a, standing in bad for source in _sources(a)}
        place.sources.update(told)


def _sources(answer: StandingAnswer) -> tuple[str, ...]:
    return tuple(one.id for one in answer.sources) or (FORM,)
