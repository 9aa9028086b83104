"""Credentials out of recordings, before anything else happens to them.

Owns: learning every credential of a file first, then replacing it in its own place and wherever else it stands, and
naming the places. Leaves to others: what counts as a credential (``credentials``), where it stands (``spots``), the
journal line (the caller).
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit, urlunsplit

from ahocorasick_rs import AhoCorasick, MatchKind

from scanner.intake import spots
from scanner.intake.credentials import MARK, named, opaque, telling
from scanner.intake.recorded import Headers, Recorded

_NO_TEXT = re.compile(r"[\ud800-\udfff]")
_BASIC = re.compile(r"(?i)basic\s+([A-Za-z0-9+/=_-]{4,4096})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """What was taken out of a file, for the journal: places as (entry number from 1, place), and the size and digests
    of the untouched file, which is not kept."""

    name: str
    size: int
    sha256: str
    sm3: str
    places: tuple[tuple[int, str], ...]


class Scrubber:
    """Knows the credentials of one file. First :meth:`learn` every exchange, then :meth:`clean` them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._finder: AhoCorasick | None = None  # None: still learning
        self._places: list[str] = []

    def learn(self, one: Recorded) -> None:
        """Remember the credentials of an exchange."""
        self._finder = None
        self._clean(one)

    def clean(self, one: Recorded) -> tuple[Recorded, tuple[str, ...]]:
        """The exchange without credentials, and the places they stood in, each once."""
        self._ready()
        self._places = []
        clean = self._clean(one)
        return clean, tuple(dict.fromkeys(self.text(place) for place in self._places))

    def text(self, text: str) -> str:
        """Any text without the credentials known (a file name, a recorder's name, a place)."""
        self._ready()
        return self._elsewhere(text, "")

    def _ready(self) -> None:
        if self._finder is None:
            forms = {form for value in self._known for form in _spellings(value)}
            self._finder = AhoCorasick(sorted(forms), matchkind=MatchKind.LeftmostLongest)

    def url(self, url: str, place: str = "url", *, sent: bool = True) -> str:
        """A URL without user, password and credentials among its parameters."""
        found = spots.in_query(url, sent=sent)
        self._note(found, place)
        clean = spots.replaced(url, found)
        try:
            parts = urlsplit(clean)
        except ValueError:  # no address at all; its parameters are clean
            return self._elsewhere(clean, place)
        user, at, host = parts.netloc.rpartition("@")
        if at:
            self._remember(user.partition(":")[2], f"{place} password")
        old = (parts.path, parts.query, parts.fragment)
        new = tuple(self._elsewhere(part, place) for part in old)
        return urlunsplit((parts.scheme, host, *new)) if at or new != old else clean

    def _clean(self, one: Recorded) -> Recorded:
        url = self.url(one.url)
        sent_headers = self._headers(one.sent_headers, "request", sent=True)
        received_headers = self._headers(one.received_headers, "response", sent=False)
        sent_type = next((v for n, v in one.sent_headers if n.lower() == "content-type"), "")
        return replace(
            one,
            url=url,
            sent_headers=sent_headers,
            sent_body=self._body(one.sent_body, sent_type, "request body", sent=True),
            received_headers=received_headers,
            reason=self._elsewhere(one.reason, "response reason"),
            body=self._body(one.body, one.media_type, "response body", sent=False),
            media_type=self._elsewhere(one.media_type, "response media type"),
        )

    def _headers(self, headers: Headers, side: str, *, sent: bool) -> Headers:
        return tuple(self._header(name, value, f"{side} header {name}", sent=sent) for name, value in headers)

    def _header(self, name: str, value: str, place: str, *, sent: bool) -> tuple[str, str]:
        name = self._elsewhere(name, place)
        if not value.strip() or not (named(name, sent=False) or "cookie" in name.lower()):
            found = spots.in_query(value, sent=sent)
            self._note(found, place)
            return name, self._elsewhere(spots.replaced(value, found), place)
        for secret in _header_values(name, value):
            self._remember(secret, "")
        self._places.append(place)
        return name, MARK

    def _body(self, body: str | bytes, media_type: str, place: str, *, sent: bool) -> str | bytes:
        if not body:
            return body
        if isinstance(body, str):
            return self._body_text(body, media_type, place, sent=sent)
        if media_type.lower().startswith(("image/", "audio/", "video/", "font/")):
            return self._elsewhere(body.decode("latin-1"), place).encode("latin-1")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            # Other character sets and binary forms: names of credentials are ASCII everywhere, and so are their values.
            text = body.decode("latin-1")
            return self._body_text(text, media_type, place, sent=sent).encode("latin-1")
        return self._body_text(text, media_type, place, sent=sent).encode("utf-8")

    def _body_text(self, text: str, media_type: str, place: str, *, sent: bool) -> str:
        found = spots.spots(text, sent=sent, multipart="multipart/" in media_type.lower())
        self._note(found, place)
        return self._elsewhere(spots.replaced(text, found), place)

    def _note(self, found: list[spots.Spot], place: str) -> None:
        for spot in found:
            self._places.append(f"{place} {spot.place}")
            for value in spot.values:
                self._remember(value, "")

    def _remember(self, value: str, place: str) -> None:
        if place:
            self._places.append(place)
        for form in {value, unquote(value), unquote_plus(value)}:
            if telling(form):
                self._known.add(form)

    def _elsewhere(self, text: str, place: str) -> str:
        """``text`` with every known credential replaced, in whatever spelling it stands there."""
        if self._finder is None or not self._known:
            return text
        found = self._finder.find_matches_as_indexes(_NO_TEXT.sub("�", text))
        if not found:
            return text
        if place:
            self._places.append(f"{place} (repeated)")
        parts, at = [], 0
        for _, start, end in found:
            parts += [text[at:start], MARK]
            at = end
        return "".join([*parts, text[at:]])


def _header_values(name: str, value: str) -> Iterator[str]:
    """The credentials in a header: each cookie that is no common word, each part of an authorization."""
    if "cookie" in name.lower():
        for pair in re.split(r"[;,\n]", value):
            cookie, _, inner = pair.strip().partition("=")
            inner = inner.strip('"')
            if opaque(inner) or (named(cookie, sent=True) and telling(inner)):
                yield inner
        return
    if basic := _BASIC.search(value):
        try:
            decoded = base64.b64decode(basic[1], validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            decoded = ""
        yield decoded.partition(":")[2]
    yield value
    yield from re.split(r"[\s,;]+", value)


def _spellings(value: str) -> set[str]:
    """How a credential is spelled in URLs, forms, JSON, markup."""
    once = quote(value, safe="")
    forms = {
        value, once, quote_plus(value), quote(value), quote(once, safe=""),
        json.dumps(value)[1:-1], value.replace("/", "\\/"), html.escape(value), html.escape(value, quote=False),
    }  # fmt: skip
    lower = {re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), form) for form in forms}
    return forms | lower
