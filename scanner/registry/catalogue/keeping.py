"""Keeps what a catalogue's file says, as any register's rows are kept: staged part by part, merged in one transaction.

Owns: which rows become what. Leaves to others: the flow of an import (``registry.importing``), formats (``readers``), SQL
(``store.catalogue``), learning from the rows (``kept``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.registry.readers.official import Official
from scanner.registry.rows import Bad
from scanner.registry.sources import Source
from scanner.store import catalogue
from scanner.store.catalogue import CatalogueRow
from scanner.store.register import Kept, RegisterStore
from scanner.store.staging import Tally


@dataclass(slots=True)
class Catalogue:
    """Official product names with class and code, and forbidden ingredients. A row is never taken back: a new edition is
    imported with ``replace``."""

    source: Source
    beside: Sequence[Source] = ()
    _names: list[tuple[Any, ...]] = field(default_factory=list)
    _ingredients: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return catalogue.TABLES

    def take(self, row: Official, tally: Tally, note: Callable[[Bad], None]) -> None:
        tally.rows += 1
        if isinstance(row.says, CatalogueRow):
            self._names.append(catalogue.staged(row.says))
        else:
            self._ingredients.append(catalogue.staged_ingredient(row.says))

    def gathered(self) -> Mapping[str, Sequence[tuple[Any, ...]]]:
        found = {"official": self._names, "ingredients": self._ingredients}
        self._names, self._ingredients = [], []
        return found

    def prepare(self, store: RegisterStore) -> None:
        """Nothing: catalogues are small."""

    def merge(self, store: RegisterStore, *, replace: bool) -> Kept:
        rows, names = catalogue.merge(store.db, self.source.id, replace=replace)
        return Kept(rows=rows, numbers=names)
