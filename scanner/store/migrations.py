"""The tables of the book, step by step; a step that has been released is never changed, only followed by another.

Owns: ``book.db``'s tables and what they promise (keys, uniqueness, decisions that cannot be altered). Leaves to
others: the queries. Each model value is kept whole as JSON in ``data``; the other columns are for finding it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

book = Migrations("book")


def _table(db: Database, name: str, columns: Mapping[str, type], pk: str | tuple[str, ...]) -> Table:
    """A strict table whose columns may not be NULL."""
    table = cast(Table, db[name])
    table.create(dict(columns), pk=pk, not_null=set(columns) - ({pk} if isinstance(pk, str) else set()), strict=True)
    return table


@book()
def captures(db: Database) -> None:
    """Crawls, and the captures they made. ``crawls.finished`` is "" while one runs or when it was killed."""
    _table(
        db,
        "crawls",
        {
            "id": str, "kind": str, "subjects": str, "started": str, "finished": str, "state": str, "rulebook": str,
            "ended": str,
        },
        "id",
    )  # fmt: skip
    cast(Table, db["crawls"]).create_index(["started"])
    columns = {"id": str, "crawl": str, "storefront": str, "url": str, "time": str, "outcome": str, "data": str}
    _table(db, "captures", columns, "id")
    for names in (["crawl", "time"], ["storefront", "time"], ["time"]):
        cast(Table, db["captures"]).create_index(names)


@book()
def subjects(db: Database) -> None:
    """Listings and sellers, their versions and sightings. ``kind`` says which: listing or seller."""
    for name in ("listings", "sellers"):
        columns = {
            "id": str, "storefront": str, "name": str, "seller_key": str, "version": str,
            "first_seen": str, "last_seen": str, "sightings": int,
        }  # fmt: skip
        _table(db, name, columns, "id").create_index(["storefront", "first_seen"])
        cast(Table, db[name]).create_index(["first_seen", "id"])
    cast(Table, db["sellers"]).create_index(["seller_key"])
    cast(Table, db["listings"]).create_index(["seller_key"])
    _table(
        db,
        "versions",
        {"subject": str, "kind": str, "version": str, "capture": str, "first_seen": str, "last_seen": str, "data": str},
        ("subject", "kind", "version"),
    )
    _table(
        db,
        "sightings",
        {"subject": str, "kind": str, "version": str, "capture": str, "time": str},
        ("subject", "kind", "capture", "version"),
    )


@book()
def findings(db: Database) -> None:
    """Findings with the capture they rest on, and what each later look at them saw."""
    _table(
        db,
        "findings",
        {
            "id": str, "rule": str, "kind": str, "verdict": str, "severity": str, "subject": str, "subject_id": str,
            "version": str, "field": str, "quote": str, "grounds": str, "capture": str, "rulebook": str,
            "first_seen": str, "judged": str, "data": str,
        },
        "id",
    )  # fmt: skip
    cast(Table, db["findings"]).create_index(["subject_id", "version"])
    cast(Table, db["findings"]).create_index(["rule"])
    _table(
        db,
        "proofs",
        {"number": int, "finding": str, "second_look": str, "capture": str},
        "number",
    )
    cast(Table, db["proofs"]).create_index(["finding", "capture", "second_look"], unique=True)


@book()
def leads(db: Database) -> None:
    """Leads, their findings, and decisions. One live lead for a seller and matter; decisions are never altered."""
    _table(
        db,
        "leads",
        {
            "number": int, "seller_key": str, "storefront": str, "seller": str, "matter": str, "severity": str,
            "verdict": str, "state": str, "live": int, "opened": str,
        },
        "number",
    )  # fmt: skip
    db.execute("CREATE UNIQUE INDEX one_live_lead ON leads (seller_key, matter) WHERE live")
    cast(Table, db["leads"]).create_index(["seller_key", "matter"])
    _table(
        db,
        "lead_findings",
        {"lead": int, "finding": str, "verdict": str, "added": str},
        ("lead", "finding"),
    )
    cast(Table, db["lead_findings"]).create_index(["finding"])
    _table(db, "decisions", {"number": int, "lead": int, "state": str, "who": str, "time": str, "note": str}, "number")
    cast(Table, db["decisions"]).create_index(["lead", "time", "state", "who", "note"], unique=True)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER decisions_stand_{act.lower()} BEFORE {act} ON decisions "
            "BEGIN SELECT RAISE(ABORT, 'decisions are never altered'); END"
        )


@book()
def rejudged(db: Database) -> None:
    """What judging stored pages again said of findings: ``gone``, ``replaced`` by one of another gravity, or ``stands``
    again. Only ever added to; the latest line of a finding counts, and a finding without one stands."""
    _table(
        db, "rejudged", {"number": int, "finding": str, "outcome": str, "rulebook": str, "time": str}, "number"
    ).create_index(["finding", "number"])
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER rejudged_stands_{act.lower()} BEFORE {act} ON rejudged "
            "BEGIN SELECT RAISE(ABORT, 'what was judged again is never altered'); END"
        )
    db.execute(
        "CREATE VIEW fallen AS SELECT r.finding, r.outcome, r.rulebook, r.time FROM rejudged r "
        "WHERE r.outcome <> 'stands' AND r.number = (SELECT max(q.number) FROM rejudged q WHERE q.finding = r.finding)"
    )


@book()
def pictures(db: Database) -> None:
    """What the text in pictures says, by the SHA-256 of the picture's bytes and the name of what read it."""
    columns = {"sha256": str, "engine": str, "state": str, "data": str}
    _table(db, "pictures", columns, ("sha256", "engine"))


