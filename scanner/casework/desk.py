"""The desk: an open home in which people work on leads.

Owns: the order of a step (checked against the book, journal line on disk, then the book), several steps as one batch, and
telling of each what came of it. Leaves to others: whether it may be taken (``leads.planning``), lines (``lines``), what a
kill left (``unfinished``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from scanner import clock
from scanner.casework import lines, unfinished
from scanner.errors import QingwangError, StoreError, UsageError
from scanner.evidence import rehearsal
from scanner.evidence.journal.file import Journal
from scanner.home import Home, shipped_rules
from scanner.leads import clocks, planning
from scanner.leads.order import Order
from scanner.leads.routing import units
from scanner.leads.routing.units import Units
from scanner.model import Decision
from scanner.store.book import Book

BATCH = 200  # steps between two waits for the disk


class Done(NamedTuple):
    """What came of an order: the step, or why there is none."""

    order: Order
    decision: Decision | None
    error: QingwangError | None


class Desk:
    """A home open for casework; made by :func:`opened`."""

    def __init__(self, home: Home, book: Book, journal: Journal) -> None:
        self.home, self.book, self.journal = home, book, journal
        self._config = home.config()
        self.operator = self._config.operator
        self._world = planning.World(
            terms=clocks.load(shipped_rules(), home.rules),
            unit=self._unit,
            lead=book.lead,
            free=book.next_lead,
            double=self._double,
        )

    def take(self, order: Order) -> Decision:
        """Take one step; it is kept for good when this returns. Raises what keeps it from being taken."""
        (done,) = self.take_all([order])
        if done.error is not None:
            raise done.error
        assert done.decision is not None
        return done.decision

    def take_all(self, orders: Iterable[Order]) -> Iterator[Done]:
        """Take many steps, each on its own: what may not be taken is told and the others are. Raises SealError or StoreError
        where the disk fails; what was told before is kept."""
        for some in _batches(orders):
            yield from self._batch(some)

    def _batch(self, orders: Sequence[Order]) -> list[Done]:
        done = []
        with unfinished.together(self.home, self.book, self.journal) as tell:
            for order in orders:
                try:
                    with self.book.attempt():
                        decision, data = self._plan(order)
                        self.book.decide(decision)
                except (UsageError, StoreError) as error:
                    done.append(Done(order, None, error))
                else:
                    tell(lines.DECISION, data)
                    done.append(Done(order, decision, None))
        return done

    @cached_property
    def units(self) -> Units:
        """The units that a lead can be handed to; read when one is first."""
        return units.load(shipped_rules(), self.home.rules)

    def _unit(self, word: str) -> str:
        return self.units.get(word).id

    def _double(self, unit: str) -> bool:
        return self.units.get(unit).double_review if unit else self._config.double_review

    def _plan(self, order: Order) -> tuple[Decision, dict[str, object]]:
        if not order.who:
            order = order.model_copy(update={"who": self.operator})
        number = order.lead or self.book.referenced(order.reference)
        lead = self.book.lead(number)
        known = planning.Known(lead=lead, steps=self.book.decisions(number), pairs=self.book.revisits(number))
        decision = planning.plan(order, known, self._world, clock.now())
        if known.steps and decision.when == known.steps[-1].when:  # two of one lead in a millisecond are two
            decision = replace(decision, when=decision.when + timedelta(milliseconds=1))
        return decision, lines.of(decision, lead)


@contextmanager
def opened(home: Home, *, new: bool = False) -> Iterator[Desk]:
    """The desk of a home that has a book (``new``: one is made); what a killed process left is mended first. UsageError where
    the home has no book, StoreError where another process writes."""
    if not (new or home.book.exists()):
        raise UsageError("这个数据目录里还没有数据", where=str(home.root), hint="检查 --home，或者先运行 scan、import")
    mark = rehearsal.mark_of(home)
    with home.lock(), Book.open(home.book) as book, Journal.open(home.journal, mark=mark) as journal:
        unfinished.mend(home, book)
        yield Desk(home, book, journal)


def _batches(orders: Iterable[Order]) -> Iterator[list[Order]]:
    rest = iter(orders)
    while some := list(islice(rest, BATCH)):
        yield some
