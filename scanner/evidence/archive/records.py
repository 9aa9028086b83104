"""Which WARC records a visit makes, and what they are called.

Owns: one exchange → response, request (``WARC-Concurrent-To``), the server's certificates (once a segment), 1xx heads;
one thing made by looking → a resource record; what was not seen, in words. Leaves to others: bytes (``warc``), places
(``archive``).

Names of resources: a screenshot is ``urn:view:<url>``, a full-page one ``urn:fullPage:<url>``, the text
``urn:text:<url>``, as Browsertrix writes and ReplayWeb.page reads them; everything else ``urn:qingwang:<name>:<url>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.warc.writing import REQUEST, RESPONSE, Draft, Member, address
from scanner.evidence.wire import http
from scanner.model import Exchange, Lane, Resource

NOT_SEEN = (
    "TLS record bytes; TCP and IP packets; the DNS answer; OCSP staple; "
    "nothing here proves who runs the server beyond its certificate chain"
)
_VIEWS = {"screenshot": "urn:view:", "screenshot-full": "urn:fullPage:", "text": "urn:text:"}
_VISIBLE = re.compile(rb"[\x21-\x7e]")
_CODED = frozenset({b"gzip", b"br", b"zstd", b"deflate"})
_CUTS = frozenset({"length", "time", "disconnect"})
_TLS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}
Put = Callable[[Draft], Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Main:
    """What the capture says of its main exchange; ``digest`` and ``size`` are those of the entity, ``packed`` that it
    came compressed, ``plain`` that the entity is just what followed the head."""

    status: int
    media_type: str
    digest: str
    size: int
    packed: bool = False
    plain: bool = False


NOTHING = Main(status=0, media_type="", digest=digest.sha256(b""), size=0)


def resource_uri(name: str, url: str) -> str:
    """The record address of a resource of the page ``url``.

    >>> resource_uri("dom", "https://a.example/1")
    'urn:qingwang:dom:https://a.example/1'
    """
    return _VIEWS.get(name, f"urn:qingwang:{name}:") + address(url)


def resource_name(uri: str) -> str:
    """The resource's name from its record address, empty when it is none of ours.

    >>> resource_name("urn:fullPage:https://a.example/")
    'screenshot-full'
    """
    for name, prefix in _VIEWS.items():
        if uri.startswith(prefix):
            return name
    return uri.split(":", 3)[2] if uri.startswith("urn:qingwang:") and uri.count(":") >= 3 else ""


def info(software: Mapping[str, str]) -> bytes:
    """The block of a segment's ``warcinfo`` record."""
    rows = {
        **software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "not-seen": NOT_SEEN,
    }
    text = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in rows.items() if value)
    return text.encode("utf-8", "backslashreplace")


def put_exchange(exchange: Exchange, lane: Lane, put: Put, certificates: tuple[str, ...]) -> Main:
    """Write the records of one exchange through ``put``; ``certificates`` are the SHA-256 of its chain."""
    try:
        head = http.head(exchange.received)
    except InputError:  # nothing, half a head, or no HTTP at all: kept as it came
        head = None
    common = _common(exchange, lane, head, certificates)
    beside: tuple[tuple[str, str], ...] = ()
    main = _main(exchange, head)
    uri = address(exchange.url)
    if exchange.received:
        start = head.start if head else 0
        answer = put(
            Draft(
                type="response", uri=uri, date=exchange.started, media_type=RESPONSE,
                block=exchange.received[start:] if start else exchange.received,
                headers=common + _answer_fields(exchange, head, main),
                payload=_payload(exchange.received, head),
                payload_sha256=main.digest if main.plain else "",
                packed=main.packed,
            )
        )  # fmt: skip
        beside = (("WARC-Concurrent-To", answer.id),)
    if exchange.sent:
        put(
            Draft(type="request", uri=uri, date=exchange.started, media_type=REQUEST,
                  block=exchange.sent, headers=common + beside)
        )  # fmt: skip
    if head and head.informational:
        block = b"".join(head.informational)
        put(
            Draft(type="metadata", uri=uri, date=exchange.started, headers=beside,
                  media_type="message/http", block=block)
        )  # fmt: skip
    return main


