"""Pages made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.page import Page

WHEN = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def html(
    body: str | bytes, url: str = "http://shop.example/x/1", kind: str = "text/html; charset=utf-8", status: int = 200
) -> Page:
    """A page with this source."""
    raw = body.encode() if isinstance(body, str) else body
    return Page(url, status, [(b"Content-Type", kind.encode())] if kind else [], raw, "0" * 20, WHEN)
