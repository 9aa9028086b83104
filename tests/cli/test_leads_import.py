"""``leads import`` and ``leads reporter``: previewed, taken row by row, made again from the journal, never telling who told."""

from __future__ import annotations

import csv
import os
import signal
import stat
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from scanner.casework import lines, reports, unfinished
from scanner.casework.desk import opened
from scanner.casework.reports import Told
from scanner.cli.leads.told import summary
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.model import Matter, Reporter
from scanner.store import protected
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.cli.test_rebuild import rows
from tests.running import ROOT, command, environment
from tests.schemas import conform
from tests.store.test_reports import told
from tests.tuning.shop import recorded

HEADS = ("线索编号", "推送日期", "企业名称", "商品链接", "违法情形", "问题描述")
COMPLAINT = ("登记编号", "类型", "被投诉主体", "网址", "投诉内容", "投诉人", "联系电话", "问题类别")
NAME, PHONE = "王小明", "13800138000"


def table(path: Path, *table_rows: Sequence[str]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table_rows)
    return str(path)


@pytest.fixture
def pushed(tmp_path: Path) -> str:
    """Six rows: new, joins the filled book's seller, the same again, changed, two with faults."""
    return table(
        tmp_path / "推送.csv", HEADS, ("GJ-1", "2026-11-20", "演示丙公司", "", "虚假宣传", "说明"),
        ("GJ-2", "2026-11-20", "演示甲店", "shop.example:8443/x", "未取得注册证、虚假宣传", ""),
        ("GJ-1", "2026-11-20", "演示丙公司", "", "虚假宣传", "说明"), ("GJ-1", "2026-11-20", "演示丁公司", "", "虚假宣传", "说明"),
        ("GJ-3", "明天", "演示丙公司", "", "乱写", ""), ("4.2E+17", "2026-11-20", "演示丙公司", "", "虚假宣传", ""),
    )  # fmt: skip


def national(ask: Ask, file: str, *more: str) -> list[tuple[str, list[int]]]:
    done = ask("leads", "import", file, "--map", "national-platform", "--who", "甲", "--json", *more)
    for row in done.rows:
        conform("leads-import", row)
    return [(row["outcome"], [one["lead"] for one in row["leads"]]) for row in done.rows]


def test_preview_says_what_import_then_does(ask: Ask, filled: Home, pushed: str) -> None:
    before = rows(filled.book)
    first = national(ask, pushed, "--preview")
    assert (rows(filled.book), filled.journal.exists()) == (before, False)
    assert first == national(ask, pushed)
    assert [outcome for outcome, _ in first] == ["new", "joined", "duplicate", "changed", "error", "error"]
    assert first[0][1] == first[2][1] == [3]
    assert sorted(first[1][1]) == [1, 2]
    assert chain.check(filled.journal) == []
    assert [line.data["reference"] for line in Journal.read(filled.journal)] == ["GJ-1", "GJ-2"]


def test_people_are_told_row_and_column(ask: Ask, filled: Home, pushed: str) -> None:
    done = ask("leads", "import", pushed, "--map", "national-platform", "--who", "甲")
    assert done.code == 2
    assert "推送.csv:2　GJ-1　新线索　3 号（宣传内容，新）" in done.out
    assert "推送.csv:5　GJ-1　和导入过的不同，没有改　3 号（宣传内容）　不同的：经营者名称" in done.out
    assert "推送.csv:6　有错，没有导入　推送日期：不是日期：明天；违法情形：不认识“乱写”" in done.out
    assert "有错，没有导入 2 行" in done.out
    shown = ask("leads", "show", "3")
    assert "来件：国家" in shown.out
    assert "优先程度" in shown.out


@pytest.mark.slow
def test_a_changed_row_is_taken_when_that_is_asked(ask: Ask, tmp_path: Path) -> None:
    rest = ("GJ-1", "2026-11-20", "演示丙公司", "", "虚假宣传")
    national(ask, table(tmp_path / "a.csv", HEADS, (*rest, "说明")))
    again = table(tmp_path / "b.csv", HEADS, (*rest, "补充说明"))
    assert national(ask, again) == [("changed", [1])]
    assert national(ask, again, "--accept-changes") == [("replaced", [1])]
    assert ask("leads", "show", "1", "--json").json["reports"][0]["text"] == "补充说明"
    assert ask("rebuild", "--out", str(tmp_path / "c.db"), "--json").json["troubles"] == []


