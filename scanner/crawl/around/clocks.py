"""How far this machine's clock is off, asked of several sources at once, within a few seconds in all.

Owns: SNTP (RFC 5905, RFC 4330) and the ``Date`` of an HTTPS answer (RFC 9110 §6.6.1: whole seconds), the egress address
as a configured page tells it, and the bound on time. Leaves to others: which sources (``config.yaml``), time-stamping
authorities (their tokens' ``genTime`` makes a :class:`Reading` like these), what is said of it (``record``).

Only the addresses that the operator wrote down are asked. The machine's own clock is measured, never a rehearsal's.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

BUDGET = 3.0  # seconds for everything asked at once
NTP_PORT, _NTP = 123, struct.Struct("!BBbb11I")
_EPOCH = 2_208_988_800  # seconds from 1900 (NTP era 0) to 1970
_ERA = 2**32
MAX_ANSWER = 256  # bytes of the page that tells an address
LATE = "没有在时限内答复"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one source says. ``offset``: its time minus ours, seconds (negative: our clock is fast); ``uncertainty``: half
    of the way there and back, and what the source says of itself; ``resolution``: seconds to which it tells time.
    ``why`` says in Chinese why there is no offset; then both are None."""

    source: str
    kind: str  # ntp | http_date | rfc3161
    address: str = ""
    offset: float | None = None
    uncertainty: float | None = None
    resolution: float = 0.0
    why: str = ""


def readings(sources: Sequence[str], *, budget: float = BUDGET) -> list[Reading]:
    """Every source's reading (``ntp://host[:port]``, ``https://host[:port]``), in their order; never longer than
    ``budget`` seconds."""
    until = time.monotonic() + budget
    asked = [(one, _of(one)) for one in sources]
    jobs: list[Callable[[], Reading]] = [(lambda f=ask, s=one: f(s, until)) for one, (_, ask) in asked]  # type: ignore[misc]
    found = together(jobs, until)
    return [
        one if one is not None else Reading(source=source, kind=kind, why=LATE)
        for one, (source, (kind, _)) in zip(found, asked, strict=True)
    ]


