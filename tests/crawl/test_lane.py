"""The evidence lane in a real crawl: sealed, read, judged, polite, and its failures named."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner import clock
from scanner.crawl import chromium
from scanner.crawl.lane import rendered
from scanner.errors import InputError
from scanner.evidence import verify
from scanner.model import Exchange, Resource
from tests.crawl.wire import Script, reply, wire
from tests.running import Done, qingwang

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

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}"),
]
PRODUCT = (
    "<h1>演示电子体温计</h1><p>价格：¥39.90</p><table><tr><th>品牌</th><td>演示</td></tr><tr><th>型号</th><td>T1</td></tr>"
    "<tr><th>注册证编号</th><td>演械注准20212070001</td></tr></table><p>根治感冒，治愈率99%。</p><button>加入购物车</button>"
)
PLAIN = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title></head><body>{PRODUCT}</body></html>"
SCRIPTED = f"""<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title></head><body><div id=a></div>
<script>document.getElementById('a').innerHTML = {json.dumps(PRODUCT)}</script></body></html>"""


def scan(home: Path, url: str, render: str) -> Done:
    return qingwang(home, "scan", url, "--allow-private", "127.0.0.1", "--render", render, "--json")


@pytest.mark.parametrize(
    "render", [pytest.param("always", marks=needs_browser), pytest.param("auto", marks=needs_browser)]
)
def test_a_page_that_is_empty_without_its_script_is_read_in_the_browser(tmp_path: Path, render: str) -> None:
    with wire({"/goods/1.html": reply(SCRIPTED.encode())}) as shop:
        done = scan(tmp_path, f"{shop.url}/goods/1.html", render)
    assert (done.code, done.json["listings"], done.json["state"]) == (0, 1, "complete"), done.err
    assert done.json["findings"] > 0
    titles = [row["title"]["text"] for row in qingwang(tmp_path, "listings", "list", "--json").rows]
    assert titles == ["演示电子体温计"]
    lanes = [row["lane"] for row in qingwang(tmp_path, "captures", "list", "--json").rows]
    assert lanes.count("browser") == 1
    assert all(check.ok for check in verify.verify_home(tmp_path))


@pytest.mark.parametrize("_", [pytest.param("", marks=needs_browser)])
def test_a_page_with_findings_is_looked_at_again_in_the_browser(tmp_path: Path, _: str) -> None:
    with wire({"/goods/1.html": reply(PLAIN.encode())}) as shop:
        done = scan(tmp_path, f"{shop.url}/goods/1.html", "auto")
        assert shop.paths().count("/goods/1.html") == 2
    assert done.code == 0, done.err
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    pages = [row for row in captures if row["url"].endswith("/goods/1.html")]
    assert sorted(row["lane"] for row in pages) == ["browser", "http"]
    assert all(check.ok for check in verify.verify_home(tmp_path))
    journal = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [line["data"]["second_look"] for line in journal if "second_look" in line.get("data", {})] == ["confirmed"]


def large(_: bytes) -> Script:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!--"
    for _ in range(400):
        yield b"a" * 125_000


FAILURES = {
    "/refused": (reply(b"", status="302 Found", extra="Location: http://169.254.169.254/\r\n"), "refused"),
    "/large": (large, "too_large"),
    "/loop": (reply(b"", status="302 Found", extra="Location: /loop\r\n"), "error"),
    "/cut": (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>half", "error"),
}


@pytest.mark.parametrize("path", [pytest.param(path, marks=needs_browser) for path in FAILURES])
def test_a_failed_visit_is_sealed_and_named_and_never_read(tmp_path: Path, path: str) -> None:
    answer, outcome = FAILURES[path]
    with wire({path: answer}) as shop:
        done = scan(tmp_path, shop.url + path, "always")
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 0), done.err
    assert done.json["outcomes"] == {outcome: 1}
    assert all(check.ok for check in verify.verify_home(tmp_path))
    assert path in [row["url"].removeprefix(shop.url) for row in qingwang(tmp_path, "captures", "list", "--json").rows]


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
settings.set("DOWNLOAD_DELAY_JITTER", 0)
with opened(Home(root=Path(sys.argv[1])), kind="scan", subjects=[], allow=["127.0.0.1"]) as session:
    process = AsyncCrawlerProcess(settings, install_root_handler=False)
    process.crawl(Plain, session=session, urls=sys.argv[2:])
    process.start()
"""


@pytest.mark.parametrize("_", [pytest.param("", marks=needs_browser)])
def test_delay_and_robots_hold_for_the_browser_as_for_the_fast_lane(tmp_path: Path, _: str) -> None:
    asked: list[float] = []

    def page(_: bytes) -> Script:
        asked.append(time.monotonic())
        yield reply(b"<p id=p>x</p><script>document.getElementById('p').innerText='by '+'script'</script>")

    routes = {f"/{n}": page for n in range(5)}
    robots = reply(b"User-agent: *\nDisallow: /private", type_="text/plain")
    with wire({**routes, "/robots.txt": robots, "/private": page}) as shop:
        urls = [f"{shop.url}/{n}" for n in range(4)] + [f"{shop.url}/private"]
        done = subprocess.run(
            [sys.executable, "-c", CRAWL, str(tmp_path), *urls], capture_output=True, text=True, timeout=100, check=True
        )
        assert "/private" not in shop.paths()
    assert sorted(done.stdout.splitlines()) == ["200 ['browser'] 1"] * 2 + ["200 [] 0"] * 2, done.stderr
    gaps = [later - earlier for earlier, later in zip(asked, asked[1:], strict=False)]
    assert len(asked) == 4
    assert min(gaps) > 0.6, gaps  # a second apart; the browser takes a moment longer to ask than the fast lane
