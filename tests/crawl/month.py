"""A simulated month of campaigns, held against the script's own record.

``python -m tests.crawl.month [--days 30] [--campaigns 12] [--seed N] [--short]`` makes a rehearsal home, serves a small shop for each
campaign, goes through the month hour by hour, runs ``qingwang crawl --due`` whenever something ought to fall due (and
at some hours when nothing does), and lets happen what ``monthplan`` says: dead hosts, changed layouts, a CAPTCHA week, walls,
kills, quiet hours, changes of clocks. What each run says is compared with what it must say: on standard output (JSON, or the
words for people), in the journal, in the book (plain SQLite). It prints one JSON object; exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from scanner.home import Home
from tests import warcs
from tests.crawl.monthplan import BEIJING, MONTH, SHORT, Campaign, Must, Plan, must
from tests.crawl.monthshop import Shop, struck
from tests.running import ROOT, command, environment, qingwang

STATES = {"完整": "complete", "不完整": "incomplete", "被拦截": "blocked"}
DAY = timedelta(days=1)


@dataclass(slots=True)
class Track:
    """The script's own record of one campaign."""

    campaign: Campaign
    shop: Shop
    slots: list[datetime]
    covered: set[datetime] = field(default_factory=set)  # slots that some run has answered
    begun: list[datetime] = field(default_factory=list)  # when runs began, by the machine's clock
    ended: list[tuple[int, Must]] = field(default_factory=list)  # (day, what it must say), one a run
    sound: list[int] = field(default_factory=list)
    read: set[int] = field(default_factory=set)  # products ever read
    shut: set[int] = field(default_factory=set)  # products of which the last look came to a shut door
    unfinished: bool = False

    def due(self, now: datetime) -> bool:
        if self.campaign.quiet_at(now):
            return False
        waiting = [s for s in self.slots if s <= now and s not in self.covered and (self.begun or s > now - DAY)]
        return self.unfinished or bool(waiting)

    def begin(self, now: datetime) -> None:
        if not self.unfinished:
            self.covered |= {slot for slot in self.slots if slot <= now}
            self.begun.append(now)
        self.unfinished = True

    def end(self, day: int) -> Must:
        """What the run that ends now must say."""
        said = must(self.campaign, day, self.sound)
        self.unfinished = False
        self.ended.append((day, said))
        if said.state == "complete":
            self.sound.append(said.listings)
        trouble = self.campaign.befalls.get(day, "")
        if trouble not in ("dead", "empty"):
            for number in self.campaign.sells(day):
                if trouble in ("captcha", "login") and struck(trouble, number):
                    self.shut.add(number)
                elif not (trouble == "busy" and struck(trouble, number)):
                    self.read.add(number)
                    self.shut.discard(number)
        return said


