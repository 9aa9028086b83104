"""What all returns of a command rest on: the home's book, opened once, and who is one enterprise in it.

Owns: asking the book for leads and steps, so that several forms of one paper are counted alike. Leaves to others: what is counted
(``leads.returns``), who is one enterprise (``leads.same``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from scanner.home import Home
    from scanner.leads.returns.cells import Counted, Period
    from scanner.leads.returns.forms import Form, Tags
    from scanner.leads.returns.overview import Overview
    from scanner.leads.same.enterprises import Enterprises
    from scanner.store.book import Book


@dataclass(frozen=True, slots=True)
class Counting:
    """An open book, asked for the figures of some days."""

    book: Book
    period: Period
    tags: Tags
    who: Enterprises

    def figures(self, form: Form) -> Counted:
        from scanner.leads.returns import figures

        leads = (one.lead for one in self.book.counted_leads())
        steps = self.book.steps(before=self.period.end, acts=figures.ASKED)
        return figures.count(form, leads, steps, self.period, self.tags, who=self.who)

    def overview(self) -> Overview:
        from scanner.leads.returns.overview import overview

        return overview(
            (one.lead for one in self.book.counted_leads()), self.book.steps(before=self.period.end), self.period
        )


@contextmanager
def counting(ctx: typer.Context, period: Period) -> Iterator[Counting]:
    """The figures of the chosen home. What a killed process had written into the journal only is booked first."""
    from scanner.home import shipped_rules
    from scanner.leads.returns.forms import Tags
    from scanner.leads.same.book import enterprises
    from scanner.leads.same.enterprises import Shop

    home = console.home_of(ctx)
    mended(home)
    with opening.book(ctx) as book:
        shops = {Shop(one.lead.storefront, one.lead.seller) for one in book.counted_leads()}
        yield Counting(book, period, Tags.load(shipped_rules(), home.rules), enterprises(book, shops))


def mended(home: Home) -> None:
    """What a killed process had written into the journal only is booked first: a return may not miss a step. StoreError where
    another process is just writing steps."""
    from scanner.casework import unfinished
    from scanner.casework.desk import opened

    if home.book.exists() and (home.root / unfinished.NAME).exists():
        with opened(home):
            pass  # opening mends
