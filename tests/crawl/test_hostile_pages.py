"""Pages made to harm whoever reads them, against the whole program: the attack does not work, the shop's other pages are
read all the same, and what became of the hostile one is named.

A shop and a canary listen on two ports of loopback; a scan may reach the shop's port only. A canary that was called says
that a page chose whom we talk to.
"""

from __future__ import annotations

import gzip
import html
import importlib
import io
import json
import subprocess
import sys
import tempfile
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Dialog, sync_playwright

from scanner.crawl.browser import chromium
from scanner.home import Home
from tests import warcs
from tests.crawl.wire import Route, Script, Wire, reply, wire
from tests.running import ROOT, Done, command, environment, qingwang
from tests.schemas import conform

zstd = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]

IN_BROWSER = (pytest.mark.browser, pytest.mark.skipif(chromium.find() is None, reason="needs Chromium"))
GOOD = "/goods/1"  # an honest product's page in every shop here
CLAIM = "治愈率高达99%"  # a claim no shop may make
TIMEOUT = 400


def card(path: str, number: int) -> str:
    return f"<li><a href='{path}'><img src=/x.svg>演示保温杯 {number}号</a> ¥{number}9.90</li>"


def front(*paths: str) -> bytes:
    """A list that leads to these pages, the good one last."""
    cards = "".join(card(path, number) for number, path in enumerate((*paths, GOOD), start=1))
    return reply(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示商城</title></head><body><ul>{cards}</ul></body></html>".encode()
    )


def document(number: int, more: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}<title>演示保温杯{number}</title></head><body>"
        f"<h1>演示保温杯 {number}号</h1><p class=price>价格：¥{number}9.90</p><table><tr><th>品牌</th><td>演示</td></tr></table>"
        f"<p>双层不锈钢，保温十二小时。</p>{more}<button>加入购物车</button></body></html>"
    )


def product(number: int, more: str = "", head: str = "") -> bytes:
    return reply(document(number, more, head).encode())


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan said, what became of each address of the shop, why addresses were lost, and who was called."""

    done: Done
    home: Home
    outcomes: dict[str, str]
    lost: dict[str, str]
    left: int
    titles: list[str]

    @property
    def read_the_good_one(self) -> bool:
        return "演示保温杯 1号" in self.titles

    def holds(self, secret: bytes) -> bool:
        """Whether the archive or the book holds what a page should not have got hold of."""
        book = self.home.book.read_bytes()
        return secret in book or any(secret in record.block for record in warcs.records(self.home))


class Endless(dict[str, Route]):
    """Pages, and an answer for each of the addresses that no table could hold."""

    def __init__(self, rule: Callable[[str], Route | None], pages: Mapping[str, Route]) -> None:
        super().__init__(pages)
        self.rule = rule

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path) or self.rule(path) or default


@contextmanager
def shop_and_canary(pages: Mapping[str, Route]) -> Iterator[tuple[Wire, Wire]]:
    """The pages with a front page that leads to all of them, and a canary that answers everything it is asked."""
    with wire({**pages, "/": front(*pages), GOOD: product(1)}) as shop, wire({}) as canary:
        yield shop, canary


def scan(home: Path, shop: Wire, *words: str, render: str = "never", also: str = "") -> Scanned:
    """``qingwang scan`` of the shop's front page; nothing beside the shop may be reached, but what ``also`` names."""
    allow = ["--allow-private", shop.place, *(("--allow-private", also) if also else ())]
    done = qingwang(home, "scan", f"{shop.url}/", *words, *allow, "--render", render, "--json", timeout=TIMEOUT)
    return told(home, shop, done)


def words_of(shop: Wire, *more: str) -> list[str]:
    return ["scan", f"{shop.url}/", *more, "--allow-private", shop.place, "--render", "never", "--json"]


