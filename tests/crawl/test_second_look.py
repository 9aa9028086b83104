"""The second look in a whole run: what a browser still finds, finds no more, cannot reach; and a run without a browser."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from scanner.crawl.browser import chromium
from scanner.crawl.reading import fields
from scanner.crawl.reading.fields import NOT_SEEN
from scanner.crawl.reading.line import Look
from scanner.crawl.walk.looking import _compare
from scanner.home import Home
from scanner.model import Finding, Matter, Outcome, SecondLook, Severity, Verdict, content_id
from scanner.store.book import Book
from tests import warcs
from tests.crawl.site import Answer, answer, serving
from tests.running import Done, qingwang

CLAIM = "根治颈椎病，治愈率99%"  # cures for good, cure rate 99 %
SPOTLESS = "供缓解肌肉疲劳，使用前请阅读说明书"


def page(number: int, words: str, script: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示理疗仪{number}</title></head><body>"
        f"<h1>演示低频理疗仪 {number}型</h1><p>价格：¥{number}9.90</p><table><tr><th>品牌</th><td>演示</td></tr>"
        f"<tr><th>型号</th><td>T{number}</td></tr><tr><th>注册证编号</th><td>演械注准2021209000{number}</td></tr>"
        f"<tr><th>注册人</th><td>演示低频器械有限公司</td></tr></table>"
        f"<p id=claim>{words}。</p><button>加入购物车</button>{script}</body></html>"
    ).encode()


STAYS = page(1, CLAIM)
GOES = page(2, CLAIM, f"<script>document.getElementById('claim').innerText={json.dumps(SPOTLESS)}</script>")
COMES = page(3, SPOTLESS, f"<script>document.getElementById('claim').innerText={json.dumps(CLAIM)}</script>")
SHUTS = page(4, CLAIM)
WALL = "<html><head><title>安全验证</title></head><body><p>请完成滑块验证</p></body></html>".encode()
SCRIPTED = (
    b"<!DOCTYPE html><html><head><meta charset=utf-8><title></title></head><body><div id=app></div><script>"
    b"document.getElementById('app').innerHTML="
    + json.dumps(page(5, CLAIM).decode()).encode()
    + b"</script></body></html>"
)


def once(first: bytes, then: bytes) -> Answer:
    """Another answer from the second request on."""
    left = [first]
    return lambda _: answer(left.pop() if left else then)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    done: Done
    home: Home
    asked: list[str]

    @property
    def looks(self) -> dict[str, set[SecondLook]]:
        """What the second look said of each page's findings."""
        with Book.open(self.home.book) as book:
            pages = {known.subject.id: known.subject.url.rpartition("/")[2] for known in book.listings()}
            found: dict[str, set[SecondLook]] = {}
            for proof in book.findings():
                found.setdefault(pages[proof.finding.subject_id], set()).add(proof.second_look)
        return found


def run(home: Home) -> Run:
    """All pages scanned once, each given as an address of its own."""
    answers: dict[str, bytes | Callable[[bytes], bytes]] = {
        "/goods/1.html": answer(STAYS), "/goods/2.html": answer(GOES), "/goods/3.html": answer(COMES),
        "/goods/4.html": once(SHUTS, WALL), "/goods/5.html": answer(SCRIPTED),
    }  # fmt: skip
    with serving(answers) as site:
        urls = [f"{site.url}{path}" for path in answers]
        done = qingwang(home.root, "scan", *urls, "--json", "--allow-private", "127.0.0.1")
    return Run(done=done, home=home, asked=[path for path, _, _ in site.wire])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(Home(tmp_path_factory.mktemp("seen")))


