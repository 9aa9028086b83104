"""Rehearsals (演练): the clock is set there and nowhere else, everything says so, and no home is ever real again."""

from __future__ import annotations

import json
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from scanner import clock
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from tests import warcs
from tests.cli.filled import Ask, Said, fill
from tests.crawl.killing import Shop
from tests.crawl.site import serving
from tests.running import Done, qingwang, started
from tests.schemas import conform

MARK = "演练"
SET = "2026-10-25T02:30:00+08:00"
NOW = {clock.VARIABLE: SET}
NO_TIMES = (
    "2026-10-25", "2026-10-25T02:30:00", "2026-10-25 02:30:00+08:00", "2026-13-25T02:30:00Z", "tomorrow",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-10-25T02:30:00+25:00",
)  # fmt: skip


def made(folder: Path, **env: str) -> Home:
    home = Home(folder / "home")
    done = qingwang(home.root, "doctor", "--init", "--rehearsal", "--json", env=env)
    assert done.code == 0, done.err
    return home


def refused(done: Done | Said, *words: str) -> bool:
    conform("error", done.json)
    said = f"{done.json['error']['message']} {done.json['error']['hint']}"
    return (done.code, done.json["error"]["kind"]) == (2, "usage") and all(word in said for word in words)


class TestMaking:
    @pytest.mark.slow
    def test_it_says_so_in_a_file_in_the_journal_and_to_people(self, tmp_path: Path) -> None:
        home = made(tmp_path, **NOW)
        (line,) = warcs.lines(home)
        assert (line["event"], line["mark"]) == ("rehearsal", MARK)
        assert clock.parse(line["time"]) - clock.parse(SET) < timedelta(minutes=2)
        assert MARK in home.rehearsal.read_text(encoding="utf-8")
        again = qingwang(home.root, "doctor", "--init", "--json")
        checks = {check["name"]: check for check in again.json["checks"]}
        assert checks["rehearsal"]["ok"]
        assert "不是证据" in checks["rehearsal"]["detail"]
        assert MARK in again.err
        assert len(warcs.lines(home)) == 1

    def test_a_real_home_is_never_made_one(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        assert qingwang(home.root, "doctor", "--init", "--json").code == 0
        assert refused(qingwang(home.root, "doctor", "--init", "--rehearsal", "--json"), "真实的数据目录")
        assert not home.rehearsal.exists()

    def test_one_that_holds_only_what_people_wrote_is_none_yet(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        home.make()
        home.config_file.write_text("unit: 演示局\n", encoding="utf-8")
        assert made(tmp_path) == home
        assert home.config().unit == "演示局"

    def test_only_with_init(self, tmp_path: Path) -> None:
        assert refused(qingwang(tmp_path / "home", "doctor", "--rehearsal", "--json"), "--init")
        assert not (tmp_path / "home").exists()


class TestClock:
    @pytest.mark.parametrize(
        "words", [("leads", "list"), ("crawl", "--due"), ("doctor",), ("rules", "list"), ("verify", "--home")]
    )
    def test_it_is_set_in_no_other_home(
        self, ask: Ask, filled: Home, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(clock.VARIABLE, SET)
        assert refused(ask(*words, "--json"), "只在演练用的数据目录", "--rehearsal")

    @pytest.mark.slow
    def test_what_is_no_time_is_refused(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ask("doctor", "--init", "--rehearsal").code == 0
        for said in NO_TIMES:
            monkeypatch.setenv(clock.VARIABLE, said)
            assert refused(ask("doctor", "--json"), "不是时间", "RFC 3339"), said

    def test_without_it_the_time_is_the_machines(self, tmp_path: Path) -> None:
        began = clock.now()
        (line,) = warcs.lines(made(tmp_path))
        assert began - timedelta(seconds=1) <= clock.parse(line["time"]) <= clock.now()

    @pytest.mark.long
    def test_time_goes_on_and_what_watching_starts_has_the_clock_it_has_by_then(self, tmp_path: Path) -> None:
        home = made(tmp_path)
        (home.rules / "watch.yaml").write_text(
            "campaigns:\n  - id: due\n    title: 演示\n    storefronts: ['http://127.0.0.1:9/']\n    render: never\n"
            "    allow_private: [127.0.0.1]\n    schedule: {cron: '30 2 25 10 *'}\n"
            f"    notify: {{command: [sh, -c, 'printenv {clock.VARIABLE} > {tmp_path}/told']}}\n", encoding="utf-8",
        )  # fmt: skip
        with started(home.root, "crawl", "--watch", "--json", **NOW) as process:
            assert process.stdout is not None
            row = json.loads(process.stdout.readline())
            while not (told := (tmp_path / "told").read_text() if (tmp_path / "told").exists() else ""):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        assert row["campaign"] == "due"
        (began,) = [line for line in warcs.lines(home) if line["event"] == "crawl_began"]
        ended = warcs.lines(home)[-1]
        set_ = clock.parse(SET)
        assert set_ < clock.parse(began["time"]) < clock.parse(ended["time"]) < clock.parse(told.strip())
        assert clock.parse(told.strip()) - set_ < timedelta(minutes=2)


class TestForGood:
    @pytest.mark.slow
    def test_without_its_file_it_still_is_one(self, tmp_path: Path) -> None:
        home = made(tmp_path)
        home.rehearsal.unlink()
        found = qingwang(home.root, "doctor", "--json", env=NOW)
        (check,) = [check for check in found.json["checks"] if check["name"] == "rehearsal"]
        assert not check["ok"]
        assert "不见了" in check["detail"]
        with serving({}) as site:
            qingwang(home.root, "scan", f"{site.url}/", "--render", "never", "--allow-private", "127.0.0.1", env=NOW)
        assert {line["mark"] for line in warcs.lines(home)} == {MARK}
        assert qingwang(home.root, "doctor", "--init", "--rehearsal").code == 0
        assert home.rehearsal.exists()

    @pytest.mark.slow
    def test_without_its_journal_the_next_one_is_marked_again(self, tmp_path: Path) -> None:
        home = made(tmp_path)
        home.journal.unlink()
        with serving({}) as site:
            qingwang(home.root, "scan", f"{site.url}/", "--render", "never", "--allow-private", "127.0.0.1")
        assert {line["mark"] for line in warcs.lines(home)} == {MARK}

    @pytest.mark.slow
    def test_the_file_in_a_real_home_is_refused(self, tmp_path: Path) -> None:
        home = fill(tmp_path / "home")
        assert qingwang(home.root, "leads", "decide", "1", "confirmed", "--who", "甲").code == 0
        home.rehearsal.write_text(MARK, encoding="utf-8")
        for words in (("leads", "list"), ("doctor", "--init", "--rehearsal"), ("crawl", "--due")):
            assert refused(qingwang(home.root, *words, "--json", env=NOW), "没有标演练的行", "移走 rehearsal.txt")
        assert [check.detail for check in verify_home(home) if not check.ok] == [
            "标记（演示、演练）前后不一：日志里1 行没有标记"
        ]

    def test_a_journal_keeps_the_mark_it_began_with_and_takes_none_later(self, tmp_path: Path) -> None:
        from scanner.errors import StoreError

        home = made(tmp_path)
        with Journal.open(home.journal) as journal:
            journal.append("note", {"n": 1}).result()
        assert [line["mark"] for line in warcs.lines(home)] == [MARK, MARK]
        with pytest.raises(StoreError, match="演示数据"):
            Journal.open(home.journal, mark="演示数据")
        real = tmp_path / "journal.jsonl"
        with Journal.open(real) as journal:
            journal.append("note", {"n": 1}).result()
        with pytest.raises(StoreError, match="没有标记"):
            Journal.open(real, mark=MARK)


@pytest.mark.slow
def test_every_line_and_package_says_so_and_verify_never_calls_it_evidence(tmp_path: Path) -> None:
    home, shop = made(tmp_path, **NOW), Shop(10)
    words = ("scan", f"{shop.url}/", "--render", "never", "--allow-private", "127.0.0.1", "--json")
    scanned = qingwang(home.root, *words, env=NOW)
    assert scanned.code == 0, scanned.err
    assert "【演练】不是证据" in scanned.err
    lead = str(scanned.json["leads"][0])
    for more in (("leads", "decide", lead, "confirmed", "--who", "甲"), ("recheck",)):
        assert qingwang(home.root, *more, env=NOW).code == 0
    home.rehearsal.unlink()  # the mark does not hang on it
    packed = qingwang(home.root, "package", lead, "--json", env=NOW)
    assert packed.json["mark"] == MARK
    path = Path(packed.json["package"])
    checked = qingwang(tmp_path / "other", "verify", str(path))
    assert checked.code == 0, checked.out
    assert "本包标明「演练」，不是证据" in checked.out
    for name in ("report.html", "VERIFY.txt", "manifest.json", "lead.json"):
        assert MARK in (path / name).read_text(encoding="utf-8")
    whole = qingwang(home.root, "verify", "--home")
    assert (whole.code, "本数据目录标明「演练」，不是证据" in whole.out) == (0, True)
    lines = warcs.lines(home)
    assert {line["mark"] for line in lines} == {MARK}
    assert {line["time"][:10] for line in lines} == {"2026-10-24"}  # 02:30 in Beijing
    assert warcs.faults(home) == []
