"""The tap keeps what went over the wire to the byte, in both directions, whatever the answer looks like."""

from __future__ import annotations

import gzip

import pytest

from scanner.home import Home
from tests import warcs
from tests.crawl.site import Site, answer, serving
from tests.running import qingwang

BODY = gzip.compress("<html><title>演示</title><p>页面</p></html>".encode())
ODD = {
    "/two-cookies": answer(b"<p>x</p>", extra=b"Set-Cookie: a=1\r\nX-Zed: 1\r\nset-cookie: b=2\r\nX-zED: 2\r\n"),
    "/gzip": answer(BODY, extra=b"Content-Encoding: gzip\r\n"),
    "/chunked": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n"
    b"Connection: close\r\n\r\n4\r\n<p>a\r\n4;x=y\r\n</p>\r\n0\r\nT: 1\r\n\r\n",
    "/gbk-reason": "HTTP/1.1 200 好的\r\nContent-Type: text/html\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc".encode(
        "gbk"
    ),
    "/no-colon": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nbroken line\r\nContent-Length: 3\r\n"
    b"Connection: close\r\n\r\nabc",
    "/old": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>until close</p>",
    "/?q=%B2%E2&q=2&a=": answer(b"<p>query kept</p>"),
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\nConnection: close\r\n\r\n<p>cut",
    "/moved": answer(b"gone on", status="302 Found", extra=b"Location: /two-cookies\r\n"),
}


def captured(home: Home) -> dict[str, list[tuple[bytes, bytes]]]:
    """Path -> (request, answer) bytes as the archive holds them, read without our program."""
    held = {(record.file, record.offset): record for record in warcs.records(home)}
    found: dict[str, list[tuple[bytes, bytes]]] = {}
    for line in warcs.lines(home):
        if line["event"] == "capture":
            blocks = {place["type"]: held[place["file"], place["offset"]].block for place in line["records"]}
            path = "/" + line["capture"]["url"].split("/", 3)[3]
            found.setdefault(path, []).append((blocks.get("request", b""), blocks.get("response", b"")))
    return found


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Home]:
    home = Home(tmp_path_factory.mktemp("home"))
    with serving(dict(ODD)) as site:
        urls = [site.url + path for path in ODD]
        done = qingwang(home.root, "scan", *urls, "--json", "--render", "never", "--allow-private", "127.0.0.1")
        assert done.code in (0, 3), done.err
    return site, home


@pytest.mark.parametrize("path", ODD)
def test_the_bytes_are_the_servers(path: str, crawled: tuple[Site, Home]) -> None:
    site, home = crawled
    on_the_wire = sorted((asked, sent) for seen, asked, sent in site.wire if seen == path)
    assert on_the_wire != []
    assert sorted(captured(home)[path]) == on_the_wire


def test_robots_was_asked_for_and_sealed(crawled: tuple[Site, Home]) -> None:
    site, home = crawled
    assert [path for path, _, _ in site.wire].count("/robots.txt") == 1
    assert len(captured(home)["/robots.txt"]) == 1


def test_lines_and_records_agree_for_others_too(crawled: tuple[Site, Home]) -> None:
    site, home = crawled
    assert warcs.faults(home) == []
    assert warcs.readable(home) == 2 * len(site.wire) + 1  # request and answer each, and the warcinfo


def test_a_cut_page_is_sealed_as_cut_and_not_read(crawled: tuple[Site, Home]) -> None:
    site, home = crawled
    rows = qingwang(home.root, "captures", "list", "--json").rows
    assert {row["outcome"] for row in rows if row["url"].endswith("/cut")} == {"error"}
    tried = [path for path, _, _ in site.wire].count("/cut")
    words = [record.truncated for record in warcs.records(home) if record.uri.endswith("/cut")]
    assert sorted(words) == sorted([*["disconnect"] * tried, *[""] * tried])  # answers and requests
