"""Leads and decisions in the book.

Owns: the queries on ``leads``, ``lead_findings`` and ``decisions``; when findings join a lead, open a new one, or
open none. Leaves to others: gathering findings into drafts (``leads.gather``), which step may follow which
(``leads.states``), the transaction (``file``) and the door (``book``).

When a draft comes in, its findings join the seller's live lead in the matter, or open a new one. Left out are:

- findings an ended lead held when it ended: what was dealt with opens nothing, unless it is judged graver now;
- what a person dismissed: the same rule on the same words of the same page, judged no graver than then, is the same
  false alarm, though a new price gave the page a new version.

Findings that are ``unverified`` only (something could not be checked) join a lead but open none: they are no reason
to call on a seller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scanner import clock
from scanner.errors import StoreError, UsageError
from scanner.model import Decision, Finding, Lead, Matter, Severity, Verdict
from scanner.store import codec, findings
from scanner.store.draft import ENDED, VERDICTS, Draft, gravest, rank, weight
from scanner.store.file import File

_LEADS = "SELECT l.number, l.storefront, l.seller, l.matter, l.severity, l.verdict, l.state, l.opened FROM leads l"


def merge(file: File, drafts: Iterable[Draft], opened: datetime) -> list[Lead]:
    """Open or extend leads. Returns the leads that hold the drafts' findings now, gravest first."""
    with file.write():
        numbers = attach(file, drafts, opened)
        held = [lead for lead in (one(file, number) for number in sorted(numbers)) if lead is not None]
    return sorted(held, key=lambda lead: weight(lead.verdict, lead.severity), reverse=True)


def attach(file: File, drafts: Iterable[Draft], opened: datetime) -> set[int]:
    """As :func:`merge`, but only the leads' numbers: of many drafts in turn, the leads grow large."""
    numbers: set[int] = set()
    with file.write() as db:
        for draft in drafts:
            _attach(db, draft, codec.moment(opened))
            numbers |= _holding(db, draft)
    return numbers


def _attach(db: Database, draft: Draft, at: str) -> None:
    """Put the draft's findings where they belong."""
    row = db.execute(
        "SELECT number FROM leads WHERE seller_key = ? AND matter = ? AND live", (codec.column(draft.key), draft.matter)
    ).fetchone()
    joining = [f for f in draft.findings if not _dealt_with(db, f) and not _dismissed(db, draft, f)]
    number = row[0] if row is not None else _open(db, draft, joining, at)
    if number is None:
        return
    db.conn.executemany(
        "INSERT INTO lead_findings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET verdict = excluded.verdict",
        [(number, f.id, f.verdict.value, at) for f in joining],
    )
    _weigh(db, number)


def _open(db: Database, draft: Draft, joining: list[Finding], at: str) -> int | None:
    if all(f.verdict is Verdict.UNVERIFIED for f in joining):
        return None
    severity, verdict = gravest(tuple(joining))
    made = db.execute(
        "INSERT INTO leads (seller_key, storefront, seller, matter, severity, verdict, state, live, opened) "
        "VALUES (?, ?, ?, ?, ?, ?, 'open', 1, ?)",
        (
            codec.column(draft.key), codec.column(draft.storefront), codec.column(draft.seller), draft.matter.value,
            severity.value, verdict.value, at,
        ),
    )  # fmt: skip
    return made.lastrowid


def _dealt_with(db: Database, finding: Finding) -> bool:
    """Whether an ended lead held the finding, judged as gravely as now, by whatever version of the rule."""
    rows = db.execute(
        "SELECT g.verdict FROM findings f JOIN lead_findings g ON g.finding = f.id JOIN leads l ON l.number = g.lead "
        "WHERE f.subject_id = ? AND f.version = ? AND +f.rule = ? AND f.field = ? AND f.quote = ? AND NOT l.live",
        findings.place(finding),
    )
    return any(_as_grave(verdict, finding) for (verdict,) in rows)


def _as_grave(then: str, finding: Finding) -> bool:
    return VERDICTS.index(Verdict(then)) >= VERDICTS.index(finding.verdict)


def _holding(db: Database, draft: Draft) -> set[int]:
    """The leads, ended ones too, that hold the draft's findings (of each the latest)."""
    sql = "SELECT max(lead) FROM lead_findings WHERE finding = ?"
    rows = (db.execute(sql, (f.id,)).fetchone() for f in draft.findings)
    return {number for (number,) in rows if number is not None}


def _dismissed(db: Database, draft: Draft, finding: Finding) -> bool:
    rows = db.execute(
        "SELECT g.verdict FROM leads l JOIN lead_findings g ON g.lead = l.number JOIN findings f ON f.id = g.finding "
        "WHERE l.seller_key = ? AND l.matter = ? AND l.state = 'dismissed' "
        "AND f.subject_id = ? AND f.rule = ? AND f.field = ? AND f.quote = ?",
        (
            codec.column(draft.key), draft.matter.value, finding.subject_id, finding.rule,
            codec.column(finding.field), codec.column(finding.quote),
        ),
    )  # fmt: skip
    return any(_as_grave(verdict, finding) for (verdict,) in rows)


