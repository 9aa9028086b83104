"""What an address really is: URLs taken apart strictly, odd spellings of hosts made plain, IP addresses classified.

Owns: telling ``http://2130706433/``, ``http://127.1/`` and ``http://１２７.0.0.1/`` from names, and addresses of the
public Internet from all others. Leaves to others: what may be fetched all the same (``egress``). Pure: no network.

A URL that two programs could read differently (a backslash, a user name, a control character) is refused, not
repaired: what we vet must be what is dialled. Host rules follow the WHATWG URL standard, as Chromium's do.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import idna

from scanner.errors import RefusedAddress

MAX_URL = 8192  # characters; real pages load pictures by addresses of a few thousand
MAX_HOST = 253  # octets of a name, RFC 1035
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_URL = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Ports browsers refuse (WHATWG Fetch, "bad port") and those of databases and machine rooms: no shop listens there.
_BAD_PORTS = frozenset(
    int(port)
    for row in (
        "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123",
        "135 137 138 139 143 161 162 179 389 427 445 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636",
        "873 989 990 993 995 1433 1521 1719 1720 1723 2049 2181 2375 2376 2379 2380 3268 3306 3389 3659 4045 4190 4369",
        "5060 5061 5432 5672 5900 5984 6000 6379 6443 6566 6665 6666 6667 6668 6669 6679 6697 9042 9092 9200 9300 10080",
        "10250 11211 15672 27017 50070",
    )
    for port in row.split()
)

# Where clouds hand out credentials: AWS and most others, AWS containers, Tencent, Alibaba, Azure, Oracle, AWS IPv6.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.0.23", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "fd00:ec2::254",
    )
)  # fmt: skip
_NAMED_NETS = tuple(
    (ipaddress.ip_network(net), word)
    for net, word in (
        ("127.0.0.0/8", "本机地址"),  # this machine
        ("::1/128", "本机地址"),
        ("0.0.0.0/8", "未指定的地址"),  # unspecified
        ("::/128", "未指定的地址"),
        ("10.0.0.0/8", "内网地址"),  # private network
        ("172.16.0.0/12", "内网地址"),
        ("192.168.0.0/16", "内网地址"),
        ("fc00::/7", "内网地址"),
        ("fec0::/10", "内网地址"),
        ("100.64.0.0/10", "运营商内网地址"),  # carrier-grade NAT
        ("169.254.0.0/16", "链路本地地址"),  # link-local
        ("fe80::/10", "链路本地地址"),
        ("224.0.0.0/4", "组播地址"),  # multicast
        ("ff00::/8", "组播地址"),
        ("192.88.99.0/24", "保留地址"),  # reserved: the old 6to4 relay, which is_global lets through
        ("2001::/32", "保留地址"),  # Teredo: what is inside cannot be a shop
        ("3fff::/20", "保留地址"),  # documentation (RFC 9637), which older Pythons take for public
    )
)
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_SPECIAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet", "corp", "home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a URL leads: ``host`` is a lower-case ASCII name or the plain spelling of an IP address."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """``host`` or ``host:port`` as a Host header has it: the scheme's own port left out."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _DEFAULT_PORTS[self.scheme] else f"{shown}:{self.port}"


def place(url: str) -> Place:
    """Take an http(s) URL apart. Raises RefusedAddress, in Chinese, for anything that is not plainly one."""
    if len(url) > MAX_URL:
        raise RefusedAddress(f"网址过长（上限 {MAX_URL} 个字符）", where=url[:200], hint="请核对网址")
    if (bad := _CONTROL.search(url)) is not None:
        raise RefusedAddress(f"网址里有空白或者控制字符（第 {bad.start() + 1} 个字符）", where=url, hint="请核对网址")
    found = _URL.match(url)
    if found is None:
        raise _no_url(url)
    scheme, authority = found[1].lower(), found[2]
    if "\\" in authority or url[found.end() : found.end() + 1] == "\\":
        raise RefusedAddress("网址里有反斜杠，不同程序会读成不同的主机", where=url, hint="请核对网址")
    if "@" in authority:
        raise RefusedAddress("网址里不能带用户名或者密码", where=url, hint="去掉 @ 和它前面的部分")
    try:
        host, port = split(authority)
    except RefusedAddress as refused:
        raise RefusedAddress(refused.message, where=url, hint=refused.hint) from None
    return Place(scheme=scheme, host=host, port=_DEFAULT_PORTS[scheme] if port is None else port)


def _no_url(url: str) -> RefusedAddress:
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[0].lower() not in ("http:", "https:"):
        return RefusedAddress(f"只访问 http 和 https 网址，不访问 {scheme[0]}", where=url[:200], hint="请核对网址")
    return RefusedAddress("这不是网址", where=url[:200], hint="网址以 http:// 或者 https:// 开头")


