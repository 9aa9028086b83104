"""Raw received bytes to status, headers and entity: exact, bounded, never a traceback."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.evidence.wire import http


def test_repeated_headers_stay_repeated_and_in_order() -> None:
    head = http.head(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: y\r\nset-cookie:  b=2 \r\n\r\n")
    assert head.headers == ((b"Set-Cookie", b"a=1"), (b"X", b"y"), (b"set-cookie", b"b=2"))
    assert head.all(b"set-cookie") == (b"a=1", b"b=2")


def test_gbk_reason_phrase_stays_bytes() -> None:
    head = http.head("HTTP/1.1 404 页面不存在\r\nX-Info: 中文\r\n\r\n".encode("gbk"))
    assert (head.status, head.reason) == (404, "页面不存在".encode("gbk"))
    assert head.headers == ((b"X-Info", "中文".encode("gbk")),)


def test_early_hints_come_before_the_answer() -> None:
    received = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody"
    )
    head = http.head(received)
    assert head.informational == (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n")
    assert (head.status, received[head.start :][:15], received[head.body :]) == (200, b"HTTP/1.1 200 OK", b"body")


def test_switching_protocols_is_final() -> None:
    assert http.head(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00").status == 101


@pytest.mark.parametrize(
    ("received", "body", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", b"body", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\nbody", b"body", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more", b"body", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", b"body", "内容不完整：应有 9 字节，收到 4 字节"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody", b"body", "Content-Length 有误"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody", b"body", "Content-Length 有误"),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end", ""),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody", b"", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nbody\r\n2\r\n!!\r\n0\r\n\r\n", b"body!!", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\nbody\n0\n\n", b"body", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbody", b"body", "分块传输的内容不完整"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
            b"body",
            "分块传输的内容不完整或者有误",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody", b"", "分块传输的内容不完整或者有误"),
    ],
)
def test_entity(received: bytes, body: bytes, fault: str) -> None:
    entity = http.entity(received, http.head(received))
    assert (entity.body, entity.fault) == (body, fault)


def test_trailers() -> None:
    received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 9\r\nX-More: 1\r\n\r\n"
    assert http.entity(received, http.head(received)).trailers == ((b"X-Sum", b"9"), (b"X-More", b"1"))


def test_answer_to_head_has_no_entity() -> None:
    received = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    assert http.entity(received, http.head(received), method="HEAD") == http.Entity(body=b"")


def test_million_one_byte_chunks_stop_at_the_cap() -> None:
    received = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * (http.MAX_CHUNKS + 1)
    entity = http.entity(received, http.head(received))
    assert (len(entity.body), entity.fault) == (http.MAX_CHUNKS, "分块过多")


@pytest.mark.parametrize(
    "received",
    [
        b"", b"\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nServ", b"<html></html>", b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50, b"HTTP/1.1 200 OK\r\nA: " + b"x" * (http.MAX_HEAD + 1) + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_rubbish_is_an_input_error(received: bytes) -> None:
    with pytest.raises(InputError):
        http.head(received)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_an_answer_or_an_input_error(rubbish: bytes) -> None:
    for received in (
        rubbish,
        b"HTTP/1.1 200 OK\r\n" + rubbish,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + rubbish,
    ):
        try:
            head = http.head(received)
        except InputError:
            continue
        assert len(http.entity(received, head).body) <= len(received)


def test_a_whole_answer_in_one_step() -> None:
    packed = gzip.compress(b"page")
    received = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    found = http.response(received)
    assert (found.status, found.entity, found.body) == (200, packed, b"page")
    with pytest.raises(InputError, match="内容不完整"):
        http.response(received[:-1])
    with pytest.raises(InputError, match="上限"):
        http.response(received, cap=3)


def test_a_request() -> None:
    asked = http.request(b"POST /a?b=%d6 HTTP/1.1\r\nHost: x\r\n\r\nid=1")
    assert (asked.method, asked.target, asked.headers, asked.body) == ("POST", b"/a?b=%d6", ((b"Host", b"x"),), b"id=1")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost", b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n"])
def test_no_request(sent: bytes) -> None:
    with pytest.raises(InputError):
        http.request(sent)
