"""Sealing: nobody gets a capture before its bytes and its line are on disk, and a kill at any moment loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner.clock import stamp
from scanner.errors import SealError
from scanner.evidence import disk
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.places import capture_of, ref_of
from scanner.home import Home
from scanner.model import content_id
from tests.evidence.samples import SHOP, SOFTWARE, Site, answer, exchange, visit

ROOT = Path(__file__).resolve().parents[3]


def faults(root: Path) -> list[str]:
    return [check.detail for check in verify_home(Home(root)) if not check.ok]


def reopen(root: Path) -> tuple[str, ...]:
    with Journal.open(root / "journal.jsonl") as journal, Archive.open(root / "archive", journal, SOFTWARE) as archive:
        return journal.reports + archive.reports


def page(number: int) -> object:
    return visit(exchange(f"http://{SHOP}/{number}", answer(b"page %d" % number)), at=number)


def test_capture_id_and_line(site: Site) -> None:
    capture = site.captures[0]
    assert capture.id == content_id(stamp(capture.time), capture.url, capture.digest, SHOP)
    line = next(line for line in Journal.read(site.journal) if line.seq == capture.journal)
    assert line.event == "capture"
    assert capture_of(line.data["capture"], line.data["records"], line.seq) == capture
    assert faults(site.root) == []


def test_segments_begin_with_what_was_not_seen(site: Site) -> None:
    lines = [line for line in Journal.read(site.journal) if line.event == "segment"]
    assert len(lines) == 1
    with Journal.open(site.journal) as journal, Archive.open(site.archive, journal, SOFTWARE) as archive:
        info = archive.record(ref_of(lines[0].data["records"][0]))
    assert info.type == "warcinfo"
    assert b"software: qingwang test\r\n" in info.block
    assert b"not-seen: TLS record bytes; TCP and IP packets; the DNS answer" in info.block


def test_bytes_then_line_then_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is the point, so watch the system calls: WARC synced, then journal written, then synced, then result."""
    calls: list[str] = []
    names: dict[int, str] = {}

    def name_of(file: int) -> str:
        return names.setdefault(file, Path(os.readlink(f"/proc/self/fd/{file}")).suffix)

    real_write, real_sync = disk.write_all, disk.sync_data
    monkeypatch.setattr(disk, "write_all", lambda f, d: (calls.append(f"write {name_of(f)}"), real_write(f, d)))
    monkeypatch.setattr(disk, "sync_data", lambda f: (calls.append(f"sync {name_of(f)}"), real_sync(f)))
    with Journal.open(tmp_path / "j.jsonl") as journal, Archive.open(tmp_path / "a", journal, SOFTWARE) as archive:
        future = archive.seal(page(1))  # type: ignore[arg-type]
        future.add_done_callback(lambda _: calls.append("result"))
        future.result()
    assert calls == ["write .gz", "sync .gz", "write .jsonl", "sync .jsonl", "result"]


