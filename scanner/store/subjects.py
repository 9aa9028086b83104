"""Listings and sellers in the book: what they said, in which versions, and when they were seen.

Owns: the queries on ``listings``, ``sellers``, ``versions`` and ``sightings``. Leaves to others: the transaction
(``file``) and the door (``book``). Listings and sellers are kept alike; ``kind`` tells them apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from scanner import clock
from scanner.model import FieldState, Listing, Seller
from scanner.store import codec
from scanner.store.draft import seller_key
from scanner.store.file import File

Subject = TypeVar("Subject", Listing, Seller)
Saved = Literal["new", "version", "sighting"]
Kind = Literal["listing", "seller"]
PAGE = 200  # subjects read at a time by ``stored``


class Known(NamedTuple, Generic[Subject]):
    """A listing or seller in its latest version, and when it was seen first and last, in how many captures."""

    subject: Subject
    first_seen: datetime
    last_seen: datetime
    sightings: int


class Version(NamedTuple):
    """One reading of a subject: its hash, the capture it was first read from, and when it was seen so."""

    version: str
    capture: str
    first_seen: datetime
    last_seen: datetime


class Sighting(NamedTuple):
    """One capture that showed a subject."""

    capture: str
    version: str
    time: datetime


class Left(NamedTuple):
    """One version of a subject, the earliest capture showing it that was not purged, and the template of its page."""

    subject: Listing | Seller
    capture: str
    template: str


class Stored(NamedTuple, Generic[Subject]):
    """One version of a subject with the last capture that showed it so; ``latest``: the subject says nothing newer."""

    subject: Subject
    capture: str
    time: datetime
    latest: bool


class _Words(NamedTuple):
    """The statements for one of the two tables."""

    find: str
    insert: str
    update: str
    known: str


def _words(table: str, kind: str) -> _Words:
    # The names are the two of this file; everything else is bound.
    return _Words(
        find=f"SELECT last_seen, name, seller_key, version FROM {table} WHERE id = ?",  # noqa: S608
        insert=f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, 1)",  # noqa: S608
        update=f"UPDATE {table} SET name=?, seller_key=?, version=?, "  # noqa: S608
        "first_seen=min(first_seen, ?), last_seen=max(last_seen, ?), sightings=sightings+? WHERE id=?",
        known=f"SELECT v.data, s.first_seen, s.last_seen, s.sightings FROM {table} s "  # noqa: S608
        f"JOIN versions v ON v.subject = s.id AND v.kind = '{kind}' AND v.version = s.version",
    )


_WORDS: dict[Kind, _Words] = {"listing": _words("listings", "listing"), "seller": _words("sellers", "seller")}


def save(file: File, subject: Listing | Seller, capture: str, time: datetime, template: str = "") -> Saved:
    """Keep what ``capture`` said. "new": first seen; "version": says something it never said; else "sighting". Of a version
    that is new also the ``template`` of its page (``page.skeleton``)."""
    kind: Kind = "listing" if isinstance(subject, Listing) else "seller"
    words, at = _WORDS[kind], codec.moment(time)
    name = subject.title if isinstance(subject, Listing) else subject.name
    sold_by = subject.seller if isinstance(subject, Listing) else subject.name
    shown = (codec.column(name.text), codec.column(seller_key(subject.storefront, seen(sold_by))))
    with file.write() as db:
        row = db.execute(words.find, (subject.id,)).fetchone()
        fresh, again = _keep_version(db.conn, subject, kind, capture, at, template)
        if row is None:
            db.execute(words.insert, (subject.id, codec.column(subject.storefront), *shown, subject.version, at, at))
            return "new"
        if fresh or not again:
            latest = (*shown, subject.version) if at >= row[0] else row[1:]  # an older capture imported later
            db.execute(words.update, (*latest, at, at, 0 if again else 1, subject.id))
    return "version" if fresh else "sighting"


def save_pieces(file: File, subject: Listing | Seller, page: str, captures: Iterable[str]) -> None:
    """Keep which further captures a version was read from, beside the capture of its page."""
    rows = [(subject.id, kind_of(type(subject)), subject.version, page, capture) for capture in captures]
    if rows:
        with file.write() as db:
            for row in rows:
                db.execute("INSERT OR IGNORE INTO pieces VALUES (?, ?, ?, ?, ?)", row)


def pieces(file: File, subject: Listing | Seller, pages: Iterable[str] | None = None) -> list[str]:
    """The further captures that this version was read from, by id: each time it was seen, or with the captures ``pages``."""
    sql = "SELECT page, capture FROM pieces WHERE subject = ? AND kind = ? AND version = ? ORDER BY capture"
    rows = file.all(sql, (subject.id, kind_of(type(subject)), subject.version))
    wanted = None if pages is None else set(pages)
    return list(dict.fromkeys(capture for page, capture in rows if wanted is None or page in wanted))


def seen(field: Any) -> str:
    """The text of a field that was seen, stripped; "" for one that was not."""
    return field.text.strip() if field.state is FieldState.SEEN else ""


def _keep_version(
    db: Any, subject: Listing | Seller, kind: Kind, capture: str, at: str, template: str
) -> tuple[bool, bool]:
    """Whether the version is new, and whether this capture had shown the subject before."""
    key = (subject.id, kind, subject.version)
    again = db.execute(
        "SELECT 1 FROM sightings WHERE subject = ? AND kind = ? AND capture = ?", (subject.id, kind, capture)
    ).fetchone()
    known = db.execute("SELECT 1 FROM versions WHERE subject = ? AND kind = ? AND version = ?", key).fetchone()
    if known is None:
        row = (*key, capture, at, at, codec.dump(subject), codec.column(template))
        db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    else:
        db.execute(
            "UPDATE versions SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?) "
            "WHERE subject = ? AND kind = ? AND version = ?",
            (at, at, *key),
        )
    db.execute("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?, ?, ?)", (*key, capture, at))
    return known is None, again is not None


def known(
    file: File, model: type[Subject], *, storefront: str | None = None, key: str | None = None,
    id: str | None = None, limit: int | None = None,
) -> Iterator[Known[Subject]]:  # fmt: skip
    """Listings or sellers in their latest version, in the order they were first seen."""
    wanted = {"s.storefront": storefront, "s.seller_key": key, "s.id": id}
    rows = file.select(_WORDS[kind_of(model)].known, wanted, "ORDER BY s.first_seen, s.id", limit)
    for data, first, last, count in rows:
        yield Known(codec.load(model, data), clock.parse(first), clock.parse(last), count)


def stored(file: File, model: type[Subject], *, older: bool = False) -> Iterator[Stored[Subject]]:
    """Every subject in its latest version, by id; with ``older`` also the versions before it that have findings.

    Read page by page, so that memory does not grow with the book and the caller may write in between.
    """
    kind: Kind = kind_of(model)
    after: tuple[str, str] = ("", "")
    # The table's name is one of the two of this file.
    sql = (
        "SELECT v.subject, v.version, v.data, v.version = s.version, g.capture, g.time "  # noqa: S608
        f"FROM versions v JOIN {kind}s s ON s.id = v.subject "
        "JOIN sightings g ON g.rowid = (SELECT q.rowid FROM sightings q WHERE q.subject = v.subject AND q.kind = v.kind "
        "AND q.version = v.version ORDER BY q.time DESC, q.capture LIMIT 1) "
        "WHERE v.kind = ? AND (v.subject, v.version) > (?, ?) AND (v.version = s.version OR (? AND EXISTS "
        "(SELECT 1 FROM findings f WHERE f.subject_id = v.subject AND f.version = v.version))) "
        "ORDER BY v.subject, v.version LIMIT ?"
    )
    while rows := file.all(sql, (kind, *after, older, PAGE)):
        for _, _, data, latest, capture, time in rows:
            yield Stored(codec.load(model, data), capture, clock.parse(time), bool(latest))
        after = rows[-1][0], rows[-1][1]


def of_crawl(file: File, crawl: str) -> Iterator[Listing]:
    """The listings that a crawl saw, each as it saw it last."""
    sql = (
        "SELECT v.data, max(g.time) FROM captures k JOIN sightings g ON g.capture = k.id AND g.kind = 'listing' "
        "JOIN versions v ON v.subject = g.subject AND v.kind = g.kind AND v.version = g.version "
        "WHERE k.crawl = ? GROUP BY g.subject"
    )
    for data, _ in file.rows(sql, (crawl,)):
        yield codec.load(Listing, data)


def count(file: File, kind: Kind) -> int:
    """How many listings or sellers there are."""
    row = file.one(f"SELECT count(*) FROM {kind}s")  # noqa: S608 - one of two names
    return 0 if row is None else int(row[0])


def version(file: File, model: type[Subject], subject: str, version: str) -> Subject | None:
    """What a subject said in one version."""
    row = file.one(
        "SELECT data FROM versions WHERE subject = ? AND kind = ? AND version = ?", (subject, kind_of(model), version)
    )
    return None if row is None else codec.load(model, row[0])


def template(file: File, subject: str, version: str) -> str:
    """The template of the page that a version of a seller's page was first read from; "" where nothing is known of it."""
    sql = "SELECT template FROM versions WHERE subject = ? AND kind = 'seller' AND version = ?"
    row = file.one(sql, (subject, version))
    return "" if row is None else str(row[0])


