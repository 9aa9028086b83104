"""Rows staged and merged for tests of the register's SQL, without files or readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from scanner.store import registrations, staging
from scanner.store.register import ImportedFile, Kept, RegisterStore
from scanner.store.register_tables import statement_id
from scanner.store.staging import Stage

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FILE = ImportedFile(sha256="a" * 64, name="a.xml", size=10, rows=2, bad=1, as_of=date(2026, 11, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One row of a source: its key and version, and what it says."""

    key: str
    version: str = "1"
    product: str = "导管"
    holder: str = "演示甲"
    uscc: str = ""
    approved_on: str = ""
    valid_until: str = ""
    identifier: str = ""
    model: str = ""
    withdrawn_on: str = ""

    def rows(self, source: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        said = ("粤械注准20212149001", "device_reg", self.product, self.holder, self.uscc, "", "", "II", "",
                self.approved_on, self.valid_until)  # fmt: skip
        registration = statement_id((source, *said))
        item = (registration, self.key, self.identifier, self.model, self.withdrawn_on, self.version)
        return (registration, *said), item


def fill(store: RegisterStore, *said: Said, source: str = "udi", replace: bool = False, **given: Any) -> Kept:
    """One import of these rows."""
    opened = Stage.open(store.path, source, tables=registrations.TABLES, recipe="test")
    with opened as stage, stage.part("a" * 64, 0):
        stage.put(_tables(said, source))
    with store.staged(stage.path):
        registrations.index(store)
        with store.write():
            kept = registrations.merge(store, source, replace=replace)
            written = {"as_of": date(2026, 11, 1), "dated": True, "extent": "", "files": [FILE], "now": NOW, **given}
            store.finish(source, kept=kept, replace=replace, **written)
    staging.remove(stage.path)
    return kept


def _tables(said: Sequence[Said], source: str) -> Mapping[str, Sequence[tuple[Any, ...]]]:
    statements, items = zip(*[one.rows(source) for one in said], strict=True) if said else ((), ())
    return {"statements": statements, "items": items}
