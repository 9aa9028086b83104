"""The storefront families, by name, and which of them reads what.

A new family: its file here, and its line in ``FAMILIES``. A shop on a known family needs no code at all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scanner.crawl import profile
from scanner.crawl.storefront import Walk
from scanner.page import spoken
from spiders.generic import GenericShop
from spiders.jsonapi import JsonShop
from spiders.transcript import Transcripts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.crawl.storefront import Storefront
    from scanner.model import Listing, Seller
    from scanner.page import Page

FAMILIES: dict[str, type[Storefront]] = {"generic": GenericShop, "jsonapi": JsonShop}


class AnyFamily:
    """Reads a recorded page with the family that it belongs to; made by workers, so that the choice, too, is theirs."""

    @staticmethod
    def read(page: Page) -> Listing | Seller | None:
        return family_for(page).read(page)

    @staticmethod
    def products(page: Page) -> tuple[()]:
        """A recording is not walked."""
        return ()


@cache
def _generic() -> GenericShop:
    return GenericShop()


@cache
def _json(name: str) -> JsonShop:
    return JsonShop(profile=name)


@cache
def _transcripts() -> Transcripts:
    return Transcripts()


def family_for(page: Page) -> Storefront:
    """The family that reads a captured page: what was said, the JSON profile whose answer it is, else the generic one."""
    if page.media_type in spoken.TYPES:
        return _transcripts()
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
