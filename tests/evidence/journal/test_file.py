"""The journal: a chain that survives cuts at any byte, and names whatever else was done to it."""

from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner import clock
from scanner.errors import InputError, SealError, StoreError
from scanner.evidence import digest
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.journal.torn import Event


def filled(path: Path, lines: int = 3) -> bytes:
    with Journal.open(path) as book:
        for number in range(lines):
            book.append("judgement", {"n": number, "says": "治愈率"}).result()
    return path.read_bytes()


def test_lines_are_what_the_docstring_says(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    previous = "0" * 64
    for number, raw in enumerate(filled(path).splitlines(), 1):
        value = json.loads(raw)
        own = value.pop("~h")
        body = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        assert raw == body[:-1] + b',"~h":"%b"}' % own.encode()
        assert own == digest.sha256(body)
        assert (value["seq"], value["prev"], value["event"], value["n"]) == (number, previous, "judgement", number - 1)
        previous = own
    assert chain.check(path) == []
    assert [line.data for line in Journal.read(path)] == [{"n": n, "says": "治愈率"} for n in range(3)]


def test_numbers_and_head(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal.open(path) as book:
        assert book.head == (0, "0" * 64)
        futures = [book.append("x", {"n": n}) for n in range(300)]
        assert [future.result() for future in futures] == list(range(1, 301))
        head = book.head
    assert head == (300, list(Journal.read(path))[-1].hash)
    with Journal.open(path) as book:
        assert (book.head, book.reports) == (head, ())
        assert book.append("x", {}).result() == 301
    assert chain.check(path) == []


def test_broken_text_of_a_page_survives(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal.open(path) as book:
        book.append("x", {"quote": "a\ud83d\x00\u2028\n清"}).result()
    assert next(Journal.read(path)).data == {"quote": "a\ud83d\x00\u2028\n清"}
    assert chain.check(path) == []


def test_reserved_keys_and_foreign_values_are_refused_at_once(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.jsonl") as book:
        with pytest.raises(ValueError, match="seq"):
            book.append("x", {"seq": 1})
        with pytest.raises(TypeError):
            book.append("x", {"body": b"bytes"})
        assert book.append("x", {}).result() == 1


def test_a_mark_is_in_every_line(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.jsonl", mark="演练") as book:
        book.append("x", {"n": 1}).result()
    assert next(Journal.read(tmp_path / "journal.jsonl")).data == {"n": 1, "mark": "演练"}


def test_only_one_may_write(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal.open(path), pytest.raises(StoreError, match="另一个进程"):
        Journal.open(path)
    Journal.open(path).close()


def test_a_tail_torn_at_any_byte_is_cut_and_journaled(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    whole = filled(path, 2)
    second = whole.index(b"\n") + 1
    for length in range(second, len(whole)):
        path.write_bytes(whole[:length])
        with Journal.open(path) as book:
            reports = book.reports
        assert chain.check(path) == [], length
        lines = list(Journal.read(path))
        if length == second:
            assert (len(lines), reports) == (1, ())
            continue
        assert path.read_bytes().startswith(whole[:second])
        recovered = lines[1].data
        assert (lines[1].event, recovered["cut"], recovered["offset"]) == ("recovered", length - second, second)
        assert base64.b64decode(recovered["bytes"]) == whole[second:length]
        assert reports == (f"日志末尾 {length - second} 字节不完整（上次写入时中断），已截去",)


@pytest.mark.parametrize("rubbish", [bytes(512), b"\xff" * 100_000, b"{"])
def test_other_torn_tails(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    whole = filled(path)
    path.write_bytes(whole + rubbish)
    assert chain.check(path) == ["最后一行不完整（写入时中断）"]
    Journal.open(path).close()
    assert chain.check(path) == []
    assert list(Journal.read(path))[-1].data["sha256"] == digest.sha256(rubbish)


def test_a_journal_that_is_one_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"event":"x"')
    Journal.open(path).close()
    assert [(line.seq, line.event) for line in Journal.read(path)] == [(1, "recovered")]


def test_a_complete_but_wrong_last_line_is_reported_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    whole = filled(path)
    damaged = whole.replace(b'"n":2', b'"n":9')
    path.write_bytes(damaged)
    with Journal.open(path) as book:
        assert book.reports == ("日志最后一行（第 3 行）有误：内容与自身的哈希不符",)
        book.append("x", {}).result()
    assert path.read_bytes().startswith(damaged)
    assert chain.check(path) == ["第 3 行：内容与自身的哈希不符"]
    with pytest.raises(InputError) as caught:
        list(Journal.read(path))
    assert caught.value.where == f"{path}:3"


EDITS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], list[str]]] = {
    "one byte": (lambda rows: [rows[0], rows[1].replace(b'"n":1', b'"n":7'), *rows[2:]], ["第 2 行：内容与自身的哈希不符"]),
    "dropped": (lambda rows: [rows[0], *rows[2:]], [
        "第 2 行：与上一行接不上（链在此断开）", "第 2 行：序号是 3", "第 3 行：序号是 4"]),
    "first dropped": (lambda rows: rows[1:], [
        "第 1 行：与上一行接不上（链在此断开）", "第 1 行：序号是 2", "第 2 行：序号是 3", "第 3 行：序号是 4"]),
    "swapped": (lambda rows: [rows[0], rows[2], rows[1], rows[3]], [
        "第 2 行：与上一行接不上（链在此断开）", "第 2 行：序号是 3", "第 3 行：与上一行接不上（链在此断开）", "第 3 行：序号是 2",
        "第 4 行：与上一行接不上（链在此断开）"]),
    "doubled": (lambda rows: [rows[0], *rows], [
        "第 2 行：与上一行接不上（链在此断开）", "第 2 行：序号是 1", "第 3 行：序号是 2", "第 4 行：序号是 3", "第 5 行：序号是 4"]),
    "empty line": (lambda rows: [*rows, b""], ["第 5 行：不是日志行：没有 ~h"]),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_edits_are_named_with_their_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "journal.jsonl"
    rows = filled(path, 4).splitlines()
    edit, problems = EDITS[name]
    path.write_bytes(b"\n".join(edit(rows)) + b"\n")
    assert chain.check(path) == problems


def test_a_line_made_anew_breaks_the_chain_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    rows = filled(path, 3).splitlines()
    line = chain.parse(rows[1])
    forged, _ = chain.compose(seq=2, prev=line.prev, time=line.time, event="judgement", data={"n": 99})
    path.write_bytes(b"\n".join([rows[0], forged, rows[2]]) + b"\n")
    assert chain.check(path) == ["第 3 行：与上一行接不上（链在此断开）"]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b'{"~h":"' + b"0" * 64 + b'"}', b"[" * 5000, b'{"a":NaN,"~h":"' + b"0" * 64 + b'"}',
    ],
)  # fmt: skip
def test_rubbish_lines_are_input_errors(raw: bytes) -> None:
    with pytest.raises(InputError):
        chain.parse(raw)


@pytest.mark.parametrize(
    "body",
    [b'{"seq":1}', b'{"event":"x","event":"x","prev":"","seq":1,"time":"2026-11-22T03:04:05.678Z"}', b"[1]", b'"x"',
     b'{"event":"x","prev":"","seq":true,"time":"2026-11-22T03:04:05.678Z"}', b'{"event": "x"}', b"[" * 100_000,
     b'{"event":"x","prev":"","seq":1,"time":"yesterday"}', b'{"event":"x","n":NaN,"prev":"","seq":1,"time":""}'],
)  # fmt: skip
def test_lines_with_the_right_hash_but_no_right_form(body: bytes) -> None:
    raw = body[:-1] + b',"~h":"' + digest.sha256(body[:-1] + b"}").encode() + b'"}'
    with pytest.raises(InputError):
        chain.parse(raw)


def test_reading_backwards_gives_the_same_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    rows = [b"x" * n for n in (0, 1, 7, 100, 3, 0, 64)]
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    for block in (1, 2, 5, 64, 10_000):
        with path.open("rb") as file:
            found = list(chain.backwards(file, path.stat().st_size, block=block))
        assert [raw for _, raw in found] == rows[::-1]
        assert [at for at, _ in found][::-1] == [sum(len(r) + 1 for r in rows[:n]) for n in range(len(rows))]


def test_after_a_failed_write_nothing_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full answers every write with «no space left», as a full disk does."""
    path = tmp_path / "journal.jsonl"
    whole = filled(path)
    book = Journal.open(path)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, book._file)
    os.close(full)
    with pytest.raises(SealError, match=os.strerror(errno.ENOSPC)):
        book.append("x", {}).result(timeout=10)
    with pytest.raises(SealError):
        book.append("x", {}).result(timeout=10)
    assert book.head[0] == 3
    book.close()
    assert path.read_bytes() == whole


def test_closed_means_refused(tmp_path: Path) -> None:
    book = Journal.open(tmp_path / "journal.jsonl")
    book.close()
    book.close()
    with pytest.raises(SealError, match="已关闭"):
        book.append("x", {}).result(timeout=10)


def test_close_writes_what_is_waiting(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    book = Journal.open(path)
    futures = [book.append("x", {"n": n}) for n in range(100)]
    book.close()
    assert [future.result(timeout=0) for future in futures] == list(range(1, 101))
    assert len(list(Journal.read(path))) == 100


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_ever_when_the_thread_dies_of_a_fault_of_ours(tmp_path: Path) -> None:
    class Wrong:
        def write(self) -> list[Event]:
            raise ZeroDivisionError

        def result(self, seqs: object) -> None:
            return None

    book = Journal.open(tmp_path / "journal.jsonl")
    first, second = book.submit(Wrong()), book.append("x", {})
    for future in (first, second, book.append("x", {})):
        with pytest.raises(SealError):
            future.result(timeout=10)
    book.close()


def test_a_clock_that_goes_back_is_said_before_the_line_that_is_earlier(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    try:
        for day in (9, 8, 8):
            clock.rehearse(datetime(2026, 11, day, tzinfo=UTC))
            with Journal.open(path) as book:
                assert book.append("x", {"n": day}).result() == book.head[0]
                if day == 8:
                    clock.rehearse(datetime(2026, 11, 7, tzinfo=UTC))  # while it is open
                    assert book.append("x", {"n": 7}).result() == book.head[0]
    finally:
        clock.rehearse(None)
    told = [(line.event, line.data.get("n"), f"{line.time:%d}") for line in Journal.read(path)]
    back = ("clock_set_back", None)
    assert told == [
        ("x", 9, "09"), (*back, "08"), ("x", 8, "08"), (*back, "07"), ("x", 7, "07"),
        ("x", 8, "08"), (*back, "07"), ("x", 7, "07"),
    ]  # fmt: skip
    lines = list(Journal.read(path))
    assert lines[1].data["before"] == clock.stamp(lines[0].time)
    assert chain.check(path) == []
