"""The state that a page's own scripts start from: a JSON value behind a name or inside a call.

    assigned(text, "g_page_config")   # g_page_config = {...};
    assigned(text, "TShop.Setup")     # TShop.Setup({...});

Owns: finding the value; nothing is executed. Leaves to others: what its keys mean (families). A value that is not JSON
(single quotes, bare keys, cut short) is None, never a part of it.
"""

from __future__ import annotations

import json
from typing import Any

from scanner.page.jsonbody import MAX_CHARS, MAX_DEPTH, depth

MAX_TRIES = 8  # places of the name that are tried; the later ones only use it
_BETWEEN = " \t\r\n=(:"

_DECODER = json.JSONDecoder(strict=False)


def assigned(text: str, name: str) -> Any:
    """The object or list that follows ``name`` in ``text``; None where there is none that is whole.

    >>> assigned('<script>var state = {"id": 5}; state.id</script>', "state")
    {'id': 5}
    """
    at = -1
    for _ in range(MAX_TRIES):
        at = text.find(name, at + 1)
        if at < 0:
            return None
        start = at + len(name)
        gap = text[start : start + 64]
        begins = gap.lstrip(_BETWEEN)
        if begins[:1] in ("{", "[") and len(begins) < len(gap):
            value = _value(text, start + len(gap) - len(begins))
            if value is not None:
                return value
    return None


def _value(text: str, start: int) -> Any:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if end - start <= MAX_CHARS and depth(value) <= MAX_DEPTH else None
