"""Pages of leads looked at again, in the book.

Owns: the queries on ``revisits``. Leaves to others: looking again (``crawl.again.revisit``), the journal's line, which is written
first, the door (``book``). Nothing here touches a lead: a page that is gone changes no state.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Revisit, RevisitResult
from scanner.store import codec
from scanner.store.file import File

# Results that say something of the page.
TOLD = frozenset({RevisitResult.SAME, RevisitResult.CHANGED, RevisitResult.GONE, RevisitResult.MOVED,
                  RevisitResult.RELISTED})  # fmt: skip


def save(file: File, pair: Revisit) -> None:
    """Keep a pair; the same pair twice is one."""
    row = (pair.lead, pair.subject_id, pair.result.value, codec.moment(pair.time), codec.dump(pair))
    with file.write() as db:
        sql = "INSERT OR IGNORE INTO revisits (lead, subject_id, result, time, data) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, row)


def of_lead(file: File, lead: int) -> list[Revisit]:
    """The pairs of a lead, oldest first."""
    rows = file.all("SELECT data FROM revisits WHERE lead = ? ORDER BY time, number", (lead,))
    return [codec.load(Revisit, data) for (data,) in rows]


def every(file: File) -> Iterator[Revisit]:
    """All pairs, by lead, oldest first."""
    for (data,) in file.rows("SELECT data FROM revisits ORDER BY lead, time, number"):
        yield codec.load(Revisit, data)


def last_result(file: File, subject: str) -> RevisitResult | None:
    """What the latest look that saw something of the page came to, of whatever lead; None where there was none."""
    marks = ", ".join("?" for _ in TOLD)
    row = file.one(
        f"SELECT result FROM revisits WHERE subject_id = ? AND result IN ({marks}) ORDER BY time DESC, number DESC LIMIT 1",  # noqa: S608
        (subject, *TOLD),
    )
    return None if row is None else RevisitResult(row[0])
