"""One POST to a time-stamp service, bounded in time and size.

Owns: that nothing the other side does holds us longer than ``seconds`` or makes us read more than ``MAX``; no redirect is
followed, no proxy and no cookie used. Leaves to others: what is sent and what the answer means (``stamp.services``).
Services are named by the installation's own settings, so private addresses are allowed: an office may run one.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.errors import InputError

MAX = 256 * 1024  # bytes of an answer's body


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back with status 200."""

    media_type: str
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Reply:
    """Send ``body`` and return the answer; InputError says in Chinese why there is none."""
    late = threading.Event()
    try:
        with ExitStack() as stack:
            return _exchange(url, body, headers, seconds, late, stack)
    except ssl.SSLError as error:
        why = f"服务的 HTTPS 证书或者连接有问题（{error.reason or '无法核实'}）"
    except TimeoutError:
        late.set()
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = f"连不上服务（{_why(error)}）"
    raise InputError(f"服务没有在 {seconds:g} 秒内答复" if late.is_set() else why)


def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], seconds: float, late: threading.Event, stack: ExitStack
) -> Reply:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    sock = stack.enter_context(socket.create_connection((host, port), timeout=seconds))
    # A socket's own time-out begins anew with every byte, and whoever drips would hold us for ever: a second handle on the
    # same connection hangs up, whatever stands above the first by then.
    watch = threading.Timer(seconds, _hang_up, [stack.enter_context(sock.dup()), late])
    watch.daemon = True
    watch.start()
    stack.callback(watch.cancel)
    if secure:
        sock = stack.enter_context(ssl.create_default_context().wrap_socket(sock, server_hostname=host))
    connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    stack.callback(connection.close)
    connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
    answer = stack.enter_context(connection.getresponse())
    if answer.status != http.client.OK:
        moved = "，不跟随跳转" if 300 <= answer.status < 400 else ""
        raise InputError(f"服务的答复是 HTTP {answer.status}{moved}")
    data = answer.read(MAX + 1)
    if len(data) > MAX:
        raise InputError("服务的答复过大")
    if late.is_set():
        raise TimeoutError
    if answer.length:
        raise InputError("服务的答复不完整")
    return Reply(media_type=(answer.getheader("Content-Type") or "").partition(";")[0].strip().lower(), body=data)


def _hang_up(held: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "域名解析不了"
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝"
    if isinstance(error, http.client.HTTPException):
        return "不是 HTTP 答复"
    return str(getattr(error, "strerror", None) or type(error).__name__)[:100]
