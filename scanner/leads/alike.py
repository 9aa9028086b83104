"""Which other listings of a seller may be the same goods, with the reasons in Chinese. Pure.

Owns: what two listings must have in common. Leaves to others: which listings are compared (one seller's own, its other shops'),
the hashes of pictures, what follows: it is a suggestion for people to look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rapidfuzz import fuzz

from scanner.model import Listing
from scanner.text import fold

NEAR_WITH_NUMBER = 80  # of 100: titles that name the same registration number and are near
NEAR = 95  # of 100: titles that are all but equal


def because(
    before: Listing, other: Listing, pictures: Collection[str] = (), others: Collection[str] = ()
) -> Iterator[str]:
    """Why ``other`` may be the goods of ``before``; nothing where nothing says so. ``pictures``, ``others``: SHA-256 of the
    bytes of the one's and the other's pictures."""
    if before.product_id and (before.family, before.product_id) == (other.family, other.product_id):
        yield f"商品编号相同（{before.product_id[:60]}）"
    ours, theirs = _numbers(before), _numbers(other)
    near = fuzz.ratio(_title(before), _title(other)) if before.title.text and other.title.text else 0
    if shared := ours & theirs:
        if near >= NEAR_WITH_NUMBER:
            yield (
                f"标题和编号相同（{min(shared)[:60]}）"
                if near == 100
                else f"编号相同（{min(shared)[:60]}），标题相近（{near:.0f}%）"
            )
    elif near >= NEAR and not (ours and theirs):  # two numbers are two products, however they are called
        yield f"标题相同或者几乎相同（{near:.0f}%）"
    if same := set(pictures) & set(others):
        yield f"有 {len(same)} 张图片内容相同（SHA-256）"


def _numbers(listing: Listing) -> set[str]:
    return {seen.number.number for seen in listing.numbers}


def _title(listing: Listing) -> str:
    return "".join(fold(listing.title.text).text.split())
