"""What all returns of a command rest on: the home's book, opened once, whose figures are asked for, who is one enterprise.

Owns: asking the book for leads and steps, so that several forms of one paper are counted alike; ``--unit``. Leaves to others: what
is counted and what belongs to a unit (``leads.returns``), who is one enterprise (``leads.same``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from scanner.home import Home
    from scanner.leads.returns.cells import Counted, Left, Period
    from scanner.leads.returns.forms import Form, Tags
    from scanner.leads.returns.overview import Overview
    from scanner.leads.returns.scope import Scope
    from scanner.leads.routing.units import Units
    from scanner.leads.same.enterprises import Enterprises
    from scanner.store.book import Book


@dataclass(frozen=True, slots=True)
class Counting:
    """An open book, asked for the figures of some days. ``scope``: of one unit only."""

    book: Book
    period: Period
    tags: Tags
    who: Enterprises
    scope: Scope | None

    def within(self, unit: str) -> bool:
        """Whether what a unit did counts, by its id."""
        return self.scope is None or self.scope.has(unit)

    def figures(self, form: Form) -> Counted:
        from scanner.leads.returns import figures

        leads = (one.lead for one in self.book.counted_leads())
        steps = self.book.steps(before=self.period.end, acts=figures.ASKED)
        return figures.count(form, leads, steps, self.period, self.tags, who=self.who, within=self.within)

    def overview(self) -> Overview:
        from scanner.leads.returns.overview import overview

        leads = (one.lead for one in self.book.counted_leads())
        return overview(leads, self.book.steps(before=self.period.end), self.period, self.within)


@contextmanager
def counting(ctx: typer.Context, period: Period, unit: str = "") -> Iterator[Counting]:
    """The figures of the chosen home, or of one unit in it. What a killed process had written into the journal only is booked
    first."""
    from scanner.home import shipped_rules
    from scanner.leads.returns.forms import Tags
    from scanner.leads.same.book import enterprises
    from scanner.leads.same.enterprises import Shop

    home = console.home_of(ctx)
    own = scope_of(home, unit)
    mended(home)
    with opening.book(ctx) as book:
        shops = {Shop(one.lead.storefront, one.lead.seller) for one in book.counted_leads()}
        yield Counting(book, period, Tags.load(shipped_rules(), home.rules), enterprises(book, shops), own)


def units_of(home: Home) -> Units:
    from scanner.home import shipped_rules
    from scanner.leads.routing import units

    return units.load(shipped_rules(), home.rules)


def scope_of(home: Home, unit: str) -> Scope | None:
    """What belongs to a unit by its id, name or area code; None where none is named. Raises UsageError where there is none such."""
    from scanner.leads.returns.scope import scope

    if not unit:
        return None
    units = units_of(home)
    return scope(units.get(unit), units)


def told(own: Scope | None, left: Left) -> dict[str, Any] | None:
    """A filter for machines; None where there is none."""
    if own is None:
        return None
    return {
        "unit": own.unit.id, "name": own.unit.name, "below": [one.id for one in own.below],
        "inside": [one.id for one in own.inside], "others": left.others, "nobody": left.nobody,
    }  # fmt: skip


def mended(home: Home) -> None:
    """What a killed process had written into the journal only is booked first: a return may not miss a step. StoreError where
    another process is just writing steps."""
    from scanner.casework import unfinished
    from scanner.casework.desk import opened

    if home.book.exists() and (home.root / unfinished.NAME).exists():
        with opened(home):
            pass  # opening mends
