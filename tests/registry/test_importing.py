"""Imports: all or nothing, the same again when repeated or reordered, every bad row reported, the as-of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scanner.errors import InputError, StoreError, UsageError
from scanner.registry import Register, import_source
from tests.registry.making import NOW, ON, device, empty, nmpa_csv, udi_xml, with_table, write

ROW = (
    "国械注准20213149001",
    "演示甲医疗器械有限公司",
    "演示用导管",
    "第三类",
    "A型",
    "用于演示。",
    "2021-03-01",
    "2027-02-28",
)


def content(register: Register) -> list[tuple[object, ...]]:
    """Everything that the register holds but when it was imported."""
    file = register.store._file
    tables = {
        "registrations": "*", "items": "*", "files": "source, sha256, name, size, rows, bad, as_of",
        "sources": "id, as_of, dated, extent, rows, numbers, bad",
    }  # fmt: skip
    return [row for table, columns in tables.items() for row in sorted(file.rows(f"SELECT {columns} FROM {table}"))]


def test_the_sample_release(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    register = empty(tmp_path)
    report = import_source(register, "udi", [shared("data/udi_sample.xml")], now=NOW)
    assert (report.rows, report.bad, report.flawed, report.unknown, report.as_of, report.sample) == (
        5, 0, 0, 0, date(2026, 9, 15), True
    )  # fmt: skip
    (status,) = register.status(on=ON)
    assert (status.rows, status.numbers, status.age_days, status.fresh) == (5, 6, 68, False)


def test_an_import_repeated_changes_nothing(tmp_path: Path) -> None:
    register = with_table(tmp_path, [ROW])
    before = content(register)
    import_source(register, "nmpa-device", [tmp_path / "nmpa-device.csv"], now=NOW, as_of=date(2026, 11, 1))
    assert content(register) == before


def test_the_newest_version_wins_in_any_order(tmp_path: Path) -> None:
    old = device("粤械注准20212149001", cpmctymc="旧名", versionNumber="2")
    new = device("粤械注准20212149002", cpmctymc="新名", versionNumber="10", tsrq="2026-01-01")
    first, second = (write(tmp_path, n, udi_xml([d])) for n, d in (("old.xml", old), ("new.xml", new)))
    results = []
    for name, order in (("a", [first, second]), ("b", [second, first])):
        (tmp_path / name).mkdir()
        register = empty(tmp_path / name)
        for path in order:
            import_source(register, "udi", [path], now=NOW)
        results.append(content(register))
        assert [h.record.number for h in register.store.by_number("粤械注准20212149001")] == []
        (held,) = register.store.by_number("粤械注准20212149002")
        assert (held.record.product, held.record.withdrawn_on) == ("新名", date(2026, 1, 1))
    assert results[0] == results[1]


def test_a_field_with_several_numbers(tmp_path: Path) -> None:
    register = empty(tmp_path)
    text = udi_xml(
        [device("苏械注准20162649001苏械注准20152649002号"), device("某字第一号", zxxsdycpbs="06900000000029")]
    )
    report = import_source(register, "udi", [write(tmp_path, "a.xml", text)], now=NOW)
    assert (report.rows, report.unknown) == (2, 1)
    for number in ("苏械注准20162649001", "苏械注准20152649002", "某字第一"):
        assert len(register.store.by_number(number)) == 1


def test_a_damaged_file_leaves_the_register_as_it_was(tmp_path: Path) -> None:
    register = with_table(tmp_path, [ROW])
    before = content(register)
    more = [(f"国械注准20213149{n:03d}", *ROW[1:]) for n in range(100, 110)]
    good = write(tmp_path, "more.csv", nmpa_csv(more))
    bad = write(tmp_path, "bad.csv", nmpa_csv(more).encode() + b"\xff\xfe\xfd")
    with pytest.raises(InputError):
        import_source(register, "nmpa-device", [good, bad], now=NOW, replace=True)
    assert content(register) == before
    assert len(register.store.by_number(ROW[0])) == 1


def test_rows_of_another_source_are_reported_and_left_out(tmp_path: Path) -> None:
    register = empty(tmp_path)
    rows = [ROW, ("国械注进20213149001", *ROW[1:]), ("演械注准20212149001", *ROW[1:])]
    report = import_source(register, "nmpa-device", [write(tmp_path, "a.csv", nmpa_csv(rows))], now=NOW)
    assert (report.rows, report.bad) == (1, 2)
    assert [problem.place for problem in report.problems] == ["a.csv:3", "a.csv:4"]
    with pytest.raises(InputError, match="没有一行能导入"):
        import_source(register, "nmpa-import", [write(tmp_path, "b.csv", nmpa_csv([ROW]))], now=NOW)
    assert [source.id for source in register.sources()] == ["nmpa-device"]


def test_the_demo_register_holds_only_its_own_prefix(tmp_path: Path) -> None:
    register = empty(tmp_path)
    rows = [("演械注准20212149001", *ROW[1:]), ROW]
    report = import_source(register, "demo", [write(tmp_path, "a.csv", nmpa_csv(rows))], now=NOW)
    assert (report.rows, report.bad, report.sample) == (1, 1, False)


def test_as_of_is_the_newest_day_proven_and_never_goes_back(tmp_path: Path) -> None:
    register = empty(tmp_path)
    path = write(tmp_path, "a.csv", nmpa_csv([ROW, ("国械注准20263149002", *ROW[1:6], "2026-05-04", "2031-05-03")]))
    assert import_source(register, "nmpa-device", [path], now=NOW).as_of == date(2026, 5, 4)
    assert import_source(register, "nmpa-device", [path], now=NOW, as_of=date(2026, 6, 1)).as_of == date(2026, 6, 1)
    assert import_source(register, "nmpa-device", [path], now=NOW).as_of == date(2026, 6, 1)
    future = write(tmp_path, "b.csv", nmpa_csv([(ROW[0], *ROW[1:6], "2099-01-01", "")]))
    other = empty_in(tmp_path / "other")
    assert import_source(other, "nmpa-device", [future], now=NOW).as_of is None


def test_a_few_new_rows_do_not_make_a_whole_register_newer(tmp_path: Path) -> None:
    register = with_table(tmp_path, [ROW], as_of=date(2026, 1, 1))
    newer = write(tmp_path, "new.csv", nmpa_csv([("国械注准20263149002", *ROW[1:6], "2026-11-01", "2031-10-31")]))
    assert import_source(register, "nmpa-device", [newer], now=NOW).as_of == date(2026, 1, 1)


def test_replace_forgets_what_was_there(tmp_path: Path) -> None:
    register = with_table(tmp_path, [ROW])
    path = write(tmp_path, "b.csv", nmpa_csv([("国械注准20213149002", *ROW[1:])]))
    report = import_source(register, "nmpa-device", [path], now=NOW, replace=True)
    assert register.store.by_number(ROW[0]) == ()
    assert (report.as_of, report.sample) == (date(2021, 3, 1), True)  # the word "complete" is forgotten too


def test_few_rows_are_a_sample_unless_a_person_says_otherwise(tmp_path: Path) -> None:
    register = empty(tmp_path)
    path = write(tmp_path, "a.csv", nmpa_csv([ROW]))
    assert import_source(register, "nmpa-device", [path], now=NOW).sample is True
    assert import_source(register, "nmpa-device", [path], now=NOW, extent="complete").sample is False
    assert import_source(register, "nmpa-device", [path], now=NOW).sample is False  # the word is kept
    assert import_source(register, "nmpa-device", [path], now=NOW, extent="sample").sample is True


def test_wrong_asking(tmp_path: Path) -> None:
    register = empty(tmp_path)
    with pytest.raises(UsageError, match="没有来源“nowhere”"):
        import_source(register, "nowhere", [], now=NOW)
    with pytest.raises(InputError, match="没有这个文件"):
        import_source(register, "udi", [tmp_path / "none.xml"], now=NOW)
    register.close()
    write(tmp_path, "register.db", b"not a database, but long enough to look like one" * 100)
    with pytest.raises(StoreError):
        empty(tmp_path)


def empty_in(folder: Path) -> Register:
    folder.mkdir()
    return empty(folder)