# A process of its own between: Linux counts what the one that starts a program holds as the program's, and the tests'
# own process may hold a great deal.
WEIGHED = """import os, subprocess, sys
run = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(run.pid, 0)
with open(sys.argv[1], "w") as file:
    file.write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured(home: Path, shop: Wire, *more: str) -> tuple[Scanned, float]:
    """A scan in the fast lane, and the most memory (bytes) that its process and those it started held at one time,
    the largest of them counted."""
    weight = home.with_name("weight")
    words = [sys.executable, "-c", WEIGHED, str(weight), *command(home, *words_of(shop, *more))]
    run = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(), cwd=ROOT, check=False, text=True
    )
    return told(home, shop, Done(run.returncode, run.stdout, run.stdout)), int(weight.read_text()) * 1024


def told(home: Path, shop: Wire, done: Done) -> Scanned:
    assert done.code in (0, 3), done.err
    conform("scan", done.json)
    rows: list[dict[str, Any]] = qingwang(home, "captures", "list", "--json", timeout=TIMEOUT).rows
    (ended,) = [line for line in warcs.lines(Home(home)) if line["event"] == "crawl_ended"]
    assert warcs.faults(Home(home)) == []
    listings = qingwang(home, "listings", "list", "--json", timeout=TIMEOUT).rows
    return Scanned(
        done=done, home=Home(home), outcomes={row["url"].removeprefix(shop.url): row["outcome"] for row in rows},
        lost={url.removeprefix(shop.url): why for url, why in ended["lost"]},
        left=ended["left"], titles=[row["title"]["text"] for row in listings],
    )  # fmt: skip


def moved(to: str, status: str = "302 Found") -> bytes:
    return reply(b"", status=status, extra=f"Location: {to}\r\n")


# --- server-side request forgery ------------------------------------------------------------------------------------


def redirecting(canary: Wire) -> dict[str, Route]:
    to = f"{canary.url}/secret"
    return {
        "/goods/301": moved(to, "301 Moved Permanently"),
        "/goods/302": moved(to),
        "/goods/303": moved(to, "303 See Other"),
        "/goods/307": moved(to, "307 Temporary Redirect"),
        "/goods/308": moved(to, "308 Permanent Redirect"),
        "/goods/2": moved("/goods/302"),
        "/goods/3": moved(f"//127.0.0.1:{canary.port}/secret"),
        "/goods/4": moved("http://169.254.169.254/latest/meta-data/"),
        "/goods/5": moved(f"http://[::1]:{canary.port}/"),
        "/goods/6": moved(f"http://localhost:{canary.port}/"),
    }


@pytest.mark.slow
def test_a_redirect_to_another_port_of_this_machine_is_refused(tmp_path: Path) -> None:
    with wire({}) as canary:
        pages = redirecting(canary)
        with shop_and_canary(pages) as (shop, _):
            seen = scan(tmp_path / "a", shop)
            assert canary.connections == 0
            # And it would have been called, had a person named it too.
            scan(tmp_path / "b", shop, also=canary.place)
            assert canary.connections > 0
    assert seen.done.json["outcomes"] == {"read": 2, "refused": len(pages)}
    assert set(seen.lost.values()) == {"不访问本机地址", "不访问云主机元数据地址", "不访问内网主机名"}
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


@dataclass(frozen=True, slots=True)
class Internet:
    """The Internet as a test plays it for a process: what names are (one list of addresses for each time that somebody
    asks, the last one for ever), and the port of this machine at which an address is answered. Only the system is
    replaced: ``getaddrinfo`` and ``connect``."""

    names: dict[str, list[list[str]]]
    at: dict[str, int]

    def scan(self, home: Path, shop: Wire, url: str, render: str) -> tuple[Scanned, list[list[Any]]]:
        """A scan of the shop and of ``url``; and what was dialled, as [address, port]."""
        dialled = home.parent / "dialled"
        words = [
            "--home",
            str(home),
            "scan",
            url,
            f"{shop.url}/",
            "--allow-private",
            shop.place,
            "--json",
            "--render",
            render,
        ]
        run = subprocess.run([sys.executable, "-c", PLAYED, json.dumps(self.names), json.dumps(self.at), dialled, *words],
                             capture_output=True, text=True, timeout=TIMEOUT, env=environment(), cwd=ROOT)  # fmt: skip
        seen = told(home, shop, Done(run.returncode, run.stdout, run.stderr))
        return seen, [json.loads(line) for line in dialled.read_text().splitlines()]


PLAYED = """
import asyncio, json, socket, sys
names, at, dialled = json.loads(sys.argv[1]), json.loads(sys.argv[2]), open(sys.argv[3], "a", buffering=1)
asked, real, dial, open_connection = {}, socket.getaddrinfo, socket.socket.connect_ex, asyncio.open_connection

def getaddrinfo(host, port, *more, **named):
    if host not in names:
        return real(host, port, *more, **named)
    asked[host] = asked.get(host, -1) + 1
    told = names[host][min(asked[host], len(names[host]) - 1)]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in told]

def place(ip, port):
    print(json.dumps([ip, port]), file=dialled)
    return ("127.0.0.1", at[ip]) if ip in at else (ip, port)

class Socket(socket.socket):
    def connect_ex(self, to):
        return super().connect_ex(place(*to[:2]))

