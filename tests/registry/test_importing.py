"""Imports: all or nothing, the same again when repeated or reordered, every bad row reported, the as-of day."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from scanner.errors import InputError, StoreError, UsageError
from scanner.registry import Register, import_source, importing
from scanner.registry.sources import Edition, Source, Sources, shipped
from tests.registry.dumps import content
from tests.registry.making import NOW, ON, device, empty, nmpa_csv, udi_xml, with_table, write
from tests.registry.readers.reading import zipped
from tests.registry.readers.test_tables import LINE

ROW = (*LINE[:-1], "2027-02-28")


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
    before = content(register.store.path)
    import_source(register, "nmpa-device", [tmp_path / "nmpa-device.csv"], now=NOW, as_of=date(2026, 11, 1))
    assert content(register.store.path) == before


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
        results.append(content(register.store.path))
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
    before = content(register.store.path)
    more = [(f"国械注准20213149{n:03d}", *ROW[1:]) for n in range(100, 110)]
    good = write(tmp_path, "more.csv", nmpa_csv(more))
    bad = write(tmp_path, "bad.csv", nmpa_csv(more).encode() + b"\xff\xfe\xfd")
    with pytest.raises(InputError):
        import_source(register, "nmpa-device", [good, bad], now=NOW, replace=True)
    assert content(register.store.path) == before
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


def devices(*given: tuple[str, str, str]) -> str:
    """A part of records (key, version, product name)."""
    return udi_xml(
        [
            device("粤械注准20212149001", deviceRecordKey=k, zxxsdycpbs=k, versionNumber=v, cpmctymc=p)
            for k, v, p in given
        ]
    )


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    """Versions, duplicates that agree and that contradict one another: imported together or one by one, in any order."""
    files = [
        write(tmp_path, "a.xml", devices(("1", "1", "甲"), ("2", "1", "甲"), ("3", "2", "乙"))),
        write(tmp_path, "b.xml", devices(("1", "2", "乙"), ("2", "1", "甲"), ("4", "1", "丙"))),
        write(tmp_path, "c.xml", devices(("1", "1", "丙"), ("2", "1", "丁"), ("2", "1", "甲"), ("5", "1", "甲"))),
    ]
    found = []
    for number, order in enumerate(itertools.permutations(files)):
        for way in ("together", "apart"):
            register = empty_in(tmp_path / f"{number}{way}")
            for group in [list(order)] if way == "together" else [[file] for file in order]:
                import_source(register, "udi", group, now=NOW)
            found.append(content(register.store.path))
    assert all(one == found[0] for one in found)
    held = {h.record.product: h.record.identifiers for h in register.store.by_number("粤械注准20212149001")}
    assert held == {"甲": ("2", "5"), "乙": ("1", "3"), "丙": ("4",), "丁": ("2",)}


def test_a_file_given_twice_is_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", nmpa_csv([ROW]))
    copy = write(tmp_path, "b.csv", nmpa_csv([ROW]))
    report = import_source(empty(tmp_path), "nmpa-device", [path, path, copy], now=NOW)
    assert (report.files, report.rows) == (1, 1)


def test_a_stage_is_gone_after_an_import_and_after_a_damaged_file(tmp_path: Path) -> None:
    register = empty(tmp_path)
    good, bad = write(tmp_path, "a.xml", devices(("1", "1", "甲"))), write(tmp_path, "b.xml", "<udid>")
    import_source(register, "udi", [good], now=NOW)
    assert list(tmp_path.glob("*.stage*")) == []
    with pytest.raises(InputError):
        import_source(register, "udi", [good, bad], now=NOW)
    assert list(tmp_path.glob("*.stage*")) == []


class Stopped(BaseException):
    """A process that ends, as far as an import can tell."""


def interrupted(register: Register, files: list[Path], after: int) -> None:
    """Import ``files`` and stop behind ``after`` parts."""
    told = itertools.count(1)

    def tick(*_: object) -> None:
        if next(told) == after:
            raise Stopped

    with pytest.raises(Stopped):
        import_source(register, "udi", files, now=NOW, tick=tick)


def release(path: Path, parts: int) -> Path:
    members = {f"{n}.xml": devices((f"{n}", "1", f"产品{n}"), ("x", f"{n}", "变化")) for n in range(parts)}
    return zipped(path, members | {"bad.xml": udi_xml([device("")])})


def test_an_interrupted_import_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = release(tmp_path / "UDID.zip", 6)
    register = empty(tmp_path)
    interrupted(register, [path], after=4)
    assert (register.sources(), register.store.by_number("粤械注准20212149001")) == ((), ())
    report = import_source(register, "udi", [path], now=NOW)
    undisturbed = import_source(other := empty_in(tmp_path / "other"), "udi", [path], now=NOW)
    assert (report.resumed, undisturbed.resumed) == (4, 0)
    assert (report.rows, report.bad, report.problems) == (undisturbed.rows, undisturbed.bad, undisturbed.problems)
    assert [problem.place for problem in report.problems] == ["UDID.zip:bad.xml 第1条"]
    assert content(register.store.path) == content(other.store.path)


def test_what_was_staged_of_other_files_is_not_brought_in(tmp_path: Path) -> None:
    first, second = release(tmp_path / "1.zip", 3), write(tmp_path, "2.xml", devices(("9", "1", "别的")))
    register = empty(tmp_path)
    interrupted(register, [first], after=2)
    assert import_source(register, "udi", [second], now=NOW).resumed == 0
    import_source(other := empty_in(tmp_path / "other"), "udi", [second], now=NOW)
    assert content(register.store.path) == content(other.store.path)


def test_what_two_files_say_alike_is_kept_though_only_one_is_brought_in_the_end(tmp_path: Path) -> None:
    first = write(tmp_path, "1.xml", devices(("1", "1", "同一产品")))
    second = write(tmp_path, "2.xml", devices(("2", "1", "同一产品")))
    register = empty(tmp_path)
    interrupted(register, [first, second], after=2)
    import_source(register, "udi", [second], now=NOW)
    import_source(other := empty_in(tmp_path / "other"), "udi", [second], now=NOW)
    assert content(register.store.path) == content(other.store.path)
    assert register.store.by_number("粤械注准20212149001") != ()


def test_a_stage_of_other_rules_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = release(tmp_path / "1.zip", 3)
    register = empty(tmp_path)
    interrupted(register, [path], after=2)
    monkeypatch.setattr(importing, "FORMAT", importing.FORMAT + 1)
    assert import_source(register, "udi", [path], now=NOW).resumed == 0


def test_a_damaged_stage_is_thrown_away(tmp_path: Path) -> None:
    path = release(tmp_path / "1.zip", 3)
    register = empty(tmp_path)
    write(tmp_path, "register-udi.stage", b"no database at all, but long enough to look like one" * 100)
    assert import_source(register, "udi", [path], now=NOW).rows == 6


def test_two_imports_at_a_time_are_refused(tmp_path: Path) -> None:
    path = release(tmp_path / "1.zip", 2)
    register = empty(tmp_path)

    def tick(*_: object) -> None:
        with Register.open(tmp_path / "register.db") as second, pytest.raises(StoreError, match="占用"):
            import_source(second, "udi", [path], now=NOW)

    assert import_source(register, "udi", [path], now=NOW, tick=tick).rows == 4


def test_progress_goes_to_the_size_of_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    many = nmpa_csv([(f"国械注准20213149{n:03d}", *ROW[1:]) for n in range(9)])
    files = [write(tmp_path, "a.csv", many), write(tmp_path, "b.csv", nmpa_csv([ROW]))]
    told: list[tuple[str, int, int, int]] = []
    import_source(empty(tmp_path), "nmpa-device", files, now=NOW, tick=lambda *said: told.append(said))
    size = sum(file.stat().st_size for file in files)
    assert {total for _, _, total, _ in told} == {size}
    assert [read for _, read, _, _ in told] == sorted(read for _, read, _, _ in told)
    assert told[-1] == ("b.csv", size, size, 10)
    assert [rows for name, _, _, rows in told if name == "a.csv"] == [2, 4, 6, 8, 9]


def test_a_known_file_has_its_day(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"approval_no": "国药准字S20089001", "name": "演示疫苗"}')
    digest = importing._file(path).sha256
    drugs = shipped().get("drugs")
    known = drugs.model_copy(update={"editions": (Edition(name="a", sha256=digest, as_of=ON - timedelta(days=9)),)})
    for source, day in ((drugs, None), (known, ON - timedelta(days=9))):
        sources = Sources(sources=(source,))
        register = Register.open(tmp_path / f"{day}.db", sources=sources)
        assert import_source(register, "drugs", [path], now=NOW, sources=sources).as_of == day


def test_bare_numbers_of_imported_drugs(tmp_path: Path) -> None:
    register = empty(tmp_path)
    lines = [f'{{"approval_no": "{n}", "name": "演示药"}}' for n in ("H20179001", "HC20169001", "国药准字S20089001")]
    import_source(register, "drugs", [write(tmp_path, "a.jsonl", "\n".join(lines))], now=NOW)
    found = {n: register.store.by_number(n)[0].record.type for n in ("H20179001", "HC20169001", "国药准字S20089001")}
    assert found == {"H20179001": "drug_import", "HC20169001": "drug_hmt", "国药准字S20089001": "drug_approval"}


def test_a_file_shared_by_sources_loses_no_row(tmp_path: Path) -> None:
    register = empty(tmp_path)
    rows = [ROW, ("国械注进20213149001", *ROW[1:]), ("国械备20219001", *ROW[1:]), ("粤穗械备20219001", *ROW[1:]),
            ("演械注准20212149001", *ROW[1:])]  # fmt: skip
    path = write(tmp_path, "a.csv", nmpa_csv(rows))
    beside = ("nmpa-device", "nmpa-filing", "nmpa-import")
    reports = {s: import_source(register, s, [path], now=NOW, beside=beside) for s in beside}
    assert {s: (r.rows, r.bad) for s, r in reports.items()} == {
        "nmpa-device": (1, 1), "nmpa-filing": (1, 0), "nmpa-import": (2, 0)
    }  # fmt: skip
    assert [b.place for b in reports["nmpa-device"].problems] == ["a.csv:6"]  # nobody's: said once
    odd = nmpa_csv([ROW, ("国械备20219001", *ROW[1:]), ("某字第一号", *ROW[1:]), ("国械注准20213149", *ROW[1:])])
    path = write(tmp_path, "b.csv", odd)
    reports = {s: import_source(register, s, [path], now=NOW, beside=beside[::2]) for s in beside[::2]}
    assert {s: (r.rows, r.unknown) for s, r in reports.items()} == {"nmpa-device": (3, 1), "nmpa-import": (1, 0)}
    assert register.store.by_number("国械备20219001")[0].record.source == "nmpa-import"


def test_every_shipped_source_can_be_kept_and_read() -> None:
    for source in shipped().sources:
        assert isinstance(source, Source)
        assert source.reader in importing.READERS
        assert source.holds in importing.KEEPERS


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
