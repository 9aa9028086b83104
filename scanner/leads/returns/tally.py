"""The tally (计数) of a form: what each lead brings to each cell.

Owns: which rows and columns a lead and its dispositions count in, and sums in the making. Leaves to others: what is counted and
why (``figures``, whose docstring is the definition), the streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from scanner.leads.returns.cells import Cell, Counted, Left, Period, everyone, wan
from scanner.leads.returns.forms import BY_HAND, Column, Form, Row, Tags, spelt
from scanner.model import Disposition, LeadSource

SUMS = frozenset(("money", "licences", "persons"))


@dataclass(slots=True)
class Known:
    """What is held of a lead. ``unit``: who has it; ``reporter``: who had it when it was reported."""

    source: LeadSource
    enterprise: str
    shop: str
    storefront: str
    opened: datetime | None
    into: int = 0
    confirmed: datetime | None = None
    reported: datetime | None = None
    unit: str = ""
    reporter: str = ""
    done: list[tuple[str, Disposition]] = field(default_factory=list)  # unit, what


class _Sum:
    """One cell in the making."""

    __slots__ = ("keys", "leads", "money", "number", "shops")

    def __init__(self) -> None:
        self.keys: set[object] = set()
        self.leads: set[int] = set()
        self.shops: dict[str, dict[str, set[int]]] = {}  # enterprise -> shop -> leads
        self.money = Decimal(0)
        self.number = 0


class Tally:
    def __init__(self, form: Form, tags: Tags, within: Callable[[str], bool] = everyone) -> None:
        self._form, self._tags, self._within = form, tags, within
        self._left: dict[bool, set[int]] = {True: set(), False: set()}  # somebody's, nobody's
        self._sums = {(row.id, column.id): _Sum() for row in form.rows for column in form.columns}
        self._cases: dict[tuple[str, str, int], set[tuple[str, str]]] = {}
        self._unknown: dict[str, set[int]] = {}
        self._rows: dict[tuple[object, ...], tuple[Row, ...]] = {}
        self._columns: dict[tuple[object, ...], tuple[Column, ...]] = {}
        self._bare = [column for column in form.columns if column.count in ("received", "reported")]
        self._words = {spelt(word) for row in form.rows for word in row.categories}
        self._by_product = bool(self._words)

    def add(self, number: int, one: Known, root: int, whole: Known, period: Period) -> None:
        """What a lead, part of the matter ``root``, brings."""
        for row in self._asking(whole.source, None) if self._bare else ():
            for column in self._bare:
                if _counts(column, number == root, one, whole, period):
                    unit = whole.unit if column.count == "received" else one.reporter
                    if self._taken(unit, number):
                        self._key(row, column, root, number)
        for unit, done in one.done:
            if not self._taken(unit, number):
                continue
            if self._by_product and done.category.strip() and not self._named(done.category):
                self._unknown.setdefault(done.category.strip(), set()).add(number)
            for row in self._asking(whole.source, done):
                for column in self._hit(done):
                    self._disposition(row, column, number, root, whole, unit, done)

    def _taken(self, unit: str, number: int) -> bool:
        """Whether what a unit had or did with a lead counts; what does not is noted."""
        if not (taken := self._within(unit)):
            self._left[bool(unit)].add(number)
        return taken

    def _named(self, product: str) -> bool:
        """Whether a category goes by that name, or a row asks for that very word."""
        return self._tags.known(product) or spelt(product) in self._words

    def _asking(self, source: LeadSource, done: Disposition | None) -> tuple[Row, ...]:
        """The rows that ask for dispositions of this kind; without one, those that take leads of the source as they are."""
        key = (source,) if done is None else (source, done.stage, done.category)
        if key not in self._rows:
            words = frozenset() if done is None else self._tags.of(done.category)
            if len(self._rows) > 10_000:
                self._rows.clear()
            self._rows[key] = tuple(row for row in self._form.rows if asks(row, source, done, words))
        return self._rows[key]

    def _hit(self, done: Disposition) -> tuple[Column, ...]:
        """The columns in which a disposition with these measures and transfers may count."""
        key = (done.measures, done.transfers)
        if key not in self._columns:
            if len(self._columns) > 10_000:
                self._columns.clear()
            self._columns[key] = tuple(
                column for column in self._form.columns if column.count in SUMS or _any(column, done)
            )
        return self._columns[key]

    def _disposition(
        self, row: Row, column: Column, number: int, root: int, whole: Known, unit: str, done: Disposition
    ) -> None:
        if column.count == "money":
            if amount := sum((Decimal(getattr(done, name)) for name in column.fields), Decimal(0)):
                cell = self._at(row, column, number)
                cell.money += amount
        elif column.count in ("licences", "persons"):
            if amount := getattr(done, column.count):
                self._at(row, column, number).number += amount
        else:
            match column.count:
                case "sellers":
                    self._key(row, column, whole.enterprise, number)
                    shops = self._at(row, column, number).shops.setdefault(whole.enterprise, {})
                    shops.setdefault(whole.shop, set()).add(number)
                case "sites":
                    self._key(row, column, whole.storefront.casefold(), number)
                case "matters":
                    self._key(row, column, root, number)
                case "times":
                    self._at(row, column, number).number += 1
                case "cases":
                    self._at(row, column, number)
                    named = self._cases.setdefault((row.id, column.id, root), set())
                    if case := done.case.strip():
                        named.add((unit, case))

    def _at(self, row: Row, column: Column, number: int) -> _Sum:
        cell = self._sums[row.id, column.id]
        cell.leads.add(number)
        return cell

    def _key(self, row: Row, column: Column, key: object, number: int) -> None:
        self._at(row, column, number).keys.add(key)

    def made(self) -> Counted:
        for (row, column, root), named in self._cases.items():
            self._sums[row, column].keys |= named or {root}
        cells = {
            (row.id, column.id): _cell(column, self._sums[row.id, column.id])
            for row in self._form.rows
            for column in self._form.columns
        }
        return Counted(
            cells=cells, unknown={word: tuple(sorted(leads)) for word, leads in sorted(self._unknown.items())},
            left=Left(others=tuple(sorted(self._left[True])), nobody=tuple(sorted(self._left[False]))),
        )  # fmt: skip


def _counts(column: Column, is_root: bool, one: Known, whole: Known, period: Period) -> bool:
    """Whether a lead makes its matter count in a column that asks for no disposition."""
    if column.count == "received":
        return is_root and _received(whole, period)
    return column.count == "reported" and one.reported is not None and one.reported >= period.begin


def _received(whole: Known, period: Period) -> bool:
    since = whole.confirmed if whole.source is LeadSource.OWN else whole.opened
    return since is not None and period.begin <= since < period.end


def asks(row: Row, source: LeadSource, done: Disposition | None, words: frozenset[str]) -> bool:
    if row.sources and source not in row.sources:
        return False
    if done is None:
        return not (row.stages or row.categories)
    return (
        (not row.stages or done.stage in row.stages)
        and (not row.categories or not words.isdisjoint(map(spelt, row.categories)))
        and words.isdisjoint(map(spelt, row.without))
    )


def _any(column: Column, done: Disposition) -> bool:
    return not set(done.measures).isdisjoint(column.measures) or not set(done.transfers).isdisjoint(column.transfers)


def _cell(column: Column, one: _Sum) -> Cell:
    leads = tuple(sorted(one.leads))
    if column.count in BY_HAND:
        return Cell(value=None)
    if column.count == "money":
        return Cell(value=wan(one.money), leads=leads)
    return Cell(value=len(one.keys) or one.number, leads=leads, together=tuple(_together(one)))


def _together(one: _Sum) -> Iterator[tuple[int, ...]]:
    """The leads of each enterprise that has several shops here."""
    found = (set[int]().union(*shops.values()) for shops in one.shops.values() if len(shops) > 1)
    return iter(sorted(tuple(sorted(leads)) for leads in found))
