"""HAR files for tests, written as the recorders write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHOP = "https://shop.example"


def pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def entry(
    url: str = f"{SHOP}/p/1", *, method: str = "GET", sent: dict[str, str] | None = None, post: Any = None,
    status: int = 200, received: dict[str, str] | None = None, text: str | None = "{}",
    mime: str = "application/json; charset=utf-8", **content: Any,
) -> dict[str, Any]:  # fmt: skip
    """One entry; ``content`` overrides what the recorder noted of the body, ``text=None`` leaves the body out."""
    headers = {"Content-Type": mime} if received is None else received
    body: dict[str, Any] = {"size": len(text or ""), "mimeType": mime, **content}
    if text is not None:
        body["text"] = text
    request: dict[str, Any] = {"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": pairs(sent or {})}
    if post is not None:
        request["postData"] = post
    return {
        "startedDateTime": "2026-11-22T10:22:05.151637+08:00", "time": 12.5, "request": request,
        "response": {"status": status, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": pairs(headers),
                     "content": body},
        "serverIPAddress": "192.0.2.7",
    }  # fmt: skip


def har(*entries: Any, **log: Any) -> str:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "演示录制", "version": "1"}, **log, "entries": entries}}
    )


def written(folder: Path, *entries: Any, name: str = "会话.har", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(har(*entries).encode(encoding))
    return path
