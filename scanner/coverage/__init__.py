"""Coverage (覆盖情况): of the sellers in the register of sellers, who was visited when, with what outcome; who never.

    found = coverage(sellers(register.store), book, since=day)
    found.looked_at, found.of, found.sellers

Owns: the answer's shape, what the visits of a seller come to, and the order (who is overdue first). Leaves to others: the
register (``registry.sellers``), which captures are visits of which seller (``matching``), counting them (``counting``), and
printing (``cli``). Pure but for the book it reads.

What counts as looked at is a page that was read. A wall (login, slider, firewall) is a visit that saw nothing, and so is a
host that did not answer: these are answers of their own and never "looked at".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from scanner import clock
from scanner.coverage.counting import Counted, LastCrawl, count
from scanner.coverage.matching import Match, owners
from scanner.registry.sellers import ListedSeller
from scanner.store.book import Book
from scanner.store.crawls import SHUT

Answer = Literal["read", "shut", "failed", "never"]
ANSWERS: tuple[Answer, ...] = ("read", "shut", "failed", "never")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSeller:
    """A seller of the register and what was seen of it. ``answer``: what all its visits came to; ``looked_at``: the last
    page that was read; ``due``: none was since the day asked for; ``last``: the last crawl that touched it. ``leads``:
    those that are not ended."""

    name: str
    uscc: str
    areas: tuple[str, ...]
    platforms: tuple[str, ...]
    shops: tuple[str, ...]
    addresses: tuple[str, ...]
    answer: Answer
    due: bool
    looked_at: datetime | None
    matched: tuple[Match, ...]
    last: LastCrawl | None
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All sellers, who is overdue first. ``looked_at`` of ``of`` were since the day ``since`` (Beijing)."""

    since: date
    of: int
    looked_at: int
    answers: Mapping[str, int]
    sellers: tuple[CoveredSeller, ...]

    @property
    def due(self) -> int:
        return self.of - self.looked_at

    @property
    def share(self) -> float:
        """Of 1; 0 where the register names nobody."""
        return self.looked_at / self.of if self.of else 0.0


def coverage(listed: Sequence[ListedSeller], book: Book | None, *, since: date) -> Coverage:
    """What the book knows of the sellers listed; all were never visited where there is no book yet."""
    begin = datetime.combine(since, time(), clock.BEIJING)
    counted = [Counted()] * len(listed) if book is None else count(book, owners(listed, book), len(listed))
    found = [_covered(seller, one, begin) for seller, one in zip(listed, counted, strict=True)]
    answers = Counter(one.answer for one in found)
    return Coverage(
        since=since, of=len(found), looked_at=sum(not one.due for one in found),
        answers={answer: answers[answer] for answer in ANSWERS}, sellers=tuple(sorted(found, key=_urgency)),
    )  # fmt: skip


def year_before(day: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _covered(seller: ListedSeller, counted: Counted, begin: datetime) -> CoveredSeller:
    looked_at = clock.parse(counted.looked_at) if counted.looked_at else None
    return CoveredSeller(
        name=seller.name, uscc=seller.uscc, areas=seller.areas,
        platforms=tuple(dict.fromkeys(row.platform for row in seller.rows if row.platform)),
        shops=tuple(dict.fromkeys(row.shop for row in seller.rows if row.shop)), addresses=seller.addresses,
        answer=_answer(counted), due=looked_at is None or looked_at < begin, looked_at=looked_at,
        matched=counted.matched, last=counted.last, leads=counted.leads,
    )  # fmt: skip


def _answer(counted: Counted) -> Answer:
    if not counted.outcomes:
        return "never"
    if counted.looked_at:
        return "read"
    return "shut" if counted.outcomes.intersection(SHUT) else "failed"


def _urgency(one: CoveredSeller) -> tuple[int, datetime, str]:
    """Never visited, then never looked at, then what was looked at longest ago."""
    stages = {"never": 0, "failed": 1, "shut": 1, "read": 2}
    last = one.last.time if one.last is not None else datetime.min.replace(tzinfo=clock.BEIJING)
    return stages[one.answer], one.looked_at or last, one.name
