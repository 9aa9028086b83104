"""kill -9 in the middle of a crawl: the evidence is whole up to the cut, the cut is said, a second run loses nothing.

Checked without our program where it matters: the archive by warcio, the journal by json and hashlib (``tests.warcs``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.demo.mall import Mall, serve
from scanner.home import Home
from tests import warcs
from tests.running import qingwang
from tests.whole import snapshot

pytestmark = [pytest.mark.kill, pytest.mark.timeout(400)]
PATIENCE = 60  # seconds until the crawl must have come so far
WORDS = ("--json", "--render", "never", "--pages", "1000", "--allow-private", "127.0.0.1")


@pytest.fixture(scope="module")
def mall() -> Iterator[Mall]:
    with serve() as running:
        yield running


def lines_so_far(home: Home) -> int:
    return home.journal.read_bytes().count(b"\n") if home.journal.exists() else 0


def killed(home: Home, mall: Mall, after: int) -> None:
    """Start a scan and kill it with SIGKILL as soon as its journal has grown by ``after`` lines."""
    before = lines_so_far(home)
    command = [sys.executable, "-m", "scanner.cli.main", "--home", str(home.root), "scan", f"{mall.base_url}/", *WORDS]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + PATIENCE
        while lines_so_far(home) - before < after and time.monotonic() < until:
            assert process.poll() is None, "the scan ended before it could be killed"
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert lines_so_far(home) - before >= after


def test_killed_again_and_again_then_finished(mall: Mall, tmp_path: Path) -> None:
    home, undisturbed = Home(tmp_path / "killed"), Home(tmp_path / "whole")
    for after in (2, 9, 40, 77, 130):
        killed(home, mall, after)
    done = qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS)
    assert done.json["outcomes"]["read"] > 0
    assert warcs.readable(home) > 0
    assert warcs.faults(home) == []  # every line its record with the same digests and length, every record its line
    assert qingwang(home.root, "verify", "--home").code == 0

    reference = qingwang(undisturbed.root, "scan", f"{mall.base_url}/", *WORDS)
    assert (done.code, done.json["listings"]) == (reference.code, reference.json["listings"])
    again, once = snapshot(home), snapshot(undisturbed)
    assert again.listings == once.listings  # nothing lost, nothing twice
    assert again.leads == once.leads
    assert again.findings == once.findings


def test_a_cut_tail_is_cut_off_kept_and_said(mall: Mall, tmp_path: Path) -> None:
    home = Home(tmp_path)
    killed(home, mall, 30)
    segment = sorted(home.archive.glob("*.warc.gz"))[-1]
    with segment.open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00half a record")
    with home.journal.open("ab") as file:
        file.write(b'{"event":"capture","half')
    assert qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS).json["listings"] > 0
    said = [line["event"] for line in warcs.lines(home)]
    assert said.count("recovered") >= 1
    assert warcs.faults(home) == []
    aside = b"".join(path.read_bytes() for path in (home.archive / "aside").iterdir())
    assert b"half a record" in aside
