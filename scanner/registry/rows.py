"""What a reader hands over: rows as a register's file prints them, and rows that could not be taken.

Owns: the shapes and reading the dates that registers write. Leaves to others: reading files (``readers``) and what a
row becomes (``keeping``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. ``number`` is the field as printed and may hold several; ``place`` is for people: file and line.

    ``key`` is the row's own key in its source; ``version`` is text that sorts, a newer version replaces an older one of
    the same key. ``seen`` is the newest day that the row itself proves (a source is never older than it).
    """

    place: str
    key: str
    version: str
    number: str
    product: str
    holder: str
    uscc: str = ""
    agent: str = ""
    scope: str = ""
    model: str = ""
    device_class: str = ""
    code: str = ""
    approved_on: date | None = None
    valid_until: date | None = None
    withdrawn_on: date | None = None
    identifier: str = ""
    seen: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrant:
    """One company of a list of registrants: Chinese and English name, and its code, "" where the list has no valid one."""

    place: str
    name: str
    name_en: str
    uscc: str
    seen: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetSeller:
    """One row of a register of network sellers: texts on one line, ``uscc`` "" where the row has no valid code,
    ``addresses`` as ``sellers.addresses`` spells them."""

    place: str
    name: str
    uscc: str = ""
    licence: str = ""
    filing: str = ""
    platform: str = ""
    shop: str = ""
    area: str = ""
    addresses: tuple[str, ...] = ()
    seen: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """Something wrong with a row, in Chinese, and where. ``kept``: the row is taken all the same, without that part."""

    place: str
    why: str
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a file that is imported as a whole: all of it, or one of the files in a zip.

    ``rows`` are Bad or what the source's keeper takes; they may be left unread, where an import that was interrupted
    has them already. ``size`` in bytes of the file it lies in; ``at`` tells how many of them have been read.
    """

    name: str
    size: int
    rows: Iterator[Any]
    at: Callable[[], int] = int


Reader = Callable[[Path], Iterator[Part]]

_DATE = re.compile(r"(?P<y>[12][0-9]{3})[-/.年]?(?P<m>[0-9]{1,2})[-/.月]?(?P<d>[0-9]{1,2})日?(?![0-9])")
_WITHOUT_END = ("长期", "永久", "无固定期限", "/", "-", "—")  # "long-term", "for ever", and empty cells


def read_date(text: str) -> date | None:
    """A date as registers write it: 2025-08-22, 2025/8/22, 2025.08.22, 20250822, 2025年8月22日, also with a time behind.

    None for an empty cell and for 长期 (no end). Raises ValueError for anything else.

    >>> read_date("2025年8月2日")
    datetime.date(2025, 8, 2)
    """
    text = text.strip()
    if not text or text in _WITHOUT_END:
        return None
    found = _DATE.match(text[:40])
    if found is None:
        raise ValueError(f"不是日期：{text[:40]}")
    return date(int(found["y"]), int(found["m"]), int(found["d"]))


def last_date(text: str) -> date | None:
    """The end of a term such as ``2020-01-02至2025-01-01``; a single date is the end itself. Raises ValueError."""
    return read_date(re.split(r"至|到|~|～", text[:80])[-1])