socket.getaddrinfo, socket.socket = getaddrinfo, Socket
asyncio.open_connection = lambda ip, port, **named: open_connection(*place(ip, port), **named)
sys.argv = ["qingwang", *sys.argv[4:]]
from scanner.cli.main import main
main()
"""
PUBLIC, CARRIERS = "93.184.215.14", "100.64.0.1"
LANES = ["never", pytest.param("always", marks=IN_BROWSER)]


@pytest.mark.slow
@pytest.mark.parametrize("render", LANES)
@pytest.mark.parametrize(
    ("then", "why"), [(["127.0.0.1"], "不访问本机地址"), ([CARRIERS], "不访问运营商内网地址"),
                      ([PUBLIC, "127.0.0.1"], "不访问本机地址")],
    ids=["loopback", "carrier", "both"],
)  # fmt: skip
def test_a_name_that_turns_into_an_inner_address_is_refused(
    then: list[str], why: str, render: str, tmp_path: Path
) -> None:
    """The attacker's own server answers for robots.txt and the first page; then the name leads to the canary's port."""
    with shop_and_canary({}) as (shop, canary), wire({"/": front("/goods/7")}) as attacker:
        net = Internet(
            names={"rebind.example.com": [[PUBLIC], [PUBLIC], then]}, at={PUBLIC: attacker.port, CARRIERS: canary.port}
        )
        seen, dialled = net.scan(tmp_path / "home", shop, f"http://rebind.example.com:{canary.port}/", render)
        assert attacker.paths()[:2] == ["/robots.txt", "/"]
        assert canary.connections == 0
    assert [PUBLIC, canary.port] in dialled
    assert {ip for ip, port in dialled if port == canary.port} == {PUBLIC}
    assert set(seen.lost) == {f"http://rebind.example.com:{canary.port}{path}" for path in ("/goods/1", "/goods/7")}
    assert all(why in reason for reason in seen.lost.values()), seen.lost
    assert seen.done.json["outcomes"]["refused"] == 2
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


def calling(to: str) -> str:
    """Everything by which a page has something else loaded."""
    return f"""
    <img src="{to}/img" srcset="{to}/srcset 2x"><iframe src="{to}/iframe"></iframe><link rel=stylesheet href="{to}/css">
    <link rel=preload as=script href="{to}/preload"><link rel=preconnect href="{to}"><link rel=dns-prefetch href="{to}">
    <link rel="icon" href="{to}/icon"><link rel=prefetch href="{to}/prefetch"><style>@import url({to}/import);
    p {{ background: url({to}/background) }} @font-face {{ font-family: x; src: url({to}/font) }} b {{ font-family: x }}</style>
    <b>x</b><script src="{to}/script"></script><object data="{to}/object"></object><embed src="{to}/embed">
    <video src="{to}/video" poster="{to}/poster" autoplay></video><audio src="{to}/audio" autoplay></audio>
    <svg><image href="{to}/svg"/></svg><form id=f action="{to}/form" method=post target=t><input name=a></form>
    <iframe name=t></iframe><a id=p href="{to}/a" ping="{to}/ping" target=t download>x</a><script>
    const quiet = (f) => {{ try {{ const p = f(); p && p.catch && p.catch(() => 0) }} catch (e) {{}} }};
    quiet(() => fetch("{to}/fetch", {{mode: "no-cors"}})); quiet(() => navigator.sendBeacon("{to}/beacon", "x"));
    quiet(() => new WebSocket("{to}/socket".replace("http", "ws"))); quiet(() => new EventSource("{to}/events"));
    quiet(() => new Worker("{to}/worker")); quiet(() => window.open("{to}/open")); quiet(() => document.getElementById("f").submit());
    quiet(() => document.getElementById("p").click()); quiet(() => import("{to}/module"));
    quiet(() => {{ const x = new XMLHttpRequest(); x.open("GET", "{to}/xhr", false); x.send() }});
    quiet(() => {{ const c = new RTCPeerConnection({{iceServers: [{{urls: "stun:" + "{to}".slice(7)}},
      {{urls: "turn:" + "{to}".slice(7) + "?transport=tcp", username: "a", credential: "b"}}]}});
      c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o)) }});
    </script>"""


@pytest.mark.slow
@pytest.mark.browser
@IN_BROWSER[1]
def test_nothing_that_a_page_has_loaded_leads_to_the_canary(tmp_path: Path) -> None:
    with wire({}) as canary:
        inner = {
            "/moved.png": moved(f"{canary.url}/moved"), "/moved.js": moved(f"{canary.url}/moved"),
            "/sw.js": reply(f"importScripts('{canary.url}/sw'); fetch('{canary.url}/sw')".encode(), type_="text/javascript"),
        }  # fmt: skip
        more = (
            f"{calling(canary.url)}<img src=/moved.png><script src=/moved.js></script>"
            "<script>navigator.serviceWorker.register('/sw.js').catch(() => 0)</script>"
        )
        with shop_and_canary({"/goods/2": product(2, more)}) as (shop, _):
            shop.routes |= inner
            shop.routes |= {
                "/goods/3": product(3, f"<script>location = '{canary.url}/location'</script>"),
                "/goods/4": product(4, head=f"<meta http-equiv=refresh content='0;url={canary.url}/refresh'>"),
                "/": front("/goods/2", "/goods/3", "/goods/4"),
            }
            seen = scan(tmp_path / "a", shop, render="always")
            assert canary.connections == 0
            assert "/moved.js" in shop.paths()
            # The same page, with the canary's port named by a person: then it is called in many ways.
            shop.routes["/"] = front("/goods/2")
            scan(tmp_path / "b", shop, render="always", also=canary.place)
            called = set(canary.paths())
    assert called >= {"/img", "/iframe", "/css", "/script", "/fetch", "/xhr", "/moved", "/import"}
    assert (seen.outcomes["/goods/1"], seen.outcomes["/goods/2"]) == ("read", "read")
    assert seen.read_the_good_one


@pytest.mark.slow
def test_pictures_and_parts_of_a_page_do_not_lead_to_the_canary(tmp_path: Path) -> None:
    """A page with a claim has its pictures fetched, to read the text in them."""
    with wire({}) as canary:
        shown = "".join(
            f"<img src='{url}'>"
            for url in ("/moved.png", f"{canary.url}/a.png", f"http://localhost:{canary.port}/b.png")
        )
        data = {"@context": "https://schema.org", "@type": "Product", "name": "x", "image": f"{canary.url}/c.png"}
        more = (
            f"<p>{CLAIM}，根治颈椎病。</p><div class=detail>{shown}</div>"
            f"<script type=application/ld+json>{json.dumps(data)}</script>"
        )
        with shop_and_canary({"/goods/2": product(2, more)}) as (shop, _):
            shop.routes["/moved.png"] = moved(f"{canary.url}/moved.png")
            seen = scan(tmp_path, shop)
            assert "/moved.png" in shop.paths()
        assert canary.connections == 0
    assert seen.outcomes["/goods/2"] == "read"
    assert (seen.done.code, seen.done.json["state"]) == (0, "complete")
    assert seen.read_the_good_one


# --- two readings of one address ------------------------------------------------------------------------------------


def spellings(port: int) -> dict[str, str]:
    """One canary in many spellings, of which some programs read another host, or a path of the shop."""
    return {
        "backslash": f"http:\\\\127.0.0.1:{port}\\secret",
        "backslash host": f"http://shop.example\\@127.0.0.1:{port}/secret",
        "backslashes for slashes": f"\\\\127.0.0.1:{port}/secret",
        "user": f"http://shop.example@127.0.0.1:{port}/secret",
        "user and password": f"http://shop.example:80@127.0.0.1:{port}/secret",
        "two at signs": f"http://a@b@127.0.0.1:{port}/secret",
        "tab": f"http://127.0.\t0.1:{port}/secret",
        "full-width dots": f"http://127。0．0｡1:{port}/secret",
        "full-width digits": f"http://１２７.0.0.1:{port}/secret",
        "mapped": f"http://[::ffff:127.0.0.1]:{port}/secret",
        "mapped, hexadecimal": f"http://[::ffff:7f00:1]:{port}/secret",
        "decimal": f"http://2130706433:{port}/secret",
        "hexadecimal": f"http://0x7f000001:{port}/secret",
        "octal": f"http://0177.0.0.1:{port}/secret",
        "short": f"http://127.1:{port}/secret",
        "any": f"http://0.0.0.0:{port}/secret",
        "one slash": f"http:/127.0.0.1:{port}/secret",
        "no slash": f"http:127.0.0.1:{port}/secret",
        "percent": f"http://%31%32%37.0.0.1:{port}/secret",
        "fragment": f"http://127.0.0.1:{port}#@shop.example/secret",
        "question": f"http://127.0.0.1:{port}?@shop.example/secret",
        "zone": f"http://[::1%25lo]:{port}/secret",
    }


def quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def pages_of_spellings(port: int) -> dict[str, Route]:
    """Each spelling as a redirect's; all of them as links, pictures, structured data, ``<base>`` and meta refresh."""
    spelt = list(spellings(port).values())
    pages: dict[str, Route] = {
        f"/goods/{n}": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + to.encode() + b"\r\n\r\n"
        for n, to in enumerate(spelt, start=100)
    }
    links = "".join(f'<li><a href="{quoted(to)}"><img src="{quoted(to)}">演示杯</a> ¥9.90</li>' for to in spelt)
    data = {"@context": "https://schema.org", "@type": "Product", "name": "演示保温杯", "image": spelt, "url": spelt[0],
            "offers": {"@type": "Offer", "price": "9.90", "priceCurrency": "CNY", "url": spelt[1]}}  # fmt: skip
    pages["/list/2"] = product(2, f"<ul>{links}</ul><script type=application/ld+json>{json.dumps(data)}</script>")
    for n, to in enumerate(spelt, start=200):
        pages[f"/goods/{n}"] = product(
            n, f"<a href=secret>{CLAIM}</a><img src=secret.png>",
            f'<base href="{quoted(to)}"><meta http-equiv=refresh content="0;url={quoted(to)}">',
        )  # fmt: skip
    return pages


