"""Company names in ``register.db``: what the registrants' lists say, and an index to find a name by.

Owns: the tables and their SQL. Leaves to others: which key a name is looked for under and how near two keys are
(``registry.company.index``), and registrations, whose holders are indexed too (``store.register``).

The index is made of *postings*: for each pair of neighbouring characters (a bigram, packed into one integer), the ids
of the names that hold it, as a blob of 32-bit integers in rising order. Postings come in *segments*, one for each
batch of names added, so that adding a few names to a million writes a few rows. The ids of names that went stay in
their postings and find nothing any more; when many went or the segments grew many, everything is indexed anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from scanner.store.codec import column
from scanner.store.file import File, trouble

SEPARATOR = " "  # between the ids of sources; an id has no space


def company_names(db: Database) -> None:
    """Listed companies, all names with their keys, and the postings of the keys' bigrams."""
    for statement in _TABLES:
        db.execute(statement)


TABLES: Mapping[str, Sequence[str]] = {"listed": ("name", "uscc", "name_en")}


def merge(db: Database, source: str, *, replace: bool) -> tuple[int, int]:
    """Bring a staged list into the register ``db``; how many companies and names it holds then. Within ``staged`` and
    ``write``. ``replace``: nothing older stays. The index follows with the next refresh."""
    if replace:
        db.execute("DELETE FROM listed_companies WHERE source = ?", (source,))
    db.execute(_PUT_LISTED, (source,))
    row = db.execute(
        "SELECT count(*), count(DISTINCT name) FROM listed_companies WHERE source = ?", (source,)
    ).fetchone()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that registers print, with the code beside it, the sources that do, and the key it is found under."""

    id: int
    name: str
    uscc: str
    sources: tuple[str, ...]
    key: str


class CompanyStore:
    """The part of an open ``register.db`` that is about companies. Writes belong into the register's ``write()``."""

    def __init__(self, file: File) -> None:
        self._file = file

    # --- the index, written --------------------------------------------------------------------------------------

    def gather(self) -> None:
        """Look through holders and lists: names that went are forgotten, the sources of those that stay are set, and
        what is new waits for ``waiting``."""
        for statement in _GATHER:
            self._file.db.execute(statement)

    def waiting(self) -> Iterator[tuple[str, str, str]]:
        """Name, code and sources of what is new since the last refresh, in a fixed order."""
        for name, uscc, sources in self._file.rows(_WAITING):
            yield str(name), str(uscc), str(sources)

    def add(self, names: Sequence[KnownName], postings: Iterable[tuple[int, bytes]]) -> None:
        """One segment: names with their ids, rising, and the ids of each bigram as packed 32-bit integers."""
        connection = self._file.db.conn
        rows = ((n.id, column(n.name), n.uscc, SEPARATOR.join(n.sources), column(n.key)) for n in names)
        connection.executemany("INSERT INTO company_names VALUES (?, ?, ?, ?, ?)", rows)
        (segment,) = self._file.one("SELECT coalesce(max(segment), 0) + 1 FROM company_segments") or (1,)
        self._file.db.execute("INSERT INTO company_segments VALUES (?, ?)", (segment, names[-1].id))
        connection.executemany(
            "INSERT INTO company_postings VALUES (?, ?, ?)", ((gram, segment, ids) for gram, ids in postings)
        )

    def count(self) -> None:
        """After the last ``add``: write down how many names hold each bigram, which every question asks first."""
        self._file.db.execute("DELETE FROM company_grams")
        self._file.db.execute(_COUNT)

    def forget_index(self) -> None:
        """Drop names and postings, to be made anew from what is gathered next."""
        for table in ("company_names", "company_segments", "company_postings", "company_grams"):
            self._file.db.execute(f"DELETE FROM {table}")  # noqa: S608 names are ours

    def size(self) -> tuple[int, int]:
        """How many names there are, and how many segments hold them."""
        names, segments = self._file.one(_SIZE) or (0, 0)
        return int(names), int(segments)

    def numbered(self) -> int:
        """The last id given, of a name that may be gone."""
        (last,) = self._file.one("SELECT coalesce(max(last), 0) FROM company_segments") or (0,)
        return int(last)

    # --- the index, asked ----------------------------------------------------------------------------------------

    def by_key(self, key: str, limit: int) -> list[KnownName]:
        """Names with exactly this key, by id."""
        return self._known("WHERE key = ? ORDER BY id LIMIT ?", (column(key), limit))

    def by_uscc(self, uscc: str) -> list[KnownName]:
        """All names that stand beside this code, by name."""
        return self._known("WHERE uscc = ? ORDER BY name", (uscc,))

    def by_ids(self, ids: Sequence[int]) -> list[KnownName]:
        """The names with these ids that are still there."""
        return self._known("WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))

    def keys(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """Id and key of the names with these ids that are still there."""
        return self._all(_KEYS, (json.dumps(ids),))

    def how_many(self, grams: Sequence[int]) -> list[tuple[int, int]]:
        """How many names hold each bigram, and the bigram, for those that occur at all; the rarest first."""
        return self._all(_HELD, (json.dumps(grams),))

    def postings(self, grams: Sequence[int]) -> list[tuple[int, bytes]]:
        """The bigrams and ids of their names as packed 32-bit integers, in pieces."""
        return self._all(_POSTINGS, (json.dumps(grams),))

    def _known(self, where: str, values: Sequence[object]) -> list[KnownName]:
        rows = self._all(f"SELECT id, name, uscc, sources, key FROM company_names {where}", values)  # noqa: S608 ours
        return [
            KnownName(id, name, uscc, tuple(sources.split(SEPARATOR)), key) for id, name, uscc, sources, key in rows
        ]

    def _all(self, sql: str, values: Sequence[object]) -> list[Any]:
        """All rows at once: a question reads a few dozen, and fetching them one by one would cost more than SQLite."""
        with trouble(self._file.path):
            return self._file.db.execute(sql, values).fetchall()


_TABLES = (
    """CREATE TABLE listed_companies (
      source TEXT NOT NULL, name TEXT NOT NULL, uscc TEXT NOT NULL, name_en TEXT NOT NULL,
      PRIMARY KEY (source, name, uscc)
    ) STRICT""",
    """CREATE TABLE company_names (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, uscc TEXT NOT NULL, sources TEXT NOT NULL, key TEXT NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX company_names_name ON company_names (name, uscc)",
    "CREATE INDEX company_names_key ON company_names (key)",
    "CREATE INDEX company_names_uscc ON company_names (uscc) WHERE uscc <> ''",
    "CREATE TABLE company_segments (segment INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT",
    "CREATE TABLE company_grams (gram INTEGER PRIMARY KEY, held INTEGER NOT NULL) STRICT",
    """CREATE TABLE company_postings (
      gram INTEGER NOT NULL, segment INTEGER NOT NULL, ids BLOB NOT NULL, PRIMARY KEY (gram, segment)
    ) STRICT, WITHOUT ROWID""",
)
_PUT_LISTED = """
INSERT INTO listed_companies SELECT ?, name, uscc, max(name_en) FROM stage.listed GROUP BY name, uscc
ON CONFLICT (source, name, uscc) DO UPDATE SET name_en = excluded.name_en WHERE excluded.name_en <> ''
"""
# All names that registers print now, each with its code and the sources that print it, in order.
_GATHER = (
    "DROP TABLE IF EXISTS temp.printed",
    "CREATE TEMP TABLE printed (name TEXT, uscc TEXT, sources TEXT, PRIMARY KEY (name, uscc)) WITHOUT ROWID",
    """INSERT INTO temp.printed SELECT name, uscc, group_concat(source, ' ') FROM (
      SELECT holder AS name, uscc, source FROM registrations WHERE holder <> ''
      UNION SELECT name, uscc, source FROM listed_companies WHERE name <> ''
      UNION SELECT name_en, uscc, source FROM listed_companies WHERE name_en <> ''
      ORDER BY 1, 2, 3
    ) GROUP BY name, uscc""",
    """DELETE FROM company_names WHERE NOT EXISTS (
      SELECT 1 FROM temp.printed p WHERE p.name = company_names.name AND p.uscc = company_names.uscc
    )""",
    """UPDATE company_names SET sources = p.sources FROM temp.printed p
    WHERE p.name = company_names.name AND p.uscc = company_names.uscc AND p.sources <> company_names.sources""",
)
_WAITING = """
SELECT name, uscc, sources FROM temp.printed p
WHERE NOT EXISTS (SELECT 1 FROM company_names n WHERE n.name = p.name AND n.uscc = p.uscc)
ORDER BY name, uscc
"""
_SIZE = """
SELECT (SELECT count(*) FROM company_names), (SELECT count(*) FROM company_segments)
"""
# Many values come as one JSON array, so that the statement is always the same one.
_KEYS = "SELECT id, key FROM company_names WHERE id IN (SELECT value FROM json_each(?))"
_HELD = """
SELECT held, gram FROM company_grams WHERE gram IN (SELECT value FROM json_each(?)) ORDER BY held, gram
"""
_POSTINGS = "SELECT gram, ids FROM company_postings WHERE gram IN (SELECT value FROM json_each(?))"
_COUNT = "INSERT INTO company_grams SELECT gram, sum(length(ids)) / 4 FROM company_postings GROUP BY gram"
