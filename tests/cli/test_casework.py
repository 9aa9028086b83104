"""The life of a lead through the commands: the closed loop, its clocks, merging and splitting, many steps of one file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from scanner.casework import lines, unfinished
from scanner.casework.desk import opened
from scanner.errors import StoreError
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.leads.order import Order
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.running import ROOT, command, environment
from tests.schemas import conform


@pytest.fixture
def named(filled: Home) -> Home:
    filled.config_file.write_text("operator: 甲\n", encoding="utf-8")
    return filled


def steps(ask: Ask, lead: int) -> list[str]:
    return [step["act"] for step in ask("leads", "show", str(lead), "--json").json["decisions"]]


def to_unit(ask: Ask, lead: str) -> None:
    for words in (("decide", lead, "属实"), ("assign", lead, "--unit", "360100"), ("receive", lead)):
        done = ask("leads", *words)
        assert done.code == 0, done.err


@pytest.mark.slow
@pytest.mark.usefixtures("named")
def test_the_closed_loop(ask: Ask) -> None:
    to_unit(ask, "1")
    shown = ask("leads", "show", "1", "--json").json
    conform("leads-show", shown)
    assert (shown["lead"]["state"], shown["lead"]["unit"], shown["clock"]["left"]) == ("received", "360100", 50)
    assert ask("leads", "check", "1").code == 0
    assert ask("leads", "extend", "1", "--days", "10", "--note", "情况复杂").code == 0
    granted = ask("leads", "extend", "1", "--grant", "--json")
    conform("leads-act", granted.json)
    assert granted.json["decision"]["days"] == 10
    assert ask("leads", "show", "1", "--json").json["clock"]["left"] == 60
    done = ask(
        "leads", "dispose", "1", "--measure", "责令改正", "--measure", "罚款", "--fine", "12000.5", "--to", "公安机关"
    )
    assert "罚款 12000.50 元" in done.out
    assert ask("leads", "close", "1").code == 2
    for words in (("feedback", "1"), ("approve", "1")):
        assert ask("leads", *words).code == 0
    assert "处置以后没有再看过页面" in ask("leads", "revisited", "1").err
    assert ask("leads", "revisited", "1", "--note", "现场查看，店铺已停业").code == 0
    closed = ask("leads", "close", "1", "--json")
    assert closed.json["lead"]["state"] == "closed"
    assert steps(ask, 1) == ["confirm", "assign", "receive", "check", "ask", "grant", "dispose", "report", "approve", "revisit",
                             "close"]  # fmt: skip
    told = ask("leads", "show", "1").out
    assert "移送公安机关" in told
    assert "销号" in told


@pytest.mark.slow
@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dispose", "1"), "没有写明处置措施"),
        (("dispose", "1", "--measure", "罚款"), "要一起写"),
        (("dispose", "1", "--measure", "警告", "--fine", "10"), "要一起写"),
        (("dispose", "1", "--measure", "罚款", "--fine", "1.234"), "最多两位小数"),
        (("dispose", "1", "--measure", "不属实", "--measure", "约谈"), "不能和别的措施"),
        (("dispose", "1", "--measure", "批评"), "不认识“批评”"),
        (("extend", "1", "--days", "21"), "1 到 20 天"),
        (("extend", "1", "--grant"), "没有等待答复"),
        (("extend", "1"), "申请延长几天"),
        (("assign", "1", "--unit", "360100"), "已经在"),
        (("assign", "1", "--unit", "南昌市市场监督局"), "南昌市市场监督管理局"),
        (("merge", "1", "--into", "2"), "事项不同"),
        (("merge", "1", "--into", "1"), "并入哪一条"),
        (("unmerge", "1"), "没有并入"),
        (("split", "1", "--finding", "x"), "没有编号以 x 开头"),
        (("approve", "1"), "不能审核通过"),
    ],
)
def test_what_may_not_be_done_is_told_and_leaves_nothing(ask: Ask, words: tuple[str, ...], said: str) -> None:
    to_unit(ask, "1")
    done = ask("leads", *words)
    assert (done.code, said in done.err) == (2, True), done.err
    assert steps(ask, 1) == ["confirm", "assign", "receive"]


@pytest.mark.slow
@pytest.mark.usefixtures("named")
def test_splitting_and_merging_can_be_undone(ask: Ask, named: Home) -> None:
    first, second = (p["finding"]["id"] for p in ask("leads", "show", "1", "--json").json["proofs"])
    assert ask("leads", "split", "1", "--finding", second[:8], "--note", "另一家").code == 0
    assert [p["finding"]["id"] for p in ask("leads", "show", "1", "--json").json["proofs"]] == [first]
    assert [p["finding"]["id"] for p in ask("leads", "show", "3", "--json").json["proofs"]] == [second]
    assert ask("leads", "decide", "3", "属实").code == 0
    assert ask("leads", "merge", "3", "--into", "1").code == 0
    assert {p["finding"]["id"] for p in ask("leads", "show", "1", "--json").json["proofs"]} == {first, second}
    assert ask("leads", "show", "3", "--json").json["lead"]["state"] == "merged"
    assert ask("leads", "unmerge", "3").code == 0
    assert ask("leads", "show", "3", "--json").json["lead"]["state"] == "confirmed"
    assert [p["finding"]["id"] for p in ask("leads", "show", "1", "--json").json["proofs"]] == [first]
    assert chain.check(named.journal) == []


@pytest.mark.slow
def test_apply_takes_what_it_can(ask: Ask, named: Home, tmp_path: Path) -> None:
    file = tmp_path / "办理.jsonl"
    rows = [
        {"lead": 1, "act": "复核属实"}, {"lead": 1, "act": "assign", "unit": "360100"}, {"lead": 1, "act": "close"},
        {"lead": 9, "act": "confirm"}, {"lead": 2, "act": "dismiss", "note": "误报"}, {"lead": 2, "act": "assign", "days": 3},
        {"act": "confirm"},
    ]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)) + "\nnot json\n\n", encoding="utf-8")
    checked = ask("leads", "apply", str(file), "--check")
    assert (checked.code, "写法有错 3 行" in checked.out) == (2, True)
    assert not named.journal.exists()
    done = ask("leads", "apply", str(file), "--json")
    assert done.code == 2
    for row in done.rows:
        conform("leads-apply", row)
    assert [(r["line"], r["decision"] is not None) for r in done.rows] == [
        (1, True),
        (2, True),
        (3, False),
        (4, False),
        (5, True),
    ]
    assert f"{file}:6" in done.err
    assert "不用写 days" in done.err
    assert f"{file}:8：不是 JSON" in done.err
    assert (steps(ask, 1), steps(ask, 2)) == (["confirm", "assign"], ["dismiss"])


def test_overdue_leads_are_listed(ask: Ask, named: Home) -> None:
    to_unit(ask, "1")
    assert ask("leads", "overdue", "--json").rows == []
    (row,) = ask("leads", "overdue", "--days", "50", "--json").rows
    conform("leads-overdue", row)
    assert (row["lead"]["number"], row["clock"]["left"], row["late"]) == (1, 50, "result")
    assert "还有 50 天" in ask("leads", "overdue", "--days", "50").out


def test_what_a_kill_left_in_the_journal_only_is_booked_next_time(named: Home) -> None:
    with opened(named) as desk:
        lead = desk.book.lead(1)
        step, _ = desk._plan(Order(lead=1, act="confirm"))  # type: ignore[arg-type]
        unfinished.begin(named)
        desk.journal.append(lines.DECISION, lines.of(step, lead)).result()
    with Book.open(named.book) as book:
        assert book.lead(1).state == "open"
    with opened(named) as desk:
        assert (desk.book.lead(1).state, len(desk.book.decisions(1))) == ("confirmed", 1)
    assert not (named.root / unfinished.NAME).exists()
    (named.root / unfinished.NAME).write_bytes(b"{")
    with pytest.raises(StoreError, match="读不出来"), opened(named):
        pass


@pytest.mark.kill
def test_killed_while_applying_nothing_is_lost(named: Home, tmp_path: Path) -> None:
    """Killed at some moment of a long apply, the book has what the journal has once the home is opened again."""
    file = tmp_path / "many.jsonl"
    file.write_text(
        "".join(json.dumps({"lead": 1, "act": "note", "note": f"第 {n} 笔"}) + "\n" for n in range(20_000)),
        encoding="utf-8",
    )
    words = command(named.root, "leads", "apply", str(file))
    for wait in (0.2, 1.0):
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not named.journal.exists() or named.journal.stat().st_size < 50_000:
            assert process.poll() is None
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with opened(named) as desk:
        booked = [step.note for step in desk.book.decisions(1)]
    said = [line.data["note"] for line in Journal.read(named.journal) if line.event == lines.DECISION]
    assert booked == said
    assert len(said) > 20
    assert chain.check(named.journal) == []
