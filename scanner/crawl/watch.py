"""Campaigns (巡查任务): what is crawled again and again, as ``rules/watch.yaml`` of the home says.

Owns: the shape of the file, presets, which search words a campaign has, when it is due and when it must be quiet. Leaves to
others: running (``campaign``), which of them ran when (``store.crawls``), clocks: the time is an argument.

    campaigns:
      - id: masks
        title: 口罩月度巡查
        storefronts: [https://shop.example/]
        goods: [medical-mask]            # categories, lists (groups) or presets: their search words are searched for
        schedule: {cron: "0 2 1 * *", quiet: ["08:00-20:00"]}
        limits: {pages: 2000, minutes: 180}
        expect: {listings: 30, fields: {title: 0.95}}
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from scanner import yamlfile
from scanner.crawl.reading import tables
from scanner.errors import ConfigError, Problem
from scanner.home import Years, shipped_rules
from scanner.rulebook.tables import CategoryFile

FILE = "watch.yaml"
NEW = timedelta(days=1)  # how far back a fire time counts for a campaign that has never run
MAX_WORDS = 200
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
Share = Annotated[float, Field(gt=0, le=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(_Model):
    """When: a cron line of five fields in a time zone (weekdays as in crontab: 0 and 7 are Sunday, 1 is Monday); ``quiet``:
    times of day (``22:00-06:00``) in which nothing is asked."""

    cron: str
    zone: str = "Asia/Shanghai"
    quiet: tuple[str, ...] = ()

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        try:
            _trigger(value)
        except ValueError as wrong:
            raise ValueError(f"cron 写法不对：{wrong}；五段：分 时 日 月 星期，例如 0 2 1 * *") from None
        return value

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("没有这个时区，例如 Asia/Shanghai") from None
        return value

    @field_validator("quiet")
    @classmethod
    def _are_spans(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for span in value:
            _span(span)
        return value

    @property
    def tz(self) -> tzinfo:
        return ZoneInfo(self.zone)

    def fired(self, since: datetime, now: datetime) -> datetime | None:
        """The first time it fell due after ``since`` and not after ``now``; None where it did not."""
        fire = self.next(since)
        return fire if fire is not None and fire <= now else None

    def next(self, after: datetime) -> datetime | None:
        """When it falls due first after a moment; None where it never does. A time of day that comes twice because the
        clocks go back counts once, the first time; one that is left out because they go forward counts an hour later."""
        after = after.astimezone(UTC)
        # APScheduler counts in times of the wall, as if they were UTC: over a change of its own zone it names times twice
        # and even past ones. An hour that was left out lately begins before what the wall shows now.
        wall = _wall(after, self.tz) - max(timedelta(0), _offset(after, self.tz) - _offset(after - NEW, self.tz))
        trigger = _trigger(self.cron, UTC)
        while fire := trigger.get_next_fire_time(None, wall + timedelta(microseconds=1)):
            moment: datetime = fire.replace(tzinfo=self.tz).astimezone(UTC)
            if moment > after:
                return moment
            wall = fire
        return None

    def quiet_at(self, now: datetime) -> bool:
        """Whether nothing may be asked now."""
        at = now.astimezone(self.tz).time()
        return any(
            start <= at < end if start < end else (at >= start or at < end) for start, end in map(_span, self.quiet)
        )


class Pace(_Model):
    """How fast, for each host: seconds between two requests, and requests at once. ``hosts`` are exceptions by name."""

    delay: float | None = Field(default=None, ge=0.2, le=3600)
    at_once: int = Field(default=2, ge=1, le=8)
    hosts: dict[str, Pace] = {}


class Limits(_Model):
    """When a run stops by itself: pages asked for, minutes, megabytes sealed, share of the disk in use."""

    pages: int = Field(default=2000, ge=1, le=10_000_000)
    minutes: int = Field(default=360, ge=1, le=60 * 24 * 14)
    megabytes: int = Field(default=20_000, ge=1)
    disk: Share = 0.95


class Expect(_Model):
    """What a sound run brings: at least so many listings, and the share of listings in which a field is seen."""

    listings: int = Field(default=0, ge=0)
    fields: dict[Literal["title", "price", "description", "seller", "attributes", "number"], Share] = {}


class Robots(_Model):
    """Whether robots.txt is obeyed. To pass over it needs an authority (the order or law one acts under), which goes into
    journal and report."""

    obey: bool = True
    authority: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.obey and not self.authority.strip():
            raise ValueError("不遵守 robots.txt 要写明依据（authority），例如检查决定的文号")
        return self


class Notify(_Model):
    """Whom to tell when a run has ended: a command (its words; the report comes on standard input as JSON) or an address
    that is sent the report."""

    command: tuple[str, ...] = ()
    webhook: str = Field(default="", pattern="^(https?://.+)?$")


class Campaign(_Model):
    """One campaign. ``goods`` names categories, lists of categories (groups) or presets; without goods and words the
    storefronts are walked as they are."""

    id: Name
    title: str
    storefronts: tuple[str, ...] = Field(min_length=1)
    goods: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    schedule: Schedule | None = None
    pace: Pace = Pace()
    limits: Limits = Limits()
    expect: Expect = Expect()
    robots: Robots = Robots()
    render: str = Field(default="auto", pattern="^(auto|never|always)$")
    allow_private: tuple[str, ...] = ()
    retention_years: Years | None = None  # how long its captures are kept; None: as config.yaml says
    notify: Notify = Notify()

    def quiet_at(self, now: datetime) -> bool:
        """Whether nothing may be asked now."""
        return self.schedule is not None and self.schedule.quiet_at(now)

    def due(self, last: datetime | None, now: datetime) -> bool:
        """Whether it should run now: it fell due since its last run began, and the hour is not quiet."""
        if self.schedule is None or self.schedule.quiet_at(now):
            return False
        return self.schedule.fired(last if last is not None else now - NEW, now) is not None


class Preset(_Model):
    """Goods and words under one name."""

    id: Name
    title: str
    goods: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class _File(_Model):
    presets: tuple[Preset, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


class Watch(_Model):
    """All campaigns and presets by id, with the search words of each."""

    campaigns: dict[str, Campaign]
    presets: dict[str, Preset]
    searched: dict[str, tuple[str, ...]]  # campaign -> its search words


def load() -> Watch:
    """The presets that are shipped and the home's campaigns. Raises ConfigError with every problem."""
    campaigns: dict[str, Campaign] = {}
    presets: dict[str, Preset] = {}
    problems: list[Problem] = []
    where: dict[str, str] = {}
    for path in tables.files(FILE):
        file, lines, found = yamlfile.read(path, _File)
        problems += found
        for number, one in enumerate(file.campaigns if file is not None else ()):
            where[one.id] = lines.where("campaigns", number)
            if one.id in campaigns:
                problems.append(Problem(where=where[one.id], message=f"任务 {one.id} 写了两次", hint="换一个 id"))
            campaigns[one.id] = one
        presets |= {one.id: one for one in (file.presets if file is not None else ())}
    known = _Goods(presets)
    searched: dict[str, tuple[str, ...]] = {}
    for one in campaigns.values():
        words, unknown = known.words(one.goods)
        searched[one.id] = tuple(dict.fromkeys((*one.words, *words)))[:MAX_WORDS]
        problems += [
            Problem(
                where=where[one.id], message=f"不认识 goods 里的 {name}", hint=yamlfile.nearest(name, known.names())
            )
            for name in unknown
        ]
    if problems:
        raise ConfigError(problems)
    return Watch(campaigns=campaigns, presets=presets, searched=searched)


