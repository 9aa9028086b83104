"""``registry import``, of one source and of a folder, as people and scripts call it: output, codes, schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registry.making import device, nmpa_csv, udi_xml, write
from tests.registry.readers.reading import zipped
from tests.registry.readers.test_tables import LINE
from tests.running import Done, qingwang
from tests.schemas import conform

UDI = udi_xml([device("粤械注准20212149001")])


HEAD = ("注册证编号", "注册人名称", "产品名称")


def bring(tmp_path: Path, *words: str) -> Done:
    return qingwang(tmp_path / "home", "registry", "import", *words)


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, "day1.xml", UDI)
    zipped(folder / "day2.zip", {"a.xml": udi_xml([device("粤械注准20212149002", deviceRecordKey="2"), device("")])})
    write(folder, "table.csv", nmpa_csv([LINE, ("粤穗械备20219001", *LINE[1:])]))
    write(folder, "note.json", "{\n}")
    for _ in range(2):  # and again: the same
        done = bring(tmp_path, "--all", str(folder), "--json")
        assert (done.code, done.err) == (0, "")
        conform("registry-import-all", done.json)
        assert [(r["source"], r["files"], r["rows"], r["bad"]) for r in done.json["imported"]] == [
            ("udi", 2, 2, 1), ("nmpa-device", 1, 1, 0), ("nmpa-filing", 1, 1, 0)
        ]  # fmt: skip
        assert done.json["unrecognised"] == [{"file": "note.json", "why": "JSON 说明文件，不是一行一个对象的登记表"}]
    said = bring(tmp_path, "--all", str(folder))
    assert "udi：导入 2 个文件，2 行" in said.out
    assert "note.json" in said.out


def test_a_damaged_file_stops_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, "cut.xml", UDI[:-20])
    write(folder, "table.csv", nmpa_csv([LINE]))
    done = bring(tmp_path, "--all", str(folder), "--json")
    assert done.code == 1
    conform("registry-import-all", done.json)
    assert [r["source"] for r in done.json["imported"]] == ["nmpa-device"]
    ((failed),) = done.json["failed"]
    assert (failed["files"], failed["error"]["kind"], "不完整" in failed["error"]["message"]) == (
        ["cut.xml"],
        "input",
        True,
    )
    assert "没有导入 cut.xml" in bring(tmp_path, "--all", str(folder)).err


@pytest.mark.slow
def test_replacing_forgets_what_was_there_before_and_nothing_of_the_same_run(tmp_path: Path) -> None:
    home = tmp_path / "home"
    old = write(tmp_path, "old.csv", nmpa_csv([("粤械注准20202140009", "演示甲有限公司", "导管")], HEAD))
    assert qingwang(home, "registry", "import", "nmpa-device", str(old)).code == 0
    (folder := tmp_path / "in").mkdir()
    write(folder, "1.csv", nmpa_csv([("粤械注准20202140001", "演示甲有限公司", "导管")], HEAD))
    mixed = [("粤械注准20202140002", "演示乙有限公司", "手套"), ("国械注进20203140004", "演示丙有限公司", "镜片")]
    write(folder, "2.csv", nmpa_csv(mixed, HEAD))
    assert qingwang(home, "registry", "import", "--all", str(folder), "--replace").code == 0
    held = {
        n: qingwang(home, "registry", "lookup", f"粤械注准2020214000{n}", "--json").json["record"] for n in (1, 2, 9)
    }
    assert [n for n, record in held.items() if record is not None] == [1, 2]


def test_nothing_to_recognise(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = bring(tmp_path, "--all", str(tmp_path / "in"))
    assert (done.code, done.out) == (0, "文件夹里没有认得出的登记册。\n")
    assert bring(tmp_path, "--all", str(tmp_path / "none")).code == 1


@pytest.mark.slow
def test_the_real_folder(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    done = bring(tmp_path, "--all", str(shared("data")), "--json")
    assert done.code == 0
    conform("registry-import-all", done.json)
    rows = {r["source"]: (r["rows"], r["bad"], r["sample"]) for r in done.json["imported"]}
    assert rows.items() >= {
        "udi": (5, 0, True), "nmpa-device": (36, 0, True), "nmpa-filing": (6, 0, True), "nmpa-import": (2, 0, True),
        "drugs": (4926, 0, True),
    }.items()  # fmt: skip
    home = tmp_path / "home"
    answer = qingwang(home, "registry", "lookup", "国械注准20243131971", "--as-of", "2026-11-22", "--json").json
    assert answer["standing"] == ["registered_term_unknown"]
    drug = qingwang(home, "registry", "lookup", "H20171268", "--as-of", "2025-11-22", "--json").json
    assert (drug["standing"], drug["record"]["product"]) == (["registered_term_unknown"], "琥珀酸普芦卡必利片")


def test_one_source(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.xml", udi_xml([device(f"粤械注准2021214{n:04d}", deviceRecordKey=str(n)) for n in range(3)])
    )
    done = bring(tmp_path, "udi", str(path), "--json")
    conform("registry-import", done.json)
    assert (done.code, done.json["rows"], done.json["resumed"]) == (0, 3, 0)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "没有写来源或者文件"),
        (["udi"], 2, "没有写来源或者文件"),
        (["udi", "a.xml", "--all", "."], 2, "--all 不能和来源"),
        (["--all", ".", "--as-of", "2026-01-01"], 2, "--all 不能和来源"),
        (["--all", ".", "--sample"], 2, "--all 不能和来源"),
        (["nowhere", "a.xml"], 2, "没有来源“nowhere”"),
        (["udi", "none.xml"], 1, "没有这个文件"),
    ],
)
def test_wrong_asking(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    done = bring(tmp_path, *words, "--json")
    assert done.code == code
    conform("error", done.json)
    assert says in done.json["error"]["message"]


HOSTILE: dict[str, tuple[str, bytes]] = {
    "xml bomb": ("udi", b'<!DOCTYPE udid [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><udid><devices><device>&b;</device></devices></udid>'),
    "cut xml": ("udi", UDI.encode()[:-30]),
    "cut zip": ("udi", b"PK\x03\x04" + b"\0" * 30),
    "utf-16": ("udi", UDI.encode("utf-16")),
    "gbk": ("udi", UDI.encode("gb18030")),
    "long line": ("udi", UDI.encode().replace(b"</devices>", b"x" * 5_000_000)),
    "long row": ("nmpa-device", nmpa_csv([LINE]).encode() + b"x" * 1_100_000),
    "no encoding": ("nmpa-device", nmpa_csv([LINE]).encode() + b"\xff\xff\xff"),
    "pdf": ("nmpa-device", b"%PDF-1.7"),
    "another's": ("nmpa-import", nmpa_csv([LINE]).encode()),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_brought_the_old_register_stays_in_use(tmp_path: Path, what: str) -> None:
    source, content = HOSTILE[what]
    good = {"udi": UDI, "nmpa-device": nmpa_csv([LINE]), "nmpa-import": nmpa_csv([("国械注进20213149001", *LINE[1:])])}
    assert bring(tmp_path, source, str(write(tmp_path, "good", good[source]))).code == 0
    home = tmp_path / "home"
    before = (home / "register.db").read_bytes()
    done = bring(tmp_path, source, str(write(tmp_path, "bad", content)), "--replace", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")
    assert str(tmp_path / "bad") in done.json["error"]["where"] or "bad" in done.json["error"]["where"]
    assert (home / "register.db").read_bytes() == before
    assert sorted(path.name for path in home.glob("register*")) == ["register.db"]
    number = {"udi": "粤械注准20212149001", "nmpa-import": "国械注进20213149001"}.get(source, LINE[0])
    assert qingwang(home, "registry", "lookup", number, "--json").json["record"]["number"] == number
