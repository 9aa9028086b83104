"""Runs storefront spiders in this process until they end, and says what they saw.

Owns: starting Scrapy with our settings, the pace of a run, the progress line, turning one run into a report. Leaves
to others: walking (``storefront``), opening and closing (``session``), printing (``cli``). Scrapy's reactor starts
once in a process, so a process makes one run; several spiders may share it.
"""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from scanner.crawl import frontier
from scanner.crawl import settings as ours
from scanner.crawl.egress import Policy
from scanner.crawl.links import storefront_of
from scanner.crawl.session import opened
from scanner.crawl.tally import Tally
from scanner.crawl.workers import LOGGED
from scanner.errors import RefusedAddress
from scanner.model import CrawlState, Lead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scanner.crawl.session import Result, Session
    from scanner.crawl.storefront import Storefront, Walk
    from scanner.home import Config, Home

# A host named with --allow-private is the user's own machine: nothing to be polite to, so nothing to wait for.
# Not 0, because Scrapy 2.19 forgets the concurrency limit of a host when there is no delay at all.
OWN_HOST_DELAY = 0.001
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

    def counts(self) -> dict[str, Any]:
        """The report as the commands print it (``scan``, ``crawl``, ``import`` share this shape)."""
        return {
            "crawl": self.crawl,
            "state": self.state.value,
            "pages": self.tally.pages,
            "listings": len(self.tally.listings),
            "findings": self.tally.findings,
            "outcomes": {outcome.value: count for outcome, count in sorted(self.tally.outcomes.items())},
            "short": [one.said() for one in self.tally.short],
            "leads": [lead.number for lead in self.leads],
        }


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
    urls = [url for walk in walks for url in walk.urls]
    vet(urls, allow)
    with opened(home, kind=kind, subjects=urls, allow=allow, render=render, mark=mark, apart=True) as session:
        _log_to(home.crawl_log)
        process = AsyncCrawlerProcess(_settings(home.config(), urls, allow))
        spiders: list[Storefront] = []

        def watch(spider: Storefront) -> None:
            """Called by every spider when it begins and after each page."""
            if spider not in spiders:
                spiders.append(spider)
            if progress is not None:
                progress([one.tally for one in spiders])

        files = [home.frontiers / f"{session.crawl}-{number}.db" for number in range(len(walks))]
        for walk, file in zip(walks, files, strict=True):
            crawler = process.create_crawler(walk.family)
            process.crawl(
                crawler, session=session, urls=walk.urls, words=words, pages=pages, render=render,
                crawl=session.crawl, frontier=file, watch=watch, **walk.arguments,
            )  # fmt: skip
        gc.collect()
        gc.freeze()  # modules and rules live as long as the process; the collector need not walk them for every page
        process.start()
        for spider in spiders:
            if spider.fatal is not None:
                raise spider.fatal
        report = _report(session, spiders)
        for file in files:
            frontier.remove(file)
        return report


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


def _report(session: Session, spiders: Sequence[Storefront]) -> Report:
    tally = Tally()
    for spider in spiders:
        tally.add(spider.tally)
    tally.findings = len({finding.id for finding, _ in session.found})
    leads = session.finish(tally)
    return Report(
        crawl=session.crawl,
        state=tally.state(),
        tally=tally,
        leads=tuple(leads),
        results=tuple(session.results),
        browser=session.browser_ready,
    )


def _settings(config: Config, urls: Sequence[str], allow: Sequence[str]) -> Settings:
    settings = Settings()
    settings.setmodule(ours)
    agent = config.user_agent or (f"{ours.USER_AGENT} (+{config.contact})" if config.contact else ours.USER_AGENT)
    settings.set("USER_AGENT", agent)
    settings.set("EGRESS_ALLOW", list(allow))
    if urls and all(_own(url, allow) for url in urls):
        settings.set("DOWNLOAD_DELAY", OWN_HOST_DELAY)
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", OWN_HOST_CONCURRENCY)
        settings.set("AUTOTHROTTLE_ENABLED", False)
    else:
        settings.set("DOWNLOAD_DELAY", max(config.delay, OWN_HOST_DELAY))
    return settings


def _log_to(path: Path) -> None:
    """Warnings and errors of Scrapy and ours go into the home's log; the screen belongs to the progress line."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(LOGGED))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)


def _own(url: str, allow: Sequence[str]) -> bool:
    place = storefront_of(url)
    return place in allow or place.rsplit(":", 1)[0] in allow
