"""``bench read``: pages a second that one core recognises, reads and judges, beside BeautifulSoup merely finding the text.

The same pages as ``bench crawl`` fetches (60–140 kB), in this process, without network or disk; the best of a few
rounds counts. The reference, ``BeautifulSoup(page, "lxml").get_text()``, is what a scraper does before it knows anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup

from scanner import rulebook
from scanner.bench import Row
from scanner.crawl.line import Line, Look
from scanner.demo.pages import product
from scanner.home import shipped_rules
from scanner.model import Outcome
from scanner.page import Page
from scanner.registry import Register
from spiders.generic import GenericShop

PAGES = 40
ROUNDS = 3
DAY = date(2026, 1, 1)
SHOP = GenericShop()


def rows() -> Iterator[Row]:
    """The one figure."""
    bodies = [product(n, 600, (60, 140), 20, seed=1) for n in range(PAGES)]
    with TemporaryDirectory() as folder:
        rules = rulebook.load(shipped_rules(), Path(folder) / "rules")
        with Register.open(Path(folder) / "register.db") as register:
            line = Line(rulebook=rules, register=register)
            ours = _best(lambda: [_look(line, body, n) for n, body in enumerate(bodies)])
    reference = _best(lambda: [BeautifulSoup(body, "lxml").get_text() for body in bodies])
    yield Row(name="read 60–140 kB", ours=round(PAGES / ours, 1), reference=round(PAGES / reference, 1), unit="页/秒")


def _look(line: Line, body: bytes, number: int) -> Look:
    headers = [(b"Content-Type", b"text/html; charset=utf-8")]
    page = Page(f"http://127.0.0.1/p/{number}", 200, headers, body, "", datetime(2026, 1, 1, tzinfo=UTC))
    look = line.look(page, SHOP, DAY)
    if look.outcome is not Outcome.READ:
        raise RuntimeError("bench: a page was not read")  # a faster miss is not a figure
    return look


def _best(work: Callable[[], object]) -> float:
    """Seconds of processor time that the quickest of a few rounds took."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)
