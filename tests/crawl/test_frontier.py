"""The frontier as Scrapy's scheduler: what goes out next, and that every request comes to its end on the disk.

When a request has ended is told by a private attribute of Scrapy (``engine._slot.inprogress``); if that changes, the first
test fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import scrapy

from scanner.crawl.walk.frontier import CAREFUL, MAX_HELD, Frontier
from scanner.store.frontier import Frontier as Store
from scanner.store.frontier import State
from tests.crawl.site import Answer, answer, serving
from tests.running import ROOT, environment

PAGE = answer("<html><body><p>演示</p></body></html>".encode())


@pytest.mark.long
def test_every_request_ends_as_done_however_it_ended(tmp_path: Path) -> None:
    left = [answer(b"busy", status="503 Busy", extra=b"Retry-After: 0\r\n")]
    answers: dict[str, bytes | Answer] = {
        "/fine": PAGE, "/raises": PAGE, "/busy": lambda _: left.pop() if left else PAGE,
        "/moved": answer(b"", status="302 Found", extra=b"Location: /fine?moved\r\n"), "/fine?moved": PAGE,
        "/loop": answer(b"", status="302 Found", extra=b"Location: /loop\r\n"),
        "/down": answer(b"", status="500 Oops"), "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nshort",
        "/inside": answer(b"", status="302 Found", extra=b"Location: http://169.254.169.254/\r\n"),
        "/robots.txt": answer(b"User-agent: *\nDisallow: /forbidden\n", type_="text/plain"),
    }  # fmt: skip
    names = ["fine", "raises", "busy", "moved", "loop", "down", "cut", "inside", "forbidden", "gone"]
    with serving(answers) as site:
        urls = [f"{site.url}/{name}" for name in names] + ["http://127.0.0.1:9/nobody"]
        done = subprocess.run(
            [sys.executable, "-m", "tests.crawl.endings", str(tmp_path), *urls], capture_output=True, text=True,
            check=False, env=environment(), cwd=ROOT, timeout=100,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "frontier").glob("*.db")
    with Store(file) as store:
        assert store.counts() == {State.DONE: len(urls)}
        came = {
            json.loads(one.request)["meta"]["start"].rpartition("/")[2]: json.loads(one.result) for one in store.ended()
        }
    assert all(came[name] for name in (*names, "nobody")), came  # each says what it came to
    assert came["busy"]["outcomes"] == ["not_a_product"]
    assert "程序错误" in came["raises"]["lost"][0][1]


# --- what goes out next ------------------------------------------------------------------------------------------------


class Spider(scrapy.Spider):
    name = "spider"

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.frontier, self.held, self.results, self.stopped = file, set[Any](), dict[int, Any](), ""

    def recall(self, store: Store) -> None:
        self.known = list(store.asked())

    def page(self, response: object) -> None: ...

    def lost(self, failure: object) -> None: ...

    def stop(self, error: BaseException | None) -> None:
        raise AssertionError(error)


@pytest.fixture
def engine() -> Any:
    return SimpleNamespace(downloader=SimpleNamespace(active=set()), _slot=SimpleNamespace(inprogress=set()))


@pytest.fixture
def scheduler(tmp_path: Path, engine: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Frontier]:
    monkeypatch.setattr("scanner.crawl.walk.frontier.LoopingCall", lambda _: _Still())
    crawler: Any = SimpleNamespace(engine=engine, settings=SimpleNamespace(getint=lambda _: 2))
    made = Frontier(crawler)
    made.open(Spider(tmp_path / "a.db"))
    yield made
    made.close("finished")


class _Still:
    """A looping call that never calls: the tests say when."""

    running = False

    def start(self, *_: object, **__: object) -> _Still:
        return self

    def addErrback(self, _: object) -> None: ...


def object_with_row(row: int) -> Any:
    """A look that waits, as far as the frontier knows one; it can be put in a set, which a namespace cannot."""
    return type("Waits", (), {"row": row})()


def walk(scheduler: Frontier, url: str, priority: int = 0) -> bool:
    spider = scheduler._spider
    return scheduler.enqueue_request(scrapy.Request(url, callback=spider.page, meta={"key": url}, priority=priority))


def piece(scheduler: Frontier, url: str, priority: int = 0) -> None:
    assert scheduler.enqueue_request(scrapy.Request(url, priority=priority))


def out(scheduler: Frontier) -> list[str]:
    found = []
    while (request := scheduler.next_request()) is not None:
        found.append(request.url.rpartition("/")[2])
    return found


def test_the_most_urgent_of_memory_and_disk_goes_first(scheduler: Frontier) -> None:
    for number, priority in enumerate((10, 30, 20)):
        assert walk(scheduler, f"http://a.example/w{number}", priority)
    piece(scheduler, "http://a.example/p0", 25)
    piece(scheduler, "http://a.example/p1", 5)
    assert out(scheduler) == ["w1", "p0", "w2", "w0", "p1"]
    assert not scheduler.has_pending_requests()


def test_one_that_comes_later_and_is_more_urgent_overtakes(scheduler: Frontier) -> None:
    for number in range(3):
        walk(scheduler, f"http://a.example/{number}", 10)
    first = scheduler.next_request()
    assert first is not None
    walk(scheduler, "http://a.example/urgent", 90)
    assert out(scheduler) == ["urgent", "1", "2"]


def test_a_crawl_that_died_and_came_no_further_asks_for_one_page_at_a_time(scheduler: Frontier, engine: Any) -> None:
    under_way = engine._slot.inprogress

    def sent() -> list[str]:
        """What goes out now, as the engine takes it: it is in progress from then on."""
        found = []
        while (request := scheduler.next_request()) is not None:
            under_way.add(request)
            found.append(request.url.rpartition("/")[2])
        return found

    for number in range(CAREFUL + 9):
        walk(scheduler, f"http://a.example/{number:02}")
    scheduler._store.careful = True
    piece(scheduler, "http://a.example/p0")
    assert sent() == ["p0", "00"]
    piece(scheduler, "http://a.example/p1")
    assert sent() == ["p1"]  # pieces of the one page go on
    for number in range(1, CAREFUL):
        under_way.clear()  # the engine asks at once, before it is known on the disk that one has ended
        assert sent() == [f"{number:02}"]
    scheduler._spider.held.add(object_with_row(1))
    under_way.clear()
    assert sent() == []  # a page waits for its pieces
    scheduler._spider.held.clear()
    scheduler._flush()
    assert len(sent()) == 9  # it has come further: as usual


def test_a_request_is_taken_once(scheduler: Frontier) -> None:
    assert walk(scheduler, "http://a.example/1")
    assert not walk(scheduler, "http://a.example/1")
    assert out(scheduler) == ["1"]


def test_a_busy_host_does_not_hold_up_another(scheduler: Frontier, engine: Any) -> None:
    for number in range(5):
        walk(scheduler, f"http://slow.example/{number}", 50)
    walk(scheduler, "http://other.example/x")
    engine.downloader.active |= {scrapy.Request(f"http://slow.example/active{n}") for n in range(3)}
    assert out(scheduler) == ["x"]
    assert scheduler.has_pending_requests()


def test_no_further_page_goes_out_while_too_many_wait_for_their_pieces(scheduler: Frontier) -> None:
    walk(scheduler, "http://a.example/page", 90)
    piece(scheduler, "http://a.example/picture")
    waiting: Any = [object_with_row(-n) for n in range(1, MAX_HELD + 1)]
    scheduler._spider.held.update(waiting)
    assert out(scheduler) == ["picture"]
    scheduler._spider.held.clear()
    assert out(scheduler) == ["page"]


def test_a_page_is_not_done_while_it_waits_for_its_pieces(scheduler: Frontier, engine: Any, tmp_path: Path) -> None:
    walk(scheduler, "http://a.example/1")
    request = scheduler.next_request()
    assert request is not None
    engine._slot.inprogress.add(request)
    scheduler._flush()
    assert scheduler._store.counts() == {State.UNDER_WAY: 1}
    engine._slot.inprogress.clear()
    held: Any = object_with_row(request.meta["row"])
    scheduler._spider.held.add(held)
    scheduler._flush()
    assert scheduler._store.counts() == {State.UNDER_WAY: 1}
    scheduler._spider.held.clear()
    scheduler._spider.results[request.meta["row"]] = {"outcomes": ["read"]}
    scheduler._flush()
    assert [json.loads(one.result) for one in scheduler._store.ended()] == [{"outcomes": ["read"]}]
