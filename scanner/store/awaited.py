"""Findings that a report waited for: a crawl finds something at the address of which somebody had told.

Owns: which lead that a report opened such findings join. Leaves to others: everything else about leads (``leads``) and
reports (``reports``).

The lead then is the seller's whom the page names: what later crawls find of this seller joins it too. Where that seller
has a live lead in the matter already, the findings go there, and a person may merge the two.
"""

from __future__ import annotations

from sqlite_utils import Database

from scanner.store import codec
from scanner.store.draft import Draft

MANY = 500  # pages of a draft that are held against the addresses of reports


def lead(db: Database, draft: Draft) -> int | None:
    """The live lead without findings, opened by a report on one of the draft's pages; it becomes the draft's seller's.
    A report on a storefront's first page is on all of it, while the book knows at most one seller there."""
    if db.execute("SELECT 1 FROM report_addresses LIMIT 1").fetchone() is None:
        return None
    sql = (
        "SELECT l.number FROM report_addresses a JOIN report_leads r ON r.report = a.report JOIN leads l ON l.number = r.lead "
        "WHERE a.address IN (SELECT value FROM json_each(?)) AND l.matter = ? AND l.live "
        "AND NOT EXISTS (SELECT 1 FROM lead_findings g WHERE g.lead = l.number) ORDER BY l.number LIMIT 1"
    )
    row = db.execute(sql, (codec.dump(sorted(_addresses(db, draft))), draft.matter.value)).fetchone()
    if row is None:
        return None
    db.execute(
        "UPDATE leads SET seller_key = ?, storefront = ?, seller = CASE WHEN ? <> '' THEN ? ELSE seller END WHERE number = ?",
        (
            codec.column(draft.key), codec.column(draft.storefront), codec.column(draft.seller), codec.column(draft.seller),
            row[0],
        ),
    )  # fmt: skip
    number: int = row[0]
    return number


def _addresses(db: Database, draft: Draft) -> set[str]:
    sql = (
        "SELECT CAST(k.url AS BLOB), CAST(json_extract(v.data, '$.url') AS BLOB) FROM findings f LEFT JOIN captures k ON k.id = f.capture "
        "LEFT JOIN versions v ON v.subject = f.subject_id AND v.kind = f.subject AND v.version = f.version WHERE f.id = ?"
    )
    rows = (db.execute(sql, (finding.id,)).fetchone() or () for finding in draft.findings[:MANY])
    urls = {bytes(url).decode("utf-8", "replace") for row in rows for url in row if url}
    found = {url.partition("://")[2] or url for url in urls}
    named = db.execute(
        "SELECT count(DISTINCT seller_key) FROM listings WHERE storefront = ? AND seller_key NOT LIKE '%' || char(10)",
        (codec.column(draft.storefront),),
    ).fetchone()
    return found | {f"{draft.storefront}/"} if named[0] <= 1 else found
