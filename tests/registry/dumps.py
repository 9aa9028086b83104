"""Everything that a register holds, for comparing registers by content."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = {
    "registrations": "*", "items": "*", "files": "source, sha256, name, size, rows, bad, as_of",
    "sources": "id, as_of, dated, extent, rows, numbers, bad",
}  # fmt: skip


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """By table; all but when it was imported. ``path`` is a ``register.db``."""
    with closing(sqlite3.connect(path)) as db:
        return {table: sorted(db.execute(f"SELECT {columns} FROM {table}")) for table, columns in TABLES.items()}
