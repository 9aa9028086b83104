"""A tap on the connection: every byte both ways, below HTTP parsing, redirects, retries and decompression.

Owns: copying what is written to and read from a (TLS-decrypted) connection into an exchange's buffers, and binding
the exchange to the request that caused it. Leaves to others: sealing what was tapped (``sealing``), parsing it.

Twisted's HTTP/1.1 client is used because it keeps bytes other clients drop or refuse (GBK in headers, lines without
a colon, reason phrases). Not seen here, and named in the archive's ``warcinfo``: TLS records, packets, DNS answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from OpenSSL import crypto
from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool

from scanner import clock
from scanner.evidence.wire.http import MAX_HEAD

if TYPE_CHECKING:
    from datetime import datetime

    from twisted.internet.defer import Deferred


# Bytes of one answer on the wire: a page of the largest size in very small chunks. Scrapy bounds the body only, so headers
# without end, or a body in chunks of a byte, would fill the memory and then be too large to seal.
MAX_ANSWER = 64 * 1024 * 1024


@dataclass(slots=True)
class Tapped:
    """One exchange while it is under way; bytes are collected in pieces and joined once. ``excess``: hung up on, because
    its headers or the whole of it grew too large."""

    started: datetime
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    ip: str = ""
    port: int = 0
    tls: str = ""
    chain: tuple[bytes, ...] = ()
    head: int = 0
    size: int = 0
    excess: bool = False


class TapTransport:
    """The connection's transport, with a copy of all that is written."""

    def __init__(self, transport: Any, protocol: TapProtocol) -> None:
        self._transport = transport
        self._protocol = protocol

    def write(self, data: bytes) -> None:
        self._protocol.wrote(data)
        self._transport.write(data)

    def writeSequence(self, pieces: Any) -> None:
        whole = b"".join(pieces)
        self._protocol.wrote(whole)
        self._transport.write(whole)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


_IN_HEAD = (STATUS, HEADER)  # what Twisted's parser is in until the headers are whole


class TapProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's lenient HTTP/1.1 client, which keeps what goes over it."""

    tapped: Tapped | None = None
    _tls: tuple[str, tuple[bytes, ...]] | None = None

    def makeConnection(self, transport: Any) -> None:
        super().makeConnection(TapTransport(transport, self))  # type: ignore[no-untyped-call]

    def wrote(self, data: bytes) -> None:
        if self.tapped is not None:
            self.tapped.sent.append(bytes(data))

    def dataReceived(self, data: bytes) -> None:
        tapped = self.tapped
        if tapped is not None:
            if not tapped.received:
                self._describe(tapped)
            if tapped.excess:
                return
            tapped.received.append(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if tapped is not None and self.tapped is tapped:
            self._bound(tapped, len(data))

    def _bound(self, tapped: Tapped, came: int) -> None:
        """Hang up on an answer that has grown too large."""
        tapped.size += came
        if getattr(self._parser, "state", None) in _IN_HEAD:
            tapped.head += came
        if tapped.head > MAX_HEAD or tapped.size > MAX_ANSWER:
            tapped.excess = True
            cast("Any", self.transport).abortConnection()

    def _describe(self, tapped: Tapped) -> None:
        """The far end of the connection; asked once per answer, when the handshake is certainly over."""
        transport: Any = self.transport
        peer = transport.getPeer()
        tapped.ip, tapped.port = getattr(peer, "host", ""), getattr(peer, "port", 0)
        if self._tls is None:
            self._tls = self._handshake()
        tapped.tls, tapped.chain = self._tls

    def _handshake(self) -> tuple[str, tuple[bytes, ...]]:
        transport: Any = self.transport
        handle: Any = getattr(transport, "getHandle", lambda: None)()
        if not hasattr(handle, "get_peer_cert_chain"):
            return "", ()  # plain HTTP
        chain = handle.get_peer_cert_chain() or []
        der = tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, one) for one in chain)
        return f"{handle.get_protocol_version_name()} {handle.get_cipher_name()}", der


class TapFactory(_LenientHTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: Any) -> TapProtocol:
        return TapProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TapPool(HTTPConnectionPool):
    """A connection pool that hands the next connection's traffic to ``holder``.

    ``Agent.request`` asks for its connection before it returns, so the holder set just before the call is the
    right one; each connection carries one request at a time.
    """

    _factory = TapFactory
    # True would send a request again below Scrapy, unseen and unsealed.
    retryAutomatically = False
    holder: list[Tapped] | None = None

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        holder, self.holder = self.holder, None
        waiting: Deferred[Any] = super().getConnection(key, endpoint)

        def bind(protocol: TapProtocol) -> TapProtocol:
            protocol.tapped = Tapped(started=clock.now())
            if holder is not None:
                holder.append(protocol.tapped)
            return protocol

        return waiting.addCallback(bind)
