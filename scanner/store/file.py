"""One SQLite file of ours: opened, migrated, written in explicit transactions, and its troubles said in words.

Owns: how a file is opened and why with these settings, ``write()``, and turning SQLite's errors into StoreError with
path and way out. Leaves to others: tables (``migrations``) and every query (one file per noun). A file belongs to the
thread that opened it (sqlite3 holds to that); processes share it, one writing at a time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from scanner.errors import StoreError

PATIENCE = 10.0  # seconds to wait for another writer; ours hold the file for milliseconds

_HINTS = {
    "SQLITE_BUSY": ("数据库正被另一个进程占用", "等另一个清网进程结束后再试"),
    "SQLITE_LOCKED": ("数据库正被占用", "等另一项操作结束后再试"),
    "SQLITE_READONLY": ("数据库只读，写不进去", "检查文件和文件夹的权限，或者换一个数据目录"),
    "SQLITE_PERM": ("没有权限使用数据库", "检查文件和文件夹的权限"),
    "SQLITE_CANTOPEN": ("数据库打不开", "检查文件夹是否存在、是否有权限"),
    "SQLITE_FULL": ("磁盘满了，数据没有写入", "腾出空间后再试；已经写入的数据没有受损"),
    "SQLITE_IOERR": ("读写磁盘出错", "检查磁盘；数据目录不要放在网络盘上"),
    "SQLITE_CORRUPT": ("数据库已损坏", "先备份整个数据目录；封存的网页和日志不在这个文件里"),
    "SQLITE_NOTADB": ("这不是清网的数据库，或者已损坏", "先备份整个数据目录；封存的网页和日志不在这个文件里"),
}


class trouble:
    """SQLite's errors inside become StoreError. A broken constraint is our own fault and passes through.

    A class, for it stands around every query: a generator costs as much as a small query itself.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.IntegrityError):
            name = getattr(error, "sqlite_errorname", "") or ""
            # Extended names (SQLITE_BUSY_SNAPSHOT) say the same to people as their first two words.
            said, hint = _HINTS.get("_".join(name.split("_")[:2]), (f"数据库出错：{error}", "先备份整个数据目录"))
            raise StoreError(said, where=str(self._path), hint=hint) from error


class File:
    """An open SQLite file with its migrations applied."""

    def __init__(self, path: Path, migrations: Migrations, *, patience: float = PATIENCE) -> None:
        """Open or create ``path`` (its folder must exist). Raises StoreError."""
        self.path = path
        self._depth = 0
        with trouble(path):
            connection = sqlite3.connect(path, timeout=patience, isolation_level=None, cached_statements=256)
            try:
                self.db = Database(connection, execute_plugins=False, strict=True)
                _settle(connection, patience)
                self._migrate(migrations)
            except BaseException:
                connection.close()
                raise

    def _migrate(self, migrations: Migrations) -> None:
        # A file from a newer program may hold what this one would silently pass over.
        known = {step.name for step in migrations._migrations}
        if newer := sorted({step.name for step in migrations.applied(self.db)} - known):
            raise StoreError(
                f"数据库由更新版本的清网写成（{'、'.join(newer)}）", where=str(self.path), hint="升级清网后再打开"
            )
        if migrations.pending(self.db):
            with self.write():  # two processes opening a new file together: one waits, then finds nothing to do
                migrations.apply(self.db)

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Database]:
        """One transaction: all of it is kept, or nothing. Nested calls join the outer one.

        ``BEGIN IMMEDIATE`` takes the write lock at the start, so waiting happens here (up to the file's patience) and
        never in the middle of the work. ``durable`` waits until the disk has it (``synchronous=FULL``).
        """
        if self._depth:
            self._depth += 1
            try:
                yield self.db
            finally:
                self._depth -= 1
            return
        with trouble(self.path):
            if durable:
                self.db.execute("PRAGMA synchronous=FULL")
            self.db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                self.db.rollback()  # does nothing where SQLite already did it (disk full)
                raise
            finally:
                self._depth = 0
                if durable:
                    self.db.execute("PRAGMA synchronous=NORMAL")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of a transaction that may fail alone: what raises inside leaves nothing of the part, and all of the rest."""
        self.db.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK TO attempt")
            self.db.execute("RELEASE attempt")
            raise
        self.db.execute("RELEASE attempt")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query as they come; memory does not grow with their number."""
        with trouble(self.path):
            for row in self.db.conn.execute(sql, values):  # noqa: UP028 - "yield from" would close the cursor of a file that is closed already
                yield row

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query that has few."""
        with trouble(self.path):
            found: list[tuple[Any, ...]] = self.db.conn.execute(sql, values).fetchall()
            return found

    def select(
        self, sql: str, wanted: Mapping[str, Any], tail: str, limit: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of ``sql`` where each column named in ``wanted`` has its value (None: any), then ``tail``.

        ``sql``, ``tail`` and the column names are ours, written in this room; only values come from outside.
        """
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given)
        parts = (sql, f"WHERE {where}" if where else "", tail, "LIMIT ?")
        return self.rows(" ".join(parts), (*given.values(), -1 if limit is None else limit))

    def one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        with trouble(self.path):
            row: tuple[Any, ...] | None = self.db.conn.execute(sql, values).fetchone()
            return row

    def close(self) -> None:
        """Close the file; the write-ahead log is folded into it."""
        with trouble(self.path):
            self.db.close()

    def __enter__(self) -> File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _settle(connection: sqlite3.Connection, patience: float) -> None:
    """Settings of a connection, with reasons."""
    # Readers (a list, the workbench) go on while a crawl writes.
    _log_ahead(connection, patience)
    # In WAL a power cut may cost the last transactions, never the file: the journal and the archive, which are
    # synced first, are the truth and the book is an index over them. What people decide is written with FULL.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # A file brought from elsewhere must not run functions out of its own schema.
    connection.execute("PRAGMA trusted_schema=OFF")


def _log_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Turn the write-ahead log on. SQLite does not wait for others here, so two first openings would collide."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= until:
                raise
            time.sleep(0.01)
