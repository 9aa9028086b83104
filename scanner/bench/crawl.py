"""``bench crawl``: pages per second of the fast lane with everything on, beside a bare Scrapy spider.

Both walk the same generated pages (60–140 kB, served gzip-encoded, about 20 links each; and 5 kB ones) at the same
concurrency, in turns, each in a process of its own; the median of each counts. The best would be luck: a rented machine is
quick for a minute and slow for the next ten, and one quick turn of one side would decide. Beside the speed stands the
processor time a page takes, the least of the turns.

``bench crawl-memory``: the memory of such a crawl of 20,000 pages beside one of 2,000 (5 kB each, most with findings).
"""

from __future__ import annotations

import pstats
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, cast

from scanner.bench import Row, run
from scanner.demo.pages import serve_pages

CONCURRENCY = 16
TURNS = 5
# Where the time goes: functions of ours by the stage an analyst would name, cumulative time under the profiler.
STAGES = (
    ("读页面 (family.read)", "generic/__init__.py", "read"),
    ("找链接 (family.products)", "generic/__init__.py", "products"),
    ("判断 (judge)", "judge.py", "judge"),
    ("认出取证结果 (outcome)", "outcome.py", "outcome"),
    ("入库 (keep)", "keep.py", "_booked"),
    ("交付封存 (seal)", "sealing.py", "_seal"),
)
# Where a process waits for another one or for the network; this is not work.
IDLE = ("run_forever", "readinto", "poll", "select", "acquire", "recv")


def rows() -> Iterator[Row]:
    """The figures, large pages first, then small ones, then where the time goes (in % of the profiled run)."""
    yield from _pair("crawl 60–140 kB", count=600, size=(60, 140), profiled=True)
    yield from _pair("crawl 5 kB", count=1500, size=(5, 5), profiled=False)


def memory_rows() -> Iterator[Row]:
    """The most that the crawl's own process and its largest worker held, MB, on many pages beside few."""
    few, many = (_memory(count) for count in (2_000, 20_000))
    for title, at in (("crawl-memory 巡查进程", 0), ("crawl-memory 读取进程", 1)):
        yield Row(name=title, ours=many[at], reference=few[at], unit="MB")


def _memory(count: int) -> tuple[float, float]:
    with serve_pages(count, (5, 5)) as base, tempfile.TemporaryDirectory() as folder:
        result = run("scanner.bench.ours", f"{base}/", str(CONCURRENCY), str(Path(folder) / "home"))
        _speed(result, count)
    own, worker = result["memory"]
    return own, worker


def _pair(name: str, *, count: int, size: tuple[int, int], profiled: bool) -> Iterator[Row]:
    with serve_pages(count, size) as base, tempfile.TemporaryDirectory() as folder:
        url = f"{base}/"
        ours, bare = [], []
        for turn in range(TURNS):
            bare.append(run("scanner.bench.bare", url, str(CONCURRENCY)))
            ours.append(run("scanner.bench.ours", url, str(CONCURRENCY), str(Path(folder) / f"home{turn}")))
        speeds = [median(_speed(one, count) for one in results) for results in (ours, bare)]
        yield Row(name=name, ours=round(speeds[0], 1), reference=round(speeds[1], 1), unit="页/秒")
        lone = min(one["processor"][0] for one in bare)
        for title, at in (("巡查进程", 0), ("读取进程", 1)):  # its workers together; the reference has none
            spent = min(one["processor"][at] for one in ours)
            yield Row(name=f"{name} 处理器时间 {title}", ours=spent, reference=lone, unit="毫秒/页")
        if profiled:
            yield from _shares(url, Path(folder))


def _speed(result: dict[str, Any], count: int) -> float:
    if result["pages"] < count:
        raise RuntimeError(f"bench: {result['pages']} of {count} pages fetched")  # a faster miss is not a figure
    return float(result["pages"]) / float(result["seconds"])


def _shares(url: str, folder: Path) -> Iterator[Row]:
    """Each stage's share of the time that all processes spent at work; the crawl's own and its workers' are added."""
    profile = folder / "profile"
    run("scanner.bench.ours", url, str(CONCURRENCY), str(folder / "home"), str(profile))
    spent: dict[tuple[str, int, str], tuple[float, float]] = {}
    for file in sorted(folder.glob("profile*")):
        for place, (_, _, own, whole, _) in cast("Any", pstats.Stats(str(file))).stats.items():
            before = spent.get(place, (0.0, 0.0))
            spent[place] = before[0] + own, before[1] + whole
    total = sum(own for place, (own, _) in spent.items() if not any(word in place[2] for word in IDLE))
    for title, file_name, function in STAGES:
        stage = sum(
            whole for place, (_, whole) in spent.items() if place[0].endswith("/" + file_name) and place[2] == function
        )
        yield Row(name=f"时间：{title}", ours=round(100 * stage / total, 1), reference=100.0, unit="%")
