"""What the book can count of each rule: findings, and what people decided of the leads these are in.

Owns: those queries. Leaves to others: what the figures mean (``tuning.stats``), the door (``book``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from scanner import clock
from scanner.store import codec
from scanner.store.file import File


class Figures(NamedTuple):
    """Of one rule: ``findings`` that stand, those first made since a day (``recent``), the last time one was made
    (None: never); ``leads`` that hold any of it, ``confirmed`` and ``dismissed`` ones among them."""

    rule: str
    findings: int
    recent: int
    last_found: datetime | None
    leads: int
    confirmed: int
    dismissed: int


def of_rules(file: File, recent: datetime, decided: datetime | None) -> Iterator[Figures]:
    """Every rule that ever found something, by id. ``recent``: since when findings are; ``decided``: only what people said
    since then counts; of each lead the newest (a unit's check on the spot says more than the review before it). A lead that was
    merged is not counted beside the one that holds its findings now."""
    sql = (
        "WITH decided AS (SELECT number AS lead, judged FROM leads WHERE judged <> '' AND state <> 'merged' AND judged_at >= ?), "
        "found AS (SELECT f.rule, sum(NOT fell) AS standing, sum(NOT fell AND f.first_seen >= ?) AS recent, "
        "max(f.first_seen) AS last FROM (SELECT rule, first_seen, id IN (SELECT finding FROM fallen) AS fell "
        "FROM findings) f GROUP BY f.rule), "
        "held AS (SELECT f.rule, count(DISTINCT g.lead) AS leads, "
        "count(DISTINCT CASE WHEN d.judged = 'confirmed' THEN g.lead END) AS confirmed, "
        "count(DISTINCT CASE WHEN d.judged = 'dismissed' THEN g.lead END) AS dismissed "
        "FROM lead_findings g JOIN findings f ON f.id = g.finding LEFT JOIN decided d ON d.lead = g.lead "
        "GROUP BY f.rule) "
        "SELECT found.rule, standing, recent, last, coalesce(leads, 0), coalesce(confirmed, 0), coalesce(dismissed, 0) "
        "FROM found LEFT JOIN held ON held.rule = found.rule ORDER BY found.rule"
    )
    since = codec.moment(decided) if decided is not None else ""
    for rule, standing, new, last, *held in file.rows(sql, (since, codec.moment(recent))):
        yield Figures(rule, standing, new, clock.parse(last), *held)


class Labels(NamedTuple):
    """What a lead is counted under: matter, severity (as of its gravest finding), and its rules, by name."""

    lead: int
    matter: str
    severity: str
    rules: tuple[str, ...]


def labels(file: File) -> Iterator[Labels]:
    """Of every lead, by number; a lead that others sent may have no rules."""
    sql = (
        "SELECT DISTINCT l.number, l.matter, l.severity, coalesce(f.rule, '') FROM leads l "
        "LEFT JOIN lead_findings g ON g.lead = l.number LEFT JOIN findings f ON f.id = g.finding ORDER BY l.number, f.rule"
    )
    for (number, matter, severity), rows in groupby(file.rows(sql), key=lambda row: row[:3]):
        yield Labels(number, matter, severity, tuple(rule for *_, rule in rows if rule))


def pages_since(file: File, day: datetime) -> int:
    """How many listings and sellers' pages were seen since then."""
    at = codec.moment(day)
    row = file.one(
        "SELECT (SELECT count(*) FROM listings WHERE last_seen >= ?) + (SELECT count(*) FROM sellers WHERE last_seen >= ?)",
        (at, at),
    )
    return 0 if row is None else int(row[0])
