"""Catalogues come in as any register does: counted, repeatable, all or nothing; and are asked by exact name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.registry import Register, import_source
from scanner.registry.catalogue import located, pieces, quoted
from scanner.registry.readers import official
from scanner.registry.rows import Bad
from tests.registry.catalogue.making import ANNEX, DETERMINED, NOW, PATCH, determined, filled, lines


def test_every_name_is_a_row_with_its_paper_and_year(tmp_path: Path) -> None:
    with filled(tmp_path) as register:
        said = {(r.source, r.name): (r.code, r.device_class, r.year) for r in register.store.catalogue.all()}
        status = {s.id: (s.rows, s.numbers, s.as_of) for s in register.status(on=NOW.date())}
    assert said == {
        ("class1", "演示退热贴"): ("09-02-03", "I", "2021"),
        ("class1", "演示冰袋"): ("09-02-03", "I", "2021"),
        ("class1", "降温用具"): ("09-02-03", "", "2021"),
        ("class1", "演示检查灯"): ("01-08-02", "I", "2021"),
        ("class1", "照明灯"): ("01-08-02", "", "2021"),
        ("determinations", "脑电波监测帽"): ("07-03", "II", "2022-1"),
        ("determinations", "夜间打鼾记录带"): ("", "not_device", "2020-1"),
        ("determinations", "含药创面贴"): ("", "combination", "2021"),
        ("determinations", "多用途清洗液"): ("6840", "depends", "2019-2"),
        ("exemption", "骨内支撑棒"): ("13-01-03", "III", "2025"),
        ("codes", "血氧测量设备"): ("07-03-05", "", ""),
    }
    assert status == {
        "class1": (5, 5, date(2021, 1, 1)), "codes": (1, 1, None), "determinations": (4, 4, date(2022, 1, 1)),
        "exemption": (2, 1, date(2025, 1, 1)),
    }  # fmt: skip


def test_the_annex_names_substances(tmp_path: Path) -> None:
    with filled(tmp_path) as register:
        assert register.names is not None
        found = [(i.kind, i.name, i.year) for i in register.names.ingredients()]
    assert sorted(name for _, name, _ in found) == sorted(["薄荷", "冰片", "凝血酶", "溶菌酶", "干扰素"])
    assert ("中药", "冰片", "2021") in found


def test_an_import_repeated_changes_nothing_and_replace_forgets(tmp_path: Path) -> None:
    with filled(tmp_path) as register:
        before = register.store.catalogue.digest()
        again = import_source(register, "class1", [tmp_path / "class1_catalogue_2021.jsonl"], now=NOW)
        assert (again.rows, again.bad, register.store.catalogue.digest()) == (5, 0, before)
        import_source(register, "class1", [lines(tmp_path, "new_2026.jsonl", [PATCH])], now=NOW, replace=True)
        assert register.store.catalogue.counts()["class1"] == 3
        assert register.store.catalogue.ingredients() == ()
        assert register.store.catalogue.digest() != before


def test_bad_lines_are_counted_with_their_place_and_a_wrong_file_leaves_nothing(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.db") as register:
        path = lines(tmp_path, "d.jsonl", [DETERMINED[0], {"name": "x"}, determined("乙", "四类")])
        path.write_bytes(path.read_bytes() + b"not json\n[1]\n")
        report = import_source(register, "determinations", [path], now=NOW)
        assert (report.rows, report.bad) == (1, 4)
        assert [problem.place for problem in report.problems] == ["d.jsonl:2", "d.jsonl:3", "d.jsonl:4", "d.jsonl:5"]
        with pytest.raises(InputError, match="没有一行能导入"):
            import_source(register, "exemption", [path], now=NOW)
        assert register.store.catalogue.counts() == {"determinations": 1}


def test_exact_names_and_nothing_else(tmp_path: Path) -> None:
    with filled(tmp_path) as register:
        names = register.names
        assert names is not None
        (official,) = names.find(pieces("脑电波监测帽（成人） 现货"))
        assert (official.name, official.classes) == ("脑电波监测帽", {"II"})
        assert quoted(official.rows[0]) == "医疗器械分类界定结果（2022-1）：“脑电波监测帽”按第二类管理，分类编码07-03"
        assert names.find(pieces("儿童脑电波监测帽子")) == ()
        assert names.find(pieces("血氧测量设备")) == ()  # a name whose paper says nothing of the class
        assert (names.imported("class1"), names.imported("udi")) == (True, False)


def test_an_annex_alone_is_asked_for_ingredients(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.db") as register:
        path = tmp_path / "annex_2021.json"
        path.write_text(json.dumps(ANNEX, ensure_ascii=False), encoding="utf-8")
        import_source(register, "class1", [path], now=NOW)
        assert register.names is not None
        assert [i.name for i in register.names.ingredients()][:2] == ["冰片", "薄荷"]
        assert not register.names.imported("class1")  # of names nothing is known


def test_a_part_of_a_device_is_called_so(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.db") as register:
        rows = [determined("演示脚踏开关", "不单独作为"), determined("演示记录带", "不作为")]
        import_source(register, "determinations", [lines(tmp_path, "d.jsonl", rows)], now=NOW)
        assert register.names is not None
        part, other = register.names.find(["演示脚踏开关", "演示记录带"])
        assert (part.classes, other.classes) == ({"not_device"}, {"not_device"})
        assert [official.rows[0].heading for official in (part, other)] == ["不单独作为", "不作为"]
        assert "不单独作为医疗器械管理" in quoted(part.rows[0])
        assert "“演示记录带”不作为医疗器械管理" in quoted(other.rows[0])


def test_without_a_catalogue_there_are_no_names(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.db") as register:
        assert (register.names, register.products()) == (None, None)
        import_source(register, "class1", [lines(tmp_path, "c_2021.jsonl", [PATCH])], now=NOW)
        assert register.names is not None  # asked anew after an import


@given(st.text(max_size=400))
def test_any_title_falls_into_pieces_that_stand_in_it(title: str) -> None:
    for name, start, end in located(title):
        assert 0 <= start < end <= len(title)
        assert name
    assert len(pieces(title)) <= 41


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_bad_lines_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "x.jsonl"
    path.write_bytes(data)
    for read in official.READERS.values():
        with suppress(InputError):
            assert all(isinstance(row, Bad) for part in read(path) for row in part.rows)


def test_the_real_papers_come_in_whole(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    wanted = {
        "class1": ("class1_catalogue_2021.jsonl", "class1_forbidden_ingredients_2021.json"),
        "determinations": ("classification_determinations_2018_2022.jsonl",),
        "exemption": ("clinical_exemption_2025.jsonl",),
        "codes": ("classification_codes.jsonl",),
    }
    with Register.open(tmp_path / "register.db") as register:
        for source, files in wanted.items():
            report = import_source(register, source, [shared(f"data/{name}") for name in files], now=NOW)
            assert report.bad == 0, source
        names = register.names
        assert names is not None
        (patch,) = names.find(pieces("医用退热贴 额头降温 6贴"))
        assert {row.device_class for row in patch.rows} == {"I"}
        assert "09-02-03" in {row.code for row in patch.rows}
        assert len(names.ingredients()) > 90
