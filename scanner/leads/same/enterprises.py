"""What is one enterprise (一家企业) in figures: a company's full name wherever it sells, and all shops recognised as one seller's.

Owns: putting the two together. Leaves to others: recognising (``book``, ``likeness``), what people said and which pairs cannot be one
(``clusters``): a name joins last of all, and never two that a person told apart or that show different valid codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from scanner.leads.same.clusters import Groups
from scanner.leads.same.likeness import Likeness
from scanner.registry.company.parts import take_apart
from scanner.registry.sellers import same_name
from scanner.store.draft import seller_key

MANY = 100  # shops of one name, each of which is paired with each; of more, each with the first and the next


class Shop(NamedTuple):
    """A seller as a page or a lead names it: the storefront, and the name shown ("": none)."""

    storefront: str
    name: str

    @property
    def key(self) -> str:
        return seller_key(self.storefront, self.name)


def by_name(shop: Shop) -> str:
    """What is one enterprise by what pages say alone: a company's full name (its legal form shows that it is one) wherever it
    sells, else the name shown on one storefront, else the storefront.

    The name is levelled as in the register of sellers (:func:`same_name`); companies of one name and another place are two.
    """
    full, name = _levelled(shop.name)
    return name if full else f"{shop.storefront.casefold()}\n{name}"


@lru_cache(maxsize=100_000)
def _levelled(name: str) -> tuple[bool, str]:
    """Whether a name is a company's full one, and the name levelled."""
    levelled = same_name(name)
    return bool(levelled and take_apart(name).form), levelled


class Enterprises:
    """What is one enterprise, asked shop by shop: any word, the same for two shops of one enterprise and for no others."""

    def __init__(self, groups: Groups) -> None:
        self._of = {member: group.members[0] for group in groups.groups for member in group.members}

    def __call__(self, shop: Shop) -> str:
        return self._of.get(shop.key, shop.key)


def named(shops: Iterable[Shop], compared: Iterable[Likeness]) -> Iterator[Likeness]:
    """Pairs of shops that are one :func:`by_name` and that comparing left undecided, as the weakest of reasons to join."""
    decided = {(one.a, one.b) for one in compared if one.verdict in ("same", "different")}
    for keys in _names(shops).values():
        for a, b in _pairs(sorted(keys)):
            if (a, b) not in decided:
                yield Likeness(a=a, b=b, score=0.0, verdict="same", because=())


def _pairs(keys: list[str]) -> Iterable[tuple[str, str]]:
    if len(keys) <= MANY:
        return combinations(keys, 2)
    return dict.fromkeys((*((keys[0], other) for other in keys[1:]), *pairwise(keys)))


def _names(shops: Iterable[Shop]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for shop in shops:
        found.setdefault(by_name(shop), set()).add(shop.key)
    return found
