"""The storefront families, by name, and which of them reads what.

A new family: its file here, and its line in ``FAMILIES``. A shop on a known family needs no code at all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scanner.crawl import profile
from scanner.crawl.storefront import Walk
from spiders.generic import GenericShop
from spiders.jsonapi import JsonShop
from spiders.pdd import Pdd
from spiders.post import Post
from spiders.searchpage import SearchPage
from spiders.youzan import Youzan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.crawl.storefront import Storefront
    from scanner.page import Page

FAMILIES: dict[str, type[Storefront]] = {
    "generic": GenericShop,
    "jsonapi": JsonShop,
    "pdd": Pdd,
    "post": Post,
    "searchpage": SearchPage,
    "youzan": Youzan,
}
# Told by their address, or by a state that only they have, before the families for any shop are asked.
PLATFORMS = (Pdd, Post, SearchPage, Youzan)


@cache
def _generic() -> GenericShop:
    return GenericShop()


@cache
def _of(platform: type[Storefront]) -> Storefront:
    return platform()


@cache
def _json(name: str) -> JsonShop:
    return JsonShop(profile=name)


def family_for(page: Page) -> Storefront:
    """The family that reads a captured page: the platform's whose it is, the JSON profile whose answer it is, else the
    generic one."""
    for platform in PLATFORMS:
        if platform.owns(page):
            return _of(platform)
    owner = profile.of_page(page)
    return _json(owner.id) if owner is not None else _generic()


def walks(urls: Iterable[str]) -> list[Walk]:
    """The walks that a person's addresses need: one per family and, for JSON back ends, per profile."""
    plain: list[str] = []
    known: dict[type[Storefront], list[str]] = {}
    behind: dict[str, list[str]] = {}
    for url in urls:
        platform = next((p for p in PLATFORMS if p.owns_address(url)), None)
        owner = profile.of_address(url)
        if platform is not None:
            known.setdefault(platform, []).append(url)
        elif owner is None:
            plain.append(url)
        else:
            behind.setdefault(owner.id, []).append(url)
    found = [Walk(family=JsonShop, urls=tuple(them), arguments={"profile": name}) for name, them in behind.items()]
    found += [Walk(family=platform, urls=tuple(them), arguments={}) for platform, them in known.items()]
    return [*([Walk(family=GenericShop, urls=tuple(plain), arguments={})] if plain else []), *found]
