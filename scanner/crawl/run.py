"""Runs storefront spiders in this process until they end, and says what they saw.

Owns: starting Scrapy with our settings, the pace, one run or several at once, turning each into a report. Leaves to others:
walking (``storefront``), opening and closing (``session``), printing (``cli``). Scrapy's reactor starts once in a process, so
what a process runs begins together.
"""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from scanner.crawl import settings as ours
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.reading.links import storefront_of
from scanner.crawl.reading.workers import LOGGED, settle
from scanner.crawl.session import opened
from scanner.crawl.stops import Stops
from scanner.crawl.tally import Tally
from scanner.crawl.watch import Pace
from scanner.errors import RefusedAddress
from scanner.model import CrawlState, Lead, content_id
from scanner.store import frontier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scanner.crawl.session import Result, Session
    from scanner.crawl.walk.storefront import Storefront, Walk
    from scanner.home import Config, Home

# A host named with --allow-private is the user's own machine: nothing to be polite to, so nothing to wait for.
# Not 0, because Scrapy 2.19 forgets the concurrency limit of a host when there is no delay at all.
OWN_HOST_DELAY = 0.001
UNHURRIED = Pace()  # of a run that says nothing of its own
OWN_HOST_CONCURRENCY = 2  # as for others: a small shop on SQLite answers eight at once with errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run came to."""

    crawl: str
    state: CrawlState
    tally: Tally
    leads: tuple[Lead, ...]
    results: tuple[Result, ...] = ()  # what search engines named; nothing of it was fetched
    browser: bool = False  # whether there was one for second looks and for pages that only scripts fill
    campaign: str = ""
    health: Mapping[str, Any] = field(default_factory=dict)
    clock: str = ""  # in Chinese, that the machine's clock was off by more than is allowed
    paused: bool = False  # stopped for a quiet hour or by hand; its leads and health come when it has ended

    def counts(self) -> dict[str, Any]:
        """The report as the commands print it (``scan``, ``crawl``, ``import`` share this shape)."""
        return {
            "crawl": self.crawl,
            "state": self.state.value,
            "pages": self.tally.pages,
            "listings": len(self.tally.listings),
            "findings": self.tally.findings,
            "outcomes": {outcome.value: count for outcome, count in sorted(self.tally.outcomes.items())},
            "left": self.tally.left,
            "short": [one.said() for one in self.tally.short],
            "leads": [lead.number for lead in self.leads],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run to make. ``pages``: how many addresses each storefront may be asked for; ``settings``: the campaign that it is
    a run of, as JSON values with its ``id``; ``crawl``: the id of a run that was killed and goes on; ``judge``: what is said
    of the run's health when it has ended."""

    kind: str
    walks: tuple[Walk, ...]
    pages: int
    render: str = "auto"
    words: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    obey_robots: bool = True
    stops: Stops = field(default_factory=Stops)
    settings: Mapping[str, Any] = field(default_factory=dict)
    crawl: str = ""
    judge: Callable[[Session, Tally], Mapping[str, Any]] | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(url for walk in self.walks for url in walk.urls)


def run(
    home: Home,
    walks: Sequence[Walk],
    *,
    kind: str,
    pages: int,
    render: str = "auto",
    allow: Sequence[str] = (),
    words: str = "",
    mark: str = "",
    progress: Callable[[Sequence[Tally]], None] | None = None,
) -> Report:
    """Walk, keep and gather. Raises RefusedAddress before anything is fetched if an address may not be."""
    task = Task(kind=kind, walks=tuple(walks), pages=pages, render=render, allow=tuple(allow),
                words=(words,) if words else ())  # fmt: skip
    told = (lambda tallies: progress([one for many in tallies for one in many])) if progress is not None else None
    (report,) = run_all(home, [task], mark=mark, progress=told)
    return report


def run_all(
    home: Home,
    tasks: Sequence[Task],
    *,
    mark: str = "",
    pace: Pace = UNHURRIED,
    progress: Callable[[Sequence[Sequence[Tally]]], None] | None = None,
) -> list[Report]:
    """Make several runs at once, each with its own id and report; ``progress`` is told the tallies of each."""
    allow = tuple(dict.fromkeys(host for task in tasks for host in task.allow))
    for task in tasks:
        vet(task.urls, task.allow)
    render = "never" if all(task.render == "never" for task in tasks) else "auto"
    with opened(home, allow=allow, render=render, mark=mark, apart=True) as base:
        _log_to(home.crawl_log)
        urls = [url for task in tasks for url in task.urls]
        process = AsyncCrawlerProcess(_settings(home.config(), urls, allow, pace))
        runs = [_Run(base, task) for task in tasks]

        def watch(_: Storefront) -> None:
            """Called by every spider when it begins and after each page."""
            if progress is not None:
                progress([one.tallies for one in runs])

        for one in runs:
            one.start(process, watch)
        gc.collect()
        settle()
        process.start()
        for one in runs:
            one.raise_fatal()
        return [one.report() for one in runs]


class _Run:
    """One task under way: its session, its spiders, the files of their frontiers."""

    def __init__(self, base: Session, task: Task) -> None:
        self.task = task
        self.session = base.begin(
            task.kind, task.urls, campaign=task.settings, crawl=task.crawl, allow=task.allow
        )  # fmt: skip
        self.spiders: list[Storefront] = []

    def start(self, process: AsyncCrawlerProcess, watch: Callable[[Storefront], None]) -> None:
        task, session = self.task, self.session

        def begun(spider: Storefront) -> None:
            if spider not in self.spiders:
                self.spiders.append(spider)
            watch(spider)

        for walk in task.walks:
            file = session.home.frontiers / f"{session.crawl}-{_name(walk)}.db"
            process.crawl(
                process.create_crawler(walk.family), session=session, urls=walk.urls, words=task.words,
                pages=task.pages, render=task.render, crawl=session.crawl, frontier=file, watch=begun,
                obey_robots=task.obey_robots, stops=task.stops, **walk.arguments,
            )  # fmt: skip

    @property
    def tallies(self) -> list[Tally]:
        return [spider.tally for spider in self.spiders]

    def raise_fatal(self) -> None:
        for spider in self.spiders:
            if spider.fatal is not None:
                raise spider.fatal

    def report(self) -> Report:
        session, tally = self.session, Tally()
        for spider in self.spiders:
            if not spider.ended:  # forced to stop (a second Ctrl-C): Scrapy has said no last word
                spider.closed("forced")
        self.raise_fatal()
        for one in self.tallies:
            tally.add(one)
        tally.findings = len({finding.id for finding, _ in session.found})
        leads: list[Lead] = []
        # A scan is over when a person ends it; a campaign is one that goes on.
        paused = self.task.stops.paused or (self.task.stops.by_hand and bool(self.task.settings))
        if paused:
            session.pause(tally)
        else:
            if self.task.judge is not None:
                session.health = dict(self.task.judge(session, tally))
            leads = session.finish(tally)
            for file in session.home.frontiers.glob(f"{session.crawl}-*.db"):
                frontier.remove(file)
        return Report(
            crawl=session.crawl, state=tally.state(), tally=tally, leads=tuple(leads), results=tuple(session.results),
            browser=session.browser_ready, campaign=session.campaign.get("id", ""), health=session.health,
            clock=session.clock, paused=paused,
        )  # fmt: skip


def _name(walk: Walk) -> str:
    """A name for the frontier of a walk: the same for the same walk of a run that goes on."""
    return content_id(walk.family.name, *(f"{k}={v}" for k, v in sorted(walk.arguments.items())), *walk.urls)[:8]


def vet(urls: Sequence[str], allow: Sequence[str]) -> None:
    """Raise RefusedAddress if an address may not be fetched, or is none; it names all of them."""
    policy, refused = Policy(allow=frozenset(allow)), []
    for url in urls:
        try:
            policy.check_url(url)
        except RefusedAddress as one:
            refused.append(one)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise RefusedAddress("\n".join(str(one) for one in refused), hint="改正以上网址后再运行")


def _settings(config: Config, urls: Sequence[str], allow: Sequence[str], pace: Pace = UNHURRIED) -> Settings:
    settings = Settings()
    settings.setmodule(ours)
    agent = config.user_agent or (f"{ours.USER_AGENT} (+{config.contact})" if config.contact else ours.USER_AGENT)
    settings.set("USER_AGENT", agent)
    settings.set("EGRESS_ALLOW", list(allow))
    if urls and all(_own(url, allow) for url in urls):
        settings.set("DOWNLOAD_DELAY", OWN_HOST_DELAY if pace.delay is None else pace.delay)
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", OWN_HOST_CONCURRENCY)
        settings.set("AUTOTHROTTLE_ENABLED", False)
    else:
        settings.set("DOWNLOAD_DELAY", max(config.delay if pace.delay is None else pace.delay, OWN_HOST_DELAY))
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", pace.at_once)
    slots = {host: {"delay": own.delay or pace.delay or config.delay, "concurrency": own.at_once}
             for host, own in pace.hosts.items()}  # fmt: skip
    settings.set("DOWNLOAD_SLOTS", slots)
    return settings


def _log_to(path: Path) -> None:
    """Warnings and errors of Scrapy and ours go into the home's log; the screen belongs to the progress line."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(LOGGED))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # else it words several lines a page that nobody keeps
    # Its one warning, in every run: that no Referer is sent on redirects, which is as it should be.
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)


def _own(url: str, allow: Sequence[str]) -> bool:
    place = storefront_of(url)
    return place in allow or place.rsplit(":", 1)[0] in allow
