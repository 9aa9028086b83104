"""One recorded exchange, checked: what a recorder's entry says, as plain values, or why it cannot be used.

Owns: reading an entry's model into values, deciding what is a failure (no answer, no body kept, a broken time).
Leaves to others: the file (``harfile``), credentials (``scrub``), turning values into bytes (``rebuild``).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pydantic import ValidationError

from scanner import clock
from scanner.errors import InputError
from scanner.evidence.wire import coding
from scanner.intake.harmodel import Entry, Pair

MAX_URL = 64 * 1024
MAX_BODY = 64 * 1024 * 1024
MAX_DURATION = 86_400_000.0  # ms: a day
_DIGESTED = re.compile(r"urn:sha256:[0-9a-f]{64}")
_METHOD = re.compile(r"[A-Z]{1,20}")
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # gzip, zstd; the other codings cannot be told by their bytes
_BODILESS = frozenset({204, 205})
# What may stand unescaped in a URL; the rest, blanks and control characters first of all, is percent-encoded.
_URL_SAFE = "%:/?#[]@!$&'()*+,;=-._~"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One exchange as recorded. ``body`` is text where the recorder had decoded it, bytes where it had not."""

    url: str
    method: str
    started: datetime
    ended: datetime
    sent_version: str
    sent_headers: Headers
    sent_body: str | bytes
    status: int
    reason: str
    received_version: str
    received_headers: Headers
    media_type: str  # as the recorder noted it, with its parameters
    body: str | bytes
    ip: str
    remarks: tuple[tuple[str, str], ...] = ()  # what was made differently from the wire, by name
    port: int = 0
    asked: bool = True  # False: the file holds no request, and none is made up
    wire: tuple[bytes, bytes] | None = None  # sent and received as they went over the wire, where the file holds them


class Unusable(Exception):
    """Why an entry cannot be used, in Chinese; ``url`` as far as it is known, not yet scrubbed."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(why)
        self.url, self.why = url, why


def recorded(value: Any) -> Recorded:
    """An entry's JSON value as values of ours. Raises Unusable."""
    url = _address(value)
    try:
        entry = Entry.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unusable(url, f"记录不完整：{'.'.join(str(step) for step in first['loc'])}") from error
    check_address(url)
    request, response = entry.request, entry.response
    method = checked_method(request.method, url)
    if not 100 <= response.status <= 599:
        raise Unusable(url, "没有收到应答（被拦截、取消或者网络中断）")  # blocked, cancelled or cut off
    started, ended = _times(entry, url)
    sent_body, remarks = _sent_body(entry, url)
    body = _received_body(entry, url, method)
    status, reason = response.status, response.statusText
    if status == 304 and body:
        # The recorder's browser asked whether its copy was still good; the body is that copy, in full.
        status, reason = 200, "OK"
        remarks += (("status_recorded", "304, body from the recording browser's cache"),)
    return Recorded(
        url=url, method=method, started=started, ended=ended,
        sent_version=request.httpVersion, sent_headers=_headers(request.headers), sent_body=sent_body,
        status=status, reason=reason, received_version=response.httpVersion or request.httpVersion,
        received_headers=_headers(response.headers), media_type=response.content.mimeType, body=body,
        ip=entry.serverIPAddress.strip("[] ")[:64], remarks=remarks,
    )  # fmt: skip


def _address(value: Any) -> str:
    """The entry's address, whatever else is wrong with it; "" where there is none."""
    request = value.get("request") if isinstance(value, dict) else None
    url = request.get("url") if isinstance(request, dict) else None
    if not isinstance(url, str):
        raise Unusable("", "记录里没有网址")  # no address in the entry
    return escaped(url)


def escaped(url: str) -> str:
    """An address as recorded with what may not stand in one percent-encoded; cut where it is far too long."""
    return quote(url.strip()[: MAX_URL + 1], safe=_URL_SAFE, errors="replace")


def digested(url: str) -> bool:
    """Whether an address is the digest of a file that nobody knows the address of (``urn:sha256:…``)."""
    return _DIGESTED.fullmatch(url) is not None


def check_address(url: str) -> None:
    """Raise Unusable for an address that is none of the web."""
    if len(url) > MAX_URL:
        raise Unusable(url[:200], "网址过长")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - looking at it checks it
    except ValueError as error:
        raise Unusable(url, "网址有误") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(url, "不是 http 或者 https 网址")


def checked_method(text: str, url: str) -> str:
    """The method of a request, in capitals. Raises Unusable."""
    method = text.strip().upper()
    if not _METHOD.fullmatch(method):
        raise Unusable(url, "请求方法无法辨认")
    return method


def _times(entry: Entry, url: str) -> tuple[datetime, datetime]:
    try:
        started = clock.parse(entry.startedDateTime.strip())
        took = entry.time if 0 <= entry.time <= MAX_DURATION else 0.0  # also catches NaN
        return started.astimezone(UTC), started.astimezone(UTC) + timedelta(milliseconds=took)
    except (ValueError, OverflowError) as error:
        raise Unusable(url, "记录的时间无法辨认，或者没有时区") from error


def _headers(pairs: list[Pair]) -> Headers:
    return tuple((pair.name, pair.value) for pair in pairs if pair.name and not pair.name.startswith(":"))


def _sent_body(entry: Entry, url: str) -> tuple[str | bytes, tuple[tuple[str, str], ...]]:
    post = entry.request.postData
    if post is None:
        return "", ()
    if post.text:
        return (_base64(post.text, url) if post.encoding.lower() == "base64" else post.text), ()
    if not post.params:
        return "", ()
    form = urlencode([(p.name, p.value) for p in post.params], errors="replace")
    return form, (("request_body", "rebuilt from recorded parameters"),)


def _received_body(entry: Entry, url: str, method: str) -> str | bytes:
    content, status = entry.response.content, entry.response.status
    if content.text is None:
        if status == 304:
            raise Unusable(url, "内容来自录制浏览器的缓存（304），没有录下来；清空缓存后重新录制")
        nothing = content.size == 0 or method == "HEAD" or status in _BODILESS or 300 <= status < 400
        if not nothing:
            raise Unusable(url, "录制文件里没有应答正文（录制时没有保存）")  # the body was not kept
        return ""
    if len(content.text) > MAX_BODY:
        raise Unusable(url, f"应答正文超过 {MAX_BODY // 1024 // 1024} MB")
    if content.encoding.lower() == "base64":
        return _packed(_base64(content.text, url), entry.response.headers, url)
    return content.text


def _packed(body: bytes, headers: list[Pair], url: str) -> bytes:
    """``body`` unpacked where the recorder kept it as it was sent: the head says compressed, and so do the bytes."""
    codings = tuple(
        pair.value.encode("utf-8", "replace") for pair in headers if pair.name.lower() == "content-encoding"
    )
    if not codings or not body.startswith(_COMPRESSED):
        return body
    return unpacked(body, codings, url)


def unpacked(body: bytes, codings: tuple[bytes, ...], url: str) -> bytes:
    """``body`` without its content codings. Raises Unusable where they do not come off."""
    try:
        return coding.decode(body, codings, cap=MAX_BODY)
    except InputError as damaged:
        raise Unusable(url, f"应答正文解不开：{damaged.message}") from damaged


def _base64(text: str, url: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unusable(url, "正文的 base64 编码已损坏") from error
