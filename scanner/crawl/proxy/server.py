"""The browser's only way out: a loopback proxy, one for each visit, that vets, pins and records.

Owns: listening, reading what the browser asks, asking the egress policy, and the list of what was refused or failed.
Leaves to others: HTTP (``http``), TLS (``tls``), connecting (``dial``), the bytes of an exchange
(``flow``), the decision itself (``egress``).

TLS is opened on both sides, so the bytes kept are those of the wire, compressed as the shop sent them. A name is
resolved once a visit and every address of it vetted; each connection carries one exchange, because a kept-alive one
could be used for a second request, to another host, unseen. WebSockets are refused. HTTP/2 is not offered.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from scanner import clock
from scanner.crawl.fetch import address
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.proxy import tls
from scanner.crawl.proxy.dial import Denied, Dialler
from scanner.crawl.proxy.flow import Budget, Flow, Limits, NoAnswer, relay
from scanner.crawl.proxy.http import MAX_HEAD, Asked, answer, asked, request_to_shop
from scanner.crawl.proxy.tls import CaptureKey
from scanner.errors import InputError, RefusedAddress
from scanner.model import Exchange

MAX_DENIALS = 1000  # kept with their reasons; a page may ask for more, and is told the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Something the browser asked for and did not get. ``refused``: our policy's doing; else it failed on the way.
    ``chain`` is the certificate chain (DER) of a shop whose certificate did not hold."""

    url: str
    why: str
    refused: bool
    time: datetime
    chain: tuple[bytes, ...] = ()


