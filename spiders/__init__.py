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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.crawl.storefront import Storefront
    from scanner.page import Page

FAMILIES: dict[str, type[Storefront]] = {"generic": GenericShop, "jsonapi": JsonShop}


@cache
def _generic() -> GenericShop:
    return GenericShop()


@cache
def _json(name: str) -> JsonShop:
    return JsonShop(profile=name)


def family_for(page: Page) -> Storefront:
    """The family that reads a captured page: the JSON profile whose answer it is, else the generic one."""
    owner = profile.of_page(page)
    return _json(owner.id) if owner is not None else _generic()


def walks(urls: Iterable[str]) -> list[Walk]:
    """The walks that a person's addresses need: one per family and, for JSON back ends, per profile."""
    plain: list[str] = []
    behind: dict[str, list[str]] = {}
    for url in urls:
        owner = profile.of_address(url)
        if owner is None:
            plain.append(url)
        else:
            behind.setdefault(owner.id, []).append(url)
    found = [Walk(family=JsonShop, urls=tuple(them), arguments={"profile": name}) for name, them in behind.items()]
    return [*([Walk(family=GenericShop, urls=tuple(plain), arguments={})] if plain else []), *found]
