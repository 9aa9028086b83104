"""What the documents of a lead need beside its case file: pictures, text positions, facts of each capture.

Owns: these shapes. Leaves to others: gathering them from archive and home (``evidence.material``), what is made of them
(``marking``, ``view``). All bytes in here come from pages and are opened as a stranger's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of a server's chain as it was sent, leaf first; ``subject`` "" where it could not be read."""

    subject: str
    issuer: str
    since: datetime | None
    until: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a capture came over the wire. ``hops``: (status, address, where it led) of each redirect; ``protocol``:
    ``http/1.1``; ``tls``: version and cipher, "" for plain HTTP; ``agent``: the User-Agent that was sent."""

    hops: tuple[tuple[int, str, str], ...] = ()
    final_url: str = ""
    protocol: str = ""
    tls: str = ""
    chain: tuple[Certificate, ...] = ()
    agent: str = ""
    browser: str = ""  # product and version of the browser that looked, "" where none did
    reconstructed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a browser's visit showed: the full-page picture (or the window's), the words' positions, the page's text as the
    DOM has it, and why positions are missing."""

    picture: bytes = b""
    full: bool = False
    boxes: bytes | None = None
    dom: bytes = b""
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """By capture id: ``seen`` and ``facts``; by address: ``images`` (bytes of pictures that findings quote); by rule id:
    ``titles``. ``not_measured``, ``notes``: of the machine that looked, in Chinese; ``software``: name and version."""

    seen: Mapping[str, Seen] = field(default_factory=lambda: NOTHING)
    facts: Mapping[str, Facts] = field(default_factory=lambda: NOTHING)
    images: Mapping[str, bytes] = field(default_factory=lambda: NOTHING)
    titles: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    not_measured: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    software: str = ""
