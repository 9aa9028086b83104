"""How long a capture is kept (保存期限): arithmetic of terms, nothing else.

Owns: when a term ends. Leaves to others: the shortest term that the law allows (``home``), which captures are held back
(``evidence.holds``, ``store.retention``), removing (``evidence.purge``).

A capture is kept ``years`` from the day it was sealed. One that an ended lead rests on is kept, besides, for the shortest
term from the last decision on that lead: the limitation of the act plus the life of the case (domain.md 6.4).
"""

from __future__ import annotations

from datetime import datetime

from scanner.home import SHORTEST

LAWS = (
    "行政处罚法第三十六条（追责期限，涉及公民生命健康安全的为五年）；"
    "个人信息保护法第四十七条第一款第二项（保存期限已届满的应当删除）"
)


def end_of(sealed: datetime, years: int, decided: datetime | None = None) -> datetime:
    """The moment from which a capture may be purged. ``years``: as recorded when it was made; fewer than the law allows
    count as the shortest term. ``decided``: the last decision on an ended lead that rests on it.

    >>> from datetime import UTC
    >>> end_of(datetime(2028, 2, 29, tzinfo=UTC), 5).date().isoformat()
    '2033-03-01'
    """
    ends = later(sealed, max(years, SHORTEST))
    return ends if decided is None else max(ends, later(decided, SHORTEST))


def later(moment: datetime, years: int) -> datetime:
    """The same day so many years on; of a 29 February the day after where that year has none, so never too early."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)
