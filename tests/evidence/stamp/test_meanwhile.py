"""Segments stamped while the run goes on: as soon as they are closed, and never at the cost of sealing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from scanner.crawl.session import opened
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.stamp import of_home
from scanner.evidence.stamp.meanwhile import Meanwhile
from scanner.evidence.stamp.services import authorities
from scanner.home import Home
from tests.evidence.authority import Tsa
from tests.evidence.samples import SOFTWARE, visits
from tests.evidence.stamp.test_of_home import faults
from tests.evidence.stamp.test_services import home_with, openssl


@contextmanager
def running(home: Home, **limits: float) -> Iterator[Archive]:
    with (
        Journal.open(home.journal) as journal,
        closing(Meanwhile(home, journal, authorities(home))) as meanwhile,
        Archive.open(home.archive, journal, SOFTWARE, on_closed=meanwhile.wake, **limits) as archive,  # type: ignore[arg-type]
    ):
        yield archive


def soon(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def stamped(home: Home) -> list[tuple[str, str]]:
    return [(str(line["kind"]), str(line["state"])) for line in of_home.lines(home.journal)]


@pytest.mark.parametrize("limits", [{"segment_bytes": 1}, {"segment_seconds": 0.0}], ids=["full", "old"])
def test_a_closed_segment_is_stamped_before_the_run_ends(tsa: Tsa, tmp_path: Path, limits: dict[str, float]) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("a")])
    with running(home, **limits) as archive:
        first = archive.seal(visits()[0]).result().records[0].file
        archive.seal(visits()[1]).result()
        soon(lambda: ("segment", "done") in stamped(home))
        assert [line["what"] for line in of_home.lines(home.journal) if line["kind"] == "segment"] == [first]
    head, segment = (
        next(x for x in of_home.lines(home.journal) if x["kind"] == kind) for kind in ("journal", "segment")
    )
    for line in (head, segment):
        token, pem = ((home.stamps / str(line[name])).read_bytes() for name in ("token", "chain"))
        assert openssl(tmp_path, token, pem, "-digest", str(line["digest"]))
    assert faults(home) == []


@pytest.mark.slow
def test_sealing_waits_for_no_service(tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("slow", "/hang", timeout=2)])
    began = time.monotonic()
    with running(home, segment_bytes=1) as archive:
        for _ in range(4):
            archive.seal(visits()[0]).result()
        assert time.monotonic() - began < 2  # four segments, and the service has not answered yet
        soon(lambda: tsa.asked[-1:] == ["/hang"])
    assert set(stamped(home)) == {("journal", "pending"), ("segment", "pending")}  # what was under way is told
    assert faults(home) == []


@pytest.mark.slow
def test_a_run_wakes_it(tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("a")])
    monkeypatch.setitem(Archive.open.__func__.__kwdefaults__, "segment_bytes", 1)  # type: ignore[attr-defined]
    with opened(home, kind="import", subjects=["test"], render="never") as session:
        for one in visits()[:2]:
            session.archive.seal(one).result()
        soon(lambda: ("segment", "done") in stamped(home))
        session.journal.append("note", {"run": "still going on"}).result()
    events = [line.event for line in Journal.read(home.journal)]
    assert events.index("stamp") < events.index("note") < len(events) - 1 - events[::-1].index("stamp")
    assert {state for _, state in stamped(home)} == {"done"}
    assert len([1 for kind, _ in stamped(home) if kind == "segment"]) == len(list(home.archive.glob("*.gz"))) == 2
    assert faults(home) == []
    assert list(chain.of(home.journal, "damaged")) == []
