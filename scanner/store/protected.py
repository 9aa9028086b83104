"""Who told it (举报人), in a file of its own: ``protected.db``, readable by the owner of the home alone.

Owns: the file, its mode (0600) and its one table, keyed by report; that what is forgotten is overwritten. Leaves to others:
what is personal (``intake``), writing down who looked (``casework``). Nothing here goes into the journal, the book, packages
or letters, and ``rebuild`` neither reads nor makes it: it must be backed up by itself.

Offices that take complaints and tips keep secret who told them (市场监督管理投诉举报处理暂行办法; the article was not read in a primary
text); 个人信息保护法 art. 47: personal data is deleted when its term is over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database, Migrations

from scanner.errors import StoreError, reason
from scanner.model import Report, Reporter
from scanner.store import codec
from scanner.store.file import File

NAME = "protected.db"

_steps = Migrations("protected")


@_steps()
def reporters(db: Database) -> None:
    """One row a report."""
    db.execute("CREATE TABLE reporters (report TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT")


class Protected(File):
    """The open file."""

    @classmethod
    def at(cls, folder: Path) -> Protected:
        """Open or create it in the home's folder. Raises StoreError."""
        path = folder / NAME
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
            path.chmod(0o600)  # SQLite gives its log the same mode
        except OSError as error:
            raise StoreError(f"举报人信息的文件打不开：{reason(error)}", where=str(path), hint="检查权限") from error
        made = cls(path, _steps)
        made.db.execute("PRAGMA secure_delete=ON")
        return made

    def __enter__(self) -> Protected:
        return self

    def save(self, told: Iterable[tuple[Report, Reporter]]) -> None:
        """Keep who told these reports; on disk when this returns. Told again, the later counts."""
        with self.write(durable=True) as db:
            db.conn.executemany(
                "INSERT OR REPLACE INTO reporters VALUES (?, ?)",
                [(report.id, codec.column(codec.dump(reporter))) for report, reporter in told],
            )

    def reporter(self, report: str) -> Reporter | None:
        row = self.all("SELECT data FROM reporters WHERE report = ?", (report,))
        return codec.load(Reporter, row[0][0]) if row else None

    def known(self) -> frozenset[str]:
        """The reports (ids) of which it is known who told them."""
        return frozenset(report for (report,) in self.all("SELECT report FROM reporters"))

    def forget(self, reports: Iterable[str]) -> int:
        """Delete who told these reports, bytes and all; how many were there."""
        with self.write(durable=True) as db:
            gone = sum(db.execute("DELETE FROM reporters WHERE report = ?", (one,)).rowcount for one in reports)
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone
