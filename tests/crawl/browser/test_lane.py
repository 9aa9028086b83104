"""The evidence lane in a real crawl: sealed, read, judged, polite, and its failures named."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TypeVar, cast

import pytest

from scanner import clock
from scanner.crawl.browser import chromium
from scanner.crawl.reading.rendered import rendered
from scanner.errors import InputError
from scanner.evidence.checking.home_check import verify_home
from scanner.home import Home
from scanner.model import Exchange, Resource
from tests.crawl import site
from tests.crawl.wire import Route, Script, reply, wire
from tests.running import Done, qingwang

T = TypeVar("T")
NOW = clock.parse("2026-11-22T03:04:05.678Z")


def exchange(received: bytes) -> Exchange:
    return Exchange(url="https://shop.example/1", method="GET", started=NOW, ended=NOW, sent=b"", received=received)


def resource(name: str, body: str) -> Resource:
    return Resource(name=name, media_type="text/html", body=body.encode(), made=NOW)


def test_the_page_of_a_visit_is_its_dom_under_the_shops_headers() -> None:
    main = exchange(
        b"HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Type: text/html;charset=GBK\r\nSet-Cookie: a=1\r\n"
        b"Content-Encoding: gzip\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    made = rendered(
        main, [resource("dom", "<p>演示"), resource("environment", '{"final_url": "https://shop.example/2"}')]
    )
    assert (made.url, made.status, made.body.decode(), made.dom) == ("https://shop.example/2", 404, "<p>演示", True)
    assert made.headers == (
        (b"Content-Type", b"text/html; charset=utf-8"), (b"Server", b"x"), (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"),
    )  # fmt: skip


def test_an_answer_that_is_no_page_is_its_own_content() -> None:
    packed = gzip.compress(b'{"a": 1}')
    main = exchange(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n" + packed)
    made = rendered(main, [resource("dom", "<pre>{}</pre>")])
    assert (made.url, made.body, made.dom) == ("https://shop.example/1", b'{"a": 1}', False)
    assert made.headers == ((b"Content-Type", b"application/json"),)
    with pytest.raises(InputError):
        rendered(exchange(b"rubbish"), [])
    with pytest.raises(InputError):
        rendered(exchange(b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\n\r\nrubbish"), [])


# --- whole crawls ----------------------------------------------------------------------------------------------------


def in_browser(test: T) -> T:
    """Marks a test that needs Chromium."""
    missing = pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}")
    return cast("T", pytest.mark.browser(missing(test)))


PRODUCT = (
    "<h1>演示电子体温计</h1><p>价格：¥39.90</p><table><tr><th>品牌</th><td>演示</td></tr><tr><th>型号</th><td>T1</td></tr>"
    "<tr><th>注册证编号</th><td>演械注准20212070001</td></tr></table><p>根治感冒，治愈率99%。</p><button>加入购物车</button>"
)
PLAIN = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title></head><body>{PRODUCT}</body></html>"
SCRIPTED = f"""<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title></head><body><div id=a></div>
<script>document.getElementById('a').innerHTML = {json.dumps(PRODUCT)}</script></body></html>"""


def scan(home: Path, render: str, *urls: str) -> Done:
    return qingwang(home, "scan", *urls, "--allow-private", "127.0.0.1", "--render", render, "--json")


def sound(home: Path) -> bool:
    """Whether archive and journal agree to the last byte."""
    return all(check.ok for check in verify_home(Home(root=home)))


@in_browser
def test_a_page_that_is_empty_without_its_script_is_read_in_the_browser(tmp_path: Path) -> None:
    with wire({"/goods/1.html": reply(SCRIPTED.encode())}) as shop:
        done = scan(tmp_path, "auto", f"{shop.url}/goods/1.html")
    assert (done.code, done.json["listings"], done.json["state"]) == (0, 1, "complete"), done.err
    assert done.json["findings"] > 0
    titles = [row["title"]["text"] for row in qingwang(tmp_path, "listings", "list", "--json").rows]
    assert titles == ["演示电子体温计"]
    lanes = [row["lane"] for row in qingwang(tmp_path, "captures", "list", "--json").rows]
    assert lanes.count("browser") == 1
    assert sound(tmp_path)


@in_browser
def test_a_page_with_findings_is_looked_at_again_in_the_browser(tmp_path: Path) -> None:
    with wire({"/goods/1.html": reply(PLAIN.encode())}) as shop:
        done = scan(tmp_path, "auto", f"{shop.url}/goods/1.html")
        assert shop.paths().count("/goods/1.html") == 2
    assert done.code == 0, done.err
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    pages = [row for row in captures if row["url"].endswith("/goods/1.html")]
    assert sorted(row["lane"] for row in pages) == ["browser", "http"]
    assert sound(tmp_path)
    journal = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [line["second_look"] for line in journal if "second_look" in line] == ["confirmed"]


def large(_: bytes) -> Script:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!--"
    for _step in range(400):
        yield b"a" * 125_000


FAILURES: dict[str, tuple[Route, str]] = {
    "/refused": (reply(b"", status="302 Found", extra="Location: http://169.254.169.254/\r\n"), "refused"),
    "/large": (large, "too_large"),
    "/loop": (reply(b"", status="302 Found", extra="Location: /loop\r\n"), "error"),
    "/cut": (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>half", "error"),
}


@pytest.mark.long
@in_browser
def test_failed_visits_are_sealed_and_named_and_never_read(tmp_path: Path) -> None:
    with wire({path: answer for path, (answer, _) in FAILURES.items()}) as shop:
        done = scan(tmp_path, "always", *(shop.url + path for path in FAILURES))
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 0), done.err
    assert done.json["outcomes"] == Counter(outcome for _, outcome in FAILURES.values())
    assert sound(tmp_path)
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    assert {row["url"].removeprefix(shop.url) for row in captures if row["lane"] == "browser"} == set(FAILURES)


# --- politeness ------------------------------------------------------------------------------------------------------

CRAWL = """
import sys
from pathlib import Path
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scanner.crawl import settings as ours
from scanner.crawl.session import opened
from scanner.home import Home

