"""Keeps what a list of companies says: names and codes, no numbers.

Owns: which rows become what. Leaves to others: the flow of an import (``importing``), SQL (``store.companies``), the index
(``index``), which is brought up to date after every import, of registrations too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.registry.rows import Bad, Registrant
from scanner.registry.sources import Source
from scanner.store import companies
from scanner.store.codec import column
from scanner.store.register import Kept, RegisterStore
from scanner.store.staging import Tally


@dataclass(slots=True)
class Companies:
    """The companies of a list; one that is there already stays a single row."""

    source: Source
    beside: Sequence[Source] = ()
    _listed: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return companies.TABLES

    def take(self, row: Registrant, tally: Tally, note: Callable[[Bad], None]) -> None:
        tally.rows += 1
        self._listed.append((column(row.name), column(row.uscc), column(row.name_en)))

    def gathered(self) -> Mapping[str, Sequence[tuple[Any, ...]]]:
        found, self._listed = {"listed": self._listed}, []
        return found

    def prepare(self, store: RegisterStore) -> None:
        """Nothing: lists are small."""

    def merge(self, store: RegisterStore, *, replace: bool) -> Kept:
        rows, names = companies.merge(store.db, self.source.id, replace=replace)
        return Kept(rows=rows, numbers=names)
