"""A page that hangs, crashes or fills its worker costs that page and no other; workers end with their crawl."""

from __future__ import annotations

import asyncio
import errno
import multiprocessing.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scanner import rulebook
from scanner.crawl.reading.links import Kind, Link
from scanner.crawl.reading.outcome import outcome
from scanner.crawl.reading.workers import Books, Recipe, Seen, Workers
from scanner.home import shipped_rules
from scanner.model import Listing, Outcome
from scanner.page import Page
from scanner.registry import Register
from spiders.generic import GenericShop

DAY = date(2026, 11, 20)
GOODS = "<html><head><title>演示体温计</title></head><body><h1>演示体温计</h1><p>￥39.90</p><button>加入购物车</button></body></html>"


class Trap:
    """A family that does to its worker what the address says."""

    def read(self, page: Page) -> Listing | None:
        if "hang" in page.url:
            while True:
                pass
        if "crash" in page.url:
            os.kill(os.getpid(), signal.SIGKILL)
        if "fill" in page.url:
            bytearray(64 * 1024**3)
        if "fault" in page.url:
            raise KeyError("注册证号")
        return None

    def products(self, page: Page) -> Iterator[Link]:
        yield Link(page.url + "/next", Kind.LIST)

    def parts(self, page: Page) -> tuple[()]:
        return ()

    def outcome(self, page: Page) -> Outcome | None:
        return outcome(page)

    def stated(self, page: Page) -> None:
        return None

    def named(self, page: Page) -> tuple[()]:
        return ()

    def more(self, page: Page, links: object) -> bool:
        return False


TRAP, SHOP = Recipe(family=Trap), Recipe(family=GenericShop)


def page(name: str, body: str = GOODS) -> Page:
    headers = [(b"Content-Type", b"text/html; charset=utf-8")]
    time = datetime(2026, 11, 20, tzinfo=UTC)
    return Page(f"http://shop.example/goods/{name}", 200, headers, body.encode(), "c" * 32, time)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    rules = rulebook.load(shipped_rules(), tmp_path / "rules")
    Register.open(tmp_path / "register.db").close()
    return Books(
        shipped=shipped_rules(), own=tmp_path / "rules", hash=rules.hash, register=tmp_path / "register.db",
        log=tmp_path / "crawl.log",
    )  # fmt: skip


def looked_at(books: Books, asked: list[tuple[str, Recipe]], *, count: int = 1, patience: float = 3) -> list[Seen]:
    """All pages asked for at once, answered in the order asked."""
    workers = Workers.start(books, rulebook.load(books.shipped, books.own), count=count, patience=patience)

    async def ask() -> list[Seen]:
        return await asyncio.gather(*(workers.look(page(name), recipe, DAY) for name, recipe in asked))

    try:
        return asyncio.run(ask())
    finally:
        workers.close()


def test_a_page_is_read_and_its_links_come_along(books: Books) -> None:
    read, other = looked_at(books, [("1", SHOP), ("2", TRAP)], count=2)
    assert isinstance(read.look.subject, Listing)
    assert (read.look.outcome, read.look.subject.title.text, read.fault) == (Outcome.READ, "演示体温计", "")
    assert (other.look.outcome, [link.url for link in other.links]) == (
        Outcome.NOT_A_PRODUCT, ["http://shop.example/goods/2/next"],
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trap", "why"),
    [("hang", "读取这个页面超过3秒，已中止"), ("crash", "读取这个页面的进程异常退出"),
     ("fill", "程序错误：MemoryError: "), ("fault", "程序错误：KeyError: '注册证号'")],
)  # fmt: skip
def test_a_trap_costs_its_own_page(books: Books, trap: str, why: str) -> None:
    asked = [("1", SHOP), (trap, TRAP), ("2", SHOP), ("3", SHOP), ("4", SHOP)]
    one, caught, *rest = looked_at(books, asked)
    assert (caught.look.outcome, caught.look.why, caught.fault, caught.links) == (Outcome.ERROR, why, why, ())
    assert [seen.look.outcome for seen in (one, *rest)] == [Outcome.READ] * 4
    assert trap != "fault" or "KeyError" in books.log.read_text(encoding="utf-8")


def test_pages_are_answered_though_no_worker_can_be_had(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses a new process when the only worker has crashed: every page is told so, none waits for ever."""

    def refused(*_: object) -> int:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", refused)
    one, *rest = looked_at(books, [("1", SHOP), ("crash", TRAP), ("2", SHOP), ("3", SHOP), ("4", SHOP)])
    assert one.look.outcome is Outcome.READ
    assert [seen.fault for seen in rest] == ["读取这个页面的进程异常退出", *["没有读取页面的进程可用"] * 3]


def test_other_rules_than_the_crawl_began_with_are_refused(books: Books) -> None:
    (books.own / "claim").mkdir(parents=True)
    rules = rulebook.load(books.shipped, books.own)
    changed = Books(shipped=books.shipped, own=books.own, hash="0" * 64, register=books.register, log=books.log)
    workers = Workers.start(changed, rules, count=1, patience=3)
    try:
        seen = asyncio.run(workers.look(page("1"), SHOP, DAY))
    finally:
        workers.close()
    assert "规则在巡查中被改动" in seen.fault


@pytest.mark.slow
def test_workers_end_when_their_crawl_is_killed(books: Books) -> None:
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from pathlib import Path
from scanner import rulebook
from scanner.crawl.reading.workers import Books, Workers
books = Books(shipped=Path({str(books.shipped)!r}), own=Path({str(books.own)!r}), hash="x",
              register=Path({str(books.register)!r}), log=Path({str(books.log)!r}))
workers = Workers.start(books, rulebook.load(books.shipped, books.own), count=2)
print(*(worker.process.pid for worker in workers._workers), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as crawl:
        assert crawl.stdout is not None
        pids = [int(pid) for pid in crawl.stdout.readline().split()]
        assert len(pids) == 2
        crawl.kill()
        crawl.wait()
    until = time.monotonic() + 20
    while (left := [pid for pid in pids if _lives(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