@pytest.mark.slow
def test_no_spelling_of_an_address_leads_to_the_canary(tmp_path: Path) -> None:
    with wire({}) as canary:
        pages = pages_of_spellings(canary.port)
        with shop_and_canary(pages) as (shop, _):
            seen = scan(tmp_path, shop)
            asked = set(shop.paths())
        assert canary.connections == 0
    assert asked >= pages.keys()
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.done.json["outcomes"]["refused"] >= 12, seen.done.json["outcomes"]
    assert seen.read_the_good_one


# --- what a page makes a program unpack or read for ever ------------------------------------------------------------

ZEROS = 200_000_000


def packed(coding: str) -> bytes:
    """200 MB of which the beginning is HTML and the rest nothing, in a few hundred kilobytes."""
    begun, zeros = b"<html><body><h1>", bytes(ZEROS)
    if coding == "gzip":
        return gzip.compress(begun + zeros, 1)
    if coding == "br":
        compressor = brotli.Compressor(quality=1)
        return bytes(compressor.process(begun + zeros) + compressor.finish())
    if coding == "zstd":
        return bytes(zstd.compress(begun + zeros, 1))
    if coding == "gzip, gzip":
        return gzip.compress(gzip.compress(begun + zeros, 1), 9)
    return zlib.compress(begun + zeros, 1)


CODINGS = ("gzip", "br", "zstd", "deflate", "gzip, gzip")


@pytest.mark.slow
def test_bombs_of_every_coding_are_too_large(tmp_path: Path) -> None:
    pages: dict[str, Route] = {
        f"/goods/{n}": reply(packed(coding), extra=f"Content-Encoding: {coding}\r\n")
        for n, coding in enumerate(CODINGS, start=2)
    }
    with shop_and_canary(pages) as (shop, _):
        seen, memory = measured(tmp_path, shop)
    assert {path: seen.outcomes[path] for path in pages} == dict.fromkeys(pages, "too_large")
    assert {seen.lost[path] for path in pages} == {"解压后超过大小上限，已中止"}
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one
    assert memory < 600e6


