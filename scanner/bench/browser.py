"""``bench crawl-browser``: memory and speed of the browser lane over many pages, in a real run with every page in the browser.

500 generated product pages of 60–140 kB, each fifth with eight large pictures and a script that adds to it, read, judged and
sealed with screenshots. Figures are PSS in MB of our Python with its workers, of Playwright's driver and of Chromium, at the
peak (of the sum: what the three held together at one moment) and at the end; the reference is the bound of the whole, 1,500 MB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from scanner.bench import Row, run
from scanner.bench.lane import Sample
from scanner.crawl.browser.memory import MB
from scanner.demo.pages import serve_pages

PAGES = 500
RICH = 5  # each so many-th page
GOAL = 1500.0  # MB of Python and Chromium together
WARM = 100  # pages: what is held up to then is no growth
AROUND = 50  # pages before and behind: of these the median counts, as pages differ


def rows(pages: int = PAGES) -> Iterator[Row]:
    """The figures; of fewer than ``WARM`` + ``AROUND`` pages no growth."""
    with serve_pages(pages, (60, 140), every=RICH) as base, tempfile.TemporaryDirectory() as folder:
        result = run("scanner.bench.lane", f"{base}/", str(Path(folder) / "home"))
    if result["listings"] < pages or result["state"] != "complete":
        raise RuntimeError(f"bench: {result['listings']} of {pages} pages read, {result['state']}")
    yield from figures([(*sample,) for sample in result["samples"]], pages)
    speed = result["pages"] / result["seconds"]
    yield Row(name="crawl-browser 速度", ours=round(speed, 2), reference=0.0, unit="页/秒")


def figures(samples: Sequence[Sample], pages: int) -> Iterator[Row]:
    """Rows of the samples of a run over so many pages."""
    running = [one for one in samples if one[3]]  # while there was a browser
    if not running:
        raise RuntimeError("bench: no sample of a browser was taken")  # no Linux, or too short
    peak, end = max(running, key=_held), running[-1]
    yield _row("峰值 合计", _held(peak), f"第 {peak[0]} 页")
    for place, name in ((1, "Python"), (2, "驱动程序"), (3, "Chromium")):
        yield _row(f"峰值 {name}", max(one[place] for one in running))
    yield _row("结束时 合计", _held(end))
    for place, name in ((1, "Python"), (2, "驱动程序"), (3, "Chromium")):
        yield _row(f"结束时 {name}", end[place])
    if pages >= WARM + AROUND:
        early = _usual(running, WARM - AROUND, WARM + AROUND)
        late = _usual(running, pages - 2 * AROUND, pages)
        grown = f"由 {early / MB:.0f} MB 到 {late / MB:.0f} MB，各一百页的中位数"
        yield _row(f"第 {WARM} 页到第 {pages} 页增长", max(0, late - early), grown)


def _usual(samples: Sequence[Sample], first: int, last: int) -> int:
    held = [_held(one) for one in samples if first <= one[0] <= last]
    return int(median(held)) if held else 0


def _held(sample: Sample) -> int:
    return sum(sample[1:])


def _row(name: str, held: int, detail: str = "") -> Row:
    return Row(name=f"crawl-browser 内存 {name}", ours=round(held / MB), reference=GOAL, unit="MB", detail=detail)