@pytest.mark.slow
def test_a_home_that_is_new_takes_a_list_and_its_leads_are_worked_on(ask: Ask, tmp_path: Path) -> None:
    file = table(tmp_path / "a.csv", HEADS, ("GJ-1", "2026-11-20", "演示丙公司", "", "虚假宣传", "儿童用"))
    assert national(ask, file, "--preview") == [("new", [1])]
    assert not (tmp_path / "home").exists()
    assert national(ask, file) == [("new", [1])]
    (row,) = ask("leads", "list", "--sort", "priority", "--json").rows
    conform("leads-list", row)
    shown = ask("leads", "show", "1", "--json").json
    conform("leads-show", shown)
    assert row["priority"] == shown["priority"]["score"]
    assert any("未成年人" in one["says"] for one in shown["priority"]["reasons"])
    assert ask("leads", "decide", "1", "属实", "--who", "甲").code == 0
    assert ask("leads", "assign", "1", "--unit", "360100", "--who", "甲").code == 0
    assert ask("leads", "route", "1", "--json").code == 0
    before = rows(tmp_path / "home/book.db")
    assert ask("rebuild", "--json").json["troubles"] == []
    assert rows(tmp_path / "home/book.db") == before


@pytest.mark.slow
def test_the_home_says_whom_it_knows(ask: Ask, tmp_path: Path) -> None:
    file = table(tmp_path / "a.csv", HEADS, *(
        (f"GJ-{n}", "2026-11-20", f"演示{name}公司", "", "虚假宣传", "") for n, name in enumerate("甲乙丙")
    ))  # fmt: skip
    national(ask, file)
    (tmp_path / "home/rules/known.yaml").write_text(
        "known:\n  - {list: bad, name: 演示丙公司, note: 两次处罚}\n  - {list: good, name: 演示甲公司}\n",
        encoding="utf-8",
    )
    ordered = ask("leads", "list", "--sort", "priority", "--json").rows
    assert [row["number"] for row in ordered] == [3, 2, 1]
    assert "重点关注名单：演示丙公司：两次处罚（+15）" in ask("leads", "show", "3").out
    assert ask("rules", "lint").code == 0  # the file is no stray


@pytest.mark.slow
def test_a_page_that_was_told_of_is_scanned_and_its_findings_join(ask: Ask, tmp_path: Path) -> None:
    har = recorded(tmp_path, "治愈率高达98%，三天见效")
    file = table(
        tmp_path / "a.csv", HEADS, ("GJ-1", "", "", "https://shop.example/product/0.html?spm=1", "虚假宣传", "")
    )
    assert ask("import", str(har), "--json").code == 0
    url = ask("listings", "list", "--json").rows[0]["url"]
    fresh = tmp_path / "home2"
    file = table(tmp_path / "a.csv", HEADS, ("GJ-1", "", "", f"{url}?spm=1", "虚假宣传", ""))
    assert ask("--home", str(fresh), "leads", "import", file, "--map", "national-platform", "--who", "甲").code == 0
    assert ask("--home", str(fresh), "import", str(har), "--json").json["leads"][0] == 1
    lead = ask("--home", str(fresh), "leads", "show", "1", "--json").json
    assert (lead["lead"]["reference"], lead["lead"]["findings"] > 0, lead["lead"]["seller"] != "") == (
        "GJ-1",
        True,
        True,
    )
    before = rows(fresh / "book.db")
    assert ask("--home", str(fresh), "rebuild", "--json").json["troubles"] == []
    assert rows(fresh / "book.db") == before


# --- who told it -----------------------------------------------------------------------------------------------------


@pytest.fixture
def complained(ask: Ask, tmp_path: Path) -> Home:
    told_so = f"我是{NAME}，电话{PHONE}，买到假货"
    row = ("T-1", "举报", "演示丙店", "https://shop.example/p/1", told_so, NAME, PHONE, "虚假宣传")
    file = table(tmp_path / "c.csv", COMPLAINT, row)
    assert ask("leads", "import", file, "--map", "complaints-12315", "--who", "甲").code == 0
    return Home(tmp_path / "home")


def places(home: Home) -> list[str]:
    """The files of the home in which the reporter's name or number stands."""
    words = (NAME.encode(), PHONE.encode())
    held = (path for path in home.root.rglob("*") if path.is_file())
    return sorted(path.name for path in held if any(word in path.read_bytes() for word in words))


def test_who_told_it_stands_in_one_file_only(ask: Ask, complained: Home, tmp_path: Path) -> None:
    assert places(complained) == [protected.NAME]
    assert stat.S_IMODE((complained.root / protected.NAME).stat().st_mode) == 0o600
    for words in (("show", "1"), ("show", "1", "--json"), ("list",), ("list", "--json")):
        said = ask("leads", *words).out
        assert NAME not in said
        assert PHONE not in said
    assert ask("rebuild", "--out", str(tmp_path / "new.db")).code == 0
    assert NAME.encode() not in (tmp_path / "new.db").read_bytes()


