"""A whole crawl in the browser while pages hang, grow and move on, and its processes are killed: every good page is read once,
every bad one is named, it ends by itself, and nothing of the browser is left. Also after an interrupted or killed crawl."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanner.crawl.browser import chromium, memory
from scanner.home import Home
from tests import warcs
from tests.crawl.browser import left
from tests.crawl.wire import Route, Script, Wire, reply, wire
from tests.running import ROOT, command, qingwang

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.kill, pytest.mark.long,
    pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}"),
    pytest.mark.skipif(not memory.KNOWN, reason="looks into Linux's /proc"),
]  # fmt: skip

GOOD = 60


def product(number: int, script: str = "") -> bytes:
    return reply(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示保温杯{number}</title></head><body>"
        f"<h1>演示保温杯 {number}号</h1><p class=price>价格：¥{number}.90</p><table><tr><th>品牌</th><td>演示</td></tr></table>"
        f"<p>双层不锈钢，保温十二小时。</p><button>加入购物车</button>{script}</body></html>".encode()
    )


def endless(_: bytes) -> Script:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n<h1>half</h1>"
    for _step in range(600):
        yield b"<p>more</p>"
        yield 0.2


BAD: dict[str, tuple[Route, str]] = {
    "/goods/901": (product(901, "<script>setTimeout(() => { while (true) {} }, 0)</script>"), "没有在时限内看完"),
    "/goods/902": (product(902, "<script>while (true) alert(1)</script>"), "没有在时限内看完"),
    "/goods/903": (endless, "没有在时限内看完"),
    "/goods/904": (product(904, "<script>location.href = '/goods/904?' + Math.random()</script>"), "循环"),
    "/goods/905": (
        product(905, "<script>const kept = []; while (true) kept.push(new Uint8Array(2e7).fill(7))</script>"),
        "内存超过上限",
    ),
}  # fmt: skip
# What is killed when the page of so many is asked for the first time.
KILLED = {10: "browser", 20: "renderer", 30: "driver", 40: "browser", 50: "renderer", 58: "browser"}


class Moving(dict[str, Route]):
    """Routes; the page that moves on for ever is at each of the addresses it moves to."""

    def get(self, path: str, default: object = None) -> Route:  # type: ignore[override]
        return super().get(path.partition("?")[0], reply(b"not here", status="404 Not Found"))


def listed() -> bytes:
    cards = "".join(
        f"<li><a href=/goods/{n}><img src=/x.svg>演示保温杯 {n}号</a> ¥{n}.90</li>"
        for n in (*range(1, GOOD // 2), *(int(path.rpartition("/")[2]) for path in BAD), *range(GOOD // 2, GOOD + 1))
    )
    return reply(f"<html><head><title>演示商城</title></head><body><ul>{cards}</ul></body></html>".encode())


def shop(kill: Callable[[str], None] | None = None) -> Moving:
    def killing(number: int, what: str) -> Route:
        left = [what]

        def route(_: bytes) -> Script:
            if left and kill is not None:
                kill(left.pop())
                yield 0.5
            yield product(number)

        return route

    good: dict[str, Route] = {f"/goods/{n}": product(n) for n in range(1, GOOD + 1)}
    for number, what in KILLED.items():
        good[f"/goods/{number}"] = killing(number, what)
    return Moving({"/": listed(), **good, **{path: route for path, (route, _) in BAD.items()}})


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: Chromium keeps a socket in the temporary folder, and a socket's path has 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="qw-") as folder:
        yield Path(folder)


@contextmanager
def crawling(home: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    words = ("scan", f"{url}/", "--allow-private", "127.0.0.1", "--render", "always", "--json")
    with subprocess.Popen(
        command(home, *words), cwd=ROOT, env=left.marked(home.parent), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.timeout(900)
def test_a_hostile_crawl_reads_every_good_page_once_and_names_every_bad_one(place: Path) -> None:
    home, killed = place / "home", list[str]()

    def kill(what: str) -> None:
        pids = left.kinds(left.browsers(place))[what]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        killed.extend([what] * bool(pids))

    with wire(shop(kill)) as site, crawling(home, site.url) as process:
        out, err = process.communicate(timeout=880)
    assert process.returncode == 3, err + (home / "crawl.log").read_text(encoding="utf-8")
    row = json.loads(out)
    assert sorted(killed) == sorted(KILLED.values()), out
    (ended,) = [line for line in warcs.lines(Home(home)) if line["event"] == "crawl_ended"]
    lost = {url.removeprefix(site.url): why for url, why in ended["lost"]}
    assert {path: why for path, why in lost.items() if path not in BAD} == {}
    assert set(lost) == set(BAD)
    assert (row["state"], row["listings"]) == ("incomplete", GOOD)
    for path, (_, why) in BAD.items():
        assert why in lost[path], (path, lost[path])
    assert 300 < ended["browser_mb"] < 6000
    captures = qingwang(home, "captures", "list", "--json").rows
    read = [
        one["url"].removeprefix(site.url) for one in captures if one["outcome"] == "read" and "/goods/" in one["url"]
    ]
    assert sorted(read) == sorted(f"/goods/{n}" for n in range(1, GOOD + 1))
    assert warcs.faults(Home(home)) == []
    assert left.nothing_left(place, 20) == {}


def until_busy(site: Wire, process: subprocess.Popen[str], mark: Path) -> None:
    """Until pages are looked at, one of them for ever."""
    until = time.monotonic() + 200
    while not {"/goods/901", "/goods/902"} & set(site.paths()) and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    assert left.kinds(left.browsers(mark))["renderer"]


def hanging() -> Moving:
    cards = "".join(f"<li><a href=/goods/{n}><img src=/x.svg>演示 {n}号</a> ¥{n}.90</li>" for n in (1, 901, 902, 2, 3))
    made = shop()
    made["/"] = reply(f"<html><head><title>演示商城</title></head><body><ul>{cards}</ul></body></html>".encode())
    return made


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["interrupted", "killed", "killed with its driver", "killed while a browser starts"])
def test_nothing_of_the_browser_is_left_of_a_crawl_that_was(place: Path, how: str) -> None:
    with wire(hanging()) as site, crawling(place / "home", site.url) as process:
        if how == "killed while a browser starts":
            while not left.kinds(left.browsers(place))["browser"]:
                time.sleep(0.01)
        else:
            until_busy(site, process, place)
        if how == "interrupted":
            process.send_signal(signal.SIGINT)
        else:
            drivers = left.kinds(left.browsers(place))["driver"] if "driver" in how else []
            for pid in (process.pid, *drivers):
                os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=300)
        assert left.nothing_left(place, 30) == {}
    if "driver" not in how:  # else nobody is left to tidy up
        assert list((place / "tmp").glob("playwright*")) == []
