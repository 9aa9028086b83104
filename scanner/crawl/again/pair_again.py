"""A pair (前后对照) made again from its journal line and the look that came behind it, for ``rebuild``.

Owns: what of a pair the line does not spell out (words around quotes, texts of fields, reasons why goods are the same): made by
the very function that made it, and believed only if the line's digest says so. Leaves to others: the look itself (``replay``),
the line's form (``evidence.journal.pairs``), keeping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner import clock
from scanner.crawl.again.revisit import Again, Rereading, paired
from scanner.crawl.keep import Looked
from scanner.crawl.reading.workers import Recipe
from scanner.errors import InputError
from scanner.evidence.journal.pairs import line_of

if TYPE_CHECKING:
    from scanner.crawl.reading.line import Look
    from scanner.model import Capture, Listing, Revisit, Seller
    from scanner.store.book import Book

_RECIPE = Recipe(family=Rereading)  # the page was read already


def made_again(
    data: Mapping[str, Any], look: Look, book: Book, captures: Callable[[str], Capture | None]
) -> Revisit:  # fmt: skip
    """The pair of a ``revisit`` line; ``look``: what its second capture came to; ``book``: as it stood before that look was kept.
    InputError where something it stands on is missing, or where it comes out otherwise."""
    lead, subject, version = int(data["lead"]), str(data["subject_id"]), str(data["version"])
    read = book.listing_version if data["subject"] == "listing" else book.seller_version
    before: Listing | Seller | None = read(subject, version)
    capture, after = captures(str(data["before"])), captures(str(data["after"])) if data["after"] else None
    hops = [captures(str(name)) for name in data["through"]]
    if before is None or capture is None or None in hops or (data["after"] and after is None):
        raise InputError("缺少这次复查所依据的页面")
    looked = clock.parse(data["looked"])
    found = tuple(
        proof.finding for proof in book.case(lead, made=looked).proofs
        if (proof.finding.subject_id, proof.finding.version) == (subject, version)
    )  # fmt: skip
    again = Again(
        subject=before, found=found, known=tuple(book.standing(subject, version)), capture=capture, method="GET", body=b"",
        recipe=_RECIPE,
    )  # fmt: skip
    pair = paired(
        again, Looked(capture=after, look=look), book, lead=lead, ended=str(data["moved_to"]) or capture.url,
        status=0 if after is None else after.status, through=[hop for hop in hops if hop is not None],
    )  # fmt: skip
    pair = replace(pair, time=looked)
    if line_of(pair)["digest"] != data["digest"]:
        raise InputError("复查的对照与当时不同")
    return pair
