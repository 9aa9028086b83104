"""Exchanges whose recording holds HTTP as bytes: a request and its answer as they went over the wire.

Owns: taking both apart into plain values. Leaves to others: where the bytes lie (``saz``, ``warcfile``), HTTP itself
(``evidence.http``), credentials (``scrub``).
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake.recorded import (
    MAX_BODY,
    Headers,
    Recorded,
    Unusable,
    check_address,
    checked_method,
    digested,
    escaped,
    unpacked,
)

_GET = "GET"


def text(raw: bytes) -> str:
    """A header's bytes as text: UTF-8, which browsers send, else one character a byte.

    >>> text("演示".encode()), text(b"caf\\xe9")
    ('演示', 'café')
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def headers(pairs: http.Pairs) -> Headers:
    return tuple((text(name), text(value)) for name, value in pairs if name and not name.startswith(b":"))


def exchange(
    url: str, sent: bytes, received: bytes, *, started: datetime, ended: datetime | None = None, ip: str = "",
    keep: bool = False, remarks: tuple[tuple[str, str], ...] = (),
) -> Recorded:  # fmt: skip
    """One exchange. ``keep``: the bytes are those of the wire and may be sealed as they are. ``sent`` may be empty
    where the file holds no request; nothing is written in its place. Raises Unusable."""
    if not digested(url):
        url = escaped(url)
        check_address(url)
    if not sent:
        remarks = (*remarks, ("request", "not in the file"))
    try:
        asked = http.request(sent) if sent else None
    except InputError as broken:
        raise Unusable(url, f"请求已损坏：{broken.message}") from broken
    method = checked_method(asked.method if asked else _GET, url)
    if not received:
        raise Unusable(url, "没有收到应答（被拦截、取消或者网络中断）")
    try:
        found = http.head(received)
        whole = http.entity(received, found, method=method)
    except InputError as broken:
        raise Unusable(url, f"应答已损坏：{broken.message}") from broken
    if whole.fault:
        raise Unusable(url, f"应答已损坏：{whole.fault}")
    if found.status == 304:
        raise Unusable(url, "内容来自录制浏览器的缓存（304），没有录下来；清空缓存后重新录制")
    if len(whole.body) > MAX_BODY:
        raise Unusable(url, f"应答正文超过 {MAX_BODY // 1024 // 1024} MB")
    body = unpacked(whole.body, found.all(b"content-encoding"), url)
    own = (found.all(b"content-type") or (b"",))[0]
    return Recorded(
        url=url, method=method, started=started, ended=max(started, ended or started),
        sent_version="", sent_headers=headers(asked.headers) if asked else (), sent_body=asked.body if asked else b"",
        status=found.status, reason=text(found.reason).strip(), received_version=f"HTTP/{found.version.decode()}",
        received_headers=headers(found.headers), media_type=text(own), body=body, ip=ip[:64],
        port=urlsplit(url).port or (443 if url.lower().startswith("https:") else 80), remarks=remarks,
        asked=asked is not None, wire=(sent, received) if keep else None,
    )  # fmt: skip
