"""Staged registrations and items put into ``register.db``, in one transaction, the newest version of each row.

Owns: the columns staged and the SQL that merges them. Leaves to others: what a row says (``registry.keeping``), the
tables and the questions asked of them (``register``).

Of the rows with one key the newest version stays, whether it lies in the stage or in the register already. Rows of the
same key and version that say different things all stay: the source says both. Only where two rows say the same and
differ in what belongs to the item alone (model, identifier) one is taken, the same one in any order; of two that differ
in the day of withdrawal alone, the one that says less.
"""

from __future__ import annotations

from sqlite_utils import Database

from scanner.store.register import Kept, RegisterStore
from scanner.store.register_tables import ITEMS_BY_KEY

STATEMENTS = (
    "id", "number", "type", "product", "holder", "uscc", "agent", "scope", "device_class", "code", "approved_on",
    "valid_until",
)  # fmt: skip
ITEMS = ("registration", "key", "identifier", "model", "withdrawn_on", "version")
TABLES = {"statements": STATEMENTS, "items": ITEMS}

CACHE_MB = 32  # for the index of keys, looked up once a row; more is not faster


def merge(register: RegisterStore, source: str, *, replace: bool) -> Kept:
    """Bring what is staged into the register. Within ``staged`` and ``write``. ``replace``: nothing older stays."""
    db = register.db
    if replace:
        _clear(db, source)
    fresh = db.execute("SELECT 1 FROM items WHERE source = ? LIMIT 1", (source,)).fetchone() is None
    if not fresh:
        db.execute(_DROP_OLDER, (source,))
    # An index grown row by row in no order is many times slower than one made at the end.
    rebuilt = fresh and _more_than_half(db)
    if rebuilt:
        db.execute("DROP INDEX items_by_key")
    db.execute(_PUT_ITEMS_FRESH if fresh else _PUT_ITEMS, {"source": source})
    if rebuilt:
        db.execute(ITEMS_BY_KEY)
    db.execute(_PUT_REGISTRATIONS, (source,))
    if not fresh:
        db.execute(_DROP_EMPTY, (source,))
    return _kept(db, source)


def index(register: RegisterStore) -> None:
    """Make the stage's index of keys, if it is not there. Within ``staged``; before ``write``, as it takes a while."""
    register.db.execute(f"PRAGMA cache_size=-{CACHE_MB * 1024}")
    register.db.execute(f"PRAGMA stage.cache_size=-{CACHE_MB * 1024}")
    register.db.execute("CREATE INDEX IF NOT EXISTS stage.by_key ON items (key, version)")


def _clear(db: Database, source: str) -> None:
    for table in ("items", "registrations"):
        db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608 names are ours


def _more_than_half(db: Database) -> bool:
    (staged,) = db.execute("SELECT count(*) FROM stage.items").fetchone()
    (held,) = db.execute("SELECT count(*) FROM (SELECT 1 FROM items LIMIT ?)", (staged + 1,)).fetchone()
    return bool(staged >= held)


def _kept(db: Database, source: str) -> Kept:
    (rows,) = db.execute("SELECT count(DISTINCT key) FROM items WHERE source = ?", (source,)).fetchone()
    (numbers,) = db.execute("SELECT count(DISTINCT number) FROM registrations WHERE source = ?", (source,)).fetchone()
    return Kept(rows=rows, numbers=numbers)


_DROP_OLDER = """
DELETE FROM items WHERE source = ?1 AND EXISTS (
  SELECT 1 FROM stage.items s WHERE s.key = items.key AND s.version > items.version)
"""
_PUT = """
INSERT INTO items
SELECT s.registration, s.key, :source, s.identifier, s.model, s.withdrawn_on, s.version FROM stage.items s
WHERE s.version = (SELECT max(version) FROM stage.items t WHERE t.key = s.key) {newest}
ORDER BY s.registration, s.key
ON CONFLICT (registration, key) DO UPDATE SET identifier = excluded.identifier, model = excluded.model,
  withdrawn_on = excluded.withdrawn_on
WHERE (excluded.identifier, excluded.model, items.withdrawn_on)
  > (items.identifier, items.model, excluded.withdrawn_on)
"""
_PUT_ITEMS_FRESH = _PUT.format(newest="")
_PUT_ITEMS = _PUT.format(
    newest="AND NOT EXISTS (SELECT 1 FROM items m WHERE m.source = :source AND m.key = s.key AND m.version > s.version)"
)
_PUT_REGISTRATIONS = """
INSERT INTO registrations
SELECT id, ?1, number, type, product, holder, uscc, agent, scope, device_class, code, approved_on, valid_until
FROM stage.statements s WHERE EXISTS (SELECT 1 FROM items WHERE registration = s.id)
ON CONFLICT DO NOTHING
"""
_DROP_EMPTY = """
DELETE FROM registrations WHERE source = ? AND NOT EXISTS (SELECT 1 FROM items WHERE registration = registrations.id)
"""
