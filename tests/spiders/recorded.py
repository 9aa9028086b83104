"""Recorded sessions and real pages that lie beside the checkout, as pages."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from scanner.page import Page
from tests.spiders.saved import WHEN


def session(path: Path) -> list[Page]:
    """Every exchange of a HAR file, in order, unscrubbed: for tests that store nothing."""
    pages = []
    for entry in json.loads(path.read_text(encoding="utf-8-sig"))["log"]["entries"]:
        asked, answered = entry["request"], entry["response"]
        text = answered["content"].get("text") or ""
        packed = answered["content"].get("encoding") == "base64"
        pages.append(
            Page(
                url=asked["url"],
                status=answered["status"],
                headers=[(h["name"].encode(), h["value"].encode()) for h in answered["headers"]],
                body=base64.b64decode(text) if packed else text.encode(),
                capture="0" * 20,
                time=WHEN,
                method=asked["method"],
                request_body=(asked.get("postData") or {}).get("text", "").encode(),
            )
        )
    return pages


def real(path: Path, url: str) -> Page:
    """A saved real page as if it had come from ``url`` without a charset in its header."""
    return Page(url, 200, [(b"Content-Type", b"text/html")], path.read_bytes(), "0" * 20, WHEN)
