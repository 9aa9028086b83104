"""Requests an attacker's page could make the browser send, answers a hostile server could give, sizes, ends."""

from __future__ import annotations

import gzip
import importlib
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.crawl.proxy.http import Body, answer, asked, head_to_browser, request_to_shop
from scanner.crawl.proxy.size import Size
from scanner.errors import InputError
from scanner.evidence.wire import http

zstd = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
GET = b"GET http://shop.example/ HTTP/1.1\r\nHost: shop.example\r\n"

BAD = {
    "two lengths": GET + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
    "two different lengths": GET + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
    "a list of lengths": GET + b"Content-Length: 3, 3\r\n\r\n",
    "a signed length": GET + b"Content-Length: +3\r\n\r\n",
    "a hexadecimal length": GET + b"Content-Length: 0x3\r\n\r\n",
    "an empty length": GET + b"Content-Length:\r\n\r\n",
    "a length of many digits": GET + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "a transfer coding": GET + b"Transfer-Encoding: chunked\r\n\r\n",
    "a transfer coding and a length": GET + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an obscure transfer coding": GET + b"Transfer-Encoding: xchunked\r\n\r\n",
    "a space before the colon": GET + b"Content-Length : 3\r\n\r\n",
    "a folded line": GET + b"X-A: 1\r\n 2\r\n\r\n",
    "a bare line feed": GET + b"X-A: 1\nTransfer-Encoding: chunked\r\n\r\n",
    "a bare carriage return": GET + b"X-A: 1\rB: 2\r\n\r\n",
    "a NUL": GET + b"X-A: \x00\r\n\r\n",
    "a line without a colon": GET + b"rubbish\r\n\r\n",
    "an empty name": GET + b": x\r\n\r\n",
    "no host": b"GET http://shop.example/ HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: other.example\r\n\r\n",
    "a second space": b"GET  http://shop.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a space in the target": b"GET http://shop.example/a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a fragment": b"GET http://shop.example/#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2": b"GET http://shop.example/ HTTP/2.0\r\nHost: a\r\n\r\n",
    "no version": b"GET http://shop.example/\r\nHost: a\r\n\r\n",
    "an unknown method": b"TRACE http://shop.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a lower-case method": b"get http://shop.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a byte beyond ASCII in the target": "GET http://shop.example/é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "many headers": GET + b"X-A: 1\r\n" * 200 + b"\r\n",
    "a long head": GET + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n",
    "half a head": GET,
    "nothing": b"",
}


@pytest.mark.parametrize("head", BAD.values(), ids=BAD.keys())
def test_a_request_that_two_could_read_differently_is_refused(head: bytes) -> None:
    with pytest.raises(InputError):
        asked(head)


def test_a_browsers_request_is_sent_on_in_its_order_on_a_connection_of_its_own() -> None:
    request = asked(
        b"POST http://shop.example/api?a=1&a=2 HTTP/1.1\r\nHost: shop.example\r\nProxy-Connection: keep-alive\r\n"
        b"Content-Length: 3\r\nX-zEd: 1\r\nX-Zed: \xb2\xe2\r\nProxy-Authorization: Basic x\r\nTE: trailers\r\n"
        b"Upgrade-Insecure-Requests: 1\r\nCookie: a=b\r\n\r\n"
    )
    assert (request.method, request.length, request.host) == ("POST", 3, "shop.example")
    assert request_to_shop(request, "api?a=1&a=2") == (
        b"POST /api?a=1&a=2 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 3\r\nX-zEd: 1\r\n"
        b"X-Zed: \xb2\xe2\r\nUpgrade-Insecure-Requests: 1\r\nCookie: a=b\r\n\r\n"
    )


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_being_refused(data: bytes) -> None:
    for head in (data, data + b"\r\n\r\n", GET + data + b"\r\n\r\n"):
        try:
            request = asked(head)
        except InputError:
            continue
        sent = request_to_shop(request, "x")
        assert sent.endswith(b"\r\n\r\n")
        assert sent.count(b"\r\n\r\n") == 1
        assert sent.lower().count(b"\r\nconnection:") == 1


