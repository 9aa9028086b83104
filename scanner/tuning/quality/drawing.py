"""Drawing a blind sample (盲样): clean pages at random, found ones mixed in, in an order that tells nothing.

Owns: who is drawn. Leaves to others: which pages there are (``store.samples``), what a reviewer sees (``sheet``).

Pages are ranked by SHA-256 over the seed and the page; the lowest ranks are drawn. That is a simple random sample without
replacement, the same whatever the order in which pages come, made again by anybody with ``sha256sum``; the pages pass by once
and only the sample is held. The numbers in the sample follow from a second digest: by the first, found pages would stand
together.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.errors import UsageError
from scanner.store.samples import BlindPage, Page, Stratum


class Drawn(NamedTuple):
    """What was drawn of which pages: the parts of the population, the SHA-256 over it, the pages in the sample's order."""

    strata: tuple[Stratum, ...]
    population: str
    pages: tuple[BlindPage, ...]


@dataclass(slots=True)
class _Lowest:
    """The pages with the lowest ranks, and how many there were."""

    most: int
    heap: list[tuple[int, str, Page]] = field(
        default_factory=list
    )  # ranks negated: the highest of those kept comes first
    seen: int = 0

    def offer(self, page: Page, rank: int) -> None:
        self.seen += 1
        if self.most <= 0:
            return
        if len(self.heap) < self.most:
            heapq.heappush(self.heap, (-rank, page.listing, page))
        elif -rank > self.heap[0][0]:
            heapq.heapreplace(self.heap, (-rank, page.listing, page))

    def take(self, many: int) -> list[Page]:
        return [page for *_, page in sorted(self.heap, reverse=True)[:many]]


def draw(
    pages: Iterable[Page], *, seed: str, clean: int, found: int, stratum: Callable[[Page], str] = lambda page: ""
) -> Drawn:
    """Draw ``clean`` of the pages on which the rules found nothing and ``found`` of the others (fewer where there are
    fewer). Of the clean ones each stratum gives its share, one at least. Raises UsageError where there are more strata than
    pages to draw, or nothing to draw from."""
    digest = hashlib.sha256()
    kept: dict[str, _Lowest] = {}
    flagged, flags = _Lowest(found), dict[str, int]()
    for page in pages:
        name = stratum(page)
        digest.update(f"{page.listing} {page.version} {'found' if page.found else 'clean'}\n".encode())
        rank = _rank(seed, "draw", page)
        flags[name] = flags.get(name, 0) + page.found
        if page.found:
            flagged.offer(page, rank)
        else:
            kept.setdefault(name, _Lowest(clean)).offer(page, rank)
            _few_enough(len(kept), clean)
    sizes = {name: one.seen for name, one in kept.items()}
    if not sizes:
        raise UsageError("没有可以抽取的页面", where="quality sample", hint="先巡查或者导入；检查筛选的条件")
    chosen = [(name, page) for name, many in shares(sizes, clean).items() for page in kept[name].take(many)]
    chosen += [(stratum(page), page) for page in flagged.take(found)]
    chosen.sort(key=lambda one: _rank(seed, "order", one[1]))
    return Drawn(
        tuple(Stratum(name=name, clean=sizes.get(name, 0), found=flags[name]) for name in sorted(flags)), digest.hexdigest(),
        tuple(
            BlindPage(item=item, listing=page.listing, version=page.version, capture=page.capture, stratum=name, found=page.found)
            for item, (name, page) in enumerate(chosen, 1)
        ),
    )  # fmt: skip


def shares(sizes: Mapping[str, int], many: int) -> dict[str, int]:
    """How many of ``many`` each stratum gives: by its size (largest remainder), one at least, never more than it has."""
    whole = sum(sizes.values())
    many = min(many, whole)
    _few_enough(len(sizes), many)
    given = {name: max(1, size * many // whole) for name, size in sizes.items()}
    by_rest = sorted(sizes, key=lambda name: (-(sizes[name] * many % whole), name))
    while (lacking := many - sum(given.values())) > 0:
        for name in [one for one in by_rest if given[one] < sizes[one]][:lacking]:
            given[name] += 1
    while (over := sum(given.values()) - many) > 0:  # ones given to the smallest; the largest do without
        for name in sorted((one for one in given if given[one] > 1), key=lambda one: (-given[one], one))[:over]:
            given[name] -= 1
    return given


def _few_enough(strata: int, pages: int) -> None:
    if strata > pages:
        raise UsageError(f"分层多于要抽的 {pages} 页", where="--pages", hint="每层至少一页：加大 --pages，或者不分层")


def _rank(seed: str, use: str, page: Page) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\n{use}\n{page.listing}\n{page.version}".encode()).digest())
