"""``qingwang retention``: status, hold, release, purge; ten years pass in a rehearsal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from scanner import clock
from scanner.evidence.journal.file import Journal
from scanner.evidence.keeping.holds import told
from scanner.evidence.keeping.purge import status
from scanner.home import Home
from scanner.leads.retention import later
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.cli.test_rebuild import rows
from tests.crawl.site import answer, serving
from tests.crawl.test_second_look import CLAIM, page
from tests.intake.making import SHOP, entry, written
from tests.running import Done, qingwang
from tests.schemas import conform
from tests.tuning.shop import page as shop_page
from tests.tuning.shop import recorded

TEXTS = ("治愈率高达98%，三天见效，根治颈椎病", "缓解肩颈疲劳", "总有效率95%，三天见效")
BEGAN, ENDED = "2026-11-22T12:00:00+08:00", "2037-01-10T12:00:00+08:00"


def run(home: Home, now: str, *words: str) -> Done:
    return qingwang(home.root, *words, env={clock.VARIABLE: now})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A rehearsal's home with three pages and two leads, sealed in 2026."""
    home = Home(tmp_path / "home")
    assert run(home, BEGAN, "doctor", "--init", "--rehearsal").code == 0
    assert run(home, BEGAN, "import", str(recorded(tmp_path, *TEXTS)), "--json").json["leads"] == [1, 2]
    return home


@pytest.mark.long
def test_ten_years_in_a_rehearsal(home: Home) -> None:
    status = run(home, BEGAN, "retention", "status", "--json").json
    conform("retention-status", status)
    assert (status["captures"], status["due"], status["purged"], status["retention_years"]) == (3, 0, 0, 10)
    assert status["next"].startswith("2036-11-22T04:00")
    for lead in ("1", "2"):
        assert run(home, BEGAN, "leads", "decide", lead, "dismissed", "--who", "演示").code == 0
    held = run(home, BEGAN, "retention", "hold", "2", "--why", "行政复议", "--who", "演示", "--json")
    conform("retention-hold", held.json)
    assert (held.code, held.json["lead"], held.json["held"]) == (0, 2, True)
    assert run(home, BEGAN, "retention", "hold", "2", "--why", "诉讼", "--who", "演示").code == 2  # already
    status = run(home, ENDED, "retention", "status", "--json").json
    assert (status["due"], status["held"], [one["why"] for one in status["holds"]]) == (2, 1, ["行政复议"])
    assert status["next"] is None
    dry = run(home, ENDED, "retention", "purge", "--dry-run", "--json")
    conform("retention-purge", dry.json)
    done = run(home, ENDED, "retention", "purge", "--who", "演示", "--json")
    assert done.json == {**dry.json, "dry_run": False}
    assert (done.code, len(done.json["captures"])) == (0, 2)
    checked = run(home, ENDED, "verify", "--home", "--json")
    assert (checked.code, checked.json["ok"]) == (0, True)
    gone = done.json["captures"]
    shown = run(home, ENDED, "captures", "show", gone[0], "--json").json
    conform("captures-show", shown)
    assert shown["purged"].startswith("2037-01-10")
    rows = run(home, ENDED, "captures", "list", "--json").rows
    for row in rows:
        conform("captures-list", row)
    assert {row["id"] for row in rows if row["purged"]} == set(gone)
    assert run(home, ENDED, "retention", "release", "2", "--why", "复议决定生效", "--who", "演示").code == 0
    assert len(run(home, ENDED, "retention", "purge", "--who", "演示", "--json").json["captures"]) == 1
    assert run(home, ENDED, "verify", "--home").code == 0
    assert {"mark": "演练"}.items() <= next(
        line.data for line in Journal.read(home.journal) if line.event == "purge"
    ).items()
    packed = run(home, ENDED, "package", "1", "--json")
    assert (packed.code, "已按保存期限清除" in packed.json["error"]["message"]) == (1, True)


LATER = "2033-05-05T12:00:00+08:00"


@pytest.fixture
def twice(home: Home, tmp_path: Path) -> Home:
    """Six and a half years later the first page is as it was, the third shop says another telephone number, the second is
    gone; the leads of either day were dismissed on it."""
    for lead in ("1", "2"):
        assert run(home, BEGAN, "leads", "decide", lead, "dismissed", "--who", "演示").code == 0
    again = [
        {**entry(f"{SHOP}/product/{n}.html", text=shop_page(n, text), mime="text/html; charset=utf-8"),
         "startedDateTime": "2033-05-05T11:00:00+08:00"}
        for n, text in ((1, TEXTS[0]), (3, "缓解疲劳，加微信 yanshi8888 咨询"))
    ]  # fmt: skip
    assert run(home, LATER, "import", str(written(tmp_path, *again, name="again.har")), "--json").code == 0
    for lead in run(home, LATER, "leads", "list", "--json").rows:
        if lead["state"] == "open":
            assert run(home, LATER, "leads", "decide", str(lead["number"]), "dismissed", "--who", "演示").code == 0
    return home


def traits(home: Home) -> set[tuple[str, str]]:
    with Book.open(home.book) as book:
        return {(key.partition("\n")[2], one.kind) for key, one in book.all_traits()}