class Month:
    """The home, the shops, the hours, and what differed."""

    def __init__(self, folder: Path, plan: Plan, seed: int) -> None:
        self.plan, self.dice = plan, random.Random(seed)
        self.home = Home(folder / "home")
        self.differs: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self._killed: set[int] = set()  # days
        self.start = datetime.combine(plan.first, datetime.min.time(), tzinfo=BEIJING).astimezone(UTC)
        self.tracks = {
            one.id: Track(one, Shop(one.id, one.layout), one.slots(plan.first, plan.days)) for one in plan.campaigns
        }
        made = qingwang(self.home.root, "doctor", "--init", "--rehearsal", env={"QINGWANG_NOW": self.start.isoformat()})
        assert made.code == 0, made.err
        self.home.config_file.write_text("delay: 0\npicture_seconds: 0\n", encoding="utf-8")
        written = "".join(track.campaign.yaml(track.shop.url) for track in self.tracks.values())
        (self.home.rules / "watch.yaml").write_text(f"campaigns:\n{written}", encoding="utf-8")

    # --- the hours ------------------------------------------------------------------------------------------------

    def run(self) -> dict[str, Any]:
        began = time.monotonic()
        for hour in range(self.plan.begins, self.plan.days * 24):
            self._hour(*divmod(hour, 24))
        self._journal()
        self._book()
        for track in self.tracks.values():
            track.shop.close()
        return {
            "days": self.plan.days, "campaigns": len(self.tracks), "looks": self.counts["looks"], "idle": self.counts["idle"],
            "runs": sum(len(track.ended) for track in self.tracks.values()),
            "states": dict(Counter(said.state for track in self.tracks.values() for _, said in track.ended)),
            "alarms": dict(Counter(a for track in self.tracks.values() for _, said in track.ended for a in said.alarms)),
            "killed": self.counts["killed"], "paused": self.counts["paused"], "resumed": self.counts["resumed"],
            "compared": self.counts["compared"], "lines": self.counts["lines"], "seconds": round(time.monotonic() - began),
            "differences": self.differs,
        }  # fmt: skip

    def _hour(self, day: int, hour: int) -> None:
        if hour == (self.plan.begins if day == 0 else 0):
            for track in self.tracks.values():
                track.shop.offer(track.campaign.sells(day), track.campaign.befalls.get(day, ""))
        at = timedelta(hours=24 * day + hour, minutes=5)
        if hour == 14 and day in self.plan.paused:
            at += timedelta(minutes=24, seconds=50)
            for track in self.tracks.values():
                if track.campaign.befalls.get(day) == "slow":
                    track.shop.offer(track.campaign.sells(day), "slow", pause=24 / track.campaign.products)
        now = self.start + at + self.plan.machine(day, hour)
        if (day, hour) == self.plan.back and self.plan.by_name in self.tracks:
            self._look(day, now, [self.tracks[self.plan.by_name]], self.plan.by_name)
        due = [track for track in self.tracks.values() if track.due(now)]
        slow = [track for track in due if track.campaign.befalls.get(day) == "slow"]
        if slow and day in self.plan.killed and day not in self._killed:
            self._kill(day, now, due, slow[0])
        elif due or (day, hour) in self.plan.idle or self.dice.random() < self.plan.by_chance:
            self._look(day, now, due, "--due")

    def _kill(self, day: int, now: datetime, due: list[Track], slow: Track) -> None:
        """A look that dies in the middle of the slow shop."""
        self._killed.add(day)
        slow.shop.offer(slow.campaign.sells(day), "slow", pause=0.5)
        with subprocess.Popen(
            command(self.home.root, "crawl", "--due", "--json"), cwd=ROOT, env=environment(QINGWANG_NOW=now.isoformat()),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            until = time.monotonic() + 120
            while _goods(slow.shop) < 4 and process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            alive = process.poll() is None
            os.kill(process.pid, signal.SIGKILL)
        self._differ(day, "all", "killed in its middle", True, alive)
        for track in due:
            track.begin(now)
        slow.shop.offer(slow.campaign.sells(day), "slow")
        self.counts["looks"] += 1
        self.counts["killed"] += 1
        self._tell(day, now, f"killed: {' '.join(track.campaign.id for track in due)}")

    def _look(self, day: int, now: datetime, due: list[Track], what: str) -> None:
        in_words = (
            bool(due)
            and self.dice.random() < 0.25
            and not any(t.campaign.quiet and day in self.plan.paused for t in due)
        )
        done = qingwang(
            self.home.root, "crawl", what, *([] if in_words else ["--json"]), env={"QINGWANG_NOW": now.isoformat()},
            timeout=300,
        )  # fmt: skip
        self.counts["looks" if due else "idle"] += 1
        expected: dict[str, Must | None] = {}
        for track in due:
            self.counts["resumed"] += track.unfinished
            track.begin(now)
            slow = day in self.plan.paused and track.campaign.befalls.get(day) == "slow" and track.shop.pause > 0
            if slow:  # its quiet time begins under way
                self.counts["paused"] += 1
                track.shop.offer(track.campaign.sells(day), "slow")
            expected[track.campaign.id] = None if slow else track.end(day)
        rows = _words(done.out) if in_words else {row["campaign"]: row for row in done.rows if "campaign" in row}
        self._differ(day, what, "campaigns that ran", sorted(expected), sorted(rows), done.err)
        whole = all(said is not None and said.state == "complete" for said in expected.values())
        self._differ(day, what, "exit code", 0 if whole else 3, done.code, done.err)
        for name, said in expected.items():
            if name in rows:
                self._compare(day, name, said, rows[name])
        told = ", ".join(f"{name} {said.state if said else 'paused'}" for name, said in expected.items())
        self._tell(day, now, f"{told or 'nothing due'}{' (in words)' if in_words else ''}")

    # --- comparing ------------------------------------------------------------------------------------------------

    def _compare(self, day: int, name: str, said: Must | None, row: dict[str, Any]) -> None:
        """One run's report with what it must say (None: it paused)."""
        if said is None:
            self._differ(day, name, "paused", (True, "incomplete", {}), (row["paused"], row["state"], row["health"]))
            return
        self._differ(day, name, "state", said.state, row["state"])
        self._differ(day, name, "listings", said.listings, row["listings"])
        self._differ(day, name, "findings", said.found, row["findings"] > 0)
        if said.pages is not None:
            self._differ(day, name, "pages", said.pages, row["pages"])
        if "text" in row:
            nothing = said.state == "complete" and not said.found
            self._differ(day, name, "says that nothing was found", nothing, "没有发现线索。" in row["text"])
            missing = [alarm for alarm in said.alarms - {"少", "不足"} if alarm not in row["text"]]
            self._differ(day, name, "alarms not in words", [], missing)
            return
        self._health(day, name, said, row["health"])
        self._differ(day, name, "leads", said.found, bool(row["leads"]))

    def _health(self, day: int, name: str, said: Must, health: dict[str, Any]) -> None:
        self._differ(day, name, "listings in health", said.listings, health["listings"])
        self._differ(day, name, "alarms", sorted(said.alarms), sorted({_named(alarm) for alarm in health["alarms"]}))
        self._differ(day, name, "shut share", said.shut, health["shut"])

    def _journal(self) -> None:
        """The journal's lines of each campaign, one by one, and its times."""
        lines = warcs.lines(self.home)
        self.counts["lines"] = len(lines)
        self._differ(-1, "journal", "marks", {"演练"}, {line.get("mark") for line in lines})
        self._differ(-1, "journal", "archive", [], warcs.faults(self.home)[:5])
        silent = [b["seq"] for a, b in pairwise(lines) if b["time"] < a["time"] and b["event"] != "clock_set_back"]
        self._differ(-1, "journal", "goes back in silence", [], silent)
        back = sum(line["event"] == "clock_set_back" for line in lines)
        self._differ(-1, "journal", "says that the clock was set back", self.plan.days > self.plan.back[0], back > 0)
        for name, track in self.tracks.items():
            began = [line for line in lines if line["event"] == "crawl_began" and line["campaign"]["id"] == name]
            self._differ(-1, name, "runs begun", len(track.begun), len(began))
            for planned, line in zip(track.begun, began, strict=False):
                late = datetime.fromisoformat(line["time"]) - planned
                self._differ(-1, name, f"began soon after {planned}", True, timedelta(0) <= late < timedelta(minutes=4))
            ended = [line for line in lines if line["event"] == "crawl_ended" and line["campaign"] == name]
            ids = [line["crawl"] for line in began]
            self._differ(-1, name, "runs ended, in order", ids[: len(track.ended)], [line["crawl"] for line in ended])
            for (day, said), line in zip(track.ended, ended, strict=False):
                self._differ(day, name, "state in the journal", said.state, line["state"])
                self._differ(day, name, "leads in the journal", said.found, bool(line["leads"]))
                self._health(day, name, said, line["health"])
                why = [reason for _, reason in line["lost"]]
                self._differ(
                    day, name, "why it is not complete", said.state == "incomplete" or bool(said.alarms), bool(why)
                )

    def _book(self) -> None:
        """The book, by plain SQL."""
        with sqlite3.connect(f"file:{self.home.book}?mode=ro", uri=True) as book:
            for name, track in self.tracks.items():
                sql = (
                    "SELECT c.state, c.finished <> '', json_extract(c.ended, '$.health.listings') FROM crawls c "
                    "JOIN campaigns n ON n.crawl = c.id WHERE n.campaign = ? ORDER BY c.rowid"
                )
                want = [(said.state, 1, said.listings) for _, said in track.ended]
                self._differ(-1, name, "runs in the book", want, book.execute(sql, (name,)).fetchall()[: len(want)])
                where = f"127.0.0.1:{track.shop.port}"
                found = book.execute("SELECT name FROM listings WHERE storefront = ?", (where,)).fetchall()
                names = sorted(f"演示保温杯 {name}{number}号" for number in track.read)
                self._differ(-1, name, "listings in the book", names, sorted(row[0] for row in found))
        done = qingwang(self.home.root, "captures", "list", "--waiting", "--json")
        want = sorted(t.shop.page_of(number) for t in self.tracks.values() for number in t.shut)
        self._differ(-1, "all", "doors still shut", want, sorted(row["url"] for row in done.rows))

    def _differ(self, day: int, who: str, what: str, expected: Any, got: Any, more: str = "") -> None:
        self.counts["compared"] += 1
        if expected != got:
            one = {"campaign": who, "day": day, "what": what, "expected": repr(expected), "got": repr(got)}
            self.differs.append(one | ({"said": more[-600:]} if more else {}))
            print(f"  DIFFERS {one}", file=sys.stderr, flush=True)

    def _tell(self, day: int, now: datetime, text: str) -> None:
        print(f"day {day:2} {now.astimezone(BEIJING):%m-%d %H:%M} {text}", file=sys.stderr, flush=True)


def _named(alarm: str) -> str:
    """What an alarm is about."""
    if alarm.startswith("只读到"):
        return "不足" if "应当至少有" in alarm else "少"
    return "挡" if "的页面被挡" in alarm else alarm.partition("：")[0]


def _words(out: str) -> dict[str, dict[str, Any]]:
    """What people read, as far as it can be held against the record, by campaign."""
    found = {}
    for block in out.split("\n任务：")[1:]:
        name = re.search(r"（([a-z]+)）", block)
        told = re.search(r"巡查(\S+)：抓取 (\d+) 页，商品 (\d+) 个，发现 (\d+) 条。", block)
        assert name is not None
        assert told is not None, block
        found[name[1]] = {
            "state": STATES[told[1]], "pages": int(told[2]), "listings": int(told[3]), "findings": int(told[4]), "text": block,
        }  # fmt: skip
    return found


def _goods(shop: Shop) -> int:
    return sum(number for path, number in shop.asked.copy().items() if "/goods/" in path and "list" not in path)


def simulate(folder: Path, plan: Plan, seed: int) -> dict[str, Any]:
    return Month(folder, plan, seed).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--campaigns", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="five days with four campaigns, as the tests run it")
    given = parser.parse_args()
    chosen = SHORT if given.short else MONTH
    chosen = dataclasses.replace(
        chosen, days=given.days or chosen.days, campaigns=chosen.campaigns[: given.campaigns or len(chosen.campaigns)]
    )
    with tempfile.TemporaryDirectory() as there:
        came = simulate(Path(there), chosen, given.seed)
    print(json.dumps(came, ensure_ascii=False))
    sys.exit(1 if came["differences"] else 0)