# --- pages without end ----------------------------------------------------------------------------------------------

ZERO_CHUNK = b"10000\r\n" + b"a" * 65536 + b"\r\n"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def forever(begin: bytes, more: bytes) -> Callable[[bytes], Script]:
    """An answer that goes on until the other side hangs up, or for a gigabyte."""

    def told(_: bytes) -> Script:
        yield begin
        for _step in range(1_000_000_000 // len(more)):
            yield more

    return told


def megabyte() -> bytes:
    """A block of a packed stream that unpacks to a megabyte of zeros, wherever it stands."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)


@pytest.mark.slow
def test_a_body_that_never_ends_is_too_large(tmp_path: Path) -> None:
    pages: dict[str, Route] = {
        "/goods/2": forever(HTML + b"\r\n<html><body>", b"<p>a</p>" * 8000),
        "/goods/3": forever(HTML + b"Transfer-Encoding: chunked\r\n\r\n", ZERO_CHUNK),
        "/goods/4": forever(HTML + b"Content-Length: 999999999999999\r\n\r\n", bytes(65536)),
        "/goods/5": forever(HTML + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], megabyte() * 60),
        "/goods/6": forever(HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 10_000),
    }
    with shop_and_canary(pages) as (shop, _):
        seen, memory = measured(tmp_path, shop)
        written = {path: sum(len(sent) for asked, _, sent in shop.seen if asked == path) for path in pages}
    slow = seen.outcomes.pop("/goods/6")  # its size or its time ends it first, as fast as the machine is
    assert slow in ("too_large", "error")
    assert {path: seen.outcomes.get(path) for path in pages} == {**dict.fromkeys(pages, "too_large"), "/goods/6": None}
    assert max(written.values()) < 70e6, written
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one
    assert memory < 600e6


@pytest.mark.slow
def test_headers_that_never_end_are_too_large(tmp_path: Path) -> None:
    """Header lines, one line, interim answers; and no HTTP at all."""
    pages: dict[str, Route] = {
        "/goods/2": forever(HTML, b"X-Header: " + b"a" * 10_000 + b"\r\n"),
        "/goods/3": forever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1000),
        "/goods/4": forever(HTML + b"X-Header: ", b"a" * 65536),
        "/goods/5": forever(b"", b"a" * 65536),
    }
    with shop_and_canary(pages) as (shop, _):
        seen, memory = measured(tmp_path, shop)
        written = {path: sum(len(sent) for asked, _, sent in shop.seen if asked == path) for path in pages}
    assert seen.lost.keys() == pages.keys()
    assert seen.done.json["outcomes"] == {"read": 2, "too_large": 2, "error": 2}
    assert (seen.outcomes["/goods/2"], seen.outcomes["/goods/3"]) == ("too_large", "too_large")
    assert max(written.values()) < 64e6, written
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one
    assert memory < 600e6


def dripping(begin: bytes) -> Callable[[bytes], Script]:
    def told(_: bytes) -> Script:
        yield begin
        for _step in range(3600):
            yield 1.0
            yield b"a"

    return told


@pytest.mark.slow
def test_a_page_that_comes_a_byte_a_second_is_given_up(tmp_path: Path) -> None:
    pages: dict[str, Route] = {
        "/goods/2": dripping(HTML + b"\r\n<html><body>"),
        "/goods/3": dripping(HTML + b"X-Header: "),
    }
    with shop_and_canary(pages) as (shop, _):
        seen = scan(tmp_path, shop)
    assert seen.done.json["outcomes"] == {"read": 2, "error": len(pages)}
    assert set(seen.lost.items()) == {(path, "没有得到完整应答：DownloadTimeoutError") for path in pages}
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


@pytest.mark.slow
@pytest.mark.parametrize("render", LANES)
def test_redirects_without_end_are_given_up(render: str, tmp_path: Path) -> None:
    def onward(path: str) -> Route | None:
        place, _, number = path.rpartition("/")
        return moved(f"/goods/far/{int(number) + 1}") if place == "/goods/far" else None

    with wire(Endless(onward, {"/": front("/goods/far/1"), GOOD: product(1)})) as shop:
        seen = scan(tmp_path, shop, render=render)
        asked = [path for path in shop.paths() if path.startswith("/goods/far/")]
    assert 2 < len(asked) < 30, asked
    assert list(seen.lost.values()) == ["重定向次数过多（循环）"]
    assert seen.done.json["outcomes"] == {"read": 2, "error": 1}
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


def paged(number: int, first: int) -> bytes:
    """A page of a list with three products, and its next one."""
    cards = "".join(card(f"/goods/{n}", n) for n in range(first, first + 3))
    return reply(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示商城</title></head><body><ul>{cards}</ul>"
        f"<a href='/list?page={number + 1}'>下一页</a></body></html>".encode()
    )


@pytest.mark.slow
@pytest.mark.parametrize("fresh", [True, False], ids=["new goods", "the same goods"])
def test_paging_without_end_ends(fresh: bool, tmp_path: Path) -> None:
    """With goods that are always new, at the budget; with the same again, at once and without loss."""

    def endless(path: str) -> Route | None:
        if path.startswith("/list?page="):
            number = int(path.removeprefix("/list?page="))
            return paged(number, number * 3 if fresh else 1)
        return product(int(path.removeprefix("/goods/"))) if path.startswith("/goods/") else None

    with wire(Endless(endless, {"/": paged(1, 1)})) as shop:
        seen = scan(tmp_path, shop, "--pages", "20")
        asked = [path for path in shop.paths() if path != "/robots.txt"]
    if fresh:
        assert len(asked) == 20
        assert seen.left > 0
        assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    else:
        assert len(asked) < 10, asked
        assert len(seen.titles) == 3
        assert (seen.done.code, seen.done.json["state"]) == (0, "complete")
    assert seen.read_the_good_one


# --- pages with more links than anybody follows ---------------------------------------------------------------------


@pytest.mark.slow
def test_a_million_links_end_at_the_budget_and_in_bounded_memory(tmp_path: Path) -> None:
    cards = "".join(card(f"/goods/{n}", n) for n in range(1, 130_000))
    pages: dict[str, Route] = {
        "/goods/all": reply(b"<body>" + b"".join(b"<a href=%d>" % n for n in range(1, 1_000_001))),
        "/list/cards": reply(f"<meta charset=utf-8><title>演示商城</title><ul>{cards}</ul>".encode()),
    }
    assert all(len(body) < 16 * 1024 * 1024 for body in pages.values() if isinstance(body, bytes))

    def goods(path: str) -> Route | None:
        return product(int(path.removeprefix("/goods/"))) if path.startswith("/goods/") else None

    first = front("/goods/all", "/list/cards")
    with wire(Endless(goods, {**pages, "/": first, GOOD: product(1)})) as shop:
        seen, memory = measured(tmp_path, shop, "--pages", "20")
        assert set(pages) <= set(shop.paths())
        assert len([path for path in shop.paths() if path != "/robots.txt"]) <= 20
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    # Which of the two ends it depends on how fast the machine is.
    assert {seen.lost.get(path, MANY) for path in pages} <= {MANY, LONG}
    assert "/list/cards" in seen.lost
    assert seen.read_the_good_one
    assert memory < 1.5e9


MANY = "页面上的链接太多，只跟进了前面的一部分"
LONG = "读取这个页面超过30秒，已中止"


def test_a_product_behind_thousands_of_links_is_not_missed_in_silence(tmp_path: Path) -> None:
    """Links to one product, and after them the one that the shop would rather not show us."""
    cards = "".join(card(GOOD, 1) for _ in range(6000)) + card("/goods/2", 2)
    page = reply(f"<meta charset=utf-8><title>演示商城</title><ul>{cards}</ul>".encode())
    with shop_and_canary({"/goods/2": product(2)}) as (shop, _):
        shop.routes["/"] = page
        seen = scan(tmp_path, shop)
    assert seen.lost == {"/": MANY}
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


def test_more_products_on_one_page_than_are_followed_are_not_missed_in_silence(tmp_path: Path) -> None:
    cards = "".join(card(f"/goods/{n}", n) for n in range(1, 702))
    with wire(
        {"/": reply(f"<meta charset=utf-8><title>演示商城</title><ul>{cards}</ul>".encode()), GOOD: product(1)}
    ) as shop:
        seen = scan(tmp_path, shop, "--pages", "20")
    assert seen.lost["/"] == MANY
    assert seen.left == 600 - 19
    assert (seen.done.code, seen.done.json["state"]) == (3, "incomplete")
    assert seen.read_the_good_one


# --- files of our own -----------------------------------------------------------------------------------------------


@pytest.fixture
def secret(tmp_path: Path) -> tuple[Path, bytes]:
    """A file of this machine that no page has any business with, and what stands in it."""
    path, said = tmp_path / "secret.html", f"secret-{uuid.uuid4().hex}".encode()
    path.write_bytes(b"<html><h1>" + said + b"</h1></html>")
    return path, said


@pytest.mark.slow
@pytest.mark.parametrize("render", LANES)
def test_no_page_has_a_file_of_this_machine_read(render: str, tmp_path: Path, secret: tuple[Path, bytes]) -> None:
    file = secret[0].as_uri()
    names = (file, f"file://localhost{secret[0]}", f"view-source:{file}", f"FILE:{secret[0]}")
    inside = "".join(
        f"<a href='{to}'>演示保温杯</a><img src='{to}'><iframe src='{to}'></iframe><object data='{to}'></object>"
        f"<embed src='{to}'><link rel=stylesheet href='{to}'><script src='{to}'></script>" for to in names
    )  # fmt: skip
    data = {"@context": "https://schema.org", "@type": "Product", "name": "演示保温杯", "image": [file], "url": file}
    script = f"<script>fetch('{file}').then(r => r.text()).then(t => document.title = t).catch(() => 0); open('{file}')</script>"
    pages: dict[str, Route] = {
        "/goods/2": product(2, f"{inside}{script}<p>{CLAIM}</p>"),
        "/goods/3": product(3, f"<p>{CLAIM}</p><img src={secret[0].name}>", f"<base href='{secret[0].parent.as_uri()}/'>"),
        "/goods/4": moved(file),
        "/goods/5": moved(f"file://localhost{secret[0]}"),
        "/goods/6": product(6, f"<script type=application/ld+json>{json.dumps(data)}</script>"),
        "/goods/7": product(7, head=f"<meta http-equiv=refresh content='0;url={file}'><script>location = '{file}'</script>"),
    }  # fmt: skip
    with shop_and_canary(pages) as (shop, _):
        seen = scan(tmp_path / "home", shop, render=render)
        assert set(pages) <= set(shop.paths())
    assert not seen.holds(secret[1])
    outcomes = [seen.outcomes.get(path, "refused") for path in ("/goods/4", "/goods/5")]
    assert set(outcomes) <= {"refused", "empty", "error"}, outcomes
    assert "read" in (seen.outcomes["/goods/2"], seen.outcomes["/goods/6"])
    assert (seen.done.code, seen.done.json["state"]) == (
        (0, "complete") if set(outcomes) == {"empty"} else (3, "incomplete")
    )  # fmt: skip
    assert seen.read_the_good_one


def laughs() -> str:
    """A billion of them, had anybody put the entities in."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE html [<!ENTITY l0 "laugh">{levels}]>'


@pytest.mark.slow
@pytest.mark.parametrize("render", LANES)
def test_no_entity_of_a_page_is_put_in(render: str, tmp_path: Path, secret: tuple[Path, bytes]) -> None:
    plain = document(2, "&e;").removeprefix("<!DOCTYPE html>").replace("<meta charset=utf-8>", "")
    xml = plain.replace("class=price", 'class="price"').replace("<html>", '<html xmlns="http://www.w3.org/1999/xhtml">')
    types = ("application/xhtml+xml", "text/xml", "application/xml", "text/html")
    with wire({}) as canary:
        outer = (
            f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret[0].as_uri()}">]>',
            f'<!DOCTYPE html [<!ENTITY e SYSTEM "{canary.url}/entity">]>',
            f'<!DOCTYPE html [<!ENTITY % p SYSTEM "{canary.url}/parameter"> %p;]>',
            f'<!DOCTYPE html SYSTEM "{canary.url}/dtd">',
            f'<?xml-stylesheet href="{canary.url}/sheet" type="text/xsl"?>',
        )
        bodies = [*(head + xml for head in outer), laughs() + xml.replace("&e;", "&l9;"),
                  xml.replace("&e;", f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{secret[0].as_uri()}"/>')]  # fmt: skip
        pages: dict[str, Route] = {
            f"/goods/{10 * n + m}": reply(f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode(), type_=type_)
            for n, body in enumerate(bodies, start=1) for m, type_ in enumerate(types)
        }  # fmt: skip
        with shop_and_canary(pages) as (shop, _):
            if render == "never":
                seen, memory = measured(tmp_path / "home", shop)
                assert memory < 600e6
            else:
                seen = scan(tmp_path / "home", shop, render=render)
        assert canary.connections == 0
    assert not seen.holds(secret[1])
    assert seen.outcomes.keys() >= pages.keys()
    assert not any("laughlaugh" in title for title in seen.titles)
    assert set(seen.done.json["outcomes"]) <= {"read", "not_a_product", "error", "empty", "refused"}
    assert seen.done.code == (3 if seen.lost else 0)
    assert seen.read_the_good_one


# --- what is written of a page --------------------------------------------------------------------------------------


def evil(canary: str) -> str:
    """Text that acts wherever it is taken for HTML, CSS or script."""
    return (
        f"</title></style></script><script>fetch('{canary}/fetch',{{mode:'no-cors'}});alert(1)</script>"
        f"<svg onload=\"fetch('{canary}/svg',{{mode:'no-cors'}})\"><img src={canary}/img onerror=alert(2)>"
        f"<style>@import url({canary}/import);*{{background:url({canary}/css)}}</style><base href={canary}/>"
        f"<meta http-equiv=refresh content='0;url={canary}/refresh'><iframe src={canary}/frame></iframe>"
        f"\"'><link rel=stylesheet href={canary}/link>{{{{7*7}}}}{{% raw %}}"
    )


def medical(number: int, title: str, more: str = "", shop: str = "演示器械店") -> str:
    """A device's page with claims that no shop may make."""
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
        f"<p>价格：¥{number}9.90</p><table><tr><th>品牌</th><td>演示</td></tr><tr><th>型号</th><td>T{number}</td></tr>"
        f"<tr><th>店铺名称</th><td>{shop}</td></tr><tr><th>注册证编号</th><td>演械注准2021207000{number}</td></tr></table>"
        f"<p>根治感冒，{CLAIM}。{more}</p><button>加入购物车</button></body></html>"
    )


def packages(seen: Scanned, out: Path, *more: str) -> list[Path]:
    """A package of the first two leads, verified."""
    assert seen.done.json["leads"], seen.done.json
    made = []
    for number in seen.done.json["leads"][:2]:
        done = qingwang(seen.home.root, "package", str(number), "--out", str(out), *more, "--json", timeout=TIMEOUT)
        assert done.code == 0, done.out + done.err
        made.append(Path(done.json["package"]))
        checked = qingwang(out, "verify", str(made[-1]), "--json", timeout=TIMEOUT)
        assert (checked.code, checked.json["ok"]) == (0, True), checked.out
    return made


def opened(page: Path, seconds: float = 2) -> list[str]:
    """What happens where Chromium opens a file: the dialogs shown and the addresses it is led to."""
    happened: list[str] = []

    def shown(dialog: Dialog) -> None:
        happened.append(f"dialog {dialog.message}")
        dialog.dismiss()

    with sync_playwright() as playwright:
        switches = [] if chromium.sandboxed() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=switches)
        tab = browser.new_page()
        tab.on("dialog", shown)
        tab.on("framenavigated", lambda frame: happened.append(frame.url))
        tab.goto(page.as_uri())
        tab.wait_for_timeout(seconds * 1000)
        browser.close()
    return happened


