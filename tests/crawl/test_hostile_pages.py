"""Pages made to harm whoever reads them, against the whole program: the attack does not work, the shop's other pages are
read all the same, and what became of the hostile one is named.

A shop and a canary listen on two ports of loopback; a scan may reach the shop's port only. A canary that was called says
that a page chose whom we talk to.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd

from scanner.home import Home
from tests import warcs
from tests.crawl.wire import Route, Wire, reply, wire
from tests.running import ROOT, Done, command, environment, qingwang
from tests.schemas import conform

pytestmark = pytest.mark.timeout(600)

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
    titles: list[str]

    @property
    def read_the_good_one(self) -> bool:
        return "演示保温杯 1号" in self.titles

    def holds(self, secret: bytes) -> bool:
        """Whether the archive or the book holds what a page should not have got hold of."""
        book = self.home.book.read_bytes()
        return secret in book or any(secret in record.block for record in warcs.records(self.home))


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


def measured(home: Path, shop: Wire, *more: str) -> tuple[Scanned, float]:
    """A scan in the fast lane, and the most memory (bytes) that its process and those it started held at one time,
    the largest of them counted."""
    run = subprocess.Popen(command(home, *words_of(shop, *more)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           env=environment(), cwd=ROOT)  # fmt: skip
    assert run.stdout is not None and run.stderr is not None
    out, err = run.stdout.read(), run.stderr.read()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    return told(home, shop, Done(run.returncode, out, err)), usage.ru_maxrss * 1024


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
        titles=[row["title"]["text"] for row in listings],
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
        return compressor.process(begun + zeros) + compressor.finish()
    if coding == "zstd":
        return zstd.compress(begun + zeros, 1)
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
