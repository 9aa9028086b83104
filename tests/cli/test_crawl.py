"""``qingwang crawl``: campaigns of a home, against shops that change, wall up and die; going on after a death."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import crawl as command_of_crawl
from scanner.clock import BEIJING
from scanner.crawl import health
from scanner.crawl.browser import chromium, memory
from scanner.crawl.run import Report
from scanner.crawl.tally import Tally
from scanner.crawl.watch import Campaign
from scanner.home import Home
from scanner.model import CrawlState
from scanner.ocr import program
from scanner.store.book import Book
from tests import warcs
from tests.crawl.killing import Shop, home_for
from tests.crawl.killing import run as killed_again_and_again
from tests.crawl.site import Answer, answer, serving
from tests.ocr import drawing
from tests.running import ROOT, command, environment, qingwang, started
from tests.schemas import conform

pytestmark = pytest.mark.slow  # a dozen crawls, each a process of its own

Answers = dict[str, bytes | Answer]


def product(number: int, price: str = "<p class=price>价格：¥{}9.90</p>") -> bytes:
    return answer(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示保温杯{number}</title></head><body>"
        f"<h1>演示保温杯 {number}号</h1>{price.format(number)}<table><tr><th>品牌</th><td>演示</td></tr></table>"
        f"<p>双层不锈钢，保温十二小时。</p><button>加入购物车</button></body></html>".encode()
    )


def shop(count: int = 8, **more: str) -> Answers:
    cards = "".join(
        f"<li><a href=/goods/{n}><img src=/x.svg>演示保温杯 {n}号</a> ¥{n}9.90</li>" for n in range(1, count + 1)
    )
    front = f"<html><head><title>演示商城</title></head><body><ul>{cards}</ul></body></html>"
    return {"/": answer(front.encode()), **{f"/goods/{n}": product(n, **more) for n in range(1, count + 1)}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


def write(home: Home, url: str, more: str = "") -> None:
    (home.rules / "watch.yaml").write_text(
        f"campaigns:\n  - id: cups\n    title: 演示巡查\n    storefronts: ['{url}/']\n    render: never\n"
        f"    allow_private: [127.0.0.1]\n{more}", encoding="utf-8",
    )  # fmt: skip


def crawl(home: Home, *words: str) -> dict[str, Any]:
    done = qingwang(home.root, "crawl", *(words or ("cups",)), "--json")
    assert done.code in (0, 3), done.err
    (row,) = done.rows
    conform("crawl", row)
    assert done.code == (0 if row["state"] == "complete" else 3)
    return dict(row)


def test_a_campaign_runs_and_says_how_healthy_it_was(home: Home) -> None:
    with serving(shop()) as site:
        write(home, site.url, "    schedule: {cron: '* * * * *'}\n")
        row = crawl(home, "--due")
        assert qingwang(home.root, "crawl", "--dry-run", "--json").rows[0]["last_minutes"] is not None
    assert (row["campaign"], row["state"], row["listings"]) == ("cups", "complete", 8)
    assert row["health"]["fields"]["price"] == 1.0
    assert row["health"]["statuses"] == {"200": 9}
    lines = {line["event"]: line for line in warcs.lines(home)}
    assert lines["crawl_began"]["campaign"]["id"] == "cups"
    assert lines["crawl_ended"]["health"] == row["health"]
    assert list(home.frontiers.iterdir()) == []


def test_what_it_would_do_is_told_and_nothing_is_asked(home: Home) -> None:
    with serving(shop()) as site:
        write(home, site.url, "    goods: [thermometer]\n    schedule: {cron: '0 2 1 * *'}\n    limits: {pages: 50}\n")
        done = qingwang(home.root, "crawl", "--dry-run", "--json")
        for_people = qingwang(home.root, "crawl", "cups", "--dry-run")
    assert site.wire == []
    (row,) = done.rows
    conform("crawl-dry-run", row)
    assert (row["words"], row["pages"], row["goes_on"]) == (["额温枪", "电子体温计"], 50, "")
    assert "演示巡查" in for_people.out
    assert not home.book.exists()


def test_a_layout_that_changed_makes_the_run_incomplete_and_names_the_field(home: Home) -> None:
    with serving(shop()) as site:
        write(home, site.url)
        assert crawl(home)["state"] == "complete"
        site.answers |= shop(price="<div data-cost={}></div>")
        row = crawl(home)
        shown = qingwang(home.root, "crawl", "cups").out
    assert row["state"] == "incomplete"
    (alarm,) = row["health"]["alarms"]
    assert alarm.startswith("价格：")
    assert "网站可能改版" in re.sub(r"\s", "", shown)


@pytest.mark.timeout(300)
def test_products_that_are_no_longer_taken_for_products_are_an_alarm(home: Home) -> None:
    other = answer("<html><body><h1>演示活动</h1><p>这里写着活动的规则和说明，没有别的。</p></body></html>".encode())
    with serving(shop(12)) as site:
        write(home, site.url)
        row = crawl(home)
        assert (row["state"], row["health"]["products"], row["health"]["browser_mb"]) == ("complete", 1.0, None)
        site.answers |= {f"/goods/{n}": other for n in range(1, 5)}
        shown = qingwang(home.root, "crawl", "cups").out
    ended = [line for line in warcs.lines(home) if line["event"] == "crawl_ended"][-1]
    assert (ended["state"], ended["health"]["listings"], ended["health"]["products"]) == ("incomplete", 8, 0.667)
    (alarm,) = ended["health"]["alarms"]
    assert alarm.startswith("商品的网址只有 67% 读成商品，以前是 100%")
    assert "商品的网址读成商品的比例：67%" in shown


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.skipif(chromium.find() is None or not memory.KNOWN, reason="needs Chromium, and Linux to measure it")
def test_what_the_browser_held_is_told(home: Home) -> None:
    with serving(shop(2)) as site:
        write(home, site.url)
        watch = home.rules / "watch.yaml"
        watch.write_text(watch.read_text(encoding="utf-8").replace("render: never", "render: always"), encoding="utf-8")
        done = qingwang(home.root, "crawl", "cups", "--json", timeout=280)
    (row,) = done.rows
    conform("crawl", row)
    assert 100 < row["health"]["browser_mb"] < 1500
    (ended,) = [line for line in warcs.lines(home) if line["event"] == "crawl_ended"]
    assert ended["health"]["browser_mb"] == ended["browser_mb"] == row["health"]["browser_mb"]


def test_people_see_what_the_browser_held(capsys: pytest.CaptureFixture[str]) -> None:
    figures = health.figures(Tally(), [], {}, browser=640)
    report = Report(crawl="x", state=CrawlState.COMPLETE, tally=Tally(), leads=(), browser=True, health=figures)
    campaign = Campaign.model_validate({"id": "cups", "title": "演示", "storefronts": ["https://shop.example/"]})
    command_of_crawl._show(campaign, report)
    assert "浏览器最多占用内存：640 MB" in capsys.readouterr().out


def test_a_limit_ends_the_run_and_says_so(home: Home) -> None:
    def slow(number: int) -> Answer:
        def told(_: bytes) -> bytes:
            time.sleep(0.3)
            return product(number)

        return told

    answers = shop(60)
    answers |= {f"/goods/{n}": slow(n) for n in range(1, 61)}
    with serving(answers) as site:
        write(home, site.url, "    limits: {megabytes: 1, minutes: 1, disk: 0.000001}\n")
        row = crawl(home)
    assert row["state"] == "incomplete"
    assert any("磁盘" in why for line in warcs.lines(home) if line["event"] == "crawl_ended" for _, why in line["lost"])


def test_robots_is_passed_over_only_with_an_authority(home: Home) -> None:
    robots = answer(b"User-agent: *\nDisallow: /goods/\n", type_="text/plain")
    with serving({**shop(), "/robots.txt": robots}) as site:
        write(home, site.url)
        assert crawl(home)["listings"] == 0
        write(home, site.url, "    robots: {obey: false, authority: 演示检查决定〔2026〕1号}\n")
        done = qingwang(home.root, "crawl", "cups", "--json")
    assert done.rows[0]["listings"] == 8
    assert "演示检查决定〔2026〕1号" in done.err
    began = [line["campaign"] for line in warcs.lines(home) if line["event"] == "crawl_began"]
    assert began[-1]["robots"] == {"obey": False, "authority": "演示检查决定〔2026〕1号"}


@pytest.mark.skipif(not program(), reason="text in pictures needs rapidocr")
def test_an_authority_covers_the_pieces_of_a_page_too(home: Home) -> None:
    picture = answer(drawing.draw(("根治颈椎病",), size=24).body, type_="image/png")
    page = answer(
        "<html><body><h1>演示低频治疗仪</h1><p>价格：¥9.90</p><img src=/d.png><button>加入购物车</button></body></html>".encode()
    )
    robots = answer(b"User-agent: *\nDisallow: /\n", type_="text/plain")
    with serving({"/goods/1/": page, "/d.png": picture, "/robots.txt": robots}) as site:
        write(home, f"{site.url}/goods/1", "    robots: {obey: false, authority: 演示检查决定〔2026〕1号}\n")
        crawl(home)
    assert [path for path, _, _ in site.wire if path == "/d.png"] == ["/d.png"]


def test_somebody_is_told_when_it_has_ended(home: Home, tmp_path: Path) -> None:
    told, got = tmp_path / "told.json", []

    def hook(asked: bytes) -> bytes:
        got.append(asked)
        return answer(b"ok")

    with serving({**shop(), "/hook": hook}) as site:
        write(home, site.url, f"    notify: {{command: [tee, '{told}'], webhook: '{site.url}/hook'}}\n")
        row = crawl(home)
        write(home, site.url, "    notify: {command: ['false']}\n")
        failed = qingwang(home.root, "crawl", "cups", "--json")
    assert json.loads(told.read_text(encoding="utf-8")) == row
    assert got[0].startswith(b"POST /hook")
    assert failed.code == 0
    assert "通知命令的退出码是 1" in failed.err


def test_several_at_once_each_with_its_own_report(home: Home) -> None:
    with serving(shop(5)) as one, serving(shop(7)) as other:
        write(home, one.url, f"  - id: more\n    title: 另一个\n    storefronts: ['{other.url}/']\n    render: never\n"
                             "    allow_private: [127.0.0.1]\n")  # fmt: skip
        done = qingwang(home.root, "crawl", "cups", "more", "--json")
    assert done.code == 0, done.err
    assert [(row["campaign"], row["listings"]) for row in done.rows] == [("cups", 5), ("more", 7)]
    with Book.open(home.book) as book:
        assert len({one.crawl for one in book.captures()}) == 2


@pytest.mark.long
@pytest.mark.parametrize(
    "render", ["never", pytest.param("always", marks=pytest.mark.skipif(chromium.find() is None, reason="no Chromium"))]
)
def test_a_private_host_is_open_only_to_the_campaign_that_names_it(home: Home, render: str) -> None:
    """A's page leads to B's private host by link, redirect, picture and script; B reads it in the same run."""
    with serving(shop(3)) as own, serving(shop(2)) as other:
        sends = (
            f"HTTP/1.1 302 Found\r\nLocation: {other.url}/redirected\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        told = own.answers["/goods/2"]
        assert isinstance(told, bytes)
        leads = f"<img src={other.url}/picture.png><script src={other.url}/script.js></script>".encode()
        body = told.partition(b"\r\n\r\n")[2].replace(b"</body>", leads + b"</body>")
        own.answers |= {
            "/goods/1": sends.encode(),
            "/goods/2": answer(body),
            "/x.svg": answer(b"", status="404 Not Found"),
        }
        own.answers["/"] = answer(
            f"<ul>{''.join(f'<li><a href=/goods/{n}>演示保温杯 {n}号</a> ¥9.90</li>' for n in (1, 2, 3))}"
            f"<li><a href={other.url}/goods/9>演示保温杯 9号</a> ¥9.90</li></ul>".encode()
        )
        both = "".join(
            f"  - {{id: {name}, title: 演示, storefronts: ['{site.url}/'], render: {render},"
            f" allow_private: ['127.0.0.1:{site.port}']}}\n" for name, site in (("a", own), ("b", other))
        )  # fmt: skip
        (home.rules / "watch.yaml").write_text(f"campaigns:\n{both}", encoding="utf-8")
        rows = {row["campaign"]: row for row in qingwang(home.root, "crawl", "a", "b", "--json").rows}
    asked = {path for path, _, _ in other.wire}
    assert not asked & {"/redirected", "/picture.png", "/script.js", "/goods/9"}
    assert (rows["a"]["listings"], rows["b"]["listings"], rows["b"]["state"]) == (2, 2, "complete")
    assert rows["a"]["outcomes"]["refused"] >= 1


@pytest.mark.parametrize("words", [("nosuch",), (), ("cups", "--due"), ("--watch", "cups")])
def test_wrong_use_is_told(home: Home, words: tuple[str, ...]) -> None:
    write(home, "https://shop.example")
    done = qingwang(home.root, "crawl", *words)
    assert done.code == 2
    assert "cups" in done.err or "--watch" in words


@pytest.mark.long
def test_a_quiet_hour_pauses_a_run_and_it_goes_on_afterwards(home: Home) -> None:
    def slow(number: int) -> Answer:
        def told(_: bytes) -> bytes:
            time.sleep(0.4)
            return product(number)

        return told

    with serving({**shop(40), **{f"/goods/{n}": slow(n) for n in range(1, 41)}}) as site:
        begins = datetime.now(BEIJING) + timedelta(seconds=7)
        quiet = f"{begins:%H:%M:%S}-{begins + timedelta(hours=1):%H:%M:%S}"
        write(home, site.url, f"    schedule: {{cron: '* * * * *', quiet: ['{quiet}']}}\n")
        first = crawl(home, "--due")
        asked = len(site.wire)
        assert qingwang(home.root, "crawl", "--due", "--json").out == ""  # the hour is still quiet
        assert len(site.wire) == asked
        write(home, site.url, "    schedule: {cron: '* * * * *'}\n")
        site.answers |= shop(40)
        second = crawl(home, "--due")
    assert (first["state"], second["state"], second["listings"]) == ("incomplete", "complete", 40)
    assert first["crawl"] == second["crawl"]
    assert first["listings"] < 40
    events = [line["event"] for line in warcs.lines(home) if line["event"].startswith("crawl_")]
    assert events == ["crawl_began", "crawl_paused", "crawl_resumed", "crawl_ended"]


@pytest.mark.long
@pytest.mark.parametrize("times", [1, 2])
def test_a_campaign_ended_by_hand_goes_on_next_time(home: Home, times: int) -> None:
    asked = threading.Event()

    def slow(number: int) -> Answer:
        def told(_: bytes) -> bytes:
            if number > 8:
                asked.set()
                time.sleep(0.5)
            return product(number)

        return told

    with serving({**shop(20), **{f"/goods/{n}": slow(n) for n in range(1, 21)}}) as site:
        write(home, site.url)
        with started(home.root, "crawl", "cups", "--json") as process:
            assert asked.wait(60)
            for _ in range(times):
                process.send_signal(signal.SIGINT)
                time.sleep(0.2)
            out, _ = process.communicate(timeout=60)
        first = json.loads(out)
        site.answers |= shop(20)
        second = crawl(home, "cups")
    assert (process.returncode, first["state"], first["paused"]) == (3, "incomplete", True)
    assert (second["crawl"], second["state"], second["listings"]) == (first["crawl"], "complete", 20)
    events = [line["event"] for line in warcs.lines(home) if line["event"].startswith("crawl_")]
    assert events == ["crawl_began", "crawl_paused", "crawl_resumed", "crawl_ended"]


def test_nothing_due(home: Home) -> None:
    write(home, "https://shop.example", "    schedule: {cron: '0 2 1 1 *', quiet: ['00:00-12:00', '12:00-00:00']}\n")
    done = qingwang(home.root, "crawl", "--due")
    assert (done.code, "没有到期" in done.out) == (0, True)


def test_watching_runs_what_falls_due_until_it_is_stopped(home: Home) -> None:
    with serving(shop(3)) as site:
        write(home, site.url, "    schedule: {cron: '* * * * *'}\n")
        with started(home.root, "crawl", "--watch", "--json") as process:
            assert process.stdout is not None
            row = json.loads(process.stdout.readline())
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert (row["campaign"], row["listings"]) == ("cups", 3)
    assert "已停止值守" in err


@pytest.mark.kill
class TestKilled:
    @pytest.mark.long
    def test_a_campaign_killed_goes_on_where_it_was(self, tmp_path: Path) -> None:
        shop = Shop(80)
        home = home_for(tmp_path, shop)
        with subprocess.Popen(
            command(home.root, "crawl", "shop"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
            env=environment(),
        ) as process:  # fmt: skip
            while sum(shop.asked.values()) < 30:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
        planned = qingwang(home.root, "crawl", "--dry-run", "--json").rows[0]
        done = qingwang(home.root, "crawl", "shop", "--json")
        assert done.code == 0, done.out + done.err
        assert done.json["crawl"] == planned["goes_on"] != ""
        assert (done.json["state"], done.json["listings"], done.json["pages"]) == ("complete", 80, 84)
        events = [line["event"] for line in warcs.lines(home) if line["event"].startswith("crawl_")]
        assert events == ["crawl_began", "crawl_resumed", "crawl_ended"]
        with Book.open(home.book) as book:
            assert len({n for lead in book.leads() for n in lead.findings}) >= 8  # what was found before the death, too

    @pytest.mark.timeout(300)
    def test_killed_again_and_again_nothing_is_lost_nothing_twice(self, tmp_path: Path) -> None:
        came = killed_again_and_again(tmp_path, kills=6, pages=200, seed=7, longest=1.5)
        assert (came["state"], came["listings"], came["distinct"], came["versions"]) == ("complete", 200, 200, 200)
        assert (came["said"], came["cures"], came["faults"], came["damaged"]) == (200, 20, [], 0)
        assert came["most_per_kill"] <= 16 + 1  # what Scrapy has in hand at most
        assert came["left_over"] == []

    @pytest.mark.long
    @pytest.mark.timeout(900)
    def test_two_families_at_once_killed_again_and_again(self, tmp_path: Path) -> None:
        came = killed_again_and_again(tmp_path, kills=5, pages=60, seed=11, longest=1.5, families=2)
        assert (came["state"], came["listings"], came["distinct"], came["versions"]) == ("complete", 120, 120, 120)
        assert (came["said"], came["cures"], came["faults"], came["damaged"]) == (120, 12, [], 0)
        assert came["most_per_kill"] <= 2 * (16 + 1)  # each of the two spiders has as many in hand
        assert came["left_over"] == []
