"""The catalogues' tables in ``register.db``: official rows that say which class and code a product name has.

Owns: the tables, rows in bulk, and the questions asked of them. Leaves to others: reading files and levelling names
(``registry.catalogue``), which sources exist (``registry.sources``), the transaction (``store.register``).

Rows add up over files; a row that comes again is the same row, so an import repeated leaves the same content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Literal, cast

from sqlite_utils import Database
from sqlite_utils.db import Table

from scanner.store.codec import column
from scanner.store.file import File

if TYPE_CHECKING:
    pass

# I, II, III: managed as a device of that class; combination: a drug-device combination (药械组合); depends: the paper
# says that it depends on the product (分情形); "": the paper names the product and says nothing of its class.
ProductClass = Literal["I", "II", "III", "not_device", "combination", "depends", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One product name of an official paper. ``code``: NN, NN-NN or NN-NN-NN of the 2017 catalogue, 6840 (reagents), or
    "". ``heading``: what the paper calls the level or the section that the name stands under. ``year``: of the paper or batch, "" if unknown.
    ``description``: composition and intended use as printed. ``plain``: the name levelled, for finding it."""

    source: str
    name: str
    plain: str
    code: str
    device_class: ProductClass
    year: str
    heading: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """An ingredient that the class I catalogue's annex (附录) forbids in some products; ``kind`` is its heading."""

    name: str
    kind: str
    year: str


_COLUMNS = tuple(field.name for field in fields(CatalogueRow))


def catalogue(db: Database) -> None:
    """A step of the register's migrations: official rows by name, and the forbidden ingredients."""
    rows = cast(Table, db["catalogue"])
    rows.create({"key": int, **dict.fromkeys(_COLUMNS, str)}, pk="key", not_null=set(_COLUMNS), strict=True)
    rows.create_index(["plain"])
    rows.create_index(["source"])
    ingredients = cast(Table, db["catalogue_ingredients"])
    columns = {"source": str, "name": str, "kind": str, "year": str}
    ingredients.create(columns, pk=("source", "name"), not_null=set(columns), strict=True)


TABLES: Mapping[str, Sequence[str]] = {
    "official": ("key", *_COLUMNS),
    "ingredients": ("name", "kind", "year"),
}


def staged(row: CatalogueRow) -> tuple[object, ...]:
    return (_key(row), *map(column, astuple(row)))


def staged_ingredient(ingredient: Ingredient) -> tuple[object, ...]:
    return column(ingredient.name), column(ingredient.kind), ingredient.year


def merge(db: Database, source: str, *, replace: bool) -> tuple[int, int]:
    """Bring what is staged into the register ``db``; how many rows and names it holds then. Within ``staged`` and
    ``write``. ``replace``: nothing older stays."""
    if replace:
        for table in ("catalogue", "catalogue_ingredients"):
            db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608 names are ours
    db.execute(f"INSERT OR REPLACE INTO catalogue SELECT key, {', '.join(_COLUMNS)} FROM stage.official")  # noqa: S608
    db.execute(
        "INSERT OR REPLACE INTO catalogue_ingredients SELECT ?, name, kind, year FROM stage.ingredients ORDER BY year",
        (source,),
    )
    (rows,) = db.execute("SELECT count(*) FROM catalogue WHERE source = ?", (source,)).fetchone()
    (names,) = db.execute("SELECT count(DISTINCT plain) FROM catalogue WHERE source = ?", (source,)).fetchone()
    return rows, names


class CatalogueStore:
    """The catalogues' part of an open register, asked."""

    def __init__(self, file: File) -> None:
        self._file = file

    def named(self, plain: Sequence[str]) -> tuple[CatalogueRow, ...]:
        """The rows whose levelled name is one of ``plain`` (at most 200), newest first, in a fixed order."""
        wanted = list(dict.fromkeys(plain))[:200]
        marks = ", ".join("?" * len(wanted))
        return tuple(
            self._rows(f"WHERE plain IN ({marks}) ORDER BY year DESC, source, key", [column(p) for p in wanted])
        )

    def all(self) -> Iterator[CatalogueRow]:
        """Every row, in a fixed order."""
        return self._rows("ORDER BY key", ())

    def _rows(self, tail: str, values: Sequence[str]) -> Iterator[CatalogueRow]:
        for row in self._file.rows(f"SELECT {', '.join(_COLUMNS)} FROM catalogue {tail}", values):  # noqa: S608
            yield CatalogueRow(**cast(Mapping[str, str], dict(zip(_COLUMNS, row, strict=True))))  # type: ignore[arg-type]

    def ingredients(self) -> tuple[Ingredient, ...]:
        rows = self._file.rows("SELECT name, kind, year FROM catalogue_ingredients ORDER BY source, kind, name")
        return tuple(Ingredient(name=name, kind=kind, year=year) for name, kind, year in rows)

    def counts(self) -> Mapping[str, int]:
        """Source -> how many rows it has."""
        return dict(self._file.rows("SELECT source, count(*) FROM catalogue GROUP BY source ORDER BY source"))

    def digest(self) -> str:
        """Names the content of all rows: it changes when any row does. "" when there is none."""
        found = self._file.one("SELECT count(*), group_concat(key) FROM (SELECT key FROM catalogue ORDER BY key)")
        count, keys = found or (0, None)
        return hashlib.sha256(str(keys).encode("ascii")).hexdigest() if count else ""


def _key(row: CatalogueRow) -> int:
    """A 64-bit id of everything the row says."""
    parts = "\x1f".join(astuple(row)).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(parts, digest_size=8).digest(), "big", signed=True)
