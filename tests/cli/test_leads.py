"""leads: list, show, decide; every decision in the journal first, then in the book."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from tests.cli.filled import Ask
from tests.schemas import conform


def lines(home: Home) -> list[chain.Line]:
    return [line for line in Journal.read(home.journal) if line.event == "decision"]


@pytest.mark.usefixtures("filled")
def test_list(ask: Ask) -> None:
    done = ask("leads", "list", "--json")
    for row in done.rows:
        conform("leads-list", row)
    assert [(r["number"], r["matter"], r["verdict"], r["severity"], r["findings"]) for r in done.rows] == [
        (1, "claim", "violation", "high", 2), (2, "registration", "suspect", "critical", 1),
    ]  # fmt: skip
    assert [r["number"] for r in ask("leads", "list", "--json", "--matter", "registration").rows] == [2]
    assert [r["number"] for r in ask("leads", "list", "--json", "--matter", "注册备案").rows] == [2]
    assert ask("leads", "list", "--json", "--state", "属实").rows == []
    assert ask("leads", "list", "--matter", "nothing").code == 2
    people = ask("leads", "list")
    assert "演示甲店" in people.out
    assert "待初筛" in people.out


@pytest.mark.usefixtures("filled")
def test_show(ask: Ask) -> None:
    done = ask("leads", "show", "1", "--json")
    conform("leads-show", done.json)
    assert [p["finding"]["rule"] for p in done.json["proofs"]] == ["claim-cure-rate", "claim-best"]
    assert done.json["decisions"] == []
    assert "治愈率99%" in ask("leads", "show", "1").out
    missing = ask("leads", "show", "9", "--json")
    assert (missing.code, missing.json["error"]["message"]) == (2, "没有 9 号线索")


def test_decide(ask: Ask, filled: Home) -> None:
    done = ask("leads", "decide", "1", "confirmed", "--who", "甲", "--note", "已电话核实", "--json")
    assert done.code == 0
    conform("leads-act", done.json)
    assert done.json["lead"]["state"] == "confirmed"
    assert {k: done.json["decision"][k] for k in ("lead", "act", "state", "who", "note")} == {
        "lead": 1, "act": "confirm", "state": "confirmed", "who": "甲", "note": "已电话核实",
    }  # fmt: skip
    assert "不属实" in ask("leads", "decide", "1", "不属实", "--who", "乙").out
    shown = ask("leads", "show", "1", "--json").json
    conform("leads-show", shown)
    assert [(d["state"], d["who"]) for d in shown["decisions"]] == [("confirmed", "甲"), ("dismissed", "乙")]
    first, second = lines(filled)
    assert first.data["lead"] == 1
    assert first.data["findings"] == [p["finding"]["id"] for p in shown["proofs"]]
    assert (first.data["state"], first.data["who"], first.data["note"]) == ("confirmed", "甲", "已电话核实")
    assert first.data["when"] == shown["decisions"][0]["when"]
    assert (second.data["state"], second.data["matter"], second.data["seller"]) == ("dismissed", "claim", "演示甲店")
    assert chain.check(filled.journal) == []


def test_a_step_that_may_not_follow_leaves_no_trace(ask: Ask, filled: Home) -> None:
    done = ask("leads", "assign", "1", "--unit", "360100", "--who", "甲", "--json")
    assert done.code == 2
    conform("error", done.json)
    assert "不能交办" in done.json["error"]["message"]
    assert "leads close" in ask("leads", "decide", "1", "closed", "--who", "甲").err
    assert ask("leads", "decide", "9", "confirmed", "--who", "甲").code == 2
    assert ask("leads", "decide", "1", "done", "--who", "甲").code == 2
    assert lines(filled) == []


def test_who_decides(ask: Ask, filled: Home) -> None:
    done = ask("leads", "decide", "1", "confirmed")
    assert done.code == 2
    assert "--who" in done.err
    filled.config_file.write_text('operator: "丙"\n', encoding="utf-8")
    assert ask("leads", "decide", "1", "confirmed", "--json").json["decision"]["who"] == "丙"


def test_deciding_while_another_writes(ask: Ask, filled: Home) -> None:
    with filled.lock():
        done = ask("leads", "decide", "1", "confirmed", "--who", "甲", "--json")
    assert done.code == 1
    assert "另一个清网进程" in done.json["error"]["message"]
    assert not filled.journal.exists()


def test_a_mark_stays_on_what_people_add(ask: Ask, filled: Home, tmp_path: Path) -> None:
    """Decisions on demo captures are demo too: the journal's own lines say so."""
    from tests.store.making import capture

    with Journal.open(filled.journal, mark="演示数据") as journal:
        for number in range(1, 6):
            journal.append("capture", {"capture": {"id": capture(number).id}, "records": []}).result()
    ask("leads", "decide", "1", "confirmed", "--who", "甲")
    (line,) = lines(filled)
    assert line.data["mark"] == "演示数据"
