"""Rows of an import under way, in a file of their own beside the register: ``register-udi.stage``.

    with Stage.open(register, "udi", tables={"items": ("key", "model")}, recipe="…") as stage:
        with stage.part(sha256, 0, "PART1.xml"):     one transaction: a part is staged as a whole or not at all
            stage.put({"items": rows})

Owns: which parts of which files have been read, what was wrong with them, and the rows as they will be merged. Leaves
to others: what the rows are (``registry.keeping``) and merging them (``registrations``).

So a killed import of an hour goes on where it stopped, and the register itself is untouched until the last part is
read. The file is scratch: of another recipe, or damaged, it is thrown away and the import begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from scanner.errors import InputError, StoreError
from scanner.store.file import File, trouble

LOG_PAGES = 10_000  # of 4 kB between two syncs; the default of 1,000 syncs after nearly every part
PROBLEMS_KEPT = 50  # with their places, of one import; all are counted

stage = Migrations("stage")


@stage()
def parts(db: Database) -> None:
    """Parts that were read to their end, and the problems met in them."""
    db.execute("CREATE TABLE recipe (text TEXT NOT NULL) STRICT")
    db.execute(
        "CREATE TABLE parts (id INTEGER PRIMARY KEY, file TEXT NOT NULL, place INTEGER NOT NULL, rows INTEGER NOT NULL,"
        " bad INTEGER NOT NULL, flawed INTEGER NOT NULL, unknown INTEGER NOT NULL, newest TEXT NOT NULL,"
        " UNIQUE (file, place)) STRICT"
    )
    db.execute(
        "CREATE TABLE problems (part INTEGER NOT NULL, place TEXT NOT NULL, why TEXT NOT NULL, kept INTEGER NOT NULL)"
        " STRICT"
    )


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was counted over a part, a file or all of them; ``newest`` is the newest day that the rows prove.

    ``bad`` rows were not taken, ``flawed`` counts what could not be read of rows that were, ``unknown`` the numbers of
    no known form.
    """

    rows: int = 0
    bad: int = 0
    flawed: int = 0
    unknown: int = 0
    newest: date | None = None

    def see(self, day: date | None, today: date) -> None:
        """Take note of a day that a row proves; one after today proves nothing."""
        if day is not None and day <= today and (self.newest is None or day > self.newest):
            self.newest = day


class Stage:
    """The open stage of one source. One process at a time: a second one gets StoreError."""

    def __init__(self, file: File, tables: Mapping[str, Sequence[str]], recipe: str) -> None:
        self._file = file
        self._insert = {
            name: f"INSERT INTO {name} VALUES (?{', ?' * len(columns)})"  # noqa: S608 names are ours
            for name, columns in tables.items()
        }
        self._part = 0
        with file.write() as db:
            for name, columns in tables.items():
                db.execute(f"CREATE TABLE IF NOT EXISTS {name} (part, {', '.join(columns)})")
            if file.one("SELECT text FROM recipe") is None:
                db.execute("INSERT INTO recipe VALUES (?)", (recipe,))

    @classmethod
    @contextmanager
    def open(cls, register: Path, source: str, *, tables: Mapping[str, Sequence[str]], recipe: str) -> Iterator[Stage]:
        """The stage of ``source`` beside the register; what another ``recipe`` staged is forgotten. Raises StoreError.

        ``tables``: the staged tables with their columns; each gets a column ``part`` in front.
        """
        path = register.with_name(f"{register.stem}-{source}.stage")
        file = _opened(path)
        held = file.one("SELECT text FROM recipe")
        if held is not None and held[0] != recipe:
            file.close()
            remove(path)
            file = _opened(path)
        try:
            yield cls(file, tables, recipe)
        except InputError:  # the files must change before it can go on; only what was killed is worth keeping
            file.close()
            remove(path)
            raise
        finally:
            file.close()

    @property
    def path(self) -> Path:
        return self._file.path

    def has(self, file: str, place: int) -> bool:
        """Whether the part at this place of the file has been staged."""
        return self._file.one("SELECT 1 FROM parts WHERE file = ? AND place = ?", (file, place)) is not None

    @contextmanager
    def part(self, file: str, place: int) -> Iterator[Tally]:
        """Stage one part; what the caller counts in the tally is written down with it."""
        with self._file.write() as db:
            db.execute("INSERT INTO parts VALUES (NULL, ?, ?, 0, 0, 0, 0, '')", (file, place))
            (self._part,) = db.execute("SELECT last_insert_rowid()").fetchone()
            tally = Tally()
            yield tally
            newest = tally.newest.isoformat() if tally.newest is not None else ""
            db.execute(
                "UPDATE parts SET rows = ?, bad = ?, flawed = ?, unknown = ?, newest = ? WHERE id = ?",
                (tally.rows, tally.bad, tally.flawed, tally.unknown, newest, self._part),
            )

    def put(self, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Add rows to the staged tables. Within ``part``."""
        part = self._part
        for table, added in rows.items():
            self._file.db.conn.executemany(self._insert[table], [(part, *row) for row in added])

    def note(self, problem: tuple[str, str, bool]) -> None:
        """Keep a problem (place, why, whether the row was taken all the same). Within ``part``; the first ones stay."""
        self._file.db.execute(
            "INSERT INTO problems SELECT ?, ?, ?, ? WHERE (SELECT count(*) FROM problems) < ?",
            (self._part, *problem, PROBLEMS_KEPT),
        )

    def tally(self, file: str = "") -> Tally:
        """The sums over one file's parts, or over all."""
        row = self._file.one(
            "SELECT coalesce(sum(rows), 0), coalesce(sum(bad), 0), coalesce(sum(flawed), 0),"
            " coalesce(sum(unknown), 0), coalesce(max(newest), '') FROM parts WHERE ? IN ('', file)",
            (file,),
        )
        assert row is not None
        newest = date.fromisoformat(row[4]) if row[4] else None
        return Tally(rows=row[0], bad=row[1], flawed=row[2], unknown=row[3], newest=newest)

    def problems(self) -> Iterator[tuple[str, str, bool]]:
        """What was kept by ``note``, in the order of the parts."""
        for place, why, kept in self._file.rows("SELECT place, why, kept FROM problems ORDER BY part, rowid"):
            yield place, why, bool(kept)


def remove(path: Path) -> None:
    """Delete a stage that is closed, with what SQLite keeps beside it."""
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _opened(path: Path) -> File:
    """The file at ``path``; one that is damaged is scratch and makes room for a new one."""
    try:
        return _exclusive(path)
    except StoreError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise
        remove(path)
        return _exclusive(path)


def _exclusive(path: Path) -> File:
    file = File(path, stage, patience=0.5)
    try:
        with trouble(path):
            file.db.execute("PRAGMA locking_mode=EXCLUSIVE")
            file.db.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
            file.db.execute("BEGIN IMMEDIATE")  # takes the lock for as long as the file is open
            file.db.execute("COMMIT")
    except BaseException:
        file.close()
        raise
    return file