def split(authority: str) -> tuple[str, int | None]:
    """``host[:port]`` → canonical host and the port, None when there is none. Raises RefusedAddress."""
    if authority.startswith("["):
        inside, closed, rest = authority[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise RefusedAddress("IPv6 地址的方括号有误", hint="例：http://[2001:db8::1]:8080/")
        return _v6(inside), _port(rest[1:])
    name, _, tail = authority.partition(":")
    return canonical(name), _port(tail)


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise RefusedAddress(f"端口有误：{text[:20]}", hint="端口是 1 至 65535 的数字")
    return int(text)


def bad_port(port: int) -> bool:
    """Whether no shop listens there (mail, databases, remote control …)."""
    return port in _BAD_PORTS


def canonical(host: str) -> str:
    """A host as browsers understand it: names in lower-case ASCII, every spelling of an IPv4 address in plain dots.

    >>> canonical("0x7f.1"), canonical("１２７。0.0.1"), canonical("Shop.Example.")
    ('127.0.0.1', '127.0.0.1', 'shop.example')
    """
    if ":" in host:
        return _v6(host)
    if "%" in host:
        raise RefusedAddress("主机名里有百分号编码", hint="请写出主机名本身")
    try:
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise RefusedAddress(f"主机名不合规范：{host[:60]}", hint="请核对网址") from None
    name = name.removesuffix(".")
    if not name:
        raise RefusedAddress("网址里没有主机名", hint="例：https://shop.example/")
    labels = name.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return str(_v4(labels))
    if len(name) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise RefusedAddress(f"主机名不合规范：{host[:60]}", hint="请核对网址")
    return name


def _v4(labels: list[str]) -> ipaddress.IPv4Address:
    """The WHATWG reading of an IPv4 address: one to four parts, decimal, octal or hexadecimal, the last one long."""
    values = [_part(label) for label in labels]
    if len(values) > 4 or any(value > 255 for value in values[:-1]) or values[-1] >= 256 ** (5 - len(values)):
        raise RefusedAddress("IP 地址不合规范", hint="请核对网址")
    whole = values[-1]
    for at, value in enumerate(values[:-1]):
        whole += value << (8 * (3 - at))
    return ipaddress.IPv4Address(whole)


def _part(label: str) -> int:
    if len(label) > 16 or not _NUMERIC.fullmatch(label):
        raise RefusedAddress("IP 地址不合规范", hint="请核对网址")
    try:
        if label.startswith("0x"):
            return int(label[2:] or "0", 16)
        return int(label, 8 if len(label) > 1 and label.startswith("0") else 10)
    except ValueError:
        raise RefusedAddress("IP 地址不合规范", hint="请核对网址") from None


def _v6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text)) if "%" not in text else _zone()
    except ValueError:
        raise RefusedAddress("IPv6 地址不合规范", hint="例：http://[2001:db8::1]:8080/") from None


def _zone() -> str:
    raise RefusedAddress("IPv6 地址不能带网卡名（%）", hint="请核对网址")


def special(name: str) -> bool:
    """Whether a name can only mean something inside a network: ``localhost``, ``nas.local``, ``router``."""
    return "." not in name or any(name == tail or name.endswith(f".{tail}") for tail in _SPECIAL_NAMES)


def literal(host: str) -> IPAddress | None:
    """The address a canonical host is, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def metadata(address: IPAddress) -> bool:
    """Whether a cloud hands out credentials there, whatever it is wrapped in."""
    return any(inner in _METADATA for inner in _unpacked(address))


def trouble(address: IPAddress) -> str:
    """Why an address is not the public Internet's, in Chinese; empty when it is.

    Python's ``is_global`` alone lets through multicast, Azure's metadata, site-local, and private addresses wrapped as
    mapped, compatible, NAT64 or 6to4, so each wrapping is taken off and each layer asked.

    >>> trouble(ipaddress.ip_address("64:ff9b::7f00:1")), trouble(ipaddress.ip_address("1.1.1.1"))
    ('本机地址', '')
    """
    for inner in reversed(_unpacked(address)):
        if inner in _METADATA:
            return "云主机元数据地址"  # a cloud's metadata service
        for net, word in _NAMED_NETS:
            if inner.version == net.version and inner in net:
                return word
        if not _public(inner):
            return "保留地址"  # reserved
    return ""


def _public(address: IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if _wrapped(address) is not None:
            return True  # the layer inside was asked before; Pythons differ on what they call the wrapping
        if address not in _PUBLIC_V6:
            return False
    return address.is_global


def _unpacked(address: IPAddress) -> list[IPAddress]:
    """The address and what is wrapped in it, outermost first."""
    inner = _wrapped(address) if isinstance(address, ipaddress.IPv6Address) else None
    return [address] if inner is None else [address, inner]


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
