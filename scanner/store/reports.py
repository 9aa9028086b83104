"""What others told (来件) in the book: kept once, and gone to the leads of the seller it is about.

Owns: the queries on ``reports`` and ``report_leads``; whose report it is; when a report joins a live lead and when it opens
one. Leaves to others: when a later crawl's findings join such a lead (``awaited``), reading files (``intake``), the journal
line before it (``casework``), who told it (``protected``).

Whose it is, the surest first: the seller of a listing or seller's page that the book knows at the address or by the product
id; else the seller's name on the storefront; else the address alone (of a platform the storefront says nothing); without
an address the name, the code or the licence number.

A lead that a report opened holds no findings: nobody of ours has seen the page. So it is ``unverified``, and ``medium``
until findings say otherwise.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from scanner import clock
from scanner.model import Matter, Report, Severity, Verdict, content_id
from scanner.store import codec, leads
from scanner.store.draft import seller_key
from scanner.store.file import File

SEVERITY, VERDICT = Severity.MEDIUM, Verdict.UNVERIFIED
_NOT_TOLD = frozenset({"file"})  # what is not the sender's word


class Owner(NamedTuple):
    """Whose report it is: the key of the seller, the storefront and the name that a lead shows."""

    key: str
    storefront: str
    seller: str


class Went(NamedTuple):
    """Where a report went: the lead of a matter, and whether the report opened it."""

    matter: Matter
    lead: int
    opened: bool


def take(file: File, report: Report, at: datetime) -> tuple[Went, ...]:
    """Keep a report and give it to its leads. One that is known with the same words changes nothing; with other words it
    takes the place of what was kept, and stays where it is, but for matters that are new."""
    with file.write() as db:
        before = known(file, report.id)
        if before is not None and not differences(before, report):
            return went(file, report.id)
        db.execute(
            "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET received = excluded.received, "
            "uscc = excluded.uscc, licence = excluded.licence, data = excluded.data",
            (
                report.id, report.source.value, codec.column(report.reference), report.received.isoformat() if report.received is not None else "",
                codec.column(report.uscc), codec.column(report.licence), codec.moment(at), codec.column(codec.dump(report)),
            ),
        )  # fmt: skip
        db.execute("DELETE FROM report_addresses WHERE report = ?", (report.id,))
        db.conn.executemany(
            "INSERT OR IGNORE INTO report_addresses VALUES (?, ?)",
            [(codec.column(address), report.id) for address in report.addresses],
        )
        held = {one.matter for one in went(file, report.id)}
        owner = owner_of(file, report)
        fresh = [_give(db, report, matter, owner, at) for matter in report.matters if matter not in held]
        return (*went(file, report.id, opened=frozenset(one.lead for one in fresh if one.opened)),)


def _give(db: Database, report: Report, matter: Matter, owner: Owner, at: datetime) -> Went:
    number = leads.live_one(db, codec.column(owner.key), matter)
    opened = number is None
    if number is None:
        number = db.execute(
            "INSERT INTO leads (seller_key, storefront, seller, matter, severity, verdict, state, live, opened, source, "
            "reference) VALUES (?, ?, ?, ?, ?, ?, 'open', 1, ?, ?, ?)",
            (
                codec.column(owner.key), codec.column(owner.storefront), codec.column(owner.seller), matter.value,
                SEVERITY.value, VERDICT.value, codec.moment(at), report.source.value, codec.column(report.reference),
            ),
        ).lastrowid  # fmt: skip
    assert number is not None
    db.execute("INSERT INTO report_leads VALUES (?, ?, ?)", (report.id, matter.value, number))
    return Went(matter, number, opened)


class Fate(NamedTuple):
    """A lead of a report: whether it is not ended, and when it was last decided on (None: never)."""

    lead: int
    live: bool
    decided: datetime | None


# --- whose it is -------------------------------------------------------------------------------------------------


def owner_of(file: File, report: Report) -> Owner:
    """The seller that a report is about, as far as the book knows (see above)."""
    found = _listed(file, report) or _captured(file, report)
    if found is not None:
        return found
    if report.storefront and report.seller:
        return Owner(seller_key(report.storefront, report.seller), report.storefront, report.seller)
    if report.storefront:
        address = report.addresses[0] if report.addresses else ""
        return Owner(f"{seller_key(report.storefront, '')}\n{address}", report.storefront, "")
    return Owner(seller_key("", report.seller or report.uscc or report.licence), "", report.seller)


def _listed(file: File, report: Report) -> Owner | None:
    """The seller of a listing whose id follows from the product id or the address (``Listing.id``)."""
    names = [report.product_id] if report.product_id else []
    names += [f"{scheme}://{address}" for address in report.addresses for scheme in ("https", "http")]
    ids = [content_id(report.storefront, name) for name in names if report.storefront]
    sql = "SELECT l.id FROM json_each(?) j JOIN listings l ON l.id = j.value ORDER BY j.key LIMIT 1"
    row = file.one(sql, (json.dumps(ids),)) if ids else None
    return None if row is None else _owner(file, "listing", row[0])


def _captured(file: File, report: Report) -> Owner | None:
    """The seller of what was read at the address, the latest first."""
    urls = [f"{scheme}://{codec.column(address)}" for address in report.addresses for scheme in ("https", "http")]
    sql = (
        "SELECT g.kind, g.subject FROM json_each(?) j JOIN captures k ON k.url = j.value JOIN sightings g ON g.capture = k.id "
        "ORDER BY j.key / 2, g.time DESC, g.kind, g.subject LIMIT 1"
    )
    row = file.one(sql, (json.dumps(urls),)) if urls else None
    return None if row is None else _owner(file, row[0], row[1])


def _owner(file: File, kind: str, subject: str) -> Owner:
    field = "seller" if kind == "listing" else "name"
    sql = (
        f"SELECT s.seller_key, s.storefront, json_extract(v.data, '$.{field}.state') = 'seen', "  # noqa: S608 ours
        f"CAST(json_extract(v.data, '$.{field}.text') AS BLOB) FROM {kind}s s JOIN versions v "
        f"ON v.subject = s.id AND v.kind = '{kind}' AND v.version = s.version WHERE s.id = ?"
    )
    row = file.one(sql, (subject,))
    assert row is not None  # a sighting has its subject
    name = bytes(row[3] or b"").decode("utf-8", "replace") if row[2] else ""
    return Owner(row[0], row[1], " ".join(name.split()))


# --- asking ------------------------------------------------------------------------------------------------------


def known(file: File, report: str) -> Report | None:
    row = file.one("SELECT data FROM reports WHERE id = ?", (report,))
    return None if row is None else codec.load(Report, row[0])


def differences(before: Report, after: Report) -> tuple[str, ...]:
    """The fields in which two tellings of one report differ."""
    names = (field.name for field in fields(Report) if field.name not in _NOT_TOLD)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def went(file: File, report: str, *, opened: frozenset[int] = frozenset()) -> tuple[Went, ...]:
    """The leads of a report by matter; ``opened``: those that it opened just now."""
    rows = file.all("SELECT matter, lead FROM report_leads WHERE report = ? ORDER BY lead", (report,))
    return tuple(Went(Matter(matter), lead, lead in opened) for matter, lead in rows)


def of_lead(file: File, number: int) -> list[Report]:
    """The reports of a lead and of the leads merged into it, by the day they came in."""
    sql = (
        "SELECT DISTINCT r.data, coalesce(nullif(r.received, ''), r.taken) AS day, r.taken, r.id FROM report_leads g "
        "JOIN reports r ON r.id = g.report WHERE g.lead IN (SELECT ?1 UNION ALL SELECT number FROM leads "
        "WHERE merged = ?1 AND merged <> 0) ORDER BY day, r.taken, r.id"
    )
    return [codec.load(Report, row[0]) for row in file.all(sql, (number,))]


def fates(file: File, report: str) -> list[Fate]:
    """What became of the leads of a report and of those that they were merged into, by number."""
    sql = (
        "WITH RECURSIVE gone(lead) AS (SELECT lead FROM report_leads WHERE report = ? "
        "UNION SELECT l.merged FROM gone JOIN leads l ON l.number = gone.lead WHERE l.merged <> 0) "
        "SELECT l.number, l.live, (SELECT max(d.time) FROM decisions d WHERE d.lead = l.number) "
        "FROM gone JOIN leads l ON l.number = gone.lead ORDER BY l.number"
    )
    return [
        Fate(number, bool(live), None if decided is None else clock.parse(decided))
        for number, live, decided in file.all(sql, (report,))
    ]
