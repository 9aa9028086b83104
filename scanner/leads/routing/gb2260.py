"""Area codes of GB/T 2260 (行政区划代码), those in use and those withdrawn, as python-stdnum knows them.

Owns: reading its table once: code -> name, whether it is in use, until when it was. Leaves to others: what a withdrawn
code became, and codes that the standard never had (``areas``).

The table is asked at run time and not copied: it is another's collection with its own licence, and comes up to date with the
library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from stdnum import numdb

_SPAN = re.compile(r"\[(?P<since>[0-9]{0,4})-(?P<until>[0-9]{0,4})\](?P<name>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A code and its latest name. ``until``: the year in which it was withdrawn; 0: in use."""

    code: str
    name: str
    until: int = 0


@cache
def entries() -> Mapping[str, Entry]:
    """All codes below the provinces (six digits), in rising order."""
    found: dict[str, Entry] = {}
    for _, province, _, _, children in numdb.get("cn/loc").prefixes:
        for _, rest, _, told, _ in children:
            code = province + rest
            found[code] = _entry(code, told["county"])
    return dict(sorted(found.items()))


def _entry(code: str, told: str) -> Entry:
    """``[1986-2019]长垣县``; a code that had several names in turn keeps the one in use, else the last."""
    names = [_SPAN.fullmatch(one) for one in told.split(",")]
    spans = [
        (m["name"], int(m["until"] or 0)) if m else (one, 0) for m, one in zip(names, told.split(","), strict=True)
    ]
    name, until = next((span for span in spans if span[1] == 0), max(spans, key=lambda span: span[1]))
    return Entry(code=code, name=name, until=until)
