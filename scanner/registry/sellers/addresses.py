"""The web addresses in a cell of a list that people keep: several in one cell, with words around them, half of them bare.

Owns: finding addresses in a cell, one spelling for each, and taking one apart so that two spellings of one place are
equal. Leaves to others: whose shop an address is (``platforms``) and what may be fetched (``crawl.fetch.egress``): nothing here
is ever asked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import idna

MAX_CELL = 20_000  # characters looked at; a real cell has under 1,000
MAX_FOUND = 100  # addresses of one cell

_PORTS = {"http": 80, "https": 443}
_MOBILE = frozenset(("www", "m", "wap", "h5", "mobile"))  # first labels under which one site shows the same shop

# Between two addresses, before widths are levelled: levelled, some of these may stand in an address.
_BETWEEN = re.compile(r"[\s，；、。｜|《》“”‘’（）【】<>\"`\\^{}\x00-\x1f\x7f-\x9f]+")
_SCHEME = re.compile(r"(?<!=)(?=https?:/)", re.IGNORECASE)
_LABEL = r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?|[\u4e00-\u9fff]{1,20})"
_TAIL = r"(?::(?P<port>[0-9]{1,5})(?![0-9]))?(?P<tail>[/?#][!-~]*)?"
_WITH = re.compile(
    rf"(?P<scheme>https?):/{{1,2}}(?P<host>{_LABEL}(?:\.{_LABEL})+)\.?(?![a-z0-9_-]){_TAIL}", re.IGNORECASE
)
_BARE = re.compile(
    r"(?<![\w@.-])(?P<scheme>)(?P<host>(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
    rf"|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}})(?![\w@.-]){_TAIL}",
    re.IGNORECASE | re.ASCII,
)
_NEXT = re.compile(r"[,;](?=(?:https?:/|(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:[/:?,;]|$)))", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|jsp|aspx?)$", re.IGNORECASE)
_OPENING = {")": "(", "]": "["}
_FILES = frozenset(("html", "htm", "php", "jsp", "aspx", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "pdf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address taken apart: ``host`` with its port unless it is the scheme's own, ``path`` without an end stroke and the
    name of a folder's first page (index.html), ``query`` as (name, value) pairs in order, ``route`` what stands
    behind ``#`` where a script shows pages by it."""

    host: str
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    route: str = ""

    @property
    def root(self) -> bool:
        """Whether it names no more than the host."""
        return not (self.path or self.query or self.route)

    @property
    def site(self) -> str:
        """The host without a first label that only says how the same shop is shown.

        >>> Place(host="www.shop.example:8443").site, Place(host="m.example").site
        ('shop.example:8443', 'm.example')
        """
        first, _, rest = self.host.partition(".")
        return rest if first in _MOBILE and "." in rest else self.host


def found(cell: str) -> tuple[str, ...]:
    """The addresses in a cell, each once, in its order; the scheme only where the cell says it.

    >>> found("京东：HTTPS://Shop.JD.com/index-123.html；官网 www.shop.example/，电话400-000-0000")
    ('https://shop.jd.com/index-123.html', 'www.shop.example')
    """
    told: dict[str, None] = {}
    for piece in _pieces(cell[:MAX_CELL]):
        begin = 0
        while len(told) < MAX_FOUND and (match := _first(piece, begin)) is not None:
            begin = match.end()
            if address := _spelt(match):
                told[address] = None
    return tuple(told)


@lru_cache(maxsize=65536)
def place(address: str) -> Place | None:
    """An address taken apart, scheme or not; None for text that is none."""
    try:
        parts = urlsplit(address if "://" in address[:8] else f"//{address}")
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return None
    host = f"[{host}]" if ":" in host else host if host.isascii() else _ascii(host)
    if port is not None and port != _PORTS.get(parts.scheme, 80):
        host = f"{host}:{port}"
    pairs = (pair.partition("=") for pair in parts.query.split("&") if pair)
    route = parts.fragment if parts.fragment[:1] in ("/", "!") else ""
    return Place(
        host=host,
        path=_INDEX.sub("", parts.path).rstrip("/"),
        query=tuple((name, value) for name, _, value in pairs),
        route=route,
    )


def _ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return host


def _pieces(cell: str) -> list[str]:
    """The cell cut where one address ends for certain; widths levelled."""
    plain = (unicodedata.normalize("NFKC", piece) for piece in _BETWEEN.split(cell))
    cut = (part for text in plain for word in text.split() for part in _SCHEME.split(word))
    return [piece for part in cut for piece in _NEXT.split(part) if piece]


def _first(piece: str, begin: int) -> re.Match[str] | None:
    """The first address in a piece; behind a scheme anything is a host, without one only what ends like a name."""
    matches = [m for pattern in (_WITH, _BARE) if (m := pattern.search(piece, begin)) is not None]
    return min(matches, key=lambda match: match.start(), default=None)


def _spelt(match: re.Match[str]) -> str:
    """One spelling of an address; "" for what only looks like one."""
    host, port, scheme = match["host"].lower(), match["port"] or "", match["scheme"].lower()
    if host.rpartition(".")[2] in _FILES or (port and not 0 < int(port) < 65536):
        return ""
    if not scheme and re.fullmatch(r"[0-9.]+", host) and any(int(part) > 255 for part in host.split(".")):
        return ""
    tail = _trimmed(match["tail"] or "")
    shown = f":{int(port)}" if port and int(port) != _PORTS.get(scheme) else ""
    return f"{scheme}://{host}{shown}{tail}" if scheme else f"{host}{shown}{tail}"


def _trimmed(tail: str) -> str:
    """Path, query and route without what belongs to the sentence around them."""
    tail = tail.rstrip(".,;:!'*")
    while (opening := _OPENING.get(tail[-1:])) is not None and tail.count(tail[-1]) > tail.count(opening):
        tail = tail[:-1].rstrip(".,;:!'*")
    path, mark, rest = tail.partition("#")
    return (f"{path}#{rest}" if mark and rest[:1] in ("/", "!") else path).rstrip("/?")
