"""Our side of ``bench crawl``: the fast lane with everything on, in a process of its own.

Sealing to WARC with both digests, journal, reading, numbers, judging with the shipped rules, the book. Run as
``python -m scanner.bench.ours URL CONCURRENCY HOME [PROFILE]``; prints one JSON object {pages, seconds, listings,
findings, processor, memory}: processor time a page, ms, of the crawl's process (from its first step on) and of its workers
together; the most that the crawl's process held (resident set, MB), and that a worker of it did. With PROFILE the run is
profiled into that file, its workers into files beside it (and is slower).
"""

from __future__ import annotations

import cProfile
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scanner.crawl import run as runner
from scanner.crawl import settings
from scanner.crawl.reading import workers
from scanner.crawl.tally import Tally
from scanner.crawl.walk.storefront import Walk
from scanner.home import Home
from spiders.generic import GenericShop


def main(url: str, concurrency: int, home: Path, profile: str = "") -> None:
    settings.CONCURRENT_REQUESTS = concurrency
    runner.OWN_HOST_CONCURRENCY = concurrency
    times: list[float] = []
    watch = cProfile.Profile() if profile else None
    if profile:
        _profile_workers(profile)
    place = Home(home)
    place.make()
    # Text in pictures has a budget of its own; the reference fetches no picture either.
    place.config_file.write_text("picture_seconds: 0\n", encoding="utf-8")
    began = 0.0  # seconds of processor time by then

    def page(_: Sequence[Tally]) -> None:
        nonlocal began
        times.append(time.perf_counter())
        began = began or time.process_time()

    with watch or nullcontext():
        report = runner.run(
            place,
            [Walk(family=GenericShop, urls=(url,), arguments={})],
            kind="scan",
            pages=1_000_000,
            render="never",
            allow=(urlsplit(url).netloc,),
            progress=page,
        )
    if watch is not None:
        watch.dump_stats(profile)
    seconds = times[-1] - times[0]  # from the spider's first step to its last page, as the reference is measured
    tally = report.tally
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = (time.process_time() - began, children.ru_utime + children.ru_stime)
    print(json.dumps({"pages": tally.pages, "seconds": seconds, "listings": len(tally.listings),
                      "findings": tally.findings, "state": report.state.value,
                      "processor": [round(1000 * one / tally.pages, 2) for one in spent],
                      "memory": [_most(resource.RUSAGE_SELF), _most(resource.RUSAGE_CHILDREN)]}))  # fmt: skip


def _most(whose: int) -> float:
    """The largest resident set so far, MB; of the children it is that of the largest one that has ended."""
    held = resource.getrusage(whose).ru_maxrss
    return round(held / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _profile_workers(profile: str) -> None:
    """Let each worker that is forked from now on leave a profile beside the crawl's own."""
    serve = workers._serve

    def profiled(*arguments: Any) -> None:
        watch = cProfile.Profile()
        try:
            watch.runcall(serve, *arguments)
        finally:
            watch.dump_stats(f"{profile}.{os.getpid()}")

    workers._serve = profiled  # type: ignore[assignment]  # it takes whatever the other takes


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:5])
