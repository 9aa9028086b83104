"""Which records a web archive's index lists, and with which digest.

Owns: those two facts, for the maker of the index (``cdxj``) and its checker (``wacz_check``) alike. Leaves to others: both.
"""

from __future__ import annotations

from collections.abc import Callable

INDEXED = "response,resource,revisit"


def indexed_digest(kind: str, get: Callable[[str], str | None]) -> str:
    """The digest that the index gives for a record: payload's, else a resource's block's, else none."""
    return get("warc-payload-digest") or (get("warc-block-digest") if kind == "resource" else "") or ""
