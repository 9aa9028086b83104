"""The one clock, and how times are written.

Owns: reading the time (the only place that may), the file form ``2026-11-22T03:04:05.678Z`` (RFC 3339, UTC,
milliseconds) and the form people see (Beijing time, UTC+8 without daylight saving since 1991). Leaves to others:
when to ask. Everything behind the doors takes ``now`` as an argument.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "北京时间")


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """``moment`` (aware) as ``2026-11-22T03:04:05.678Z``; cut, not rounded, to milliseconds.

    >>> stamp(datetime(2026, 11, 22, 3, 4, 5, 678999, UTC))
    '2026-11-22T03:04:05.678Z'
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be written as evidence")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse(text: str) -> datetime:
    """The inverse of :func:`stamp`; any RFC 3339 time with a zone is read. Raises ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time without a zone: {text!r}")
    return moment.astimezone(UTC)


def beijing(moment: datetime) -> str:
    """What people read: ``2026-11-22 11:04:05``, Beijing time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def day(moment: datetime) -> date:
    """The day on which ``moment`` falls in Beijing: the day whose law and register a page is judged by."""
    return moment.astimezone(BEIJING).date()
