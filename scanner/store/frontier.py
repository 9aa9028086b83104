"""The frontier of one crawl on the disk: which requests wait, are under way, are done, and what each came to.

Owns: the table and every statement on it, one long transaction that is committed in steps, and what an interrupted crawl
finds again. Leaves to others: what a request is and when it is done (``crawl.walk.frontier``), when to commit.

Scrapy's own job folder survives only a clean stop: a request taken out of its queue is gone. Here a row changes its state
and stays. A crawl that is killed finds those under way again and nothing else, and with them what had been sealed for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from scanner.model import Capture
from scanner.store import codec
from scanner.store.file import File, trouble

FRUITLESS = 2  # deaths in a row with nothing done between; then the crawl goes on with one request at a time, to see which it is
MAX_TRIES = 6  # times that it may then die over a request whose answer it had; then that one is given up
SUSPECTED = 10_000  # how much less urgent a request is from then on: all others go first
MAX_BARE = 12  # times over one whose answer never came: whoever kills the crawl now and then is no fault of the page

frontier = Migrations("frontier")


class State(IntEnum):
    """What became of a request."""

    WAITING = 0
    UNDER_WAY = 1
    DONE = 2
    GIVEN_UP = 3  # alone under way each time the crawl died, and the crawl came no further


class Claimed(NamedTuple):
    """A request taken up. ``turn`` goes up when the same request is asked again (a retry, a redirect): the end of an
    earlier turn does not end it."""

    priority: int
    row: int
    turn: int
    request: str


class Ended(NamedTuple):
    """A request that came to its end; ``result`` is "" for one that was given up."""

    key: str
    state: State
    request: str
    result: str


@frontier()
def requests(db: Database) -> None:
    """``key`` is what the request asks for, once in a crawl; ``slot`` the host it waits for; ``result`` is JSON. ``opened``:
    how many were done each time the frontier was opened; -1 where it was then closed, not left by a death."""
    columns = {
        "id": int, "key": str, "state": int, "turn": int, "tries": int, "priority": int, "slot": str, "request": str,
        "result": str,
    }  # fmt: skip
    table = cast(Table, db["requests"])
    table.create(columns, pk="id", not_null=set(columns) - {"id"}, strict=True)
    table.create_index(["key"], unique=True)
    db.execute("CREATE INDEX waiting ON requests (slot, priority DESC, id) WHERE state = 0")
    cast(Table, db["opened"]).create({"number": int, "done": int}, pk="number", not_null={"done"}, strict=True)


@frontier()
def sealed(db: Database) -> None:
    """What came for a request, the ``capture`` as JSON, until its row is done. ``address``: "" for the row's own page, else
    that of a piece of it; pictures are for all rows and belong to row 0. ``opened``: in which opening of the frontier it was
    sealed, or read again."""
    columns = {"row": int, "address": str, "opened": int, "capture": str}
    cast(Table, db["sealed"]).create(columns, pk=("row", "address"), not_null=set(columns), strict=True)


_DONE = "(SELECT count(*) FROM requests WHERE state >= 2)"


def _fruitless(db: Any) -> int:
    """How many openings in a row, up to the last one, ended by a death with nothing done."""
    sql = (
        f"SELECT count(*) FROM opened WHERE done = {_DONE} AND number > "  # noqa: S608 - nothing from outside
        f"coalesce((SELECT max(number) FROM opened WHERE done <> {_DONE}), 0)"
    )
    (count,) = db.execute(sql).fetchone()
    return int(count)


class Frontier:
    """An open frontier. Everything since the last :meth:`commit` is lost with the process, and then asked again. ``careful``:
    the crawl is to take up one request at a time, for it died again and again and came no further."""

    def __init__(self, path: Path) -> None:
        """Open or create ``path``; what was under way when it was last open waits again. Raises StoreError."""
        self._file = File(path, frontier)
        self.path = path
        with self._file.write() as db:
            fruitless = _fruitless(db)
            if fruitless > FRUITLESS:  # the crawl that died was careful: what was under way was alone
                db.execute(
                    "UPDATE requests SET tries = tries + 1, priority = CASE WHEN tries THEN priority ELSE priority - ? END "
                    "WHERE state = 1",
                    (SUSPECTED,),
                )
            db.execute(
                "UPDATE requests SET state = CASE WHEN tries >= CASE WHEN EXISTS "
                "(SELECT 1 FROM sealed s WHERE s.row = requests.id) THEN ? ELSE ? END THEN 3 ELSE 0 END WHERE state = 1",
                (MAX_TRIES, MAX_BARE),
            )
            self.careful = fruitless >= FRUITLESS
            self._opened = db.execute(f"INSERT INTO opened (done) SELECT {_DONE}").lastrowid
            self._left = db.execute("SELECT 1 FROM sealed LIMIT 1").fetchone() is not None  # by a crawl that died
        self._begin()

    def add(self, key: str, *, slot: str, priority: int, request: str) -> int | None:
        """Add a request; its row, or None where the crawl has it already."""
        with trouble(self.path):
            cursor = self._db.execute(
                "INSERT INTO requests (key, state, turn, tries, priority, slot, request, result) "
                "VALUES (?, 0, 0, 0, ?, ?, ?, '') ON CONFLICT (key) DO NOTHING",
                (key, priority, slot, request),
            )
        return cursor.lastrowid if cursor.rowcount else None

    def again(self, row: int, *, slot: str, priority: int, request: str) -> None:
        """The same request is to be asked another time: another turn of its row waits."""
        with trouble(self.path):
            self._db.execute(
                "UPDATE requests SET state = 0, turn = turn + 1, slot = ?, priority = ?, request = ? WHERE id = ?",
                (slot, priority, request, row),
            )
            self._db.execute("DELETE FROM sealed WHERE row = ?", (row,))

    def claim(self, slot: str, most: int) -> list[Claimed]:
        """Take up the most urgent requests that wait for a host, those first that came first."""
        with trouble(self.path):
            rows = self._db.execute(
                "UPDATE requests SET state = 1 WHERE id IN (SELECT id FROM requests "
                "WHERE state = 0 AND slot = ? ORDER BY priority DESC, id LIMIT ?) RETURNING priority, id, turn, request",
                (slot, most),
            ).fetchall()
        return sorted((Claimed(*row) for row in rows), key=lambda one: (-one.priority, one.row))

    def put_back(self, rows: Iterable[int]) -> None:
        """Requests that were taken up and not yet begun wait again."""
        with trouble(self.path):
            self._db.executemany("UPDATE requests SET state = 0 WHERE id = ? AND state = 1", [(row,) for row in rows])

    def finish(self, ended: Iterable[tuple[int, int, str]]) -> None:
        """Requests that came to their end: (row, turn, result)."""
        ended = list(ended)
        with trouble(self.path):
            self._db.executemany("DELETE FROM sealed WHERE row = ?", [(row,) for row, _, _ in ended])
            self._db.executemany(
                "UPDATE requests SET state = 2, result = ? WHERE id = ? AND turn = ?",
                [(result, row, turn) for row, turn, result in ended],
            )

    def seal(self, row: int, address: str, capture: Capture) -> None:
        """What came for a row's own page (``address`` "") or for a piece of it is sealed; on the disk when this returns."""
        with trouble(self.path):
            self._db.execute(
                "INSERT OR REPLACE INTO sealed VALUES (?, ?, ?, ?)",
                (row, codec.column(address), self._opened, codec.dump(capture)),
            )
        self.commit()

    def sealed(self, row: int, address: str) -> Capture | None:
        """What had come when the crawl died, once in each opening: asked again (a retry), it is to come from the shop."""
        if not self._left:
            return None
        with trouble(self.path):
            found = self._db.execute(
                "UPDATE sealed SET opened = ? WHERE row = ? AND address = ? AND opened < ? RETURNING capture",
                (self._opened, row, codec.column(address), self._opened),
            ).fetchone()
        if found is None:
            return None
        self.commit()  # that the row is under way: looking at what was sealed may be what kills the crawl
        return codec.load(Capture, found[0])

    def commit(self) -> None:
        """Put everything so far on the disk, as far as a killed process is concerned."""
        with trouble(self.path):
            self._db.execute("COMMIT")
        self._begin()

    def waiting(self) -> dict[str, int]:
        """How many requests wait, by host."""
        rows = self._rows("SELECT slot, count(*) FROM requests WHERE state = 0 GROUP BY slot")
        return {str(slot): int(count) for slot, count in rows}

    def counts(self) -> dict[State, int]:
        """How many requests there are in each state."""
        return {State(state): int(n) for state, n in self._rows("SELECT state, count(*) FROM requests GROUP BY state")}

    def asked(self) -> Iterator[str]:
        """What was ever asked for, in the order it was found."""
        yield from (str(key) for (key,) in self._rows("SELECT key FROM requests ORDER BY id"))

    def ended(self) -> Iterator[Ended]:
        """The requests that are done or given up, in the order they were found."""
        for key, state, request, result in self._rows(
            "SELECT key, state, request, result FROM requests WHERE state >= 2 ORDER BY id"
        ):
            yield Ended(str(key), State(state), str(request), str(result))

    def close(self) -> None:
        """Commit and close."""
        with trouble(self.path):
            self._db.execute("UPDATE opened SET done = -1 WHERE number = ?", (self._opened,))
            self._db.execute("COMMIT")
        self._file.close()

    def __enter__(self) -> Frontier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _db(self) -> Any:
        return self._file.db.conn

    def _begin(self) -> None:
        with trouble(self.path):
            self._db.execute("BEGIN IMMEDIATE")

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return self._file.rows(sql)


def remove(path: Path) -> None:
    """Delete a frontier that nobody needs any more."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