@pytest.mark.slow
def test_what_sellers_showed_goes_with_the_last_page_that_shows_it(twice: Home) -> None:
    shops = {f"演示{n}店": {(f"演示{n}店", kind) for kind in ("name", "storefront")} for n in (1, 2, 3)}
    assert traits(twice) == {*shops["演示1店"], *shops["演示2店"], *shops["演示3店"], ("演示3店", "wechat")}
    before = rows(twice.book)
    dry = run(twice, ENDED, "retention", "purge", "--dry-run", "--json").json
    conform("retention-purge", dry)
    assert (len(dry["captures"]), dry["traits"]) == (3, {"name": 1, "storefront": 1})
    assert rows(twice.book) == before
    assert "会清除经营者特征 2 项" in run(twice, ENDED, "retention", "purge", "--dry-run").out
    assert run(twice, ENDED, "retention", "purge", "--who", "演示", "--json").json["traits"] == dry["traits"]
    assert traits(twice) == {*shops["演示1店"], *shops["演示3店"], ("演示3店", "wechat")}
    gone = {row[0] for row in rows(twice.book)["purged"]}
    assert gone == set(dry["captures"])
    assert not gone & {row[4] for row in rows(twice.book)["traits"]}


@pytest.mark.slow
def test_rebuild_after_a_purge_comes_to_the_same_book(twice: Home) -> None:
    run(twice, ENDED, "retention", "purge", "--who", "演示")
    before = rows(twice.book)
    assert before["purged"]
    done = run(twice, ENDED, "rebuild", "--json")
    assert (done.code, done.json["troubles"], done.json["replaced"]) == (0, [], True)
    assert rows(twice.book) == before
    assert run(twice, "2044-01-01T12:00:00+08:00", "retention", "purge", "--who", "演示", "--json").json["traits"]
    before = rows(twice.book)
    assert (sum(before["traits"].values()), sum(before["purged"].values())) == (0, 5)
    assert run(twice, "2044-01-01T12:00:00+08:00", "rebuild", "--json").code == 0
    assert rows(twice.book) == before


@pytest.mark.long
def test_what_the_old_book_says_of_a_purged_page_is_believed_no_further_than_the_journal(twice: Home) -> None:
    run(twice, ENDED, "retention", "purge", "--who", "演示")
    whole = twice.book.read_bytes()
    for sql in (
        "UPDATE versions SET data = replace(data, '缓解肩颈疲劳', '根治')",
        "UPDATE findings SET data = replace(data, '98', '48')",
        "DELETE FROM findings",
    ):
        twice.book.write_bytes(whole)
        with sqlite3.connect(twice.book) as db:
            assert db.execute(sql).rowcount
        db.close()
        done = run(twice, ENDED, "rebuild", "--json")
        assert (done.code, done.json["replaced"]) == (1, False), sql
        assert done.json["otherwise"] + done.json["weighed"] > 0
    twice.book.unlink()
    done = run(twice, ENDED, "rebuild", "--json")
    assert (done.code, done.json["replaced"]) == (1, False)
    assert any("原来的数据库里也没有" in one["says"] for one in done.json["troubles"])


@pytest.mark.slow
def test_an_open_lead_keeps_its_captures(home: Home) -> None:
    status = run(home, ENDED, "retention", "status", "--json").json
    assert (status["open"], status["due"]) == (2, 1)  # of the third page nothing was found
    assert len(run(home, ENDED, "retention", "purge", "--who", "演示", "--json").json["captures"]) == 1
    assert run(home, ENDED, "package", "1").code == 0


def test_years_below_the_law_are_refused_with_its_name(ask: Ask, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "rules").mkdir(parents=True)
    (home / "config.yaml").write_text("retention_years: 4\n", encoding="utf-8")
    said = ask("doctor", "--json")
    assert "行政处罚法第三十六条" in said.out
    (home / "config.yaml").unlink()
    (home / "rules" / "watch.yaml").write_text(
        "campaigns:\n  - {id: a, title: 演示, storefronts: ['http://shop.example/'], retention_years: 3}\n",
        encoding="utf-8",
    )
    said = ask("crawl", "a", "--dry-run", "--json")
    assert said.code == 2
    (problem,) = said.json["error"]["problems"]
    assert "行政处罚法第三十六条" in problem["message"]
    assert problem["where"].endswith("watch.yaml:2")


@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ("hold", "7", "--why", "诉讼", "--who", "演示"), ("hold", "ffff", "--why", "诉讼", "--who", "演示"),
    ("hold", "1", "--why", " ", "--who", "演示"), ("release", "1", "--why", "诉讼", "--who", "演示"),
    ("hold", "1", "--why", "诉讼"), ("purge",),
])  # fmt: skip
def test_what_cannot_be_is_refused(words: tuple[str, ...], ask: Ask, tmp_path: Path) -> None:
    assert ask("import", str(recorded(tmp_path, TEXTS[0])), "--json").code == 0
    said = ask("retention", *words, "--json")
    assert (said.code, said.json["error"]["kind"]) == (2, "usage")
    events = {line.event for line in Journal.read(tmp_path / "home" / "journal.jsonl")}
    assert not events & {"retention_hold", "retention_release", "purge"}


@pytest.mark.slow
def test_the_journal_says_how_long_a_campaign_keeps_its_captures(tmp_path: Path) -> None:
    """Also where it says what everybody's default is: config.yaml may say less later."""
    home = Home(tmp_path / "home")
    home.make()
    with serving({"/goods/1.html": answer(page(1, CLAIM))}) as site:
        (home.rules / "watch.yaml").write_text(
            f"campaigns:\n  - {{id: a, title: 演示, storefronts: ['{site.url}/goods/1.html'], retention_years: 10, render: never, "
            "allow_private: [127.0.0.1]}\n",
            encoding="utf-8",
        )
        assert qingwang(home.root, "crawl", "a", "--json").code == 0
    assert set(told(home.journal).years.values()) == {10}
    home.config_file.write_text("retention_years: 6\n", encoding="utf-8")
    # The page is the open lead's: it counts as kept for that only when its own term is past.
    assert [status(home, now=later(clock.now(), years)).open for years in (9, 11)] == [0, 1]
