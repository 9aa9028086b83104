"""Where a listing leads its buyers to, and who it says does the work, for the commands that show one.

Owns: which fields are looked through, and how it is printed. Leaves to others: recognising it (``page.lures``). Computed
when shown: it is no part of what is kept or judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.model import Listing

MOST = 50


def of(listing: Listing) -> dict[str, list[Any]]:
    """``contacts``, and ``providers`` each name once, in the order of the fields."""
    from scanner.page import lures

    texts = list(_texts(listing))
    told: dict[str, lures.Provider] = {}
    for field, text in texts:
        for one in lures.providers(field, text, spoken=field.startswith("transcript:")):
            told.setdefault(one.name, one)
    return {"contacts": list(lures.lures(texts)), "providers": list(told.values())[:MOST]}


def tell(led: dict[str, list[Any]]) -> None:
    """Tables for people; nothing where there is nothing."""
    from scanner.report.words import CONTACTS, field_name

    if led["contacts"]:
        rows = [(CONTACTS[x.kind], x.contact or "—", field_name(x.field), x.quote) for x in led["contacts"]]
        console.table("导流联系方式", ["种类", "联系方式", "位置", "原文"], rows)
    if led["providers"]:
        names = [(x.name, field_name(x.field), x.quote) for x in led["providers"]]
        console.table("服务提供者", ["名称", "位置", "原文"], names)


def _texts(listing: Listing) -> Iterator[tuple[str, str]]:
    """What the seller wrote and said. Text in pictures is recognised, not written: its letters are not certain enough."""
    yield "title", listing.title.text
    yield "description", listing.description.text
    for row in listing.attributes:
        yield f"attribute:{row.name}", row.value
    yield "seller", listing.seller.text
    for said in listing.transcript:
        yield f"transcript:{said.at}", said.text