@pytest.mark.browser
@pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}")
class TestWithBrowser:
    def test_the_run_is_done(self, seen: Run) -> None:
        assert seen.done.code == 0, seen.done.err
        assert (seen.done.json["state"], seen.done.json["listings"]) == ("complete", 5)
        assert seen.done.json["outcomes"] == {"read": 5, "empty": 1}
        assert seen.done.err == ""

    def test_what_the_second_look_says(self, seen: Run) -> None:
        assert seen.looks == {
            "1.html": {SecondLook.CONFIRMED},  # it stays
            "2.html": {SecondLook.CHANGED},  # a script takes it away
            "4.html": {SecondLook.NOT_REACHED},  # a wall, the second time
            "5.html": {SecondLook.NONE},  # read in the browser at once
        }

    def test_a_page_without_findings_is_not_looked_at_again(self, seen: Run) -> None:
        asked = Counter(path for path in seen.asked if path.startswith("/goods/"))
        assert asked == {
            "/goods/1.html": 2,
            "/goods/2.html": 2,
            "/goods/3.html": 1,
            "/goods/4.html": 2,
            "/goods/5.html": 2,
        }

    def test_a_finding_stands_whatever_the_second_look_said(self, seen: Run) -> None:
        with Book.open(seen.home.book) as book:
            lanes = {s.capture.id: s.capture.lane.value for s in book.captures()}
            first = Counter(lanes[proof.capture] for proof in book.findings())
            second = {lanes[p.second_capture] for p in book.findings() if p.second_look is not SecondLook.NONE}
            severities = {
                p.finding.rule: p.finding.severity for p in book.findings() if p.second_look is SecondLook.CHANGED
            }
            confirmed = {
                p.finding.rule: p.finding.severity for p in book.findings() if p.second_look is SecondLook.CONFIRMED
            }
        assert first["http"] > 0
        assert second == {"browser"}
        assert severities == confirmed  # a change lowers nothing

    def test_the_journal_has_every_second_look(self, seen: Run) -> None:
        lines = warcs.lines(seen.home)
        looks = Counter(line["second_look"] for line in lines if "second_look" in line)
        assert looks == {"confirmed": 1, "changed": 1, "not_reached": 1}
        assert [line["browser"] for line in lines if line["event"] == "crawl_began"] == [True]
        assert warcs.faults(seen.home) == []

    def test_people_are_told(self, seen: Run) -> None:
        (lead,) = [row for row in qingwang(seen.home.root, "leads", "list", "--json").rows if row["matter"] == "claim"]
        shown = qingwang(seen.home.root, "leads", "show", str(lead["number"])).out
        for word in ("复核一致", "复核时已有变化", "复核时未能打开", "未复核"):
            assert word in "".join(shown.split()).replace("│", ""), word


def with_chromium(folder: Path, program: Path) -> Home:
    """A home whose config.yaml names ``program`` as its browser: it is used or missed, never replaced by another."""
    home = Home(folder / "home")
    home.make()
    home.config_file.write_text(f'chromium: "{program}"\n', encoding="utf-8")
    return home


def began_with_browser(home: Home) -> bool:
    (said,) = [line["browser"] for line in warcs.lines(home) if line["event"] == "crawl_began"]
    return bool(said)


@pytest.mark.slow
def test_without_a_browser_findings_stand_and_it_is_said(tmp_path: Path) -> None:
    seen = run(with_chromium(tmp_path, tmp_path / "nowhere" / "chromium"))
    assert (seen.done.code, seen.done.json["listings"]) == (0, 4)
    assert seen.done.json["outcomes"] == {"read": 4, "empty": 1}
    assert seen.done.err.startswith("没有找到浏览器")
    assert seen.looks == {f"{n}.html": {SecondLook.NONE} for n in (1, 2, 4)}
    assert not began_with_browser(seen.home)


@pytest.mark.long
def test_a_browser_that_does_not_start_leaves_findings_unreached(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    seen = run(with_chromium(tmp_path, program))
    assert seen.looks == {f"{n}.html": {SecondLook.NOT_REACHED} for n in (1, 2, 4)}
    assert (seen.done.code, seen.done.json["state"], seen.done.json["listings"]) == (3, "incomplete", 4)
    assert began_with_browser(seen.home)
    assert warcs.faults(seen.home) == []


def test_a_finding_is_changed_only_where_what_it_stood_in_was_looked_at() -> None:
    """A browser that did not load a picture or the description has not seen that it says something else now."""
    stands, gone = _finding("title", "根治"), _finding("title", "治愈")
    pictured, described = _finding("image_text", "包治"), _finding("description", "无效退款")
    subject = fields.listing(
        storefront="shop.example", family="jd", url="https://item.jd.com/1.html", title=fields.seen("演示", "h1"),
        pictures=["https://img.example/1.jpg"],
    )  # fmt: skip
    first = Look(outcome=Outcome.READ, subject=subject, findings=(stands, gone, pictured, described))
    bare = replace(subject, description=NOT_SEEN)
    again = Look(outcome=Outcome.READ, subject=bare, findings=(stands,))
    assert _compare(first, again, again) == {
        SecondLook.CONFIRMED: [stands], SecondLook.CHANGED: [gone], SecondLook.NOT_REACHED: [pictured, described],
    }  # fmt: skip
    read = fields.pictured(
        replace(subject, description=fields.seen("别的话", "text")), fields.seen("别的话", "ocr x read=1 of=1")
    )
    whole = Look(outcome=Outcome.READ, subject=read, findings=(stands,))
    assert _compare(first, again, whole) == {
        SecondLook.CONFIRMED: [stands],
        SecondLook.CHANGED: [gone, pictured, described],
    }
    assert _compare(first, Look(outcome=Outcome.CAPTCHA), Look(outcome=Outcome.CAPTCHA)) == {
        SecondLook.NOT_REACHED: [stands, gone, pictured, described]
    }


def _finding(field: str, quote: str) -> Finding:
    return Finding(
        id=content_id(field, quote), rule="claim-cure-assertion", rule_version="1", kind=Matter.CLAIM,
        verdict=Verdict.VIOLATION, severity=Severity.HIGH, subject="listing", subject_id="a", version="b", field=field,
        quote=quote, start=0, end=len(quote), says="演示",
    )  # fmt: skip