@book()
def pieces(db: Database) -> None:
    """The captures, beside that of its ``page``, that a version was read from: answers with parts of it, pictures."""
    columns = {"subject": str, "kind": str, "version": str, "page": str, "capture": str}
    _table(db, "pieces", columns, ("subject", "kind", "version", "page", "capture"))


@book()
def named(db: Database) -> None:
    """What the pages of lists name, a row a capture: products' cards, search engines' results."""
    _table(db, "named", {"capture": str, "data": str}, "capture")


@book()
def campaigns(db: Database) -> None:
    """Which campaign a crawl was a run of."""
    _table(db, "campaigns", {"crawl": str, "campaign": str}, "crawl").create_index(["campaign"])
    cast(Table, db["sightings"]).create_index(["capture"])
    cast(Table, db["captures"]).create_index(["url", "time"])


@book()
def purged(db: Database) -> None:
    """Captures whose records were purged from the archive, with the journal line that logs it."""
    _table(db, "purged", {"capture": str, "line": int, "time": str}, "capture")


@book()
def revisits(db: Database) -> None:
    """Pages of leads looked at again: the sealed pairs with what they came to."""
    columns = {"number": int, "lead": int, "subject_id": str, "result": str, "time": str, "data": str}
    _table(db, "revisits", columns, "number").create_index(["lead", "subject_id", "time"], unique=True)
    cast(Table, db["revisits"]).create_index(["subject_id", "time"])


@book()
def casework(db: Database) -> None:
    """What people do with leads beside judging them: every step whole (``data``), where a lead came from, who has it, until
    when, into which other it was merged (0: none), and what people last said of it (``judged``: confirmed, dismissed, or ""
    for not yet)."""
    triggers = [
        row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'decisions' AND type = 'trigger'")
    ]
    for act in ("update", "delete"):
        db.execute(f"DROP TRIGGER decisions_stand_{act}")
    for name in ("act", "data"):
        db.execute(f"ALTER TABLE decisions ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
    db.execute(
        "UPDATE decisions SET act = CASE state WHEN 'confirmed' THEN 'confirm' WHEN 'dismissed' THEN 'dismiss' "
        "WHEN 'closed' THEN 'close' ELSE 'reopen' END"
    )
    for sql in triggers:
        db.execute(sql)
    db.execute("DROP INDEX idx_decisions_lead_time_state_who_note")
    cast(Table, db["decisions"]).create_index(["lead", "time", "act", "state", "who", "data"], unique=True)
    cast(Table, db["decisions"]).create_index(["time"])
    for name, default in (
        ("source", "'own'"), ("reference", "''"), ("unit", "''"), ("received", "''"), ("due", "''"), ("judged", "''"),
        ("judged_at", "''"),
    ):  # fmt: skip
        db.execute(f"ALTER TABLE leads ADD COLUMN {name} TEXT NOT NULL DEFAULT {default}")
    db.execute("ALTER TABLE leads ADD COLUMN merged INTEGER NOT NULL DEFAULT 0")
    db.execute(
        "UPDATE leads SET judged = CASE state WHEN 'closed' THEN 'confirmed' WHEN 'open' THEN '' ELSE state END, "
        "judged_at = coalesce((SELECT max(time) FROM decisions d WHERE d.lead = leads.number), '')"
    )
    db.execute("CREATE INDEX leads_due ON leads (due, number) WHERE live AND due <> ''")
    for names in (["state", "number"], ["unit", "state", "number"], ["storefront", "number"], ["reference"]):
        cast(Table, db["leads"]).create_index(names)


@book()
def identities(db: Database) -> None:
    """What sellers show of themselves, for telling which are the same one; and what people said of two of them, which is
    never altered."""
    columns = {"seller_key": str, "kind": str, "value": str, "quote": str, "capture": str}
    _table(db, "traits", columns, ("seller_key", "kind", "value")).create_index(["kind", "value", "seller_key"])
    columns = {"a": str, "b": str, "verdict": str, "who": str, "time": str, "note": str}
    _table(db, "same_said", {"number": int, **columns}, "number").create_index(list(columns), unique=True)
    cast(Table, db["same_said"]).create_index(["b"])
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER same_said_stands_{act.lower()} BEFORE {act} ON same_said "
            "BEGIN SELECT RAISE(ABORT, 'what people said is never altered'); END"
        )


