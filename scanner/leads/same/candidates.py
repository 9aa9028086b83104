"""Which pairs of sellers are worth comparing: those that share a value, or whose names are one character apart.

Owns: the blocks and their caps. Leaves to others: comparing (``likeness``).

A block is all sellers that show one value. Only what can make a ``same`` or a ``perhaps`` makes a block: not a template, not
a building. Names are compared by their characters in sorted order, since a place may stand in front or in brackets; two are one character
apart where they share what is left after taking one character out (the deletion neighbourhood of Garbe's SymSpell), which
finds every such pair and hardly any other.

**The cap.** Of a block larger than ``CAP`` not every pair is made. Where the value names one legal person (code, licence,
whole name of a company) each seller is paired with the next two in the block, which is enough to join them all into one
group; of other values, which count little once so many show them, no pair is made. Both are told (``Candidates.cut``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from scanner.leads.same import naming
from scanner.leads.same.traits import Kind, Traits
from scanner.registry.company.parts import key_of

CAP = 50  # sellers in a block of which all pairs are made: 1,225 at most
FEWEST = 4  # characters of a name without its legal form, for it to be looked for with one character wrong
LONGEST = 40  # characters of a name that may have one wrong

_EXACT = frozenset((
    Kind.USCC, Kind.LICENCE, Kind.PHONE, Kind.WECHAT, Kind.EMAIL, Kind.ADDRESS, Kind.PICTURE, Kind.DOMAIN, Kind.ICP,
))  # fmt: skip
_NAMES_ONE = frozenset(("uscc", "licence", "company"))
Pair = tuple[int, int]


class Cut(NamedTuple):
    """A block too large for all its pairs: what it is of, how many sellers, how many pairs were made nevertheless."""

    kind: str
    value: str
    sellers: int
    pairs: int


class Candidates(NamedTuple):
    """Pairs by place in what was given, rising; and the blocks of which not every pair is in them."""

    pairs: list[Pair]
    cut: tuple[Cut, ...]


def candidates(sellers: Sequence[Traits]) -> Candidates:
    """The pairs of ``sellers`` to compare."""
    pairs: set[Pair] = set()
    cut: list[Cut] = []
    for (kind, value), members in _blocks(sellers).items():
        if len(members) < 2:
            continue
        if len(members) <= CAP:
            pairs.update(combinations(members, 2))
            continue
        chained = _chained(members) if kind in _NAMES_ONE else []
        pairs.update(chained)
        cut.append(Cut(kind, value, len(members), len(chained)))
    return Candidates(sorted(pairs), tuple(sorted(cut)))


def blocks_of(seller: Traits) -> Iterator[tuple[str, str]]:
    """(kind, value) of the blocks that a seller is in."""
    for one in seller.shown:
        if one.kind in _EXACT:
            yield one.kind, one.value
        elif one.kind == Kind.NAME:
            yield from _of_name(one.value)
    if seller.nameless:
        yield Kind.STOREFRONT, seller.storefront


def _of_name(name: str) -> Iterator[tuple[str, str]]:
    """Of a company's name itself and its neighbourhood; of a shop's name without 旗舰店, exactly."""
    if not naming.full(name):
        if (brand := naming.shop(name)) not in naming.NOTHING:
            yield "shop", brand
        return
    key = "".join(sorted(key_of(name)))  # 演康（苏州）医疗 and 苏州演康医疗 are one
    if key:
        yield "company", key
    if FEWEST <= len(key) <= LONGEST:
        yield from (("near", key[:at] + key[at + 1 :]) for at in range(len(key)))
        yield "near", key


def _blocks(sellers: Sequence[Traits]) -> dict[tuple[str, str], list[int]]:
    """Block -> places of its sellers, rising, each once. A nameless seller's storefront draws in all that share it."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    bare = {seller.storefront for seller in sellers if seller.nameless}
    for place, seller in enumerate(sellers):
        mine = set(blocks_of(seller))
        if seller.storefront in bare:
            mine.add((Kind.STOREFRONT, seller.storefront))
        for block in mine:
            found[block].append(place)
    return found


def _chained(members: Sequence[int]) -> list[Pair]:
    """Each with the next two: one pair that comes out otherwise does not break the chain."""
    return [*pairwise(members), *zip(members, members[2:], strict=False)]


def shared_blocks(blocks: Iterable[tuple[str, str]]) -> list[tuple[Kind, str]]:
    """Those blocks that are exact values of traits, for asking the book who else shows them."""
    return [(Kind(kind), value) for kind, value in blocks if kind in _EXACT]
