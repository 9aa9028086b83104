"""The simulated month as its script knows it: campaigns and when they fall due, what befalls which shop on which day.

Nothing here asks the program. When a campaign falls due is counted by the calendar, day by day; what a run must say follows
from what the shop sold and did. Times are the machine's, aware; days are Beijing's, counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from tests.crawl.monthshop import Layout, Trouble, struck

BEIJING = ZoneInfo("Asia/Shanghai")
Days = Callable[[date], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign and its shop. ``at``: times of day, ``on``: days; ``cron`` says the same. ``befalls``: troubles by day."""

    id: str
    cron: str
    at: tuple[str, ...]
    on: Days = lambda _: True
    zone: str = "Asia/Shanghai"
    quiet: tuple[str, str] | None = None
    layout: Layout = "plain"
    products: int = 9
    gone: Mapping[int, int] = field(default_factory=dict)  # product -> day from which it is no longer sold
    new: Mapping[int, int] = field(default_factory=dict)  # product -> day from which it is sold
    befalls: Mapping[int, Trouble] = field(default_factory=dict)
    expect: int = 0

    def sells(self, day: int) -> tuple[int, ...]:
        numbers = {*range(1, self.products + 1), *self.new}
        return tuple(n for n in sorted(numbers) if self.new.get(n, 0) <= day < self.gone.get(n, 1000))

    def slots(self, first: date, days: int) -> list[datetime]:
        """Each moment at which it falls due, once; a time of day that comes twice is its first."""
        every = [first + timedelta(days=n) for n in range(-1, days + 1)]
        local = [datetime.combine(one, time.fromisoformat(at)) for one in every if self.on(one) for at in self.at]
        return sorted(moment.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC) for moment in local)

    def quiet_at(self, moment: datetime) -> bool:
        now = f"{moment.astimezone(ZoneInfo(self.zone)):%H:%M:%S}"
        return self.quiet is not None and self.quiet[0] <= now < self.quiet[1]

    def yaml(self, url: str) -> str:
        quiet = f", quiet: ['{self.quiet[0]}-{self.quiet[1]}']" if self.quiet else ""
        expect = f"    expect: {{listings: {self.expect}, fields: {{price: 0.9}}}}\n" if self.expect else ""
        return (
            f"  - id: {self.id}\n    title: 演练{self.id}\n    storefronts: ['{url}']\n    render: never\n"
            f"    allow_private: [127.0.0.1]\n    schedule: {{cron: '{self.cron}', zone: {self.zone}{quiet}}}\n{expect}"
        )


def span(first: int, last: int, trouble: Trouble) -> dict[int, Trouble]:
    return dict.fromkeys(range(first, last + 1), trouble)


