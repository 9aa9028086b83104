"""Purging: what is past its term goes, logged first; the chain, the other records and older packages verify as before."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import disk
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.keeping import holds
from scanner.evidence.keeping.purge import DRAFT, Purged, dry, purge, status
from scanner.home import Home
from scanner.leads.gather import gather
from scanner.leads.retention import end_of, later
from scanner.model import Outcome
from scanner.store.book import Book
from scanner.store.identities import Trait
from tests import warcs
from tests.evidence.authority import Tsa
from tests.evidence.samples import SHOP, SOFTWARE, Site, answer, case_of, exchange, visit
from tests.evidence.stamp.test_of_home import run as stamps
from tests.evidence.stamp.test_of_home import settle
from tests.store.making import step

WHO = "演示员"


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """The clock set to ``moment``, as a rehearsal does."""
    clock.rehearse(moment)
    try:
        yield moment
    finally:
        clock.rehearse(None)


def sealed_at(home: Home) -> datetime:
    return max(line.time for line in Journal.read(home.journal) if line.event == "capture")


def booked(site: Site, *, lead: bool = False) -> Home:
    """The site with its book; with ``lead`` the first and third capture prove one."""
    home = Home(site.root)
    with Book.open(home.book) as book:
        for one in site.captures:
            book.save_capture(one, Outcome.READ, "7")
        if lead:
            case = case_of(site.captures)
            book.save_listing(case.listings[0], site.captures[0].id, site.captures[0].time)
            book.save_findings([case.proofs[0].finding], site.captures[0].id, site.captures[0].time)
            book.set_second_look(case.proofs[0].finding.id, case.proofs[0].second_look, site.captures[-1].id)
            book.merge_leads(gather([(case.proofs[0].finding, case.listings[0])]), opened=site.captures[0].time)
    return home


def run(home: Home, years: float = 10.01) -> Purged:
    with at(sealed_at(home) + timedelta(days=365.25 * years)) as now:
        return purge(home, now=now, who=WHO)


def faults(home: Home) -> list[str]:
    return [check.detail for check in verify_home(home) if not check.ok]


def bodies(home: Home) -> bytes:
    return b"".join(record.block for record in warcs.records(home))


@pytest.fixture
def home(site: Site) -> Home:
    return booked(site)


class TestTerms:
    def test_ten_years_to_the_millisecond(self, home: Home) -> None:
        last = sealed_at(home)
        for early, due in ((timedelta(milliseconds=1), False), (timedelta(0), True)):
            with at(later(last, 10) - early) as now:
                assert (status(home, now=now).due == 4) is due
        assert status(home, now=last).next == min(
            later(line.time, 10) for line in Journal.read(home.journal) if line.event == "capture"
        )

    @pytest.mark.parametrize(("years", "kept"), [(5, 5), (3, 5), (12, 12)])
    def test_what_the_crawl_recorded_counts_but_never_less_than_the_law(
        self, years: int, kept: int, tmp_path: Path
    ) -> None:
        home = Home(tmp_path)
        with Journal.open(home.journal) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
            journal.append("crawl_began", {"crawl": "7", "campaign": {"id": "演示", "retention_years": years}}).result()
            archive.seal(visit(exchange(f"http://{SHOP}/1", answer(b"page")))).result()
        Book.open(home.book).close()
        last = sealed_at(home)
        assert status(home, now=later(last, kept) - timedelta(seconds=1)).due == 0
        assert status(home, now=later(last, kept)).due == 1

    def test_a_case_lives_on_after_its_last_decision(self) -> None:
        sealed, decided = datetime(2026, 2, 1, tzinfo=UTC), datetime(2035, 3, 1, tzinfo=UTC)
        assert end_of(sealed, 10) == datetime(2036, 2, 1, tzinfo=UTC)
        assert end_of(sealed, 10, decided) == datetime(2040, 3, 1, tzinfo=UTC)


class TestPurge:
    def test_nothing_is_due_and_nothing_is_touched(self, home: Home) -> None:
        before = home.journal.read_bytes()
        assert run(home, 9.9).captures == []
        assert home.journal.read_bytes() == before

    def test_records_are_gone_and_everything_else_verifies(self, site: Site, packed: Path) -> None:
        home = booked(site)
        size = {path.name: path.stat().st_size for path in home.archive.iterdir()}
        assert b"other shop's page" in bodies(home)
        done = run(home)
        assert (len(done.captures), done.segments, done.damaged) == (4, 1, [])
        kinds = [record.type for record in warcs.records(home)]  # warcio walks the file as before
        assert (kinds[0], set(kinds[1:])) == ("warcinfo", {"metadata"})
        assert bodies(home).partition(b"\0")[2].strip(b"\0") == b""
        assert {path.name: path.stat().st_size for path in home.archive.iterdir()} == size
        assert faults(home) == []
        assert any("按保存期限清除" in check.detail for check in verify_home(home))
        assert all(
            check.ok for check in verify(packed, strict=False)
        )  # a package made before needs nothing of the home
        with Book.open(home.book) as book:
            assert all(one.purged is not None for one in book.captures())
        with pytest.raises(InputError, match="已按保存期限清除"):
            Shelf(home.archive).read(site.captures[0])

    def test_the_log_names_what_who_when_why_and_no_page(self, home: Home) -> None:
        run(home)
        line = next(line for line in Journal.read(home.journal) if line.event == "purge")
        assert (line.data["who"], line.data["why"]) == (WHO, "保存期限届满")
        assert "个人信息保护法" in line.data["basis"]
        assert {one["years"] for one in line.data["captures"]} == {10}
        assert SHOP.encode() not in line.raw
        assert set(holds.told(home.journal).purged) == _ids(home)

    def test_the_room_is_given_back(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        with Journal.open(home.journal) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
            body = answer(os.urandom(1_000_000), b"Content-Type: image/png")
            archive.seal(visit(exchange(f"http://{SHOP}/1.png", body))).result()
        Book.open(home.book).close()
        run(home)
        found = _segment(home).stat()
        assert (found.st_size > 1_000_000, found.st_blocks * 512 < 200_000) == (True, True)
        assert faults(home) == []

    def test_twice_is_once(self, home: Home) -> None:
        run(home)
        journal, archive = home.journal.read_bytes(), bodies(home)
        again = run(home, 20)
        assert (again.captures, again.finished) == ([], 0)
        assert (home.journal.read_bytes(), bodies(home)) == (journal, archive)

    def test_a_dry_run_says_the_same_and_writes_nothing(self, home: Home) -> None:
        journal, archive = home.journal.read_bytes(), bodies(home)
        (first, *_) = sorted(_ids(home))
        with Book.open(home.book) as book:
            book.save_traits("a\n店", [Trait("phone", "13800138000", "电话：13800138000", first)])
        now = sealed_at(home) + timedelta(days=4000)
        said = dry(home, now=now)
        assert said.traits == {"phone": 1}
        with Book.open(home.book) as book:
            assert len(book.traits("a\n店")) == 1
            assert all(one.purged is None for one in book.captures())
        assert (home.journal.read_bytes(), bodies(home)) == (journal, archive)
        assert said == run(home)
        with Book.open(home.book) as book:
            assert book.traits("a\n店") == []
        assert b"13800138000" not in home.book.read_bytes()

    def test_what_damage_there_is_stays_to_be_seen(self, home: Home) -> None:
        (segment,) = home.archive.iterdir()
        data = bytearray(segment.read_bytes())
        data[-100] ^= 1
        segment.write_bytes(data)
        done = run(home)
        assert (done.captures, [name for name, _ in done.damaged]) == ([], [segment.name])
        assert segment.read_bytes() == data
        assert faults(home) != []

    def test_crawling_goes_on_in_a_purged_archive(self, home: Home) -> None:
        run(home)
        with Journal.open(home.journal) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
            assert archive.reports == ()
            archive.seal(visit(exchange(f"http://{SHOP}/new", answer(b"new page")), at=60)).result()
        assert faults(home) == []
        assert b"new page" in bodies(home)


class TestKept:
    def test_captures_of_a_lead_stay_until_it_is_ended_and_five_years_more(self, site: Site) -> None:
        home = booked(site, lead=True)
        first, third = site.captures[0].id, site.captures[-1].id
        done = run(home)
        assert not {first, third} & set(done.captures)
        assert len(done.captures) == 2
        assert faults(home) == []
        now = sealed_at(home) + timedelta(days=11 * 365)
        assert (status(home, now=now).open, status(home, now=now).due) == (2, 0)
        with Book.open(home.book) as book:
            book.decide(step(1, "confirmed", now))
            book.decide(step(1, "closed", now + timedelta(days=1)))
        assert run(home, 15.9).captures == []
        assert set(run(home, 16.1).captures) == {first, third}
        assert faults(home) == []

    @pytest.mark.parametrize("target", ["lead", "capture"])
    def test_a_hold_keeps_until_it_is_released(self, target: str, site: Site) -> None:
        home = booked(site, lead=True)
        when = sealed_at(home)
        with Book.open(home.book) as book:
            book.decide(step(1, "dismissed", when))
        key: dict[str, Any] = {"lead": 1} if target == "lead" else {"capture": site.captures[0].id}
        with Journal.open(home.journal) as journal:
            journal.append(holds.HOLD, {**key, "who": WHO, "why": "行政诉讼"}).result()
        done = run(home)
        held = {site.captures[0].id} | ({site.captures[-1].id} if target == "lead" else set())
        assert set(done.captures) == {one for one in _ids(home) if one not in held}
        assert faults(home) == []
        assert status(home, now=when + timedelta(days=4000)).held == len(held)
        with Journal.open(home.journal) as journal:
            journal.append(holds.RELEASE, {**key, "who": WHO, "why": "判决生效"}).result()
        assert set(run(home).captures) == held
        assert faults(home) == []


def _ids(home: Home) -> set[str]:
    return {str(line.data["capture"]["id"]) for line in Journal.read(home.journal) if line.event == "capture"}


# --- tampering -------------------------------------------------------------------------------------------------


def _segment(home: Home) -> Path:
    return next(home.archive.glob("*.gz"))


def _relog(home: Home, change: Callable[[dict[str, Any]], object]) -> None:
    """The deletion log changed, with the whole chain behind it made anew."""
    prev, out = chain.ZERO, []
    for line in list(Journal.read(home.journal)):
        data = dict(line.data)
        if line.event == "purge":
            change(data)
        raw, prev = chain.compose(seq=line.seq, prev=prev, time=line.time, event=line.event, data=data)
        out.append(raw + b"\n")
    home.journal.write_bytes(b"".join(out))


def _put_back(home: Home, before: bytes) -> None:
    _segment(home).write_bytes(before)


def _one_more(data: dict[str, Any]) -> None:
    last = data["records"][-1]
    data["records"] = [*data["records"], {**last, "offset": last["offset"] + last["length"]}]


TAMPERINGS: dict[str, tuple[Callable[[Home, bytes], object], str]] = {
    "the record put back": (_put_back, "没有清除完"),
    "a byte of a stand-in": (lambda h, _: _segment(h).write_bytes(_flipped(_segment(h).read_bytes())), "没有清除完"),
    "a stand-in cut out": (lambda h, _: _segment(h).write_bytes(_segment(h).read_bytes()[:-10]), "没有清除完"),
    "the log names a record more": (lambda h, _: _relog(h, _one_more), "没有日志的记录"),
    "the log names a record less": (lambda h, _: _relog(h, lambda d: d["records"].pop()), "与日志不符"),
    "the log names another member": (
        lambda h, _: _relog(h, lambda d: d["records"][0].update(member="0" * 64)), "清除的不是这条记录",
    ),
    "the log names a capture that never was": (
        lambda h, _: _relog(h, lambda d: d["captures"][0].update(capture="f" * 20)), "没有日志的取证页",
    ),
    "the log says another moment": (
        lambda h, _: _relog(h, lambda d: d.update(when="2040-01-01T00:00:00.000Z")), "没有清除完",
    ),
    "the log has lost its form": (lambda h, _: _relog(h, lambda d: d.pop("before")), "读不出来"),
}  # fmt: skip


def _flipped(data: bytes) -> bytes:
    return data[:-60] + bytes([data[-60] ^ 1]) + data[-59:]


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(name: str, home: Home) -> None:
    before = _segment(home).read_bytes()
    run(home)
    assert faults(home) == []
    tamper, said = TAMPERINGS[name]
    tamper(home, before)
    assert any(said in fault for fault in faults(home)), faults(home)


def test_a_purge_sooner_than_the_law_allows_is_named(home: Home) -> None:
    """Somebody who has the keys to the home makes evidence go with a log in due form."""
    with at(sealed_at(home) + timedelta(days=30)):
        real = sealed_at(home) + timedelta(days=4000)
        purge(home, now=real, who=WHO)  # the clock of the journal says another time than the log
    assert sum("不满 5 年" in fault for fault in faults(home)) == 4


def test_a_purge_of_what_is_held_is_named(site: Site) -> None:
    home = booked(site)
    run(home)
    lines = list(Journal.read(home.journal))
    prev, out, seq = chain.ZERO, [], 0
    for line in lines:
        events = [(line.event, dict(line.data))]
        if line.event == "purge":
            events.insert(0, (holds.HOLD, {"capture": site.captures[0].id, "who": WHO, "why": "诉讼"}))
        for event, data in events:
            seq += 1
            raw, prev = chain.compose(seq=seq, prev=prev, time=line.time, event=event, data=data)
            out.append(raw + b"\n")
    home.journal.write_bytes(b"".join(out))
    assert any("正在保全" in fault for fault in faults(home))


# --- kill -9 -----------------------------------------------------------------------------------------------------

CALLS = ("write", "fsync", "fdatasync", "replace", "open", "unlink", "ftruncate")


def _killed(home: Home, nth: int) -> bool:
    """Purge in a process that kills itself at its ``nth`` call that changes the disk; whether it came so far."""
    child = os.fork()
    if child:
        _, how = os.waitpid(child, 0)
        return os.WIFSIGNALED(how)
    try:
        left = [nth]

        def dying(call: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(*words: Any, **more: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*words, **more)

            return wrapped

        for name in CALLS:
            setattr(os, name, dying(getattr(os, name)))
        disk.sync_data = dying(disk.sync_data)
        run(home)
    finally:
        os._exit(0)


@pytest.mark.kill
def test_killed_at_every_step_it_is_finished_by_the_next_run(site: Site, tmp_path: Path) -> None:
    with Book.open(booked(site).book) as book:
        book.save_traits("a\n店", [Trait("phone", "13800138000", "电话：13800138000", site.captures[0].id)])
    nth, logged, drafts = 0, 0, 0
    while True:
        nth += 1
        home = Home(tmp_path / f"copy-{nth}")
        shutil.copytree(site.root, home.root)
        killed = _killed(home, nth)
        log = any(line["event"] == "purge" for line in warcs.lines(home, torn=True))
        gone = b"other shop's page" not in bodies(home)
        assert log or not gone  # never a record gone without a log
        logged += log and killed
        drafts += any(path.name.endswith(DRAFT) for path in home.archive.iterdir())
        if not (log and not gone):
            assert [fault for fault in faults(home) if "不完整" not in fault] == []
        run(home, 10.02)
        assert faults(home) == []
        assert (b"other shop's page" in bodies(home), len(holds.told(home.journal).purged)) == (False, 4)
        assert sum(line.event == "purge" for line in Journal.read(home.journal)) == 1
        with Book.open(home.book) as book:
            assert all(one.purged is not None for one in book.captures())
            assert list(book.all_traits()) == []
        assert not any(path.name.endswith(DRAFT) for path in home.archive.iterdir())
        shutil.rmtree(home.root)
        if not killed:
            break
    assert nth > 8
    assert logged > 2
    assert drafts > 0


def test_a_stamp_over_a_segment_holds_after_a_logged_deletion_and_over_nothing_else(site_now: Site, tsa: Tsa) -> None:
    home = settle(site_now, tsa, "/")
    assert {one.state for one in stamps(home)} == {"done"}
    booked(site_now)
    with at(sealed_at(home) + timedelta(days=366 * 11)) as now:
        assert purge(home, now=now, who=WHO).captures
    assert [check.detail for check in verify_home(home) if not check.ok] == []
    (segment,) = home.archive.glob("*.warc.gz")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert any("盖的不是" in check.detail for check in verify_home(home) if not check.ok)
