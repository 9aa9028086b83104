"""From a vetted place to a connection with it: resolved once, every address vetted, the certificate verified.

Owns: pinning names for the length of a visit, connecting to exactly the vetted addresses, the verdict on a shop's
certificate and the chain of one that did not hold. Leaves to others: what may be reached (``egress``), TLS itself
(``tls``), what is asked (``server``).
"""

from __future__ import annotations

import asyncio
import ssl

from scanner.crawl.fetch import address
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.proxy import tls
from scanner.errors import CrawlError, RefusedAddress

MAX_ADDRESSES = 4  # of one name, tried in turn
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Denied(Exception):
    """Ends a request: the browser is told, the denial is kept."""

    def __init__(self, why: str, *, refused: bool = True, chain: tuple[bytes, ...] = ()) -> None:
        super().__init__(why)
        self.why, self.refused, self.chain = why, refused, chain


class Dialler:
    """Connects for one visit. ``tls`` verifies shops' certificates; ``seconds`` bounds each step."""

    def __init__(self, policy: Policy, tls: ssl.SSLContext, seconds: float) -> None:
        self._policy, self._tls, self._seconds = policy, tls, seconds
        self._pins: dict[tuple[str, int], asyncio.Future[tuple[str, ...]]] = {}

    async def dial(self, place: address.Place) -> Stream:
        """Connect to a vetted address of the place, and to nothing else; verify its certificate."""
        context = self._tls if place.scheme == "https" else None
        error: OSError | TimeoutError | None = None
        for ip in (await self._resolve(place))[:MAX_ADDRESSES]:
            try:
                return await self._connect(ip, place, context)
            except ssl.SSLError as failed:
                chain = await self._presented(ip, place)
                raise Denied(tls.why(failed), refused=False, chain=chain) from failed
            except (OSError, TimeoutError) as failed:
                error = failed
        raise Denied(_unreachable(error), refused=False) from error

    async def _connect(self, ip: str, place: address.Place, context: ssl.SSLContext | None) -> Stream:
        name = place.host if context is not None else None
        async with asyncio.timeout(self._seconds):
            reader, writer = await asyncio.open_connection(ip, place.port, ssl=context, server_hostname=name)
        peer = writer.get_extra_info("peername")
        if peer is None:  # gone again already
            writer.transport.abort()
            raise ConnectionResetError
        return reader, writer

    async def _presented(self, ip: str, place: address.Place) -> tuple[bytes, ...]:
        """The chain a shop shows whose certificate was refused: a second handshake, in which nothing is asked."""
        try:
            _, writer = await self._connect(ip, place, tls.unverified())
        except (OSError, TimeoutError):
            return ()
        chain = tls.session(writer.get_extra_info("ssl_object"))[1]
        writer.transport.abort()
        return chain

    async def _resolve(self, place: address.Place) -> tuple[str, ...]:
        """The place's vetted addresses, asked for once a visit: a name cannot change its mind on the way."""
        pin = self._pins.get((place.host, place.port))
        if pin is None:
            loop = asyncio.get_running_loop()
            pin = loop.run_in_executor(None, self._policy.resolve, place.host, place.port)
            pin.add_done_callback(_heard)
            self._pins[place.host, place.port] = pin
        try:
            return await asyncio.wait_for(asyncio.shield(pin), self._seconds)
        except RefusedAddress as refused:
            raise Denied(f"{refused.where}：{refused.message}") from refused
        except CrawlError as error:
            raise Denied(error.message, refused=False) from error
        except TimeoutError as error:
            raise Denied("域名解析超时", refused=False) from error


def _heard(pin: asyncio.Future[tuple[str, ...]]) -> None:
    """Take note of an answer that came when nobody waited any more, so that asyncio does not complain of it."""
    if not pin.cancelled():
        pin.exception()


def _unreachable(error: OSError | TimeoutError | None) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝"
    return "连接超时" if isinstance(error, TimeoutError) else "连接不上"
