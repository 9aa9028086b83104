"""Scrapy's own command finds the families through scrapy.cfg; it cannot crawl unsealed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spiders import FAMILIES

ROOT = Path(__file__).resolve().parents[2]


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


@pytest.mark.slow
def test_the_families_are_listed() -> None:
    assert scrapy("list").stdout.split() == sorted(
        (*FAMILIES, "transcript")
    )  # the last is no site's: it reads what was brought


@pytest.mark.slow
def test_a_crawl_without_sealing_is_refused() -> None:
    done = scrapy("crawl", "generic", "-a", "pages=1")
    assert done.returncode != 0
    assert "qingwang scan" in done.stderr
