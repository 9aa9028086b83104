"""Saved pages of our own making, and what reading each must give.

``pages/<family>/<name>.html`` (or ``.body`` for other types) with ``<name>.json`` beside it: how the page was asked for
and answered, and under ``expect`` the outcome and every field. A page without its expectation fails the suite. Nothing
writes expectations by itself: ``python -m tests.spiders.saved FAMILY/NAME`` prints what is read now, for review.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.errors import PageError
from scanner.model import Field, FieldState, Listing, Seller
from scanner.page import Page
from spiders import family_for

PAGES = Path(__file__).with_name("pages")
WHEN = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def names() -> list[str]:
    """All saved pages, ``generic/list``."""
    return sorted(str(p.relative_to(PAGES).with_suffix("")) for p in PAGES.rglob("*") if p.suffix in (".html", ".body"))


def expectation(name: str) -> dict[str, Any]:
    saved: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return saved


def page(name: str, asked: dict[str, Any]) -> Page:
    """The page as it came: ``bytes`` names the encoding it was sent in."""
    body = next(p for p in (PAGES / f"{name}.html", PAGES / f"{name}.body") if p.exists()).read_bytes()
    if asked.get("bytes"):
        body = body.decode("utf-8").encode(asked["bytes"])
    headers = asked.get("headers", {"Content-Type": "text/html"})
    return Page(
        url=asked["url"],
        status=asked.get("status", 200),
        headers=[(k.encode(), v.encode()) for k, v in headers.items()],
        body=body,
        capture="0" * 20,
        time=WHEN,
        method=asked.get("method", "GET"),
        request_body=asked.get("request_body", "").encode(),
    )


def view(seen: Page) -> dict[str, Any]:
    """Everything the line reads of a page, as plain values, field by field."""
    family = family_for(seen)
    if parts := family.parts(seen):
        told = [[p.product, _field(p.price), _field(p.description), list(p.pictures)] for p in parts]
        return {"family": family.name, "parts": told}
    became = family.outcome(seen)
    if became is not None:
        return {"outcome": became.value}
    try:
        subject = family.read(seen)
    except PageError as doubt:
        return {"outcome": None, "family": family.name, "doubt": doubt.message}
    read: dict[str, Any] = {
        "outcome": None,
        "family": family.name,
        "subject": type(subject).__name__.lower() if subject else None,
    }
    if isinstance(subject, Listing):
        read |= _listing(subject)
    elif isinstance(subject, Seller):
        read |= _seller(subject)
    if offers := family.offers(seen):
        read["offers"] = [
            [o.id, o.url, _field(o.title), _field(o.price), _field(o.seller), o.seller_url, o.group, o.sponsored]
            for o in offers
        ]
    for link in family.products(seen):
        read.setdefault(f"links_{link.kind.value}", []).append(
            link.url if link.method == "GET" else f"{link.method} {link.url} {link.body.decode()}"
        )
    return read


def _field(field: Field) -> Any:
    return [field.text, field.source] if field.state is FieldState.SEEN else field.state.value


def _listing(listing: Listing) -> dict[str, Any]:
    return {
        "url": listing.url,
        "product_id": listing.product_id,
        "title": _field(listing.title),
        "price": _field(listing.price),
        "description": _field(listing.description),
        "attributes": [[a.name, a.value, a.source] for a in listing.attributes],
        "pictures": list(listing.pictures),
        "seller": _field(listing.seller),
        "seller_url": listing.seller_url,
        "breadcrumbs": list(listing.breadcrumbs),
        "buyable": _field(listing.buyable),
        "image_text": _field(listing.image_text),
        "numbers": [[n.field, n.number.type, n.number.number] for n in listing.numbers],
    }


def _seller(seller: Seller) -> dict[str, Any]:
    return {
        "url": seller.url,
        "page": seller.page,
        "name": _field(seller.name),
        "uscc": _field(seller.uscc),
        "text": _field(seller.text),
        "pictures": [list(p) for p in seller.pictures],
        "papers": [list(way) for way in seller.links],
        "numbers": [[n.field, n.number.type, n.number.number] for n in seller.numbers],
    }


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        shown = view(page(wanted, expectation(wanted)))
        print(json.dumps(shown, ensure_ascii=False, indent=1))