@pytest.mark.slow
@pytest.mark.browser
@IN_BROWSER[1]
def test_script_and_style_in_a_page_do_nothing_in_the_report(tmp_path: Path) -> None:
    with wire({}) as canary:
        said = html.escape(evil(canary.url))
        address = f"/goods/2?x={quote(evil(canary.url))}"
        page = medical(2, f"演示体温计{said}", f"治愈率高达98%{said}\x1b]0;evil\x07\x1b[2J", f"演示{said}店")
        pages: dict[str, Route] = {address: reply(page.encode(), extra=f"X-Evil: {evil(canary.url)}\r\n")}
        with shop_and_canary(pages) as (shop, _):
            seen = scan(tmp_path / "home", shop)
        found = packages(seen, tmp_path / "out")
        reports = [made / "report.html" for made in found]
        assert any(b"7*7" in report.read_bytes() for report in reports)
        for report in reports:
            assert b"Content-Security-Policy" in report.read_bytes()
            assert opened(report) == [report.as_uri()]
        # For people: nothing that a terminal obeys.
        shown = [qingwang(seen.home.root, "leads", "show", str(number)).out for number in seen.done.json["leads"][:2]]
        assert not any("\x1b" in text or "\x07" in text for text in shown)
        assert canary.connections == 0
        # The same text taken for HTML does act.
        acting = tmp_path / "acting.html"
        acting.write_text(f"<meta charset=utf-8><title>{evil(canary.url)}", encoding="utf-8")
        assert "dialog 1" in opened(acting)
        assert canary.connections > 0
    assert seen.outcomes[address.replace("'", "%27")] == "read"
    assert (seen.done.code, seen.done.json["state"]) == (0, "complete")
    assert seen.read_the_good_one


