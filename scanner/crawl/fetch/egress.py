"""The egress policy (出网策略): which addresses this program may reach, asked where names are resolved.

Owns: the decision, for both lanes, and Scrapy's resolver that obeys it. Leaves to others: what an address is
(``address``), the browser's way out (``proxy``). A page may send us anywhere — by link, redirect, picture or a name that
resolves to ``169.254.169.254`` only the second time — so the decision falls on the very addresses that are dialled.

There is no switch that turns the policy off: exceptions are named hosts (``shop.test``), or hosts with a port
(``127.0.0.1:8801``). A cloud's metadata address is excepted only when it is named itself.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twisted.internet import interfaces
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.threads import deferToThread
from zope.interface import implementer  # type: ignore[import-untyped]

from scanner.crawl.fetch import address
from scanner.errors import CrawlError, RefusedAddress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.python.failure import Failure

Lookup = Callable[[str, int], Iterable[str]]
HINT = "确实要访问自己的内网主机，请加 --allow-private 主机名"  # to reach a host of your own, name it


def system_lookup(host: str, port: int) -> list[str]:
    """All addresses the system's resolver gives, in its order. Raises OSError (gaierror) when there is none."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be reached. ``allow``: hosts, or ``host:port``, that are excepted; ``lookup`` asks the name service."""

    allow: frozenset[str] = frozenset()
    lookup: Lookup = system_lookup
    _allowed: frozenset[tuple[str, int | None]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        allowed = set()
        for entry in self.allow:
            bare = entry if entry.startswith("[") or entry.count(":") < 2 else f"[{entry}]"
            try:
                allowed.add(address.split(bare.strip()))
            except RefusedAddress as refused:
                raise RefusedAddress(refused.message, where=entry, hint="要写主机名，或者主机名:端口") from None
        object.__setattr__(self, "_allowed", frozenset(allowed))

    def check_url(self, url: str) -> address.Place:
        """Vet what can be said before names are resolved. Raises RefusedAddress; gives the place it leads to."""
        place = address.place(url)
        if self.excepted(place.host, place.port):
            return place
        if address.bad_port(place.port):
            raise RefusedAddress(f"端口 {place.port} 不是网站的端口", where=url, hint=HINT)
        self._check_host(place.host, place.port, url)
        return place

    def check_ip(self, ip: str, host: str, port: int) -> None:
        """Vet an address about to be dialled for ``host`` (canonical) and ``port``. Raises RefusedAddress."""
        found = address.literal(ip)
        if found is None:
            raise RefusedAddress("不是 IP 地址", where=ip[:100], hint="请报告")
        why = address.trouble(found)
        if not why:
            return
        if self.excepted(host, port) and (host == str(found) or not address.metadata(found)):
            return
        where = host if host == str(found) else f"{host}（{found}）"
        raise RefusedAddress(f"不访问{why}", where=where, hint=HINT)

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses to dial for ``host``, all vetted: one bad address refuses the whole name.

        Blocks while the name service is asked. Raises RefusedAddress, or CrawlError when the name has no address.
        """
        name = address.canonical(host)
        if address.literal(name) is not None:
            self.check_ip(name, name, port)
            return (name,)
        if not self.excepted(name, port):
            self._check_host(name, port, name)
        try:
            found = tuple(ip.partition("%")[0] for ip in self.lookup(name, port))
        except (OSError, UnicodeError) as error:
            raise CrawlError("域名解析不到地址", where=name, hint="请核对网址和本机的网络") from error
        if not found:
            raise CrawlError("域名解析不到地址", where=name, hint="请核对网址和本机的网络")
        for ip in found:
            self.check_ip(ip, name, port)
        return found

    def excepted(self, host: str, port: int) -> bool:
        """Whether a person named this (canonical) host, or this host with this port."""
        return (host, None) in self._allowed or (host, port) in self._allowed

    def _check_host(self, host: str, port: int, where: str) -> None:
        if address.literal(host) is not None:
            self.check_ip(host, host, port)
        elif address.special(host):
            raise RefusedAddress("不访问内网主机名", where=where, hint=HINT)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Twisted's record of a resolution under way."""

    name: str

    def cancel(self) -> None:
        """The thread that asks cannot be stopped; its answer then comes to nobody."""


@implementer(interfaces.IHostnameResolver)
class EgressResolver:
    """Scrapy's name resolver (``TWISTED_DNS_RESOLVER``): Twisted asks it for names, literals and odd spellings alike,
    and dials exactly what it hands back, so a name cannot turn into another address between check and use.
    The exceptions come from the setting ``EGRESS_ALLOW``."""

    def __init__(self, reactor: Any, policy: Policy) -> None:
        self.reactor = reactor
        self.policy = policy
        self.refused: dict[tuple[str, int], str] = {}  # why the last answer for a host and port was refused, in Chinese

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> EgressResolver:
        return cls(reactor, Policy(allow=frozenset(crawler.settings.getlist("EGRESS_ALLOW"))))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> Resolution:
        resolution = Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def found(ips: tuple[str, ...]) -> None:
            self.refused.pop((hostName, portNumber), None)
            for ip in ips:
                kind = IPv6Address if ":" in ip else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind("TCP", ip, portNumber))
            resolutionReceiver.resolutionComplete()

        def none(failure: Failure) -> None:
            failure.trap(RefusedAddress, CrawlError)  # type: ignore[no-untyped-call]
            self.refused.pop((hostName, portNumber), None)
            if isinstance(failure.value, RefusedAddress):
                self.refused[hostName, portNumber] = failure.value.message
            resolutionReceiver.resolutionComplete()  # no address: Scrapy's "cannot resolve host"

        deferToThread(self.policy.resolve, hostName, portNumber).addCallbacks(found, none)
        return resolution
