"""What a crawl saw, counted, and the one word that follows from it.

Owns: the counters and the rule that turns them into *complete*, *incomplete* or *blocked*. Leaves to others: counting
at the right moment (``storefront``), keeping the result (``run``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.model import CrawlState, Outcome, SecondLook
from scanner.store.crawls import SHUT

if TYPE_CHECKING:
    from scanner.crawl.walk.complete import Counted


@dataclass(slots=True)
class Tally:
    """Counters of one crawl. ``lost`` are pages that were asked for and not got whole: (address, reason). ``walked`` is
    False for a recording: it may hold any part of a list, so a short one is told and nothing is missing."""

    pages: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    lost: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0  # addresses found but not fetched, because the page budget was spent
    findings: int = 0
    lists: list[Counted] = field(default_factory=list)  # those that state a total, when the crawl has ended
    listings: set[str] = field(default_factory=set)
    sellers: set[str] = field(default_factory=set)
    confirmed: Counter[SecondLook] = field(default_factory=Counter)  # second looks by result
    products: Counter[Outcome] = field(default_factory=Counter)  # addresses that a list called a product's, by outcome
    walked: bool = True

    @property
    def shut(self) -> int:
        """Pages behind a login, a slider or a firewall."""
        return sum(self.outcomes[word] for word in SHUT)

    def count(self, outcome: Outcome) -> None:
        self.pages += 1
        self.outcomes[outcome] += 1

    def lose(self, url: str, outcome: Outcome, reason: str) -> None:
        """A page that did not come back whole, or not at all."""
        self.outcomes[outcome] += 1
        self.lost.append((url, reason))

    def state(self) -> CrawlState:
        """*Blocked* when no product was read because doors were shut (a shop's front page may be read, as who sells there);
        *incomplete* when something was not got."""
        if not self.listings and self.shut > self.outcomes[Outcome.READ]:
            return CrawlState.BLOCKED
        if self.lost or self.left or not self.pages or (self.walked and self.short):
            return CrawlState.INCOMPLETE
        return CrawlState.COMPLETE

    @property
    def short(self) -> list[Counted]:
        """The lists of which fewer products were read than they say they have."""
        return [one for one in self.lists if one.short]

    @property
    def readable(self) -> bool:
        """Whether anything at all could be read, product or not."""
        return bool(self.outcomes[Outcome.READ] or self.outcomes[Outcome.NOT_A_PRODUCT])

    def add(self, other: Tally) -> None:
        """Take another spider's counters of the same run in."""
        self.pages += other.pages
        self.outcomes += other.outcomes
        self.lost += other.lost
        self.left += other.left
        self.lists += other.lists
        self.listings |= other.listings
        self.sellers |= other.sellers
        self.confirmed += other.confirmed
        self.products += other.products
