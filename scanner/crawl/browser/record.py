"""The environment record of a visit: with what and how a page was seen, and what could not be seen.

Owns: the JSON of the resource ``environment``, and making a :class:`Visit` of a look. Leaves to others: looking
(``sight``), sealing (``evidence``). Keys are English; reasons are Chinese, as people read them in the report.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from scanner import clock
from scanner.crawl.browser import check
from scanner.crawl.browser.memory import MB
from scanner.crawl.browser.sight import HEIGHT, MAX_HEIGHT, MAX_SHEETS, MAX_WIDTH, WIDTH, Sight
from scanner.crawl.proxy.server import Denial
from scanner.model import Exchange, Lane, Resource, Visit

LOCALE, TIMEZONE = "zh-CN", "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The browser that looked: product and version, program, arguments, sandbox, the User-Agent it sent."""

    product: str
    program: str
    arguments: tuple[str, ...]
    sandbox: bool
    agent: str


def visit(
    sight: Sight,
    machine: Machine,
    *,
    storefront: str,
    note: Iterable[tuple[str, str]],
    before: Sequence[Sight],
    calls: dict[str, int],
) -> Visit:
    """A look as the sealing takes it. ``before``: looks at the same page that ended with a dead browser; their
    exchanges are kept behind. ``calls``: whom Chromium called outside any visit, and did not reach."""
    exchanges = check.main_first(sight.proxy.exchanges, sight.events.document, sight.url)
    earlier = tuple(exchange for one in before for exchange in one.proxy.exchanges)
    environment = describe(sight, machine, exchanges, before=before, calls=calls)
    notes = list(note)
    if sight.final_url and sight.final_url != sight.url:
        notes.append(("final_url", sight.final_url))
    notes += [("not_seen", name) for name in sorted(sight.missing)]
    text = json.dumps(environment, ensure_ascii=False, sort_keys=True, indent=1)
    made = Resource(name="environment", media_type="application/json", body=text.encode("utf-8", "replace"),
                    made=clock.now())  # fmt: skip
    return Visit(
        url=sight.url,
        storefront=storefront,
        lane=Lane.BROWSER,
        time=sight.began,
        exchanges=exchanges + earlier,
        resources=(*sight.resources, made),
        note=tuple(notes),
    )


def describe(
    sight: Sight, machine: Machine, exchanges: tuple[Exchange, ...], *, before: Sequence[Sight], calls: dict[str, int]
) -> dict[str, Any]:
    """The record as JSON values."""
    events, document = sight.events, sight.events.document
    main: dict[str, Any] = {}
    if document is not None and exchanges and not sight.proxy.denial(document.mark):
        main = check.compare(exchanges[0], document, sight.body)
    return {
        "asked": sight.url,
        "final_url": sight.final_url,
        "began": clock.stamp(sight.began),
        "ended": clock.stamp(clock.now()),
        "attempts": len(before) + 1,
        "earlier_attempts": [one.error for one in before],
        "browser": {
            "product": machine.product,
            "program": machine.program,
            "arguments": list(machine.arguments),
            "sandbox": machine.sandbox,
            "user_agent": machine.agent,
            "calls_refused": calls,
        },
        "software": {"playwright": version("playwright"), "python": platform.python_version()},
        "view": {
            "width": WIDTH, "height": HEIGHT, "locale": LOCALE, "timezone": TIMEZONE, "service_workers": "block",
            "downloads": "refused", "windows": "closed", "cookies": "none at the start",
        },
        "load": {
            "error": sight.error,
            "idle": sight.idle,
            "navigations": events.navigations,
            "frames": list(sight.frames),
            "scrolled": sight.scrolled,
            "heights": list(sight.heights),
        },
        "screenshot_full": {"clipped": sight.clipped, "max_width": MAX_WIDTH, "max_height": MAX_HEIGHT},
        "print": {"paper": "A4", "backgrounds": True, "max_sheets": MAX_SHEETS},
        "main": main,
        "network": _network(exchanges, sight.proxy.denials),
        "events": {
            "console": events.console, "errors": events.errors, "dialogs": events.dialogs, "windows": events.windows,
            "downloads": events.downloads, "websockets": events.websockets,
        },
        "memory": [{"held_mb": cut.held // MB, "ended": "browser" if cut.all else "page"} for cut in sight.cuts],
        "missing": sight.missing,
    }  # fmt: skip


def _network(exchanges: tuple[Exchange, ...], denials: Sequence[Denial]) -> dict[str, Any]:
    return {
        "protocol": "HTTP/1.1; HTTP/2, QUIC and WebSocket are not offered",
        "exchanges": len(exchanges),
        "bytes": sum(len(exchange.received) for exchange in exchanges),
        "truncated": [{"url": one.url, "why": one.truncated} for one in exchanges if one.truncated],
        "servers": _servers(exchanges),
        "denied": [_denied(denial) for denial in denials],
    }


def _servers(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Who answered: each host and address once. A TLS server whose certificate did not hold is under ``denied``."""
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for one in exchanges:
        host = one.url.split("/", 3)[2]
        row: dict[str, Any] = {"host": host, "ip": one.ip, "port": one.port}
        if one.tls:
            row |= {"tls": one.tls, "certificate": "verified"}
        if one.chain:
            row["chain_sha256"] = [hashlib.sha256(der).hexdigest() for der in one.chain]
        rows.setdefault((host, one.ip, one.port), row)
    return list(rows.values())


def _denied(denial: Denial) -> dict[str, Any]:
    row: dict[str, Any] = {
        "url": denial.url, "why": denial.why, "refused": denial.refused, "time": clock.stamp(denial.time),
    }  # fmt: skip
    if denial.chain:
        row["chain"] = [base64.b64encode(der).decode() for der in denial.chain]
    return row
