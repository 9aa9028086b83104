"""What the cells of a list of reports become, one by one.

Owns: cleaning a cell, days in several spellings, the words of a mapping inside a cell, what people write for "nobody",
an address as one would ask for it. Leaves to others: what a row must say (``report_row``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from scanner.model import LeadSource, Matter
from scanner.registry.readers.columns import label
from scanner.registry.rows import read_date

Word = TypeVar("Word", LeadSource, Matter)

_TAKEN_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str, *, lines: bool) -> str:
    """A cell without control, invisible and private characters; on one line unless ``lines``."""
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _TAKEN_OUT)
    if not lines:
        return " ".join(text.split())
    return "\n".join(line for line in (" ".join(one.split()) for one in text.split("\n")) if line)


def parsed(text: str, formats: tuple[str, ...]) -> date:
    """A day in one of the formats, else as registers write it. Raises ValueError."""
    for one in formats:
        try:
            return datetime.strptime(text, one).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    day = read_date(text)
    if day is None:
        raise ValueError(text)
    return day


def inside(part: str, known: Mapping[str, Word]) -> list[Word]:
    """The words that stand in a part; those that stand in longer ones do not count."""
    words = sorted((word for word in known if word in part), key=len, reverse=True)
    kept = [word for i, word in enumerate(words) if not any(word in longer for longer in words[:i])]
    return [known[word] for word in sorted(kept, key=part.index)]


def told(text: str) -> str:
    """What a cell says of the reporter; "" for the words that say nobody."""
    return "" if label(text) in ("", "匿名", "无", "-", "/", "—", "保密", "不详") else text


def code(text: str) -> str:
    """A company's code without spaces, in capitals."""
    return "".join(text.split()).upper()


def whole(url: str) -> str:
    """An address as it was told, with the path that a request has."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path or "/", fragment="").geturl()
