"""A request and an answer of the mall, apart from sockets.

Owns: the two values and the few headers every answer carries. Leaves to others: what is answered (``shop``, ``api``)
and how it travels (``mall``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. ``path`` is decoded; ``query`` keeps the first value of each name."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes = b""

    @property
    def page(self) -> int:
        """The page number asked for, at least 1; nonsense counts as 1."""
        text = self.query.get("page", "1")
        return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    body: bytes
    status: int = 200
    media_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()


def asked(method: str, target: str, body: bytes = b"") -> Asked:
    """The request for a target as it stands in the request line (``/p/3?spm=1``)."""
    path, _, rest = target.partition("#")[0].partition("?")
    query = {name: values[0] for name, values in parse_qs(rest, keep_blank_values=True).items()}
    return Asked(method=method, path=unquote(path), query=query, body=body)


def page(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(body=text.encode("utf-8"), status=status, headers=headers)


def redirect(target: str) -> Answer:
    return Answer(body=b"", status=302, headers=(("Location", target),))


def as_json(value: Any, status: int = 200) -> Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Answer(body=body, status=status, media_type="application/json; charset=utf-8")