def _weigh(db: Database, number: int) -> None:
    """Severity and verdict of a live lead are those of its gravest finding as judged now. What no longer stands does
    not count while nobody has confirmed the lead; where nothing stands any more, all of it stays as it was."""
    held = db.execute(
        "SELECT f.verdict, f.severity FROM findings f JOIN lead_findings g ON g.finding = f.id "
        "JOIN leads l ON l.number = g.lead WHERE g.lead = ? "
        "AND (l.state <> 'open' OR NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id))",
        (number,),
    ).fetchall()
    if held:
        verdict, severity = max(held, key=lambda row: weight(Verdict(row[0]), Severity(row[1])))
        db.execute("UPDATE leads SET severity = ?, verdict = ? WHERE number = ?", (severity, verdict, number))


def weigh(file: File, fell: Iterable[str]) -> None:
    """Weigh the live leads again that hold these findings, by id."""
    with file.write() as db:
        sql = "SELECT g.lead FROM lead_findings g JOIN leads l ON l.number = g.lead WHERE g.finding = ? AND l.live"
        for number in sorted({row[0] for finding in fell for row in db.execute(sql, (finding,))}):
            _weigh(db, number)


def leads(
    file: File, *, state: str | None = None, matter: Matter | None = None, severity: Severity | None = None,
    verdict: Verdict | None = None, storefront: str | None = None, limit: int | None = None,
) -> Iterator[Lead]:  # fmt: skip
    """Leads by number, with their findings, gravest first."""
    wanted = {
        "l.state": state, "l.matter": matter, "l.severity": severity, "l.verdict": verdict, "l.storefront": storefront
    }  # fmt: skip
    for row in file.select(_LEADS, wanted, "ORDER BY l.number", limit):
        yield _lead(file, row)


def one(file: File, number: int) -> Lead | None:
    row = file.one(f"{_LEADS} WHERE l.number = ?", (number,))
    return None if row is None else _lead(file, row)


def _lead(file: File, row: tuple[Any, ...]) -> Lead:
    number, storefront, seller, matter, severity, verdict, state, opened = row
    held = sorted((proof.finding for proof in findings.of_lead(file, number)), key=rank)
    return Lead(
        number=number, storefront=storefront, seller=seller, matter=Matter(matter), severity=Severity(severity),
        verdict=Verdict(verdict), state=state, opened=clock.parse(opened), findings=tuple(held),
    )  # fmt: skip


def decide(file: File, decision: Decision) -> None:
    """Add a decision; it sets the lead's state. On disk when this returns. The same decision twice is one."""
    with file.write(durable=True) as db:
        if db.execute("SELECT 1 FROM leads WHERE number = ?", (decision.lead,)).fetchone() is None:
            raise no_lead(decision.lead)
        db.execute(
            "INSERT OR IGNORE INTO decisions (lead, state, who, time, note) VALUES (?, ?, ?, ?, ?)",
            (
                decision.lead, decision.state, codec.column(decision.who), codec.moment(decision.when),
                codec.column(decision.note),
            ),
        )  # fmt: skip
        last = db.execute(
            "SELECT state FROM decisions WHERE lead = ? ORDER BY time DESC, number DESC LIMIT 1", (decision.lead,)
        ).fetchone()[0]
        live = last not in ENDED
        try:
            db.execute("UPDATE leads SET state = ?, live = ? WHERE number = ?", (last, live, decision.lead))
        except sqlite3.IntegrityError as error:  # one live lead for a seller and matter
            raise StoreError(
                f"{decision.lead} 号线索不能重新打开：同一经营者同一事项已有新的线索",
                where=str(file.path),
                hint="在新的线索上处理",
            ) from error
        if live:
            _weigh(db, decision.lead)


def live(file: File) -> Iterator[tuple[str, str, int]]:
    """(storefront, seller key, how many) of the leads that are not ended."""
    for storefront, key, number in file.rows(
        "SELECT storefront, seller_key, count(*) FROM leads WHERE live GROUP BY 1, 2"
    ):
        yield storefront, key, int(number)


def emptied(file: File) -> list[int]:
    """The leads that wait for a decision and of which no finding stands any more."""
    sql = (
        "SELECT l.number FROM leads l WHERE l.state = 'open' AND NOT EXISTS (SELECT 1 FROM lead_findings g "
        "WHERE g.lead = l.number AND NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = g.finding)) ORDER BY l.number"
    )
    return [row[0] for row in file.all(sql)]


def decided(file: File, found: Iterable[str]) -> frozenset[int]:
    """The leads that hold one of these findings, by id, and that a person has decided on."""
    sql = (
        "SELECT g.lead FROM lead_findings g WHERE g.finding = ? "
        "AND EXISTS (SELECT 1 FROM decisions d WHERE d.lead = g.lead)"
    )
    return frozenset(row[0] for finding in found for row in file.all(sql, (finding,)))


def decisions(file: File, number: int) -> list[Decision]:
    """What was decided of a lead, oldest first."""
    sql = "SELECT lead, state, who, time, note FROM decisions WHERE lead = ? ORDER BY time, number"
    return [
        Decision(lead=lead, state=state, who=who, when=clock.parse(at), note=note)
        for lead, state, who, at, note in file.rows(sql, (number,))
    ]


def no_lead(number: int) -> UsageError:
    return UsageError(f"没有 {number} 号线索", hint="用 leads list 查看线索")
