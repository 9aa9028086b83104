"""``retention purge`` and who told it: forgotten when the office's term is over, never without one, never while a lead lives."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scanner import clock
from scanner.casework import lines
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store import protected
from tests.cli.test_leads_import import COMPLAINT, places
from tests.cli.test_rebuild import rows
from tests.running import Done, qingwang
from tests.schemas import conform

NAME, PHONE = "王小明", "13800138000"
BEGAN, CLOSED = "2026-11-22T12:00:00+08:00", "2027-03-01T12:00:00+08:00"
EARLY, OVER = "2029-03-01T11:59:59+08:00", "2029-03-01T12:00:05+08:00"


def run(home: Home, now: str, *words: str) -> Done:
    return qingwang(home.root, *words, env={clock.VARIABLE: now})


def told(home: Home, now: str, *words: str) -> dict[str, object]:
    done = run(home, now, "retention", "purge", *words, "--json")
    assert done.code == 0, done.err
    conform("retention-purge", done.json)
    reporters: dict[str, object] = done.json["reporters"]
    return reporters


def forgotten(home: Home) -> list[dict[str, object]]:
    return [dict(line.data) for line in Journal.read(home.journal) if line.event == lines.FORGOTTEN]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A rehearsal's home whose one complaint went to leads 1 and 2; both dismissed on one day of 2027."""
    home = Home(tmp_path / "home")
    assert run(home, BEGAN, "doctor", "--init", "--rehearsal").code == 0
    file = tmp_path / "c.csv"
    row = ("T-1", "举报", "演示丙店", "https://shop.example/p/1", f"我是{NAME}", NAME, PHONE, "虚假宣传、无注册证")
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows((COMPLAINT, row))
    assert run(home, BEGAN, "leads", "import", str(file), "--map", "complaints-12315", "--who", "甲").code == 0
    for lead in ("1", "2"):
        assert run(home, CLOSED, "leads", "decide", lead, "dismissed", "--who", "甲").code == 0
    assert places(home) == [protected.NAME]
    return home


def term(home: Home, years: int = 2) -> None:
    home.config_file.write_text(f"reporter_years: {years}\n", encoding="utf-8")


NOBODY = {"years": 2, "due": [], "kept": 1}
DUE = {"years": 2, "due": [{"lead": 1, "reports": 1}], "kept": 0}


@pytest.mark.slow
def test_when_the_term_is_over_it_is_gone_with_a_line(home: Home) -> None:
    term(home)
    assert told(home, EARLY, "--who", "乙") == NOBODY
    assert told(home, OVER, "--dry-run") == DUE
    assert (
        "会删除 1 份来件的举报人信息（1 号线索，办结满 2 年）" in run(home, OVER, "retention", "purge", "--dry-run").out
    )
    assert (places(home), forgotten(home)) == ([protected.NAME], [])
    assert told(home, OVER, "--who", "乙") == DUE
    assert places(home) == []
    (line,) = forgotten(home)
    assert (line["lead"], line["who"], line["why"], line["years"]) == (1, "乙", "保存期限届满", 2)
    assert told(home, OVER, "--who", "乙") == {"years": 2, "due": [], "kept": 0}
    assert len(forgotten(home)) == 1
    before = rows(home.book)
    done = run(home, OVER, "rebuild", "--json")
    assert (done.code, done.json["troubles"], done.json["unknown"]) == (0, [], {})
    assert rows(home.book) == before
    assert run(home, OVER, "verify", "--home").code == 0


@pytest.mark.slow
def test_without_a_term_nothing_goes(home: Home) -> None:
    late = "2099-01-01T12:00:00+08:00"
    assert told(home, late, "--who", "乙") == {"years": None, "due": [], "kept": 1}
    assert "没有写保存几年（reporter_years）" in run(home, late, "retention", "purge", "--who", "乙").out
    assert (places(home), forgotten(home)) == ([protected.NAME], [])


@pytest.mark.slow
def test_one_lead_that_lives_or_is_held_keeps_it(home: Home) -> None:
    term(home)
    assert run(home, CLOSED, "retention", "hold", "2", "--why", "行政诉讼", "--who", "甲").code == 0
    assert told(home, OVER, "--who", "乙") == NOBODY
    assert run(home, OVER, "retention", "release", "2", "--why", "判决生效", "--who", "甲").code == 0
    assert told(home, OVER, "--dry-run") == DUE
    assert run(home, OVER, "leads", "decide", "2", "open", "--who", "甲").code == 0
    assert told(home, "2040-01-01T12:00:00+08:00", "--who", "乙") == NOBODY
    assert places(home) == [protected.NAME]


@pytest.mark.slow
def test_a_kill_between_line_and_deletion_is_made_good_by_the_next_run(home: Home) -> None:
    term(home)
    file = home.root / protected.NAME
    before = file.read_bytes()
    assert told(home, OVER, "--who", "乙") == DUE
    file.write_bytes(before)  # the disk as a kill leaves it: the line is there, the deletion is not
    assert places(home) == [protected.NAME]
    assert told(home, OVER, "--who", "乙") == DUE
    assert (places(home), len(forgotten(home))) == ([], 2)


def test_a_term_of_no_years_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    term(home, 0)
    assert "reporter_years" in qingwang(home.root, "doctor", "--json").out
