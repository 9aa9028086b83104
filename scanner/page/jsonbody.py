"""JSON as servers send it: bare, behind a guard, or wrapped in a callback; with caps on size and depth.

Owns: getting a value out of a text. Leaves to others: what the keys mean (the profiles).
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_CHARS = 16 * 1024 * 1024
MAX_DEPTH = 64

_GUARD = re.compile(r"\s{0,64}(?:\)\]\}',?|while\(1\);|for\(;;\);)\s{0,64}")
_CALLBACK = re.compile(r"\s{0,64}[\w.$]{1,64}\s{0,8}\(")


def load(text: str) -> Any:
    """The JSON value (object or list) of ``text``; None if it is not one, or larger than the caps."""
    start = text[:128].lstrip("\ufeff \t\r\n")[:1]
    if not start or len(text) > MAX_CHARS:
        return None
    if start not in "{[":
        unwrapped = _unwrap(text)
        if unwrapped is None:
            return None
        text = unwrapped
    value = _parse(text.lstrip("\ufeff \t\r\n"))
    return value if isinstance(value, dict | list) and depth(value) <= MAX_DEPTH else None


def _unwrap(text: str) -> str | None:
    if guard := _GUARD.match(text):
        return text[guard.end() :]
    callback = _CALLBACK.match(text)
    end = text.rfind(")")
    if callback is None or end <= callback.end() or text[end + 1 :].strip(" \t\r\n;"):
        return None
    return text[callback.end() : end]


def _parse(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):  # RecursionError: nested far beyond MAX_DEPTH
        return None


def depth(value: Any) -> int:
    """How deep lists and objects are nested in ``value``; 0 for a bare word. Stops counting past MAX_DEPTH."""
    level, deep = [value], 0
    while deep <= MAX_DEPTH:
        level = [v for v in level if isinstance(v, dict | list)]
        if not level:
            break
        deep += 1
        level = [x for v in level for x in (v.values() if isinstance(v, dict) else v)]
    return deep
