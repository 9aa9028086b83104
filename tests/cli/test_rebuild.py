"""``rebuild``: the book made again from the journal is the book, table by table; what cannot be is named, and the old book
stands until the new one is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner import clock
from scanner.evidence.journal.file import Journal
from scanner.evidence.keeping.purge import dry, purge
from scanner.home import Home
from tests.cli.closing import closing
from tests.cli.filled import Ask
from tests.intake.making import SHOP, entry, written
from tests.ocr.drawing import draw
from tests.registry.making import nmpa_csv, write
from tests.running import ROOT, command, environment, qingwang
from tests.schemas import conform
from tests.tuning.shop import page, recorded
from tests.whole import DEMO_TIMEOUT, DemoRun, Twice

TEXTS = ("治愈率高达98%，三天见效，根治颈椎病", "缓解肩颈疲劳", "总有效率95%，三天见效", "过滤效率高")
TABLES = {
    "campaigns", "captures", "crawls", "decisions", "findings", "lead_findings", "leads", "listings", "named", "pictures",
    "pieces", "proofs", "rejudged", "sellers", "sightings", "versions", "purged", "revisits", "lead_sellers",
    "traits", "same_said",
    "reports", "report_leads", "report_addresses",
    "samples", "reviews",
}  # fmt: skip
ORDER_ONLY = {
    ("proofs", "number"),
    ("rejudged", "number"),
    ("same_said", "number"),
    ("reviews", "number"),
}  # leave out: they only say what came first


def rows(book: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every table's rows, read without our program."""
    held = {}
    with sqlite3.connect(book) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if "sqlite" not in n]
        for name in names:
            columns = [r[1] for r in db.execute(f"PRAGMA table_info({name})") if (name, r[1]) not in ORDER_ONLY]
            held[name] = Counter(db.execute(f"SELECT {', '.join(columns)} FROM {name}"))
    db.close()
    return held


def edit(book: Path, sql: str, *values: Any) -> None:
    with sqlite3.connect(book) as db:
        db.execute(sql, values)
    db.close()


def copied(home: Home, place: Path) -> Home:
    return Home(Path(shutil.copytree(home.root, place / "home")))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("made")
    home = Home(root / "home")
    assert qingwang(home.root, "import", str(recorded(root, *TEXTS)), "--json").json["leads"] == [1, 2]
    assert qingwang(home.root, "leads", "decide", "1", "confirmed", "--who", "演示", "--note", "属实").code == 0
    return home


@pytest.fixture
def shop(made: Home, tmp_path: Path) -> Home:
    """Four recorded listings, five findings in two leads; one lead decided. ``ask`` asks it."""
    return copied(made, tmp_path)


def _split_and_merge(home: Home) -> None:
    """Two findings of a live lead become one of their own; one of them goes back."""
    leads = qingwang(home.root, "leads", "list", "--json").rows
    lead = next(row["number"] for row in leads if row["state"] == "open" and row["findings"] > 2)
    shown = qingwang(home.root, "leads", "show", str(lead), "--json").json
    first, second, *_ = (proof["finding"]["id"] for proof in shown["proofs"])
    for words in (("split", str(lead), "--finding", first), ("split", str(lead), "--finding", second)):
        assert qingwang(home.root, "leads", *words, "--who", "甲").code == 0
    last = max(row["number"] for row in qingwang(home.root, "leads", "list", "--json").rows)
    assert qingwang(home.root, "leads", "merge", str(last), "--into", str(lead), "--who", "甲").code == 0


def _told(home: Home, folder: Path) -> None:
    """Two reports: one joins the lead of a page that is known, one opens a lead."""
    url = next(row["url"] for row in qingwang(home.root, "listings", "list", "--json").rows)
    file = folder / "told.csv"
    file.write_text(
        f"线索编号,企业名称,网址,违法情形\nG-1,,{url},虚假宣传\nG-2,演示丙公司,,无证经营\n", encoding="utf-8"
    )
    assert qingwang(home.root, "leads", "import", str(file), "--map", "national-platform", "--who", "甲").code == 0


