"""The base register (网络销售企业底数): every network seller that the office's register or the book knows, once.

Owns: which sellers the book's own pages add to the register of sellers. Leaves to others: whose visits are whose (``coverage``),
the sheet (``report.returns``). Pure but for the book it reads.

A page's seller is the register's where its code, its name or its storefront stands there, and so are the other shops of that
seller; the rest are told apart by whoever is asked what is one enterprise (``leads.same.enterprises``). What a page says is taken
as said: nobody checked it. Sellers that only listings on a platform name, without a page of their own, are not here: a shop's
name is no enterprise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scanner.coverage import Coverage
from scanner.leads.same.enterprises import Shop
from scanner.model import Field, FieldState, Seller
from scanner.registry.sellers import ListedSeller, same_name
from scanner.registry.sellers.addresses import place
from scanner.store.subjects import Known

LICENCES = ("device_biz_license", "device_biz_filing")
FILINGS = ("net_sales",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseSeller:
    """One network seller. Texts and tuples are empty where nothing says it; ``leads``: those not ended, of the register's
    sellers only (None: not counted)."""

    name: str
    uscc: str
    licences: tuple[str, ...]
    filings: tuple[str, ...]
    platforms: tuple[str, ...]
    shops: tuple[str, ...]
    addresses: tuple[str, ...]
    areas: tuple[str, ...]
    origin: Literal["register", "pages"]
    seen: datetime | None
    leads: int | None


@dataclass(slots=True)
class _Pages:
    name: str = ""
    uscc: str = ""
    numbers: dict[str, str] = field(default_factory=dict)  # number -> type
    addresses: dict[str, None] = field(default_factory=dict)
    seen: datetime | None = None


def base(
    listed: Sequence[ListedSeller], covered: Coverage, pages: Iterable[Known[Seller]], who: Callable[[Shop], str]
) -> Iterator[BaseSeller]:
    """The register's sellers in its order, then those that only pages name, by name. ``covered``: the coverage of all listed;
    ``who``: what is one enterprise."""
    looked = {(one.uscc, one.name): one for one in covered.sellers}
    for seller in listed:
        one = looked[seller.uscc, seller.name]
        yield BaseSeller(
            name=seller.name, uscc=seller.uscc, licences=_said(row.licence for row in seller.rows),
            filings=_said(row.filing for row in seller.rows), platforms=one.platforms, shops=one.shops,
            addresses=seller.addresses, areas=seller.areas, origin="register", seen=one.looked_at, leads=one.leads,
        )  # fmt: skip
    yield from sorted(_others(listed, pages, who), key=lambda one: (one.name, one.uscc, one.addresses))


def shop_of(page: Seller) -> Shop:
    """The shop of a seller's page, by the name that it shows."""
    return Shop(page.storefront, _text(page.name))


def _others(
    listed: Sequence[ListedSeller], pages: Iterable[Known[Seller]], who: Callable[[Shop], str]
) -> Iterator[BaseSeller]:
    codes = {seller.uscc for seller in listed if seller.uscc}
    names = {same_name(name) for seller in listed for name in seller.names}
    found = (place(address) for seller in listed for address in seller.addresses)
    sites = {one.site for one in found if one is not None and one.root}
    groups: dict[str, _Pages] = {}
    theirs = set[str]()
    for known in pages:
        page = known.subject
        name, uscc = _text(page.name), _text(page.uscc)
        one = who(shop_of(page))
        if (uscc and uscc in codes) or (name and same_name(name) in names) or page.storefront in sites:
            theirs.add(one)
        _add(groups.setdefault(one, _Pages()), known, name, uscc)
    for group in (group for one, group in groups.items() if one not in theirs):
        yield BaseSeller(
            name=group.name, uscc=group.uscc, licences=_of(group, LICENCES), filings=_of(group, FILINGS), platforms=(),
            shops=(), addresses=tuple(group.addresses), areas=(), origin="pages", seen=group.seen, leads=None,
        )  # fmt: skip


def _add(group: _Pages, known: Known[Seller], name: str, uscc: str) -> None:
    group.name, group.uscc = group.name or name, group.uscc or uscc
    group.numbers |= {
        seen.number.number: seen.number.type for seen in known.subject.numbers if seen.number.valid is not False
    }
    group.addresses.setdefault(known.subject.url)
    group.seen = max(group.seen or known.last_seen, known.last_seen)


def _of(group: _Pages, types: Sequence[str]) -> tuple[str, ...]:
    return tuple(number for number, kind in group.numbers.items() if kind in types)


def _text(said: Field) -> str:
    return said.text.strip() if said.state is FieldState.SEEN else ""


def _said(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
