"""Runs of campaigns: which are due, what each would do, going on with one that was killed, how healthy it was, who is told.

Owns: making runs (``run.Task``) of campaigns, and what happens when they have ended. Leaves to others: what a campaign is
(``watch``), running (``run``), figures and alarms (``health``), families: how addresses become walks is given (``walks``).
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from scanner import clock
from scanner.crawl import health
from scanner.crawl.run import Task
from scanner.crawl.stops import Stops
from scanner.crawl.watch import NEW, Campaign, Pace, Watch, settings_of
from scanner.errors import UsageError
from scanner.yamlfile import nearest

if TYPE_CHECKING:
    from datetime import datetime

    from scanner.crawl.run import Report
    from scanner.crawl.session import Session
    from scanner.crawl.tally import Tally
    from scanner.crawl.walk.storefront import Walk
    from scanner.store.book import Book
    from scanner.store.crawls import Crawl

NOTIFY_SECONDS = 30
RUNS = 50  # of a campaign that are looked at for when the last one began; more do not begin within a day
Walks = Callable[[Iterable[str]], "list[Walk]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign would do now. ``goes_on``: the run that was killed or paused, "" if none; ``begins``: addresses it
    begins with; ``minutes``: how long it takes at most, by its pace and page limit; ``last``: how long its last run took, in
    minutes; ``next``: when it falls due."""

    campaign: Campaign
    words: tuple[str, ...]
    begins: tuple[str, ...]
    goes_on: str
    minutes: float
    last: float | None
    next: datetime | None


def chosen(watch: Watch, names: Iterable[str]) -> list[Campaign]:
    """The campaigns of these names. Raises UsageError, naming all that do not exist."""
    names = list(dict.fromkeys(names))
    unknown = [name for name in names if name not in watch.campaigns]
    if unknown:
        hints = [hint for name in unknown if (hint := nearest(name, watch.campaigns))]
        known = "、".join(watch.campaigns) or "还没有任务"
        raise UsageError(
            f"没有巡查任务 {'、'.join(unknown)}", where="watch.yaml", hint="；".join(hints) or f"已有：{known}"
        )
    return [watch.campaigns[name] for name in names]


def due(watch: Watch, book: Book | None, now: datetime) -> list[Campaign]:
    """The campaigns that should run now: fallen due since their last run began, or killed on the way; not in a quiet hour."""
    found = []
    for one in watch.campaigns.values():
        if (_unfinished(_last(book, one)) and not one.quiet_at(now)) or one.due(_began(book, one, now), now):
            found.append(one)
    return found


def plan(campaign: Campaign, watch: Watch, walks: Walks, book: Book | None, *, delay: float, now: datetime) -> Plan:
    """What the campaign would do now. ``delay``: seconds between requests where it does not say."""
    words, walked = watch.searched[campaign.id], walks(campaign.storefronts)
    begins = [
        link.url
        for walk in walked for url in walk.urls for said in words or ("",)
        for link in walk.family(**walk.arguments).search(url, said)
    ]  # fmt: skip
    last = _last(book, campaign)
    pause = campaign.pace.delay if campaign.pace.delay is not None else delay
    return Plan(
        campaign=campaign, words=words, begins=tuple(dict.fromkeys(begins)), goes_on=_unfinished(last),
        minutes=min(campaign.limits.pages * len(walked) * pause / 60, campaign.limits.minutes),
        last=(last.finished - last.started).total_seconds() / 60 if last is not None and last.finished else None,
        next=campaign.schedule.next(now) if campaign.schedule is not None else None,
    )  # fmt: skip


def _last(book: Book | None, campaign: Campaign) -> Crawl | None:
    return next(book.runs(campaign.id, limit=1), None) if book is not None else None


