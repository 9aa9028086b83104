"""Leads in the book.

Owns: the queries on ``leads`` and ``lead_findings``; when findings join a lead, open a new one, or open none. Leaves to
others: gathering findings into drafts (``leads.gather``), what people do with leads (``decisions``), the transaction
(``file``) and the door (``book``).

When a draft comes in, its findings join the seller's live lead in the matter, else one that a report on these pages opened
(``awaited``), or open a new one. Left out are:

- findings a closed or dismissed lead held when it ended: what was dealt with opens nothing, unless it is judged graver now;
- what a person dismissed: the same rule on the same words of the same page, judged no graver than then, is the same
  false alarm, though a new price gave the page a new version.

Findings that are ``unverified`` only (something could not be checked) join a lead but open none: they are no reason
to call on a seller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from scanner import clock
from scanner.errors import UsageError
from scanner.model import Finding, Lead, LeadSource, Matter, Proof, Severity, Verdict
from scanner.store import awaited, codec, findings
from scanner.store.draft import VERDICTS, Draft, gravest, rank, weight
from scanner.store.file import File

_FIELDS = (
    "number", "storefront", "seller", "matter", "severity", "verdict", "state", "opened", "source", "reference", "unit",
    "received", "due",
)  # fmt: skip
_COLUMNS = ", ".join(f"l.{name}" for name in _FIELDS)
_LEADS = f"SELECT {_COLUMNS} FROM leads l"  # noqa: S608 - the names above


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
    joining = [f for f in draft.findings if not _dealt_with(db, f) and not _dismissed(db, draft, f)]
    number = (
        live_one(db, draft.key, draft.matter)
        or _of_kin(db, draft, joining, at)
        or awaited.lead(db, draft)
        or _open(db, draft, joining, at)
    )
    if number is None:
        return
    db.conn.executemany(
        "INSERT INTO lead_findings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET verdict = excluded.verdict",
        [(number, f.id, f.verdict.value, at) for f in joining],
    )
    weigh_one(db, number)


def live_one(db: Database, key: str, matter: Matter) -> int | None:
    """The live lead of a seller in a matter, or the one into which the last of these was merged, or that of its kin which has
    taken it in."""
    key = codec.column(key)
    sql = "SELECT number, live, merged FROM leads WHERE seller_key = ? AND matter = ? ORDER BY live DESC, number DESC LIMIT 1"
    row = db.execute(sql, (key, matter)).fetchone()
    while row is not None and not row[1]:
        row = db.execute("SELECT number, live, merged FROM leads WHERE number = ?", (row[2],)).fetchone()
    row = row or db.execute(
        "SELECT l.number FROM lead_sellers s JOIN leads l ON l.number = s.lead WHERE s.seller_key = ? AND l.matter = ? AND l.live "
        "ORDER BY l.number DESC LIMIT 1", (key, matter),
    ).fetchone()  # fmt: skip
    return None if row is None else row[0]


def _of_kin(db: Database, draft: Draft, joining: list[Finding], at: str) -> int | None:
    """The live lead of a seller that is recognised as the same one; it is noted that it takes this seller in, and why."""
    if not joining:
        return None
    for key, because in draft.kin:
        number = live_one(db, key, draft.matter)
        if number is not None:
            row: tuple[int | str, ...] = (number, draft.key, draft.storefront, draft.seller, because, at)
            db.execute("INSERT OR IGNORE INTO lead_sellers VALUES (?, ?, ?, ?, ?, ?)", tuple(map(_column, row)))
            return number
    return None


def _column(value: int | str) -> int | str:
    return codec.column(value) if isinstance(value, str) else value


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
        "WHERE f.subject_id = ? AND f.version = ? AND +f.rule = ? AND f.field = ? AND f.quote = ? "
        "AND l.state IN ('closed', 'dismissed')",
        findings.place(finding),
    )
    return any(_as_grave(verdict, finding) for (verdict,) in rows)


def _as_grave(then: str, finding: Finding) -> bool:
    return VERDICTS.index(Verdict(then)) >= VERDICTS.index(finding.verdict)


def _holding(db: Database, draft: Draft) -> set[int]:
    """The leads, ended ones too, that hold the draft's findings (of each the live one, else the latest)."""
    sql = (
        "SELECT g.lead FROM lead_findings g JOIN leads l ON l.number = g.lead WHERE g.finding = ? "
        "ORDER BY l.live DESC, g.lead DESC LIMIT 1"
    )
    rows = (db.execute(sql, (f.id,)).fetchone() for f in draft.findings)
    return {row[0] for row in rows if row is not None}


def _dismissed(db: Database, draft: Draft, finding: Finding) -> bool:
    rows = db.execute(
        "SELECT g.verdict FROM findings f JOIN lead_findings g ON g.finding = f.id JOIN leads l ON l.number = g.lead "
        "WHERE f.subject_id = ? AND f.rule = ? AND f.field = ? AND f.quote = ? AND l.state = 'dismissed' AND l.matter = ?",
        (
            finding.subject_id,
            finding.rule,
            codec.column(finding.field),
            codec.column(finding.quote),
            draft.matter.value,
        ),
    )
    return any(_as_grave(verdict, finding) for (verdict,) in rows)


