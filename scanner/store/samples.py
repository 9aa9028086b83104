"""Blind samples of pages in the book, and what reviewers said of each page.

Owns: the queries on ``samples`` and ``reviews``; which pages there are to draw from. Leaves to others: drawing and what the
answers come to (``tuning.quality``), the journal line before (``casework.blind``), the door (``book``).

A page here is a listing in the version in which it was last seen (within the period and place asked for): seen a hundred
times it is one page. The rules have ``found`` something on it where a finding of that version stands that is a violation or a
suspicion; one that is ``unverified`` opens no lead and counts for nothing. Neither table is ever altered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from scanner.errors import UsageError
from scanner.store import codec
from scanner.store.file import File

Answer = Literal["clean", "violation", "cannot_say"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
Strata = Literal["none", "storefront", "category"]


class Page(NamedTuple):
    """A page that can be drawn: listing and version, the last capture (id) that showed it, what the rules said."""

    listing: str
    version: str
    capture: str
    storefront: str
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindPage:
    """A page that was drawn. ``item``: its number in the sample, from 1; ``found``: what reviewers may not see."""

    item: int
    listing: str
    version: str
    capture: str
    stratum: str
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the population that was drawn from by itself, and how many pages of it are clean and found."""

    name: str
    clean: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSample:
    """A drawing. ``seed``, the filters and the pages then in the book make it again: ``population`` is the SHA-256 over
    these pages. ``since`` and ``until``: when pages were seen, None: whenever."""

    number: int
    when: datetime
    who: str
    seed: str
    stratify: Strata
    storefront: str
    campaign: str
    since: datetime | None
    until: datetime | None
    population: str
    strata: tuple[Stratum, ...]
    pages: tuple[BlindPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody said of a page without knowing what the rules say. ``rule`` and ``matter``: of a violation, what it is."""

    sample: int
    item: int
    verdict: Answer
    who: str
    when: datetime
    rule: str = ""
    matter: str = ""
    note: str = ""


def population(
    file: File, *, storefront: str = "", campaign: str = "", since: datetime | None = None, until: datetime | None = None
) -> Iterator[Page]:  # fmt: skip
    """The pages there are, by listing. ``since`` counts, ``until`` does not."""
    # Of an aggregate with max() SQLite takes the other columns from the row that has it; the capture and the version settle
    # what was seen at the same time.
    sql = (
        "SELECT g.subject, g.version, g.capture, g.storefront, EXISTS (SELECT 1 FROM findings f WHERE f.subject_id = g.subject "
        "AND f.version = g.version AND f.verdict <> 'unverified' "
        "AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id)) "
        "FROM (SELECT g.subject, g.version, g.capture, l.storefront, max(g.time || ' ' || g.capture || ' ' || g.version) "
        "FROM sightings g JOIN listings l ON l.id = g.subject WHERE g.kind = 'listing' AND (?1 = '' OR l.storefront = ?1) "
        "AND (?2 = '' OR g.capture IN (SELECT k.id FROM campaigns n JOIN captures k ON k.crawl = n.crawl WHERE n.campaign = ?2)) "
        "AND g.time >= ?3 AND (?4 = '' OR g.time < ?4) GROUP BY g.subject) g ORDER BY g.subject"
    )
    after, before = ("" if one is None else codec.moment(one) for one in (since, until))
    for listing, version, capture, shop, found in file.rows(
        sql, (codec.column(storefront), codec.column(campaign), after, before)
    ):
        yield Page(listing, version, capture, shop, bool(found))


def save(file: File, sample: BlindSample) -> None:
    """Keep a drawing. On disk when this returns. The same drawing twice is one."""
    with file.write(durable=True) as db:
        row = (sample.number, codec.moment(sample.when), codec.column(codec.dump(sample)))
        db.execute("INSERT OR IGNORE INTO samples (number, time, data) VALUES (?, ?, ?)", row)


def review(file: File, said: Review) -> None:
    """Keep an answer. On disk when this returns. The same answer twice is one."""
    with file.write(durable=True) as db:
        row = (said.sample, said.item, codec.column(said.who), codec.moment(said.when), codec.column(codec.dump(said)))
        db.execute("INSERT OR IGNORE INTO reviews (sample, item, who, time, data) VALUES (?, ?, ?, ?, ?)", row)


def one(file: File, number: int) -> BlindSample:
    """A drawing. Raises UsageError where there is none of that number."""
    row = file.one("SELECT data FROM samples WHERE number = ?", (number,))
    if row is None:
        raise UsageError(
            f"没有 {number} 号抽样", where="SAMPLE", hint="用 quality stats 查看，或者用 quality sample 抽取"
        )
    return codec.load(BlindSample, row[0])


def every(file: File, since: datetime | None = None, until: datetime | None = None) -> Iterator[BlindSample]:
    """All drawings of a time, the newest first."""
    after, before = ("" if one is None else codec.moment(one) for one in (since, until))
    sql = "SELECT data FROM samples WHERE time >= ? AND (? = '' OR time < ?) ORDER BY number DESC"
    for (data,) in file.rows(sql, (after, before, before)):
        yield codec.load(BlindSample, data)


def reviews(file: File, number: int) -> list[Review]:
    """Every answer on a drawing, in the order they were given."""
    rows = file.rows("SELECT data FROM reviews WHERE sample = ? ORDER BY number", (number,))
    return [codec.load(Review, data) for (data,) in rows]


def next_number(file: File) -> int:
    """The number that a new drawing will have."""
    row = file.one("SELECT coalesce(max(number), 0) + 1 FROM samples")
    assert row is not None
    return int(row[0])
