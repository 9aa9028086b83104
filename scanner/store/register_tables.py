"""The tables of the register, step by step; a step that has been released is never changed, only followed by another.

Owns: ``register.db``'s tables and the id of a registration. Leaves to others: the queries. Dates are ISO text, "" where
the source has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from scanner.store.catalogue import catalogue
from scanner.store.companies import company_names
from scanner.store.net_sellers import net_sellers

register = Migrations("register")

ITEMS_BY_KEY = "CREATE INDEX items_by_key ON items (source, key, version)"


def _table(db: Database, name: str, columns: Mapping[str, type], pk: str | tuple[str, ...]) -> Table:
    table = cast(Table, db[name])
    table.create(dict(columns), pk=pk, not_null=set(columns) - ({pk} if isinstance(pk, str) else set()), strict=True)
    return table


@register()
def registrations(db: Database) -> None:
    """Sources, their files, registrations and items."""
    _table(
        db, "sources",
        {"id": str, "as_of": str, "extent": str, "rows": int, "numbers": int, "bad": int, "imported": str,
         "dated": int},
        "id",
    )  # fmt: skip
    _table(
        db, "files",
        {"source": str, "sha256": str, "name": str, "size": int, "rows": int, "bad": int, "as_of": str, "imported": str},
        ("source", "sha256"),
    )  # fmt: skip
    table = _table(
        db, "registrations",
        {
            "id": int, "source": str, "number": str, "type": str, "product": str, "holder": str, "uscc": str,
            "agent": str, "scope": str, "model": str, "device_class": str, "code": str, "approved_on": str,
            "valid_until": str, "version": str,
        },
        "id",
    )  # fmt: skip
    for names in (["number"], ["uscc"], ["source"]):
        table.create_index(names)
    _table(
        db, "items",
        {"source": str, "key": str, "registration": int, "identifier": str, "model": str, "withdrawn_on": str,
         "version": str},
        ("source", "key", "registration"),
    ).create_index(["registration", "withdrawn_on"])  # fmt: skip


@register()
def statements(db: Database) -> None:
    """A registration's id is made of all that it says; items lie beside one another by registration."""
    db.conn.create_function("statement", -1, lambda *said: statement_id(said), deterministic=True)
    db.execute("CREATE TEMP TABLE ids AS SELECT id AS old, statement(source, number, type, product, holder, uscc, agent,"
               " scope, device_class, code, approved_on, valid_until) AS new FROM registrations")  # fmt: skip
    db.execute(
        "CREATE TABLE said (id INTEGER PRIMARY KEY, source TEXT NOT NULL, number TEXT NOT NULL, type TEXT NOT NULL,"
        " product TEXT NOT NULL, holder TEXT NOT NULL, uscc TEXT NOT NULL, agent TEXT NOT NULL, scope TEXT NOT NULL,"
        " device_class TEXT NOT NULL, code TEXT NOT NULL, approved_on TEXT NOT NULL, valid_until TEXT NOT NULL) STRICT"
    )
    db.execute(
        "INSERT INTO said SELECT new, source, number, type, product, holder, uscc, agent, scope, device_class, code,"
        " approved_on, valid_until FROM registrations JOIN ids ON old = id"
    )
    db.execute(
        "CREATE TABLE rows (registration INTEGER NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL,"
        " identifier TEXT NOT NULL, model TEXT NOT NULL, withdrawn_on TEXT NOT NULL, version TEXT NOT NULL,"
        " PRIMARY KEY (registration, key)) STRICT, WITHOUT ROWID"
    )
    db.execute(
        "INSERT INTO rows SELECT new, key, source, identifier, model, withdrawn_on, version"
        " FROM items JOIN ids ON old = registration"
    )
    for old, new in (("registrations", "said"), ("items", "rows")):
        db.execute(f"DROP TABLE {old}")
        db.execute(f"ALTER TABLE {new} RENAME TO {old}")
    db.execute("DROP TABLE ids")
    for names in ("number", "uscc", "source"):
        db.execute(f"CREATE INDEX registrations_{names} ON registrations ({names})")
    db.execute(ITEMS_BY_KEY)


def statement_id(said: Iterable[str]) -> int:
    """A 64-bit id of all columns of a registration, so that rows need no look-up while they come in."""
    text = "\x1f".join(said).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


register()(catalogue)
register()(company_names)
register()(net_sellers)