def weigh_one(db: Database, number: int) -> None:
    """Severity and verdict of a live lead are those of its gravest finding as judged now. What no longer stands does
    not count while nobody has confirmed the lead; where nothing stands any more, all of it stays as it was."""
    held = db.execute(
        "SELECT f.verdict, f.severity FROM findings f JOIN lead_findings g ON g.finding = f.id "
        "JOIN leads l ON l.number = g.lead WHERE g.lead = ? "
        "AND (l.judged <> '' OR NOT EXISTS (SELECT 1 FROM fallen x WHERE x.finding = f.id))",
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
            weigh_one(db, number)


class Counted(NamedTuple):
    """A lead without its findings, and how many it has."""

    lead: Lead
    findings: int


def counted(
    file: File, *, state: str | None = None, matter: Matter | None = None, storefront: str | None = None,
    unit: str | None = None, source: LeadSource | None = None, due: date | None = None, after: int = 0,
    limit: int | None = None,
) -> Iterator[Counted]:  # fmt: skip
    """Leads by number, from ``after`` on; ``due``: only live ones whose result is due on that day or before, the earliest
    first. What they hold is counted, not read."""
    wanted = {
        "l.state": state, "l.matter": matter, "l.storefront": storefront, "l.unit": unit, "l.source": source,
    }  # fmt: skip
    given: dict[str, Any] = {f"{name} = ?": value for name, value in wanted.items() if value is not None}
    if due is not None:
        given |= {"l.live AND l.due <> '' AND l.due <= ?": due.isoformat()}
    if after:
        given |= {"l.number > ?": after}
    where = f"WHERE {' AND '.join(given)} " if given else ""
    order = "l.due, l.number" if due is not None else "l.number"
    sql = (
        f"SELECT (SELECT count(*) FROM lead_findings g WHERE g.lead = l.number), {_COLUMNS} FROM leads l "  # noqa: S608
        f"{where}ORDER BY {order} LIMIT ?"
    )
    for held, *row in file.rows(sql, (*given.values(), -1 if limit is None else limit)):
        yield Counted(_made(row), held)


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
    found = with_proofs(file, number)
    return None if found is None else found[0]


def with_proofs(file: File, number: int) -> tuple[Lead, tuple[Proof, ...]] | None:
    """A lead and its findings with their captures, gravest first."""
    row = file.one(f"{_LEADS} WHERE l.number = ?", (number,))
    return None if row is None else _whole(file, row)


class Joined(NamedTuple):
    """A seller that a lead has taken in: recognised as the same one as its own, and why."""

    key: str
    storefront: str
    seller: str
    because: str
    added: datetime


def joined(file: File, number: int) -> list[Joined]:
    """The sellers that a lead has taken in, in that order."""
    sql = "SELECT seller_key, storefront, seller, because, added FROM lead_sellers WHERE lead = ? ORDER BY added, seller_key"
    return [
        Joined(key, shop, seller, because, clock.parse(at))
        for key, shop, seller, because, at in file.rows(sql, (number,))
    ]


def referenced(file: File, reference: str) -> int:
    """The lead with a reference of whoever sent it, or to which a report with it went. Raises UsageError where none or several have it."""
    sql = (
        "SELECT number FROM leads WHERE reference = ? UNION SELECT g.lead FROM reports r JOIN report_leads g "
        "ON g.report = r.id WHERE r.reference = ? ORDER BY 1"
    )
    found = [row[0] for row in file.all(sql, (codec.column(reference),) * 2)]
    if len(found) != 1:
        several = "、".join(map(str, found[:10]))
        raise UsageError(
            f"来文编号 {reference[:100]} " + (f"有多条线索：{several} 号" if found else "没有线索"), where="reference"
        )
    number: int = found[0]
    return number


def _lead(file: File, row: tuple[Any, ...]) -> Lead:
    return _whole(file, row)[0]


def _whole(file: File, row: tuple[Any, ...]) -> tuple[Lead, tuple[Proof, ...]]:
    held = tuple(sorted(findings.of_lead(file, row[0]), key=lambda proof: rank(proof.finding)))
    return _made(row, tuple([proof.finding for proof in held])), held


def _made(row: Sequence[Any], held: tuple[Finding, ...] = ()) -> Lead:
    values = dict(zip(_FIELDS, row, strict=True), findings=held)
    for name in ("received", "due"):  # "" where there is none yet
        values[name] = values[name] or None
    return codec.made(Lead, values)


def live(file: File) -> Iterator[tuple[str, str, int]]:
    """(storefront, seller key, how many) of the leads that are not ended."""
    for storefront, key, number in file.rows(
        "SELECT storefront, seller_key, count(*) FROM leads WHERE live GROUP BY 1, 2"
    ):
        yield storefront, key, int(number)


def emptied(file: File) -> list[int]:
    """The leads that wait for a decision and of which no finding stands any more."""
    sql = (
        "SELECT l.number FROM leads l WHERE l.live AND l.judged = '' "
        "AND EXISTS (SELECT 1 FROM lead_findings g WHERE g.lead = l.number) AND NOT EXISTS (SELECT 1 FROM lead_findings g "
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


def no_lead(number: int) -> UsageError:
    return UsageError(f"没有 {number} 号线索", hint="用 leads list 查看线索")