class Plain(scrapy.Spider):
    name = "plain"

    def __init__(self, session, urls):
        super().__init__()
        self.session, self.urls = session, urls

    async def start(self):
        for n, url in enumerate(self.urls):
            yield scrapy.Request(url, meta={"browser": n % 2 == 0, "storefront": "s"}, dont_filter=True)

    def parse(self, response):
        assert "capture" in response.meta
        print(response.status, response.flags, response.text.count("by script"))

settings = Settings()
settings.setmodule(ours)
settings.set("EGRESS_ALLOW", ["127.0.0.1"])
settings.set("ITEM_PIPELINES", {})
settings.set("SCHEDULER", "scrapy.core.scheduler.Scheduler")  # ours asks the spider for its file
settings.set("DOWNLOAD_DELAY_JITTER", 0)
settings.set("DOWNLOADER_MIDDLEWARES", {
    **settings.getdict("DOWNLOADER_MIDDLEWARES"),
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scanner.crawl.fetch.robots.RobotsGuard": 100,
})
with opened(Home(root=Path(sys.argv[1])), kind="scan", subjects=[], allow=["127.0.0.1"]) as session:
    process = AsyncCrawlerProcess(settings, install_root_handler=False)
    process.crawl(Plain, session=session, urls=sys.argv[2:])
    process.start()
"""


@in_browser
def test_delay_and_robots_hold_for_the_browser_as_for_the_fast_lane(tmp_path: Path) -> None:
    asked: dict[str, float] = {}

    def page(request: bytes) -> Script:
        asked[request.split(b" ")[1].decode()] = time.monotonic()
        yield reply(b"<p id=p>x</p><script>document.getElementById('p').innerText='by '+'script'</script>")

    robots = reply(b"User-agent: *\nDisallow: /private", type_="text/plain")
    with wire({**{f"/{n}": page for n in range(4)}, "/robots.txt": robots, "/private": page}) as shop:
        # All wait for robots.txt at once, the forbidden one last.
        urls = [f"{shop.url}/{n}" for n in range(4)] + [f"{shop.url}/private"]
        done = subprocess.run(
            [sys.executable, "-c", CRAWL, str(tmp_path), *urls], capture_output=True, text=True, timeout=100, check=True
        )
        assert "/private" not in shop.paths()
    assert sorted(done.stdout.splitlines()) == ["200 ['browser'] 1"] * 2 + ["200 [] 0"] * 2, done.stderr
    # A second between any two, whichever lane. The browser asks later than it was told, how much later depends on the
    # machine, so only what comes after the fast lane's requests is held.
    assert asked["/3"] - asked["/1"] > 1.5
    assert asked["/2"] - asked["/1"] > 0.7


@pytest.mark.long
@in_browser
def test_a_busy_host_is_left_alone_by_the_browser_and_never_asked_for_more_than_two_pages_at_once(
    tmp_path: Path,
) -> None:
    cards = "".join(
        f'<li><a href="/goods/{n}.html"><img src=/x.svg>演示体温计 {n}号</a> ¥9.90</li>' for n in range(1, 7)
    )
    front = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title></head><body><ul>{cards}</ul></body></html>"
    )
    times: list[float] = []
    under_way, most, lock = [0], [0], threading.Lock()

    def goods(number: int) -> site.Answer:
        def told(_: bytes) -> bytes:
            with lock:
                times.append(time.monotonic())
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
                first_busy = number == 1 and not busy
                if first_busy:
                    busy.append(time.monotonic())
            time.sleep(0.2)
            with lock:
                under_way[0] -= 1
            if first_busy:
                return site.answer(b"busy", status="429 Slow down", extra=b"Retry-After: 9\r\n")
            return site.answer(PLAIN.replace("演示电子体温计", f"演示电子体温计{number}号").encode())

        return told

    busy: list[float] = []
    answers = {"/": site.answer(front.encode()), **{f"/goods/{n}.html": goods(n) for n in range(1, 7)}}
    with site.serving(answers) as shop:
        done = scan(tmp_path, "always", f"{shop.url}/")
    assert (done.json["listings"], done.json["state"]) == (6, "complete"), done.err
    assert most[0] <= 2
    # A look takes a moment even so, longer on a busy machine; what went out before its end could not know.
    assert not [at - busy[0] for at in times if busy[0] + 5 < at < busy[0] + 9]