def together(jobs: Sequence[Callable[[], T]], until: float) -> list[T | None]:
    """The results of ``jobs``, done at once; None for those not done at ``until`` (monotonic). A name service that hangs
    cannot be interrupted, so its thread is left behind: it holds nothing and ends by itself."""
    found: list[T | None] = [None] * len(jobs)

    def work(at: int, job: Callable[[], T]) -> None:
        found[at] = job()

    threads = [threading.Thread(target=work, args=(n, job), daemon=True) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return list(found)


def _of(source: str) -> tuple[str, Callable[[str, float], Reading]]:
    return ("ntp", ntp) if source.startswith("ntp://") else ("http_date", http_date)


def ntp(source: str, until: float) -> Reading:
    """Ask an NTP server once."""
    place, address = urlsplit(source), ""
    try:
        family, kind, proto, _, to = socket.getaddrinfo(
            place.hostname, place.port or NTP_PORT, type=socket.SOCK_DGRAM
        )[0]  # fmt: skip
        address = str(to[0])
        with socket.socket(family, kind, proto) as asked:
            asked.connect(to)  # only answers from there are taken
            nonce = os.urandom(8)  # in place of our time, which is nobody's business: RFC 9109 and its sequels
            request = bytes([0x23]) + bytes(39) + nonce  # version 4, client
            began, sent = time.time(), time.monotonic()
            asked.send(request)
            while True:
                asked.settimeout(max(0.001, until - time.monotonic()))
                answer = asked.recv(1024)
                took = time.monotonic() - sent
                if len(answer) >= _NTP.size and answer[24:32] == nonce:
                    break
    except TimeoutError:
        return Reading(source=source, kind="ntp", address=address, why=LATE)
    except (OSError, ValueError) as error:
        return Reading(source=source, kind="ntp", address=address, why=_reason(error))
    offset, spread, why = _told(answer, began, took)
    return Reading(source=source, kind="ntp", address=address, offset=offset, uncertainty=spread, why=why)


def _told(answer: bytes, began: float, took: float) -> tuple[float | None, float | None, str]:
    """Offset and uncertainty that an answer tells; or why it tells none. ``began``: our time when it was asked."""
    head, stratum, _, _, delay, dispersion, reference, *stamps = _NTP.unpack(answer[: _NTP.size])
    if head & 7 != 4:
        return None, None, "答复不是 NTP 服务器的"
    if stratum == 0:
        code = struct.pack("!I", reference).decode("ascii", "replace")
        return None, None, f"服务器拒绝答复（{''.join(c for c in code if c.isalnum())}）"  # kiss-o'-death
    if head >> 6 == 3 or stratum > 15:
        return None, None, "服务器自己的时钟没有对准"
    received, sent = (_time(stamps[at], stamps[at + 1], began) for at in (4, 6))
    if not stamps[6] or sent < received or sent - received > took + 1:
        return None, None, "答复里的时间不合理"
    way = max(0.0, took - (sent - received))
    offset = ((received - began) + (sent - (began + took))) / 2
    return offset, way / 2 + dispersion / 65536 + delay / 65536 / 2, ""


def _time(seconds: int, fraction: int, near: float) -> float:
    """An NTP time as seconds since 1970, of the era that is nearest to ``near`` (era 1 begins in 2036)."""
    moment = seconds - _EPOCH + fraction / _ERA
    return moment + round((near - moment) / _ERA) * _ERA


def http_date(source: str, until: float) -> Reading:
    """Ask an HTTPS server for its ``Date``. The certificate must hold by the machine's trust store; proxies are not used."""
    place, address = urlsplit(source), ""
    try:
        with _connection(source, until) as link:
            address = str(link.sock.getpeername()[0])
            began, sent = time.time(), time.monotonic()
            link.request("HEAD", place.path or "/", headers={"Connection": "close"})
            said = link.getresponse().getheader("Date", "")
            took = time.monotonic() - sent
        moment = parsedate_to_datetime(said)
    except TimeoutError:
        return Reading(source=source, kind="http_date", address=address, resolution=1.0, why=LATE)
    except (OSError, http.client.HTTPException) as error:
        return Reading(source=source, kind="http_date", address=address, resolution=1.0, why=_reason(error))
    except (ValueError, TypeError, OverflowError):
        why = "答复没有写明日期（Date）"
        return Reading(source=source, kind="http_date", address=address, resolution=1.0, why=why)
    theirs = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() + 0.5  # said is the whole second it was in
    return Reading(
        source=source, kind="http_date", address=address, resolution=1.0,
        offset=theirs - (began + took / 2), uncertainty=0.5 + took / 2,
    )  # fmt: skip


def egress(probe: str, until: float) -> tuple[str, str]:
    """(the address under which ``probe`` sees us, "") or ("", why not). The page says nothing but an address."""
    try:
        with _connection(probe, until) as link:
            place = urlsplit(probe)
            link.request("GET", (place.path or "/") + (f"?{place.query}" if place.query else ""),
                         headers={"Connection": "close", "Accept": "text/plain"})  # fmt: skip
            answer = link.getresponse()
            body = answer.read(MAX_ANSWER)
        if answer.status != 200:
            return "", f"答复的状态是 {answer.status}"
        return str(ipaddress.ip_address(body.decode("ascii").strip())), ""
    except TimeoutError:
        return "", LATE
    except (OSError, http.client.HTTPException) as error:
        return "", _reason(error)
    except ValueError:
        return "", "答复不是一个 IP 地址"


class _connection:
    """A connected HTTP link, closed at the end; every step of it bounded by ``until``."""

    def __init__(self, url: str, until: float) -> None:
        place, left = urlsplit(url), max(0.001, until - time.monotonic())
        make: Any = http.client.HTTPConnection
        more: dict[str, Any] = {}
        if place.scheme == "https":
            make, more = http.client.HTTPSConnection, {"context": ssl.create_default_context()}
        self._link = make(place.hostname or "", place.port, timeout=left, **more)

    def __enter__(self) -> http.client.HTTPConnection:
        self._link.connect()
        link: http.client.HTTPConnection = self._link
        return link

    def __exit__(self, *_: object) -> None:
        self._link.close()


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "域名解析不出来"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"证书没有通过核验（{error.verify_message}）"[:200]
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝"
    return f"连接不上（{type(error).__name__}）"
