"""UDI releases: zips, zips in zips, and what a hostile or broken one does not do."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.registry.readers import udi, zips
from tests.registry.making import device, udi_xml, write
from tests.registry.readers.reading import rows, zipped

ONE = udi_xml([device("粤械注准20212149001")])
TWO = udi_xml([device("粤械注准20212149002")])


def test_parts_of_a_zip_and_odd_members(tmp_path: Path) -> None:
    members = {"../../PART1.xml": ONE, "PART2.XML": TWO, "readme.txt": "x", "__MACOSX/._PART1.xml": "junk"}
    path = zipped(tmp_path / "UDID_DAY_UPDATE.zip", members)
    good, bad = rows(path, "udi")
    assert [(r.number, r.place) for r in good] == [
        ("粤械注准20212149001", "UDID_DAY_UPDATE.zip:PART1.xml 第1条"),
        ("粤械注准20212149002", "UDID_DAY_UPDATE.zip:PART2.XML 第1条"),
    ]
    assert [(b.place, b.kept) for b in bad] == [("UDID_DAY_UPDATE.zip:readme.txt", False)]
    assert list(tmp_path.parent.glob("**/PART1.xml")) == []


def test_zips_within_a_zip(tmp_path: Path) -> None:
    inner = [zipped(tmp_path / f"{n}.zip", {"a.xml": text}).read_bytes() for n, text in (("x", ONE), ("y", TWO))]
    good, bad = rows(zipped(tmp_path / "month.zip", {"day1.zip": inner[0], "day2.zip": inner[1]}), "udi")
    assert bad == []
    assert [(r.number, r.place) for r in good] == [
        ("粤械注准20212149001", "month.zip:day1.zip:a.xml 第1条"), ("粤械注准20212149002", "month.zip:day2.zip:a.xml 第1条")
    ]  # fmt: skip


def test_zips_too_deep_are_refused(tmp_path: Path) -> None:
    content: bytes = zipped(tmp_path / "0.zip", {"a.xml": ONE}).read_bytes()
    for depth in range(1, udi.MAX_DEPTH + 1):
        content = zipped(tmp_path / f"{depth}.zip", {"inner.zip": content}).read_bytes()
    with pytest.raises(InputError, match="套了太多层"):
        rows(tmp_path / f"{udi.MAX_DEPTH}.zip", "udi")


def test_progress_goes_to_the_size_of_the_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"1.xml": ONE, "2.xml": TWO})
    for part in udi.parts(path):
        assert part.at() == 0
        list(part.rows)
        assert part.at() == part.size > 0
    xml = write(tmp_path, "1.xml", ONE)
    (part,) = udi.parts(xml)
    assert part.size == xml.stat().st_size


def test_parts_may_be_left_unread(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"1.xml": "broken", "2.xml": TWO})
    parts = [(part.name, list(part.rows) if place else []) for place, part in enumerate(udi.parts(path))]
    assert [(name, len(found)) for name, found in parts] == [("a.zip:1.xml", 0), ("a.zip:2.xml", 1)]


def test_zip_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="异常大"):
        rows(zipped(tmp_path / "bomb.zip", {"a.xml": b" " * 20_000_000}), "udi")
    many = zipped(tmp_path / "many.zip", {f"{n}.xml": "" for n in range(30)})
    monkeypatch.setattr(zips, "MAX_MEMBERS", 29)
    with pytest.raises(InputError, match="30个文件，超过上限29"):
        rows(many, "udi")
    big = zipped(tmp_path / "big.zip", {"1.xml": ONE, "2.xml": TWO})
    monkeypatch.setattr(zips, "MAX_TOTAL_BYTES", len(ONE.encode()))
    with pytest.raises(InputError, match="解开后共有"):
        rows(big, "udi")


def test_a_bomb_in_an_inner_zip_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a.xml": b" " * 20_000_000}).read_bytes()
    with pytest.raises(InputError, match="异常大"):
        rows(zipped(tmp_path / "outer.zip", {"inner.zip": bomb}), "udi")
    monkeypatch.setattr(zips, "MAX_INNER_BYTES", 1000)
    with pytest.raises(InputError, match="超过上限1000"):
        rows(tmp_path / "outer.zip", "udi")


def test_damaged_zips_are_refused_with_their_name(tmp_path: Path) -> None:
    good = zipped(tmp_path / "good.zip", {"a.xml": ONE}).read_bytes()
    flipped = bytearray(good)
    flipped[60] ^= 0xFF
    for name, content in (("cut.zip", good[:-30]), ("half.zip", good[: len(good) // 2]), ("flipped.zip", flipped)):
        with pytest.raises(InputError, match="zip 文件损坏或者不完整") as error:
            rows(write(tmp_path, name, bytes(content)), "udi")
        assert name in error.value.where
        assert error.value.exit_code == 1


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.xml": ONE})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1  # "encrypted"
    with pytest.raises(InputError, match="zip 有密码"):
        rows(write(tmp_path, "locked.zip", bytes(content)), "udi")


def test_members_longer_than_they_say_are_cut_and_noticed(tmp_path: Path) -> None:
    """A zip that understates a member's size: no more than that is read, and the checksum fails."""
    path = zipped(tmp_path / "a.zip", {"a.xml": ONE})
    size = zipfile.ZipFile(path).infolist()[0].file_size
    content = path.read_bytes().replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))
    with pytest.raises(InputError):
        rows(write(tmp_path, "liar.zip", content), "udi")
