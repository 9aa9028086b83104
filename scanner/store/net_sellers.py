"""The register of network sellers in ``register.db``: the rows of a list that an office keeps, in its order.

Owns: the table and its SQL. Leaves to others: reading lists (``registry.readers.sellers``) and whose rows are one
seller's (``registry.sellers``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from scanner.store.file import File

if TYPE_CHECKING:
    from scanner.store.register import RegisterStore

COLUMNS = ("name", "uscc", "licence", "filing", "platform", "shop", "area", "addresses")
TABLES: Mapping[str, Sequence[str]] = {"net": COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetRow:
    """One row of the register: a seller and a shop of it. Texts are "" where the list says nothing."""

    name: str
    uscc: str
    licence: str
    filing: str
    platform: str
    shop: str
    area: str
    addresses: tuple[str, ...]


def net_sellers(db: Database) -> None:
    """The rows of registers of network sellers. ``number`` keeps the list's order; ``addresses``: one a line."""
    said = ", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)
    db.execute(f"CREATE TABLE net_sellers (number INTEGER PRIMARY KEY, source TEXT NOT NULL, {said}) STRICT")
    db.execute(f"CREATE UNIQUE INDEX net_sellers_row ON net_sellers (source, {', '.join(COLUMNS)})")


def merge(store: RegisterStore, source: str, *, replace: bool) -> int:
    """Bring a staged list into the register; how many rows it holds then. Within ``staged`` and ``write``. ``replace``:
    nothing older stays."""
    db = store.db
    if replace:
        db.execute("DELETE FROM net_sellers WHERE source = ?", (source,))
    names = ", ".join(COLUMNS)
    db.execute(
        f"INSERT OR IGNORE INTO net_sellers (source, {names}) SELECT ?, {names} FROM stage.net ORDER BY rowid",  # noqa: S608 ours
        (source,),
    )
    (rows,) = db.execute("SELECT count(*) FROM net_sellers WHERE source = ?", (source,)).fetchone()
    return int(rows)


def rows(file: File, source: str) -> Iterator[NetRow]:
    """The rows of a list, in its order."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM net_sellers WHERE source = ? ORDER BY number"  # noqa: S608 ours
    for *said, addresses in file.rows(sql, (source,)):
        name, uscc, licence, filing, platform, shop, area = said
        yield NetRow(
            name=name, uscc=uscc, licence=licence, filing=filing, platform=platform, shop=shop, area=area,
            addresses=tuple(addresses.split("\n")) if addresses else (),
        )  # fmt: skip
