"""One exchange with a shop while it is under way: every byte kept, passed on to the browser as it comes.

Owns: the record of an exchange, the limits, relaying an answer and noticing its end, its cut, or its silence. Leaves to
others: deciding whether there may be one and connecting (``server``), framing (``http``).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from datetime import datetime

from scanner import clock
from scanner.crawl.proxy.http import Body, head_to_browser
from scanner.crawl.proxy.size import Size
from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.model import Exchange

PIECE = 64 * 1024  # bytes read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one visit may cost: bytes as received and as decoded, exchanges, seconds of connecting and of silence."""

    response: int = 16 * 1024 * 1024
    decoded: int = 64 * 1024 * 1024
    request: int = 2 * 1024 * 1024
    total: int = 96 * 1024 * 1024
    exchanges: int = 600
    connect: float = 10.0
    quiet: float = 20.0


@dataclass(slots=True)
class Flow:
    """An exchange under way. ``truncated`` says ``time`` until its end is known: a visit may end first."""

    url: str
    method: str
    started: datetime
    ip: str
    port: int
    tls: str = ""
    chain: tuple[bytes, ...] = ()
    sent: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    ended: datetime | None = None
    truncated: str = "time"

    def end(self, truncated: str) -> None:
        self.truncated, self.ended = truncated, clock.now()

    def exchange(self) -> Exchange:
        return Exchange(
            url=self.url, method=self.method, started=self.started, ended=self.ended or clock.now(), sent=self.sent,
            received=bytes(self.received), ip=self.ip, port=self.port, tls=self.tls, chain=self.chain,
            truncated=self.truncated,
        )  # fmt: skip


@dataclass(slots=True)
class Budget:
    """Bytes received in one visit so far, of all its exchanges."""

    limits: Limits
    spent: int = 0

    def take(self, flow: Flow, piece: bytes) -> bool:
        """Add a piece to an exchange; False when that passes a limit (the piece is kept, and is the last)."""
        flow.received += piece
        self.spent += len(piece)
        return len(flow.received) <= self.limits.response and self.spent <= self.limits.total


class NoAnswer(Exception):
    """What came back is no HTTP answer; nothing was handed to the browser. The text says why, in Chinese."""


async def relay(flow: Flow, shop: asyncio.StreamReader, browser: asyncio.StreamWriter, budget: Budget) -> None:
    """Pass an answer on until it ends, and end the flow. The browser's connection is cut short (RST) when the answer
    is, so that it cannot take the part for the whole. Raises NoAnswer."""
    try:
        await _relay(flow, shop, browser, budget)
    except TimeoutError:
        flow.end("time")
    except ConnectionError:
        flow.end("disconnect")
    if flow.truncated:
        if not flow.received:
            raise NoAnswer("网站没有应答" if flow.truncated == "time" else "网站没有应答就断开了连接")
        reset(browser)


def reset(stream: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of an orderly close, which would look like the end of a whole answer."""
    connection = stream.get_extra_info("socket")
    if connection is not None and not stream.transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.transport.abort()


async def _relay(flow: Flow, shop: asyncio.StreamReader, browser: asyncio.StreamWriter, budget: Budget) -> None:
    quiet = budget.limits.quiet
    found = await _head(flow, shop, budget)
    browser.write(head_to_browser(bytes(flow.received), found))
    body = Body(flow.method, found)
    size = Size(found.all(b"content-encoding"), budget.limits.decoded)
    piece, within = bytes(flow.received[found.body :]), True
    while True:
        if not within or size.feed(body.feed(piece)):
            flow.end("length")
            return
        browser.write(piece)
        await browser.drain()
        if body.done:
            flow.end("")
            return
        async with asyncio.timeout(quiet):
            piece = await shop.read(PIECE)
        if not piece:
            flow.end("" if body.whole else "disconnect")
            return
        within = budget.take(flow, piece)


async def _head(flow: Flow, shop: asyncio.StreamReader, budget: Budget) -> http.Head:
    while True:
        async with asyncio.timeout(budget.limits.quiet):
            piece = await shop.read(PIECE)
        if not piece:
            flow.end("disconnect")
            raise NoAnswer("网站的应答不完整" if flow.received else "网站没有应答就断开了连接")
        tail = bytes(flow.received[-3:]) + piece
        if not budget.take(flow, piece) or len(flow.received) > http.MAX_HEAD + PIECE * 16:
            flow.end("length")
            raise NoAnswer("网站的应答头过长")
        if b"\n\n" not in tail and b"\n\r\n" not in tail:
            continue
        try:
            return http.head(bytes(flow.received))
        except InputError as error:
            # Behind a 1xx head the final one may still be on its way; anything else is no HTTP.
            if not flow.received.startswith(b"HTTP/1.") or flow.received[9:10] != b"1":
                flow.end("")
                raise NoAnswer(str(error)) from error
