"""The clock of a command: the machine's, or in a home for rehearsals the one that ``QINGWANG_NOW`` sets.

Owns: reading that variable, refusing it elsewhere, and telling people that what they see is a rehearsal. Leaves to others:
what makes a home one (``evidence.rehearsal``), telling the time (``clock``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner import clock
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.home import Home

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # where calendars and zones hold


def begin(home: Home, environ: Mapping[str, str]) -> bool:
    """Set the clock for a command in ``home``; whether it is a rehearsal. Raises UsageError for a time that is none, and
    for one that is set where nothing is rehearsed."""
    from scanner.evidence import rehearsal

    said, rehearsed = environ.get(clock.VARIABLE, ""), rehearsal.is_one(home)
    moment = _read(said) if said else None
    if moment is not None and not rehearsed:
        raise UsageError(
            f"{clock.VARIABLE} 只在演练用的数据目录里设定时钟，这个不是：{home.root}", where=clock.VARIABLE,
            hint="去掉这个环境变量；要演练，用 --home 另建一个数据目录：doctor --init --rehearsal",
        )  # fmt: skip
    clock.rehearse(moment)
    return rehearsed


def _read(said: str) -> datetime:
    moment = None
    if _RFC3339.fullmatch(said):
        try:
            moment = clock.parse(said)
        except (ValueError, OverflowError):
            moment = None
    if moment is None or not _FIRST <= moment < _LAST:
        raise UsageError(
            f"不是时间：{said[:100]}", where=clock.VARIABLE,
            hint="写成带时区的 RFC 3339 时间，例如 2026-10-05T02:00:00+08:00",
        )  # fmt: skip
    return moment
