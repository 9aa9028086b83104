"""The storefront families, by name, and which of them reads what.

A new family: its file here, and its line in ``FAMILIES``. A shop on a known family needs no code at all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scanner.crawl.reading import profile
from scanner.crawl.walk.storefront import Walk
from scanner.errors import InputError
from scanner.page import spoken
from spiders.generic import GenericShop
from spiders.jd import JdShop
from spiders.jsonapi import JsonShop
from spiders.pdd import Pdd
from spiders.post import Post
from spiders.searchpage import SearchPage
from spiders.taobao import TaobaoShop
from spiders.transcript import Transcripts
from spiders.youzan import Youzan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.crawl.reading.links import Link, Stated
    from scanner.crawl.reading.parts import Part
    from scanner.crawl.reading.workers import Family, Recipe
    from scanner.crawl.walk.storefront import Storefront
    from scanner.model import Listing, Named, Outcome, Seller
    from scanner.page import Page

# The order is that of asking whose a page is; the platforms, which know their own pages, come before any shop's.
FAMILIES: dict[str, type[Storefront]] = {
    "jd": JdShop,
    "taobao": TaobaoShop,
    "pdd": Pdd,
    "youzan": Youzan,
    "post": Post,
    "searchpage": SearchPage,
    "jsonapi": JsonShop,
    "generic": GenericShop,
}


class AnyFamily:
    """Reads a recorded page with the family that it belongs to; made by workers, so that the choice, too, is theirs."""

    @staticmethod
    def parts(page: Page) -> tuple[Part, ...]:
        return family_for(page).parts(page)

    @staticmethod
    def outcome(page: Page) -> Outcome | None:
        return family_for(page).outcome(page)

    @staticmethod
    def read(page: Page) -> Listing | Seller | None:
        return family_for(page).read(page)

    @staticmethod
    def products(page: Page) -> Iterable[Link]:
        """What the page names. A recording is not walked: it is only held against what the list says it has."""
        return family_for(page).products(page)

    @staticmethod
    def stated(page: Page) -> Stated | None:
        return family_for(page).stated(page)

    @staticmethod
    def named(page: Page) -> tuple[Named, ...]:
        return family_for(page).named(page)

    @staticmethod
    def more(page: Page, links: Sequence[Link]) -> bool:
        return family_for(page).more(page, links)


def reader(said: Mapping[str, str]) -> Family:
    """The family that the journal says read a page (``Recipe.said``); without a name, whose the page itself says it is.
    Raises InputError where there is none of that name any more."""
    name, owner = said.get("family", ""), said.get("profile", "")
    if name == JsonShop.name and owner in profile.profiles():
        return _json(owner)
    if name in FAMILIES and name != JsonShop.name:
        return _platform(name)
    if name:
        raise InputError("没有读这个网页的店铺类型了", where=f"{name} {owner}".strip()[:100])
    return AnyFamily()


@cache
def _platform(name: str) -> Storefront:
    return FAMILIES[name]()


@cache
def _json(name: str) -> JsonShop:
    return JsonShop(profile=name)


@cache
def _transcripts() -> Transcripts:
    return Transcripts()


def family_for(page: Page) -> Storefront:
    """The family that reads a captured page, told by what the page is: what was said, the platform's whose it is, the JSON
    profile whose answer it is, else the generic one."""
    if page.media_type in spoken.TYPES:
        return _transcripts()
    for name, family in FAMILIES.items():
        if family.recognises(page):
            return _platform(name)
        if family is JsonShop and (owner := profile.of_page(page)) is not None:
            return _json(owner.id)
    return _platform(GenericShop.name)


def walks(urls: Iterable[str]) -> list[Walk]:
    """The walks that a person's addresses need: one per family and, for JSON back ends, per profile."""
    shops: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for url in urls:
        owner = profile.of_address(url)
        if owner is not None:
            behind.setdefault(owner.id, []).append(url)
            continue
        shops.setdefault(family_at(url), []).append(url)
    found = [Walk(family=FAMILIES[name], urls=tuple(them), arguments={}) for name, them in shops.items()]
    return [
        *found,
        *(Walk(family=JsonShop, urls=tuple(them), arguments={"profile": name}) for name, them in behind.items()),
    ]


def recipe_of(family: str, url: str) -> Recipe:
    """How a worker makes the family that read a page before, to read it again; by the address where that is not enough."""
    if family in FAMILIES and family != JsonShop.name:
        return _platform(family).recipe
    (walk,) = walks([url])
    return walk.family(**walk.arguments).recipe


def family_at(url: str) -> str:
    """The family that would walk an address. Nothing of a page is known yet, so the address decides."""
    if profile.of_address(url) is not None:
        return JsonShop.name
    return next((name for name, family in FAMILIES.items() if family.at(url)), GenericShop.name)
