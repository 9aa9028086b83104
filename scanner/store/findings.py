"""Findings and their second looks in the book.

Owns: the queries on ``findings`` and ``proofs``; what happens when the same finding is judged again. Leaves to
others: leads (``store.leads``), the transaction (``file``) and the door (``book``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from scanner.model import Finding, Proof, SecondLook
from scanner.store import codec
from scanner.store.file import File

# The look that counts: the latest that saw the page; "not reached" only where no look ever did.
_PROOFS = (
    "SELECT f.data, f.capture, coalesce(p.second_look, 'none'), coalesce(p.capture, '') FROM findings f "
    "LEFT JOIN proofs p ON p.number = (SELECT q.number FROM proofs q WHERE q.finding = f.id "
    "ORDER BY q.second_look = 'not_reached', q.number DESC LIMIT 1)"
)


def save(file: File, findings: Iterable[Finding], capture: str, time: datetime, rulebook: str) -> None:
    """Keep findings of one capture. The first capture stays the evidence.

    A finding judged again later is the same finding. Only when it then stands on other grounds (another verdict,
    severity or standing: a register was brought up to date) does the new judgement, with its capture, take its place.
    """
    at = codec.moment(time)
    with file.write() as db:
        for f in findings:
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


def look_again(file: File, finding: str, look: SecondLook, capture: str) -> None:
    """Note what a second look at a finding saw. Looks are added, never replaced."""
    with file.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO proofs (finding, second_look, capture) VALUES (?, ?, ?)",
            (finding, look.value, capture),
        )


def proofs(
    file: File, *, subject: str | None = None, version: str | None = None, rule: str | None = None,
    id: str | None = None,
) -> Iterator[Proof]:  # fmt: skip
    """Findings with their captures, in the order they were first seen."""
    wanted = {"f.subject_id": subject, "f.version": version, "f.rule": rule, "f.id": id}
    for row in file.select(_PROOFS, wanted, "ORDER BY f.first_seen, f.id"):
        yield _proof(row)


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