NAMES = (
    "..%2f..%2f..%2f..%2fescaped", "%2e%2e/%2e%2e/%2e%2e/escaped", "..%5c..%5c..%5cescaped", "a%00b", "%00",
    "a" * 1500, "%E6%BC%94" * 150, "CON", "C:%5cescaped", "%2ftmp%2fescaped", "2?id=..%2f..%2f..%2fescaped",
    "3?id=%00..%2fescaped", "....//....//escaped", "a%0d%0aX-Evil:%201", "~%2f.ssh", "%252e%252e%252fescaped",
)  # fmt: skip


def tree(folder: Path, *without: Path) -> dict[str, bytes]:
    """All files below a folder that are not below one of these, with what is in them."""
    return {
        str(path): path.read_bytes() for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(path.is_relative_to(other) for other in without)
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("render", LANES)
def test_no_name_leads_out_of_the_home_and_the_package(render: str, tmp_path: Path) -> None:
    """Addresses, ids, names of pictures and of files to save that step up, are absolute, too long or hold a NUL."""
    deep = tmp_path / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "escaped").write_bytes(b"as it was")
    home, out = deep / "home", deep / "out"
    pages: dict[str, Route] = {}
    for number, name in enumerate(NAMES, start=2):
        data = {"@context": "https://schema.org", "@type": "Product", "name": f"演示体温计{number}号",
                "sku": f"../../../../escaped{number}", "productID": "/tmp/escaped\\..\\x", "mpn": "a\0b",
                "image": f"/img/{name}.png"}  # fmt: skip
        more = f"<img src='/img/{name}.png'><img src='/img/../../../escaped.png'>"
        page = medical(number, f"演示体温计{number}号", more, "../../../escaped")
        page = page.replace("</body>", f"<script type=application/ld+json>{json.dumps(data)}</script></body>")
        saved = 'Content-Disposition: attachment; filename="../../../escaped"\r\n' if number % 4 == 0 else ""
        pages[f"/goods/{name}"] = reply(page.encode(), extra=saved)
    pages["/goods/save"] = reply(b"MZ", type_="application/octet-stream",
                                 extra='Content-Disposition: attachment; filename="../../../../escaped"\r\n')  # fmt: skip
    before = tree(tmp_path, home, out)
    with shop_and_canary(pages) as (shop, _):
        seen = scan(home, shop, render=render)
        asked = shop.paths()
    made = packages(seen, out, "--zip")
    assert len([path for path in asked if path.startswith("/goods/")]) >= len(NAMES)
    assert tree(tmp_path, home, out) == before
    near = (ROOT, ROOT.parent, Path(tempfile.gettempdir()), Path("/tmp"), Path.home())
    assert not [path for folder in near for path in folder.iterdir() if "escaped" in path.name]
    for path in made:
        assert path.parent == out
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            with package.open(next(name for name in names if name.endswith("pages.wacz"))) as inner:
                names += zipfile.ZipFile(io.BytesIO(inner.read())).namelist()
        assert not [
            name
            for name in names
            if name.startswith("/") or ".." in name.split("/") or "\\" in name or "escaped" in name
        ]
    assert sum("演示体温计" in title for title in seen.titles) >= len(NAMES) // 2
    assert seen.read_the_good_one
    assert (seen.done.code, seen.done.json["state"]) == ((3, "incomplete") if seen.lost else (0, "complete"))
