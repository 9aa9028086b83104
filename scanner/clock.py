"""The one clock, and how times are written.

Owns: reading the time (the only place that may), the file form ``2026-11-22T03:04:05.678Z`` (RFC 3339, UTC,
milliseconds), the form people see (Beijing time, UTC+8 without daylight saving since 1991), and the set clock of a
rehearsal. Leaves to others: when to ask, and who may set it (``cli.rehearsing``). Everything behind the doors takes
``now`` as an argument.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "北京时间")
VARIABLE = "QINGWANG_NOW"  # a rehearsal's time when its process begins

_ahead = timedelta(0)  # how far a rehearsal's clock is ahead of the machine's


def now() -> datetime:
    """The present, aware, in UTC: the machine's, or in a rehearsal the one that was set, going on from there. Cut to the
    millisecond, which is what files keep: what the book holds can then be made again from the journal to the digit."""
    moment = machine() + _ahead
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def machine() -> datetime:
    """The machine's time, whatever is rehearsed: for what others measure by it (browsers, hosts, timers)."""
    return datetime.now(UTC)


def rehearse(moment: datetime | None) -> None:
    """From now on it is ``moment``, and time goes on from there; None: the machine's time again."""
    global _ahead
    _ahead = moment - machine() if moment is not None else timedelta(0)


def inherited() -> dict[str, str]:
    """The environment of a process that is started now and shall have the same clock; nothing where none was set."""
    return {VARIABLE: stamp(now())} if _ahead else {}


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