class _Goods:
    """What a name under ``goods`` stands for."""

    def __init__(self, presets: dict[str, Preset]) -> None:
        self._presets = presets
        categories = yamlfile.load(shipped_rules() / "categories.yaml", CategoryFile).categories
        self._words: dict[str, list[str]] = {}
        for category in categories:
            for name in (category.id, *category.groups):
                self._words.setdefault(name, []).extend(category.search)

    def names(self) -> list[str]:
        return [*self._presets, *self._words]

    def words(self, names: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """(search words, names that stand for nothing)."""
        words: list[str] = []
        unknown: list[str] = []
        for name in names:
            preset = self._presets.get(name)
            inner = preset.goods if preset is not None and name not in self._words else (name,)
            words += preset.words if preset is not None else ()
            for goods in inner:
                words += self._words.get(goods, ())
                unknown += [] if goods in self._words else [goods]
        return words, unknown


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    """What the clock on the wall shows, as if it were UTC."""
    return moment.astimezone(zone).replace(tzinfo=UTC, fold=0)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _trigger(cron: str, zone: tzinfo | None = None) -> CronTrigger:
    """APScheduler counts weekdays from Monday (0), crontab from Sunday: they are handed over by name."""
    fields = cron.split()
    if len(fields) != 5:
        raise ValueError("不是五段")
    return CronTrigger.from_crontab(" ".join([*fields[:4], _weekdays(fields[4].lower())]), timezone=zone)


def _weekdays(field: str) -> str:
    names: list[str] = []
    for piece in field.split(","):
        span, slash, step = piece.partition("/")
        first, dash, last = span.partition("-")
        if span == "*" and not slash:
            return "*"
        low, high = ("0", "6") if span == "*" else (first, last if dash else "6" if slash else first)
        days = range(_weekday(low), _weekday(high) + 1, int(step) if slash else 1)
        if not days:
            raise ValueError(f"{piece} 不是星期")
        names += [_DAYS[day % 7] for day in days]
    return ",".join(dict.fromkeys(names))


def _weekday(word: str) -> int:
    if word in _DAYS:
        return _DAYS.index(word)
    if not word.isascii() or not word.isdigit() or int(word) > 7:
        raise ValueError(f"{word} 不是星期")
    return int(word)


def _span(text: str) -> tuple[time, time]:
    start, dash, end = text.partition("-")
    try:
        if not dash:
            raise ValueError
        return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
    except ValueError:
        raise ValueError(f"{text} 不是时段，例如 22:00-06:00") from None


def settings_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign as it was when it ran, for the journal (JSON values)."""
    return campaign.model_dump(mode="json", exclude_defaults=True)
