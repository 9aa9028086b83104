"""What a browser's visit shows as a page: its rendered DOM, or the decoded answer where there is no HTML.

Owns: which of the bytes of a visit are read. Leaves to others: visiting and sealing (``browser``), the page itself (``page``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.evidence.wire import coding, http
from scanner.model import Exchange, Resource

_HTML = (b"text/html", b"application/xhtml+xml")
# Headers that describe the bytes on the wire, not the page made of them.
_WIRE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding", b"connection", b"keep-alive"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a :class:`~scanner.page.Page` is made of: the final address, the status and headers of the main answer,
    and the rendered DOM in UTF-8 — or, for an answer that is no HTML page (``dom`` False), its decoded content."""

    url: str
    status: int
    headers: http.Pairs
    body: bytes
    dom: bool


def rendered(main: Exchange, resources: Iterable[Resource]) -> Rendered:
    """The page of a visit, from its main exchange and resources, sealed or not. Raises InputError when the main
    exchange is no HTTP answer, or when it cannot be decoded and there is no DOM."""
    parts = {resource.name: resource.body for resource in resources}
    head = http.head(main.received)
    url = main.url
    if "environment" in parts:
        url = json.loads(parts["environment"])["final_url"] or url
    headers = tuple((name, value) for name, value in head.headers if name.lower() not in _WIRE)
    kind = (head.all(b"content-type") or (b"text/html",))[0].partition(b";")[0].strip().lower()
    if "dom" in parts and kind in _HTML:
        rest = tuple((name, value) for name, value in headers if name.lower() != b"content-type")
        # Whatever the shop's encoding was, the DOM is in UTF-8; the shop's own header is in the capture.
        return Rendered(url=url, status=head.status, headers=((b"Content-Type", kind + b"; charset=utf-8"), *rest),
                        body=parts["dom"], dom=True)  # fmt: skip
    entity = http.entity(main.received, head, method=main.method)
    body = coding.decode(entity.body, head.all(b"content-encoding"))
    return Rendered(url=url, status=head.status, headers=headers, body=body, dom=False)