def _began(book: Book | None, campaign: Campaign, now: datetime) -> datetime | None:
    """When its last run began, by the clock of now; None where none did.

    A clock that was set back by hours passes the same times again, and what has run for them does not run once more. One
    that was set back by more than a day since a run was wrong then, or is now: of that run and those before it nothing is
    known, and the campaign is as one that has not run since.
    """
    latest, after = None, now
    for run in book.runs(campaign.id, limit=RUNS) if book is not None else ():
        if run.started - after > NEW:
            break
        latest, after = max(latest or run.started, run.started), run.started
    return latest


def _unfinished(last: Crawl | None) -> str:
    """The id of a last run that was killed or paused; "" where it ended, or there is none."""
    return last.id if last is not None and last.finished is None else ""


def task(campaign: Campaign, watch: Watch, walks: Walks, book: Book | None, *, quietly: bool = False) -> Task:
    """The run of a campaign; one that was killed or paused goes on, with the campaign as it is written now. ``quietly``: it
    stops for the campaign's quiet hours."""
    return Task(
        kind="crawl", walks=tuple(walks(campaign.storefronts)), pages=campaign.limits.pages, render=campaign.render,
        words=watch.searched[campaign.id], allow=campaign.allow_private, obey_robots=campaign.robots.obey,
        stops=Stops(
            minutes=campaign.limits.minutes, megabytes=campaign.limits.megabytes, disk=campaign.limits.disk,
            quiet=(lambda: campaign.quiet_at(clock.now())) if quietly else None,
        ),
        settings=settings_of(campaign), crawl=_unfinished(_last(book, campaign)),
        judge=_judge(campaign),
    )  # fmt: skip


def pace(campaigns: Iterable[Campaign]) -> Pace:
    """The pace of several campaigns at once: the slowest of each, for hosts may be shared."""
    paces = [one.pace for one in campaigns]
    hosts: dict[str, Pace] = {}
    for one in paces:
        for host, own in one.hosts.items():
            before = hosts.get(host)
            hosts[host] = own if before is None else _slower(before, own)
    return reduce(_slower, paces).model_copy(update={"hosts": hosts})


def notify(campaign: Campaign, said: Mapping[str, Any]) -> str:
    """Tell whom the campaign names that a run has ended. What went wrong with that, in Chinese; "" where nothing did."""
    body = json.dumps(said, ensure_ascii=False).encode()
    try:
        if campaign.notify.command:
            done = subprocess.run(
                list(campaign.notify.command), input=body, timeout=NOTIFY_SECONDS, check=False, capture_output=True,
                env={**os.environ, **clock.inherited()},
            )  # fmt: skip
            if done.returncode:
                return f"通知命令的退出码是 {done.returncode}"
        if campaign.notify.webhook:
            request = urllib.request.Request(  # noqa: S310 - the analyst's own address; ``watch`` takes http(s) only
                campaign.notify.webhook, data=body, headers={"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=NOTIFY_SECONDS):  # noqa: S310
                pass
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return f"通知没有送到：{error}"
    return ""


def said(report: Report) -> dict[str, Any]:
    """A run's report as it is printed and sent: as a scan's, with the campaign and its health."""
    return {**report.counts(), "campaign": report.campaign, "health": dict(report.health), "paused": report.paused}


def _judge(campaign: Campaign) -> Callable[[Session, Tally], Mapping[str, Any]]:
    def judge(session: Session, tally: Tally) -> Mapping[str, Any]:
        book = session.book
        now = health.figures(
            tally, book.listings_of(session.crawl), book.statuses(session.crawl), browser=session.browser.megabytes
        )
        runs = (one for one in book.runs(campaign.id) if one.id != session.crawl)
        earlier = health.sound((one.state, one.ended.get("health", {})) for one in runs)
        found = health.alarms(now, earlier, campaign.expect)
        tally.lost += [("", alarm) for alarm in found]
        return {**now, "alarms": found}

    return judge


def _slower(one: Pace, other: Pace) -> Pace:
    delays = [d for d in (one.delay, other.delay) if d is not None]
    return Pace(delay=max(delays) if delays else None, at_once=min(one.at_once, other.at_once))
