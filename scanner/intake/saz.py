"""Fiddler's session archives (``.saz``): a zip of ``raw/1_c.txt`` (request), ``raw/1_s.txt`` (answer), ``raw/1_m.xml``.

Owns: which members belong together, the times and the server's address in the third. Leaves to others: the zip
(``zipped``), HTTP as bytes (``wire``), and all that happens to an exchange afterwards (``recording``).

Fiddler may have unpacked an answer while it was looked at, so the bytes are not called those of the wire. A CONNECT
only opens a tunnel: it is passed over where the tunnel's traffic was decrypted, and named where it was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scanner import clock
from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake import wire, zipped
from scanner.intake.brought import MB, Brought
from scanner.intake.recorded import Recorded, Unusable

AGAIN = "请在 Fiddler 里重新保存 .saz 文件（不设密码）"
MAX_META = MB
_MEMBER = re.compile(r"raw[/\\](\d{1,9})_([csm])\.(?:txt|xml)", re.IGNORECASE)
_TIMES = re.compile(rb'\b(ClientBeginRequest|ClientDoneResponse|ServerDoneResponse)="([0-9T:.+Z\-]{19,40})"')
_IP = re.compile(rb'N="x-hostip"\s{1,9}V="([0-9A-Fa-f.:]{2,45})"')
_UNSET = 1990  # Fiddler writes the year 1 where it has no time


class Saz:
    """A session archive."""

    recorder = "Fiddler"

    def __init__(self, file: Brought) -> None:
        self._zip = zipped.Zip(file.data, file.path, again=AGAIN)
        self._sessions: dict[int, dict[str, str]] = {}
        for name in self._zip.names:
            if match := _MEMBER.fullmatch(name):
                parts = self._sessions.setdefault(int(match[1]), {})
                if parts.setdefault(match[2].lower(), name) != name:
                    raise InputError(f"第 {match[1][:9]} 号会话重复出现", where=str(file.path), hint=AGAIN)
        if not self._sessions:
            raise InputError("这不是 Fiddler 的 .saz 文件：里面没有 raw 会话", where=str(file.path), hint=AGAIN)

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        self._zip.again()
        tunnels: list[str] = []
        open_hosts: set[str] = set()
        for _, parts in sorted(self._sessions.items()):
            sent = self._zip.read(parts["c"]) if "c" in parts else b""
            if sent.startswith(b"CONNECT "):
                tunnels.append(wire.text(sent.split(b" ", 2)[1][:300]))
                continue
            try:
                url = _address(sent)
                open_hosts.add(url.split("/", 3)[2].lower())
                yield self._exchange(url, sent, parts)
            except Unusable as failure:
                yield failure
        for host in sorted(set(tunnels)):
            if not {host.lower(), host.lower().removesuffix(":443")} & open_hosts:
                yield Unusable(f"https://{host}/", "加密的内容没有解密（CONNECT）；打开 HTTPS 解密后重新录制")

    def _exchange(self, url: str, sent: bytes, parts: dict[str, str]) -> Recorded:
        received = self._zip.read(parts["s"]) if "s" in parts else b""
        meta = self._zip.read(parts["m"], MAX_META) if "m" in parts else b""
        started, ended, remarks = _times(meta, received, url)
        ip = _IP.search(meta)
        return wire.exchange(
            url, sent, received, started=started, ended=ended, ip=ip[1].decode("ascii") if ip else "", remarks=remarks
        )


def _address(sent: bytes) -> str:
    """The address asked for; Fiddler writes it whole into the request line."""
    try:
        asked = http.request(sent)
    except InputError as broken:
        raise Unusable("", f"请求已损坏：{broken.message}") from broken
    target = wire.text(asked.target)
    if target.lower().startswith(("http://", "https://")):
        return target
    host = next((wire.text(value) for name, value in asked.headers if name.lower() == b"host"), "")
    if not host or not target.startswith("/"):
        raise Unusable(target[:2000], "记录里没有网址")
    return f"http://{host}{target}"


def _times(meta: bytes, received: bytes, url: str) -> tuple[datetime, datetime | None, tuple[tuple[str, str], ...]]:
    """When it was asked and when the answer was there, by Fiddler's clock, else by the server's."""
    told: dict[bytes, datetime] = {}
    for name, value in _TIMES.findall(meta):
        try:
            moment = clock.parse(value.decode("ascii"))
        except (ValueError, OverflowError):
            continue
        if moment.year > _UNSET:
            told.setdefault(name, moment)
    if began := told.get(b"ClientBeginRequest"):
        return began, told.get(b"ServerDoneResponse") or told.get(b"ClientDoneResponse"), ()
    try:
        date = http.head(received).all(b"date") if received else ()
        said = parsedate_to_datetime(wire.text(date[0])) if date else None
        if said is not None and said.tzinfo is not None and said.year > _UNSET:
            return said.astimezone(UTC), None, (("time", "by the server's clock; the recorder's is not in the file"),)
    except (InputError, ValueError, OverflowError, TypeError):
        pass
    raise Unusable(url, "记录的时间无法辨认，或者没有时区")