def still_shown(file: File, subject: Listing | Seller, but: str) -> bool:
    """Whether a capture that was not purged, other than ``but``, showed this version."""
    sql = (
        "SELECT 1 FROM sightings g WHERE g.subject = ? AND g.kind = ? AND g.version = ? AND g.capture <> ? "
        "AND NOT EXISTS (SELECT 1 FROM purged p WHERE p.capture = g.capture) LIMIT 1"
    )
    return file.one(sql, (subject.id, kind_of(type(subject)), subject.version, but)) is not None


def left(file: File, storefronts: Container[str]) -> Iterator[Left]:
    """Every version on these storefronts (in lower case, as in a seller's key) that a capture shows which was not purged,
    with the earliest of these captures."""
    # The tables' names are the two of this file.
    models: tuple[type[Listing] | type[Seller], ...] = (Listing, Seller)
    for model in models:
        kind = kind_of(model)
        named = file.all(f"SELECT DISTINCT storefront FROM {kind}s ORDER BY storefront")  # noqa: S608
        sql = (
            "SELECT v.data, v.template, (SELECT g.capture FROM sightings g WHERE g.subject = v.subject AND g.kind = v.kind "  # noqa: S608
            "AND g.version = v.version AND NOT EXISTS (SELECT 1 FROM purged p WHERE p.capture = g.capture) "
            f"ORDER BY g.time, g.capture LIMIT 1) AS shown FROM {kind}s s JOIN versions v ON v.subject = s.id "
            f"AND v.kind = '{kind}' WHERE s.storefront = ? AND shown IS NOT NULL"
        )
        for (storefront,) in named:
            if storefront.casefold() in storefronts:
                for data, template, capture in file.rows(sql, (storefront,)):
                    subject: Listing | Seller = codec.load(model, data)
                    yield Left(subject, capture, template)


