"""Findings and their second looks in the book.

Owns: the queries on ``findings``, ``proofs`` and ``rejudged``; what happens when the same finding is judged again. Leaves
to others: leads (``store.leads``), the transaction (``file``) and the door (``book``).

A finding is never deleted. One that today's rules no longer make is noted in ``rejudged``, and so is its return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from sqlite_utils import Database

from scanner import clock
from scanner.model import Finding, Proof, SecondLook
from scanner.store import codec
from scanner.store.file import File

# The look that counts: the latest that saw the page; "not reached" only where no look ever did.
_PROOFS = (
    "SELECT f.data, f.capture, coalesce(p.second_look, 'none'), coalesce(p.capture, '') FROM findings f "
    "LEFT JOIN proofs p ON p.number = (SELECT q.number FROM proofs q WHERE q.finding = f.id "
    "ORDER BY q.second_look = 'not_reached', q.number DESC LIMIT 1)"
)

Fall = Literal["gone", "replaced"]


class Rejudged(NamedTuple):
    """A finding that no longer stands: by which rulebook, since when; ``replaced``: one of another gravity stands."""

    finding: str
    outcome: Fall
    rulebook: str
    time: datetime


def save(file: File, findings: Iterable[Finding], capture: str, time: datetime, rulebook: str) -> None:
    """Keep findings of one capture. The first capture stays the evidence.

    A finding judged again later is the same finding. Only when it then stands on other grounds (another verdict,
    severity or standing: a register was brought up to date) does the new judgement, with its capture, take its place.
    Earlier ones of the same rule on the same words, made by another version of it, are noted as replaced.
    """
    at = codec.moment(time)
    with file.write() as db:
        known = "SELECT 1 FROM findings WHERE subject_id = ? AND version = ? LIMIT 1"
        fresh: dict[tuple[str, str], bool] = {}  # of what was never found before, nothing can return or be replaced
        for f in findings:
            if (page := (f.subject_id, f.version)) not in fresh:
                fresh[page] = db.execute(known, page).fetchone() is None
            standing = " ".join(f.standing.standing) if f.standing is not None else ""
            db.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, severity = excluded.severity, "
                "grounds = excluded.grounds, capture = excluded.capture, rulebook = excluded.rulebook, "
                "judged = excluded.judged, data = excluded.data "
                "WHERE grounds <> excluded.grounds AND judged <= excluded.judged",
                (
                    f.id, f.rule, f.kind.value, f.verdict.value, f.severity.value, f.subject, f.subject_id, f.version,
                    codec.column(f.field), codec.column(f.quote), f"{f.verdict} {f.severity} {standing}",
                    capture, rulebook, at, at, codec.dump(f),
                ),
            )  # fmt: skip
            if not fresh[page]:
                _settled(db, f, rulebook, at)


def _settled(db: Database, finding: Finding, rulebook: str, at: str) -> None:
    """Note that the finding stands again, where it had fallen, and that it replaces what other versions of its rule made."""
    db.execute(
        "INSERT INTO rejudged (finding, outcome, rulebook, time) "
        "SELECT finding, 'stands', ?, ? FROM fallen WHERE finding = ?",
        (rulebook, at, finding.id),
    )
    db.execute(
        "INSERT INTO rejudged (finding, outcome, rulebook, time) SELECT f.id, 'replaced', ?, ? FROM findings f "
        "WHERE f.subject_id = ? AND f.version = ? AND +f.rule = ? AND f.field = ? AND f.quote = ? AND f.id <> ? "
        "AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id)",
        (rulebook, at, *place(finding), finding.id),
    )


def place(finding: Finding) -> tuple[str, ...]:
    """Which words of which page a finding is about, whatever the version of its rule: the values for ``subject_id``,
    ``version``, ``+rule``, ``field``, ``quote``. The plus keeps SQLite from the index on rules: a page has few findings, a
    rule has a hundred thousand."""
    field, quote = codec.column(finding.field), codec.column(finding.quote)
    return finding.subject_id, finding.version, finding.rule, field, quote


def fell(file: File, findings: Iterable[str], outcome: Fall, rulebook: str, time: datetime) -> None:
    """Note that findings, by id, no longer stand under ``rulebook``. Noted twice it is noted once."""
    with file.write() as db:
        for finding in findings:
            db.execute(
                "INSERT INTO rejudged (finding, outcome, rulebook, time) SELECT f.id, ?, ?, ? FROM findings f "
                "WHERE f.id = ? AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id)",
                (outcome, rulebook, codec.moment(time), finding),
            )


def fallen(file: File, lead: int) -> list[Rejudged]:
    """The findings of a lead that no longer stand."""
    sql = (
        "SELECT x.finding, x.outcome, x.rulebook, x.time FROM lead_findings g JOIN fallen x ON x.finding = g.finding "
        "WHERE g.lead = ? ORDER BY x.time, x.finding"
    )
    return [Rejudged(f, outcome, rules, clock.parse(at)) for f, outcome, rules, at in file.rows(sql, (lead,))]


def standing(file: File, subject: str, version: str) -> list[Finding]:
    """The findings of one version of a listing or seller's page that still stand, in the order they were first seen."""
    sql = (
        "SELECT f.data FROM findings f WHERE f.subject_id = ? AND f.version = ? "
        "AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id) ORDER BY f.first_seen, f.id"
    )
    return [codec.load(Finding, data) for (data,) in file.all(sql, (subject, version))]


