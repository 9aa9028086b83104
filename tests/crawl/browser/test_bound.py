"""What Chromium may hold, for real: pages that grow are ended and named, others are not; an old Chromium makes way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from scanner.crawl.browser import engine, memory
from scanner.crawl.browser.bound import Peak
from scanner.crawl.browser.visit import Reason, VisitFailed
from scanner.model import Visit
from tests.crawl.browser.visiting import QUICK, Running, environment, page, started, text
from tests.crawl.wire import Route, Script, wire

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not memory.KNOWN, reason="only Linux tells")]

PEAK = Peak()
# Each fills memory of another kind, and never comes to an end by itself.
GROWING = {
    "objects": "const kept = []; for (let n = 0; ; n++) kept.push({n, word: 'w' + n})",
    "bytes": "const kept = []; while (true) kept.push(new Uint8Array(2e7).fill(7))",
    "elements": "for (let n = 0; ; n++) document.body.append(document.createElement('p'), '第' + n + '行')",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    yield from started(QUICK, megabytes=700, peak=PEAK)


@pytest.mark.long
@pytest.mark.parametrize("how", GROWING)
def test_a_page_that_grows_is_ended_and_named(running: Running, how: str) -> None:
    with wire({"/": page(f"<p>shown</p><script>{GROWING[how]}</script>"), "/fine": page("fine")}) as shop:
        before = running.browser.pid
        failed = running.fails(f"{shop.url}/")
        assert failed.reason is Reason.MEMORY, failed.message
        assert "占用的内存超过上限" in failed.message
        assert failed.visit is not None
        assert failed.visit.exchanges[0].received == shop.written("/")
        (ended,) = environment(failed.visit)["memory"]
        assert ended["ended"] == "page"
        assert ended["held_mb"] >= 700
        assert shop.paths().count("/") == 1  # it would only grow again
        visit = running.visit(f"{shop.url}/fine")
        assert (text(visit), environment(visit)["memory"]) == ("fine", [])
        assert running.browser.pid == before  # the browser lives on
    assert (PEAK.megabytes or 0) > 700


@pytest.mark.long
def test_the_page_beside_one_that_grows_is_seen(running: Running) -> None:
    def slow(_: bytes) -> Script:
        yield 6.0
        yield page("fine")

    routes: dict[str, Route] = {"/": page(f"<script>{GROWING['bytes']}</script>"), "/slow": slow}
    with wire(routes) as shop:

        async def both() -> list[Visit | BaseException]:
            visits = [running.browser.visit(f"{shop.url}{path}", storefront="s") for path in ("/slow", "/")]
            return await asyncio.gather(*visits, return_exceptions=True)

        good, bad = running.run(both())
    assert isinstance(bad, VisitFailed)
    assert bad.reason is Reason.MEMORY
    assert isinstance(good, Visit)
    assert text(good) == "fine"
    assert environment(good)["attempts"] == 1


@pytest.mark.long
def test_a_browser_makes_way_for_the_next_after_so_many_looks(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOOKS", 3)
    with wire({f"/{n}": page(f"page {n}") for n in range(8)}) as shop:

        async def all_of() -> list[Visit]:
            return list(
                await asyncio.gather(*[running.browser.visit(f"{shop.url}/{n}", storefront="s") for n in range(8)])
            )

        running.visit(f"{shop.url}/0")
        first, pids = running.browser.pid, set[int]()
        visits = running.run(all_of())
        assert [text(visit) for visit in visits] == [f"page {n}" for n in range(8)]
        assert all(environment(visit)["attempts"] == 1 for visit in visits)  # none was on one that was closed
        pids.add(running.browser.pid)
    assert first not in pids
    assert memory.tree(first) == []
