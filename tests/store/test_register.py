"""The register's file: exact look-up, what is written down of a source, and the older tables carried over."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from scanner.store import register_tables as tables
from scanner.store.register import RegisterStore
from tests.store.staged import FILE, NOW, Said, fill


@pytest.fixture
def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore.open(tmp_path / "register.db")


def test_rows_of_one_number_are_one_registration(store: RegisterStore) -> None:
    fill(
        store,
        Said(key="1", identifier="069", model="A"),
        Said(key="2", identifier="068"),
        Said(key="3", product="鞘管"),
    )
    one, two = store.by_number("粤械注准20212149001")
    assert (one.record.product, one.items, one.record.identifiers, one.record.model, one.record.as_of) == (
        "导管", 2, ("068", "069"), "A", date(2026, 11, 1)
    )  # fmt: skip
    assert (two.record.product, two.items) == ("鞘管", 1)
    assert store.by_number("粤械注准20212149002") == ()


def test_dates_come_back_as_they_went_in(store: RegisterStore) -> None:
    fill(store, Said(key="1", approved_on="2021-03-01", valid_until="2026-02-28", withdrawn_on="2025-01-01"))
    (held,) = store.by_number("粤械注准20212149001")
    record = held.record
    assert (record.approved_on, record.valid_until, record.withdrawn_on) == (
        date(2021, 3, 1), date(2026, 2, 28), date(2025, 1, 1)
    )  # fmt: skip


def test_withdrawn_only_when_all_items_are(store: RegisterStore) -> None:
    fill(store, Said(key="1", withdrawn_on="2025-01-01"), Said(key="2"))
    (held,) = store.by_number("粤械注准20212149001")
    assert (held.items, held.withdrawn, held.record.withdrawn_on) == (2, 1, None)


def test_what_is_written_down_of_a_source(store: RegisterStore) -> None:
    fill(store, Said(key="1"), Said(key="2"))
    (source,) = store.sources()
    assert (source.id, source.rows, source.numbers, source.bad, source.as_of) == ("udi", 2, 1, 1, date(2026, 11, 1))
    assert (source.imported, source.sha256, source.files) == (NOW, "a" * 64, (FILE,))
    fill(store, Said(key="9"), replace=True, as_of=None, dated=False, extent="sample", files=[])
    (source,) = store.sources()
    assert (source.rows, source.as_of, source.dated, source.extent, source.files) == (1, None, False, "sample", ())


def test_sources_written_by_another_process_are_seen(tmp_path: Path) -> None:
    store, other = RegisterStore.open(tmp_path / "register.db"), RegisterStore.open(tmp_path / "register.db")
    assert store.sources() == ()
    fill(other, Said(key="1"))
    assert [source.id for source in store.sources()] == ["udi"]


def test_the_file_is_opened_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    fill(RegisterStore.open(path), Said(key="1"))
    assert len(RegisterStore.open(path).by_number("粤械注准20212149001")) == 1


def test_a_register_of_the_first_tables_is_carried_over(tmp_path: Path) -> None:
    """A file with only the first migration applied: every row is there afterwards, and importing again doubles none."""
    path = tmp_path / "register.db"
    connection = sqlite3.connect(path, isolation_level=None)
    tables.register.apply(Database(connection, execute_plugins=False), stop_before="statements")
    connection.execute(
        "INSERT INTO registrations VALUES (7, 'udi', '粤械注准20212149001', 'device_reg', '导管', '演示甲', '', '', '', 'A',"
        " 'II', '', '', '', '1')"
    )
    connection.execute("INSERT INTO items VALUES ('udi', '1', 7, '069', 'A', '', '1')")
    connection.execute("INSERT INTO sources VALUES ('udi', '2026-11-01', '', 1, 1, 0, '2026-11-22T03:00:00.000Z', 1)")
    connection.close()
    store = RegisterStore.open(path)
    before = store.by_number("粤械注准20212149001")
    assert [(h.record.product, h.record.model, h.record.identifiers, h.items) for h in before] == [
        ("导管", "A", ("069",), 1)
    ]
    fill(store, Said(key="1", identifier="069", model="A"))
    assert store.by_number("粤械注准20212149001") == before
