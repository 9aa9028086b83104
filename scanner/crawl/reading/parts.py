"""A product's part that its page leaves to an answer of its own: the description, the price.

Owns: what such a part is, and how it completes the listing it belongs to. Leaves to others: telling such an answer and
reading it (families), asking for it (``looking``), finding it in a recording (``bring``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scanner.crawl.reading import fields
from scanner.model import Field, FieldState, Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one answer says of the product ``product`` (the platform's id) of a family; ``not_seen`` where it says nothing
    of a field. ``pictures`` are those of the description."""

    family: str
    product: str
    price: Field = fields.NOT_SEEN
    description: Field = fields.NOT_SEEN
    pictures: tuple[str, ...] = ()

    def of(self, listing: Listing) -> bool:
        """Whether it belongs to the listing."""
        return self.family == listing.family and self.product == listing.product_id


def wants(listing: Listing) -> bool:
    """Whether something of the listing is said elsewhere, as far as its page tells."""
    return FieldState.NOT_SEEN in (listing.price.state, listing.description.state) and bool(listing.product_id)


def joined(listing: Listing, parts: Iterable[Part]) -> Listing:
    """The listing with what its parts say; what its page says itself stands. The same listing where none adds anything."""
    whole = listing
    for part in parts:
        if not part.of(listing):
            continue
        whole = replace(
            whole,
            price=_first(whole.price, part.price),
            description=_first(whole.description, part.description),
            pictures=tuple(dict.fromkeys((*whole.pictures, *part.pictures)))[: fields.MAX_PICTURES],
        )
    return listing if whole == listing else fields.renewed(whole)


def _first(own: Field, other: Field) -> Field:
    return other if own.state is FieldState.NOT_SEEN else own
