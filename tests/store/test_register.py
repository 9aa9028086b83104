"""The register's SQL: bulk rows in one transaction, exact look-up, what is written down of a source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.model import Record
from scanner.store.register import Entry, ImportedFile, RegisterStore

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FILE = ImportedFile(sha256="a" * 64, name="a.xml", size=10, rows=2, bad=1, as_of=date(2026, 11, 1))


def entry(key: str, version: str = "1", **given: Any) -> Entry:
    record = Record(number="粤械注准20212149001", type="device_reg", product="导管", holder="演示甲")
    return Entry(record=replace(record, **given), key=key, version=version)


def fill(store: RegisterStore, *entries: Entry) -> None:
    with store.write():
        store.put("udi", entries)
        store.finish("udi", as_of=date(2026, 11, 1), dated=True, extent="", files=[FILE], now=NOW)


@pytest.fixture
def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore.open(tmp_path / "register.db")


def test_rows_of_one_number_are_one_registration(store: RegisterStore) -> None:
    fill(store, entry("1", identifiers=("069",)), entry("2", identifiers=("068",)), entry("3", product="鞘管"))
    one, two = store.by_number("粤械注准20212149001")
    assert (one.record.product, one.items, one.record.identifiers, one.record.as_of) == (
        "导管", 2, ("068", "069"), date(2026, 11, 1)
    )  # fmt: skip
    assert (two.record.product, two.items) == ("鞘管", 1)
    assert store.by_number("粤械注准20212149002") == ()


def test_dates_come_back_as_they_went_in(store: RegisterStore) -> None:
    fill(store, entry("1", approved_on=date(2021, 3, 1), valid_until=date(2026, 2, 28), withdrawn_on=date(2025, 1, 1)))
    (held,) = store.by_number("粤械注准20212149001")
    record = held.record
    assert (record.approved_on, record.valid_until, record.withdrawn_on) == (
        date(2021, 3, 1), date(2026, 2, 28), date(2025, 1, 1)
    )  # fmt: skip


def test_an_older_version_never_replaces_a_newer_one(store: RegisterStore) -> None:
    fill(store, entry("1", "2", product="新名"))
    fill(store, entry("1", "1", product="旧名"))
    assert [held.record.product for held in store.by_number("粤械注准20212149001")] == ["新名"]
    fill(store, entry("1", "3", product="最新名"))
    assert [held.record.product for held in store.by_number("粤械注准20212149001")] == ["最新名"]


def test_an_import_that_fails_leaves_nothing(store: RegisterStore) -> None:
    def fail() -> None:
        with store.write():
            store.put("udi", [entry("1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.by_number("粤械注准20212149001") == ()
    assert store.sources() == ()


def test_what_is_written_down_of_a_source(store: RegisterStore) -> None:
    fill(store, entry("1"), entry("2"))
    (source,) = store.sources()
    assert (source.id, source.rows, source.numbers, source.bad, source.as_of) == ("udi", 2, 1, 1, date(2026, 11, 1))
    assert (source.imported, source.sha256, source.files) == (NOW, "a" * 64, (FILE,))
    with store.write():
        store.clear("udi")
        store.put("udi", [entry("9")])
        store.finish("udi", as_of=None, dated=False, extent="sample", files=[], now=NOW)
    (source,) = store.sources()
    assert (source.rows, source.as_of, source.dated, source.extent, source.files) == (1, None, False, "sample", ())


def test_the_file_is_opened_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    fill(RegisterStore.open(path), entry("1"))
    assert len(RegisterStore.open(path).by_number("粤械注准20212149001")) == 1


def test_text_that_is_not_quite_text(store: RegisterStore) -> None:
    fill(store, entry("1", product="坏\ud800字\0"))
    (held,) = store.by_number("粤械注准20212149001")
    assert held.record.product == "坏?字 "