def test_the_head_for_the_browser_loses_only_what_is_the_connections() -> None:
    received = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 \xba\xc3\r\nSet-Cookie: a=1\r\nConnection: keep-alive,\r\n"
        b" x\r\nKeep-Alive: timeout=5\r\nX-multi: 1\r\nSet-Cookie: b=2\r\nX-Fold: 1\r\n 2\r\nno colon\r\n\r\nbody"
    )
    found = http.head(received)
    assert head_to_browser(received, found) == (
        b"HTTP/1.1 200 \xba\xc3\r\nSet-Cookie: a=1\r\nX-multi: 1\r\nSet-Cookie: b=2\r\nX-Fold: 1\r\n 2\r\nno colon\r\n"
        b"Connection: close\r\n\r\n"
    )


def test_an_answer_of_our_own_is_a_whole_answer() -> None:
    made = answer(403, "Forbidden", "不访问内网地址", "secret-1")
    head = http.head(made)
    assert (head.status, head.all(b"x-qingwang")) == (403, (b"secret-1",))
    assert http.entity(made, head).body.decode() == "不访问内网地址"


# --- where a body ends -----------------------------------------------------------------------------------------------


def body_of(head: bytes, *, method: str = "GET") -> Body:
    return Body(method, http.head(head))


ENDS = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello", b"hello", True),
    "no length": (b"HTTP/1.1 200 OK\r\n\r\n", b"hello", b"hello", False),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", b"hello", True),
    "chunks with a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n", b"hello", True,
    ),
    "chunks and a length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"hello", True,
    ),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", b"hello", b"hello", False),
    "the same length twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", b"hello", b"hello", True),
    "nothing": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", b"", True),
    "304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"", b"", True),
}  # fmt: skip


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("name", ENDS)
def test_a_body_ends_where_its_framing_says_however_it_arrives(name: str, step: int) -> None:
    head, raw, entity, ends = ENDS[name]
    body, out = body_of(head), b""
    for at in range(0, len(raw), step):
        assert not body.done
        out += body.feed(raw[at : at + step])
    assert (out, body.done) == (entity, ends)
    assert body.whole


def test_a_cut_body_is_not_whole() -> None:
    for head, raw in (
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hell"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhell"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n0\r\n"),
    ):
        body = body_of(head)
        body.feed(raw)
        assert (body.done, body.whole) == (False, False)


def test_an_answer_to_head_has_no_body() -> None:
    assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD").done


@given(st.binary(max_size=200), st.integers(1, 9))
def test_no_chunk_framing_breaks_the_counting(raw: bytes, step: int) -> None:
    body = body_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for at in range(0, len(raw), step):
        if body.done:
            break
        body.feed(raw[at : at + step])
    whole = body_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    whole.feed(raw)
    assert body.done is whole.done  # however the bytes are cut


# --- sizes -----------------------------------------------------------------------------------------------------------

RAW = bytes(range(256)) * 4000  # 1 MB
CODED = {
    "gzip": gzip.compress(RAW), "deflate": zlib.compress(RAW), "br": brotli.compress(RAW), "zstd": zstd.compress(RAW),
    "gzip, br": brotli.compress(gzip.compress(RAW)), "identity": RAW, "unknown": RAW, "": RAW,
    "Deflate": zlib.compress(RAW, wbits=-15), "x-gzip": gzip.compress(RAW[:1000]) + gzip.compress(RAW[1000:]),
}  # fmt: skip


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("step", [1000, 10_000_000])
def test_the_decoded_size_is_counted_exactly(coding: str, step: int) -> None:
    data = CODED[coding]
    for cap, over in ((len(RAW), False), (len(RAW) - 1, True)):
        size = Size((coding.encode(),), cap)
        for at in range(0, len(data), step):
            size.feed(data[at : at + step])
        assert size.over is over


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_bomb_is_noticed_after_its_first_pieces(coding: str) -> None:
    zeros = bytes(40_000_000)
    packed = {
        "gzip": gzip.compress,
        "br": lambda b: brotli.compress(b, quality=5),
        "zstd": zstd.compress,
        "deflate": zlib.compress,
    }
    size = Size((coding.encode(),), 1_000_000)
    assert size.feed(packed[coding](zeros))


def test_many_layers_are_a_bomb_by_themselves() -> None:
    assert Size((b"gzip, gzip", b"gzip, gzip"), 10**9).over


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=200))
def test_damaged_bodies_just_end(coding: str, data: bytes) -> None:
    size = Size((coding.encode(),), 10**10)
    size.feed(data)
    size.feed(CODED[coding][:50] + data)
    assert not size.over  # damage is no bomb