@pytest.mark.slow
@pytest.mark.timeout(DEMO_TIMEOUT)
def test_two_scans_decisions_and_two_rechecks_come_out_as_they_were(twice: Twice, tmp_path: Path) -> None:
    home = copied(twice.home, tmp_path)
    assert qingwang(home.root, "recheck", "--json").code == 0
    assert qingwang(home.root, "leads", "decide", "2", "dismissed", "--who", "甲").code == 0
    assert qingwang(home.root, "leads", "apply", closing(tmp_path / "closing.jsonl", 1)).code == 0
    _split_and_merge(home)
    with sqlite3.connect(home.book) as db:
        first, *_, last = (key for (key,) in db.execute("SELECT DISTINCT seller_key FROM traits ORDER BY 1"))
        assert db.execute("SELECT count(*) FROM traits WHERE kind = 'template'").fetchone()[0]
    db.close()
    for words in (("sample", "--pages", "3"), ("review", "1", "1", "--verdict", "clean", "--who", "甲")):
        assert qingwang(home.root, "quality", *words).code == 0
    for verdict in ("different", "withdrawn"):
        assert qingwang(home.root, "sellers", "tell", first, last, verdict, "--who", "甲").code == 0
    _told(home, tmp_path)
    home.rules.mkdir(exist_ok=True)
    changed = "overrides:\n  - {rule: claim-cure-rate, severity: low}\n  - {rule: claim-best, status: retired}\n"
    (home.rules / "overrides.yaml").write_text(changed, encoding="utf-8")
    assert qingwang(home.root, "recheck", "--json").code == 0
    before = rows(home.book)
    assert set(before) == TABLES
    for name in (
        "captures",
        "listings",
        "sellers",
        "versions",
        "findings",
        "leads",
        "decisions",
        "rejudged",
        "pieces",
        "traits",
        "same_said",
        "reports",
        "samples",
        "reviews",
    ):
        assert before[name], f"nothing in {name}: this proves nothing"
    home.book.unlink()
    done = qingwang(home.root, "rebuild", "--json")
    assert done.code == 0, done.err
    conform("rebuild", done.json)
    assert (done.json["replaced"], done.json["otherwise"], done.json["weighed"], done.json["troubles"]) == (
        True,
        0,
        0,
        [],
    )
    after = rows(home.book)
    assert {**after, "pictures": None} == {**before, "pictures": None}  # readings of pictures are no evidence
    assert qingwang(home.root, "verify", "--home").code == 0


@pytest.mark.slow
@pytest.mark.timeout(DEMO_TIMEOUT)
def test_two_scans_whose_pages_were_purged_but_for_those_of_open_leads_come_out_as_they_were(
    twice: Twice, tmp_path: Path
) -> None:
    home = copied(twice.home, tmp_path)
    for lead in qingwang(home.root, "leads", "list", "--json").rows[::2]:
        assert qingwang(home.root, "leads", "decide", str(lead["number"]), "dismissed", "--who", "甲").code == 0
    whole, now = rows(home.book), clock.now() + timedelta(days=4200)
    said = dry(home, now=now)
    assert rows(home.book) == whole
    assert purge(home, now=now, who="甲") == said
    before = rows(home.book)
    assert {"phone", "uscc", "template"} <= said.traits.keys()
    assert 0 < sum(before["traits"].values()) < sum(whole["traits"].values())
    assert 0 < sum(before["purged"].values()) < sum(before["captures"].values())
    done = qingwang(home.root, "rebuild", "--json")
    assert (done.code, done.json["replaced"], done.json["troubles"]) == (0, True, [])
    assert {**rows(home.book), "pictures": None} == {**before, "pictures": None}


@pytest.mark.timeout(DEMO_TIMEOUT)
@pytest.mark.browser
def test_a_demo_with_its_browser_and_second_looks_comes_out_as_it_was(demo: DemoRun, tmp_path: Path) -> None:
    home = copied(demo.home, tmp_path)
    before = rows(home.book)
    assert before["proofs"]
    out = tmp_path / "again.db"
    done = qingwang(home.root, "rebuild", "--json", "--out", str(out))
    assert done.code == 0, done.out[:3000]
    assert rows(out) == before
    assert [one["table"] for one in done.json["tables"] if not one["same"]] == []


@pytest.mark.slow
def test_it_takes_the_old_ones_place_and_the_journal_says_so(ask: Ask, shop: Home) -> None:
    before = rows(shop.book)
    done = ask("rebuild", "--json")
    conform("rebuild", done.json)
    assert (done.code, done.json["replaced"], done.json["other_register"]) == (0, True, 0)
    assert all(one["same"] for one in done.json["tables"])
    assert rows(shop.book) == before == rows(Path(done.json["before"]))
    last = list(Journal.read(shop.journal))[-1]
    assert (last.event, last.data["differing"], last.data["otherwise"]) == ("book_rebuilt", [], 0)
    assert not list(shop.root.glob("*.rebuilding*"))
    assert ask("leads", "show", "1", "--json").json["decisions"][0]["who"] == "演示"


