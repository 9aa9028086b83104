"""What becomes of a source's rows: keepers, one for each kind of thing that sources hold, in one visible dictionary.

Owns: the shape of a keeper, and the keeper of registrations (a number field may hold several numbers; a row that belongs
to another source is bad). Leaves to others: the flow of an import (``importing``) and SQL (``store``).

To keep another kind of thing, write a keeper and name it in ``KEEPERS``; it says which tables are staged, turns rows
into staged rows, and merges them within the import's one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from scanner import numbers
from scanner.model import Number
from scanner.numbers.fold import fold
from scanner.registry.catalogue.keeping import Catalogue
from scanner.registry.company.keeping import Companies
from scanner.registry.rows import Bad, Row
from scanner.registry.sellers.keeping import Sellers
from scanner.registry.sources import Holds, Source
from scanner.store import registrations
from scanner.store.codec import column
from scanner.store.register import Kept, RegisterStore
from scanner.store.register_tables import statement_id
from scanner.store.staging import Tally

REMEMBERED = 20_000  # heads of rows; thousands of devices say the same of their registration
REMEMBERED_IDS = 500_000  # registrations known to be staged: 30 MB

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
Note = Callable[[Bad], None]


class Keeper(Protocol):
    """Keeps the rows of one source; made anew for each import. A row of any kind has ``place`` and ``seen``.

    Called in this order: for each part ``take`` with its rows and ``gathered`` now and then, in the part's transaction
    on the stage; then, once, ``prepare`` and ``merge``, the latter in the register's transaction.
    """

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        """The staged tables with their columns."""

    def take(self, row: Any, tally: Tally, note: Note) -> None:
        """Gather what becomes of a row, count it in ``tally.rows``, or say with ``note`` why not."""

    def gathered(self) -> Rows:
        """What was gathered since the last call, by staged table."""

    def prepare(self, store: RegisterStore) -> None:
        """What takes a while and needs no lock on the register: indexes of the stage."""

    def merge(self, store: RegisterStore, *, replace: bool) -> Kept:
        """Bring what is staged (``stage.…``) into the register, in its transaction, and say what it holds now."""


@dataclass(slots=True)
class Registrations:
    """Registrations, filings, licences, approvals: numbers and what is said of them.

    ``beside``: sources that are given the same file, this one among them, in order. A row goes to the first of them
    that covers its number; one that none covers is bad, and the first one says so.
    """

    source: Source
    beside: Sequence[Source] = ()
    _statements: list[tuple[Any, ...]] = field(default_factory=list)
    _items: list[tuple[Any, ...]] = field(default_factory=list)
    _known: dict[tuple[Any, ...], _Head] = field(default_factory=dict)
    _staged: set[int] = field(default_factory=set)

    @property
    def tables(self) -> Mapping[str, Sequence[str]]:
        return registrations.TABLES

    def take(self, row: Row, tally: Tally, note: Note) -> None:
        said = (row.number, row.product, row.holder, row.uscc, row.agent, row.scope, row.device_class, row.code,
                row.approved_on, row.valid_until)  # fmt: skip
        head = self._known.get(said)
        if head is None:
            head = self._head(row)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[said] = head
        for why in head.wrong:
            note(Bad(place=row.place, why=why))
        tally.unknown += head.unknown
        if not head.ids:
            return
        tally.rows += 1
        gone = row.withdrawn_on.isoformat() if row.withdrawn_on is not None else ""
        for registration in head.ids:
            self._items.append(
                (registration, column(row.key), column(row.identifier), column(row.model), gone, row.version)
            )

    def gathered(self) -> Rows:
        found = {"statements": self._statements, "items": self._items}
        self._statements, self._items = [], []
        return found

    def prepare(self, store: RegisterStore) -> None:
        registrations.index(store)

    def merge(self, store: RegisterStore, *, replace: bool) -> Kept:
        return registrations.merge(store, self.source.id, replace=replace)

    def _head(self, row: Row) -> _Head:
        """The registrations of a row: one for each number in its number field."""
        found = numbers_in(row.number)
        if not found and self._speaks():
            return _Head(ids=(self._statement(row, plain(row.number), "", row.device_class),), unknown=1)
        ids, wrong = list[int](), list[str]()
        for number in found:
            if not self._ours(number):
                if self._speaks() and not self._others(number):
                    wrong.append(f"编号{number.number}不属于来源“{self.source.title}”的范围")
                continue
            device_class = row.device_class or numbers.class_of(number)
            ids.append(self._statement(row, number.number, number.type, device_class))
        return _Head(ids=tuple(ids), wrong=tuple(wrong))

    def _ours(self, number: Number) -> bool:
        """Whether this source takes the number; a malformed one that nobody covers goes where it was brought."""
        found = owner(number, self.beside or (self.source,))
        return found.id == self.source.id if found is not None else number.valid is False and self._speaks()

    def _others(self, number: Number) -> bool:
        return owner(number, self.beside) is not None

    def _speaks(self) -> bool:
        """Whether it is for this source to take or report what none of the sources covers."""
        return not self.beside or self.beside[0].id == self.source.id

    def _statement(self, row: Row, number: str, kind: str, device_class: str) -> int:
        said = tuple(
            map(column, (number, kind, row.product, row.holder, row.uscc, row.agent, row.scope, device_class, row.code,
                         _text(row.approved_on), _text(row.valid_until)))
        )  # fmt: skip
        registration = statement_id((self.source.id, *said))
        if registration not in self._staged:
            if len(self._staged) < REMEMBERED_IDS:
                self._staged.add(registration)
            self._statements.append((registration, *said))
        return registration


@dataclass(frozen=True, slots=True)
class _Head:
    """What the head of a row comes to: registrations, what is wrong, how many numbers of no known form."""

    ids: tuple[int, ...]
    wrong: tuple[str, ...] = ()
    unknown: int = 0


KEEPERS: dict[Holds, Callable[[Source, Sequence[Source]], Keeper]] = {
    "registrations": Registrations,
    "catalogue": Catalogue,
    "companies": Companies,
    "sellers": Sellers,
}


def owner(number: Number, sources: Sequence[Source]) -> Source | None:
    """The source of several that a number belongs to: one that names its authority before one that takes any."""
    found = [(source, series) for source in sources if (series := source.covering(number)) is not None]
    return min(found, key=lambda pair: not pair[1].authorities)[0] if found else None


@lru_cache(maxsize=20_000)
def numbers_in(text: str) -> tuple[Number, ...]:
    """The numbers of a field; a bare one is read as if its label stood before it (H20171268)."""
    found = tuple(n for n in numbers.find(text) if n.type not in numbers.IDENTIFIERS)
    if not found and (number := numbers.parse(text)) is not None and number.type not in numbers.IDENTIFIERS:
        return (number,)
    return found


def plain(text: str) -> str:
    """A number of no known form as the register keeps it: width and brackets levelled, no spaces, no 号 at the end."""
    return fold(text[:200]).text.removesuffix("号")


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
