"""Which captures are visits of which seller of the register, and why.

Owns: the three ways a visit is told (by an address of the register, by a company code or by an exact name that pages show) and
how far each reaches. Leaves to others: whose an address is (``registry.sellers.platforms``), counting (``counting``).

An address of a host that stands for one seller reaches every page of that storefront. Where many sellers share a host (a
platform of the table; a host of which the register, or the book, knows several) it reaches that shop alone: its own page, and
the listings whose pages name it as theirs. The same holds for a storefront that is known only by what its pages say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from scanner.registry.company.codes import code_shown
from scanner.registry.sellers import ListedSeller, addresses, same_name
from scanner.registry.sellers.platforms import shipped
from scanner.store.book import Book
from scanner.store.draft import seller_key
from scanner.store.net_sellers import NetRow
from scanner.store.subjects import seen
from scanner.store.visits import SellerPage

By = Literal["address", "uscc", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why visits are a seller's: ``what`` of the register was met, and ``where`` in the book."""

    by: By
    what: str
    where: str


Owned = dict[str, dict[int, Match]]  # by some key: sellers, by their place in the register


def _none() -> Owned:
    return defaultdict(dict)


@dataclass(slots=True)
class Owners:
    """Whose is what. ``sites``: all pages of a storefront; ``shops``: a shop's own page on a host that many share;
    ``captures``: pages told by what they say; ``keys``: a seller as a storefront names it (``draft.seller_key``);
    ``told``: all reasons that sellers' pages gave, by seller."""

    sites: Owned = field(default_factory=_none)
    shops: Owned = field(default_factory=_none)
    captures: Owned = field(default_factory=_none)
    keys: Owned = field(default_factory=_none)
    shared: set[str] = field(default_factory=set)
    told: dict[int, list[Match]] = field(default_factory=lambda: defaultdict(list))

    def of(self, storefront: str, url: str, capture: str = "") -> Mapping[int, Match]:
        """The sellers that a capture is a visit of."""
        site = site_of(storefront)
        found = self.sites.get(site, {}) if site else {}
        if capture in self.captures:
            found = {**self.captures[capture], **found}
        if site in self.shared or _of_platform(site):
            found = {**found, **self.shops.get(shop_of(url), {})}
        return found


def owners(listed: Sequence[ListedSeller], book: Book) -> Owners:
    """Whose the captures of the book are."""
    known, pages = Owners(), [(page, code_shown(page.uscc, page.numbers)) for page in book.seller_pages()]
    crowded = _crowded(book, pages)
    _by_address(listed, crowded, known)
    _by_pages(listed, pages, crowded, known)
    _by_listings(listed, book, known)
    return known


@lru_cache(maxsize=65536)
def site_of(storefront: str) -> str:
    """The host of a storefront as sellers' addresses are compared; "" where it is none."""
    where = addresses.place(storefront)
    return where.site if where is not None else ""


@lru_cache(maxsize=65536)
def shop_of(url: str) -> str:
    """The key of the shop whose own page an address is, on a host that many share; "" for none."""
    where = addresses.place(url)
    return shipped().shop(where) if where is not None else ""


@lru_cache(maxsize=65536)
def _of_platform(site: str) -> bool:
    return shipped().at(site) is not None


# --- by address --------------------------------------------------------------------------------------------------


def _crowded(book: Book, pages: Sequence[tuple[SellerPage, str]]) -> set[str]:
    """The sites on which the book knows several sellers: by the codes on their pages, or by whom listings name."""
    shown: dict[str, set[str]] = defaultdict(set)
    for page, code in pages:
        shown[site_of(page.storefront)].update([code] if code else [])
    named = {site_of(storefront) for storefront, sellers in book.sellers_at() if sellers > 1}
    return named | {site for site, codes in shown.items() if len(codes) > 1}


def _by_address(listed: Sequence[ListedSeller], crowded: Set[str], known: Owners) -> None:
    """Hosts and shops that the register itself names."""
    claims: dict[str, list[tuple[int, NetRow, str]]] = defaultdict(list)
    for number, seller in enumerate(listed):
        for row in seller.rows:
            for address in row.addresses:
                claims[site_of(address)].append((number, row, address))
    for site, told in claims.items():
        alone = len({number for number, _, _ in told}) == 1
        roots = {number for number, _, address in told if not shop_of(address)}
        for number, row, address in told:
            shop = shop_of(address)
            match = Match(by="address", what=address, where=address)
            if _of_platform(site) or (shop and (not alone or site in crowded or _elsewhere(row))):
                known.shared.add(site)
                if shop:
                    known.shops[shop][number] = match
            elif alone or roots == {number}:
                known.sites[site][number] = match
        if not alone:
            known.shared.add(site)


