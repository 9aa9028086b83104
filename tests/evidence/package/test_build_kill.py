"""``kill -9`` while a package is written: what then lies there is a whole package that verifies, or verifies not."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.checking.verify import verify
from scanner.evidence.package import sums
from scanner.evidence.package.build import sums_of
from scanner.evidence.package.handover import hand_over
from scanner.home import Home
from tests.evidence.package.test_handover import fill
from tests.evidence.samples import WHEN

KILLS = 25


def pack(home: Home, lead: int, number: int) -> None:
    hand_over(home, lead, now=WHEN + timedelta(seconds=number), zip=number % 2 == 1)


def whole(path: Path) -> bool:
    """Whether a package verifies; one that does must have every file it lists."""
    try:
        holds = all(check.ok for check in verify(path))
    except InputError:
        return False
    if holds and path.is_dir():
        assert all((path / name).is_file() for name in sums.parse(sums_of(path)))
    return holds


def draft(home: Home) -> bool:
    return any(home.packages.glob(".draft-*"))


@pytest.mark.kill
@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_again_and_again_nothing_half_written_verifies(tmp_path: Path) -> None:
    full = fill(tmp_path / "home")
    for number in (-1, 0):  # the first one imports and compiles
        began = time.monotonic()
        pack(full.home, full.lead, number)
    usual, dice, fork = time.monotonic() - began, random.Random(1), multiprocessing.get_context("fork")
    killed = unfinished = 0
    for number in range(1, KILLS + 1):
        process = fork.Process(target=pack, args=(full.home, full.lead, number))
        process.start()
        until = time.monotonic() + usual * 2
        while number % 2 and process.is_alive() and time.monotonic() < until and not draft(full.home):
            time.sleep(0.002)  # each second one dies while its files are written, the others at any time
        time.sleep(dice.uniform(0, 0.2) if number % 2 else dice.uniform(0, usual * 1.2))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        drafts = list(full.home.packages.glob(".draft-*"))
        unfinished += any(not whole(path) for path in drafts)
        assert all(whole(path) for path in full.home.packages.iterdir() if path not in drafts)
    assert killed > KILLS // 4, "the kills came too late to mean anything"
    assert unfinished > 0, "no kill fell into the writing"
    made = hand_over(full.home, full.lead, now=WHEN + timedelta(days=1))
    assert whole(made.path)
    assert list(full.home.packages.glob(".draft-*")) == []
    assert [check.detail for check in verify_home(full.home) if not check.ok] == []
