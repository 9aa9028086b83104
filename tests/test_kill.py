"""kill -9 in the middle of a crawl: the evidence is whole up to the cut, the cut is said, a second run loses nothing.

Checked without our program where it matters: the archive by warcio, the journal by json and hashlib (``tests.warcs``).
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.demo.mall import Mall, serve
from scanner.home import Home
from scanner.store.book import Book
from tests import warcs
from tests.running import ROOT, Done, command, environment, qingwang
from tests.whole import Snapshot, snapshot

pytestmark = [pytest.mark.kill, pytest.mark.timeout(400)]
PATIENCE = 60  # seconds until the crawl must have come so far
WORDS = ("--json", "--render", "never", "--pages", "1000", "--allow-private", "127.0.0.1")
POINTS = (1, 2, 3, 9, 40, 77, 130, 200)  # lines of the journal


@pytest.fixture(scope="module")
def mall() -> Iterator[Mall]:
    with serve() as running:
        yield running


def scan(home: Home, mall: Mall) -> Done:
    return qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS)


@pytest.fixture(scope="module")
def undisturbed(mall: Mall, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Snapshot]:
    home = Home(tmp_path_factory.mktemp("whole"))
    return scan(home, mall), snapshot(home)


def lines_so_far(home: Home) -> int:
    return home.journal.read_bytes().count(b"\n") if home.journal.exists() else 0


def killed(home: Home, mall: Mall, after: int) -> None:
    """Start a scan and kill it with SIGKILL as soon as its journal has grown by ``after`` lines."""
    before = lines_so_far(home)
    words = command(home.root, "scan", f"{mall.base_url}/", *WORDS)
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + PATIENCE
        while lines_so_far(home) - before < after and time.monotonic() < until:
            assert process.poll() is None, "the scan ended before it could be killed"
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert lines_so_far(home) - before >= after


def not_in_the_journal(home: Home) -> set[str]:
    """Captures, listings and findings that the book has and the journal, which is written first, has not."""
    said: set[str] = set()
    for line in warcs.lines(home, torn=True):
        said |= (
            {line["capture"]["id"]} if line["event"] == "capture" else {line.get("id", ""), *line.get("findings", ())}
        )
    if not home.book.exists():
        return set()
    with Book.open(home.book) as book:
        held = {s.capture.id for s in book.captures()} | {k.subject.id for k in (*book.listings(), *book.sellers())}
        return (held | {proof.finding.id for proof in book.findings()}) - said


@pytest.mark.long
def test_killed_again_and_again_then_finished(mall: Mall, undisturbed: tuple[Done, Snapshot], tmp_path: Path) -> None:
    home = Home(tmp_path)
    for after in POINTS:
        killed(home, mall, after)
        assert warcs.faults(home, torn=True) == []  # as the killed process left it, every line has its record
        assert not_in_the_journal(home) == set()
    reference, once = undisturbed
    done = scan(home, mall)
    assert {**done.json, "crawl": "", "leads": []} == {**reference.json, "crawl": "", "leads": []}
    assert done.code == reference.code
    assert warcs.faults(home) == []  # every line its record with the same digests and length, every record its line
    assert warcs.readable(home) == sum(len(line.get("records", ())) for line in warcs.lines(home))
    assert qingwang(home.root, "verify", "--home").code == 0
    assert snapshot(home).said == once.said  # nothing lost, nothing twice
    events = [line["event"] for line in warcs.lines(home)]
    assert (events.count("crawl_began"), events.count("crawl_ended")) == (len(POINTS) + 1, 1)


@pytest.mark.long
@pytest.mark.parametrize("cut", ["journal", "archive", "both"])
def test_a_cut_tail_is_cut_off_kept_and_said(
    cut: str, mall: Mall, undisturbed: tuple[Done, Snapshot], tmp_path: Path
) -> None:
    """The rest of a write that the kernel had begun: half a line, half a record, or both."""
    home = Home(tmp_path)
    killed(home, mall, 30)
    half_line, half_record = b'{"event":"capture","half', b"\x1f\x8b\x08\x00half a record"
    torn_already = home.journal.read_bytes().rpartition(b"\n")[2]
    segment = sorted(home.archive.glob("*.warc.gz"))[-1]
    if cut in ("archive", "both"):
        with segment.open("ab") as file:
            file.write(half_record)
    if cut in ("journal", "both"):
        with home.journal.open("ab") as file:
            file.write(half_line)
        half_line = torn_already + half_line
    done = scan(home, mall)
    assert (done.code, done.json["listings"]) == (undisturbed[0].code, undisturbed[0].json["listings"])
    told = {line["what"]: line for line in warcs.lines(home) if line["event"] == "recovered"}
    if cut in ("journal", "both"):
        assert (told["journal"]["cut"], told["journal"]["sha256"]) == (
            len(half_line), hashlib.sha256(half_line).hexdigest(),
        )  # fmt: skip
    if cut in ("archive", "both"):
        aside = (home.archive / told["archive"]["kept"]).read_bytes()
        assert aside.endswith(half_record)
        assert (told["archive"]["file"], told["archive"]["cut"]) == (segment.name, len(aside))
        assert told["archive"]["sha256"] == hashlib.sha256(aside).hexdigest()
    assert warcs.faults(home) == []
    assert qingwang(home.root, "verify", "--home").code == 0
    assert snapshot(home).said == undisturbed[1].said