def _elsewhere(row: NetRow) -> bool:
    """Whether a row says that its shop is on a platform that the table does not know."""
    return not shipped().own(row.platform) and shipped().named(row.platform) is None


# --- by what sellers' pages say ----------------------------------------------------------------------------------


def _by_pages(
    listed: Sequence[ListedSeller], pages: Sequence[tuple[SellerPage, str]], crowded: Set[str], known: Owners
) -> None:
    """Pages that show a code or a name of the register, or lie at a shop's address; and storefronts that are one seller's."""
    names = _Names.of(listed)
    told = [(page, dict(_told(page, code, names, known))) for page, code in pages]
    registered: dict[str, set[int]] = defaultdict(set)
    for page, match in told:
        registered[site_of(page.storefront)].update(match)
    for page, match in told:
        site = site_of(page.storefront)
        alone = len(registered[site]) == 1 and not (site in crowded or site in known.shared or _of_platform(site))
        for number, why in match.items():
            known.told[number].append(why)
            if alone and set(known.sites.get(site, ())) <= {number}:
                known.sites[site].setdefault(number, why)
                continue
            known.shared.add(site)
            if seen(page.name):
                known.keys[page.key].setdefault(number, why)
            if shop := shop_of(page.url):
                known.shops[shop].setdefault(number, why)
            for capture in page.captures:
                known.captures[capture].setdefault(number, why)


@dataclass(frozen=True, slots=True)
class _Names:
    """The register by code and by name; a name that two sellers bear tells neither."""

    by_code: Mapping[str, int]
    by_name: Mapping[str, int]
    codes: Sequence[str]

    @classmethod
    def of(cls, listed: Sequence[ListedSeller]) -> _Names:
        bearers: dict[str, set[int]] = defaultdict(set)
        for number, seller in enumerate(listed):
            for name in seller.names:
                bearers[same_name(name)].add(number)
        return cls(
            {seller.uscc: number for number, seller in enumerate(listed) if seller.uscc},
            {name: next(iter(numbers)) for name, numbers in bearers.items() if len(numbers) == 1},
            [seller.uscc for seller in listed],
        )


def _told(page: SellerPage, code: str, names: _Names, known: Owners) -> Iterator[tuple[int, Match]]:
    """The sellers of the register that a page is of. A code comes before a name: another code is another company."""
    if site_of(page.storefront) in known.shared or _of_platform(site_of(page.storefront)):
        yield from known.shops.get(shop_of(page.url), {}).items()
    if code in names.by_code:
        yield names.by_code[code], Match(by="uscc", what=code, where=page.url)
        return
    name = seen(page.name)
    number = names.by_name.get(same_name(name)) if name else None
    if number is not None and not (code and names.codes[number]):
        yield number, Match(by="name", what=name, where=page.url)


# --- by what listings say ----------------------------------------------------------------------------------------


def _by_listings(listed: Sequence[ListedSeller], book: Book, known: Owners) -> None:
    """The listings of hosts that many share: by the shop's address, by its page's name, by its name on a platform."""
    shops = dict(_shop_names(listed))
    wanted = [place for place, _ in book.sellers_at() if site_of(place) in known.shared or _of_platform(site_of(place))]
    for sale in book.sales(wanted):
        name = sale.key.partition("\n")[2]
        found = {**(known.keys.get(sale.key, {}) if name else {}), **known.shops.get(shop_of(sale.seller_url), {})}
        platform = shipped().at(site_of(sale.storefront))
        if not found and name and platform is not None and (platform.id, name) in shops:
            number, shop = shops[platform.id, name]
            found = {number: Match(by="name", what=shop, where=sale.seller_url or sale.storefront)}
        for number, why in found.items():
            if name:
                known.keys[sale.key].setdefault(number, why)
            for capture in sale.captures:
                known.captures[capture].setdefault(number, why)


def _shop_names(listed: Sequence[ListedSeller]) -> Iterable[tuple[tuple[str, str], tuple[int, str]]]:
    """(platform, shop's name) -> seller, where a row names both and no other seller has a shop of that name there."""
    bearers: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for number, seller in enumerate(listed):
        for row in seller.rows:
            platform = shipped().named(row.platform)
            if platform is not None and row.shop:
                bearers[platform.id, seller_key("", row.shop).partition("\n")[2]][number] = row.shop
    return ((shop, next(iter(found.items()))) for shop, found in bearers.items() if len(found) == 1)
