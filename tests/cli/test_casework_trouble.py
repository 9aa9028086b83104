"""Casework where things go wrong: two writers, a full disk, a locked book, a clock set back. Nothing is lost, and it is told."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
from pathlib import Path

import pytest

from scanner.casework import lines
from scanner.casework.desk import opened
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import SET_BACK, Journal
from scanner.home import Home
from scanner.store import book as store
from tests.cli.filled import Ask, fill
from tests.running import ROOT, command, environment, qingwang


def notes(path: Path, count: int, name: str = "笔") -> str:
    rows = ({"lead": 1, "act": "note", "who": "甲", "note": f"第 {n} {name}"} for n in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def booked(home: Home) -> list[str]:
    with opened(home) as desk:
        return [step.note for step in desk.book.decisions(1)]


def said(home: Home) -> list[str]:
    return [str(line.data["note"]) for line in Journal.read(home.journal) if line.event == lines.DECISION]


@pytest.mark.kill
def test_two_writers(filled: Home, tmp_path: Path) -> None:
    """Of two that begin together one works and the other is told; what each reports as done is there."""
    files = [notes(tmp_path / f"{n}.jsonl", 300, str(n)) for n in range(2)]
    both = [
        subprocess.Popen(
            command(filled.root, "leads", "apply", file), cwd=ROOT, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )
        for file in files
    ]  # fmt: skip
    told = [(process.communicate()[1], process.returncode) for process in both]
    assert sorted(code for _, code in told) in ([0, 0], [0, 1])
    assert all("另一个清网进程" in error for error, code in told if code)
    done = booked(filled)
    assert done == said(filled)
    assert len(done) == 300 * sum(code == 0 for _, code in told)
    assert chain.check(filled.journal) == []


@pytest.mark.kill
@pytest.mark.parametrize("room", [3_000, 40_000])
def test_a_full_disk(filled: Home, tmp_path: Path, room: int) -> None:
    """No file may grow by more than ``room`` bytes; which one fails first, the journal or the book, depends on it."""
    notes(tmp_path / "some.jsonl", 1)
    assert qingwang(filled.root, "leads", "apply", str(tmp_path / "some.jsonl")).code == 0
    limit = max(path.stat().st_size for path in filled.root.iterdir() if path.is_file()) + room
    done = subprocess.run(
        command(filled.root, "leads", "apply", notes(tmp_path / "many.jsonl", 600)), cwd=ROOT, env=environment(), check=False,
        capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "错误：" in done.stderr
    after = booked(filled)  # with room again
    assert after == said(filled)
    assert chain.check(filled.journal) == []
    assert qingwang(filled.root, "leads", "apply", str(tmp_path / "some.jsonl")).code == 0


def test_a_locked_book(ask: Ask, filled: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opens = store.Book.open
    monkeypatch.setattr(store.Book, "open", lambda path, **_: opens(path, patience=0.2))
    other = sqlite3.connect(filled.book, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        done = ask("leads", "decide", "1", "confirmed", "--who", "甲")
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (done.code, "占用" in done.err) == (1, True)
    assert ask("leads", "decide", "1", "confirmed", "--who", "甲").code == 0
    with opened(filled) as desk:
        assert [step.act for step in desk.book.decisions(1)] == ["confirm"]
    assert chain.check(filled.journal) == []


@pytest.mark.slow
def test_a_clock_set_back(tmp_path: Path) -> None:
    """Steps stand in the order in which they were taken, and the journal says that the clock went back."""
    home = Home(tmp_path / "home")
    assert qingwang(home.root, "doctor", "--init", "--rehearsal").code in (0, 1)
    fill(home.root)
    for act, day in (("confirmed", 30), ("open", 10), ("confirmed", 20)):
        moment = f"2027-01-{day}T04:00:00Z"
        done = qingwang(home.root, "leads", "decide", "1", act, "--who", "甲", env={"QINGWANG_NOW": moment})
        assert done.code == 0, done.err
    with opened(home) as desk:
        steps = desk.book.decisions(1)
        assert [step.state for step in steps] == ["confirmed", "open", "confirmed"]
        assert steps[0].when > steps[2].when > steps[1].when
        assert desk.book.lead(1).state == "confirmed"
    assert sum(line.event == SET_BACK for line in Journal.read(home.journal)) == 1
