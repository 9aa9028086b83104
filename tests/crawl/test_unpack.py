"""Content codings in a crawl: what comes off is read, what does not is lost by name, and never read in part."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]
import pytest

from scanner.home import Home
from scanner.store.book import Book
from tests import warcs
from tests.crawl.wire import Route, Script, reply, wire
from tests.running import qingwang

CLAIM = "治愈率高达99%"  # in the first half of each page
LINE = "<p>双层不锈钢内胆，保温十二小时，杯盖可以当杯子用。</p>"


def page(number: int) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示保温杯{number}</title></head><body><h1>演示保温杯{number}</h1>"
        f"<p class=price>¥{number}9.90</p><p>{CLAIM}</p>{''.join(LINE for _ in range(number * 40))}<button>加入购物车</button></body></html>"
    ).encode()


def coded(body: bytes, coding: str) -> bytes:
    return reply(body, extra=f"Content-Encoding: {coding}\r\n")


BUSY = reply(gzip.compress(b"busy" * 99)[:20], status="503 Busy", extra="Content-Encoding: gzip\r\nRetry-After: 1\r\n")


def busy_at_first(then: bytes) -> Route:
    answers = iter((BUSY, then))

    def told(_: bytes) -> Script:
        yield next(answers)

    return told


PAGES: dict[str, Route] = {
    "/goods/1": coded(gzip.compress(page(1)), "gzip"),
    "/goods/2": coded(brotli.compress(gzip.compress(page(2))), "gzip, br"),
    "/goods/3": coded(page(3), "UTF-8"),  # the characters' encoding, where no coding is
    "/goods/4": coded(gzip.compress(page(4))[:200], "gzip"),  # cut, with a length that agrees
    "/goods/5": coded(gzip.compress(page(5))[:-8] + bytes(8), "gzip"),  # all of it, with a wrong check sum
    "/goods/6": coded(zlib.compress(page(6))[:-6], "deflate"),
    "/goods/7": coded(page(7), "rot13"),
    "/goods/8": busy_at_first(coded(gzip.compress(page(8)), "gzip")),  # what a status says counts, whatever its body is
}
READ = ["/goods/1", "/goods/2", "/goods/3", "/goods/8"]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    cards = "".join(
        f"<li><a href='{path}'><img src=/x.svg>演示保温杯</a> ¥{n}9.90</li>" for n, path in enumerate(PAGES, 1)
    )
    front = reply(
        f"<html><head><meta charset=utf-8><title>演示商城</title></head><body><ul>{cards}</ul></body></html>".encode()
    )
    home = Home(tmp_path_factory.mktemp("unpack") / "home")
    with wire({**PAGES, "/": front}) as shop:
        done = qingwang(home.root, "scan", f"{shop.url}/", "--allow-private", shop.place, "--render", "never", "--json")
        assert (done.code, done.json["state"]) == (3, "incomplete"), done.err
        asked = shop.read("/goods/1").lower()
        assert b"accept-encoding: gzip, deflate, br, zstd\r\n" in asked
        yield home, shop.url


def test_what_comes_off_is_read_and_what_does_not_is_lost_by_name(scanned: tuple[Home, str]) -> None:
    home, shop = scanned
    with Book.open(home.book) as book:
        assert sorted(one.subject.url.removeprefix(shop) for one in book.listings()) == READ
    (ended,) = [line for line in warcs.lines(home) if line["event"] == "crawl_ended"]
    assert {url.removeprefix(shop): why for url, why in ended["lost"]} == {
        "/goods/4": "声明为 gzip 的内容解不开",
        "/goods/5": "声明为 gzip 的内容解不开",
        "/goods/6": "声明为 deflate 的内容解不开",
        "/goods/7": "不认识的内容编码 rot13",
    }


def test_the_archive_holds_what_came_and_rebuild_reads_it_the_same(scanned: tuple[Home, str]) -> None:
    home, _ = scanned
    assert warcs.faults(home) == []
    done = qingwang(home.root, "rebuild", "--json")
    assert (done.code, done.json["otherwise"], done.json["troubles"]) == (0, 0, []), done.err