class Proxy:
    """``async with Proxy(policy, key, tls) as proxy``: listens on ``127.0.0.1:proxy.port`` until the block ends."""

    def __init__(self, policy: Policy, key: CaptureKey, tls: ssl.SSLContext, limits: Limits | None = None) -> None:
        self.port = 0
        self.denials: list[Denial] = []
        self._policy, self._key = policy, key
        self._limits = limits or Limits()
        self._dialler = Dialler(policy, tls, self._limits.connect)
        self._budget = Budget(self._limits)
        self._flows: list[Flow] = []
        self._secret = secrets.token_hex(8)
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._shut = False
        self._stirred = 0.0
        self._server: asyncio.Server | None = None

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges so far, in the order in which they began."""
        return tuple(flow.exchange() for flow in self._flows)

    @property
    def quiet(self) -> float:
        """Seconds since the last exchange ended or began; 0 while one is under way."""
        return 0.0 if self._busy else asyncio.get_running_loop().time() - self._stirred

    def shut(self) -> None:
        """Let nothing more through; what is under way goes on."""
        self._shut = True

    def denial(self, mark: str) -> Denial | None:
        """The denial that an answer of ours with this ``X-Qingwang`` header spoke of; None: not an answer of ours."""
        secret, _, number = mark.partition("-")
        if secret != self._secret or not number.isdigit() or int(number) >= len(self.denials):
            return None
        return self.denials[int(number)]

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=MAX_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        self._stirred = asyncio.get_running_loop().time()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one connection of the browser ---------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            writer.transport.abort()  # the browser went away, as it does when a page is left
        except asyncio.CancelledError:
            writer.transport.abort()  # the visit is over; the task is ours alone, so nobody waits for the word
        else:
            writer.close()
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        url = ""
        try:
            request = await _request(reader)
            if request is None:
                return
            url = request.target
            if request.method != "CONNECT":
                if not url.startswith(f"http://{request.host}/"):
                    raise Denied("请求行不合规范")
                await self._exchange(request, url, reader, writer)
                return
            tunnel = _tunnel(request.target)
            url = f"https://{tunnel.authority}/"
            request = await self._open_tls(tunnel, reader, writer)
            if request is not None:
                url = f"https://{request.host}{request.target}"
                if self._policy_place(url) != tunnel:
                    raise Denied("Host 与网址不一致")
                await self._exchange(request, url, reader, writer)
        except Denied as denied:
            await self._deny(url, denied, writer)
        except InputError as error:
            await self._deny(url, Denied(error.message), writer)

    async def _open_tls(
        self, place: address.Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Asked | None:
        """Speak TLS with the browser as the host it asked for, and read its request. The shop hears nothing yet."""
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await writer.start_tls(self._key.context(place.host), ssl_handshake_timeout=self._limits.connect)
        except ssl.SSLError as error:
            if error.reason in ("HTTP_REQUEST", "WRONG_VERSION_NUMBER"):  # ws:// comes as plain text in a tunnel
                self._keep(f"http://{place.host}:{place.port}/", Denied("不支持 WebSocket 和明文隧道，已拒绝"))
            return None
        inner = await _request(reader)
        if inner is not None and (inner.method == "CONNECT" or not inner.target.startswith("/")):
            raise Denied("请求行不合规范")  # a tunnel in a tunnel, or an absolute form inside TLS
        return inner

    # --- one exchange --------------------------------------------------------------------------------------------

    async def _exchange(
        self, request: Asked, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        place = self._vet(request, url)
        body = await reader.readexactly(request.length)
        self._stir(1)
        try:
            await self._carry(request, body, url, place, writer)
        finally:
            self._stir(-1)

    async def _carry(
        self, request: Asked, body: bytes, url: str, place: address.Place, writer: asyncio.StreamWriter
    ) -> None:
        shop, out = await self._dialler.dial(place)
        try:
            flow = Flow(url, request.method, clock.now(), *out.get_extra_info("peername")[:2])
            if place.scheme == "https":
                flow.tls, flow.chain = tls.session(out.get_extra_info("ssl_object"))
            self._flows.append(flow)
            path = url[len(f"{place.scheme}://{request.host}/") :]
            flow.sent = request_to_shop(request, path) + body
            out.write(flow.sent)
            await relay(flow, shop, writer, self._budget)
        except NoAnswer as none:
            raise Denied(str(none), refused=False) from none
        finally:
            out.transport.abort()

    def _stir(self, change: int) -> None:
        self._busy += change
        self._stirred = asyncio.get_running_loop().time()

    def _vet(self, request: Asked, url: str) -> address.Place:
        if self._shut:
            raise Denied("这次访问已中止")
        if request.one(b"upgrade"):
            raise Denied("不支持 WebSocket，已拒绝")
        if request.length > self._limits.request:
            raise Denied("浏览器要发送的内容过大")
        if len(self._flows) >= self._limits.exchanges or self._budget.spent > self._limits.total:
            raise Denied("这次访问的请求数或者字节数已到上限")
        return self._policy_place(url)

    def _policy_place(self, url: str) -> address.Place:
        try:
            return self._policy.check_url(url)
        except RefusedAddress as refused:
            raise Denied(refused.message) from refused

    # --- what is not given ---------------------------------------------------------------------------------------

    async def _deny(self, url: str, denied: Denied, writer: asyncio.StreamWriter) -> None:
        mark = self._keep(url, denied)
        status, reason = (403, "Forbidden") if denied.refused else (502, "Bad Gateway")
        writer.write(answer(status, reason, denied.why, mark))
        await writer.drain()

    def _keep(self, url: str, denied: Denied) -> str:
        """Note a denial; gives the mark of the answer that speaks of it."""
        if len(self.denials) < MAX_DENIALS:
            self.denials.append(
                Denial(url=url[: address.MAX_URL], why=denied.why, refused=denied.refused, time=clock.now(),
                       chain=denied.chain)
            )  # fmt: skip
        return f"{self._secret}-{len(self.denials) - 1}"


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request's head; None when the browser closes a connection it did not need."""
    try:
        return asked(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise InputError("请求头过长或者不完整") from error
    except asyncio.LimitOverrunError as error:
        raise InputError("请求头过长或者不完整") from error


def _tunnel(target: str) -> address.Place:
    try:
        host, port = address.split(target)
    except RefusedAddress as refused:
        raise Denied(refused.message) from refused
    if port is None:
        raise Denied("请求行不合规范")
    return address.Place(scheme="https", host=host, port=port)
