"""Keeps the register of network sellers: its rows as they stand, each once.

Owns: which rows become what, and what is counted. Leaves to others: the flow of an import (``importing``), SQL
(``store.net_sellers``), and whose rows are one seller's (``sellers``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.registry.rows import Bad, NetSeller
from scanner.registry.sellers import gathered
from scanner.registry.sources import Source
from scanner.store import net_sellers
from scanner.store.codec import column
from scanner.store.register import Kept, RegisterStore
from scanner.store.staging import Tally


@dataclass(slots=True)
class Sellers:
    """The rows of a list; one that is there already stays a single row. ``Kept.numbers`` counts sellers."""

    source: Source
    beside: Sequence[Source] = ()
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return net_sellers.TABLES

    def take(self, row: NetSeller, tally: Tally, note: Callable[[Bad], None]) -> None:
        tally.rows += 1
        said = (row.name, row.uscc, row.licence, row.filing, row.platform, row.shop, row.area, "\n".join(row.addresses))
        self._rows.append(tuple(map(column, said)))

    def gathered(self) -> Mapping[str, Sequence[tuple[Any, ...]]]:
        found, self._rows = {"net": self._rows}, []
        return found

    def prepare(self, store: RegisterStore) -> None:
        """Nothing: lists are small."""

    def merge(self, store: RegisterStore, *, replace: bool) -> Kept:
        rows = net_sellers.merge(store, self.source.id, replace=replace)
        return Kept(rows=rows, numbers=len(gathered(store.net_sellers(self.source.id))))
