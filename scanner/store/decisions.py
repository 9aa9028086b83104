"""What people did with leads, in the book: every step as it was taken, and what it makes of the lead.

Owns: the queries on ``decisions``; a lead's state, unit and terms as its last step leaves them; what merging and splitting
do to the findings. Leaves to others: which step may be taken (``leads.states``), the journal line before it (``casework``),
findings that crawls bring (``leads``).

Merging copies: the lead that was merged keeps its findings, so undoing the merger (``unmerge``) only takes from the other
what came with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlite_utils import Database

from scanner import clock
from scanner.errors import StoreError
from scanner.model import Act, Decision, Measure
from scanner.store import codec, leads
from scanner.store.draft import ENDED
from scanner.store.file import File


def decide(file: File, decision: Decision) -> None:
    """Add a step; it sets the lead's state. On disk when this returns. The same step twice is one."""
    with file.write(durable=True) as db:
        if db.execute("SELECT 1 FROM leads WHERE number = ?", (decision.lead,)).fetchone() is None:
            raise leads.no_lead(decision.lead)
        data = codec.dump(decision)
        new = db.execute(
            "INSERT OR IGNORE INTO decisions (lead, state, who, time, note, act, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                decision.lead, decision.state, codec.column(decision.who), codec.moment(decision.when),
                codec.column(decision.note), decision.act.value, codec.column(data),
            ),
        ).rowcount  # fmt: skip
        if new:
            _apply(file, db, decision)


def _apply(file: File, db: Database, decision: Decision) -> None:
    live = decision.state not in ENDED
    try:
        db.execute("UPDATE leads SET state = ?, live = ? WHERE number = ?", (decision.state, live, decision.lead))
    except sqlite3.IntegrityError as error:  # one live lead for a seller and matter
        raise StoreError(
            f"{decision.lead} 号线索不能重新打开：同一经营者同一事项已有新的线索", where=str(file.path), hint="在新的线索上处理"
        ) from error  # fmt: skip
    if (judged := said(decision)) is not None:
        _set(db, decision.lead, judged=judged, judged_at=codec.moment(decision.when))
    match decision.act:
        case Act.ASSIGN:
            _set(db, decision.lead, unit=decision.unit, received="", due="")
        case Act.RECEIVE:
            due = decision.due.isoformat() if decision.due is not None else ""
            _set(db, decision.lead, received=codec.moment(decision.when), due=due)
        case Act.GRANT if decision.due is not None:
            _set(db, decision.lead, due=decision.due.isoformat())
        case Act.RETURN if decision.state == "confirmed":
            _set(db, decision.lead, unit="", received="", due="")
        case Act.MERGE:
            _merge(db, decision)
        case Act.UNMERGE:
            _take(db, decision.other, decision.moved)
            _set(db, decision.lead, merged=0)
        case Act.SPLIT:
            _split(db, decision)
    if live:
        leads.weigh_one(db, decision.lead)


def said(decision: Decision) -> str | None:
    """What a step says of whether the lead is right: ``confirmed``, ``dismissed``, "" (open again), or None: nothing."""
    match decision.act:
        case Act.CONFIRM:
            return "confirmed" if decision.state == "confirmed" else None  # the first of two reviews settles nothing
        case Act.DISMISS:
            return "dismissed"
        case Act.REOPEN:
            return ""
        case Act.DISPOSE if decision.disposition is not None:
            found = set(decision.disposition.measures) - {Measure.CHECKED}
            return "dismissed" if found == {Measure.UNFOUNDED} else "confirmed" if found else None
    return None


def _set(db: Database, number: int, **columns: object) -> None:
    names = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE leads SET {names} WHERE number = ?", (*columns.values(), number))  # noqa: S608 - our own names


def _merge(db: Database, decision: Decision) -> None:
    """Give the findings named to the other lead."""
    _set(db, decision.lead, merged=decision.other)
    _give(db, decision, decision.other)
    leads.weigh_one(db, decision.other)


def _split(db: Database, decision: Decision) -> None:
    """Open lead ``other`` with the findings named, which leave this one. It takes no findings of later crawls: what these
    bring joins the lead it was split from."""
    db.execute(
        "INSERT INTO leads (number, seller_key, storefront, seller, matter, severity, verdict, state, live, opened, source, "
        "reference) SELECT ?, seller_key || ?, storefront, seller, matter, severity, verdict, 'open', 1, ?, source, reference "
        "FROM leads WHERE number = ?",
        (decision.other, f"\n{decision.other}", codec.moment(decision.when), decision.lead),
    )
    _give(db, decision, decision.other)
    _take(db, decision.lead, decision.moved)
    leads.weigh_one(db, decision.other)


def _give(db: Database, decision: Decision, number: int) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO lead_findings SELECT ?, finding, verdict, ? FROM lead_findings WHERE lead = ? AND finding = ?",
        [(number, codec.moment(decision.when), decision.lead, finding) for finding in decision.moved],
    )


def _take(db: Database, number: int, findings: Iterable[str]) -> None:
    db.conn.executemany(
        "DELETE FROM lead_findings WHERE lead = ? AND finding = ?", [(number, finding) for finding in findings]
    )
    leads.weigh_one(db, number)


def of_lead(file: File, number: int) -> list[Decision]:
    """What was done with a lead, oldest first."""
    sql = "SELECT lead, state, who, time, note, act, data FROM decisions WHERE lead = ? ORDER BY number"
    return [_decision(*row) for row in file.rows(sql, (number,))]


def until(file: File, end: datetime | None = None, acts: Collection[Act] = ()) -> Iterator[Decision]:
    """Every step of every lead before ``end`` (all, where it is None), by lead, oldest first; only those of ``acts``, where any
    are named."""
    only = f"AND act IN ({', '.join('?' * len(acts))}) " if acts else ""
    sql = (
        "SELECT lead, state, who, time, note, act, data FROM decisions "  # noqa: S608 - marks only
        f"WHERE (? = '' OR time < ?) {only}ORDER BY lead, number"
    )
    moment = "" if end is None else codec.moment(end)
    for row in file.rows(sql, (moment, moment, *(act.value for act in acts))):
        yield _decision(*row)


def _decision(lead: int, state: str, who: str, time: str, note: str, act: str, data: str) -> Decision:
    if data:
        return codec.load(Decision, data)
    return Decision(lead=lead, state=state, who=who, when=clock.parse(time), note=note, act=Act(act))


def next_number(file: File) -> int:
    """The number that a new lead will have."""
    row = file.one("SELECT coalesce(max(number), 0) + 1 FROM leads")
    assert row is not None
    return int(row[0])