@book()
def lead_sellers(db: Database) -> None:
    """Sellers that are recognised as a lead's own, beside the one it was opened for, and why."""
    columns = {"lead": int, "seller_key": str, "storefront": str, "seller": str, "because": str, "added": str}
    _table(db, "lead_sellers", columns, ("lead", "seller_key")).create_index(["seller_key"])
    cast(Table, db["findings"]).create_index(["subject_id", "rule", "field"])


@book()
def reports(db: Database) -> None:
    """What others told of sellers, the leads it went to (one a matter), and the addresses it names. The name in a lead's key
    (behind the storefront) is indexed, so that a seller is found under its name on every storefront."""
    columns = {
        "id": str, "source": str, "reference": str, "received": str, "uscc": str, "licence": str, "taken": str, "data": str,
    }  # fmt: skip
    _table(db, "reports", columns, "id")
    for name in ("reference", "uscc", "licence"):
        db.execute(f"CREATE INDEX reports_{name} ON reports ({name}) WHERE {name} <> ''")
    _table(db, "report_leads", {"report": str, "matter": str, "lead": int}, ("report", "matter")).create_index(["lead"])
    _table(db, "report_addresses", {"address": str, "report": str}, ("address", "report")).create_index(["report"])
    db.execute("CREATE INDEX leads_merged ON leads (merged) WHERE merged <> 0")
    db.execute("CREATE INDEX leads_name ON leads (substr(seller_key, instr(seller_key, char(10)) + 1))")


@book()
def samples(db: Database) -> None:
    """Blind samples of pages, and what reviewers said of each page; neither is ever altered."""
    _table(db, "samples", {"number": int, "time": str, "data": str}, "number")
    columns = {"sample": int, "item": int, "who": str, "time": str, "data": str}
    _table(db, "reviews", {"number": int, **columns}, "number").create_index(list(columns), unique=True)
    for name in ("samples", "reviews"):
        for act in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {name}_stand_{act.lower()} BEFORE {act} ON {name} "
                "BEGIN SELECT RAISE(ABORT, 'samples and reviews are never altered'); END"
            )


@book()
def templates(db: Database) -> None:
    """The signature of a seller's page goes with the version first read from it, so that a trait can be taken off anew from
    what is left when a capture is purged. Of books made before, what the traits still know of it."""
    db.execute("ALTER TABLE versions ADD COLUMN template TEXT NOT NULL DEFAULT ''")
    db.execute(
        "UPDATE versions SET template = t.value FROM (SELECT g.subject, g.version, g.capture, r.value FROM traits r "
        "JOIN sightings g ON g.capture = r.capture AND g.kind = 'seller' WHERE r.kind = 'template') t "
        "WHERE versions.subject = t.subject AND versions.kind = 'seller' AND versions.version = t.version "
        "AND versions.capture = t.capture"
    )
