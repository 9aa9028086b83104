"""Figures (统计数字) of a form: every cell's value, and the leads behind it.

Owns: what is counted and how often. Leaves to others: which row asks for what (``forms``), reading the book (``store``), what
people bring by hand (``hand``). Pure: leads and steps come in as streams, each is read once, and of a lead only some words
are held.

What a return counts, all in days of Beijing from ``since`` to ``until``, both included:

- **A matter** is a lead together with all leads merged into it (并入) as things stood at the end of ``until``; a merger undone
  by then never was. It has the source, seller and storefront of the lead that the others went into. What had been done with
  a merged lead counts with that one; the leads named behind a figure are those that the steps were taken with.
- ``received`` (线索数): matters sent by others that were opened in the time; the program's own ones only once a person
  confirmed them (first time in the time, and not dismissed or reopened since): what a program suspects is no lead yet.
- ``reported`` (反馈数): matters reported back in the time whose report was not sent back by ``until``.
- Everything else rests on dispositions (处置) taken in the time. Several of one lead add up, for each says what was added; none is
  ever taken back, sending a lead back (退回) included. A row looks at those of its stages and categories only.
- ``sellers`` (企业数): different enterprises with any of the measures: a seller that goes by a company's full name is one
  enterprise on however many storefronts (:func:`enterprise`); any other is one on each storefront.
- ``times`` (家次): dispositions with any of the measures.
- ``matters`` (件、线索数): matters with any of the measures or transfers, however often.
- ``cases`` (案件数): matters with any of the measures; several that name the same case number of the same unit are one case,
  and a matter that names several is several.
- ``sites`` (网站数): different storefronts with any of the transfers or measures.
- ``licences``, ``persons``: sums. ``money``: the exact sum of its fields in yuan, said in 万元 with two decimals (half up).
- ``hand``, ``text``: the program cannot know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from scanner import clock
from scanner.leads.returns.forms import BY_HAND, Column, Form, Row, Tags, spelt
from scanner.model import Act, Decision, Disposition, Lead, LeadSource
from scanner.registry.company.parts import take_apart
from scanner.registry.sellers import same_name

WAN = Decimal(10_000)
CENTS = Decimal("0.01")
Value = int | Decimal | str | None
Place = tuple[str, str]  # row, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days of Beijing, both included."""

    since: date
    until: date

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.since, time(), clock.BEIJING)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until + timedelta(days=1), time(), clock.BEIJING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure. ``value`` None: nobody gave one. Money in 万元. ``leads``: those behind it, by number; ``counted``: what the
    leads come to where people brought another figure."""

    value: Value
    leads: tuple[int, ...] = ()
    hand: bool = False
    counted: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The cells by (row, column), and products named in dispositions that no category goes by: word -> leads."""

    cells: Mapping[Place, Cell]
    unknown: Mapping[str, tuple[int, ...]]


@dataclass(slots=True)
class _Known:
    """What is held of a lead."""

    source: LeadSource
    enterprise: str
    storefront: str
    opened: datetime | None
    into: int = 0
    confirmed: datetime | None = None
    reported: datetime | None = None
    done: list[tuple[str, Disposition]] = field(default_factory=list)  # unit, what


def enterprise(lead: Lead) -> str:
    """What is one enterprise: a company's full name (its legal form shows that it is one) wherever it sells, else the name
    shown on one storefront, else the storefront.

    The name is levelled as in the register of sellers (:func:`same_name`); companies of one name and another place are two.
    """
    return _enterprise(lead.storefront, lead.seller)


@lru_cache(maxsize=100_000)
def _enterprise(storefront: str, seller: str) -> str:
    name = same_name(seller)
    return name if name and take_apart(seller).form else f"{storefront.casefold()}\n{name}"


def count(
    form: Form, leads: Iterable[Lead], steps: Iterable[Decision], period: Period, tags: Tags, *,
    who: Callable[[Lead], str] = enterprise,
) -> Counted:  # fmt: skip
    """The cells of a form. ``leads`` without findings, in any order; ``steps`` those before the period's end, of each lead
    oldest first; ``who``: what is one enterprise."""
    known = {lead.number: _Known(lead.source, who(lead), lead.storefront, lead.opened) for lead in leads}
    for step in steps:
        if step.when < period.end and (one := known.get(step.lead)) is not None:
            _take(one, step, period)
    tally = _Tally(form, tags)
    for number, one in known.items():
        tally.add(number, one, *_root(number, known), period)
    return tally.made()


