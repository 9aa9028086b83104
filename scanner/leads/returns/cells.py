"""Cells (格) of a form: what a figure is made of.

Owns: the values that counting, checks and paper share: days, a figure with the leads behind it, money in 万元. Leaves to others:
counting (``figures``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from scanner import clock
from scanner.leads.returns.forms import Column, Form, Row

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
    """One figure. ``value`` None: nobody gave one. Money in 万元. ``leads``: those behind it, by number; ``together``: of them
    those of one enterprise that has several shops, counted once; ``counted``: what the leads come to where people brought
    another figure."""

    value: Value
    leads: tuple[int, ...] = ()
    together: tuple[tuple[int, ...], ...] = ()
    hand: bool = False
    counted: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Leads, by number, of which something would have counted but was not the unit's whose figures were asked for: it was
    another's, or nobody's."""

    others: tuple[int, ...] = ()
    nobody: tuple[int, ...] = ()


NONE_LEFT = Left()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The cells by (row, column), and products named in dispositions that no category goes by: word -> leads."""

    cells: Mapping[Place, Cell]
    unknown: Mapping[str, tuple[int, ...]]
    left: Left = NONE_LEFT


def everyone(unit: str) -> bool:
    """Where nobody asks for one unit's figures: every unit's, and nobody's too."""
    return True


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