@pytest.mark.slow
def test_what_is_not_from_the_journal_is_named_and_not_carried_over(ask: Ask, shop: Home) -> None:
    before = rows(shop.book)
    edit(shop.book, "UPDATE leads SET seller = '别的店' WHERE number = 2")
    edit(shop.book, "DELETE FROM findings WHERE rule = 'claim-cure-rate'")
    assert "已换上重建的数据库" in ask("rebuild").out
    shutil.copy(shop.root / "book.db.before-rebuild", shop.book)
    done = ask("rebuild", "--json")  # its own line is known to it
    wrong = {one["table"]: (one["missing"], one["added"]) for one in done.json["tables"] if not one["same"]}
    assert wrong == {"leads": (1, 1), "findings": (0, 2)}
    shown = next(one["examples"] for one in done.json["tables"] if one["table"] == "leads")
    assert any("别的店" in example for example in shown)
    assert rows(shop.book) == before


@pytest.mark.slow
def test_out_leaves_the_home_alone(ask: Ask, shop: Home, tmp_path: Path) -> None:
    def home() -> dict[str, bytes]:
        kept = (shop.book, shop.journal, *shop.archive.iterdir(), *shop.rulebooks.iterdir())
        return {str(path): path.read_bytes() for path in kept}

    before, out = home(), tmp_path / "new.db"
    assert ask("rebuild", "--out", str(out)).code == 0
    assert home() == before
    assert rows(out) == rows(shop.book)
    again = ask("rebuild", "--out", str(out), "--json")
    assert (again.code, again.json["error"]["kind"]) == (2, "usage")