@pytest.mark.slow
def test_who_looks_stands_in_the_journal_first(ask: Ask, complained: Home) -> None:
    assert ask("leads", "reporter", "1", "--why", " ", "--who", "乙").code == 2
    assert ask("leads", "reporter", "1", "--why", "告知立案").code == 2  # nobody named
    seen = ask("leads", "reporter", "1", "--why", "告知立案", "--who", "乙", "--json").json
    conform("leads-reporter", seen)
    (one,) = seen["reporters"]
    assert (one["reporter"]["name"], one["reporter"]["phone"]) == (NAME, PHONE)
    assert PHONE in one["reporter"]["text"]
    (line,) = (line for line in Journal.read(complained.journal) if line.event == lines.SEEN)
    assert (line.data["who"], line.data["why"], line.data["lead"]) == ("乙", "告知立案", 1)
    assert places(complained) == [protected.NAME]
    assert NAME in ask("leads", "reporter", "1", "--why", "再看", "--who", "乙").out
    assert ask("rebuild", "--json").json["unknown"] == {}


def test_what_is_forgotten_is_gone_and_does_not_come_back(ask: Ask, complained: Home, tmp_path: Path) -> None:
    done = ask("leads", "reporter", "1", "--why", "保存期满", "--who", "乙", "--forget", "--json").json
    conform("leads-reporter", done)
    assert done["forgotten"] == 1
    assert places(complained) == []
    again = ask("leads", "import", str(tmp_path / "c.csv"), "--map", "complaints-12315", "--who", "甲", "--json")
    assert [row["outcome"] for row in again.rows] == ["duplicate"]
    assert places(complained) == []
    assert "没有保存，或者已经删除" in ask("leads", "reporter", "1", "--why", "看", "--who", "乙").out


def test_a_lead_without_reporters_says_so(ask: Ask, filled: Home) -> None:
    done = ask("leads", "reporter", "1", "--why", "看", "--who", "乙")
    assert (done.code, "没有另存的举报人信息" in done.err) == (2, True)
    assert not filled.journal.exists() or list(Journal.read(filled.journal)) == []


# --- killed ----------------------------------------------------------------------------------------------------------


def test_what_a_kill_left_in_the_journal_only_is_booked_next_time(filled: Home) -> None:
    report = told(matters=(Matter.CLAIM, Matter.DISPLAY))
    with opened(filled) as desk:
        (taken,) = reports.preview(desk.book, [Told(report)])
        unfinished.begin(filled)
        line = lines.of_report(report, taken.went, "甲", desk.book.lead(1).opened)
        desk.journal.append(lines.REPORT, line).result()
    with Book.open(filled.book) as book:
        assert book.report(report.id) is None
    with opened(filled) as desk:
        assert desk.book.report(report.id) == report
        assert desk.book.went(report.id) == tuple(one._replace(opened=False) for one in taken.went)
        assert summary(desk.book.lead(taken.went[-1].lead))["reference"] == "G-1"
    assert not (filled.root / unfinished.NAME).exists()


def test_killed_after_the_reporter_was_kept_the_next_import_repairs_it(ask: Ask, filled: Home) -> None:
    report = told(protected=True)
    with protected.Protected.at(filled.root) as kept:
        kept.save([(report, Reporter(name="别人"))])
    with opened(filled) as desk:
        list(
            reports.take_all(desk, [Told(report, Reporter(name=NAME)), Told(report, Reporter(name="后来的"))], who="甲")
        )
    with protected.Protected.at(filled.root) as kept:
        assert kept.reporter(report.id) == Reporter(name=NAME)
    assert ask("leads", "reporter", "3", "--why", "看", "--who", "乙").code == 0


@pytest.mark.kill
def test_killed_while_importing_nothing_is_lost(ask: Ask, filled: Home, tmp_path: Path) -> None:
    """Killed at some moment of a long import, the book has what the journal has once the home is opened again, and the same
    import then takes the rest."""
    file = table(tmp_path / "many.csv", HEADS, *(
        (f"GJ-{n}", "2026-11-20", f"演示{n}公司", f"https://s{n % 50}.example/p/{n}", "虚假宣传", "") for n in range(2500)
    ))  # fmt: skip
    words = command(filled.root, "leads", "import", file, "--map", "national-platform", "--who", "甲")
    with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL) as process:
        while not filled.journal.exists() or filled.journal.stat().st_size < 400_000:
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    with opened(filled) as desk:
        booked = sorted(row[0] for row in desk.book.all("SELECT reference FROM reports"))
    said = sorted(line.data["reference"] for line in Journal.read(filled.journal) if line.event == lines.REPORT)
    assert booked == said
    assert 400 <= len(said) < 2500
    assert chain.check(filled.journal) == []
    assert ask("leads", "import", file, "--map", "national-platform", "--who", "甲").code == 0
    with Book.open(filled.book) as book:
        assert book.one("SELECT count(*) FROM reports") == (2500,)