CAMPAIGNS = (
    Campaign(id="dead", cron="0 2 * * *", at=("02:00",), products=8, befalls={3: "dead", 4: "dead", 17: "dead", 26: "dead"}),
    Campaign(id="layout", cron="0 2 * * *", at=("02:00",), layout="jsonld", products=12,
             befalls={**span(8, 14, "layout"), **span(22, 23, "layout")}),
    Campaign(id="berlin", cron="30 2 * * *", at=("02:30",), zone="Europe/Berlin", products=8,
             befalls={2: "flaky", 7: "flaky", 9: "busy", 19: "flaky", 24: "busy"}),
    Campaign(id="walled", cron="0 2 * * *", at=("02:00",), products=10, befalls=span(10, 16, "captcha")),
    Campaign(id="weekly", cron="0 2 * * 1", at=("02:00",), on=lambda d: d.weekday() == 0, products=9, befalls=span(20, 22, "empty")),
    Campaign(id="weekdays", cron="0 2 * * 1-5", at=("02:00",), on=lambda d: d.weekday() < 5, products=12,
             befalls={2: "login", 3: "login", 15: "login", 24: "captcha"}),
    Campaign(id="twice", cron="0 2,14 * * *", at=("02:00", "14:00"), products=10, gone={2: 6, 9: 11}, new={11: 4, 12: 14, 13: 22},
             befalls={18: "empty", 21: "busy"}),
    Campaign(id="quiet", cron="0 7 * * *", at=("07:00",), quiet=("07:00:00", "09:00:00"), products=8, gone={3: 9}, new={20: 13},
             befalls={5: "dead", 23: "layout"}),
    Campaign(id="paused", cron="0 14 * * *", at=("14:00",), quiet=("14:30:00", "18:00:00"), products=12, befalls={6: "slow"}),
    Campaign(id="monthly", cron="0 2 1 * *", at=("02:00",), on=lambda d: d.day == 1, layout="jsonld", products=20),
    Campaign(id="api", cron="0 14 * * *", at=("14:00",), layout="api", products=9, expect=8, gone={2: 20, 3: 20, 4: 25},
             new={21: 22, 22: 22}, befalls={8: "busy", 16: "layout", 27: "dead"}),
    Campaign(id="killed", cron="30 1 * * *", at=("01:30",), zone="America/New_York", products=14, befalls={10: "slow", 25: "slow"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A month, or a shorter one. ``paused``: days on which the look at two comes ten seconds before a quiet time, ``killed``: on
    which a look is killed in its middle. The clock is set back by three hours at ``back`` (day, hour) and forward again at
    ``forth``; ``by_name`` is asked for by name right after it was set back. ``idle``: hours at which somebody looks anyhow."""

    first: date
    days: int
    campaigns: tuple[Campaign, ...]
    by_chance: float = 0.0  # how often somebody looks at any other hour
    begins: int = 0  # the hour of the first day at which it begins
    paused: tuple[int, ...]
    killed: tuple[int, ...]
    back: tuple[int, int]
    forth: tuple[int, int]
    by_name: str
    idle: frozenset[tuple[int, int]]

    def machine(self, day: int, hour: int) -> timedelta:
        """How far the machine's clock is off."""
        return timedelta(hours=-3) if self.back <= (day, hour) < self.forth else timedelta(0)


def _hours(*spans: tuple[int, int, int]) -> frozenset[tuple[int, int]]:
    return frozenset((day, hour) for day, first, last in spans for hour in range(first, last + 1))


# A Monday; Berlin's clocks go back on day 20, New York's on day 27, which is the first of a month.
MONTH = Plan(
    first=date(2026, 10, 5), days=30, campaigns=CAMPAIGNS, paused=(6,), killed=(10, 25), back=(12, 15), forth=(13, 15), by_chance=0.02,
    by_name="layout", idle=_hours((12, 15, 20), (13, 15, 16), (20, 7, 11), (27, 13, 16)),
)  # fmt: skip
# The same in five days, each trouble once; Berlin's clocks go back on day 2.
_FEW = (
    Campaign(id="layout", cron="0 14 * * *", at=("14:00",), layout="jsonld", products=6, befalls={1: "layout", 2: "dead"}),
    Campaign(id="walled", cron="0 14 * * *", at=("14:00",), products=6, gone={2: 4}, befalls={1: "captcha", 2: "login", 3: "empty"}),
    Campaign(id="paused", cron="0 14 * * *", at=("14:00",), quiet=("14:30:00", "18:00:00"), products=6, befalls={0: "slow", 3: "busy"}),
    Campaign(id="killed", cron="30 2 * * 0", at=("02:30",), on=lambda d: d.weekday() == 6, zone="Europe/Berlin", layout="api",
             products=7, expect=8, befalls={2: "slow"}),
)  # fmt: skip
SHORT = Plan(
    first=date(2026, 10, 23), days=5, campaigns=_FEW, begins=12, paused=(0,), killed=(2,), back=(3, 15), forth=(4, 14),
    by_name="walled", idle=_hours((2, 11, 11), (3, 17, 17)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """What a run must say."""

    state: str
    listings: int
    alarms: frozenset[str]  # field names in Chinese; 少 fewer than before, 不足 fewer than expected, 挡 shut
    shut: float
    pages: int | None  # where the number of requests is certain
    found: bool  # something against the rules is on a page that was read


def must(campaign: Campaign, day: int, sound: list[int]) -> Must:
    """What a whole run on that day says. ``sound``: listings of its sound runs so far, the latest last."""
    sells, trouble = campaign.sells(day), campaign.befalls.get(day, "")
    hit = [n for n in sells if struck(trouble, n)] if trouble in ("busy", "captcha", "login") else []
    none = trouble in ("dead", "empty")
    read = [] if none else [n for n in sells if n not in hit]
    shut = len(hit) if trouble in ("captcha", "login") else 0
    lists = 3 if campaign.layout == "api" else 1  # categories, list, list of the one category; or the front page
    pages = 0 if trouble == "dead" else lists if trouble == "empty" else lists + len(sells)
    alarms = set()
    if len(read) < campaign.expect:
        alarms.add("不足")
    before = sound[-5:]
    if before and median(before) >= 5 and len(read) < median(before) / 2:
        alarms.add("少")
    if trouble == "layout" and len(read) >= 5 and (before or campaign.expect):
        alarms.add("价格")
    if pages and shut / pages >= 0.2:
        alarms.add("挡")
    lost = trouble in ("dead", "busy")
    state = "blocked" if shut and not read else "incomplete" if lost or alarms else "complete"
    return Must(
        state=state, listings=len(read), alarms=frozenset(alarms), shut=round(shut / pages, 3) if pages else 0.0,
        pages=None if trouble in ("busy", "flaky", "dead") else pages, found=1 in read,
    )  # fmt: skip