def _take(one: _Known, step: Decision, period: Period) -> None:
    match step.act:
        case Act.CONFIRM:
            one.confirmed = one.confirmed or step.when
        case Act.DISMISS | Act.REOPEN:
            one.confirmed = None
        case Act.REPORT:
            one.reported = step.when
        case Act.RETURN:
            one.reported = None
        case Act.MERGE:
            one.into = step.other
        case Act.UNMERGE:
            one.into = 0
        case Act.DISPOSE if step.disposition is not None and step.when >= period.begin:
            one.done.append((step.unit, step.disposition))


def _root(number: int, known: Mapping[int, _Known]) -> tuple[int, _Known]:
    """The lead that a lead went into, at the end of the chain; what leads in a circle (the book allows none) stays itself."""
    seen = {number}
    at = number
    while (into := known[at].into) in known:
        if into in seen:
            return number, known[number]
        seen.add(into)
        at = into
    return at, known[at]


class _Sum:
    """One cell in the making."""

    __slots__ = ("keys", "leads", "money", "number")

    def __init__(self) -> None:
        self.keys: set[object] = set()
        self.leads: set[int] = set()
        self.money = Decimal(0)
        self.number = 0


class _Tally:
    def __init__(self, form: Form, tags: Tags) -> None:
        self._form, self._tags = form, tags
        self._sums = {(row.id, column.id): _Sum() for row in form.rows for column in form.columns}
        self._cases: dict[tuple[str, str, int], set[tuple[str, str]]] = {}
        self._unknown: dict[str, set[int]] = {}
        self._rows: dict[tuple[object, ...], tuple[Row, ...]] = {}
        self._words = {spelt(word) for row in form.rows for word in row.categories}
        self._by_product = bool(self._words)

    def add(self, number: int, one: _Known, root: int, whole: _Known, period: Period) -> None:
        """What a lead, part of the matter ``root``, brings."""
        for row in self._asking(whole.source, None):
            for column in self._form.columns:
                if _counts(column, number == root, one, whole, period):
                    self._key(row, column, root, number)
        for unit, done in one.done:
            if self._by_product and done.category.strip() and not self._named(done.category):
                self._unknown.setdefault(done.category.strip(), set()).add(number)
            for row in self._asking(whole.source, done):
                for column in self._form.columns:
                    self._disposition(row, column, number, root, whole, unit, done)

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
            self._rows[key] = tuple(row for row in self._form.rows if _asks(row, source, done, words))
        return self._rows[key]

    def _disposition(
        self, row: Row, column: Column, number: int, root: int, whole: _Known, unit: str, done: Disposition
    ) -> None:
        if column.count == "money":
            if amount := sum((Decimal(getattr(done, name)) for name in column.fields), Decimal(0)):
                cell = self._at(row, column, number)
                cell.money += amount
        elif column.count in ("licences", "persons"):
            if amount := getattr(done, column.count):
                self._at(row, column, number).number += amount
        elif _any(column, done):
            match column.count:
                case "sellers":
                    self._key(row, column, whole.enterprise, number)
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
            cells=cells, unknown={word: tuple(sorted(leads)) for word, leads in sorted(self._unknown.items())}
        )


def _counts(column: Column, is_root: bool, one: _Known, whole: _Known, period: Period) -> bool:
    """Whether a lead makes its matter count in a column that asks for no disposition."""
    if column.count == "received":
        return is_root and _received(whole, period)
    return column.count == "reported" and one.reported is not None and one.reported >= period.begin


def _received(whole: _Known, period: Period) -> bool:
    since = whole.confirmed if whole.source is LeadSource.OWN else whole.opened
    return since is not None and period.begin <= since < period.end


def _asks(row: Row, source: LeadSource, done: Disposition | None, words: frozenset[str]) -> bool:
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
    return Cell(value=len(one.keys) or one.number, leads=leads)


def wan(yuan: Decimal) -> Decimal:
    """Yuan as 万元 with two decimals, half up.

    >>> wan(Decimal("12050.00"))
    Decimal('1.21')
    """
    return (yuan / WAN).quantize(CENTS, ROUND_HALF_UP)


def placed(form: Form, cells: Mapping[Place, Cell]) -> Iterator[tuple[Row, Column, Cell]]:
    """The cells row by row."""
    for row in form.rows:
        for column in form.columns:
            yield row, column, cells[row.id, column.id]