def versions(file: File, kind: Kind, subject: str) -> list[Version]:
    """All versions of a subject, in the order they were first seen."""
    sql = (
        "SELECT version, capture, first_seen, last_seen FROM versions WHERE subject = ? AND kind = ? "
        "ORDER BY first_seen, version"
    )
    return [Version(v, c, clock.parse(f), clock.parse(t)) for v, c, f, t in file.rows(sql, (subject, kind))]


def sightings(file: File, kind: Kind, subject: str) -> list[Sighting]:
    """All captures that showed a subject, oldest first."""
    sql = "SELECT capture, version, time FROM sightings WHERE subject = ? AND kind = ? ORDER BY time, capture, version"
    return [Sighting(c, v, clock.parse(t)) for c, v, t in file.rows(sql, (subject, kind))]


def ids(file: File, kind: Kind | Literal["capture"], beginning: str, limit: int) -> list[str]:
    """Ids that begin so; an index walk, whatever the number of rows."""
    sql = {
        "listing": "SELECT id FROM listings WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        "seller": "SELECT id FROM sellers WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        "capture": "SELECT id FROM captures WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
    }[kind]
    after = beginning + "\U0010ffff"
    return [row[0] for row in file.rows(sql, (codec.column(beginning), codec.column(after), limit))]


def kind_of(model: type[Listing] | type[Seller]) -> Kind:
    return "listing" if model is Listing else "seller"
