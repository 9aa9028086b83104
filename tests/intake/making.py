"""Recordings for tests, written as the recorders write them."""

from __future__ import annotations

import base64
import io
import json
import quopri
import zipfile
from pathlib import Path
from typing import Any

from warcio.warcwriter import WARCWriter

SHOP = "https://shop.example"


def pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def entry(
    url: str = f"{SHOP}/p/1", *, method: str = "GET", sent: dict[str, str] | None = None, post: Any = None,
    status: int = 200, received: dict[str, str] | None = None, text: str | None = "{}",
    mime: str = "application/json; charset=utf-8", **content: Any,
) -> dict[str, Any]:  # fmt: skip
    """One entry; ``content`` overrides what the recorder noted of the body, ``text=None`` leaves the body out."""
    headers = {"Content-Type": mime} if received is None else received
    body: dict[str, Any] = {"size": len(text or ""), "mimeType": mime, **content}
    if text is not None:
        body["text"] = text
    request: dict[str, Any] = {"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": pairs(sent or {})}
    if post is not None:
        request["postData"] = post
    return {
        "startedDateTime": "2026-11-22T10:22:05.151637+08:00", "time": 12.5, "request": request,
        "response": {"status": status, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": pairs(headers),
                     "content": body},
        "serverIPAddress": "192.0.2.7",
    }  # fmt: skip


def har(*entries: Any, **log: Any) -> str:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "演示录制", "version": "1"}, **log, "entries": entries}}
    )


