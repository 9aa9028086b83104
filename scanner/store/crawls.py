"""Crawls and captures in the book.

Owns: the queries on ``crawls``, ``captures`` and ``named``. Leaves to others: the transaction (``file``) and the door (``book``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from scanner import clock
from scanner.model import Capture, CrawlState, Named, Outcome
from scanner.store import codec
from scanner.store.file import File


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One run of a crawl or import (巡查任务). ``state`` and ``finished`` are None while it runs or if it was killed;
    ``ended`` is what it said of itself at the end."""

    id: str
    kind: str  # scan | crawl | import | demo
    subjects: tuple[str, ...]  # addresses or files
    started: datetime
    rulebook: str = ""
    finished: datetime | None = None
    state: CrawlState | None = None
    ended: Mapping[str, Any] = field(default_factory=dict)


_CRAWLS = "SELECT c.id, c.kind, c.subjects, c.started, c.rulebook, c.finished, c.state, c.ended FROM crawls c"

_SEALED = "SELECT k.data, k.outcome, k.crawl, p.time FROM captures k LEFT JOIN purged p ON p.capture = k.id"

# Outcomes of a page behind a door that only a person can open.
SHUT = (Outcome.BLOCKED, Outcome.CAPTCHA, Outcome.LOGIN)


class Sealed(NamedTuple):
    """A capture, what became of it, the crawl that made it ("": none known), and when its records were purged from the
    archive (None: they are there)."""

    capture: Capture
    outcome: Outcome
    crawl: str
    purged: datetime | None = None


def start(file: File, crawl: str, kind: str, subjects: tuple[str, ...], time: datetime, rulebook: str) -> None:
    with file.write() as db:
        db.execute(
            "INSERT INTO crawls (id, kind, subjects, started, finished, state, rulebook, ended) "
            "VALUES (?, ?, ?, ?, '', '', ?, '{}')",
            (crawl, kind, codec.dump(subjects), codec.moment(time), rulebook),
        )


def of_campaign(file: File, crawl: str, campaign: str) -> None:
    """Note that a crawl is a run of a campaign."""
    with file.write() as db:
        db.execute("INSERT OR IGNORE INTO campaigns VALUES (?, ?)", (crawl, campaign))


def runs(file: File, campaign: str, limit: int | None = None) -> Iterator[Crawl]:
    """The runs of a campaign, the newest first: by the order they began in, whatever the clock said then."""
    sql = f"{_CRAWLS} JOIN campaigns n ON n.crawl = c.id"
    yield from _crawls(file.select(sql, {"n.campaign": campaign}, "ORDER BY c.rowid DESC", limit))


def finish(file: File, crawl: str, state: CrawlState, time: datetime, ended: Mapping[str, Any]) -> None:
    with file.write() as db:
        db.execute(
            "UPDATE crawls SET state = ?, finished = ?, ended = ? WHERE id = ?",
            (state.value, codec.moment(time), codec.dump(dict(ended)), crawl),
        )


def all_of(file: File) -> Iterator[Crawl]:
    """All crawls, the newest first."""
    yield from _crawls(file.rows(f"{_CRAWLS} ORDER BY c.started DESC, c.id"))


def _crawls(rows: Iterator[tuple[Any, ...]]) -> Iterator[Crawl]:
    for crawl, kind, subjects, started, rulebook, finished, state, ended in rows:
        yield Crawl(
            id=crawl, kind=kind, subjects=tuple(json.loads(subjects)), started=clock.parse(started),
            rulebook=rulebook, finished=clock.parse(finished) if finished else None,
            state=CrawlState(state) if state else None, ended=json.loads(ended),
        )  # fmt: skip


def save(file: File, capture: Capture, outcome: Outcome, crawl: str) -> None:
    """Keep a capture. Saved again it changes nothing, but a new reading may give it another outcome."""
    with file.write() as db:
        db.execute(
            "INSERT INTO captures (id, crawl, storefront, url, time, outcome, data) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome WHERE outcome <> excluded.outcome",
            (
                capture.id, crawl, codec.column(capture.storefront), codec.column(capture.url),
                codec.moment(capture.time), outcome.value, codec.dump(capture),
            ),
        )  # fmt: skip


def sealed(
    file: File, crawl: str | None = None, storefront: str | None = None, outcome: Outcome | None = None,
    limit: int | None = None,
) -> Iterator[Sealed]:  # fmt: skip
    """Captures, oldest first, of one crawl, storefront or outcome where given."""
    wanted = {"k.crawl": crawl, "k.storefront": storefront, "k.outcome": outcome}
    for row in file.select(_SEALED, wanted, "ORDER BY k.time, k.id", limit):
        yield _sealed(row)


def shut(file: File, storefront: str | None = None, limit: int | None = None) -> Iterator[Sealed]:
    """The last look at each address where a door was shut (login, slider, firewall) and nothing was read since; the newest
    first. A person must open these."""
    words = ", ".join(f"'{word.value}'" for word in SHUT)
    sql = (
        f"{_SEALED} WHERE k.outcome IN ({words}) AND NOT EXISTS "  # noqa: S608
        "(SELECT 1 FROM captures later WHERE later.url = k.url AND later.storefront = k.storefront AND "
        f"(later.time > k.time OR (later.time = k.time AND later.id > k.id)) "
        f"AND later.outcome IN ({words}, 'read', 'not_a_product')) "
    )
    given = () if storefront is None else (storefront,)
    tail = ("AND k.storefront = ? " if given else "") + "ORDER BY k.time DESC, k.id LIMIT ?"
    for row in file.rows(sql + tail, (*given, -1 if limit is None else limit)):
        yield _sealed(row)


def statuses(file: File, crawl: str) -> dict[int, int]:
    """How many captures of a crawl had which HTTP status; 0 for those that got no answer."""
    sql = "SELECT json_extract(data, '$.status'), count(*) FROM captures WHERE crawl = ? GROUP BY 1"
    return {int(status or 0): int(number) for status, number in file.rows(sql, (crawl,))}


def last_look(file: File, storefront: str, url: str) -> Sealed | None:
    row = file.one(
        f"{_SEALED} WHERE k.storefront = ? AND k.url = ? ORDER BY k.time DESC, k.id LIMIT 1",
        (codec.column(storefront), codec.column(url)),
    )
    return None if row is None else _sealed(row)


def one(file: File, capture_id: str) -> Sealed | None:
    row = file.one(f"{_SEALED} WHERE k.id = ?", (capture_id,))
    return None if row is None else _sealed(row)


def _sealed(row: tuple[Any, ...]) -> Sealed:
    data, outcome, crawl, purged = row
    gone = clock.parse(purged) if purged is not None else None
    return Sealed(codec.load(Capture, data), Outcome(outcome), crawl, gone)


def save_named(file: File, capture_id: str, named: Sequence[Named]) -> None:
    """Keep what a capture's list names; read anew, it replaces what was kept."""
    with file.write() as db:
        db.execute("INSERT OR REPLACE INTO named (capture, data) VALUES (?, ?)", (capture_id, codec.dump(tuple(named))))


def named(file: File, capture_id: str) -> tuple[Named, ...]:
    row = file.one("SELECT data FROM named WHERE capture = ?", (capture_id,))
    return () if row is None else tuple(codec.load_all(tuple[Named, ...], row[0]))
