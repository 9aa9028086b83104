"""The browser bench measures what it says: its figures follow from the samples, and a run that missed pages is no figure."""

from __future__ import annotations

import pytest

from scanner.bench import BENCHES, LONG, browser
from scanner.bench.lane import Sample, part
from scanner.crawl.browser import chromium, memory
from scanner.crawl.browser.memory import MB


def sample(page: int, chromium_mb: int, python_mb: int = 200) -> Sample:
    return page, python_mb * MB, 100 * MB, chromium_mb * MB


def test_its_figures() -> None:
    samples = [sample(0, 0, 900), *(sample(n, 400 + n // 5) for n in range(500)), sample(500, 450)]
    rows = {row.name.removeprefix("crawl-browser 内存 "): row for row in browser.figures(samples, 500)}
    assert all((row.reference, row.unit) == (1500.0, "MB") for row in rows.values())
    assert {name: row.ours for name, row in rows.items()} == {
        "峰值 合计": 799, "峰值 Python": 200, "峰值 驱动程序": 100, "峰值 Chromium": 499,
        "结束时 合计": 750, "结束时 Python": 200, "结束时 驱动程序": 100, "结束时 Chromium": 450,
        "第 100 页到第 500 页增长": 69,
    }  # fmt: skip
    assert "第 49" in rows["峰值 合计"].detail


def test_a_run_without_a_measured_browser_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="no sample"):
        list(browser.figures([sample(0, 0)], 10))


def test_it_runs_only_when_named() -> None:
    assert "crawl-browser" in set(BENCHES) & LONG


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(chromium.find() is None or not memory.KNOWN, reason="needs Chromium, and Linux to measure it")
def test_its_rows() -> None:
    rows = {row.name: row for row in browser.rows(pages=6)}
    assert rows["crawl-browser 速度"].ours > 0
    assert rows["crawl-browser 内存 峰值 合计"].ours >= rows["crawl-browser 内存 峰值 Chromium"].ours > 100
    assert rows["crawl-browser 内存 峰值 Python"].ours > 50
    assert rows["crawl-browser 内存 峰值 驱动程序"].ours > 50


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/x/.venv/bin/python3.11 -m scanner.bench.lane http://a /tmp/home", "python"),
        ("/x/site-packages/playwright/driver/node /x/playwright/driver/package/cli.js run-driver", "driver"),
        ("/usr/lib/chromium/chromium --type=gpu-process", "chromium"),
    ],
)
def test_which_process_is_what(command: str, name: str) -> None:
    assert part(memory.Process(pid=1, command=command, held=0)) == name