def test_segments_turn_when_full(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.jsonl") as journal:
        with Archive.open(tmp_path / "archive", journal, SOFTWARE, segment_bytes=1500) as archive:
            captures = [archive.seal(page(n)).result() for n in range(6)]  # type: ignore[arg-type]
            assert [archive.read(c).entity for c in captures] == [b"page %d" % n for n in range(6)]
        with Archive.open(tmp_path / "archive", journal, SOFTWARE) as archive:
            archive.seal(page(9)).result()  # type: ignore[arg-type]
    names = sorted(path.name for path in (tmp_path / "archive").iterdir())
    assert len(names) > 3
    assert [int(name[20:26]) for name in names] == list(range(1, len(names) + 1))
    assert faults(tmp_path) == []


def test_a_full_disk_fails_the_seal_and_leaves_what_was_sealed(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.jsonl") as journal:
        archive = Archive.open(tmp_path / "archive", journal, SOFTWARE)
        kept = archive.seal(page(1)).result()  # type: ignore[arg-type]
        assert archive._segment is not None
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, archive._segment._file)
        os.close(full)
        for number in (2, 3):
            with pytest.raises(SealError):
                archive.seal(page(number)).result(timeout=10)  # type: ignore[arg-type]
        archive.close()
    assert [line.event for line in Journal.read(tmp_path / "journal.jsonl")] == ["segment", "capture"]
    assert reopen(tmp_path) == ()
    assert faults(tmp_path) == []
    with (
        Journal.open(tmp_path / "journal.jsonl") as journal,
        Archive.open(tmp_path / "archive", journal, SOFTWARE) as again,
    ):
        assert again.read(kept).entity == b"page 1"


def test_closed_archive_refuses(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.jsonl") as journal:
        archive = Archive.open(tmp_path / "a", journal, SOFTWARE)
        archive.close()
        with pytest.raises(SealError, match="已关闭"):
            archive.seal(page(1)).result(timeout=10)  # type: ignore[arg-type]


def test_bytes_without_a_line_are_set_aside_kept_and_journaled(site: Site) -> None:
    (segment,) = site.archive.glob("*.gz")
    whole = segment.read_bytes()
    for cut in (1, 10, 200):
        segment.write_bytes(whole + whole[:cut])
        assert faults(site.root) == [
            f"{segment.name}：末尾有 {cut} 字节没有日志（写入时中断的，下次写入前会移到 aside/）"
        ]
        assert reopen(site.root) == (
            f"{segment.name} 末尾 {cut} 字节没有日志（上次写入时中断），已移到 aside/{segment.name}@{len(whole)}",
        )
        assert segment.read_bytes() == whole
        assert (site.archive / "aside" / f"{segment.name}@{len(whole)}").read_bytes() == whole[:cut]
        assert faults(site.root) == []
        assert reopen(site.root) == ()


def test_a_segment_without_a_line_is_set_aside_and_its_number_not_used_again(site: Site) -> None:
    stray = site.archive / "20261122T030405678Z-000002.warc.gz"
    stray.write_bytes(b"half a record")
    assert any("没有日志" in fault for fault in faults(site.root))
    assert reopen(site.root) == (f"{stray.name} 末尾 13 字节没有日志（上次写入时中断），已移到 aside/{stray.name}",)
    assert faults(site.root) == []
    with Journal.open(site.journal) as journal, Archive.open(site.archive, journal, SOFTWARE) as archive:
        assert archive.seal(page(5)).result().records[0].file.endswith("-000003.warc.gz")  # type: ignore[arg-type]
    assert faults(site.root) == []


def test_missing_and_damaged_records_are_reported_at_opening(site: Site) -> None:
    (segment,) = site.archive.glob("*.gz")
    whole = bytearray(segment.read_bytes())
    ref = site.captures[-1].records[0]
    whole[ref.offset + ref.length // 2] ^= 1
    segment.write_bytes(whole)
    assert len(reopen(site.root)) == 1
    assert f"@{ref.offset}" in reopen(site.root)[0]
    segment.write_bytes(whole[:-5])
    assert any("日志记到" in text for text in reopen(site.root))
    segment.unlink()
    assert f"证据库缺少文件 {segment.name}" in reopen(site.root)


def test_nothing_is_moved_on_the_word_of_a_damaged_journal(site: Site) -> None:
    (segment,) = site.archive.glob("*.gz")
    whole = segment.read_bytes()
    rows = site.journal.read_bytes().splitlines(keepends=True)
    rows[site.captures[-1].journal - 1] = b'{"damaged":1}\n'
    site.journal.write_bytes(b"".join(rows))
    assert "日志末尾有损坏的行，证据库没有整理；请运行 verify --home" in reopen(site.root)
    assert segment.read_bytes() == whole
    with Journal.open(site.journal) as journal, Archive.open(site.archive, journal, SOFTWARE) as archive:
        assert archive.seal(page(1)).result().records[0].file != segment.name  # type: ignore[arg-type]


WRITER = """
import sys
from pathlib import Path
from tests.evidence.samples import *
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.places import capture_of, ref_of
root = Path(sys.argv[1])
with Journal.open(root / "journal.jsonl") as journal, Archive.open(root / "archive", journal, SOFTWARE, segment_bytes=60_000) as archive:
    number = 0
    while True:
        waiting = []
        for _ in range(8):
            number += 1
            waiting.append(archive.seal(visit(exchange(f"http://{SHOP}/{number}", answer(b"%d " % number * 900)), at=number)))
        for future in waiting:
            print(future.result().id, flush=True)
"""


@pytest.mark.kill
@pytest.mark.parametrize("seconds", [0.07, 0.19])
def test_killed_while_sealing(tmp_path: Path, seconds: float) -> None:
    acknowledged: list[str] = []
    for _ in range(2):  # the second run recovers from the first one's kill, and is killed too
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())  # it has begun
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout.read().splitlines() if len(line) == 20]
        process.wait()
    reopen(tmp_path)
    assert faults(tmp_path) == []
    sealed = {
        line.data["capture"]["id"] for line in Journal.read(tmp_path / "journal.jsonl") if line.event == "capture"
    }
    assert set(acknowledged) <= sealed
    for segment in sorted((tmp_path / "archive").glob("*.gz")):
        done = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(segment)], capture_output=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, b"")
