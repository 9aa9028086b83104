"""Which exchange is the page's own, and whether Chromium and our proxy saw the same.

Owns: finding the main document among a visit's exchanges, and the cross-check: two independent records of one answer
(the proxy's bytes, Chromium's own account of status, decoded length and text). Leaves to others: both records.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
from typing import Any

from scanner.crawl.browser.events import Document
from scanner.errors import InputError
from scanner.evidence.wire import coding, http
from scanner.model import Exchange


def main_first(exchanges: tuple[Exchange, ...], document: Document | None, asked: str) -> tuple[Exchange, ...]:
    """The exchanges with the page's own first, the others in their order: that of the document shown; else that of the
    address asked for; else whatever came first."""
    places = [_last(exchanges, document.url, document.status)] if document is not None else []
    places.append(_last(exchanges, asked, 0))
    at = next((place for place in places if place is not None), None)
    if at is None:
        return exchanges
    return (exchanges[at], *exchanges[:at], *exchanges[at + 1 :])


def _last(exchanges: tuple[Exchange, ...], url: str, status: int) -> int | None:
    bare = url.partition("#")[0]
    found = [at for at, exchange in enumerate(exchanges) if exchange.url == bare]
    same = [at for at in found if status and _status(exchanges[at]) == status]
    return next(reversed(same or found), None)


def _status(exchange: Exchange) -> int:
    try:
        return http.head(exchange.received).status
    except InputError:
        return 0


def compare(exchange: Exchange, document: Document, body: tuple[str, bool] | None) -> dict[str, Any]:
    """The main exchange beside Chromium's account of it. ``agrees`` is None where there is nothing to compare.

    ``body`` is what DevTools gives: the text it decoded (or base64 of bytes it took for no text).
    """
    rows: dict[str, Any] = {
        "url": document.url,
        "chromium": {"status": document.status, "length": document.decoded, "charset": document.charset},
    }
    try:
        head = http.head(exchange.received)
        entity = http.entity(exchange.received, head, method=exchange.method)
        decoded = coding.decode(entity.body, head.all(b"content-encoding"))
    except InputError as error:
        return rows | {"proxy": {"error": error.message}, "agrees": False}
    rows["proxy"] = {
        "status": head.status, "length": len(decoded), "sha256": hashlib.sha256(decoded).hexdigest(),
    }  # fmt: skip
    checks = {"status": head.status == document.status, "length": len(decoded) == document.decoded}
    text = _same_text(decoded, document.charset, body)
    if text is not None:
        checks["text"] = text
    return rows | {"same": checks, "agrees": all(checks.values())}


def _same_text(decoded: bytes, charset: str, body: tuple[str, bool] | None) -> bool | None:
    """Whether Chromium's text is that of our bytes, None when its encoding is unknown to us or it kept no text."""
    if body is None:
        return None
    text, packed = body
    if packed:
        return base64.b64decode(text) == decoded
    label = {"gbk": "gb18030", "gb2312": "gb18030", "iso-8859-1": "cp1252"}.get(charset.lower(), charset)
    try:
        codecs.lookup(label)
    except LookupError:
        return None
    ours = decoded.decode(label, "replace").removeprefix("\ufeff")
    if "\ufffd" in ours or "\ufffd" in text:
        return None  # decoders mark damaged bytes differently
    return ours == text.removeprefix("\ufeff")