def written(folder: Path, *entries: Any, name: str = "会话.har", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(har(*entries).encode(encoding))
    return path


# --- mitmproxy flows ---------------------------------------------------------------------------------------------------


def tnet(value: Any) -> bytes:
    """A value as mitmproxy writes it."""
    if isinstance(value, dict):
        return _tagged(b"".join(tnet(key) + tnet(inner) for key, inner in value.items()), b"}")
    if isinstance(value, list | tuple):
        return _tagged(b"".join(map(tnet, value)), b"]")
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        return _tagged(b"true" if value else b"false", b"!")
    if isinstance(value, int):
        return _tagged(b"%d" % value, b"#")
    if isinstance(value, float):
        return _tagged(repr(value).encode(), b"^")
    return _tagged(value, b",") if isinstance(value, bytes) else _tagged(value.encode(), b";")


def _tagged(data: bytes, tag: bytes) -> bytes:
    return b"%d:%s%s" % (len(data), data, tag)


def flow(
    path: str = "/p/1", body: bytes | None = b"{}", *, request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None, **changes: Any,
) -> dict[str, Any]:  # fmt: skip
    """A flow of mitmproxy 11 (format version 20); ``request`` and ``response`` override what they name."""
    asked = {
        "method": b"GET", "scheme": b"https", "host": "192.0.2.7", "port": 443, "authority": b"", "path": path.encode(),
        "http_version": b"HTTP/2.0", "headers": [[b"host", b"shop.example"], [b"accept", b"*/*"]], "content": b"",
        "trailers": None, "timestamp_start": 1795314125.5, "timestamp_end": 1795314125.6,
    }  # fmt: skip
    answered = {
        "http_version": b"HTTP/2.0", "status_code": 200, "reason": b"", "content": body, "trailers": None,
        "headers": [[b"content-type", b"application/json; charset=utf-8"]],
        "timestamp_start": 1795314125.7, "timestamp_end": 1795314126.25,
    }  # fmt: skip
    return {
        "version": 20, "type": "http", "id": "a", "error": None, "websocket": None,
        "server_conn": {"peername": ["192.0.2.7", 443], "address": ["shop.example", 443]},
        "request": asked | (request or {}), "response": answered | (response or {}), **changes,
    }  # fmt: skip


def old_flow() -> dict[bytes, Any]:
    """A flow as mitmproxy 0.14 wrote it: keys are bytes, versions lists, ``msg`` and ``code``."""
    return {
        b"version": [0, 14], b"type": b"http", b"error": None,
        b"server_conn": {b"address": {b"address": [b"192.0.2.9", 80], b"use_ipv6": False}},
        b"request": {
            b"method": b"POST", b"scheme": b"http", b"host": b"shop.example", b"port": 8080, b"path": b"/api?x=1",
            b"httpversion": [1, 1], b"headers": [[b"Accept", b"*/*"]], b"content": b"id=1",
            b"timestamp_start": 1448159000.0, b"timestamp_end": 1448159000.1,
        },
        b"response": {
            b"httpversion": [1, 0], b"code": 200, b"msg": b"OK", b"content": "演示".encode("gbk"),
            b"headers": [[b"Content-Type", b"text/html; charset=gbk"]], b"timestamp_end": 1448159001.0,
        },
    }  # fmt: skip


# --- other formats -----------------------------------------------------------------------------------------------------

META = (
    '<?xml version="1.0" encoding="utf-8"?><Session SID="1"><SessionTimers ClientConnected="2026-11-22T10:22:05.1+08:00" '
    'ClientBeginRequest="2026-11-22T10:22:05.1516370+08:00" ServerDoneResponse="2026-11-22T10:22:06.1516370+08:00" />'
    '<SessionFlags><SessionFlag N="x-hostip" V="192.0.2.7" /></SessionFlags></Session>'
)


def answer(body: bytes, mime: str = "text/html; charset=utf-8", *headers: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Type: {mime}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def request(url: str = f"{SHOP}/p/1", *headers: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", "Host: shop.example", *headers, "", ""]).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def saz(*sessions: tuple[bytes, bytes], meta: str = META) -> bytes:
    """A Fiddler archive of (request, answer) pairs."""
    members = {"[Content_Types].xml": b"<Types/>", "_index.htm": b"<html></html>"}
    for number, (sent, received) in enumerate(sessions, start=1):
        members |= {
            f"raw/{number:02}_c.txt": sent,
            f"raw/{number:02}_m.xml": meta.encode(),
            f"raw/{number:02}_s.txt": received,
        }
    return zipped(members)


def warc(*pairs: tuple[str, bytes, bytes], gzip: bool = True, version: str = "WARC/1.0") -> bytes:
    """A WARC file as warcio writes it: for each (url, request, answer) the answer and then its request."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzip, warc_version=version)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "演示归档 1"}))
    for url, sent, received in pairs:
        date = {"WARC-Date": "2026-11-22T02:22:05Z", "WARC-IP-Address": "192.0.2.7"}
        made = writer.create_warc_record(
            url, "response", payload=io.BytesIO(received), length=len(received), warc_headers_dict=dict(date),
            warc_content_type="application/http; msgtype=response",
        )  # fmt: skip
        writer.write_record(made)
        if sent:
            asked = writer.create_warc_record(
                url, "request", payload=io.BytesIO(sent), length=len(sent), warc_content_type="application/http; msgtype=request",
                warc_headers_dict=date | {"WARC-Concurrent-To": made.rec_headers.get_header("WARC-Record-ID")},
            )  # fmt: skip
            writer.write_record(asked)
    return out.getvalue()


def mhtml(page: str, *, url: str = f"{SHOP}/p/1", picture: bytes = b"\x89PNG\r\n\x1a\n") -> bytes:
    """A page as Chrome saves it: the document in quoted-printable, a picture in base64, a style sheet of its own."""
    parts = [
        ("text/html", "quoted-printable", url, quopri.encodestring(page.encode())),
        ("image/png", "base64", f"{SHOP}/1.png", base64.encodebytes(picture)),
        ("text/css", "quoted-printable", "cid:css-1@mhtml.blink", b"p { color: red }"),
    ]
    text = (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {url}\r\nSubject: =?utf-8?Q?x?=\r\n"
        "Date: Sun, 22 Nov 2026 10:22:05 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="----MultipartBoundary--x----"\r\n\r\n\r\n'
    ).encode()
    for kind, coding, place, body in parts:
        text += (
            (
                f"------MultipartBoundary--x----\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n"
                f"Content-Location: {place}\r\n\r\n"
            ).encode()
            + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            + b"\r\n"
        )
    return text + b"------MultipartBoundary--x------\r\n"


SRT = """账号：演示养生堂
标题：颈椎治疗仪专场
网址：https://live.example/room/1
时间：2026-11-20 20:00

1
00:12:03,000 --> 00:12:04,500
这款治疗仪治愈率

2
00:12:04,500 --> 00:12:07,000
高达百分之九十八

3
00:12:09,000 --> 00:12:11,000
想要的家人加V咨询，由演示医院提供服务
"""