@pytest.mark.parametrize("damage", ["garbage", "cut"])
def test_a_lost_or_damaged_book_is_made_again(ask: Ask, shop: Home, damage: str) -> None:
    before = rows(shop.book)
    whole = shop.book.read_bytes()
    shop.book.write_bytes(b"not a database at all" * 500 if damage == "garbage" else whole[: len(whole) // 3])
    done = ask("rebuild", "--json")
    assert done.code == 0, done.out
    assert done.json["replaced"]
    assert done.json["not_compared"]
    assert rows(shop.book) == before


def test_another_register_is_said_and_changes_places_only_when_accepted(ask: Ask, shop: Home, tmp_path: Path) -> None:
    text = page(1, "缓解疲劳").replace("演械注准2099207", "沪械注准2023207")
    numbered = entry(f"{SHOP}/product/9.html", text=text, mime="text/html; charset=utf-8")
    assert ask("import", str(written(tmp_path, numbered, name="numbered.har"))).code == 0
    before = rows(shop.book)
    other = ("沪械注准20232070001", "演示乙公司", "演示轮椅", "第二类", "A型", "代步", "2024-01-01", "2025-01-01")
    source = write(tmp_path, "nmpa-device.csv", nmpa_csv([other]))
    assert ask("registry", "import", "nmpa-device", str(source), "--as-of", "2026-11-20").code == 0
    done = ask("rebuild", "--json")
    assert (done.code, done.json["replaced"], done.json["other_register"]) == (1, False, 5)
    assert (done.json["otherwise"], done.json["weighed"]) == (1, 0)  # the page with that number
    assert "发现与当时不同" in done.json["troubles"][0]["says"]
    assert rows(shop.book) == before
    done = ask("rebuild", "--accept", "--json")
    assert (done.code, done.json["replaced"]) == (0, True)
    assert rows(shop.book)["findings"] - before["findings"]


@pytest.mark.slow
def test_what_was_said_of_two_sellers_comes_back(ask: Ask, shop: Home) -> None:
    other = entry("https://other.example/product/9.html", text=page(9, "缓解疲劳"), mime="text/html; charset=utf-8")
    assert ask("import", str(written(shop.root.parent, other, name="other.har"))).code == 0
    with sqlite3.connect(shop.book) as db:
        first, *_, last = (key for (key,) in db.execute("SELECT DISTINCT seller_key FROM traits ORDER BY 1"))
    db.close()
    assert ask("sellers", "tell", first, last, "same", "--who", "甲", "--note", "同一地址").code == 0
    before, said = rows(shop.book), ask("sellers", "same", "--json").json["groups"][0]["said"]
    assert (len(before["same_said"]), said[0]["note"]) == (1, "同一地址")
    assert ask("rebuild", "--json").code == 0
    assert rows(shop.book) == before
    assert ask("sellers", "same", "--json").json["groups"][0]["said"] == said


def test_rules_of_the_day_count_not_those_of_today(ask: Ask, shop: Home) -> None:
    before = rows(shop.book)
    shop.rules.mkdir(exist_ok=True)
    (shop.rules / "overrides.yaml").write_text(
        "overrides:\n  - {rule: claim-cure-rate, status: retired}\n", encoding="utf-8"
    )
    assert ask("rebuild", "--json").code == 0
    assert rows(shop.book) == before


def test_a_missing_page_is_named_and_the_old_book_stays(ask: Ask, shop: Home) -> None:
    before = rows(shop.book)
    (segment,) = shop.archive.glob("*.warc.gz")
    segment.rename(segment.with_suffix(".away"))
    done = ask("rebuild", "--json")
    assert (done.code, done.json["replaced"], done.json["otherwise"]) == (1, False, 4)
    assert all("网页读不出来" in one["says"] for one in done.json["troubles"][:4])
    assert any("没有放回" in one["says"] for one in done.json["troubles"])  # the decision on a lead that is not there
    assert rows(shop.book) == before


def test_a_broken_journal_is_no_ground_to_build_on(ask: Ask, shop: Home) -> None:
    before = rows(shop.book)
    lines = shop.journal.read_bytes().splitlines(keepends=True)
    shop.journal.write_bytes(b"".join((*lines[:3], *lines[4:])))
    done = ask("rebuild", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")
    assert ":4" in done.json["error"]["where"]
    assert rows(shop.book) == before


def test_a_rulebook_that_was_changed_is_refused(ask: Ask, shop: Home) -> None:
    (kept,) = shop.rulebooks.iterdir()
    whole = json.loads(kept.read_bytes())
    name = next(name for name in whole["files"] if name.endswith("claim-cure-rate.yaml"))
    text = whole["files"][name].replace("severity: high", "severity: low")
    assert text != whole["files"][name]
    whole["files"][name] = text
    whole["sha256"][name] = hashlib.sha256(text.encode()).hexdigest()  # its own sums agree
    kept.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    done = ask("rebuild", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")


@pytest.mark.slow
def test_pieces_transcripts_and_pictures_come_out_as_they_were(ask: Ask, shop: Home, tmp_path: Path) -> None:
    later = entry(f"{SHOP}/product/1.html", text=page(1, "缓解疲劳"), mime="text/html; charset=utf-8")
    later["startedDateTime"] = "2026-11-24T10:22:05.151637+08:00"
    assert ask("import", str(written(tmp_path, later, name="later.har"))).code == 0
    said = tmp_path / "直播.srt"
    said.write_text("1\n00:00:01,000 --> 00:00:03,000\n这个膏药治愈率高达98%\n", encoding="utf-8")
    assert ask("import", str(said), "--url", "https://live.example/1", "--account", "演示号").code == 0
    shot = tmp_path / "截图.png"
    shot.write_bytes(draw(("治愈率高达98%", "三天见效")).body)
    assert ask("import", str(shot), "--url", "https://shop.example/p/9").code == 0
    before = rows(shop.book)
    done = ask("rebuild", "--json")
    assert done.code == 0, done.out
    assert rows(shop.book) == before


def test_a_home_that_is_written_is_left_alone(ask: Ask, shop: Home) -> None:
    with shop.lock():
        done = ask("rebuild", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "store")


def test_a_book_that_somebody_has_open_is_not_replaced(ask: Ask, shop: Home) -> None:
    held = sqlite3.connect(shop.book)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM leads").fetchone()
    done = ask("rebuild", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "store")
    held.close()


def test_without_a_journal_there_is_nothing_to_build_on(ask: Ask, tmp_path: Path) -> None:
    done = ask("rebuild", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")
    assert not (tmp_path / "home").exists()


@pytest.mark.kill
@pytest.mark.parametrize("after", [0.3])
def test_killed_in_the_middle_the_old_book_stands(ask: Ask, shop: Home, after: float) -> None:
    before, draft = rows(shop.book), shop.root / "book.db.rebuilding"
    with subprocess.Popen(command(shop.root, "rebuild"), cwd=ROOT, env=environment()) as process:
        until = time.monotonic() + 60
        while not draft.exists():
            assert time.monotonic() < until
            time.sleep(0.001)
        time.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
    assert rows(shop.book) == before
    assert ask("rebuild", "--json").code == 0
    assert not draft.exists()
    assert rows(shop.book) == before