def put_resource(resource: Resource, url: str, put: Put) -> None:
    """Write one thing made by looking at ``url``."""
    uri = resource_uri(resource.name, url)
    kind = _token(resource.media_type)
    put(Draft(type="resource", uri=uri, date=resource.made, media_type=kind, block=resource.body, packed=_packed(kind)))


def certificate(der: bytes, exchange: Exchange) -> Draft:
    """A certificate as the server sent it (DER)."""
    return Draft(
        type="resource", uri=f"urn:qingwang:certificate:{digest.sha256(der)}", date=exchange.started,
        media_type="application/pkix-cert", block=der,
    )  # fmt: skip


def _main(exchange: Exchange, head: http.Head | None) -> Main:
    if head is None:
        received = exchange.received
        return Main(status=0, media_type="", digest=digest.sha256(received), size=len(received))
    body = http.entity(exchange.received, head, method=exchange.method).body
    kind = (head.all(b"content-type") or (b"",))[0].partition(b";")[0].strip().lower()
    media_type = kind[:100].decode("ascii", "replace")
    packed = _packed(media_type) or any(value.strip().lower() in _CODED for value in head.all(b"content-encoding"))
    return Main(
        status=head.status, media_type=media_type, digest=digest.sha256(body), size=len(body), packed=packed,
        plain=len(body) == len(exchange.received) - head.body and not head.all(b"transfer-encoding"),
    )  # fmt: skip


def _common(
    exchange: Exchange, lane: Lane, head: http.Head | None, certificates: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    rows = [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
    if head is not None:
        rows.append(("WARC-Protocol", f"http/{head.version.decode()}"))
    version, _, cipher = exchange.tls.partition(" ")
    if version in _TLS:
        rows.append(("WARC-Protocol", _TLS[version]))
        rows += [("WARC-Cipher-Suite", cipher)] if cipher else []
    rows += [("X-Port", str(exchange.port))] if exchange.port else []
    rows.append(("X-Ended", clock.stamp(exchange.ended)))
    rows.append(("X-Lane", lane.value))
    rows += [("X-Certificate-Chain", ", ".join(certificates))] if certificates else []
    rows += [("X-Reconstructed", "yes")] if exchange.reconstructed else []
    return tuple(rows)


def _answer_fields(exchange: Exchange, head: http.Head | None, main: Main) -> tuple[tuple[str, str], ...]:
    rows = []
    if exchange.truncated:
        rows.append(("WARC-Truncated", exchange.truncated if exchange.truncated in _CUTS else "unspecified"))
    if head is None:
        rows.append(("X-Not-HTTP", "yes"))  # half a head, or no HTTP at all
    elif head.all(b"transfer-encoding"):
        rows.append(("X-Entity-Digest", f"sha256:{main.digest}"))
    return tuple(rows)


def _payload(received: bytes, head: http.Head | None) -> int | None:
    """Where the payload begins in the block. None for a head with bare line feeds or a line without visible characters:
    readers disagree where such a head ends, and a digest that only some confirm proves nothing."""
    if head is None or received[head.body - 4 : head.body] != b"\r\n\r\n":
        return None
    lines = received[head.start : head.body - 4].split(b"\r\n")
    if any(b"\n" in line or not _VISIBLE.search(line) for line in lines):
        return None
    return head.body - head.start


def _packed(media_type: str) -> bool:
    return media_type.startswith(("image/", "video/", "audio/")) and not media_type.startswith("image/svg")


def _token(media_type: str) -> str:
    return media_type if media_type.isascii() and media_type.isprintable() else "application/octet-stream"
