"""Our side of ``bench crawl-browser``: a real run with every page in the browser, in a process of its own, and its memory.

Run as ``python -m scanner.bench.lane URL HOME``; prints one JSON object {pages, seconds, state, samples}. A sample is
[pages read so far, Python, driver, Chromium] in bytes (PSS of this process and all below it), taken every second.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from scanner.crawl import run as runner
from scanner.crawl.browser import memory
from scanner.crawl.walk.storefront import Walk
from scanner.home import Home
from spiders.generic import GenericShop

EVERY = 1.0  # seconds
Sample = tuple[int, int, int, int]


class Sampler:
    """Takes a sample now and then, from a thread of its own, for as long as the block lasts."""

    def __init__(self) -> None:
        self.pages, self.samples = 0, list[Sample]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(EVERY):
            held = {"python": 0, "driver": 0, "chromium": 0}
            for one in memory.tree(os.getpid()):
                held[part(one)] += memory.share(one)
            self.samples.append((self.pages, held["python"], held["driver"], held["chromium"]))


def part(process: memory.Process) -> str:
    """What a process of the run is: our own Python (with workers), Playwright's driver, or Chromium."""
    program = process.command.partition(" ")[0]
    if "python" in program.rpartition("/")[2]:
        return "python"
    return "driver" if "playwright" in program else "chromium"


def main(url: str, home: Path) -> None:
    place = Home(home)
    place.make()
    # Text in pictures has a process and a budget of its own.
    place.config_file.write_text("picture_seconds: 0\n", encoding="utf-8")
    times: list[float] = []
    with Sampler() as sampler:

        def told(tallies: object) -> None:
            times.append(time.perf_counter())
            sampler.pages = len(times) - 1  # the first one says that the walk begins

        report = runner.run(
            place, [Walk(family=GenericShop, urls=(url,), arguments={})], kind="scan", pages=1_000_000, render="always",
            allow=(urlsplit(url).netloc,), progress=told,
        )  # fmt: skip
    print(json.dumps({"pages": report.tally.pages, "seconds": times[-1] - times[0], "state": report.state.value,
                      "listings": len(report.tally.listings), "samples": sampler.samples}))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