class Decided(NamedTuple):
    """A finding that stands, what was decided of the latest lead it is in, and when its capture was made."""

    finding: Finding
    state: Literal["confirmed", "dismissed", "open"]
    captured: datetime


def decided(file: File, rule: str) -> Iterator[Decided]:
    """The findings of a rule that stand and are in a lead, with what people last said of it."""
    sql = (
        "SELECT f.data, CASE l.judged WHEN '' THEN 'open' ELSE l.judged END, coalesce(k.time, f.first_seen) "
        "FROM findings f JOIN leads l ON l.number = (SELECT g.lead FROM lead_findings g JOIN leads m ON m.number = g.lead "
        "WHERE g.finding = f.id ORDER BY m.state = 'merged', g.lead DESC LIMIT 1) "
        "LEFT JOIN captures k ON k.id = f.capture "
        "WHERE f.rule = ? AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id) ORDER BY f.first_seen, f.id"
    )
    for data, state, time in file.rows(sql, (rule,)):
        yield Decided(codec.load(Finding, data), state, clock.parse(time))


def look_again(file: File, finding: str, look: SecondLook, capture: str) -> None:
    """Note what a second look at a finding saw. Looks are added, never replaced."""
    with file.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO proofs (finding, second_look, capture) VALUES (?, ?, ?)",
            (finding, look.value, capture),
        )


def second_captures(file: File) -> frozenset[str]:
    """The captures that second looks made."""
    return frozenset(row[0] for row in file.rows("SELECT DISTINCT capture FROM proofs WHERE capture <> ''"))


def rules(file: File) -> frozenset[str]:
    """The rules that ever found something."""
    return frozenset(row[0] for row in file.rows("SELECT DISTINCT rule FROM findings"))


def proofs(
    file: File, *, subject: str | None = None, version: str | None = None, rule: str | None = None,
    id: str | None = None,
) -> Iterator[Proof]:  # fmt: skip
    """Findings with their captures, in the order they were first seen."""
    wanted = {"f.subject_id": subject, "f.version": version, "f.rule": rule, "f.id": id}
    for row in file.select(_PROOFS, wanted, "ORDER BY f.first_seen, f.id"):
        yield _proof(row)


def of_crawl(file: File, crawl: str) -> Iterator[Finding]:
    """The findings that stand of what a crawl's captures showed, in the order they were first seen. One that an earlier
    crawl made of the same version rests on that crawl's capture, and is this one's too."""
    sql = (
        "SELECT f.data FROM findings f WHERE (f.subject_id, f.version) IN (SELECT g.subject, g.version FROM captures k "
        "JOIN sightings g ON g.capture = k.id WHERE k.crawl = ?) "
        "AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id) ORDER BY f.first_seen, f.id"
    )
    for (data,) in file.rows(sql, (crawl,)):
        yield codec.load(Finding, data)


def of_lead(file: File, number: int) -> Iterator[Proof]:
    """The findings gathered in a lead."""
    sql = f"{_PROOFS} JOIN lead_findings g ON g.finding = f.id WHERE g.lead = ? ORDER BY f.first_seen, f.id"
    for row in file.rows(sql, (number,)):
        yield _proof(row)


def _proof(row: tuple[str, ...]) -> Proof:
    data, capture, look, second = row
    return Proof(
        finding=codec.load(Finding, data), capture=capture, second_look=SecondLook(look), second_capture=second
    )
