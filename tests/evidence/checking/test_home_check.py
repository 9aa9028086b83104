"""``verify --home``: every line has its records, every record its line; whatever was done to either is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import InputError, StoreError
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.warc import writing
from scanner.home import Home
from tests.evidence.samples import WHEN, Site


def faults(site: Site) -> list[str]:
    return [check.detail for check in verify_home(Home(site.root)) if not check.ok]


def segment(site: Site) -> Path:
    (path,) = site.archive.glob("*.gz")
    return path


def redate(site: Site) -> None:
    """A record re-dated and packed again so that it has the very length it had."""
    ref = site.captures[0].records[0]
    data = bytearray(segment(site).read_bytes())
    record = writing.write(writing.Draft(type="resource", uri="urn:x", date=WHEN, media_type="text/plain", block=b"x"))
    data[ref.offset : ref.offset + ref.length] = record.data.ljust(ref.length, b"\0")
    segment(site).write_bytes(data)


def drop_record(site: Site) -> None:
    ref = site.captures[0].records[0]
    data = segment(site).read_bytes()
    segment(site).write_bytes(data[: ref.offset] + data[ref.offset + ref.length :])


def insert_record(site: Site) -> None:
    ref = site.captures[0].records[0]
    data = segment(site).read_bytes()
    segment(site).write_bytes(data[: ref.offset] + data[ref.offset : ref.offset + ref.length] + data[ref.offset :])


def drop_line(site: Site) -> None:
    rows = site.journal.read_bytes().splitlines(keepends=True)
    site.journal.write_bytes(b"".join(rows[:3] + rows[4:]))


def forge_line(site: Site) -> None:
    """A capture line made anew, with the whole chain behind it: the chain holds, the records do not."""
    lines = list(Journal.read(site.journal))
    prev, out = chain.ZERO, []
    for line in lines:
        data = dict(line.data)
        if line.seq == site.captures[0].journal:
            data["records"] = [{**place, "sha256": "0" * 64} for place in data["records"]]
        raw, prev = chain.compose(seq=line.seq, prev=prev, time=line.time, event=line.event, data=data)
        out.append(raw + b"\n")
    site.journal.write_bytes(b"".join(out))


TAMPERINGS: dict[str, tuple[Callable[[Site], object], str]] = {
    "byte of a record": (lambda s: segment(s).write_bytes(segment(s).read_bytes()[:-300] + b"!" + segment(s).read_bytes()[-299:]), "@"),
    "gzip header byte that no reader looks at": (lambda s: _flip(segment(s), 4), "压缩数据与日志不符"),
    "record replaced": (redate, "@"),
    "record dropped": (drop_record, "@"),
    "record inserted": (insert_record, "@"),
    "archive cut": (lambda s: segment(s).write_bytes(segment(s).read_bytes()[:-1]), "记录结束前中断"),
    "archive gone": (lambda s: segment(s).unlink(), "文件不存在"),
    "foreign file": (lambda s: (s.archive / "notes").write_bytes(b""), "notes：没有日志"),
    "foreign segment": (lambda s: (s.archive / "20261122T030405678Z-000009.warc.gz").write_bytes(b"x"), "没有日志"),
    "line dropped": (drop_line, "链在此断开"),
    "line changed": (lambda s: s.journal.write_bytes(s.journal.read_bytes().replace(b"goods/1", b"goods/2")), "哈希不符"),
    "line and chain made anew": (forge_line, "SHA-256 与日志不符"),
    "journal torn": (lambda s: s.journal.write_bytes(s.journal.read_bytes()[:-10]), "最后一行不完整"),
    "journal emptied": (lambda s: s.journal.write_bytes(b""), "没有日志"),
}  # fmt: skip


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(site: Site, name: str) -> None:
    assert faults(site) == []
    tamper, expected = TAMPERINGS[name]
    tamper(site)
    assert any(expected in fault for fault in faults(site)), faults(site)


def test_every_byte_of_a_small_stretch_of_the_archive_counts(site: Site) -> None:
    path = segment(site)
    whole = path.read_bytes()
    ref = site.captures[0].records[1]
    for at in range(ref.offset, ref.offset + ref.length, 7):
        _flip(path, at)
        assert faults(site) != [], at
        path.write_bytes(whole)
    assert faults(site) == []


def test_shared_certificates_are_no_overlap(site: Site) -> None:
    from scanner.evidence.archive.sealing import Archive
    from tests.evidence.samples import SOFTWARE, visits

    with Journal.open(site.journal) as journal, Archive.open(site.archive, journal, SOFTWARE) as archive:
        for _ in range(2):
            archive.seal(visits()[2]).result()
    assert faults(site) == []


def test_no_journal_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有日志"):
        verify_home(Home(tmp_path))


def test_what_is_being_written_is_not_checked(site: Site) -> None:
    with Journal.open(site.journal), pytest.raises(StoreError, match="正在写入"):
        verify_home(Home(site.root))


def test_aside_must_stay_as_it_was(site: Site) -> None:
    from scanner.evidence.archive.sealing import Archive
    from tests.evidence.samples import SOFTWARE

    segment(site).write_bytes(segment(site).read_bytes() + b"tail")
    with Journal.open(site.journal) as journal, Archive.open(site.archive, journal, SOFTWARE):
        pass
    assert faults(site) == []
    (kept,) = (site.archive / "aside").iterdir()
    kept.write_bytes(b"liat")
    assert faults(site) == [f"aside/{kept.name}：与日志不符"]
    kept.unlink()
    (site.archive / "aside" / "x").write_bytes(b"")
    assert faults(site) == [f"aside/{kept.name}：文件不存在", "aside/x：没有日志"]
