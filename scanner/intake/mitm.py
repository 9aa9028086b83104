"""mitmproxy's flow files (``mitmdump -w``), of all versions that tag their texts: 0.14 (2015) to the present.

Owns: what a flow's fields are called in old and new versions, and which flows are HTTP. Leaves to others: the form of
the file (``tnet``), and all that happens to an exchange afterwards (``recording``).

Versions differ little in what we need: ``version`` is a list of numbers before mitmproxy 3 and one number since;
keys are bytes in the oldest; ``server_conn`` names its address ``address``, ``ip_address`` or ``peername``; HTTP
versions are numbers, later text. Source: mitmproxy/io/compat.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from scanner.errors import InputError
from scanner.intake import tnet
from scanner.intake.brought import Brought
from scanner.intake.recorded import (
    MAX_BODY,
    Headers,
    Recorded,
    Unusable,
    check_address,
    checked_method,
    escaped,
    unpacked,
)
from scanner.intake.wire import text

MAX_FLOWS = 100_000
AGAIN = "请重新导出 mitmproxy 的 flow 文件（mitmdump -w）"
_QUIET = ("dns",)  # what the proxy keeps of itself and no page ever is
_LONGEST = 86_400.0  # seconds


class Mitm:
    """A flow file."""

    recorder = "mitmproxy"

    def __init__(self, file: Brought) -> None:
        self._file = file

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        number = 0
        try:
            for value in tnet.values(self._file.data):
                number += 1
                if number > MAX_FLOWS:
                    raise InputError(f"flow 超过 {MAX_FLOWS} 条", where=self._file.part(number), hint="分几段录制")
                flow = _named(value)
                if not isinstance(flow, dict) or not ({"request", "type"} & set(flow)):
                    raise InputError("这不是 mitmproxy 的 flow 文件", where=self._file.part(number), hint=AGAIN)
                if _text(flow.get("type")) in _QUIET:
                    continue
                try:
                    yield _recorded(flow)
                except Unusable as failure:
                    yield failure
        except tnet.Fault as fault:
            where = f"{self._file.path}，第 {fault.at} 字节"
            raise InputError(f"mitmproxy 的 flow 文件已损坏：{fault.what}", where=where, hint=AGAIN) from fault


def _named(value: Any) -> Any:
    """A flow with text keys, as far down as we read."""
    if isinstance(value, dict):
        return {_text(key): _named(inner) for key, inner in value.items()}
    return value


def _recorded(flow: dict[str, Any]) -> Recorded:
    kind = _text(flow.get("type")) or "http"
    request, response = flow.get("request"), flow.get("response")
    if kind != "http" or not isinstance(request, dict):
        raise Unusable("", f"不是 HTTP（{kind[:20]}）")
    url = _address(request)
    check_address(url)
    method = checked_method(_text(request.get("method")), url)
    if not isinstance(response, dict):
        error = flow.get("error")
        said = _text(error.get("msg"))[:200] if isinstance(error, dict) else ""
        raise Unusable(url, f"没有收到应答（被拦截、取消或者网络中断）{said and '：' + said}")
    started, ended = _times(request, response, url)
    status = response.get("status_code", response.get("code"))
    if not isinstance(status, int) or not 100 <= status <= 599:
        raise Unusable(url, "记录不完整：status_code")
    received = _headers(response.get("headers"), url)
    body = _body(response, received, method, status, url)
    server = flow.get("server_conn")
    return Recorded(
        url=url, method=method, started=started, ended=ended,
        sent_version=_version(request), sent_headers=_headers(request.get("headers"), url),
        sent_body=_asked(request, url), status=status, reason=_text(response.get("reason", response.get("msg")))[:1000],
        received_version=_version(response), received_headers=received,
        media_type=next((v for n, v in received if n.lower() == "content-type"), ""), body=body,
        ip=_ip(server if isinstance(server, dict) else {}),
    )  # fmt: skip


def _address(request: dict[str, Any]) -> str:
    """The address asked for: that of the Host header, as a proxy that redirects knows the server's number only."""
    scheme, host, path = (_text(request.get(name)) for name in ("scheme", "host", "path"))
    port = request.get("port")
    said = _text(request.get("authority")) or next(
        (v for n, v in _headers(request.get("headers"), "") if n.lower() == "host"), ""
    )
    if path.startswith(("http://", "https://")):
        return escaped(path)
    if not scheme or not (host or said):
        raise Unusable("", "记录里没有网址")
    own = {"http": 80, "https": 443}.get(scheme)
    place = said.strip() or (f"[{host}]" if ":" in host else host)
    if not said and isinstance(port, int) and port != own:
        place += f":{port}"
    return escaped(f"{scheme}://{place}{path if path.startswith('/') else '/' + path}")


def _times(request: dict[str, Any], response: dict[str, Any], url: str) -> tuple[datetime, datetime]:
    began, over = request.get("timestamp_start"), response.get("timestamp_end")
    if isinstance(began, bool) or not isinstance(began, int | float) or not math.isfinite(began):
        raise Unusable(url, "记录的时间无法辨认，或者没有时区")
    try:
        started = datetime.fromtimestamp(began, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unusable(url, "记录的时间无法辨认，或者没有时区") from error
    took = over - began if isinstance(over, int | float) and math.isfinite(over) else 0.0
    if not 0 <= took <= _LONGEST:
        return started, started
    return started, datetime.fromtimestamp(began + took, UTC)


def _headers(value: Any, url: str) -> Headers:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_pair(pair) for pair in value):
        raise Unusable(url, "记录不完整：headers")
    named = [(_text(name), _text(inner)) for name, inner in value]
    return tuple((name, inner) for name, inner in named if name and not name.startswith(":"))


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(side, bytes | str) for side in value)


def _asked(request: dict[str, Any], url: str) -> bytes:
    content = request.get("content")
    if content is None:
        return b""
    if not isinstance(content, bytes | str) or len(content) > MAX_BODY:
        raise Unusable(url, "记录不完整：request.content")
    return content if isinstance(content, bytes) else content.encode()


def _body(response: dict[str, Any], headers: Headers, method: str, status: int, url: str) -> bytes:
    content = response.get("content", response.get("raw_content"))
    if content is None:
        if method == "HEAD" or status in (204, 205) or 300 <= status < 304:
            return b""
        raise Unusable(url, "录制文件里没有应答正文（录制时没有保存）")
    if not isinstance(content, bytes | str):
        raise Unusable(url, "记录不完整：response.content")
    raw = content if isinstance(content, bytes) else content.encode()
    if status == 304 and not raw:
        raise Unusable(url, "内容来自录制浏览器的缓存（304），没有录下来；清空缓存后重新录制")
    if len(raw) > MAX_BODY:
        raise Unusable(url, f"应答正文超过 {MAX_BODY // 1024 // 1024} MB")
    return unpacked(raw, tuple(v.encode() for n, v in headers if n.lower() == "content-encoding"), url)


def _ip(server: dict[str, Any]) -> str:
    for name in ("peername", "ip_address", "address"):
        place = server.get(name)
        if isinstance(place, dict):  # the oldest: {address: [host, port], use_ipv6}
            place = place.get("address")
        if isinstance(place, list) and place:
            return _text(place[0])[:64]
    return ""


def _version(side: dict[str, Any]) -> str:
    said = side.get("http_version", side.get("httpversion"))
    if isinstance(said, list):
        return "HTTP/" + ".".join(str(n) for n in said[:2] if isinstance(n, int))
    return _text(said)[:20]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else text(value) if isinstance(value, bytes) else ""
